//! `GET /healthz`, `/readyz` and `/livez`: whether the server can answer, and what is wrong where it can't.

use axum::Json;
use axum::http::StatusCode;
use jiff::Timestamp;
use people::Permission;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{Anybody, May, Operate};
use crate::health::{Check, Condition, is_ready};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::{AppState, WebError};

/// Whether the server can answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HealthOut {
    /// The worst of its checks: `ok`, `warning` or `failing`.
    #[schema(value_type = String, example = "ok")]
    pub status: Condition,
    /// The program's version.
    pub version: String,
    /// For how long it has been running.
    pub uptime_seconds: u64,
    /// Whether the facts file answers.
    pub facts: bool,
    /// Whether the catalog answers.
    pub catalog: bool,
    /// Each check.
    pub checks: Vec<CheckOut>,
}

/// A part of the server and how it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckOut {
    /// The part.
    #[schema(example = "engine")]
    pub name: String,
    /// How it does: `ok`, `warning` or `failing`.
    #[schema(value_type = String, example = "ok")]
    pub state: Condition,
    /// Whether requests are better not sent here while it fails.
    pub needed: bool,
    /// What is so.
    #[schema(example = "answers")]
    pub says: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// When it was checked.
    #[schema(value_type = String, format = DateTime)]
    pub checked_at: Timestamp,
    /// Since when it is so, as far as this process has seen.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// How long the check took, in milliseconds.
    pub took_ms: u64,
}

impl HealthOut {
    pub(crate) fn of(state: &AppState, checks: &[Check]) -> Self {
        let does = |name: &str| {
            let own = checks.iter().filter(|check| check.part.name == name);
            own.into_iter().all(|check| check.finding.condition != Condition::Failing)
        };
        Self {
            status: Condition::of(checks),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            uptime_seconds: state.started.elapsed().as_secs(),
            facts: does("engine"),
            catalog: does("catalog"),
            checks: checks.iter().map(CheckOut::of).collect(),
        }
    }
}

impl CheckOut {
    pub(super) fn of(check: &Check) -> Self {
        Self {
            name: check.part.name.to_owned(),
            state: check.finding.condition,
            needed: check.part.is_needed,
            says: check.finding.says.clone(),
            remedy: Some(check.finding.remedy.to_owned()).filter(|remedy| !remedy.is_empty()),
            checked_at: check.at,
            since: check.since,
            took_ms: u64::try_from(check.took.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// How each part of the server does, with what to do. Each check is made anew unless it is less than a second old, and takes 2 s at most.
#[utoipa::path(get, path = "/healthz", tag = "health", responses(
    (status = 200, description = "Nothing fails; there may be warnings", body = HealthOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 503, description = "A part fails", body = HealthOut),
))]
pub(crate) async fn healthz(
    state: May<Operate>,
    params: Params,
) -> Result<(StatusCode, Json<HealthOut>), WebError> {
    params.done()?;
    let checks = state.checked().await;
    let is_fine = Condition::of(&checks) != Condition::Failing;
    Ok((status(is_fine), Json(HealthOut::of(&state, &checks))))
}

/// Whether requests may be sent here: whether all parts do that they need.
#[utoipa::path(get, path = "/readyz", tag = "health", responses(
    (status = 200, description = "Requests may be sent here", body = HealthOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 503, description = "A part that they need fails", body = HealthOut),
))]
pub(crate) async fn readyz(
    state: May<Anybody>,
    params: Params,
) -> Result<(StatusCode, Json<HealthOut>), WebError> {
    params.done()?;
    let checks = state.checked().await;
    let mut health = HealthOut::of(&state, &checks);
    // What is checked, and how it is set right, is for those who operate the server.
    if !state.by.sight.may_somewhere(Permission::Operate) {
        health.checks.clear();
    }
    Ok((status(is_ready(&checks)), Json(health)))
}

fn status(is_fine: bool) -> StatusCode {
    if is_fine { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

/// Whether the process runs at all.
#[utoipa::path(get, path = "/livez", tag = "health", responses(
    (status = 204, description = "It runs"),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn livez(_: May<Anybody>, params: Params) -> Result<StatusCode, WebError> {
    params.done()?;
    Ok(StatusCode::NO_CONTENT)
}
