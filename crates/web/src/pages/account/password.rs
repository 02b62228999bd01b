//! Another password.

use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

use super::{cookie, done, told, typed};
use crate::WebError;
use crate::access::{May, SignedIn};
use crate::params::Params;
use crate::questions::account;

/// Changes the password, and leads back.
pub(crate) async fn change(
    state: May<SignedIn>,
    headers: HeaderMap,
    params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    params.done()?;
    let mut form = Params::of(&body);
    let (old, new) = (typed(&mut form, "old")?, typed(&mut form, "password")?);
    form.done()?;
    match account::set_password(&state, &headers, old, new).await {
        Ok(renewed) => Ok((cookie(renewed), done("password")).into_response()),
        Err(error) => told(&state, theme, "password", error).await,
    }
}
