//! `GET /api/v1/audit`: who did what, when and from where.

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::catalog::{AuditEntry, AuditOf};
use store::parquet::{Cell, Column, Kind};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use utoipa::ToSchema;

use super::parameters::WorkspaceIn;
use crate::access::{Administer, May};
use crate::export::csv;
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::audit::{Told, entries, of};
use crate::questions::chosen;
use crate::questions::people::Names;
use crate::{AppState, WebError};

/// Entries at a time, if nothing else is said, and at most.
const USUAL: u32 = 50;
const MOST: u32 = 500;
/// Pieces of the file that wait until the client takes them.
const PIECES_AHEAD: usize = 2;
/// The columns of the file.
const COLUMNS: [&str; 11] = [
    "id",
    "at",
    "who",
    "who_name",
    "action",
    "object",
    "object_name",
    "workspace",
    "before",
    "after",
    "address",
];

/// Entries of the audit log, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditOut {
    /// The entries.
    pub entries: Vec<AuditEntryOut>,
    /// Give this as `before` for older ones, if there are any.
    pub next_before: Option<u32>,
}

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntryOut {
    /// Its number.
    pub id: u32,
    /// When it was done.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who did it, such as `person 3`, `token 2` or `this machine`.
    pub who: String,
    /// What they are called now; null for who has no name.
    pub who_name: Option<String>,
    /// What was done, such as `role_changed`.
    pub action: String,
    /// To what, such as `person 3`.
    pub object: String,
    /// What it is called now.
    pub object_name: Option<String>,
    /// In which workspace; null for the whole organisation.
    pub workspace: Option<String>,
    /// What it was before.
    #[schema(value_type = Option<Object>)]
    pub before: Option<Value>,
    /// What it was after.
    #[schema(value_type = Option<Object>)]
    pub after: Option<Value>,
    /// Where the request came from.
    pub address: Option<String>,
}

/// Which entries, and how they are sent.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what audit::list reads")]
pub(crate) struct AuditIn {
    /// Only entries before this number.
    before: Option<u32>,
    /// So many at most, 1 to 500. Without it: 50. Not together with `csv`, which has all of them.
    limit: Option<u32>,
    /// `json` (if nothing else is said) or `csv`.
    #[param(example = "csv")]
    format: Option<String>,
}

impl From<Told> for AuditEntryOut {
    fn from(Told { entry, object_name, workspace }: Told) -> Self {
        let AuditEntry { id, at, who, who_name, action, object, before, after, address, .. } = entry;
        Self { id, at, who, who_name, action, object, object_name, workspace, before, after, address }
    }
}

impl AuditEntryOut {
    fn cells(self) -> [Cell; COLUMNS.len()] {
        let maybe = |text: Option<String>| text.map_or(Cell::Nothing, Cell::Text);
        let json = |value: Option<Value>| value.map_or(Cell::Nothing, |value| Cell::Text(value.to_string()));
        [
            Cell::Count(i64::from(self.id)),
            Cell::Text(self.at.to_string()),
            Cell::Text(self.who),
            maybe(self.who_name),
            Cell::Text(self.action),
            Cell::Text(self.object),
            maybe(self.object_name),
            maybe(self.workspace),
            json(self.before),
            json(self.after),
            maybe(self.address),
        ]
    }
}

/// The audit log of the workspace; an admin of its organisation reads that of the whole organisation.
#[utoipa::path(get, path = "/api/v1/audit", tag = "people", params(WorkspaceIn, AuditIn), responses(
    (status = 200, description = "Entries, newest first", content(
        (AuditOut = "application/json"),
        (String = "text/csv"),
    )),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "The role does not allow it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(state: May<Administer>, mut params: Params) -> Result<Response, WebError> {
    let workspace = chosen(&state, &mut params).await?;
    let before = params.parsed_as("before", "use the number of an entry")?;
    let limit: Option<u32> = params.parsed_as("limit", "use 1 to 500")?;
    let format = params.text("format")?;
    params.done()?;
    let of = of(&state, &workspace);
    let mut names = Names::of(&state, workspace.organisation).await?;
    match format.as_deref() {
        None | Some("json") => {
            let limit = limit.unwrap_or(USUAL);
            if !(1..=MOST).contains(&limit) {
                return Err(WebError::parameter("limit", "that is no number of entries", "use 1 to 500"));
            }
            let (entries, next_before) = entries(&state, of, &mut names, before, limit).await?;
            let entries = entries.into_iter().map(AuditEntryOut::from).collect();
            Ok(Json(AuditOut { entries, next_before }).into_response())
        }
        Some("csv") if limit.is_some() => {
            Err(WebError::parameter("limit", "the file has all entries", "leave it out"))
        }
        Some("csv") => {
            // What fails at once is told; later it breaks the file off.
            let first = entries(&state, of, &mut names, before, MOST).await?;
            let body = Body::from_stream(ReceiverStream::new(pieces(state.app.clone(), of, names, first)));
            let name = HeaderValue::from_static("attachment; filename=\"adroit-audit.csv\"");
            let kind = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
            let headers =
                HeaderMap::from_iter([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)]);
            Ok((headers, body).into_response())
        }
        Some(other) => {
            Err(WebError::parameter("format", &format!("'{other}' can't be sent"), "use json or csv"))
        }
    }
}

/// The file piece by piece, each read when the one before was taken. An error breaks it off, which the client notices.
fn pieces(
    state: AppState,
    of: AuditOf,
    mut names: Names,
    first: (Vec<Told>, Option<u32>),
) -> mpsc::Receiver<Result<Bytes, WebError>> {
    let (sender, pieces) = mpsc::channel(PIECES_AHEAD);
    tokio::spawn(async move {
        let head = |name: &str| Column { name: name.to_owned(), kind: Kind::Text };
        let mut piece = Vec::new();
        csv::put_heads(&mut piece, &COLUMNS.map(head));
        let (mut lines, mut next) = first;
        loop {
            lines.into_iter().for_each(|told| csv::put(&mut piece, &AuditEntryOut::from(told).cells()));
            if sender.send(Ok(std::mem::take(&mut piece).into())).await.is_err() || next.is_none() {
                return;
            }
            (lines, next) = match entries(&state, of, &mut names, next, MOST).await {
                Ok(read) => read,
                Err(error) => {
                    tracing::warn!("the audit log as a file was broken off");
                    let _nobody_waits = sender.send(Err(error)).await;
                    return;
                }
            };
        }
    });
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_never_formulas_in_the_file() {
        let entry = AuditEntryOut {
            id: 1,
            at: Timestamp::UNIX_EPOCH,
            who: "person 2".to_owned(),
            who_name: Some("=cmd|' /C calc'!A0".to_owned()),
            action: "signed_in".to_owned(),
            object: "person 2".to_owned(),
            object_name: Some("@SUM(A1)".to_owned()),
            workspace: None,
            before: None,
            after: Some(serde_json::json!({"role": "admin"})),
            address: None,
        };
        let mut file = Vec::new();
        csv::put(&mut file, &entry.cells());
        let line = "1,1970-01-01T00:00:00Z,person 2,'=cmd|' /C calc'!A0,signed_in,person 2,'@SUM(A1),,,\"{\"\"role\"\":\"\"admin\"\"}\",\r\n";
        assert_eq!(String::from_utf8(file).unwrap(), line);
    }
}
