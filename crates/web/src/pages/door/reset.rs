//! `/sign-in/forgotten` and `/sign-in/reset/{secret}`: another password, by a link that is sent by e-mail.

use axum::extract::Path;
use store::catalog::TicketKind;

use super::{Answer, Door, Field, password, required, told};
use crate::access::{Anybody, May};
use crate::entrance::{counts, reset, send_reset};
use crate::params::Params;
use crate::theme::Theme;

/// The page that asks for the address.
pub(crate) async fn ask(state: May<Anybody>, params: Params) -> Answer {
    let theme = params.theme();
    params.done()?;
    if state.telling.sender.mail.is_none() || state.telling.home.is_none() {
        let lead = "This server sends no e-mail. Whoever runs it can let you in with 'adroit login-link --user' and your \
                    e-mail address; then choose another password on the page Account.";
        return told(theme, "Choose another password", lead, ("/sign-in", "Back"));
    }
    form(theme, "").answer(None)
}

/// Sends the link, if there is somebody of the address.
pub(crate) async fn send(state: May<Anybody>, params: Params, body: String) -> Answer {
    let theme = params.theme();
    params.done()?;
    let mut sent = Params::of(&body);
    let email = required(&mut sent, "email", "type your e-mail address")?;
    sent.done()?;
    match send_reset(&state, &email, state.from).await {
        Ok(()) => {
            let lead = "If somebody here has this address, a link to choose another password is on its way to them. It counts for \
                        an hour.";
            told(theme, "Look into your mailbox", lead, ("/sign-in", "Back"))
        }
        Err(error) => form(theme, &email).answer(Some(error)),
    }
}

/// The page that the link leads to.
pub(crate) async fn show(state: May<Anybody>, Path(secret): Path<String>, params: Params) -> Answer {
    let theme = params.theme();
    params.done()?;
    match counts(&state, &secret, TicketKind::Reset).await? {
        true => choose(theme, &secret).answer(None),
        false => {
            let lead = "This link was used already, or is more than an hour old.";
            told(theme, "Too late", lead, ("/sign-in/forgotten", "Send another one"))
        }
    }
}

/// Sets the password. Whoever is in somewhere with the old one is out.
pub(crate) async fn set(
    state: May<Anybody>,
    Path(secret): Path<String>,
    params: Params,
    body: String,
) -> Answer {
    let theme = params.theme();
    params.done()?;
    let mut sent = Params::of(&body);
    let password = password(&mut sent)?;
    sent.done()?;
    match reset(&state, &secret, password, state.from).await {
        Ok(()) => {
            let lead =
                "Your password is changed, and all browsers in which you were signed in are signed out.";
            told(theme, "Done", lead, ("/sign-in", "Sign in"))
        }
        Err(error) => choose(theme, &secret).answer(Some(error)),
    }
}

fn form(theme: Theme, email: &str) -> Door {
    Door {
        theme,
        title: "Choose another password",
        lead: "A link to do so is sent to your address.".to_owned(),
        action: "/sign-in/forgotten".to_owned(),
        fields: vec![Field::new("E-mail address", "email", "username").with(email)],
        button: "Send it",
        also: Some(("/sign-in".to_owned(), "Back")),
        ..Door::default()
    }
}

fn choose(theme: Theme, secret: &str) -> Door {
    Door {
        theme,
        title: "Choose another password",
        action: format!("/sign-in/reset/{secret}"),
        fields: vec![Field::new_password()],
        button: "Use it",
        ..Door::default()
    }
}
