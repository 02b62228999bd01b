//! `/workspace`: what a workspace is called, what its money is counted in, and the picture beside its name.

use askama::Template;
use axum::extract::OriginalUri;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::http::StatusCode;
use axum::response::{Html, Redirect};
use bytes::Bytes;
use store::catalog::Workspace;

use super::plan::{left_out, written_in};
use super::shell::{Section, Shell};
use super::written;
use crate::access::{Administer, May, SeeWork};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::chosen;
use crate::{WebError, logo};

#[derive(Template)]
#[template(path = "workspace.html")]
struct WorkspacePage {
    shell: Shell,
    name: String,
    currency: String,
    set_logo: String,
    delete_logo: String,
    people: String,
    tokens: String,
    audit: String,
    shared: String,
}
in_shell!(WorkspacePage: FIELDS, FACTS, ATTENTION, NOTICE);

/// The page.
pub(crate) async fn show(
    state: May<SeeWork>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let workspace = chosen(&state, &mut params).await?;
    left_out(&mut params)?;
    params.done()?;
    let own = |path: &str| Link::to(path).with("workspace", &workspace.name).to_string();
    written(&WorkspacePage {
        shell: Shell::of(&state, theme, "Workspace", Some(Section::Settings), &Link::of(&uri), &workspace)
            .await?,
        name: workspace.name.clone(),
        currency: workspace.currency.map(format::currency).unwrap_or_default(),
        set_logo: own("/workspace/logo"),
        delete_logo: own("/workspace/logo/delete"),
        people: own("/people"),
        tokens: own("/tokens"),
        audit: own("/audit"),
        shared: own("/shared-links"),
    })
}

/// Sets the picture, and leads back.
pub(crate) async fn set_logo(
    state: May<Administer>,
    mut params: Params,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    let mut form = form.map_err(|rejection| unreadable(rejection.body_text()))?;
    let mut file = Bytes::new();
    while let Some(field) = form.next_field().await.map_err(|error| unreadable(error.body_text()))? {
        if field.name() == Some("logo") {
            file = field.bytes().await.map_err(|error| unreadable(error.body_text()))?;
        }
    }
    logo::set(&state, workspace.id, file).await?;
    Ok(back(&workspace))
}

/// Takes the picture away, and leads back.
pub(crate) async fn delete_logo(state: May<Administer>, mut params: Params) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    state.catalog().set_logo(workspace.id, None, &[]).await?;
    Ok(back(&workspace))
}

fn back(workspace: &Workspace) -> Redirect {
    Redirect::to(&Link::to("/workspace").with("workspace", &workspace.name).to_string())
}

fn unreadable(detail: String) -> WebError {
    WebError::told(StatusCode::BAD_REQUEST, "form", "The form can't be read", detail)
        .remedy("choose a picture of at most 2 MB and send it again")
}
