//! `/sign-in/provider`: the way to the identity provider, and the way back.

use axum::http::{HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect};

use super::sign_in::{code_form, form};
use super::{Answer, SAID, browser, is_in, let_in};
use crate::access::{Anybody, May};
use crate::entrance::{self, AskedAt, Cookies, Entered, Returned, next};
use crate::params::Params;

/// Leads to the provider.
pub(crate) async fn begin(state: May<Anybody>, mut params: Params) -> Answer {
    let next = next(params.text("next")?.as_deref());
    params.done()?;
    if is_in(&state) {
        return Ok(Redirect::to(&next).into_response());
    }
    let (place, kept) = entrance::begin(&state, next, state.from).await?;
    let cookie = kept.map(|kept| (header::SET_COOKIE, kept));
    Ok((SAID, AppendHeaders(cookie), Redirect::to(&place)).into_response())
}

/// Lets in whom the provider sends back. It may send more than is asked for: that is left unread, as RFC 6749 wants it.
pub(crate) async fn back(state: May<Anybody>, at: AskedAt, headers: HeaderMap, mut params: Params) -> Answer {
    let theme = params.theme();
    let returned = Returned {
        state: params.text("state")?.unwrap_or_default(),
        code: params.text("code")?,
        issuer: params.text("iss")?,
    };
    let mut response = match entrance::back(&state, &headers, returned, &browser(&state, &headers)).await {
        Ok((Entered::In(secret), next)) => let_in(&state, &secret, &next).await?,
        Ok((Entered::SecondStep(step), next)) => {
            code_form(&state, &at, theme, step.text(), &next).await?.answer(None)?
        }
        Err(error) => form(&state, &at, theme, "", "/").await?.answer(Some(error))?,
    };
    let cookies = Cookies { is_secure: state.entrance.rules().is_secure };
    if let Some(forgotten) = cookies.forget_way() {
        response.headers_mut().append(header::SET_COOKIE, forgotten);
    }
    Ok(response)
}
