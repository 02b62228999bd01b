//! What became of a file, as it is shown: every row accounted for, and how it adds up.

use askama::Template;
use askama::filters::HtmlSafe;
use domain::{Currency, Metric, Value};
use ledger::ImportReport;

use super::figure::Figure;
use crate::format;

/// What became of a file.
#[derive(Template)]
#[template(path = "report.html")]
pub(super) struct Report {
    pub(super) file_name: String,
    pub(super) recognised_as: String,
    pub(super) platform: &'static str,
    pub(super) level: &'static str,
    pub(super) accounts: String,
    pub(super) currency: String,
    pub(super) days: String,
    pub(super) captured: String,
    pub(super) captured_at: String,
    pub(super) attribution: String,
    pub(super) provisional: String,
    pub(super) read: String,
    pub(super) used: String,
    pub(super) skipped_count: String,
    pub(super) skipped: Vec<Skipped>,
    /// How many skipped rows are not listed; empty for none.
    pub(super) unlisted: String,
    pub(super) sums: Vec<(&'static str, Figure)>,
    pub(super) totals: Vec<FileTotal>,
    pub(super) replaced_rows: String,
    pub(super) warnings: Vec<String>,
    pub(super) already_imported: bool,
}

/// A row that was not used.
pub(super) struct Skipped {
    pub(super) line: String,
    pub(super) reason: String,
}

/// One of the file's own total rows, against the rows that were used.
pub(super) struct FileTotal {
    pub(super) label: String,
    pub(super) stated: Figure,
    pub(super) difference: Figure,
    pub(super) agrees: bool,
}

impl HtmlSafe for Report {}

impl Report {
    pub(super) fn of(report: &ImportReport) -> Self {
        let ImportReport { currency, rows, .. } = report;
        let unlisted = rows.skipped.saturating_sub(report.skipped.len() as u64);
        let days = report.days.and_then(|days| domain::Period::new(days.from, days.to).ok());
        let provisional: Vec<String> = report.provisional_days.iter().map(|day| format::day(*day)).collect();
        let skipped = report.skipped.iter();
        Self {
            file_name: report.file_name.clone(),
            recognised_as: report.recognised_as.clone(),
            platform: report.platform.label(),
            level: report.level.label(),
            accounts: match &report.account {
                Some(account) => account.clone(),
                None => report.accounts.join(", "),
            },
            currency: match currency {
                Some(Currency::UNKNOWN) => "not named in the file (shown as ¤)".to_owned(),
                Some(currency) => currency.code().to_owned(),
                None => String::new(),
            },
            days: days.map(format::days).unwrap_or_default(),
            captured: format::moment(report.captured_at, 0),
            captured_at: report.captured_at.to_string(),
            attribution: report.attribution.join(", "),
            provisional: provisional.join(", "),
            read: format::count(rows.read),
            used: format::count(rows.used),
            skipped_count: format::count(rows.skipped),
            skipped: skipped
                .map(|skip| Skipped { line: format::count(skip.line), reason: skip.reason.clone() })
                .collect(),
            unlisted: if unlisted > 0 { format::count(unlisted) } else { String::new() },
            sums: sums(report),
            totals: report
                .file_totals
                .iter()
                .map(|total| FileTotal {
                    label: total.label.clone(),
                    stated: money(total.spend_micros, *currency, "it states no spend"),
                    difference: money(total.difference_micros, *currency, "there is nothing to compare"),
                    agrees: total.difference_micros == Some(0),
                })
                .collect(),
            replaced_rows: format::count(report.replaced_rows),
            warnings: report.warnings.clone(),
            already_imported: report.already_imported,
        }
    }
}

fn sums(report: &ImportReport) -> Vec<(&'static str, Figure)> {
    let sums = &report.sums;
    let count = |metric: Metric, count: Option<i64>| {
        let text = count.map(|count| format::exact(metric, Value::Integer(count), None));
        (metric.label(), Figure::plain(text, "", "not in the file"))
    };
    let conversions = sums.conversions.map(|conversions| (conversions * 1e6).round() as i64);
    let reason = "not in the file, or in several currencies";
    vec![
        (Metric::Spend.label(), money(sums.spend_micros, report.currency, reason)),
        (Metric::Revenue.label(), money(sums.revenue_micros, report.currency, reason)),
        count(Metric::Conversions, conversions),
        count(Metric::Clicks, sums.clicks),
        count(Metric::Impressions, sums.impressions),
    ]
}

fn money(micros: Option<i64>, currency: Option<Currency>, reason: &str) -> Figure {
    let unit = currency.map(format::currency).unwrap_or_default();
    Figure::plain(micros.map(|micros| format::money(micros, currency)), unit, reason)
}
