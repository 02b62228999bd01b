//! `/sign-in/link/{secret}`: a one-time link that `adroit login-link` made. It is used up by a button, not by being looked at,
//! as programs look at links before people do.

use axum::extract::Path;
use axum::http::HeaderMap;
use store::catalog::TicketKind;

use super::{Answer, Door, browser, let_in, told};
use crate::access::{Anybody, May};
use crate::entrance::{by_link, counts};
use crate::params::Params;

/// The page.
pub(crate) async fn show(state: May<Anybody>, Path(secret): Path<String>, params: Params) -> Answer {
    let theme = params.theme();
    params.done()?;
    if !counts(&state, &secret, TicketKind::SignIn).await? {
        let lead = "This link was used already, or is too old. 'adroit login-link' makes another.";
        return told(theme, "Too late", lead, ("/sign-in", "Sign in with a password"));
    }
    let door = Door {
        theme,
        title: "Come in",
        lead: "This link lets this browser in, once.".to_owned(),
        action: format!("/sign-in/link/{secret}"),
        button: "Come in",
        ..Door::default()
    };
    door.answer(None)
}

/// Signs in.
pub(crate) async fn enter(
    state: May<Anybody>,
    Path(secret): Path<String>,
    headers: HeaderMap,
    params: Params,
) -> Answer {
    let theme = params.theme();
    params.done()?;
    match by_link(&state, &secret, &browser(&state, &headers)).await {
        Ok(session) => let_in(&state, &session, "/").await,
        Err(error) => {
            let also = Some(("/sign-in".to_owned(), "Sign in with a password"));
            Door { theme, title: "This did not work", also, ..Door::default() }.answer(Some(error))
        }
    }
}
