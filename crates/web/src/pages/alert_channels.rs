//! `/alerts/channels`, and `/status/alerts/channels` of the server itself: whom alerts are told to; making, testing and deleting
//! channels.

use askama::Template;
use axum::extract::{OriginalUri, Path};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use people::Permission;
use store::catalog::{AlertChannel, ChannelKind};

use super::alert_whose::Whose;
use super::plan::{left_out, written_in};
use super::shell::Shell;
use super::written;
use crate::WebError;
use crate::access::{Administer, Asked, May, SeeWork};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::alerts::{self, Leads, number};
use crate::questions::chosen;
use crate::theme::Theme;

#[derive(Template)]
#[template(path = "alert_channels.html")]
struct ChannelsPage {
    shell: Shell,
    may_set: bool,
    back: String,
    action: String,
    lines: Vec<Line>,
    kinds: Vec<(&'static str, &'static str)>,
    has_mail: bool,
    said: Said,
    typed: [String; 3],
}
in_shell!(ChannelsPage: FIELDS, ATTENTION, FORMS);

/// What is said about what was just done.
#[derive(Default)]
struct Said {
    /// What is wrong with what was typed; empty for nothing.
    wrong: String,
    /// What came of it, in a sentence; empty for nothing.
    done: String,
    /// Whether that was a failure.
    is_bad: bool,
    /// A secret that is shown this once; empty for none.
    secret: String,
}

/// A channel.
struct Line {
    name: String,
    kind: &'static str,
    place: String,
    made: String,
    test: String,
    delete: String,
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
    params.done()?;
    list_of(&state, theme, &Link::of(&uri), &Whose::of(workspace)).await
}

pub(super) async fn list_of(
    state: &Asked,
    theme: Theme,
    link: &Link,
    whose: &Whose,
) -> Result<Html<String>, WebError> {
    page(state, theme, link, whose, Said::default(), Default::default()).await
}

/// Makes a channel. A webhook's secret is shown now and never again.
pub(crate) async fn create(
    state: May<Administer>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    create_of(&state, theme, &Link::of(&uri), &Whose::of(workspace), &body).await
}

pub(super) async fn create_of(
    state: &Asked,
    theme: Theme,
    link: &Link,
    whose: &Whose,
    body: &str,
) -> Result<Response, WebError> {
    let mut form = Params::of(body);
    let kind: Option<ChannelKind> = form.parsed("kind")?;
    let (name, address) = (form.text("name")?.unwrap_or_default(), form.text("address")?.unwrap_or_default());
    form.done()?;
    let kind = kind.ok_or_else(|| WebError::parameter("kind", "it is missing", "choose one"))?;
    let leads = Leads { name: name.clone(), kind, address: address.clone() };
    match alerts::make_channel(state, &whose.owner, leads).await {
        Ok(made) => match made.secret {
            None => Ok(whose.home("/alerts/channels").into_response()),
            Some(secret) => {
                let done = format!("{} was made.", made.channel.name);
                let said = Said { done, secret, ..Said::default() };
                Ok(page(state, theme, link, whose, said, Default::default()).await?.into_response())
            }
        },
        Err(error) if error.problem().parameter.is_some() => {
            let problem = error.problem();
            let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
            let detail =
                problem.detail.split_once("': ").map_or(problem.detail.as_str(), |(_, detail)| detail);
            let wrong = format!("{detail}. What to do: {}.", problem.remedy.unwrap_or_default());
            let said = Said { wrong, ..Said::default() };
            let typed = [kind.key().to_owned(), name, address];
            Ok((status, page(state, theme, link, whose, said, typed).await?).into_response())
        }
        Err(error) => Err(error),
    }
}

/// Tells a channel that this is a test, and says what came of it.
pub(crate) async fn test(
    state: May<Administer>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    test_of(&state, theme, &Link::of(&uri), &Whose::of(workspace), &id).await
}

pub(super) async fn test_of(
    state: &Asked,
    theme: Theme,
    link: &Link,
    whose: &Whose,
    id: &str,
) -> Result<Html<String>, WebError> {
    let said = match alerts::test_channel(state, &whose.owner, number("channel", id)?).await? {
        Ok(()) => Said { done: "The test was taken. Look whether it arrived.".to_owned(), ..Said::default() },
        Err(error) => {
            Said { done: format!("The test was not taken: {error}."), is_bad: true, ..Said::default() }
        }
    };
    page(state, theme, link, whose, said, Default::default()).await
}

/// Deletes a channel.
pub(crate) async fn delete(
    state: May<Administer>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    delete_of(&state, &Whose::of(workspace), &id).await
}

pub(super) async fn delete_of(state: &Asked, whose: &Whose, id: &str) -> Result<Redirect, WebError> {
    alerts::delete_channel(state, &whose.owner, number("channel", id)?).await?;
    Ok(whose.home("/alerts/channels"))
}

async fn page(
    state: &Asked,
    theme: Theme,
    link: &Link,
    whose: &Whose,
    said: Said,
    typed: [String; 3],
) -> Result<Html<String>, WebError> {
    let line = |channel: AlertChannel| Line {
        test: whose.own(link, &format!("/alerts/channels/{}/test", channel.id)),
        delete: whose.own(link, &format!("/alerts/channels/{}/delete", channel.id)),
        name: channel.name,
        kind: channel.kind.label(),
        place: channel.place,
        made: format::moment(channel.made_at, 0),
    };
    let channels = state.catalog().alert_channels(whose.owner.id).await?;
    written(&ChannelsPage {
        shell: whose.shell(state, theme, "Alert channels", link).await?,
        may_set: whose.may(state, Permission::Administer),
        back: whose.own(link, "/alerts"),
        action: whose.own(link, "/alerts/channels"),
        lines: channels.into_iter().map(line).collect(),
        kinds: ChannelKind::ALL.map(|kind| (kind.key(), kind.label())).to_vec(),
        has_mail: state.telling.sender.mail.is_some(),
        said,
        typed,
    })
}
