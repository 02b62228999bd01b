//! `/views`: saved views, and naming, deleting and bringing them back.

use askama::Template;
use axum::extract::{OriginalUri, Path};
use axum::response::{Html, Redirect};

use super::plan::{left_out, written_in};
use super::shell::Shell;
use super::written;
use crate::WebError;
use crate::access::{May, SaveViews, SeeWork};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::{chosen, plans, views};

#[derive(Template)]
#[template(path = "views.html")]
struct ViewsPage {
    shell: Shell,
    /// The view that was just deleted: its name, and where the form goes that brings it back.
    deleted: Option<(String, String)>,
    lines: Vec<Line>,
}
in_shell!(ViewsPage: FIELDS, ATTENTION, FORMS);

/// A saved view.
struct Line {
    name: String,
    href: String,
    address: String,
    saved: String,
    rename: String,
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
    let deleted: Option<u32> = params.parsed_as("deleted", "use the number of a view")?;
    params.done()?;
    let link = Link::of(&uri);
    let views = state.catalog().views(workspace.id).await?;
    let own =
        |path: String| link.at(path).only(&["workspace"]).with("workspace", &workspace.name).to_string();
    let deleted = match deleted.filter(|id| views.iter().all(|view| view.id != *id)) {
        Some(id) => state.catalog().view(workspace.id, id).await?,
        None => None,
    };
    let line = |view: &store::catalog::SavedView| Line {
        name: view.name.clone(),
        href: views::place(view, &workspace.name),
        address: view.address.clone(),
        saved: format::moment(view.saved_at, 0),
        rename: own(format!("/views/{}", view.id)),
        delete: own(format!("/views/{}/delete", view.id)),
    };
    written(&ViewsPage {
        shell: Shell::of(&state, theme, "Saved views", None, &link, &workspace).await?,
        deleted: deleted.map(|view| (view.name.clone(), own(format!("/views/{}/undelete", view.id)))),
        lines: views.iter().map(line).collect(),
    })
}

/// Saves a view and leads back to it.
pub(crate) async fn save(
    state: May<SaveViews>,
    mut params: Params,
    body: String,
) -> Result<Redirect, WebError> {
    let workspace = plans::changed_in(&state, &mut params).await?;
    params.done()?;
    let mut form = Params::of(&body);
    let (name, address) = (form.text("name")?, form.text("address")?);
    form.done()?;
    let (name, address) = (views::name(name)?, views::address(&address.unwrap_or_default())?);
    let id = state.catalog().save_view(workspace.id, &name, &address).await.map_err(views::refused)?;
    let view = state.catalog().view(workspace.id, id).await?;
    let view = view.ok_or_else(|| WebError::internal("a view that was saved is not there"))?;
    Ok(Redirect::to(&views::place(&view, &workspace.name)))
}

/// Gives a view another name.
pub(crate) async fn rename(
    state: May<SaveViews>,
    Path(id): Path<String>,
    mut params: Params,
    body: String,
) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    let mut form = Params::of(&body);
    let name = views::name(form.text("name")?)?;
    form.done()?;
    state.catalog().rename_view(workspace.id, views::number(&id)?, &name).await.map_err(views::refused)?;
    Ok(Redirect::to(&Link::to("/views").with("workspace", &workspace.name).to_string()))
}

/// Deletes a view and offers to bring it back.
pub(crate) async fn delete(
    state: May<SaveViews>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    let view =
        state.catalog().delete_view(workspace.id, views::number(&id)?, true).await.map_err(views::refused)?;
    let link = Link::to("/views").with("workspace", &workspace.name);
    Ok(Redirect::to(&link.with("deleted", view.id.to_string()).to_string()))
}

/// Brings a deleted view back.
pub(crate) async fn undelete(
    state: May<SaveViews>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    state.catalog().delete_view(workspace.id, views::number(&id)?, false).await.map_err(views::refused)?;
    Ok(Redirect::to(&Link::to("/views").with("workspace", &workspace.name).to_string()))
}
