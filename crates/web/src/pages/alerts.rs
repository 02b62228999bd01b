//! `/alerts`, and `/status/alerts` of the server itself: what fires now, what fired, and saying that one saw it or wants to be left
//! in peace.

use askama::Template;
use axum::extract::{OriginalUri, Path};
use axum::response::{Html, Redirect};
use jiff::{SignedDuration, Timestamp};
use people::Permission;
use store::catalog::{Alert, AlertState, NoticeOf, Workspace};

use super::alert_whose::Whose;
use super::plan::{left_out, written_in};
use super::shell::Shell;
use super::written;
use crate::WebError;
use crate::access::{Asked, May, Operate, SeeWork, SetAlerts};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::alerts::{MOST_SHOWN, mute as muted, number, refused};
use crate::questions::chosen;
use crate::questions::who::called;
use crate::theme::Theme;

/// Most alerts of the history on a page.
const HISTORY: u32 = 50;

#[derive(Template)]
#[template(path = "alerts.html")]
struct AlertsPage {
    shell: Shell,
    title: &'static str,
    is_server: bool,
    may_set: bool,
    /// Where there is more about the server's own alerts, for who operates it; empty for others. And what fires of them.
    server_href: String,
    server_firing: Vec<Line>,
    /// Where a browser asks what fires, to tell of it.
    notify: String,
    rules_href: String,
    channels_href: String,
    rules: usize,
    channels: usize,
    firing: Vec<Line>,
    past: Vec<Line>,
    older: Option<String>,
}
in_shell!(AlertsPage: FIELDS, FACTS, ATTENTION, FORMS);

/// An alert.
struct Line {
    title: String,
    subject: String,
    href: Option<String>,
    is_urgent: bool,
    words: String,
    began: String,
    ended: String,
    lasted: String,
    /// Whether somebody saw it, whether it is muted, whom it was told.
    notes: Vec<String>,
    is_acknowledged: bool,
    is_muted: bool,
    acknowledge: String,
    mute: String,
    rule: String,
}

/// The page.
pub(crate) async fn list(
    state: May<SeeWork>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let workspace = chosen(&state, &mut params).await?;
    left_out(&mut params)?;
    let before: Option<u32> = params.parsed_as("before", "use the link to older alerts")?;
    params.done()?;
    page(&state, theme, &Link::of(&uri), &Whose::of(workspace), before).await
}

/// The page of the server's own.
pub(crate) async fn list_server(
    state: May<Operate>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let whose = Whose::server(&state, &mut params).await?;
    let before: Option<u32> = params.parsed_as("before", "use the link to older alerts")?;
    params.done()?;
    page(&state, theme, &Link::of(&uri), &whose, before).await
}

async fn page(
    state: &Asked,
    theme: Theme,
    link: &Link,
    whose: &Whose,
    before: Option<u32>,
) -> Result<Html<String>, WebError> {
    let (id, catalog) = (whose.owner.id, state.catalog());
    let mut firing = catalog.firing_alerts(id, MOST_SHOWN).await?;
    let mut past = catalog.past_alerts(id, before, HISTORY + 1).await?;
    let has_older = past.len() > HISTORY as usize;
    past.truncate(HISTORY as usize);
    for (_, by) in firing.iter_mut().chain(&mut past).filter_map(|alert| alert.acknowledged.as_mut()) {
        *by = called(state, by).await?;
    }
    let ids: Vec<u32> = firing.iter().chain(&past).map(|alert| alert.id).collect();
    let notices = catalog.notices_of(id, &ids).await?;
    let older = past
        .last()
        .filter(|_| has_older)
        .map(|last| whose.link(link, "/alerts").with("before", last.id.to_string()).to_string());
    let now = Timestamp::now();
    let lines =
        |alerts: Vec<Alert>| alerts.iter().map(|alert| line(alert, &notices, whose, link, now)).collect();
    let (server_firing, server_href) = servers(state, link, whose, now).await?.unwrap_or_default();
    let title = if whose.is_server() { "Alerts of the server" } else { "Alerts" };
    written(&AlertsPage {
        shell: whose.shell(state, theme, title, link).await?,
        title,
        is_server: whose.is_server(),
        may_set: whose.may(state, Permission::SetAlerts),
        server_href,
        server_firing,
        notify: whose.asked_at("/api/v1", &[("state", "firing")]),
        rules_href: whose.own(link, "/alerts/rules"),
        channels_href: whose.own(link, "/alerts/channels"),
        rules: catalog.alert_rules(id).await?.len(),
        channels: catalog.alert_channels(id).await?.len(),
        firing: lines(firing),
        past: lines(past),
        older,
    })
}

/// What fires of the server's own, on the page of a workspace, for who operates the server.
async fn servers(
    state: &Asked,
    link: &Link,
    whose: &Whose,
    now: Timestamp,
) -> Result<Option<(Vec<Line>, String)>, WebError> {
    if whose.is_server() || !state.by.sight.may_somewhere(Permission::Operate) {
        return Ok(None);
    }
    let server = Whose::of_server();
    let (id, catalog) = (server.owner.id, state.catalog());
    let mut firing = catalog.firing_alerts(id, MOST_SHOWN).await?;
    for (_, by) in firing.iter_mut().filter_map(|alert| alert.acknowledged.as_mut()) {
        *by = called(state, by).await?;
    }
    let ids: Vec<u32> = firing.iter().map(|alert| alert.id).collect();
    let notices = catalog.notices_of(id, &ids).await?;
    let lines = firing.iter().map(|alert| line(alert, &notices, &server, link, now)).collect();
    Ok(Some((lines, server.own(link, "/alerts"))))
}

