//! The campaigns whose revenue moved most, each with the reason in numbers.

use askama::Template;
use askama::filters::HtmlSafe;
use domain::{Metric, Value};
use insight::Figures;
use insight::campaigns::CampaignRow;
use insight::overview::moved;

use super::campaigns;
use super::table::Name;
use crate::format;
use crate::link::Link;

/// The campaigns whose revenue moved most.
#[derive(Debug, Clone, Template)]
#[template(path = "movers.html")]
pub(super) struct Movers {
    pub(super) risen: Vec<Mover>,
    pub(super) fallen: Vec<Mover>,
    /// The currency of all of them.
    pub(super) unit: String,
}

impl HtmlSafe for Movers {}

/// One of them.
#[derive(Debug, Clone)]
pub(super) struct Mover {
    pub(super) name: Name,
    /// How far its revenue moved, with its sign.
    pub(super) amount: String,
    /// The same in full, for those who look closer.
    pub(super) exact: String,
    /// Length of its bar in percent of the longest.
    pub(super) bar: String,
    pub(super) reason: String,
}

impl Movers {
    pub(super) fn of(rows: &[CampaignRow], link: &Link) -> Self {
        let most = rows.iter().map(|row| moved(&row.figures).unsigned_abs()).max().unwrap_or(1).max(1);
        let side = |up: bool| {
            let rows = rows.iter().filter(|row| (moved(&row.figures) > 0) == up);
            rows.map(|row| Mover::of(row, most, link)).collect()
        };
        let currency = rows.iter().find_map(|row| row.figures.currency);
        Self {
            risen: side(true),
            fallen: side(false),
            unit: currency.map(format::currency).unwrap_or_default(),
        }
    }
}

impl Mover {
    fn of(row: &CampaignRow, most: u64, link: &Link) -> Self {
        let micros = moved(&row.figures);
        let currency = row.figures.currency;
        let signed = |text: String| if micros > 0 { format!("+{text}") } else { text };
        let amount = format::round_money(micros);
        Self {
            // Of so many details there is no room.
            name: Name { state: String::new(), about: String::new(), ..campaigns::name(&row.about, link) },
            amount: signed(amount),
            exact: signed(format::money(micros, currency)),
            bar: format!("{:.1}", micros.unsigned_abs() as f64 / most as f64 * 100.0),
            reason: reason(&row.figures),
        }
    }
}

/// Why revenue moved: it is spend times ROAS, so one of the two moved.
fn reason(figures: &Figures) -> String {
    let shown = |metric: Metric, value: Value| format::exact(metric, value, figures.currency);
    let both = |metric: Metric| figures.compared(metric).zip(figures.value(metric));
    let is_zero = |value: &Value| value.approximate() == 0.0;
    let spend = match (both(Metric::Spend), figures.change(Metric::Spend)) {
        (Some((_, now)), _) if is_zero(&now) => "nothing spent any more".to_owned(),
        (Some(_), Some(change)) => format!("spend {}", format::signed_change(change)),
        (_, _) => match figures.value(Metric::Spend) {
            Some(now) => format!("new: {} spent", shown(Metric::Spend, now)),
            None => "no figures any more".to_owned(),
        },
    };
    let roas = match (figures.compared(Metric::Roas), figures.value(Metric::Roas)) {
        (Some(before), Some(now)) => {
            format!("ROAS {} → {}", shown(Metric::Roas, before), shown(Metric::Roas, now))
        }
        (None, Some(now)) => format!("ROAS {}", shown(Metric::Roas, now)),
        (Some(before), None) => format!("ROAS was {}", shown(Metric::Roas, before)),
        (None, None) => return spend,
    };
    match figures.change(Metric::Revenue) {
        Some(change) => format!("{}: {spend}, {roas}", format::signed_change(change)),
        None => format!("{spend}, {roas}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Sums;

    fn figures(now: Option<(i64, i64)>, before: Option<(i64, i64)>) -> Figures {
        let sums = |of: Option<(i64, i64)>| match of {
            Some((spend, revenue)) => Sums {
                spend_micros: Some(spend * 1_000_000),
                revenue_micros: Some(revenue * 1_000_000),
                ..Sums::NONE
            },
            None => Sums::NONE,
        };
        Figures {
            currency: "EUR".parse().ok(),
            lead: sums(now),
            compared_lead: Some(sums(before)),
            ..Figures::default()
        }
    }

    #[test]
    fn the_reason_is_spend_or_roas() {
        for (now, before, text) in [
            (Some((95, 209)), Some((100, 310)), "−32.6%: spend −5.0%, ROAS 3.10× → 2.20×"),
            (Some((50, 100)), None, "new: 50.00 spent, ROAS 2.00×"),
            (None, Some((50, 100)), "no figures any more, ROAS was 2.00×"),
            (Some((0, 10)), Some((50, 100)), "−90.0%: nothing spent any more, ROAS was 2.00×"),
            (Some((0, 10)), Some((0, 0)), "nothing spent any more"),
        ] {
            assert_eq!(reason(&figures(now, before)), text);
        }
    }
}
