//! `/sign-in`: by password, and by a second factor where there is one; and the way out.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use store::catalog::{Actor, PeopleError};

use super::{Answer, ByPasskey, Door, Field, browser, is_in, let_in, password, required};
use crate::access::{Anybody, May, Who};
use crate::entrance::{
    AskedAt, Asking, Cookies, Entered, For, Provider, by_code, by_password, has_passkeys, next, refused,
};
use crate::link::Link;
use crate::pages::look::Look;
use crate::params::Params;
use crate::theme::Theme;
use crate::{AppState, WebError};

/// What a browser has of the one who signs out must not be there for the next.
const CLEARED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\", \"storage\""));

/// The page.
pub(crate) async fn show(state: May<Anybody>, at: AskedAt, mut params: Params) -> Answer {
    let theme = params.theme();
    let next = next(params.text("next")?.as_deref());
    params.done()?;
    if is_in(&state) {
        return Ok(Redirect::to(&next).into_response());
    }
    if !state.has_people().await? {
        return Ok(Redirect::to("/set-up").into_response());
    }
    form(&state, &at, theme, "", &next).await?.answer(None)
}

/// Signs in, or asks for the second factor.
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
    let email = required(&mut sent, "email", "type your e-mail address")?;
    let (password, next) = (password(&mut sent)?, next(sent.text("next")?.as_deref()));
    sent.done()?;
    match by_password(&state, &email, password, &browser(&state, &headers)).await {
        Ok(Entered::In(secret)) => let_in(&state, &secret, &next).await,
        Ok(Entered::SecondStep(step)) => {
            code_form(&state, &at, theme, step.text(), &next).await?.answer(None)
        }
        Err(error) => form(&state, &at, theme, &email, &next).await?.answer(Some(error)),
    }
}

/// Signs in with the second factor.
pub(crate) async fn code(
    state: May<Anybody>,
    at: AskedAt,
    headers: HeaderMap,
    params: Params,
    body: String,
) -> Answer {
    let theme = params.theme();
    params.done()?;
    let mut sent = Params::of(&body);
    let step = required(&mut sent, "step", "sign in again")?;
    let code = required(&mut sent, "code", "type the code that your app shows")?;
    let next = next(sent.text("next")?.as_deref());
    sent.done()?;
    match by_code(&state, &step, &code, &browser(&state, &headers)).await {
        Ok(secret) => let_in(&state, &secret, &next).await,
        Err(error) if error.problem().status == 410 => {
            form(&state, &at, theme, "", &next).await?.answer(Some(error))
        }
        Err(error) => code_form(&state, &at, theme, &step, &next).await?.answer(Some(error)),
    }
}

/// Ends the session, and makes the browser forget what it kept of it.
pub(crate) async fn leave(state: May<Anybody>, params: Params) -> Result<Response, WebError> {
    params.done()?;
    if let Who::Person { person, session } = state.by.who {
        let by = Actor { who: state.by.name(), ..state.actor() };
        match state.catalog().end_session(&by, person, session).await {
            Ok(()) | Err(PeopleError::NotFound(_)) => {}
            Err(error) => return Err(refused(error)),
        }
    }
    let cookies = Cookies { is_secure: state.entrance.rules().is_secure };
    let cookie = cookies.forget().map(|cookie| (header::SET_COOKIE, cookie));
    Ok((super::SAID, AppendHeaders([CLEARED]), AppendHeaders(cookie), Redirect::to("/sign-in"))
        .into_response())
}

/// Where who did not sign in is led, to come back here afterwards.
pub(crate) async fn way_in(state: &AppState, asked_for: &str) -> Response {
    let has_people = state.has_people().await.unwrap_or(true);
    let link = match (has_people, asked_for) {
        (false, _) => Link::to("/set-up"),
        (true, "/") => Link::to("/sign-in"),
        (true, asked_for) => Link::to("/sign-in").with("next", asked_for),
    };
    (super::SAID, Redirect::to(&link.to_string())).into_response()
}

pub(super) async fn form(
    state: &AppState,
    at: &AskedAt,
    theme: Theme,
    email: &str,
    next: &str,
) -> Result<Door, WebError> {
    let passkey = at.site().map(|site| ByPasskey {
        asking: Asking::to_sign(state, site, For::SignIn),
        step: String::new(),
        next: next.to_owned(),
    });
    Ok(Door {
        theme,
        look: look(state, at).await?,
        passkey,
        ways: by_provider(state, next),
        title: "Sign in",
        action: "/sign-in".to_owned(),
        hidden: vec![("next", next.to_owned())],
        fields: vec![
            Field::new("E-mail address", "email", "username").with(email),
            Field::new("Password", "password", "current-password"),
        ],
        button: "Sign in",
        also: Some(("/sign-in/forgotten".to_owned(), "Choose another password")),
        ..Door::default()
    })
}

/// The look of the workspace whose own host this is.
async fn look(state: &AppState, at: &AskedAt) -> Result<Look, WebError> {
    let workspaces = state.catalog().workspaces().await?;
    let own = workspaces.iter().find(|workspace| workspace.brand.host.as_deref() == Some(at.host()));
    Ok(own.map(Look::outside).unwrap_or_default())
}

/// The way to the identity provider, where there is one.
pub(super) fn by_provider(state: &AppState, next: &str) -> Vec<(String, String)> {
    let provider = state.entrance.rules().provider.as_ref();
    let way = |provider: &Provider| {
        let link = match next {
            "/" => Link::to("/sign-in/provider"),
            next => Link::to("/sign-in/provider").with("next", next),
        };
        (link.to_string(), format!("Sign in with {}", provider.settings().name))
    };
    provider.map(way).into_iter().collect()
}

pub(super) async fn code_form(
    state: &AppState,
    at: &AskedAt,
    theme: Theme,
    step: &str,
    next: &str,
) -> Result<Door, WebError> {
    let passkey = match at.site() {
        Some(site) if has_passkeys(state, at, step).await? => Some(ByPasskey {
            asking: Asking::to_sign(state, site, For::SecondStep),
            step: step.to_owned(),
            next: next.to_owned(),
        }),
        _ => None,
    };
    Ok(Door {
        theme,
        look: look(state, at).await?,
        passkey,
        title: "Your second factor",
        lead: "Type the code that your authenticator app shows now, or one of your recovery codes."
            .to_owned(),
        action: "/sign-in/code".to_owned(),
        hidden: vec![("step", step.to_owned()), ("next", next.to_owned())],
        fields: vec![Field::new("Code", "code", "one-time-code")],
        button: "Sign in",
        also: Some(("/sign-in".to_owned(), "Begin again")),
        ..Door::default()
    })
}
