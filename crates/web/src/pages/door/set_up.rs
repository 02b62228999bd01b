//! `/set-up`: the first owner is made, with the token that the server printed when it began.

use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect};
use people::Email;

use super::{Answer, Door, Field, browser, let_in, password, required};
use crate::WebError;
use crate::access::{Anybody, May};
use crate::entrance::set_up;
use crate::params::Params;
use crate::theme::Theme;

/// The page.
pub(crate) async fn show(state: May<Anybody>, params: Params) -> Answer {
    let theme = params.theme();
    params.done()?;
    if state.entrance.is_open() || state.has_people().await? {
        return Ok(Redirect::to("/sign-in").into_response());
    }
    form(theme, Default::default()).answer(None)
}

/// Makes the owner and lets them in.
pub(crate) async fn make(state: May<Anybody>, headers: HeaderMap, params: Params, body: String) -> Answer {
    let theme = params.theme();
    params.done()?;
    let mut sent = Params::of(&body);
    let mut text = |name, remedy| required(&mut sent, name, remedy);
    let typed = [
        text("token", "copy it from where the server was started")?,
        text("organisation", "type what your company is called")?,
        text("name", "type your name")?,
        text("email", "type your e-mail address")?,
    ];
    let password = password(&mut sent)?;
    sent.done()?;
    let [token, organisation, name, email] = &typed;
    let made = async {
        let email: Email = email.parse().map_err(|error: people::EmailError| {
            WebError::parameter("email", "it can't be one", &error.to_string())
        })?;
        set_up(&state, token, organisation, (&email, name), password, &browser(&state, &headers)).await
    };
    match made.await {
        Ok(secret) => let_in(&state, &secret, "/").await,
        Err(error) => form(theme, typed).answer(Some(error)),
    }
}

fn form(theme: Theme, [token, organisation, name, email]: [String; 4]) -> Door {
    Door {
        theme,
        title: "Set up this server",
        lead: "You become its owner: you may do everything, and invite others.".to_owned(),
        action: "/set-up".to_owned(),
        fields: vec![
            Field::new("Token", "token", "off")
                .with(&token)
                .hint("It begins with adk_ and stands where the server was started"),
            Field::new("Your company", "organisation", "organization").with(&organisation),
            Field::new("Your name", "name", "name").with(&name),
            Field::new("Your e-mail address", "email", "username").with(&email),
            Field::new_password(),
        ],
        button: "Set it up",
        ..Door::default()
    }
}
