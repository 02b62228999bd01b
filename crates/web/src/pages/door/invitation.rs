//! `/invitations/{secret}`: somebody who was invited comes in.

use axum::extract::Path;
use axum::http::HeaderMap;

use super::sign_in::by_provider;
use super::{Answer, Door, Field, browser, let_in, password, required, told};
use crate::AppState;
use crate::access::{Anybody, May};
use crate::entrance::{Invited, accept, invited};
use crate::params::Params;
use crate::theme::Theme;

/// The page.
pub(crate) async fn show(state: May<Anybody>, Path(secret): Path<String>, params: Params) -> Answer {
    let theme = params.theme();
    params.done()?;
    match invited(&state, &secret).await? {
        Some(invited) => form(&state, theme, &secret, &invited, "").answer(None),
        None => {
            let lead =
                "This invitation was used, withdrawn, or is more than a week old. Ask for another one.";
            told(theme, "Too late", lead, ("/sign-in", "Sign in"))
        }
    }
}

/// Takes the invitation.
pub(crate) async fn take(
    state: May<Anybody>,
    Path(secret): Path<String>,
    headers: HeaderMap,
    params: Params,
    body: String,
) -> Answer {
    let theme = params.theme();
    params.done()?;
    let Some(invited) = invited(&state, &secret).await? else {
        return told(theme, "Too late", "This invitation does not count any more.", ("/sign-in", "Sign in"));
    };
    let mut sent = Params::of(&body);
    let chosen = match invited.is_known {
        true => None,
        false => Some((required(&mut sent, "name", "type your name")?, password(&mut sent)?)),
    };
    sent.done()?;
    let name = chosen.as_ref().map(|(name, _)| name.clone()).unwrap_or_default();
    match accept(&state, &secret, &invited, chosen, &browser(&state, &headers)).await {
        Ok(Some(session)) => let_in(&state, &session, "/").await,
        Ok(None) => {
            let lead = "You have it. Sign in with the password that you have here.";
            told(theme, "Accepted", lead, ("/sign-in", "Sign in"))
        }
        Err(error) => form(&state, theme, &secret, &invited, &name).answer(Some(error)),
    }
}

fn form(state: &AppState, theme: Theme, secret: &str, invited: &Invited, name: &str) -> Door {
    let Invited { email, organisation, is_known, .. } = invited;
    let fields = match is_known {
        true => Vec::new(),
        false => vec![Field::new("Your name", "name", "name").with(name), Field::new_password()],
    };
    let lead = match is_known {
        true => format!("{organisation} invites {email}. You have an account here: it gets one more place."),
        false => format!("{organisation} invites {email}. Choose what you are called here and a password."),
    };
    Door {
        theme,
        // Who comes by the provider with this address takes the invitation by that.
        ways: if *is_known { Vec::new() } else { by_provider(state, "/") },
        title: "You are invited",
        lead,
        action: format!("/invitations/{secret}"),
        fields,
        button: "Accept",
        ..Door::default()
    }
}
