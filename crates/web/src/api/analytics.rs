//! `GET /api/v1/analytics`.

use axum::Json;
use insight::Answer;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::parameters::{AnalyticsIn, ViewIn};
use super::{ColumnOut, ComparedOut, FreshnessOut, PeriodOut, ProvenanceOut, RowOut};
use crate::WebError;
use crate::access::{May, SeeFigures};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions;

/// The answer to any question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AnalyticsOut {
    /// The days.
    pub period: PeriodOut,
    /// What they are compared with.
    pub compared: Option<ComparedOut>,
    /// As of when, if not now.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub as_of: Option<Timestamp>,
    /// The dimensions and metrics of the rows, in the order of the question.
    pub columns: Vec<ColumnOut>,
    /// The rows of this page.
    pub rows: Vec<RowOut>,
    /// All rows of the answer added up, not just this page's.
    pub totals: RowOut,
    /// How many rows the whole answer has.
    pub row_count: u64,
    /// The `after` of the next page; null on the last.
    pub next: Option<String>,
    /// How old the figures are.
    pub freshness: Vec<FreshnessOut>,
    /// What they rest on.
    pub provenance: ProvenanceOut,
    /// What a reader must know, in sentences.
    pub notes: Vec<String>,
}

/// Any question: metrics cut by dimensions.
#[utoipa::path(get, path = "/api/v1/analytics", tag = "figures", params(ViewIn, AnalyticsIn), responses(
    (status = 200, description = "A page of the answer", body = AnalyticsOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
    (status = 503, description = "Too much is asked at once, or this takes too long; Retry-After says when to try again", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn show(state: May<SeeFigures>, params: Params) -> Result<Json<AnalyticsOut>, WebError> {
    let (_, _, answer) = questions::analytics::analytics(&state, params).await?;
    Ok(Json(answer.into()))
}

impl From<Answer> for AnalyticsOut {
    fn from(answer: Answer) -> Self {
        let with_change = answer.compared.is_some();
        let dimensions = answer.dimensions.iter().copied().map(ColumnOut::dimension);
        let metrics = answer.metrics.iter().copied().map(ColumnOut::metric);
        let row = |row| RowOut::of_answer(row, &answer.dimensions, &answer.metrics, with_change);
        Self {
            period: answer.period.into(),
            compared: answer.compared.map(ComparedOut::of),
            as_of: answer.as_of,
            columns: dimensions.chain(metrics).collect(),
            rows: answer.rows.iter().map(row).collect(),
            totals: RowOut::of(&answer.totals, &answer.metrics, with_change),
            row_count: answer.row_count,
            next: answer.next,
            freshness: answer.freshness.iter().map(FreshnessOut::from).collect(),
            provenance: answer.provenance.into(),
            notes: answer.notes,
        }
    }
}
