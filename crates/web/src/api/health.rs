//! `GET /healthz`, `/readyz` and `/livez`: whether the server can answer.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{AppState, WebError};

/// Whether the server can answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HealthOut {
    /// `ok`, or `failing` if a part does not answer.
    #[schema(example = "ok")]
    pub status: String,
    /// The program's version.
    pub version: String,
    /// For how long it has been running.
    pub uptime_seconds: u64,
    /// Whether the facts file answers.
    pub facts: bool,
    /// Whether the catalog answers.
    pub catalog: bool,
}

/// Whether the server and its two stores answer.
#[utoipa::path(get, path = "/healthz", tag = "health", responses(
    (status = 200, description = "Everything answers", body = HealthOut),
    (status = 503, description = "A part does not answer", body = HealthOut),
))]
pub(crate) async fn healthz(State(state): State<AppState>) -> (StatusCode, Json<HealthOut>) {
    // Not in the line with the questions: a busy server answers.
    let insight = state.insight.clone();
    let facts = tokio::task::spawn_blocking(move || insight.facts().applied()).await;
    let facts = facts.map_err(WebError::internal).and_then(|applied| Ok(applied?));
    let catalog = state.catalog().ping().await;
    if let Err(error) = &facts {
        tracing::error!(%error, "the facts do not answer");
    }
    if let Err(error) = &catalog {
        tracing::error!(%error, "the catalog does not answer");
    }
    let answers = facts.is_ok() && catalog.is_ok();
    let health = HealthOut {
        status: if answers { "ok" } else { "failing" }.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        uptime_seconds: state.started.elapsed().as_secs(),
        facts: facts.is_ok(),
        catalog: catalog.is_ok(),
    };
    (if answers { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(health))
}

/// Whether requests may be sent here: as `/healthz`.
#[utoipa::path(get, path = "/readyz", tag = "health", responses(
    (status = 200, description = "Requests may be sent here", body = HealthOut),
    (status = 503, description = "A part does not answer", body = HealthOut),
))]
pub(crate) async fn readyz(state: State<AppState>) -> (StatusCode, Json<HealthOut>) {
    healthz(state).await
}

/// Whether the process runs at all.
#[utoipa::path(get, path = "/livez", tag = "health", responses((status = 204, description = "It runs")))]
pub(crate) async fn livez() -> StatusCode {
    StatusCode::NO_CONTENT
}
