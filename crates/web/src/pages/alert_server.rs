//! `/status/alerts/...`: the rules and channels of the server itself, on the same pages as those of a workspace.

use axum::extract::{OriginalUri, Path};
use axum::response::{Html, Redirect, Response};

use super::alert_kind::Kind;
use super::alert_whose::Whose;
use super::{alert_channels, alert_rules};
use crate::WebError;
use crate::access::{May, Operate};
use crate::link::Link;
use crate::params::Params;
use crate::questions::alerts::number;

/// The rules.
pub(crate) async fn rules(
    state: May<Operate>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let whose = Whose::server(&state, &mut params).await?;
    params.done()?;
    alert_rules::list_of(&state, theme, &Link::of(&uri), &whose).await
}

/// The form of a new rule.
pub(crate) async fn ask_rule(
    state: May<Operate>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let whose = Whose::server(&state, &mut params).await?;
    let kind: Kind = params.parsed("kind")?.unwrap_or(Kind::Burn);
    params.done()?;
    alert_rules::ask_of(&state, theme, &Link::of(&uri), &whose, kind).await
}

/// One rule, to be changed.
pub(crate) async fn rule(
    state: May<Operate>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let whose = Whose::server(&state, &mut params).await?;
    params.done()?;
    alert_rules::show_of(&state, theme, &Link::of(&uri), &whose, &id).await
}

/// Makes a rule.
pub(crate) async fn make_rule(
    state: May<Operate>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    let whose = Whose::server(&state, &mut params).await?;
    params.done()?;
    alert_rules::decide(&state, theme, &whose, &Link::of(&uri), None, &body).await
}

/// Changes a rule.
pub(crate) async fn change_rule(
    state: May<Operate>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    let whose = Whose::server(&state, &mut params).await?;
    params.done()?;
    let id = Some(number("rule", &id)?);
    alert_rules::decide(&state, theme, &whose, &Link::of(&uri), id, &body).await
}

/// Deletes a rule.
pub(crate) async fn delete_rule(
    state: May<Operate>,
    Path(id): Path<String>,
    mut params: Params,
    body: String,
) -> Result<Redirect, WebError> {
    let whose = Whose::server(&state, &mut params).await?;
    params.done()?;
    alert_rules::delete_of(&state, &whose, &id, &body).await
}

/// Leaves everybody in peace about all alerts of a rule for a while.
pub(crate) async fn mute_rule(
    state: May<Operate>,
    Path(id): Path<String>,
    mut params: Params,
    body: String,
) -> Result<Redirect, WebError> {
    let whose = Whose::server(&state, &mut params).await?;
    params.done()?;
    alert_rules::mute_of(&state, &whose, &id, &body).await
}

/// The channels.
pub(crate) async fn channels(
    state: May<Operate>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let whose = Whose::server(&state, &mut params).await?;
    params.done()?;
    alert_channels::list_of(&state, theme, &Link::of(&uri), &whose).await
}

/// Makes a channel.
pub(crate) async fn make_channel(
    state: May<Operate>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    let whose = Whose::server(&state, &mut params).await?;
    params.done()?;
    alert_channels::create_of(&state, theme, &Link::of(&uri), &whose, &body).await
}

/// Tells a channel that this is a test.
pub(crate) async fn test_channel(
    state: May<Operate>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let whose = Whose::server(&state, &mut params).await?;
    params.done()?;
    alert_channels::test_of(&state, theme, &Link::of(&uri), &whose, &id).await
}

/// Deletes a channel.
pub(crate) async fn delete_channel(
    state: May<Operate>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Redirect, WebError> {
    let whose = Whose::server(&state, &mut params).await?;
    params.done()?;
    alert_channels::delete_of(&state, &whose, &id).await
}
