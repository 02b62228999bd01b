//! A change of a plan that was refused, told so that the sender can mend it.

use axum::http::StatusCode;
use domain::plan::NotADecision;
use serde_json::Value;
use store::catalog::{Plan, PlanError, PlanState};

use super::decide::flat;
use crate::WebError;
use crate::problem::DifferenceOut;

/// The problem that a refusal is; `wanted` is what should have become so.
pub(crate) fn refused(error: PlanError, wanted: Option<&PlanState>) -> WebError {
    match error {
        PlanError::NotFound => WebError::not_found("there is no such plan or change in this workspace"),
        PlanError::Stale(Some(now)) => {
            let detail = format!("plan {} is at version {} now", now.id, now.version);
            stale(&detail).differing(wanted.map(|wanted| difference(wanted, &now.state)).unwrap_or_default())
        }
        PlanError::Stale(None) => stale("the plan was deleted; undo that in its history to change it again"),
        PlanError::Taken(there) => taken(&there),
        PlanError::ChangedSince(fields) => WebError::told(
            StatusCode::CONFLICT,
            "changed-since",
            "Changed since",
            format!("what this change had set was set anew since: {}", fields.join(", ")),
        )
        .remedy("undo the later change first, or set it by hand"),
        PlanError::NotADecision(error) => error.into(),
        PlanError::Catalog(error) => error.into(),
    }
}

/// The fields in which what was wanted differs from what is so.
fn difference(wanted: &PlanState, now: &PlanState) -> Vec<DifferenceOut> {
    let (Ok(yours), Ok(theirs)) = (flat(wanted), flat(now)) else { return Vec::new() };
    let of =
        |fields: &serde_json::Map<String, Value>, name: &str| fields.get(name).cloned().unwrap_or_default();
    let mut names: Vec<&String> = yours.keys().chain(theirs.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let one = |name: &String| DifferenceOut {
        field: name.clone(),
        yours: of(&yours, name),
        theirs: of(&theirs, name),
    };
    names.into_iter().map(one).filter(|one| one.yours != one.theirs).collect()
}

fn stale(detail: &str) -> WebError {
    let title = "Somebody else changed it";
    WebError::told(StatusCode::PRECONDITION_FAILED, "stale", title, detail)
        .remedy("read it again, decide with what is so now, and send it with the new version")
}

fn taken(there: &Plan) -> WebError {
    let detail = format!("plan {} is about the same", there.id);
    WebError::told(StatusCode::CONFLICT, "taken", "There is a plan about it already", detail)
        .remedy("change that one, or delete one of the two first")
}

impl From<NotADecision> for WebError {
    fn from(error: NotADecision) -> Self {
        Self::parameter(error.field, &error.detail, error.remedy)
    }
}
