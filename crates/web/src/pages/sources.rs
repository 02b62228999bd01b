//! On what a page's figures rest: how old they are, what they leave out, and what a reader must know.

use askama::Template;
use askama::filters::HtmlSafe;
use domain::{Currency, Period};
use insight::answer::LeftOut;
use insight::{Figures, Freshness, Provenance};
use jiff::Timestamp;

use crate::format;
use crate::link::Link;

/// On what a page's figures rest.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "sources.html")]
pub(super) struct Sources {
    pub(super) platforms: Vec<Fresh>,
    /// As of when, if not now.
    pub(super) as_of: Option<String>,
    pub(super) left_out: Vec<String>,
    pub(super) notes: Vec<String>,
    /// The levels and the number of imports.
    pub(super) basis: String,
    pub(super) imports: Vec<ImportLink>,
}

impl HtmlSafe for Sources {}

/// How old a platform's figures are.
#[derive(Debug, Clone)]
pub(super) struct Fresh {
    pub(super) platform: &'static str,
    pub(super) captured: String,
    pub(super) captured_at: String,
    /// What is not as it should be; empty if all is well.
    pub(super) warning: String,
    pub(super) provisional: String,
}

/// An import the figures come from.
#[derive(Debug, Clone)]
pub(super) struct ImportLink {
    pub(super) id: u32,
    pub(super) href: String,
}

impl Sources {
    pub(super) fn of(
        period: Period,
        as_of: Option<Timestamp>,
        totals: &Figures,
        freshness: &[Freshness],
        provenance: &Provenance,
        notes: &[String],
        link: &Link,
    ) -> Self {
        let year = freshness.iter().map(|fresh| fresh.known_to.year()).max().unwrap_or_default();
        let import = |id: &u32| ImportLink {
            id: *id,
            href: link.at(format!("/imports/{id}")).only(&["workspace"]).to_string(),
        };
        let mut notes = notes.to_vec();
        let unknown = |figures: &Figures| {
            figures.currency == Some(Currency::UNKNOWN)
                || figures.left_out.iter().any(|left_out| left_out.currency == Currency::UNKNOWN)
        };
        if unknown(totals) {
            notes.push(
                "¤ stands for a currency that the imported file did not name. Import it again and say which."
                    .to_owned(),
            );
        }
        Self {
            platforms: freshness.iter().map(|fresh| Fresh::of(fresh, period, year)).collect(),
            as_of: as_of.map(|at| format!("{} UTC", format::moment(at, year))),
            left_out: totals.left_out.iter().map(left_out).collect(),
            notes,
            basis: basis(provenance),
            imports: provenance.imports.iter().take(5).map(import).collect(),
        }
    }
}

impl Fresh {
    fn of(fresh: &Freshness, period: Period, year: i16) -> Self {
        let unknown = fresh.unknown_days;
        let warning = match unknown {
            0 => String::new(),
            _ if fresh.known_to < period.to() => format!(
                "known to {}; {unknown} {} not known",
                format::day_short(fresh.known_to),
                if unknown == 1 { "day" } else { "days" }
            ),
            1 => "1 day not known".to_owned(),
            _ => format!("{unknown} days not known"),
        };
        let days: Vec<String> = fresh.provisional.iter().map(|day| format::day_short(*day)).collect();
        let provisional = match days.as_slice() {
            [first, .., last] if days.len() > 3 => format!("{first} … {last}"),
            few => few.join(", "),
        };
        Self {
            platform: fresh.platform.label(),
            captured: format::moment(fresh.captured_at, year),
            captured_at: fresh.captured_at.to_string(),
            warning,
            provisional,
        }
    }
}

fn left_out(left_out: &LeftOut) -> String {
    let amount = |micros: Option<i64>, what: &str| {
        micros.map(|micros| {
            let currency = left_out.currency;
            format!("{} {} {what}", format::money(micros, Some(currency)), format::currency(currency))
        })
    };
    let amounts = [amount(left_out.spend_micros, "spend"), amount(left_out.revenue_micros, "revenue")];
    amounts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn basis(provenance: &Provenance) -> String {
    let levels: Vec<&str> = provenance.levels.iter().map(|level| level.label()).collect();
    match (provenance.import_count, levels.as_slice()) {
        (0, _) => String::new(),
        (1, levels) => format!("From 1 import, as reported by {}", levels.join(", ")),
        (count, levels) => {
            format!("From {} imports, as reported by {}", format::count(u64::from(count)), levels.join(", "))
        }
    }
}
