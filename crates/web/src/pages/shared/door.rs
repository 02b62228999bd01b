//! What a link says that shows nothing: that it asks for a password, is over, or never was.

use askama::Template;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};

use super::super::alone;
use crate::WebError;
use crate::sharing;

/// It may be otherwise with the next request.
const KEPT_BY_NOBODY: [(HeaderName, HeaderValue); 1] =
    [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];

#[derive(Template)]
#[template(path = "shared/door.html")]
struct Door {
    title: &'static str,
    lead: &'static str,
    /// Why it did not work; empty before it was tried.
    wrong: String,
    /// Where the password goes; empty where none is asked for.
    action: String,
}

/// Asks for a link's password, and says why the last one did not do.
pub(crate) fn ask(secret: &str, refused: Option<WebError>) -> Result<Response, WebError> {
    let mut status = StatusCode::OK;
    let (mut wrong, mut retry) = (String::new(), None);
    if let Some(error) = refused {
        let problem = error.problem();
        status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
        wrong = match &problem.remedy {
            Some(remedy) => format!("{}: {}; {remedy}.", problem.title, problem.detail),
            None => format!("{}: {}.", problem.title, problem.detail),
        };
        retry = problem.retry_after;
    }
    let lead = "Type the password that came with the link.";
    let door = Door { title: "A password is needed", lead, wrong, action: sharing::path(secret) };
    let mut response = said(status, &door)?;
    if let Some(seconds) = retry {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(response)
}

/// The password is not that of the link.
pub(crate) fn wrong() -> WebError {
    let detail = "this is not the password of this link";
    WebError::told(StatusCode::UNAUTHORIZED, "credentials", "That is not right", detail).remedy("try again")
}

/// Leads on to what the link shows, with the cookie of who may see it.
pub(crate) fn on(secret: &str, cookie: Option<HeaderValue>) -> Response {
    let cookie = cookie.map(|cookie| (header::SET_COOKIE, cookie));
    (KEPT_BY_NOBODY, AppendHeaders(cookie), Redirect::to(&sharing::path(secret))).into_response()
}

/// The link counted, and counts no more.
pub(crate) fn over() -> Result<Response, WebError> {
    let lead = "It was shared for a time, or taken back. Ask whoever gave you the link for a new one.";
    closed(StatusCode::GONE, "This link shows nothing any more", lead)
}

/// There is no such link.
pub(crate) fn missing() -> Result<Response, WebError> {
    let lead = "Look whether all of its address was copied, or ask whoever gave you the link for a new one.";
    closed(StatusCode::NOT_FOUND, "There is no such link", lead)
}

fn closed(status: StatusCode, title: &'static str, lead: &'static str) -> Result<Response, WebError> {
    said(status, &Door { title, lead, wrong: String::new(), action: String::new() })
}

fn said(status: StatusCode, door: &Door) -> Result<Response, WebError> {
    Ok((status, KEPT_BY_NOBODY, alone(door)?).into_response())
}
