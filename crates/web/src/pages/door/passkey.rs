//! `/sign-in/passkey`: by a passkey, alone or instead of a code.

use axum::http::HeaderMap;

use super::sign_in::{code_form, form};
use super::{Answer, browser, let_in};
use crate::access::{Anybody, May};
use crate::entrance::{Answered, AskedAt, by_passkey, by_passkey_as_second_factor, next};
use crate::params::Params;

/// Signs in.
pub(crate) async fn enter(
    state: May<Anybody>,
    at: AskedAt,
    headers: HeaderMap,
    params: Params,
    body: String,
) -> Answer {
    let theme = params.theme();
    params.done()?;
    let mut sent = Params::of(&body);
    let (sealed, answer) = (sent.text("challenge")?.unwrap_or_default(), sent.text("answer")?);
    let (step, next) = (sent.text("step")?, next(sent.text("next")?.as_deref()));
    sent.done()?;
    let browser = browser(&state, &headers);
    let entered = match (Answered::read(answer.as_deref()), &step) {
        (Err(error), _) => Err(error),
        (Ok(answered), Some(step)) => {
            by_passkey_as_second_factor(&state, &at, step, &sealed, &answered, &browser).await
        }
        (Ok(answered), None) => by_passkey(&state, &at, &sealed, &answered, &browser).await,
    };
    match (entered, step) {
        (Ok(secret), _) => let_in(&state, &secret, &next).await,
        (Err(error), Some(step)) if error.problem().status != 410 => {
            code_form(&state, &at, theme, &step, &next).await?.answer(Some(error))
        }
        (Err(error), _) => form(&state, &at, theme, "", &next).await?.answer(Some(error)),
    }
}
