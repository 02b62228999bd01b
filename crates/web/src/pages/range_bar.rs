//! The choice of days and of what they are compared with.

use domain::{Comparison, Period};
use jiff::ToSpan;

use crate::format;
use crate::link::Link;
use crate::questions::View;
use crate::range::Preset;

/// A link of which one is chosen.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub(super) label: String,
    pub(super) href: String,
    pub(super) is_chosen: bool,
}

/// The choice of days and of what they are compared with.
#[derive(Debug, Clone)]
pub(super) struct RangeBar {
    pub(super) days: String,
    /// As many days right before.
    pub(super) earlier: Option<String>,
    /// As many days right after, as far as anything is known.
    pub(super) later: Option<String>,
    /// What they are compared with, if with anything.
    pub(super) compared: Option<String>,
    /// The ranges that are chosen most, for the bar itself.
    pub(super) quick: Vec<Choice>,
    pub(super) presets: Vec<Choice>,
    pub(super) comparisons: Vec<Choice>,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) path: String,
    pub(super) hidden: Vec<(String, String)>,
}

impl RangeBar {
    pub(super) fn of(view: &View, link: &Link) -> Self {
        let link = link.clone().without(&["after"]);
        let days = link.clone().without(&["from", "to"]);
        let preset = |preset: Preset, label: &str| Choice {
            label: label.to_owned(),
            href: days.clone().with("range", preset.key()).to_string(),
            is_chosen: view.preset == Some(preset),
        };
        let comparison = |label: &str, key: &str, is_chosen: bool| Choice {
            label: label.to_owned(),
            href: link.clone().with("compare", key).to_string(),
            is_chosen,
        };
        let beside = |period: Option<Period>| {
            let link = link.clone().without(&["range"]);
            let of = |period: Period| {
                link.with("from", period.from().to_string()).with("to", period.to().to_string()).to_string()
            };
            period.map(of)
        };
        Self {
            days: format::days(view.period),
            earlier: beside(Some(view.period.compared(Comparison::Previous))),
            later: beside(following(view)),
            compared: view.compare.map(|compare| format::days(view.period.compared(compare))),
            quick: vec![
                preset(Preset::Last7Days, "7 d"),
                preset(Preset::Last30Days, "30 d"),
                preset(Preset::Last90Days, "90 d"),
                preset(Preset::Last365Days, "1 y"),
            ],
            presets: Preset::ALL.into_iter().map(|of| preset(of, of.label())).collect(),
            comparisons: [Comparison::Previous, Comparison::LastYear]
                .into_iter()
                .map(|of| comparison(of.label(), of.key(), view.compare == Some(of)))
                .chain([comparison("nothing", "none", view.compare.is_none())])
                .collect(),
            from: view.period.from().to_string(),
            to: view.period.to().to_string(),
            path: link.path().to_owned(),
            hidden: link.without(&["from", "to", "range"]).pairs().to_vec(),
        }
    }
}

/// As many days right after those of the view, unless nothing is known of them.
fn following(view: &View) -> Option<Period> {
    let first = view.period.to().tomorrow().ok()?;
    let last = view.period.to().checked_add(view.period.len().days()).ok()?;
    Period::new(first, last).ok().filter(|_| view.newest.is_some_and(|newest| first <= newest))
}
