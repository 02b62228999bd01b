//! What only the command line may ask, over a local socket in the data folder: importing a file by its path, and workspaces.
//!
//! One process writes to a data folder. While a server runs, the command line imports through it.

pub(crate) mod people;

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::JsonRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::Currency;
use ingest::DateOrder;
use ingest::contents::Bounds;
use jiff::Timestamp;
use ledger::{ImportReport, ImportRequest, LedgerError, Progress, Taken};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::UnboundedReceiverStream;

use crate::access::{May, Operate};
use crate::api::WorkspaceOut;
use crate::problem::ProblemOut;
use crate::questions;
use crate::upload::mapping;
use crate::watching::{About, ImportSeen};
use crate::{AppState, WebError};

/// Shortest time between two lines of progress.
const PACE: Duration = Duration::from_millis(100);

/// A file to import, by its path.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalImportIn {
    /// Where it is, absolute.
    pub path: PathBuf,
    /// The name to keep.
    pub file_name: String,
    /// The workspace; without one: the only one, else `default`.
    #[serde(default)]
    pub workspace: Option<String>,
    /// Only say what would happen.
    #[serde(default)]
    pub dry_run: bool,
    /// When the platform was asked.
    #[serde(default)]
    pub captured_at: Option<Timestamp>,
    /// The account, if the file names none.
    #[serde(default)]
    pub account: Option<String>,
    /// The account's currency, if the file names none.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// How dates such as 03/04/2026 are meant.
    #[serde(default)]
    pub date_order: Option<DateOrder>,
    /// Which column is what, as on the command line.
    #[serde(default)]
    pub map: Option<String>,
}

/// A line of the answer to an import: progress, and a report or problem for each file or sheet that was in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LocalLine {
    /// How far it is.
    Progress(Progress),
    /// It is done.
    Report(Box<ImportReport>),
    /// It failed; nothing was changed.
    Problem(Box<ProblemOut>),
}

/// A workspace that should be there.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalWorkspaceIn {
    /// Its name.
    pub name: String,
    /// Whether its data is made up.
    #[serde(default)]
    pub sample: bool,
}

/// `POST /local/import`: imports a file and tells how it goes, a JSON object a line.
pub(crate) async fn import(
    state: May<Operate>,
    asked: Result<Json<LocalImportIn>, JsonRejection>,
) -> Result<Response, WebError> {
    let Json(asked) = asked.map_err(unreadable)?;
    let workspace = questions::named(&state, asked.workspace.as_deref()).await?;
    let request = ImportRequest {
        workspace: workspace.into_workspace(),
        path: asked.path,
        file_name: asked.file_name,
        dry_run: asked.dry_run,
        captured_at: asked.captured_at,
        account: asked.account,
        currency: asked.currency,
        date_order: asked.date_order,
        mapping: asked.map.as_deref().map(mapping).transpose()?,
    };
    let (lines, told) = mpsc::unbounded_channel();
    // On its own, so that a caller who leaves does not stop an import half way.
    tokio::spawn(About::over(About::now(), run(state.app.clone(), request, lines)));
    let body = Body::from_stream(UnboundedReceiverStream::new(told).map(Ok::<_, std::convert::Infallible>));
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response())
}

/// `POST /local/workspaces`: makes a workspace if there is none of the name.
pub(crate) async fn ensure_workspace(
    state: May<Operate>,
    asked: Result<Json<LocalWorkspaceIn>, JsonRejection>,
) -> Result<Json<WorkspaceOut>, WebError> {
    let Json(asked) = asked.map_err(unreadable)?;
    let name = asked.name.trim();
    if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
        return Err(WebError::parameter(
            "name",
            "it can't name a workspace",
            "use 1 to 60 letters, digits and signs",
        ));
    }
    let mut workspace = state.catalog().ensure_workspace(name).await?;
    if asked.sample && !workspace.is_sample {
        state.catalog().mark_sample(workspace.id).await?;
        workspace.is_sample = true;
    }
    Ok(Json(workspace.into()))
}

async fn run(state: AppState, request: ImportRequest, lines: mpsc::UnboundedSender<Bytes>) {
    let last = Mutex::new(None::<(Instant, ledger::Stage)>);
    let progress = {
        let lines = lines.clone();
        move |progress: Progress| {
            let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
            if last.is_none_or(|(at, stage)| at.elapsed() >= PACE || stage != progress.stage) {
                *last = Some((Instant::now(), progress.stage));
                send(&lines, &LocalLine::Progress(progress));
            }
        }
    };
    let taken = {
        let (lines, seen) = (lines.clone(), ImportSeen::begin(&state));
        move |taken: Taken| {
            seen.saw(&taken);
            send(
                &lines,
                &match taken.outcome {
                    Ok(report) => LocalLine::Report(Box::new(report)),
                    Err(error) => LocalLine::Problem(Box::new(told(error).report("/local/import"))),
                },
            );
        }
    };
    if let Err(error) = state.ledger.import_all(request, Bounds::default(), progress, taken).await {
        send(&lines, &LocalLine::Problem(Box::new(told(error).report("/local/import"))));
    }
}

/// Whoever named the path may read what is wrong with it.
fn told(error: LedgerError) -> WebError {
    match error {
        LedgerError::Unreadable { .. } => WebError::told(
            StatusCode::UNPROCESSABLE_ENTITY,
            "unreadable",
            "The file can't be read",
            error.to_string(),
        )
        .remedy("check that it exists and that the server may read it"),
        other => other.into(),
    }
}

fn send(lines: &mpsc::UnboundedSender<Bytes>, line: &LocalLine) {
    if let Ok(mut text) = serde_json::to_vec(line) {
        text.push(b'\n');
        // A caller who left needs no line.
        drop(lines.send(text.into()));
    }
}

fn unreadable(rejection: JsonRejection) -> WebError {
    WebError::told(StatusCode::BAD_REQUEST, "body", "The request can't be read", rejection.body_text())
}
