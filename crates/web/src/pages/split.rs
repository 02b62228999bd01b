//! Spend by platform: each with its share, its change and what came back.

use askama::Template;
use askama::filters::HtmlSafe;
use domain::Metric;
use insight::Figures;
use insight::answer::{AnswerRow, KeyValue};

use super::figure::{Delta, Figure};
use crate::format;
use crate::link::Link;
use crate::questions::VIEW_PARAMETERS;

/// Spend by platform.
#[derive(Debug, Clone, Template)]
#[template(path = "split.html")]
pub(super) struct Split {
    pub(super) parts: Vec<SplitPart>,
}

impl HtmlSafe for Split {}

/// A platform's part.
#[derive(Debug, Clone)]
pub(super) struct SplitPart {
    pub(super) name: String,
    pub(super) mark: &'static str,
    /// Its campaigns, if there is a way to them.
    pub(super) href: Option<String>,
    pub(super) spend: Figure,
    pub(super) delta: Option<Delta>,
    /// Its part of the spend of its currency: of the whole in percent, and written.
    pub(super) width: String,
    pub(super) share: String,
    pub(super) roas: Figure,
}

impl Split {
    pub(super) fn of(rows: &[AnswerRow], totals: &Figures, with_change: bool, link: &Link) -> Self {
        let whole = totals.lead.spend_micros.filter(|spend| *spend > 0);
        let part = |row: &AnswerRow| {
            let figures = &row.figures;
            let own = figures.lead.spend_micros.filter(|_| figures.currency == totals.currency);
            let share = own.zip(whole).map(|(own, whole)| own as f64 / whole as f64);
            let (mark, key) = match row.keys.first() {
                Some(KeyValue::Platform(platform)) => (format::platform_sign(*platform), platform.key()),
                _ => ("", ""),
            };
            SplitPart {
                name: row.keys.first().map(KeyValue::label).unwrap_or_default(),
                mark,
                href: link.at("/campaigns").only(&VIEW_PARAMETERS).with("platform", key).leads(),
                spend: Figure::short(Metric::Spend, figures.value(Metric::Spend), figures),
                delta: Delta::of(Metric::Spend, figures).filter(|_| with_change),
                width: share.map(|share| format!("{:.1}", share.max(0.0) * 100.0)).unwrap_or_default(),
                share: share.map(|share| format!("{} of spend", format::percent(share))).unwrap_or_default(),
                roas: Figure::short(Metric::Roas, figures.value(Metric::Roas), figures),
            }
        };
        Self { parts: rows.iter().map(part).collect() }
    }
}
