//! `GET /metrics`: everything that is counted, for whoever collects it.

use axum::http::{HeaderName, header};

use crate::access::{May, Operate};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::{WebError, watching};

/// What was counted since the server was started, as OpenMetrics text. docs/operations.md says what each metric is.
#[utoipa::path(get, path = "/metrics", tag = "health", responses(
    (status = 200, description = "All metrics", body = String, content_type = "application/openmetrics-text"),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn show(
    state: May<Operate>,
    params: Params,
) -> Result<([(HeaderName, &'static str); 1], String), WebError> {
    params.done()?;
    watching::look(&state);
    Ok(([(header::CONTENT_TYPE, watch::CONTENT_TYPE)], state.watch.openmetrics()))
}
