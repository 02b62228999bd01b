//! `/sources`: for each account and level the days that are known, their gaps and age, how much days changed later, and how sums
//! compare with what the files say themselves.

use askama::Template;
use axum::extract::OriginalUri;
use axum::response::Html;
use domain::{Currency, Period};
use insight::sources::{AGES, Source, SourceLevel, ThenNow};
use jiff::Timestamp;

use super::duplicates::DuplicatesPanel;
use super::renames::RenamesPanel;
use super::shell::{Section, Shell};
use super::{empty, written};
use crate::access::{May, SeeWork};
use crate::admission::Load;
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::VIEW_PARAMETERS;
use crate::questions::sources::Sources;
use crate::{WebError, questions};
use people::Permission;

/// Imports that are named of each level.
const NAMED: usize = 3;
/// Gaps that are named of each level.
const NAMED_GAPS: usize = 3;

#[derive(Template)]
#[template(path = "sources.html")]
struct SourcesPage {
    shell: Shell,
    /// As of when, if not now.
    as_of: Option<String>,
    /// The days over which restatement is told.
    window: String,
    /// Campaigns that may have been renamed, if there are any.
    renames: Option<RenamesPanel>,
    /// Accounts that may have come in twice, if there are any.
    duplicates: Option<DuplicatesPanel>,
    accounts: Vec<Account>,
    imports_href: String,
    tracking_href: String,
}
in_shell!(SourcesPage: FACTS, ATTENTION, FORMS);

/// An account.
struct Account {
    name: String,
    about: String,
    levels: Vec<Level>,
    /// Levels of which days were told more than once.
    restated: Vec<Restated>,
}

/// What is known of it at one level.
struct Level {
    name: &'static str,
    days: String,
    known: String,
    gaps: String,
    has_gaps: bool,
    age: String,
    captured: String,
    provisional: String,
    imports: Vec<(u32, String)>,
    more_imports: String,
    totals: String,
    differs: bool,
}

/// How much of a level's days was known at each age; empty where it can't be compared.
struct Restated {
    name: &'static str,
    rows: Vec<(&'static str, Vec<String>)>,
    days: Vec<u32>,
}

/// The page.
pub(crate) async fn show(
    state: May<SeeWork>,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let link = Link::of(&uri);
    let asked = questions::sources::sources(&state, params).await?;
    let view = &asked.view;
    if !view.has_data() {
        return empty::page(&state, theme, "Sources", Section::Sources, &link, view).await;
    }
    let found = questions::renames::renames(&state, &view.workspace).await?;
    let twice = questions::duplicates::duplicates(&state, &view.workspace, Load::Heavy).await?;
    written(&SourcesPage {
        duplicates: Some(DuplicatesPanel::of(&twice, &link))
            .filter(|panel| !panel.is_empty() && state.may(Permission::Decide, &view.workspace)),
        tracking_href: link.at("/utm").only(&VIEW_PARAMETERS).to_string(),
        renames: Some(RenamesPanel::of(&found, &link))
            .filter(|panel| !panel.is_empty() && state.may(Permission::Decide, &view.workspace)),
        as_of: view.as_of.map(|at| format!("{} UTC", format::moment(at, 0))),
        window: format::days(asked.window),
        accounts: asked.sources.iter().map(|source| account(source, &asked, &link)).collect(),
        imports_href: link.at("/imports").only(&["workspace"]).to_string(),
        shell: Shell::of_view(&state, theme, "Sources", Section::Sources, &link, view).await?,
    })
}

fn account(source: &Source, asked: &Sources, link: &Link) -> Account {
    let account = &source.account;
    let of_record = if account.platform.is_record() { ", tells what was sold" } else { "" };
    let is_retold = |level: &&SourceLevel| level.restated.iter().any(|at| at.days > 0);
    Account {
        name: account.label().to_owned(),
        about: format!("{}, {}{of_record}", account.platform.label(), format::currency(account.currency)),
        levels: source.levels.iter().map(|of| level(of, account.currency, asked, link)).collect(),
        restated: source.levels.iter().filter(is_retold).map(restated).collect(),
    }
}

fn level(of: &SourceLevel, currency: Currency, asked: &Sources, link: &Link) -> Level {
    let count = |count: usize, one: &str| match count {
        0 => String::new(),
        1 => format!("1 {one}"),
        some => format!("{some} {one}s"),
    };
    let named: Vec<String> =
        of.gaps.iter().rev().take(NAMED_GAPS).map(|gap: &Period| format::days(*gap)).collect();
    let more = of.gaps.len().saturating_sub(NAMED_GAPS);
    let missing = of.days.len().unsigned_abs().saturating_sub(of.known_days);
    let gaps = match of.gaps.len() {
        0 => "none".to_owned(),
        _ if more > 0 => format!("{missing} days: {} and {more} more", named.join("; ")),
        _ => format!("{missing} days: {}", named.join("; ")),
    };
    let import =
        |(id, _): &(u32, u32)| (*id, link.at(format!("/imports/{id}")).only(&["workspace"]).to_string());
    let (totals, differs) = totals(of, currency, asked);
    Level {
        name: of.level.label(),
        days: format::days(of.days),
        known: format::count(u64::from(of.known_days)),
        has_gaps: !of.gaps.is_empty(),
        gaps,
        age: format::age(of.captured_at, Timestamp::now()),
        captured: format!("{} UTC", format::moment(of.captured_at, 0)),
        provisional: count(of.provisional.len(), "day"),
        imports: of.imports.iter().take(NAMED).map(import).collect(),
        more_imports: match of.imports.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!("and {more} more"),
        },
        totals,
        differs,
    }
}

/// How the sums of the newest import that has totals of its own compare with them.
fn totals(of: &SourceLevel, currency: Currency, asked: &Sources) -> (String, bool) {
    let mut with_totals = of.imports.iter().filter_map(|(import, _)| asked.totals(*import));
    let Some(newest) = with_totals.find(|totals| !totals.totals.is_empty()) else {
        return ("the files have none".to_owned(), false);
    };
    let differing: Vec<String> = newest
        .differing()
        .map(|total| {
            let amount = format::money(total.difference_micros.unwrap_or(0), Some(currency));
            format!("{amount} {} against “{}”", format::currency(currency), total.label)
        })
        .collect();
    match differing.is_empty() {
        true => (format!("equal in #{}", newest.import), false),
        false => (format!("#{}: {}", newest.import, differing.join("; ")), true),
    }
}

fn restated(of: &SourceLevel) -> Restated {
    let row = |figure: fn(&insight::sources::Restated) -> ThenNow| {
        let share = |at| figure(at).share().map_or_else(String::new, format::percent);
        of.restated.iter().map(share).collect()
    };
    Restated {
        name: of.level.label(),
        rows: vec![
            ("Spend", row(|at| at.spend)),
            ("Conversions", row(|at| at.conversions)),
            ("Revenue", row(|at| at.revenue)),
        ],
        days: of.restated.iter().map(|at| at.days).collect(),
    }
}

impl SourcesPage {
    fn ages(&self) -> [i32; AGES.len()] {
        AGES
    }
}
