//! `/alerts/rules`, and `/status/alerts/rules` of the server itself: what is watched; making, trying, changing and deleting rules.

use askama::Template;
use axum::extract::{OriginalUri, Path};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::Timestamp;
use people::Permission;
use store::catalog::KeptRule;

use super::alert_form::{RuleForm, Typed};
use super::alert_kind::Kind;
use super::alert_tried::{self, Tried};
use super::alert_whose::Whose;
use super::alert_words::{condition_words, scope_words};
use super::alerts::hours;
use super::plan::{left_out, written_in};
use super::shell::Shell;
use super::written;
use crate::WebError;
use crate::access::{Asked, May, SeeWork, SetAlerts};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::alerts::{self, number};
use crate::questions::chosen;
use crate::theme::Theme;

#[derive(Template)]
#[template(path = "alert_rules.html")]
struct RulesPage {
    shell: Shell,
    is_server: bool,
    may_set: bool,
    back: String,
    lines: Vec<Line>,
    kinds: Vec<(String, &'static str, &'static str)>,
}
in_shell!(RulesPage: FIELDS, ATTENTION, FORMS);

/// A rule in the list.
struct Line {
    name: String,
    href: String,
    condition: String,
    scope: String,
    is_on: bool,
    is_urgent: bool,
    told: usize,
    looked: String,
    looked_at: String,
    muted: String,
    mute: String,
}

#[derive(Template)]
#[template(path = "alert_rule.html")]
struct RulePage {
    shell: Shell,
    back: String,
    title: String,
    form: RuleForm,
    tried: Option<Tried>,
    /// Where the form goes that deletes it, and its version.
    delete: Option<(String, u32)>,
}
in_shell!(RulePage: FIELDS, FACTS, ATTENTION, FORMS);

/// The list, and the kinds of rules that can be made.
pub(crate) async fn list(
    state: May<SeeWork>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let workspace = chosen(&state, &mut params).await?;
    left_out(&mut params)?;
    params.done()?;
    list_of(&state, theme, &Link::of(&uri), &Whose::of(workspace)).await
}

pub(super) async fn list_of(
    state: &Asked,
    theme: Theme,
    link: &Link,
    whose: &Whose,
) -> Result<Html<String>, WebError> {
    let rules = state.catalog().alert_rules(whose.owner.id).await?;
    let now = Timestamp::now();
    let new = |kind: &Kind| {
        let href = whose.link(link, "/alerts/rules/new").with("kind", kind.key()).to_string();
        (href, kind.label(), kind.meaning())
    };
    let title = if whose.is_server() { "Alert rules of the server" } else { "Alert rules" };
    written(&RulesPage {
        shell: whose.shell(state, theme, title, link).await?,
        is_server: whose.is_server(),
        may_set: whose.may(state, Permission::SetAlerts),
        back: whose.own(link, "/alerts"),
        lines: rules.iter().map(|kept| line(kept, whose, link, now)).collect(),
        kinds: Kind::offered(whose.is_server()).iter().map(new).collect(),
    })
}

/// The form of a new rule.
pub(crate) async fn ask(
    state: May<SetAlerts>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let workspace = chosen(&state, &mut params).await?;
    left_out(&mut params)?;
    let kind: Kind = params.parsed("kind")?.unwrap_or(Kind::Change);
    params.done()?;
    ask_of(&state, theme, &Link::of(&uri), &Whose::of(workspace), kind).await
}

pub(super) async fn ask_of(
    state: &Asked,
    theme: Theme,
    link: &Link,
    whose: &Whose,
    kind: Kind,
) -> Result<Html<String>, WebError> {
    let offered = Kind::offered(whose.is_server());
    if !offered.contains(&kind) {
        let known: Vec<&str> = offered.iter().map(|kind| kind.key()).collect();
        let remedy = format!("use one of {}", known.join(", "));
        return Err(WebError::parameter("kind", "there is no such rule here", &remedy));
    }
    let typed = match whose.is_server() {
        true => Typed::new_of_server(kind),
        false => Typed::new(kind, whose.owner.currency),
    };
    let form = form(state, whose, typed, whose.own(link, "/alerts/rules"), None).await?;
    page(state, theme, link, whose, form, None, None).await
}

/// One rule, to be changed.
pub(crate) async fn show(
    state: May<SeeWork>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let workspace = chosen(&state, &mut params).await?;
    left_out(&mut params)?;
    params.done()?;
    show_of(&state, theme, &Link::of(&uri), &Whose::of(workspace), &id).await
}

pub(super) async fn show_of(
    state: &Asked,
    theme: Theme,
    link: &Link,
    whose: &Whose,
    id: &str,
) -> Result<Html<String>, WebError> {
    let kept = alerts::find(state, &whose.owner, number("rule", id)?).await?;
    let action = whose.own(link, &format!("/alerts/rules/{}", kept.id));
    let form = form(state, whose, Typed::of(&kept.rule), action, Some(kept.version)).await?;
    page(state, theme, link, whose, form, None, Some((kept.id, kept.version))).await
}

/// Makes a rule, or tries it.
pub(crate) async fn create(
    state: May<SetAlerts>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    decide(&state, theme, &Whose::of(workspace), &Link::of(&uri), None, &body).await
}

/// Changes a rule, or tries what was typed.
pub(crate) async fn change(
    state: May<SetAlerts>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    let id = Some(number("rule", &id)?);
    decide(&state, theme, &Whose::of(workspace), &Link::of(&uri), id, &body).await
}