/// Says that somebody saw an alert.
pub(crate) async fn acknowledge(
    state: May<SetAlerts>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    acknowledge_of(&state, &Whose::of(workspace), &id).await
}

/// The same of an alert of the server's own.
pub(crate) async fn acknowledge_server(
    state: May<Operate>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Redirect, WebError> {
    let whose = Whose::server(&state, &mut params).await?;
    params.done()?;
    acknowledge_of(&state, &whose, &id).await
}

async fn acknowledge_of(state: &Asked, whose: &Whose, id: &str) -> Result<Redirect, WebError> {
    let id = number("alert", id)?;
    state.catalog().acknowledge_alert(whose.owner.id, id, &state.by.name()).await.map_err(refused)?;
    Ok(whose.home("/alerts"))
}

/// Leaves everybody in peace about an alert for a while.
pub(crate) async fn mute(
    state: May<SetAlerts>,
    Path(id): Path<String>,
    mut params: Params,
    body: String,
) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    mute_of(&state, &Whose::of(workspace), &id, &body).await
}

/// The same about an alert of the server's own.
pub(crate) async fn mute_server(
    state: May<Operate>,
    Path(id): Path<String>,
    mut params: Params,
    body: String,
) -> Result<Redirect, WebError> {
    let whose = Whose::server(&state, &mut params).await?;
    params.done()?;
    mute_of(&state, &whose, &id, &body).await
}

async fn mute_of(state: &Asked, whose: &Whose, id: &str, body: &str) -> Result<Redirect, WebError> {
    muted(state, &whose.owner, number("alert", id)?, hours(body)?).await?;
    Ok(whose.home("/alerts"))
}

/// For how many hours a form mutes.
pub(super) fn hours(body: &str) -> Result<u32, WebError> {
    let mut form = Params::of(body);
    let hours = form.parsed_as("hours", "use a number of hours")?.unwrap_or(0);
    form.done()?;
    Ok(hours)
}

/// A page of a workspace.
pub(super) fn home(workspace: &Workspace, path: &str) -> Redirect {
    Redirect::to(&Link::to(path).with("workspace", &workspace.name).to_string())
}

fn line(alert: &Alert, notices: &[NoticeOf], whose: &Whose, link: &Link, now: Timestamp) -> Line {
    let mut notes = Vec::new();
    if let Some((at, by)) = &alert.acknowledged {
        notes.push(format!("acknowledged by {by} {}", format::age(*at, now)));
    }
    if let Some(at) = alert.escalated_at {
        notes.push(format!("escalated {}", format::age(at, now)));
    }
    let muted = alert.muted_until.filter(|until| *until > now);
    if let Some(until) = muted {
        notes.push(format!("muted until {} UTC", format::moment(until, 0)));
    }
    for notice in notices.iter().filter(|notice| notice.alert == alert.id) {
        notes.push(match (notice.state.as_str(), &notice.error) {
            ("sent", _) => format!("{} told: {}", notice.channel, notice.event),
            ("given_up", error) => format!(
                "{} could not be told ({}): {}",
                notice.channel,
                notice.event,
                error.as_deref().unwrap_or("given up")
            ),
            (_, Some(error)) => format!("{} is tried again ({}): {error}", notice.channel, notice.event),
            _ => format!("{} will be told: {}", notice.channel, notice.event),
        });
    }
    let ended = alert.resolved_at.unwrap_or(now);
    let at = |path: String| whose.own(link, &path);
    Line {
        title: alert.title.clone(),
        subject: alert.subject.clone(),
        href: subject_href(&alert.subject_key, link).filter(|_| !whose.is_server()),
        is_urgent: alert.is_urgent,
        words: alert.words.clone(),
        began: format::moment(alert.fired_at, 0),
        ended: match alert.state {
            AlertState::Firing => String::new(),
            AlertState::Resolved => format::moment(ended, 0),
        },
        lasted: lasted(ended.duration_since(alert.fired_at)),
        notes,
        is_acknowledged: alert.acknowledged.is_some(),
        is_muted: muted.is_some(),
        acknowledge: at(format!("/alerts/{}/acknowledge", alert.id)),
        mute: at(format!("/alerts/{}/mute", alert.id)),
        rule: at(format!("/alerts/rules/{}", alert.rule)),
    }
}

/// Where there is more about a subject.
fn subject_href(key: &str, link: &Link) -> Option<String> {
    let path = match key.split_once(' ')? {
        ("campaign", id) => format!("/campaigns/{id}"),
        ("plan", id) => format!("/plans/{id}"),
        ("platform", _) => "/imports".to_owned(),
        _ => return None,
    };
    Some(link.at(path).only(&["workspace"]).to_string())
}

/// 40 min, 3 h, 2 days.
fn lasted(span: SignedDuration) -> String {
    match span.as_mins().max(0) {
        0 => "under a minute".to_owned(),
        minutes @ 1..120 => format!("{minutes} min"),
        minutes @ 120..2880 => format!("{} h", minutes / 60),
        minutes => format!("{} days", minutes / 1440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_roughly() {
        for (minutes, told) in [
            (-5, "under a minute"),
            (40, "40 min"),
            (119, "119 min"),
            (180, "3 h"),
            (2879, "47 h"),
            (2880, "2 days"),
        ] {
            assert_eq!(lasted(SignedDuration::from_mins(minutes)), told);
        }
    }
}
