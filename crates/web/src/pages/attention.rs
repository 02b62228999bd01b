//! What needs attention: sources that are old, days that are missing or not final, imports with rows that could not be used.

use std::collections::BTreeMap;

use askama::Template;
use askama::filters::HtmlSafe;
use domain::Period;
use domain::period::days_between;
use insight::Freshness;
use insight::duplicates::DuplicateProposal;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::arrivals::Arrival;
use crate::format;
use crate::link::Link;

/// A source is old from so many days on.
pub(super) const OLD_DAYS: i32 = 2;
/// How many imports, or platforms, are named.
const NAMED: usize = 3;

/// What needs attention.
#[derive(Debug, Clone, Template)]
#[template(path = "attention.html")]
pub(super) struct Attention {
    pub(super) items: Vec<Item>,
}

impl HtmlSafe for Attention {}

/// Something that needs attention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// Whether something is to be done, or only known.
    pub(super) is_urgent: bool,
    pub(super) what: String,
    pub(super) detail: String,
    pub(super) action: Option<(&'static str, String)>,
}

impl Attention {
    pub(super) fn of(
        period: Period,
        freshness: &[Freshness],
        arrivals: &[Arrival],
        link: &Link,
        now: Timestamp,
    ) -> Self {
        let imports = |path: String| link.at(path).only(&["workspace"]).to_string();
        let today = now.to_zoned(TimeZone::UTC).date();
        let mut items = Vec::new();
        for fresh in freshness {
            let platform = fresh.platform.label();
            let captured = fresh.captured_at.to_zoned(TimeZone::UTC).date();
            let age = days_between(captured, today);
            if age >= OLD_DAYS {
                items.push(Item {
                    is_urgent: true,
                    what: format!("{platform} is {age} days old"),
                    detail: format!("known to {}", format::day(fresh.known_to)),
                    action: Some(("Import a newer report", imports("/imports".to_owned()))),
                });
            }
            if fresh.unknown_days > 0 {
                let days = if fresh.unknown_days == 1 { "day is" } else { "days are" };
                items.push(Item {
                    is_urgent: true,
                    what: format!("{platform}: {} {days} missing", fresh.unknown_days),
                    detail: format!("of {}; left out, not counted as zero", period.len()),
                    action: Some(("Import them", imports("/imports".to_owned()))),
                });
            }
        }
        let unread = || arrivals.iter().filter(|arrival| arrival.unused > 0);
        for arrival in unread().take(NAMED) {
            let rows = if arrival.unused == 1 { "row was" } else { "rows were" };
            items.push(Item {
                is_urgent: true,
                what: format!("{} {rows} skipped", format::count(arrival.unused)),
                detail: format!("import {}, {}", arrival.id, arrival.file_name),
                action: Some(("See why", imports(format!("/imports/{}", arrival.id)))),
            });
        }
        if unread().count() > NAMED {
            items.push(Item {
                is_urgent: true,
                what: format!("{} more imports with skipped rows", unread().count() - NAMED),
                detail: String::new(),
                action: Some(("All imports", imports("/imports".to_owned()))),
            });
        }
        let mut provisional: BTreeMap<&[Date], Vec<&str>> = BTreeMap::new();
        for fresh in freshness.iter().filter(|fresh| !fresh.provisional.is_empty()) {
            provisional.entry(&fresh.provisional).or_default().push(fresh.platform.label());
        }
        for (days, platforms) in provisional {
            let of = match platforms.as_slice() {
                few if few.len() <= NAMED => few.join(", "),
                many => format!("{} platforms", many.len()),
            };
            items.push(Item {
                is_urgent: false,
                what: format!("{of}: {} provisional", named_days(days)),
                detail: "not over when the data was taken".to_owned(),
                action: None,
            });
        }
        Self { items }
    }

    /// The same, and what counts twice, before all else.
    pub(super) fn with_duplicates(mut self, found: &[DuplicateProposal], link: &Link) -> Self {
        let item = |pair: &DuplicateProposal| {
            let currency = pair.kept.account.currency;
            let (amount, unit) = (format::round_money(pair.twice_micros), format::currency(currency));
            Item {
                is_urgent: true,
                what: format!("{amount} {unit} may count twice"),
                detail: format!(
                    "{} and {} tell the same of the same campaigns",
                    pair.kept.account.label(),
                    pair.other.account.label()
                ),
                action: Some(("Decide", link.at("/sources").only(&["workspace"]).to_string())),
            }
        };
        self.items.splice(0..0, found.iter().take(NAMED).map(item));
        self
    }

    /// The same for somebody who can look into imports, or only know of them.
    pub(super) fn for_who(mut self, sees_work: bool) -> Self {
        if !sees_work {
            self.items.iter_mut().for_each(|item| item.action = None);
        }
        self
    }
}

fn named_days(days: &[Date]) -> String {
    let days: Vec<String> = days.iter().map(|day| format::day_short(*day)).collect();
    match days.as_slice() {
        [first, .., last] if days.len() > 3 => format!("{first} – {last} are"),
        [one] => format!("{one} is"),
        few => format!("{} are", few.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Platform;
    use jiff::civil::date;

    #[test]
    fn old_missing_and_provisional_days_are_told_apart() {
        let fresh = Freshness {
            platform: Platform::GoogleAds,
            captured_at: "2026-11-03T06:12:00Z".parse().unwrap(),
            known_to: date(2026, 11, 3),
            provisional: vec![date(2026, 11, 3)],
            unknown_days: 2,
        };
        let period = Period::ending(date(2026, 11, 5), 30);
        let told = |now: &str| -> Vec<(bool, String)> {
            let now = now.parse().unwrap();
            let attention = Attention::of(period, std::slice::from_ref(&fresh), &[], &Link::to("/"), now);
            attention.items.into_iter().map(|item| (item.is_urgent, item.what)).collect()
        };
        let missing = (true, "Google Ads: 2 days are missing".to_owned());
        let provisional = (false, "Google Ads: 3 Nov is provisional".to_owned());
        assert_eq!(told("2026-11-04T23:00:00Z"), [missing.clone(), provisional.clone()]);
        let old = (true, "Google Ads is 2 days old".to_owned());
        assert_eq!(told("2026-11-05T01:00:00Z"), [old, missing, provisional]);
    }
}
