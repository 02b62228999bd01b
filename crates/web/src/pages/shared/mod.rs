//! `/s/{secret}`: the one page that a link shows, with nothing around it but whose data it is, of which days, and how old.

pub(crate) mod door;

use askama::{FastWritable, Template};
use axum::extract::{OriginalUri, Path};
use axum::http::Uri;
use axum::response::{Html, Response};

use super::shell::Shell;
use super::{alone, analytics, campaign, campaigns, overview};
use crate::WebError;
use crate::access::{Anybody, Asked, May};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::{Figures, View};
use crate::sharing;

/// What stands around what is shared.
#[derive(Template)]
#[template(path = "shared/page.html")]
struct SharedPage<'a> {
    shell: Shell,
    days: String,
    /// What the days are compared with, if with anything.
    compared: Option<String>,
    sheets: &'static [&'static str],
    /// What stands in `main`, written where it stands.
    page: &'a dyn FastWritable,
}

#[derive(Template)]
#[template(path = "shared/empty.html")]
struct Empty;

/// The page of a link. Which one it is, whose, and of which days is in the address by now (`sharing::open`).
pub(crate) async fn show(
    state: May<Anybody>,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Result<Html<String>, WebError> {
    page(&state, &uri, params).await
}

/// The page at an address of ours, as those see it with whom it is shared.
pub(crate) async fn page(state: &Asked, uri: &Uri, params: Params) -> Result<Html<String>, WebError> {
    let Some(of) = sharing::figures(uri.path()) else {
        return Err(WebError::not_found("there is no page that can be shared here"));
    };
    let link = Link::of(uri).shared(sharing::readers_choose(of));
    match of {
        Figures::Overview => overview::shared(state, &link, params).await,
        Figures::Campaigns => campaigns::shared(state, link, params).await,
        Figures::Campaign => campaign::shared(state, &link, params).await,
        Figures::Analytics => analytics::shared(state, &link, params).await,
    }
}

/// Takes the password of a link.
pub(crate) async fn unlock(
    state: May<Anybody>,
    Path(secret): Path<String>,
    params: Params,
    body: String,
) -> Result<Response, WebError> {
    params.done()?;
    let mut form = Params::of(&body);
    let password = form.as_typed("password")?;
    form.done()?;
    let missing = || WebError::parameter("password", "it is missing", "type the password of this link");
    sharing::unlock(&state, &secret, password.ok_or_else(missing)?).await
}

/// Puts what is shared into its page. `sheets` are the style sheets that it needs besides the one of every page.
pub(super) fn framed(
    title: &str,
    view: &View,
    sheets: &'static [&'static str],
    page: &impl Template,
) -> Result<Html<String>, WebError> {
    alone(&SharedPage {
        shell: Shell::of_shared(title, view),
        days: format::days(view.period),
        compared: view.compare.map(|compare| format::days(view.period.compared(compare))),
        sheets,
        page,
    })
}

/// Where nothing was imported yet.
pub(super) fn empty(title: &str, view: &View) -> Result<Html<String>, WebError> {
    framed(title, view, &[], &Empty)
}
