//! `GET /api/v1/mappings`, `DELETE /api/v1/mappings/{id}`: tables that somebody explained. `POST /api/v1/imports/guess`: what the
//! columns of a table seem to be.

use axum::Json;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path};
use axum::http::StatusCode;
use domain::Platform;
use ingest::Mapping;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::parameters::WorkspaceIn;
use crate::WebError;
use crate::access::{Import, May, SeeWork};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::columns::{Guessed, forget, guessed, remembered};
use crate::questions::{chosen, plans};
use crate::upload::Upload;

/// What the columns of a table seem to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GuessOut {
    /// The name of the file, with those of what it was packed in.
    pub file_name: String,
    /// What the file is recognised as; then it can be imported as it is. Null if it is not.
    pub recognised_as: Option<String>,
    /// Its columns in their order.
    pub columns: Vec<GuessedColumnOut>,
    /// The first rows below the header.
    pub rows: Vec<Vec<String>>,
    /// What to send as `map` with the file; null if no column seems to be the spend, or what was sold.
    #[schema(example = "date=Tag,campaign=Kampagne,spend=Kosten,currency=EUR")]
    pub map: Option<String>,
    /// A date that can be read in two ways, if nothing tells which: send `date_order` then.
    #[schema(example = "03/04/2026")]
    pub open_date: Option<String>,
    /// A number that can be read in two ways, if nothing tells which: add `decimal=comma` or `decimal=point` to `map` then.
    #[schema(example = "1,234")]
    pub open_number: Option<String>,
}

/// A column and what it seems to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GuessedColumnOut {
    /// Its header.
    pub header: String,
    /// What it seems to be, as `map` names it; null if it seems to be of no use.
    #[schema(example = "spend")]
    pub used_as: Option<String>,
    /// By what: `name` or `values`; null if it seems to be of no use.
    #[schema(example = "name")]
    pub by: Option<String>,
    /// How sure that is, of 100.
    pub confidence: u8,
}

/// The form. It has just the file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form that Upload::receive reads")]
pub(crate) struct GuessIn {
    /// The table.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Tables that somebody explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MappingsOut {
    /// The one that was explained last first.
    pub mappings: Vec<MappingOut>,
}

/// A table that somebody explained: one with just these headers is recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MappingOut {
    /// Its number.
    pub id: u32,
    /// Its headers as they are compared, in their order.
    pub headers: Vec<String>,
    /// What they are, as `map` and the command line write it.
    #[schema(example = "date=Tag,campaign=Kampagne,spend=Kosten,currency=EUR")]
    pub map: String,
    /// The platform it is read as; null if this version of the server can't read the mapping.
    #[schema(value_type = Option<String>, example = "other")]
    pub platform: Option<Platform>,
    /// When it was explained.
    #[schema(value_type = String, format = DateTime)]
    pub said_at: Timestamp,
    /// How many files were imported by it.
    pub used: u32,
    /// The last of them.
    pub last_file: Option<String>,
    /// When that was.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
}

/// Guesses what the columns of a table are, by their names and values. Nothing is kept.
#[utoipa::path(post, path = "/api/v1/imports/guess", tag = "imports",
    request_body(content = inline(GuessIn), content_type = "multipart/form-data"), responses(
    (status = 200, description = "What the columns seem to be", body = GuessOut),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 413, description = "The file is too large", body = ProblemOut, content_type = "application/problem+json"),
    (status = 422, description = "The file is no table", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn guess(
    state: May<Import>,
    params: Params,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Json<GuessOut>, WebError> {
    params.done()?;
    let upload = Upload::receive(&state, form).await?;
    Ok(Json(guessed(&state, upload).await?.into()))
}

/// Tables that somebody explained, with how often that served.
#[utoipa::path(get, path = "/api/v1/mappings", tag = "imports", params(WorkspaceIn), responses(
    (status = 200, description = "The tables", body = MappingsOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(state: May<SeeWork>, mut params: Params) -> Result<Json<MappingsOut>, WebError> {
    let workspace = chosen(&state, &mut params).await?;
    params.done()?;
    let kept = remembered(&state, &workspace).await?;
    let mappings = kept.into_iter().map(|(record, mapping)| {
        let (last_file, last_used_at) = record.last_use.unzip();
        MappingOut {
            id: record.id,
            headers: record.kept.headers.split('\n').map(str::to_owned).collect(),
            map: record.kept.mapping,
            platform: mapping.as_ref().map(Mapping::platform),
            said_at: record.said_at,
            used: record.used,
            last_file,
            last_used_at,
        }
    });
    Ok(Json(MappingsOut { mappings: mappings.collect() }))
}

/// Forgets what the columns of a table are. What was imported stays.
#[utoipa::path(delete, path = "/api/v1/mappings/{id}", tag = "imports",
    params(("id" = u32, Path, description = "The mapping's number"), WorkspaceIn), responses(
    (status = 204, description = "Forgotten"),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "Nothing is remembered under it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn delete(
    state: May<Import>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<StatusCode, WebError> {
    let workspace = plans::changed_in(&state, &mut params).await?;
    params.done()?;
    forget(&state, &workspace, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<Guessed> for GuessOut {
    fn from(Guessed { file_name, recognised_as, guess }: Guessed) -> Self {
        let columns = guess.columns.into_iter().map(|column| GuessedColumnOut {
            by: column.used_as.map(|_| column.by.to_owned()),
            used_as: column.used_as.map(str::to_owned),
            header: column.header,
            confidence: column.confidence,
        });
        Self {
            file_name,
            recognised_as,
            columns: columns.collect(),
            rows: guess.rows,
            map: guess.mapping.map(|mapping| mapping.to_string()),
            open_date: guess.open_date,
            open_number: guess.open_number,
        }
    }
}
