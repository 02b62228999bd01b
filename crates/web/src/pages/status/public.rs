//! `GET /status/public`: whether it works and how available it was, and nothing else; off unless the server is told otherwise.

use askama::Template;
use axum::response::Html;
use watch::Standing;

use super::charts::Days;
use super::tiles::availability;
use super::{NOT_KEPT, NotKept};
use crate::access::{Anybody, May};
use crate::health::is_ready;
use crate::pages::alone;
use crate::params::Params;
use crate::questions::status::status;
use crate::theme::Theme;
use crate::{WebError, format};

#[derive(Template)]
#[template(path = "status_public.html")]
struct PublicPage {
    theme: Theme,
    is_well: bool,
    as_of: String,
    day: Option<String>,
    days: Option<String>,
    by_day: Days,
}

/// The page.
pub(crate) async fn show(state: May<Anybody>, params: Params) -> Result<(NotKept, Html<String>), WebError> {
    let theme = params.theme();
    params.done()?;
    if !state.public_status {
        return Err(WebError::not_found("there is nothing at /status/public"));
    }
    let now = status(&state).await;
    let share = |measured| Standing::of_readers(measured).availability().map(availability);
    let page = alone(&PublicPage {
        theme,
        is_well: is_ready(&now.checks),
        as_of: format::clock(now.now),
        day: share(&now.day),
        days: share(&now.days),
        by_day: Days::of(&now),
    })?;
    Ok((NOT_KEPT, page))
}
