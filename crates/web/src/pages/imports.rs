//! `GET /imports`: the ledger and the form that adds to it. `POST /imports`: a file comes in.

use askama::Template;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, OriginalUri, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use store::catalog::{ImportEntry, ImportState, Workspace};

use super::import_report::Report;
use super::shell::{Section, Shell};
use super::written;
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::{AppState, WebError, questions, upload};

#[derive(Template)]
#[template(path = "imports.html")]
struct ImportsPage {
    shell: Shell,
    lines: Vec<Line>,
    first: Option<String>,
    next: Option<String>,
}

/// A line of the ledger.
struct Line {
    id: u32,
    href: String,
    file_name: String,
    recognised_as: String,
    days: String,
    used: String,
    skipped: String,
    /// Whether rows were skipped that are no totals.
    has_skipped: bool,
    captured: String,
    imported: String,
    state: &'static str,
    counts: bool,
}

#[derive(Template)]
#[template(path = "tried.html")]
struct TriedPage {
    shell: Shell,
    report: Report,
}

/// The page.
pub(crate) async fn list(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let page = questions::imports::imports(&state, params).await?;
    let link = Link::of(&uri);
    let lines = page.imports.iter().map(|entry| line(entry, &page.workspace)).collect::<Result<_, _>>()?;
    written(&ImportsPage {
        shell: Shell::of(&state, theme, "Imports", Some(Section::Imports), &link, &page.workspace).await?,
        lines,
        first: link.has("before").then(|| link.clone().without(&["before"]).to_string()),
        next: page.next.map(|before| link.with("before", before.to_string()).to_string()),
    })
}

/// Imports the file of the form, then leads to its report; a dry run shows the report at once.
pub(crate) async fn create(
    State(state): State<AppState>,
    params: Params,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, WebError> {
    let theme = params.theme();
    params.done()?;
    let (workspace, report) = upload::import(&state, form).await?;
    if let Some(id) = report.import_id.filter(|_| !report.dry_run && !report.already_imported) {
        return Ok(Redirect::to(&place(id, &workspace)).into_response());
    }
    let link = Link::to("/imports").with("workspace", &workspace.name);
    let shell =
        Shell::of(&state, theme, "What this file would do", Some(Section::Imports), &link, &workspace)
            .await?;
    Ok(written(&TriedPage { shell, report: Report::of(&report) })?.into_response())
}

/// Where an import's report is.
pub(super) fn place(id: u32, workspace: &Workspace) -> String {
    Link::to(format!("/imports/{id}")).with("workspace", &workspace.name).to_string()
}

/// A state in words.
pub(super) fn state_label(state: ImportState) -> &'static str {
    match state {
        ImportState::Pending => "coming in",
        ImportState::Committed => "counts",
        ImportState::Undoing => "being undone",
        ImportState::Undone => "undone",
    }
}

fn line(entry: &ImportEntry, workspace: &Workspace) -> Result<Line, WebError> {
    let report = questions::imports::report(entry)?;
    let days = report.days.and_then(|days| domain::Period::new(days.from, days.to).ok());
    Ok(Line {
        id: entry.id,
        href: place(entry.id, workspace),
        file_name: entry.file_name.clone(),
        recognised_as: report.recognised_as,
        days: days.map(format::days).unwrap_or_default(),
        used: format::count(report.rows.used),
        skipped: format::count(report.rows.skipped),
        has_skipped: report.rows.skipped > report.file_totals.len() as u64,
        captured: format::moment(entry.captured_at, 0),
        imported: format::moment(entry.imported_at, 0),
        state: state_label(entry.state),
        counts: entry.state == ImportState::Committed,
    })
}
