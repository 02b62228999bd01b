//! What a workspace looks like: the forms of the page about it.

use axum::extract::OriginalUri;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::plan::written_in;
use super::workspace::{back, page, sent_file};
use crate::access::{Administer, May};
use crate::brand::{self, Typed};
use crate::link::Link;
use crate::params::Params;
use crate::{WebError, logo};

/// Sets name, colours, sender and host, and leads back; or says what is wrong with them.
pub(crate) async fn set(
    state: May<Administer>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    let mut form = Params::of(&body);
    let typed = Typed::read(&mut form)?;
    form.done()?;
    match brand::set(&state, &workspace, &typed).await {
        Ok(()) => Ok(back(&workspace).into_response()),
        Err(error) if error.problem().status == 400 => {
            let link = Link::of(&uri).at("/workspace");
            let shown = page(&state, theme, &link, &workspace, typed, error.problem()).await?;
            Ok((StatusCode::BAD_REQUEST, shown).into_response())
        }
        Err(error) => Err(error),
    }
}

/// Sets the icon, and leads back.
pub(crate) async fn set_icon(
    state: May<Administer>,
    mut params: Params,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    logo::set_icon(&state, workspace.id, sent_file(form, "icon").await?).await?;
    Ok(back(&workspace))
}

/// Takes the icon away, and leads back.
pub(crate) async fn delete_icon(state: May<Administer>, mut params: Params) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    state.catalog().set_icon(workspace.id, None).await?;
    Ok(back(&workspace))
}
