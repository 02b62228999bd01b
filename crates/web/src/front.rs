//! What happens to every request before it is answered, and then to its answer, in order.
//!
//! It is one layer, not one for each step: every layer that waits for the next puts all that is within it into boxes of its own, which
//! took longer than all of these steps together.

use std::panic::AssertUnwindSafe;

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use tower_http::timeout::TimeoutBody;

use crate::access::Visitor;
use crate::entrance::{Noted, give_renewed, identify, paced};
use crate::problem::Spoken;
use crate::watching::{Measured, caught};
use crate::{AppState, deadline, guard, policy, sharing};

/// Answers what comes over the network.
pub(crate) async fn from_network(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let measured = Measured::begin(&state, &request);
    let answer = async {
        let is_of_link = sharing::is_shared(request.uri().path());
        let renewed = identify(&state, &mut request).await;
        let spoken = Spoken::of(&request);
        let response = admitted(&state, request, next).await;
        let mut response = spoken.told(&state, response).await;
        if let Some(secret) = renewed {
            give_renewed(&state, &secret, &mut response);
        }
        policy::say(&state, is_of_link, &mut response);
        response
    };
    Measured::over(measured, answer).await
}

/// Answers what comes over the socket in the data folder: who may open it may do everything.
pub(crate) async fn from_here(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let measured = Measured::begin(&state, &request);
    request.extensions_mut().insert(Visitor::machine());
    let spoken = Spoken::of(&request);
    let answer = async {
        let response = answered(&state, request, next).await;
        spoken.told(&state, response).await
    };
    Measured::over(measured, answer).await
}

/// Answers what is not too much, and not refused whatever it is.
async fn admitted(state: &AppState, request: Request, next: Next) -> Response {
    let pass = match paced(state, &request) {
        Ok(pass) => pass,
        Err(refused) => return *refused,
    };
    let mut response = match guard::check(state, &request) {
        Ok(()) => answered(state, within(state, request), next).await,
        Err(error) => error.into_response(),
    };
    if let Some(pass) = pass {
        pass.say(&mut response);
    }
    response
}

/// The same request, whose body may not keep us waiting.
fn within(state: &AppState, request: Request) -> Request {
    match request.body().is_end_stream() {
        true => request,
        false => request.map(|body| Body::new(TimeoutBody::new(state.limits.silence, body))),
    }
}

/// Answers in time and whatever happens, and notes what was changed.
async fn answered(state: &AppState, request: Request, next: Next) -> Response {
    let noted = Noted::of(&request);
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind();
    let answer = async { answer.await.unwrap_or_else(caught) };
    let response = if is_read { deadline::in_time(state, answer).await } else { answer.await };
    if let Some(noted) = noted {
        noted.once_made(state, response.status()).await;
    }
    response
}
