//! `GET` and `PUT /api/v1/status/retention`: for how long what is kept is kept.

use axum::Json;
use axum::body::Bytes;
use serde::{Deserialize, Serialize};
use store::catalog::{Keeping, Retention};
use utoipa::ToSchema;

use super::alerts::sent;
use crate::WebError;
use crate::access::{May, Operate};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::retention::{read, set as said};

/// After how many days each kind of data is removed; null for never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetentionInOut {
    /// Entries of the audit log, 30 to 36,500.
    #[serde(default)]
    pub audit_log: Option<u32>,
    /// Alerts that are over, and messages about them.
    #[serde(default)]
    pub alerts: Option<u32>,
    /// Tokens that were revoked or have expired.
    #[serde(default)]
    pub tokens: Option<u32>,
}

impl RetentionInOut {
    fn of(all: &[Retention]) -> Self {
        let days = |kind: Keeping| all.iter().find(|one| one.kind == kind).and_then(|one| one.days);
        Self {
            audit_log: days(Keeping::AuditLog),
            alerts: days(Keeping::Alerts),
            tokens: days(Keeping::Tokens),
        }
    }

    fn wanted(self) -> [Retention; 3] {
        let one = |kind, days| Retention { kind, days };
        [
            one(Keeping::AuditLog, self.audit_log),
            one(Keeping::Alerts, self.alerts),
            one(Keeping::Tokens, self.tokens),
        ]
    }
}

/// For how long what is kept is kept.
#[utoipa::path(get, path = "/api/v1/status/retention", tag = "health", responses(
    (status = 200, description = "After how many days each kind is removed", body = RetentionInOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "The role does not allow it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn show(state: May<Operate>, params: Params) -> Result<Json<RetentionInOut>, WebError> {
    params.done()?;
    let (all, _) = read(&state).await?;
    Ok(Json(RetentionInOut::of(&all)))
}

/// Says for how long what is kept is kept. What is older goes within the hour, and does not come back.
#[utoipa::path(put, path = "/api/v1/status/retention", tag = "health", request_body = RetentionInOut, responses(
    (status = 200, description = "What counts now", body = RetentionInOut),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 401, description = "Nobody signed in", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "The role does not allow it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn set(
    state: May<Operate>,
    params: Params,
    body: Bytes,
) -> Result<Json<RetentionInOut>, WebError> {
    params.done()?;
    let wanted: RetentionInOut = sent(&body)?;
    said(&state, &wanted.wanted()).await?;
    Ok(Json(wanted))
}
