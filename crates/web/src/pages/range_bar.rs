//! The choice of days and of what they are compared with.

use domain::{Comparison, Currency, Period};
use jiff::ToSpan;
use store::facts::Account;

use crate::format;
use crate::link::Link;
use crate::questions::{VIEW_PARAMETERS, View};
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
    /// The currencies that money can be shown in.
    pub(super) currencies: Vec<Choice>,
    /// The currency that all money is converted into.
    pub(super) converted: Option<String>,
    pub(super) rates_href: String,
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
            currencies: currencies(view, &link),
            converted: view.convert.map(|currency| currency.code().to_owned()),
            rates_href: link.at("/rates").only(&VIEW_PARAMETERS).to_string(),
            from: view.period.from().to_string(),
            to: view.period.to().to_string(),
            path: link.path().to_owned(),
            hidden: link.without(&["from", "to", "range"]).pairs().to_vec(),
        }
    }
}

/// The accounts' currencies, the leading one and the chosen one, to convert into, and none.
fn currencies(view: &View, link: &Link) -> Vec<Choice> {
    // Of an account whose imports were all undone nothing is known.
    let is_known =
        |account: &&Account| view.known.scopes.iter().any(|scope| scope.account == account.account);
    let of_accounts = view.known.accounts.iter().filter(is_known).map(|account| account.currency);
    let mut offered: Vec<Currency> = of_accounts
        .chain(view.workspace.currency)
        .chain(view.convert)
        .filter(|currency| *currency != Currency::UNKNOWN)
        .collect();
    offered.sort_unstable();
    offered.dedup();
    let own = Choice {
        label: "each its own".to_owned(),
        href: link.clone().without(&["convert"]).to_string(),
        is_chosen: view.convert.is_none(),
    };
    let choice = |currency: Currency| Choice {
        label: currency.code().to_owned(),
        href: link.clone().with("convert", currency.code()).to_string(),
        is_chosen: view.convert == Some(currency),
    };
    [own].into_iter().chain(offered.into_iter().map(choice)).collect()
}

/// As many days right after those of the view, unless nothing is known of them.
fn following(view: &View) -> Option<Period> {
    let first = view.period.to().tomorrow().ok()?;
    let last = view.period.to().checked_add(view.period.len().days()).ok()?;
    Period::new(first, last).ok().filter(|_| view.newest.is_some_and(|newest| first <= newest))
}
