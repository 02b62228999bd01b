//! `GET /imports`: the ledger and the form that adds to it. `POST /imports`: a file comes in.

use askama::Template;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, OriginalUri};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use ledger::Taken;
use store::catalog::{ImportEntry, ImportState, Workspace};

use super::columns::explained_at;
use super::import_report::Report;
use super::shell::{Section, Shell};
use super::written;
use crate::access::{Asked, Import, May, SeeWork, Seen};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::columns::{self, Offer};
use crate::theme::Theme;
use crate::{WebError, questions, upload};

#[derive(Template)]
#[template(path = "imports.html")]
struct ImportsPage {
    shell: Shell,
    lines: Vec<Line>,
    first: Option<String>,
    next: Option<String>,
    mappings_href: String,
}
in_shell!(ImportsPage: FIELDS, LISTS, FACTS, IMPORTS);

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
in_shell!(TriedPage: FIELDS, LISTS, FACTS, FIGURES, IMPORTS);

#[derive(Template)]
#[template(path = "several.html")]
struct SeveralPage {
    shell: Shell,
    is_dry_run: bool,
    files: Vec<Outcome>,
}
in_shell!(SeveralPage: FIELDS, LISTS, FACTS, IMPORTS);

#[derive(Template)]
#[template(path = "unknown_table.html")]
struct UnknownTablePage {
    shell: Shell,
    problem: ProblemOut,
    /// Where it is said what its columns are.
    columns_href: String,
}
in_shell!(UnknownTablePage: FIELDS, LISTS, FACTS, FORMS, IMPORTS, NOTICE);

/// What came of one file of several.
struct Outcome {
    file_name: String,
    /// Where its report is; empty if it has none.
    href: String,
    recognised_as: String,
    days: String,
    used: String,
    skipped: String,
    /// What came of it, in words.
    state: String,
    remedy: String,
    is_refused: bool,
    /// Where it is said what its columns are; empty if that would not help.
    columns_href: String,
}

/// The page.
pub(crate) async fn list(
    state: May<SeeWork>,
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
        mappings_href: link.at("/imports/mappings").only(&["workspace"]).to_string(),
        first: link.has("before").then(|| link.clone().without(&["before"]).to_string()),
        next: page.next.map(|before| link.with("before", before.to_string()).to_string()),
    })
}

/// Imports the file of the form, then leads to its report; a dry run shows the report at once.
pub(crate) async fn create(
    state: May<Import>,
    params: Params,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, WebError> {
    let theme = params.theme();
    params.done()?;
    let received = upload::import(&state, form).await?;
    let (workspace, taken, offers) = columns::offer(&state, received).await?;
    let report = match (upload::single(taken), offers.as_slice()) {
        (Ok(Ok(report)), _) => report,
        (Ok(Err(error)), [offer]) => {
            return unknown_table_page(&state, theme, &workspace, &error, offer).await;
        }
        (Ok(Err(error)), _) => return Err(error),
        (Err(several), offers) => return several_page(&state, theme, &workspace, several, offers).await,
    };
    if let Some(id) = report.import_id.filter(|_| !report.dry_run && !report.already_imported) {
        return Ok(Redirect::to(&place(id, &workspace)).into_response());
    }
    let link = Link::to("/imports").with("workspace", &workspace.name);
    let shell =
        Shell::of(&state, theme, "What this file would do", Some(Section::Imports), &link, &workspace)
            .await?;
    Ok(written(&TriedPage { shell, report: Report::of(&report) })?.into_response())
}

/// A table that is not recognised may be explained.
async fn unknown_table_page(
    state: &Asked,
    theme: Theme,
    workspace: &Seen,
    error: &WebError,
    offer: &Offer,
) -> Result<Response, WebError> {
    let problem = error.report("/imports");
    let link = Link::to("/imports").with("workspace", &workspace.name);
    let shell = Shell::of(state, theme, &problem.title, Some(Section::Imports), &link, workspace).await?;
    let columns_href = explained_at(&offer.held, workspace);
    let page = written(&UnknownTablePage { shell, problem, columns_href })?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Shows what came of each file of an archive.
async fn several_page(
    state: &Asked,
    theme: Theme,
    workspace: &Seen,
    taken: Vec<Taken>,
    offers: &[Offer],
) -> Result<Response, WebError> {
    let link = Link::to("/imports").with("workspace", &workspace.name);
    let is_dry_run = taken.iter().any(|one| one.outcome.as_ref().is_ok_and(|report| report.dry_run));
    let files = taken.into_iter().map(|one| outcome(one, workspace, offers)).collect();
    let title = "What came of its files";
    let shell = Shell::of(state, theme, title, Some(Section::Imports), &link, workspace).await?;
    Ok(written(&SeveralPage { shell, is_dry_run, files })?.into_response())
}

fn outcome(taken: Taken, workspace: &Workspace, offers: &[Offer]) -> Outcome {
    let offered = offers.iter().find(|offer| offer.file_name == taken.file_name);
    let columns_href = offered.map(|offer| explained_at(&offer.held, workspace)).unwrap_or_default();
    match taken.outcome {
        Ok(report) => {
            let days = report.days.and_then(|days| domain::Period::new(days.from, days.to).ok());
            let state = match (report.already_imported, report.dry_run) {
                (true, _) => "came in before",
                (_, true) => "would be imported",
                _ => "imported",
            };
            Outcome {
                file_name: taken.file_name,
                href: report.import_id.map(|id| place(id, workspace)).unwrap_or_default(),
                recognised_as: report.recognised_as,
                days: days.map(format::days).unwrap_or_default(),
                used: format::count(report.rows.used),
                skipped: format::count(report.rows.skipped),
                state: state.to_owned(),
                remedy: String::new(),
                is_refused: false,
                columns_href,
            }
        }
        Err(error) => {
            let problem = WebError::from(error).report("/imports");
            Outcome {
                file_name: taken.file_name,
                href: String::new(),
                recognised_as: String::new(),
                days: String::new(),
                used: String::new(),
                skipped: String::new(),
                state: problem.detail,
                remedy: problem.remedy.unwrap_or_default(),
                is_refused: true,
                columns_href,
            }
        }
    }
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
