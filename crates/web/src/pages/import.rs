//! `GET /imports/{id}`: the report of an import. `/imports/{id}/undo`: taking it back, after asking.

use askama::Template;
use axum::extract::{OriginalUri, Path};
use axum::response::{Html, Redirect};
use store::catalog::ImportState;

use super::import_report::Report;
use super::imports::{place, state_label};
use super::shell::{Section, Shell};
use super::written;
use crate::access::{Import, May, SeeWork};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::{WebError, questions};

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    shell: Shell,
    id: u32,
    report: Report,
    state: &'static str,
    counts: bool,
    imported: String,
    undone: String,
    size: String,
    digest: String,
    undo_href: String,
    list_href: String,
}
in_shell!(ImportPage: FACTS, FIGURES);

#[derive(Template)]
#[template(path = "undo.html")]
struct UndoPage {
    shell: Shell,
    id: u32,
    file_name: String,
    report: Report,
    action: String,
    back: String,
}
in_shell!(UndoPage: NOTICE);

/// The page.
pub(crate) async fn show(
    state: May<SeeWork>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let (workspace, entry) = questions::imports::import(&state, &id, params).await?;
    let link = Link::of(&uri);
    let title = format!("Import {}", entry.id);
    written(&ImportPage {
        shell: Shell::of(&state, theme, title, Some(Section::Imports), &link, &workspace).await?,
        id: entry.id,
        report: Report::of(&questions::imports::report(&entry)?),
        state: state_label(entry.state),
        counts: entry.state == ImportState::Committed,
        imported: format::moment(entry.imported_at, 0),
        undone: entry.undone_at.map(|at| format::moment(at, 0)).unwrap_or_default(),
        size: format::bytes(entry.bytes),
        digest: entry.digest.clone(),
        undo_href: undo_link(entry.id, &workspace.name),
        list_href: link.at("/imports").only(&["workspace"]).to_string(),
    })
}

/// Asks before an import is taken back.
pub(crate) async fn ask_undo(
    state: May<Import>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let (workspace, entry) = questions::imports::import(&state, &id, params).await?;
    let title = format!("Undo import {}", entry.id);
    written(&UndoPage {
        shell: Shell::of(&state, theme, title, Some(Section::Imports), &Link::of(&uri), &workspace).await?,
        id: entry.id,
        file_name: entry.file_name.clone(),
        report: Report::of(&questions::imports::report(&entry)?),
        action: undo_link(entry.id, &workspace.name),
        back: place(entry.id, &workspace),
    })
}

/// Takes an import back and leads to its report.
pub(crate) async fn undo(
    state: May<Import>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Redirect, WebError> {
    let (workspace, undone) = questions::imports::undo(&state, &id, params).await?;
    Ok(Redirect::to(&place(undone.import_id, &workspace)))
}

fn undo_link(id: u32, workspace: &str) -> String {
    Link::to(format!("/imports/{id}/undo")).with("workspace", workspace).to_string()
}
