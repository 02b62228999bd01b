//! `GET /status`: what the server knows of itself, understood in ten seconds; `POST /status/errors/{id}/...`: marking what failed.

mod budgets;
mod charts;
mod lines;
mod public;
pub(crate) mod retention;
mod tiles;
mod vitals;

use askama::Template;
use axum::extract::{OriginalUri, Path};
use axum::http::{HeaderName, header};
use axum::response::{Html, Redirect};

use self::budgets::{AlertLine, BudgetLine};
use self::charts::{Chart, Days};
use self::lines::{CheckLine, FailureLine, RouteLine};
use self::tiles::Tile;
use self::vitals::{PainLine, Vitals};
use super::shell::{Section, Shell};
use super::written;
use crate::access::{May, Operate};
use crate::api::MOST_GROUPS;
use crate::format;
use crate::health::Condition;
use crate::link::Link;
use crate::params::Params;
use crate::questions::chosen;
use crate::questions::status::{Status, or_nothing, status};
use crate::{AppState, WebError};

pub(crate) use public::show as show_public;

#[derive(Template)]
#[template(path = "status.html")]
struct StatusPage {
    shell: Shell,
    headline: &'static str,
    is_well: bool,
    as_of: String,
    version: &'static str,
    up: String,
    /// What is to be done: the parts that are not well.
    due: Vec<CheckLine>,
    /// What fires of the server itself; none where the catalog does not answer.
    alerts: Option<Vec<AlertLine>>,
    alerts_href: String,
    kept_href: String,
    budgets: Vec<BudgetLine>,
    tiles: Vec<Tile>,
    /// Whether anything was written down yet.
    has_begun: bool,
    charts: Vec<Chart>,
    days: Days,
    routes: Vec<RouteLine>,
    failures: Vec<FailureLine>,
    checks: Vec<CheckLine>,
    remembers: bool,
    vitals: Vitals,
    vitals_percent: u8,
    pains: Vec<PainLine>,
}
in_shell!(StatusPage: LISTS, FACTS, FIGURES, ATTENTION);

/// What says that this page is of now: a browser's worker keeps it not even for a while.
type NotKept = [(HeaderName, &'static str); 1];
const NOT_KEPT: NotKept = [(header::CACHE_CONTROL, "no-store")];

/// What is said of the whole first.
fn headline(condition: Condition) -> &'static str {
    match condition {
        Condition::Ok => "Everything works.",
        Condition::Warning => "Everything works; something is to be done.",
        Condition::Failing => "Something does not work.",
    }
}

/// The page.
pub(crate) async fn show(
    state: May<Operate>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<(NotKept, Html<String>), WebError> {
    let theme = params.theme();
    // Whatever is wrong with workspaces and figures, this page comes.
    let workspace = chosen(&state, &mut params).await;
    params.done()?;
    let now = status(&state).await;
    let (failures, pains) = vitals::apart(or_nothing(state.watch.failures(MOST_GROUPS)).await, now.now);
    let link = Link::of(&uri);
    let shell = match &workspace {
        Ok(workspace) => {
            let shell = Shell::of(&state, theme, "Status", Some(Section::Status), &link, workspace);
            tokio::time::timeout(super::problem::PATIENCE, shell).await.ok().and_then(Result::ok)
        }
        Err(_) => None,
    };
    let checks: Vec<CheckLine> = now.checks.iter().map(|check| CheckLine::of(check, now.now)).collect();
    let page = written(&StatusPage {
        shell: shell.unwrap_or_else(|| Shell::bare(theme, "Status")),
        headline: headline(now.worst()),
        is_well: now.worst() == Condition::Ok,
        as_of: format::clock(now.now),
        version: env!("CARGO_PKG_VERSION"),
        up: format::duration(state.started.elapsed()),
        due: checks.iter().filter(|check| !check.remedy.is_empty()).cloned().collect(),
        alerts: now.alerts.as_ref().map(|alerts| budgets::firing(alerts, now.now)),
        kept_href: link.at("/status/retention").only(&["workspace"]).to_string(),
        alerts_href: link.at("/status/alerts").only(&["workspace"]).to_string(),
        budgets: budgets::budgets(&now),
        tiles: tiles::tiles(&now),
        has_begun: !now.day.covered.is_zero(),
        charts: charts::of_day(&now),
        days: Days::of(&now),
        routes: lines::routes(&now),
        failures: failures.into_iter().map(|group| FailureLine::of(group, now.now)).collect(),
        checks,
        remembers: state.watch.remembers(),
        vitals: Vitals::of(&now),
        vitals_percent: state.vitals_percent,
        pains,
    })?;
    Ok((NOT_KEPT, page))
}

/// The figures that change, as the page writes them, by their names there.
pub(crate) fn live(now: &Status) -> Vec<(&'static str, String)> {
    let mut figures = vec![("headline", headline(now.worst()).to_owned()), ("as-of", format::clock(now.now))];
    for tile in tiles::tiles(now) {
        figures.push((tile.name, tile.value.unwrap_or_else(|| "–".to_owned())));
        figures.push((tile.note_name, tile.note));
    }
    figures
}

/// Marks a group of failures as resolved.
pub(crate) async fn resolve(
    state: May<Operate>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Redirect, WebError> {
    mark(&state, &id, params, true).await
}

/// Marks a group of failures as open again.
pub(crate) async fn reopen(
    state: May<Operate>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Redirect, WebError> {
    mark(&state, &id, params, false).await
}

async fn mark(state: &AppState, id: &str, params: Params, is_resolved: bool) -> Result<Redirect, WebError> {
    params.done()?;
    let found = match id.parse() {
        Ok(id) => state.watch.resolve(id, is_resolved).await?,
        Err(_) => false,
    };
    match found {
        true => Ok(Redirect::to("/status#errors")),
        false => Err(WebError::not_found(format!("there is no group of failures {id}"))
            .remedy("load the status page again; groups that were not seen for long are let go")),
    }
}
