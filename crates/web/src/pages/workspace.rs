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
use crate::access::{Administer, Asked, May, SeeWork, Seen};
use crate::brand::{LONGEST_NAME, Typed};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::chosen;
use crate::theme::Theme;
use crate::{ProblemOut, WebError, logo};

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
    activity: String,
    notes: String,
    shared: String,
    set_brand: String,
    set_icon: String,
    delete_icon: String,
    typed: Typed,
    /// What is wrong with what was typed; empty for nothing.
    wrong: String,
}
in_shell!(WorkspacePage: FIELDS, FORMS, FACTS, ATTENTION, IMPORTS, NOTICE);

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
    let typed = Typed::of(&workspace.brand);
    page(&state, theme, &Link::of(&uri), &workspace, typed, ProblemOut::default()).await
}

/// The page, with what was typed and what is wrong with it.
pub(super) async fn page(
    state: &Asked,
    theme: Theme,
    link: &Link,
    workspace: &Seen,
    typed: Typed,
    wrong: ProblemOut,
) -> Result<Html<String>, WebError> {
    let own = |path: &str| Link::to(path).with("workspace", &workspace.name).to_string();
    let detail = wrong.detail.split_once("': ").map_or(wrong.detail.as_str(), |(_, detail)| detail);
    let remedy = wrong.remedy.map(|remedy| format!(". What to do: {remedy}.")).unwrap_or_default();
    let which = match wrong.parameter.as_deref() {
        Some("accent_light") => "The colour on light ground: ",
        Some("accent_dark") => "The colour on dark ground: ",
        Some("mail_name") => "The sender of e-mail: ",
        Some("host") => "The host: ",
        Some("brand_name") => "The name: ",
        _ => "",
    };
    written(&WorkspacePage {
        shell: Shell::of(state, theme, "Workspace", Some(Section::Settings), link, workspace).await?,
        name: workspace.name.clone(),
        currency: workspace.currency.map(format::currency).unwrap_or_default(),
        set_logo: own("/workspace/logo"),
        delete_logo: own("/workspace/logo/delete"),
        people: own("/people"),
        tokens: own("/tokens"),
        audit: own("/audit"),
        activity: own("/activity"),
        notes: own("/notes"),
        shared: own("/shared-links"),
        set_brand: own("/workspace/brand"),
        set_icon: own("/workspace/icon"),
        delete_icon: own("/workspace/icon/delete"),
        typed,
        wrong: format!("{which}{detail}{remedy}"),
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
    let file = sent_file(form, "logo").await?;
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

/// The file that a form sends in one of its fields.
pub(super) async fn sent_file(
    form: Result<Multipart, MultipartRejection>,
    name: &str,
) -> Result<Bytes, WebError> {
    let mut form = form.map_err(|rejection| unreadable(rejection.body_text()))?;
    let mut file = Bytes::new();
    while let Some(field) = form.next_field().await.map_err(|error| unreadable(error.body_text()))? {
        if field.name() == Some(name) {
            file = field.bytes().await.map_err(|error| unreadable(error.body_text()))?;
        }
    }
    Ok(file)
}

pub(super) fn back(workspace: &Workspace) -> Redirect {
    Redirect::to(&Link::to("/workspace").with("workspace", &workspace.name).to_string())
}

fn unreadable(detail: String) -> WebError {
    WebError::told(StatusCode::BAD_REQUEST, "form", "The form can't be read", detail)
        .remedy("choose a picture of at most 2 MB and send it again")
}
