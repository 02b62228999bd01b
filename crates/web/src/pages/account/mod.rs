//! `/account`: who somebody is, what they may do, how they sign in, and everything that is kept about them.

pub(crate) mod passkeys;
pub(crate) mod password;
pub(crate) mod providers;
pub(crate) mod second_factor;
pub(crate) mod sessions;

use askama::Template;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, Html, IntoResponse, IntoResponseParts, Redirect, Response};
use people::SHORTEST;
use store::catalog::Person;

use super::shell::Shell;
use super::written;
use crate::WebError;
use crate::access::{Asked, May, SignedIn};
use crate::entrance::Cookies;
use crate::link::Link;
use crate::params::Params;
use crate::questions::account::{self, LONGEST_NAME, RoleAt};
use crate::questions::chosen;
use crate::theme::Theme;
use passkeys::PasskeyLine;
use providers::AtProvider;
use sessions::Line;

/// What a browser has of somebody must not be there for the next.
const CLEARED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\", \"storage\""));
/// What was done, as the address says it and as people are told.
const DONE: [(&str, &str); 8] = [
    ("name", "Your name was changed."),
    ("password", "Your password was changed. All other browsers were signed out."),
    ("second-factor", "The second factor was taken away. All other browsers were signed out."),
    ("passkey", "The passkey was added: you can come in with it now."),
    ("passkey-removed", "The passkey was taken away."),
    ("provider", "The account at the identity provider was taken away."),
    ("session", "The browser was signed out."),
    ("sessions", "All other browsers were signed out."),
];

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    shell: Shell,
    person: Person,
    places: Vec<RoleAt>,
    codes: u32,
    sessions: Vec<Line>,
    passkeys: Vec<PasskeyLine>,
    /// Whether an identity provider is set, or they came by one.
    has_providers: bool,
    providers: Vec<AtProvider>,
    /// Whether an organisation demands a second factor that they do not have.
    lacks_factor: bool,
    /// What was just done; empty for nothing.
    done: &'static str,
    wrong: Wrong,
}
in_shell!(AccountPage: FIELDS, FACTS, ATTENTION, FORMS, NOTICE);

#[derive(Template)]
#[template(path = "account_erased.html")]
struct ErasedPage {
    shell: Shell,
}
in_shell!(ErasedPage: NOTICE);

/// What is wrong with what was sent, and which form it was sent by.
#[derive(Default)]
struct Wrong {
    form: &'static str,
    text: String,
}

impl Wrong {
    /// What is wrong with what a form sent; empty for nothing.
    fn with(&self, form: &str) -> &str {
        if self.form == form { &self.text } else { "" }
    }
}

/// The page.
pub(crate) async fn show(state: May<SignedIn>, mut params: Params) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let done = params.text("done")?;
    params.done()?;
    let done = DONE.iter().find(|(word, _)| done.as_deref() == Some(word)).map_or("", |(_, text)| text);
    page(&state, theme, done, Wrong::default()).await
}

/// Gives them another name.
pub(crate) async fn rename(state: May<SignedIn>, params: Params, body: String) -> Result<Response, WebError> {
    let theme = params.theme();
    params.done()?;
    let mut form = Params::of(&body);
    let name = form.text("name")?;
    form.done()?;
    match account::rename(&state, name).await {
        Ok(()) => Ok(done("name").into_response()),
        Err(error) => told(&state, theme, "name", error).await,
    }
}

/// Everything that is kept about them, as a file.
pub(crate) async fn export(state: May<SignedIn>, params: Params) -> Result<Response, WebError> {
    params.done()?;
    let all = account::export(&state).await?;
    let file = serde_json::to_string_pretty(&all).map_err(WebError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"adroit-account.json\""),
        ),
    ];
    Ok((headers, file).into_response())
}

/// Erases them, and says so.
pub(crate) async fn erase(state: May<SignedIn>, params: Params, body: String) -> Result<Response, WebError> {
    let theme = params.theme();
    params.done()?;
    let mut form = Params::of(&body);
    let (email, password) = (form.text("email")?.unwrap_or_default(), typed(&mut form, "password")?);
    form.done()?;
    match account::erase(&state, &email, password).await {
        Ok(()) => {
            let page = written(&ErasedPage { shell: Shell::bare(theme, "Your account is erased") })?;
            Ok((forgotten(&state), page).into_response())
        }
        Err(error) => told(&state, theme, "erase", error).await,
    }
}

/// The page, with what is to be said on it.
async fn page(
    state: &Asked,
    theme: Theme,
    done: &'static str,
    wrong: Wrong,
) -> Result<Html<String>, WebError> {
    let account = account::read(state).await?;
    let own = account::session(state);
    written(&AccountPage {
        shell: around(state, theme, "Account", "/account").await?,
        person: account.person,
        places: account.places,
        codes: account.codes,
        passkeys: account.passkeys.iter().map(PasskeyLine::of).collect(),
        has_providers: !account.providers.is_empty() || state.entrance.rules().provider.is_some(),
        providers: account.providers.iter().map(|link| AtProvider::of(state, link)).collect(),
        sessions: account.sessions.iter().map(|session| Line::of(session, own)).collect(),
        lacks_factor: state.by.lacks_factor,
        done,
        wrong,
    })
}

/// The same page for what the sender can mend, with what is wrong beside the form; other problems stay what they are.
async fn told(
    state: &Asked,
    theme: Theme,
    form: &'static str,
    error: WebError,
) -> Result<Response, WebError> {
    let Some((status, text)) = mendable(&error) else { return Err(error) };
    Ok((status, page(state, theme, "", Wrong { form, text }).await?).into_response())
}

/// What the sender can mend by sending the form again, and how.
fn mendable(error: &WebError) -> Option<(StatusCode, String)> {
    let problem = error.problem();
    let status = StatusCode::from_u16(problem.status).ok()?;
    let is_mendable = matches!(status, StatusCode::BAD_REQUEST | StatusCode::CONFLICT);
    let detail = problem.detail.split_once("': ").map_or(problem.detail.as_str(), |(_, detail)| detail);
    let remedy = problem.remedy.map(|remedy| format!(" What to do: {remedy}.")).unwrap_or_default();
    let mut letters = detail.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    is_mendable.then(|| (status, format!("{first}{}.{remedy}", letters.as_str())))
}

/// What stands around the pages. Who may see no workspace has an account all the same.
async fn around(state: &Asked, theme: Theme, title: &str, path: &str) -> Result<Shell, WebError> {
    match chosen(state, &mut Params::default()).await {
        Ok(workspace) => Shell::of(state, theme, title, None, &Link::to(path), &workspace).await,
        Err(error) if error.is_ours() => Err(error),
        Err(_) => Ok(Shell { account: true, ..Shell::bare(theme, title) }),
    }
}

/// Back to the page, which says what was done.
fn done(word: &str) -> Redirect {
    Redirect::to(&Link::to("/account").with("done", word).to_string())
}

/// A password as it was typed: what is around it belongs to it.
fn typed(form: &mut Params, name: &'static str) -> Result<String, WebError> {
    Ok(form.as_typed(name)?.unwrap_or_default())
}

/// What makes a browser forget its session and what it kept of it.
fn forgotten(state: &Asked) -> impl IntoResponseParts {
    (AppendHeaders([CLEARED]), cookie(Cookies { is_secure: state.entrance.rules().is_secure }.forget()))
}

fn cookie(text: Option<HeaderValue>) -> Option<[(HeaderName, HeaderValue); 1]> {
    text.map(|text| [(header::SET_COOKIE, text)])
}
