//! `POST /api/v1/plans/bulk` and `POST /api/v1/plans/bulk/{id}/undo`: several plans as one.

use std::collections::BTreeSet;

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::parameters::WorkspaceIn;
use super::plans_wire::{PlanChangeOut, PlanIn};
use crate::WebError;
use crate::access::{Decide, May};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::plans::bulk::{self, BulkEdit};
use crate::questions::plans::{self, decide, refused};

/// The same for several campaigns.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what BulkRead reads")]
pub(crate) struct BulkIn {
    /// The campaigns' numbers, 1 to 1,000.
    campaigns: Vec<u32>,
    /// The fields to set, as in `PATCH`; what is left out stays. One target takes the place of the other.
    set: Option<PlanIn>,
    /// Labels to add.
    add_labels: Option<Vec<String>>,
    /// Labels to take away.
    remove_labels: Option<Vec<String>>,
    /// Only say what would change.
    dry_run: Option<bool>,
}

/// What was changed, or would be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BulkOut {
    /// The number under which it can be undone as one; null of a dry run, and where all was so already.
    pub bulk: Option<u32>,
    /// Whether nothing was changed.
    pub dry_run: bool,
    /// The changes. Campaigns about which all is decided so already are missing.
    pub changes: Vec<PlanChangeOut>,
}

/// Decides the same about several campaigns: all of them or none. Ask with `dry_run` first and send its `ETag` back.
#[utoipa::path(post, path = "/api/v1/plans/bulk", tag = "plans", request_body = BulkIn,
    params(WorkspaceIn, ("if-match" = Option<String>, Header, description = "The `ETag` of the dry run; a dry run needs none")), responses(
    (status = 200, description = "Done, or what it would do", body = BulkOut,
        headers(("etag" = String, description = "Which versions of which plans it starts from"))),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 412, description = "Somebody else changed one of them", body = ProblemOut, content_type = "application/problem+json"),
    (status = 428, description = "Neither a dry run nor with `If-Match`", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn edit(
    state: May<Decide>,
    mut params: Params,
    headers: HeaderMap,
    body: Bytes,
) -> Result<([(HeaderName, String); 1], Json<BulkOut>), WebError> {
    let workspace = plans::changed_in(&state, &mut params).await?;
    params.done()?;
    let asked = BulkRead::of(decide::object(&body)?)?;
    let seen = match (asked.dry_run, headers.get(header::IF_MATCH)) {
        (true, _) => None,
        (false, Some(tag)) => Some(tag.to_str().unwrap_or_default().trim().trim_matches('"').to_owned()),
        (false, None) => {
            let title = "Look at what it would do first";
            return Err(WebError::told(
                StatusCode::PRECONDITION_REQUIRED,
                "if-match",
                title,
                "there is no If-Match",
            )
            .remedy("ask with \"dry_run\": true and send the answer's ETag as If-Match"));
        }
    };
    let done = bulk::edit(&state, &workspace, &asked.campaigns, &asked.edit, seen.as_deref()).await?;
    let changes = done.written.changes.into_iter().map(|change| nameless(change, asked.dry_run)).collect();
    let out = BulkOut { bulk: done.written.bulk, dry_run: asked.dry_run, changes };
    Ok(([(header::ETAG, format!("\"{}\"", done.tag))], Json(out)))
}

/// Undoes a bulk edit, or the undoing of one, as one.
#[utoipa::path(post, path = "/api/v1/plans/bulk/{id}/undo", tag = "plans",
    params(("id" = u32, Path, description = "The number of the bulk edit"), WorkspaceIn), responses(
    (status = 200, description = "Undone", body = BulkOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such bulk edit", body = ProblemOut, content_type = "application/problem+json"),
    (status = 409, description = "What it had changed was changed since", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn undo(
    state: May<Decide>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Json<BulkOut>, WebError> {
    let workspace = plans::changed_in(&state, &mut params).await?;
    params.done()?;
    let written = state.catalog().undo_bulk(workspace.id, &state.by.name(), plans::number(&id)?).await;
    let written = written.map_err(|error| refused(error, None))?;
    let changes = written.changes.into_iter().map(PlanChangeOut::from).collect();
    Ok(Json(BulkOut { bulk: written.bulk, dry_run: false, changes }))
}

/// A plan that was not made has no number.
fn nameless(change: store::catalog::PlanChange, dry_run: bool) -> PlanChangeOut {
    let is_new = dry_run && change.before.is_none();
    let change = PlanChangeOut { bulk: change.bulk.filter(|_| !dry_run), ..change.into() };
    if is_new { PlanChangeOut { plan: 0, ..change } } else { change }
}

/// A bulk edit as it was asked for.
struct BulkRead {
    campaigns: BTreeSet<u32>,
    edit: BulkEdit,
    dry_run: bool,
}

impl BulkRead {
    fn of(mut given: Map<String, Value>) -> Result<Self, WebError> {
        let campaigns = take(&mut given, "campaigns", "use a list of numbers")?.unwrap_or_default();
        let set = take(&mut given, "set", "use an object of fields")?.unwrap_or_default();
        let labels = "use a list of texts";
        let edit = BulkEdit {
            set,
            add_labels: take(&mut given, "add_labels", labels)?.unwrap_or_default(),
            remove_labels: take(&mut given, "remove_labels", labels)?.unwrap_or_default(),
        };
        let dry_run = take(&mut given, "dry_run", "use true or false")?.unwrap_or(false);
        if let Some((name, _)) = given.iter().next() {
            let remedy = "leave it out or use one of: campaigns, set, add_labels, remove_labels, dry_run";
            return Err(WebError::parameter(name, "it is not known here", remedy));
        }
        if edit.is_empty() {
            let remedy = "give the fields to set, or labels to add or remove";
            return Err(WebError::parameter("set", "there is nothing to change", remedy));
        }
        Ok(Self { campaigns, edit, dry_run })
    }
}

fn take<T: DeserializeOwned>(
    given: &mut Map<String, Value>,
    name: &str,
    remedy: &str,
) -> Result<Option<T>, WebError> {
    let value = given.remove(name).unwrap_or_default();
    serde_json::from_value(value)
        .map_err(|error| WebError::parameter(name, &format!("it can't be read: {error}"), remedy))
}