/// Deletes a rule.
pub(crate) async fn delete(
    state: May<SetAlerts>,
    Path(id): Path<String>,
    mut params: Params,
    body: String,
) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    delete_of(&state, &Whose::of(workspace), &id, &body).await
}

pub(super) async fn delete_of(
    state: &Asked,
    whose: &Whose,
    id: &str,
    body: &str,
) -> Result<Redirect, WebError> {
    let mut form = Params::of(body);
    let version = version(&mut form)?;
    form.done()?;
    alerts::delete(state, &whose.owner, (number("rule", id)?, version)).await?;
    Ok(whose.home("/alerts/rules"))
}

/// Leaves everybody in peace about all alerts of a rule for a while.
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

pub(super) async fn mute_of(
    state: &Asked,
    whose: &Whose,
    id: &str,
    body: &str,
) -> Result<Redirect, WebError> {
    alerts::mute_rule(state, &whose.owner, number("rule", id)?, hours(body)?).await?;
    Ok(whose.home("/alerts/rules"))
}

/// Tries or keeps what was typed. Where it is wrong the form comes back as it was typed.
pub(super) async fn decide(
    state: &Asked,
    theme: Theme,
    whose: &Whose,
    link: &Link,
    id: Option<u32>,
    body: &str,
) -> Result<Response, WebError> {
    let mut sent = Params::of(body);
    let is_trial = sent.text("do")?.as_deref() == Some("try");
    let version = if id.is_some() { Some(version(&mut sent)?) } else { None };
    let typed = Typed::read(&mut sent)?;
    sent.done()?;
    let workspace = &whose.owner;
    let done = match typed.rule() {
        Ok(rule) if is_trial => alert_tried::tried(state, whose, rule).await.map(Some),
        Ok(rule) => match id.zip(version) {
            Some(read) => alerts::set(state, workspace, read, rule).await.map(|_| None),
            None => alerts::make(state, workspace, rule).await.map(|_| None),
        },
        Err(error) => Err(error),
    };
    let action = match id {
        Some(id) => whose.own(link, &format!("/alerts/rules/{id}")),
        None => whose.own(link, "/alerts/rules"),
    };
    let read = id.zip(version);
    match done {
        Ok(None) => Ok(whose.home("/alerts/rules").into_response()),
        Ok(tried) => {
            let form = form(state, whose, typed, action, version).await?;
            Ok(page(state, theme, link, whose, form, tried, read).await?.into_response())
        }
        Err(error) if error.problem().parameter.is_some() || error.problem().status == 412 => {
            let problem = error.problem();
            let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
            // Saving again is from what is so now.
            let now = match id.filter(|_| problem.status == 412) {
                Some(id) => alerts::find(state, workspace, id).await.ok().map(|kept| (id, kept.version)),
                None => read,
            };
            let version = now.map(|(_, version)| version).or(version);
            let form = form(state, whose, typed, action, version).await?.refused(&problem);
            Ok((status, page(state, theme, link, whose, form, None, now).await?).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn form(
    state: &Asked,
    whose: &Whose,
    typed: Typed,
    action: String,
    version: Option<u32>,
) -> Result<RuleForm, WebError> {
    let channels = state.catalog().alert_channels(whose.owner.id).await?;
    let labels = state.catalog().labels(whose.owner.id).await?;
    let labels = labels.into_iter().map(|(label, _)| label).collect();
    Ok(RuleForm::new(typed, action, version, &channels, labels, whose.is_server()))
}

async fn page(
    state: &Asked,
    theme: Theme,
    link: &Link,
    whose: &Whose,
    form: RuleForm,
    tried: Option<Tried>,
    kept: Option<(u32, u32)>,
) -> Result<Html<String>, WebError> {
    let title = if kept.is_some() { "Alert rule" } else { "New alert rule" };
    written(&RulePage {
        shell: whose.shell(state, theme, title, link).await?,
        back: whose.own(link, "/alerts/rules"),
        title: title.to_owned(),
        form,
        tried,
        delete: kept.map(|(id, version)| (whose.own(link, &format!("/alerts/rules/{id}/delete")), version)),
    })
}

fn version(form: &mut Params) -> Result<u32, WebError> {
    let remedy = "open the page again and send its form";
    let version = form.parsed_as("version", remedy)?;
    version.ok_or_else(|| WebError::parameter("version", "it is missing", remedy))
}

fn line(kept: &KeptRule, whose: &Whose, link: &Link, now: Timestamp) -> Line {
    let muted = kept.muted_until.filter(|until| *until > now);
    Line {
        name: kept.rule.name.clone(),
        href: whose.own(link, &format!("/alerts/rules/{}", kept.id)),
        condition: condition_words(&kept.rule.condition),
        scope: scope_words(&kept.rule),
        is_on: kept.rule.is_on,
        is_urgent: kept.rule.severity == alert::Severity::Urgent,
        told: kept.rule.channels.len(),
        looked: kept.looked.clone().unwrap_or_default(),
        looked_at: kept.looked_at.map(|at| format::age(at, now)).unwrap_or_default(),
        muted: muted.map(|until| format::moment(until, 0)).unwrap_or_default(),
        mute: whose.own(link, &format!("/alerts/rules/{}/mute", kept.id)),
    }
}
