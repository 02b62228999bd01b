//! Opening links: `GET /s/{secret}` shows the page of a link to whoever has it, `POST` takes its password.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{OriginalUri, Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use store::catalog::SharedLink;

use super::opens::is_open;
use super::{START, address, figures, reader, standing};
use crate::access::Asked;
use crate::cache::{self, Form, Readers};
use crate::entrance::is_link_password;
use crate::pages::shared::door;
use crate::questions::tokens::Standing;
use crate::{AppState, WebError};

/// Goes with the answer to a link: the sites that may show it in a frame.
#[derive(Debug, Clone)]
pub(crate) struct Framable(pub(crate) Vec<String>);

/// Answers whoever opens a link, by what is kept or has to be computed. The handler behind it makes the page that is shared.
pub(crate) async fn open(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let secret = request.uri().path().strip_prefix(START).unwrap_or_default().to_owned();
    let link = match counting(&state, &secret).await {
        Ok(Ok(link)) => link,
        Ok(Err(closed)) => return closed,
        Err(error) => return error.into_response(),
    };
    let mut response = match shown(&state, &link, &secret, request, next).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    };
    // It may have ended while it was answered.
    if let Ok(Err(closed)) = counting(&state, &secret).await {
        return closed;
    }
    response.extensions_mut().insert(Framable(link.origins.clone()));
    response
}

/// The link of a secret, or what is said where it does not count.
async fn counting(state: &AppState, secret: &str) -> Result<Result<Arc<SharedLink>, Response>, WebError> {
    let Some(link) = state.shared_link(secret).await? else { return Ok(Err(door::missing()?)) };
    match standing(&link, Timestamp::now()) {
        Standing::Counts => Ok(Ok(link)),
        Standing::Expired | Standing::Revoked => Ok(Err(door::over()?)),
    }
}

async fn shown(
    state: &AppState,
    link: &SharedLink,
    secret: &str,
    request: Request,
    next: Next,
) -> Result<Response, WebError> {
    let now = Timestamp::now();
    let (mut parts, _) = request.into_parts();
    let is_secure = state.entrance.rules().is_secure;
    if link.password.is_some() && !state.sharing.unlocked.is(&parts.headers, link.id, is_secure) {
        return door::ask(secret, None);
    }
    let workspaces = state.catalog().workspaces().await?;
    let workspace = workspaces.iter().find(|workspace| workspace.id == link.workspace);
    let page = link.address.split('?').next().unwrap_or_default();
    let (Some(workspace), Some(of)) = (workspace, figures(page)) else {
        return Err(WebError::internal("a shared link leads to what can't be shared"));
    };
    let uri = address::asked(&link.address, of, &workspace.name, parts.uri.query().unwrap_or_default())?;
    if is_open(&parts.method, &parts.uri, &parts.headers) {
        state.sharing.opened.one_more(link.id, now);
    }
    parts.uri = uri.clone();
    parts.extensions.insert(OriginalUri(uri));
    parts.extensions.insert(reader(link.workspace));
    // The same for everybody who has the link.
    for personal in [header::COOKIE, header::AUTHORIZATION] {
        parts.headers.remove(personal);
    }
    let left = link.expires_at.as_second().saturating_sub(now.as_second());
    let readers = Readers::OfLink {
        id: link.id,
        has_password: link.password.is_some(),
        left: Duration::from_secs(u64::try_from(left).unwrap_or(0)),
    };
    let figures = cache::Figures { of, form: Form::Shared };
    let request = Request::from_parts(parts, Body::empty());
    Ok(cache::answered(state, figures, readers, request, next).await)
}

/// Takes the password of a link: whoever typed it right sees the page for an hour in this browser.
pub(crate) async fn unlock(state: &Asked, secret: &str, password: String) -> Result<Response, WebError> {
    let link = match counting(state, secret).await? {
        Ok(link) => link,
        Err(closed) => return Ok(closed),
    };
    let mut response = match &link.password {
        // It asks for none: whoever has the link is in.
        None => door::on(secret, None),
        Some(kept) => match is_link_password(state, link.id, kept.clone(), password, state.from).await {
            Ok(true) => {
                let is_secure = state.entrance.rules().is_secure;
                door::on(secret, state.sharing.unlocked.admit(&link, secret, is_secure))
            }
            Ok(false) => door::ask(secret, Some(door::wrong()))?,
            Err(error) if error.is_ours() => return Err(error),
            Err(error) => door::ask(secret, Some(error))?,
        },
    };
    response.extensions_mut().insert(Framable(link.origins.clone()));
    Ok(response)
}
