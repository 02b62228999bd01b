//! Every change that somebody makes is in the audit log: who, what, about what, from where.

use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode};
use store::catalog::{Actor, NewAudit};

use super::Origin;
use crate::AppState;
use crate::access::{HOST, Visitor, Who};
use crate::watching::About;

/// Where changes begin that the catalog notes itself, with what was there before and after; and what is no change of anybody.
const NOTED_ELSEWHERE: [&str; 20] = [
    "/s/",
    "/shared-links",
    "/api/v1/shared-links",
    "/people",
    "/tokens",
    "/account",
    "/sign-",
    "/set-up",
    "/invitations",
    "/api/v1/memberships",
    "/api/v1/invitations",
    "/api/v1/tokens",
    "/api/v1/vitals",
    "/api/v1/imports/guess",
    "/rates/file",
    "/notes",
    "/api/v1/organisation/",
    "/status/retention",
    "/api/v1/status/retention",
    "/api/v1/notes",
];

/// A change that is to be noted.
pub(crate) struct Noted {
    visitor: Visitor,
    from: Origin,
    action: String,
    object: String,
}

impl Noted {
    /// The change that a request asks for, if it does.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
            return None;
        }
        let route = request.extensions().get::<MatchedPath>()?.as_str();
        if NOTED_ELSEWHERE.iter().any(|own| route.starts_with(own)) {
            return None;
        }
        let visitor = request.extensions().get::<Visitor>().cloned().unwrap_or_else(Visitor::nobody);
        let from = request.extensions().get::<Origin>().copied().unwrap_or_default();
        let (action, object) = (format!("{} {route}", request.method()), request.uri().path().to_owned());
        Some(Self { visitor, from, action, object })
    }

    /// Notes it, if the status of the answer says that it was made.
    pub(crate) async fn once_made(self, state: &AppState, status: StatusCode) {
        if status.is_client_error() || status.is_server_error() {
            return;
        }
        let Self { visitor, from, action, object } = self;
        let by = actor(&visitor, from);
        let workspace = About::now().and_then(|about| about.workspace());
        let known = state.catalog().workspaces().await.ok();
        let organisation = known.and_then(|known| {
            known.iter().find(|one| Some(one.id) == workspace).map(|workspace| workspace.organisation)
        });
        // What is of no workspace is of the server.
        let organisation = organisation.or(Some(HOST));
        let entry = NewAudit { organisation, workspace, action, object, before: None, after: None };
        if let Err(error) = state.catalog().note(&by, &entry).await {
            // The change is made; that it can't be noted is for whoever runs the server to know.
            tracing::error!(error = crate::problem::causes(&error), "a change is not in the audit log");
        }
    }
}

/// Who changes something, as the audit log names them.
pub(crate) fn actor(visitor: &Visitor, from: Origin) -> Actor {
    let address = from.0.map(|address| address.to_string());
    match visitor.who {
        Who::Person { person, .. } => Actor::person(person, address),
        Who::Token(token) => Actor::token(token, address),
        Who::Machine => Actor::this_machine(),
        Who::Nobody | Who::Unknown => Actor { who: "nobody".to_owned(), address },
        Who::Anybody => Actor { who: "anybody".to_owned(), address },
    }
}
