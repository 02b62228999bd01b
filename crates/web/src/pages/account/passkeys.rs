//! `/account/passkeys`: a new passkey; and the list of those that somebody comes in by.

use askama::Template;
use axum::extract::Path;
use axum::response::{Html, IntoResponse, Response};
use store::catalog::Passkey;

use super::{around, done, mendable, told, typed};
use crate::access::{Asked, May, SignedIn};
use crate::entrance::{Answered, AskedAt, Asking};
use crate::pages::shell::Shell;
use crate::pages::written;
use crate::params::Params;
use crate::questions::account;
use crate::questions::account_ways::{self, LONGEST_PASSKEY_NAME};
use crate::theme::Theme;
use crate::{WebError, format};

const HERE: &str = "/account/passkeys";

/// A passkey, as the page about the account shows it.
pub(super) struct PasskeyLine {
    pub(super) id: u32,
    pub(super) name: String,
    pub(super) host: String,
    pub(super) is_synced: bool,
    pub(super) made: String,
    /// Empty for one that was never used.
    pub(super) used: String,
}

#[derive(Template)]
#[template(path = "passkey.html")]
struct PasskeyPage {
    shell: Shell,
    /// What the authenticator is asked; none where the server was asked by a number.
    asking: Option<Asking>,
    has_password: bool,
    name: String,
    wrong: String,
}
in_shell!(PasskeyPage: FIELDS, FORMS, NOTICE);

impl PasskeyLine {
    pub(super) fn of(passkey: &Passkey) -> Self {
        Self {
            id: passkey.id,
            name: passkey.name.clone(),
            host: passkey.host.clone(),
            is_synced: passkey.is_synced,
            made: format::moment(passkey.made_at, 0),
            used: passkey.used_at.map(|used| format::moment(used, 0)).unwrap_or_default(),
        }
    }
}

/// What is needed to add one.
pub(crate) async fn ask(state: May<SignedIn>, at: AskedAt, params: Params) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    params.done()?;
    page(&state, &at, theme, "", String::new()).await
}

/// Adds one, and leads back.
pub(crate) async fn add(
    state: May<SignedIn>,
    at: AskedAt,
    params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    params.done()?;
    let mut form = Params::of(&body);
    let (sealed, answer) = (form.text("challenge")?.unwrap_or_default(), form.text("answer")?);
    let (name, password) = (form.text("name")?.unwrap_or_default(), typed(&mut form, "password")?);
    form.done()?;
    let added = match Answered::read(answer.as_deref()) {
        Ok(answered) => account_ways::add_passkey(&state, &at, &sealed, &answered, &name, password).await,
        Err(error) => Err(error),
    };
    match added {
        Ok(()) => Ok(done("passkey").into_response()),
        Err(error) => match mendable(&error) {
            Some((status, wrong)) => {
                Ok((status, page(&state, &at, theme, &name, wrong).await?).into_response())
            }
            None => Err(error),
        },
    }
}

/// Takes one away, and leads back.
pub(crate) async fn remove(
    state: May<SignedIn>,
    Path(id): Path<String>,
    params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    params.done()?;
    let mut form = Params::of(&body);
    let password = typed(&mut form, "password")?;
    form.done()?;
    match account_ways::remove_passkey(&state, &id, password).await {
        Ok(()) => Ok(done("passkey-removed").into_response()),
        Err(error) => told(&state, theme, "passkeys", error).await,
    }
}

async fn page(
    state: &Asked,
    at: &AskedAt,
    theme: Theme,
    name: &str,
    wrong: String,
) -> Result<Html<String>, WebError> {
    let account = account::read(state).await?;
    let asking = at.site().map(|site| Asking::to_make(state, site, &account.person, &account.passkeys));
    written(&PasskeyPage {
        shell: around(state, theme, "Add a passkey", HERE).await?,
        asking,
        has_password: account.person.has_password,
        name: name.to_owned(),
        wrong,
    })
}
