//! The document that says which column each figure comes from is written from the same data that records are read by.

use std::fmt::Write;
use std::path::Path;

use domain::Additive;

use super::{ALL, FINAL_URL, Field, Gives, Report, SUFFIX, TEMPLATE, Unit};

const HEAD: &str = "\
# Where each figure comes from

Records shaped like the platforms' APIs are read by the tables below: from a warehouse's tables (`adroit import warehouse`) and from
record streams (`adroit ingest`, `adroit sync`). They are written from the program's own data; a test keeps them so.

Names stand in one way here: lower case, words joined by `_`, nesting by `.`. `metrics.costMicros`, `metrics__cost_micros` and
`METRICS.COST_MICROS` are all `metrics.cost_micros`. Where several names are given the first that a record has is taken; figures joined by
`+` are added up. Names of tables may begin with the platform's (`google_ads_campaign_stats`), and end in `_data`.

Units: *micros* are millionths of the currency's main unit, all other money is in the main unit. Absent is not zero.

Rows by hour, device, network or placement are added up to days. Of each level one table or stream is taken; breakdowns by country, region or
age are not, because they count the same again. Weekly and monthly reports are refused.

Where ads lead is kept with them, for the audit of tracking ([tracking.md](tracking.md)). Where an ad shows a creative, the creative's
address and parameters are the ad's; what an account appends counts for its campaigns. Amazon's and Apple's ads lead to products and apps,
and have none.

## What counts as a conversion

- Meta: of `actions` (or the table of actions) one type per family, the first that is there: `omni_*`, the generic one or `*_total`,
  `offsite_conversion.fb_pixel_*`, `app_custom_event.fb_mobile_*`, Meta's own `onsite_conversion.*`. Families: purchase, lead,
  complete_registration, subscribe, start_trial, submit_application, contact, schedule, donate. `action_values` are chosen in the same way.
- Reddit: the events purchase, lead and sign-up within the month's window, after a click and after a view.
- LinkedIn: website conversions (which hold both) and leads. X: purchases and sign-ups; its sale amounts are not read.
- Microsoft: the qualified conversions where there are any, else `conversions`. Snapchat: purchases. Amazon: purchases within 30 days.
  Apple: installs after a tap.
- Daily budgets are kept where a platform says that they are daily. Meta's are in the currency's smallest unit and are not read.
";

/// What is told of where ads lead.
const LEADS: [(Field, &str); 3] =
    [(FINAL_URL, "final URL"), (SUFFIX, "what is appended to it"), (TEMPLATE, "tracking template")];

fn name(what: Additive) -> &'static str {
    match what {
        Additive::Spend => "spend",
        Additive::Impressions => "impressions",
        Additive::Clicks => "clicks",
        Additive::LinkClicks => "link clicks",
        Additive::Conversions | Additive::RecordOrders => "conversions",
        Additive::Revenue | Additive::RecordRevenue => "revenue",
        Additive::VideoViews => "video views",
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", else ")
}

fn figure(report: &Report, wanted: Additive) -> Option<String> {
    let parts: Vec<String> = report
        .entries()
        .filter_map(|(field, names)| match field {
            Field::Figure(what, Unit::One) if *what == wanted => Some(listed(names)),
            Field::Figure(what, Unit::Micro) if *what == wanted => {
                Some(format!("{} (micros)", listed(names)))
            }
            Field::Events(what) if *what == wanted => Some(format!("{} (a list)", listed(names))),
            _ => None,
        })
        .collect();
    (!parts.is_empty()).then(|| parts.join(" + "))
}

fn document() -> String {
    let mut text = HEAD.to_owned();
    let mut line = |words: String| writeln!(text, "{words}").expect("a text can be written to");
    for api in ALL {
        line(format!("\n## {}\n", api.platform.label()));
        let figures = |report: &&Report| matches!(report.gives, Gives::Figures(_) | Gives::Part(_));
        line("| level | tables and streams |\n|---|---|".to_owned());
        for report in api.reports {
            let kind = match report.gives {
                Gives::Figures(level) => level.label().to_owned(),
                Gives::Part(level) => format!("{}, conversions", level.label()),
                Gives::Entities(level) => format!("{}, names and states", level.label()),
                Gives::Creatives => "addresses of ads".to_owned(),
            };
            let names: Vec<String> = report.names.iter().map(|name| format!("`{name}`")).collect();
            line(format!("| {kind} | {} |", names.join(", ")));
        }
        line("\n| figure | comes from |\n|---|---|".to_owned());
        let day = api
            .reports
            .iter()
            .filter(figures)
            .flat_map(Report::entries)
            .find(|(field, _)| *field == Field::Day);
        line(format!("| day | {} |", day.map_or(String::new(), |(_, names)| listed(names))));
        for what in Additive::STORED {
            let mut told: Vec<String> = Vec::new();
            for report in api.reports.iter().filter(figures) {
                if let Some(figure) = figure(report, what).filter(|figure| !told.contains(figure)) {
                    told.push(figure);
                }
            }
            if !told.is_empty() {
                line(format!("| {} | {} |", name(what), told.join("; ")));
            }
        }
        for (what, name) in LEADS {
            let entries = api.reports.iter().flat_map(Report::entries).filter(|(field, _)| *field == what);
            let mut told: Vec<&str> = Vec::new();
            for name in entries.flat_map(|(_, names)| *names) {
                if !told.contains(name) {
                    told.push(name);
                }
            }
            if !told.is_empty() {
                let told: Vec<String> = told.iter().map(|name| format!("`{name}`")).collect();
                line(format!("| {name} | {} |", told.join(", ")));
            }
        }
    }
    text
}

#[test]
fn the_document_says_what_the_program_does() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/platforms-records.md");
    if std::env::var_os("ADROIT_WRITE_DOCUMENTS").is_some() {
        std::fs::write(&path, document()).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == document(),
        "{} is out of date: run this test with ADROIT_WRITE_DOCUMENTS=1 and look at what changes",
        path.display()
    );
}
