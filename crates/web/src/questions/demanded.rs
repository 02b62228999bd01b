//! Whether everybody of an organisation needs a second factor: read and said by who looks after all of it.

use axum::http::StatusCode;
use store::catalog::Workspace;

use super::people::{Reach, organisation};
use crate::WebError;
use crate::access::Asked;
use crate::entrance::refused;

/// Whether the organisation of a workspace demands a second factor.
pub(crate) async fn is_demanded(state: &Asked, workspace: &Workspace) -> Result<bool, WebError> {
    Ok(organisation(state, workspace).await?.demands_second_factor)
}

/// Demands a second factor of everybody in the organisation of a workspace, or does so no more.
///
/// # Errors
/// If it is not theirs to decide, or they would lock themselves out.
pub(crate) async fn demand(state: &Asked, workspace: &Workspace, is_demanded: bool) -> Result<(), WebError> {
    if !Reach::of(state, workspace).is_over_all() {
        let detail = "it is decided by the admins of the whole organisation";
        return Err(WebError::told(StatusCode::FORBIDDEN, "role", "Your role does not allow this", detail)
            .remedy("ask an admin of the organisation"));
    }
    if is_demanded && let Some(person) = state.by.person() {
        let own = state.catalog().person(person).await?;
        if own.is_some_and(|own| !own.person.has_second_factor) {
            let detail = "you have no second factor yourself, so you would see nothing any more";
            return Err(WebError::told(StatusCode::CONFLICT, "conflict", "Not yet", detail)
                .remedy("set yours at /account/second-factor first"));
        }
    }
    let by = state.actor();
    state.catalog().demand_second_factor(&by, workspace.organisation, is_demanded).await.map_err(refused)
}
