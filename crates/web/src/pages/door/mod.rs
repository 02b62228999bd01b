//! The pages in front of everything: sign-in, set-up, and the links that lead in. They hold nothing of what is behind them.

pub(crate) mod invitation;
pub(crate) mod link;
pub(crate) mod passkey;
pub(crate) mod provider;
pub(crate) mod reset;
pub(crate) mod set_up;
pub(crate) mod sign_in;

use askama::Template;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use people::Secret;
use store::catalog::PeopleError;

use super::alone;
use super::look::Look;
use crate::access::{Asked, Who};
use crate::entrance::{Asking, Browser, Cookies, LONGEST, refused};
use crate::params::Params;
use crate::theme::Theme;
use crate::{AppState, WebError};

/// What is in front of everything is kept by nobody, and its addresses, which may hold secrets, are told to nobody.
const SAID: [(HeaderName, HeaderValue); 2] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

/// A page with a form.
#[derive(Default, Template)]
#[template(path = "door.html")]
struct Door {
    theme: Theme,
    /// That of the workspace whose own host it stands under.
    look: Look,
    title: &'static str,
    lead: String,
    /// Why it did not work; empty before it was tried.
    wrong: String,
    action: String,
    hidden: Vec<(&'static str, String)>,
    fields: Vec<Field>,
    /// Empty where there is no form.
    button: &'static str,
    /// Other ways in: addresses, and what they are called.
    ways: Vec<(String, String)>,
    /// The way in by a passkey, where there can be one.
    passkey: Option<ByPasskey>,
    /// Where else one may want to go.
    also: Option<(String, &'static str)>,
}

/// A form that a script sends with what an authenticator answers. Without script it is not shown.
struct ByPasskey {
    asking: Asking,
    /// Of the second step.
    step: String,
    next: String,
}

/// A field of the form.
struct Field {
    label: &'static str,
    name: &'static str,
    kind: &'static str,
    value: String,
    /// What a browser may fill in.
    fill: &'static str,
    hint: &'static str,
}

impl Field {
    fn new(label: &'static str, name: &'static str, fill: &'static str) -> Self {
        let kind = match name {
            "email" => "email",
            "password" => "password",
            _ => "text",
        };
        Self { label, name, kind, value: String::new(), fill, hint: "" }
    }

    fn with(self, value: &str) -> Self {
        Self { value: value.to_owned(), ..self }
    }

    fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    /// For a password that is chosen.
    fn new_password() -> Self {
        Self::new("Password", "password", "new-password").hint("12 letters or more; a few words are best")
    }
}

impl Door {
    /// The page, or what is wrong about what was sent: that stands above the form, so that it can be mended.
    fn answer(mut self, refused: Option<WebError>) -> Result<Response, WebError> {
        let mut status = StatusCode::OK;
        let mut retry = None;
        if let Some(error) = refused {
            let problem = error.problem();
            if error.is_ours() {
                return Err(error);
            }
            status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
            let detail =
                problem.detail.split_once("': ").map_or(problem.detail.as_str(), |(_, detail)| detail);
            self.wrong = match &problem.remedy {
                Some(remedy) => format!("{}: {remedy}.", sentence(detail)),
                None => format!("{}.", sentence(detail)),
            };
            retry = problem.retry_after;
        }
        let mut response = (status, SAID, alone(&self)?).into_response();
        if let Some(seconds) = retry {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        Ok(response)
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Lets a browser in with the secret of its session, and leads it on.
async fn let_in(asked: &Asked, secret: &Secret, next: &str) -> Answer {
    let state: &AppState = asked;
    // Whoever was in with this browser is out.
    if let Who::Person { person, session } = asked.by.who {
        match state.catalog().end_session(&asked.actor(), person, session).await {
            Ok(()) | Err(PeopleError::NotFound(_)) => {}
            Err(error) => return Err(refused(error)),
        }
    }
    let cookies = Cookies { is_secure: state.entrance.rules().is_secure };
    let cookie = cookies.keep(secret.text(), i64::from(LONGEST)).map(|cookie| (header::SET_COOKIE, cookie));
    Ok((SAID, AppendHeaders(cookie), Redirect::to(next)).into_response())
}

fn browser(asked: &Asked, headers: &HeaderMap) -> Browser {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    Browser { from: asked.from, agent: agent.to_owned() }
}

/// A password as it was typed: what is around it belongs to it.
fn password(form: &mut Params) -> Result<String, WebError> {
    form.as_typed("password")?
        .ok_or_else(|| WebError::parameter("password", "it is missing", "type your password"))
}

fn required(form: &mut Params, name: &'static str, remedy: &str) -> Result<String, WebError> {
    let text = form.text(name)?.ok_or_else(|| WebError::parameter(name, "it is missing", remedy))?;
    match text.chars().count() <= 200 && !text.chars().any(char::is_control) {
        true => Ok(text),
        false => Err(WebError::parameter(name, "it is too long", "use at most 200 letters")),
    }
}

/// Who is in already, or needs not come in, is led on.
fn is_in(asked: &Asked) -> bool {
    asked.entrance.is_open() || asked.by.person().is_some()
}

type Answer = Result<Response, WebError>;

/// A page without a form.
fn told(theme: Theme, title: &'static str, lead: &str, also: (&str, &'static str)) -> Answer {
    let door = Door {
        theme,
        title,
        lead: lead.to_owned(),
        also: Some((also.0.to_owned(), also.1)),
        ..Door::default()
    };
    door.answer(None)
}
