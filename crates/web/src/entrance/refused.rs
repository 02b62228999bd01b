//! Why people, their rights and their sessions could not be changed, for who asked.

use axum::http::StatusCode;
use store::catalog::PeopleError;

use crate::WebError;

/// What the sender is told.
pub(crate) fn refused(error: PeopleError) -> WebError {
    let (status, kind) = match &error {
        PeopleError::Catalog(_) => {
            return match error {
                PeopleError::Catalog(error) => error.into(),
                other => WebError::internal(other),
            };
        }
        PeopleError::NotFound(_) => {
            return WebError::not_found(error.to_string()).remedy("load the page again");
        }
        PeopleError::NotForRole(_) => (StatusCode::BAD_REQUEST, "role"),
        PeopleError::AlreadySetUp
        | PeopleError::Taken
        | PeopleError::AlreadyMember
        | PeopleError::LastOwner
        | PeopleError::LinkedOtherwise
        | PeopleError::NoMorePasskeys
        | PeopleError::Meanwhile
        | PeopleError::Elsewhere => (StatusCode::CONFLICT, "conflict"),
    };
    WebError::told(status, kind, "That can't be", error.to_string()).remedy("nothing was changed")
}
