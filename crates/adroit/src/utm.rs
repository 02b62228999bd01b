//! `adroit utm`: what was spent where visits can't be assigned to campaigns, and what to mend.

use std::process::ExitCode;

use axum::http::Method;
use domain::money::decimal_text;
use web::api::{LeftOutOut, UtmOut, UtmSumOut};

use crate::args::UtmArgs;
use crate::data::DataFolder;
use crate::door::{Door, path_with};
use crate::table::Table;

pub(crate) async fn run(args: UtmArgs) -> anyhow::Result<ExitCode> {
    let door = Door::open(&DataFolder::of(&args.place, "data")?).await?;
    let asked = [
        ("workspace", args.place.workspace.clone()),
        ("from", args.from),
        ("to", args.to),
        ("range", args.range),
        ("problem", args.problem),
        ("convert", args.convert.map(|currency| currency.code().to_owned())),
        ("limit", args.limit.map(|limit| limit.to_string())),
        ("after", args.after),
    ];
    let answer: anyhow::Result<UtmOut> = door.ask(Method::GET, &path_with("/api/v1/utm", &asked), None).await;
    door.close().await;
    let answer = answer?;
    if args.json {
        say!("{}", serde_json::to_string_pretty(&answer)?);
    } else {
        tell(&answer);
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(answer: &UtmOut) {
    if !answer.has_addresses {
        say!("No import told where ads lead, which says nothing about their tags.");
        say!(
            "Add the columns to a report and import it: Google Ads 'Final URL' and 'Final URL suffix', Meta 'Website URL' and"
        );
        say!(
            "'URL parameters', Microsoft 'Final URL'; of any other table, --map final_url=COLUMN beside the others."
        );
        return;
    }
    let mut sums = Table::new(["problem", "ads", "spend", ""], [1, 2]);
    let mut sum = |word: &str, sum: &UtmSumOut, meaning: &str| {
        sums.row([word.to_owned(), sum.count.to_string(), spent(sum), meaning.to_owned()]);
    };
    for problem in &answer.problems {
        sum(&problem.problem, &problem.sum, &problem.meaning);
    }
    sum("any", &answer.untraceable, "each ad once, whatever is wrong with it");
    sum("looked at", &answer.checked, "all of which an address is known");
    sum("not known", &answer.unknown, "no import told where these lead");
    say!("{sums}");
    if !answer.rows.is_empty() {
        let mut rows = Table::new(["spend", "campaign", "", "name", "what is wrong"], [0]);
        for row in &answer.rows {
            let spend = money(row.spend_micros, row.currency, &row.left_out);
            let found: Vec<&str> = row.found.iter().map(|found| found.detail.as_str()).collect();
            let level = row.level.label().to_owned();
            rows.row([spend, row.campaign.clone(), level, row.name.clone(), found.join("; ")]);
        }
        say!("{rows}");
    }
    say!(
        "{} to {}, {} of {} rows",
        answer.period.from,
        answer.period.to,
        answer.rows.len(),
        answer.row_count
    );
    if let Some(next) = &answer.next {
        say!("The next rows: --after {next}");
    }
    for note in &answer.notes {
        say!("{note}");
    }
}

fn spent(sum: &UtmSumOut) -> String {
    money(sum.spend_micros, sum.currency, &sum.left_out)
}

/// An amount with its currency, and those that it does not contain; a dash where none was reported.
fn money(micros: Option<i64>, currency: Option<domain::Currency>, others: &[LeftOutOut]) -> String {
    let own = micros.zip(currency).into_iter();
    let others = others.iter().filter_map(|other| Some((other.spend_micros?, other.currency)));
    let amounts: Vec<String> = own
        .chain(others)
        .map(|(micros, currency)| format!("{} {currency}", decimal_text(micros, currency.decimals())))
        .collect();
    if amounts.is_empty() { "-".to_owned() } else { amounts.join(", ") }
}
