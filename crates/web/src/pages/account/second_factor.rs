//! `/account/second-factor`: a code beside the password, by an authenticator app, and codes for who loses it.

use askama::Template;
use axum::http::HeaderMap;
use axum::response::{Html, IntoResponse, Response};
use people::SecondFactor;

use super::{around, cookie, done, mendable, told, typed};
use crate::WebError;
use crate::access::{Asked, May, SignedIn};
use crate::pages::shell::Shell;
use crate::pages::written;
use crate::params::Params;
use crate::questions::account::{self, Codes};
use crate::theme::Theme;

/// What apps call us.
const ISSUER: &str = "Adroit";
const HERE: &str = "/account/second-factor";

#[derive(Template)]
#[template(path = "second_factor.html")]
struct FactorPage {
    shell: Shell,
    qr: String,
    /// What the QR code says, for an app on the same device.
    address: String,
    /// The secret, to be typed.
    secret: String,
    /// The same, sealed, to be sent back.
    sealed: String,
    /// Whether they have a password to show.
    has_password: bool,
    wrong: String,
}
in_shell!(FactorPage: FIELDS, FORMS, NOTICE);

#[derive(Template)]
#[template(path = "recovery_codes.html")]
struct CodesPage {
    shell: Shell,
    codes: [String; 10],
    /// Whether the second factor is new too.
    is_set_up: bool,
}
in_shell!(CodesPage: NOTICE);

/// A new second factor, to be scanned and confirmed.
pub(crate) async fn ask(state: May<SignedIn>, params: Params) -> Result<Response, WebError> {
    let theme = params.theme();
    params.done()?;
    match account::new_factor(&state).await {
        Ok((factor, sealed)) => {
            Ok(page(&state, theme, &factor, sealed, String::new()).await?.into_response())
        }
        Err(error) => told(&state, theme, "second-factor", error).await,
    }
}

/// Sets the second factor that was shown, if the code is one of its, and shows the recovery codes.
pub(crate) async fn confirm(
    state: May<SignedIn>,
    headers: HeaderMap,
    params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    params.done()?;
    let mut form = Params::of(&body);
    let sealed = form.text("factor")?.unwrap_or_default();
    let code = form.text("code")?.unwrap_or_default();
    let password = form.as_typed("password")?;
    form.done()?;
    let factor = account::factor_of(&state, &sealed)?;
    match account::set_factor(&state, &headers, &factor, &code, password).await {
        Ok(codes) => shown(&state, theme, codes, true).await,
        Err(error) => {
            let about_form = matches!(error.problem().parameter.as_deref(), Some("code" | "password"));
            match mendable(&error).filter(|_| about_form) {
                // The app has it already: the same one again.
                Some((status, wrong)) => {
                    Ok((status, page(&state, theme, &factor, sealed, wrong).await?).into_response())
                }
                None => told(&state, theme, "second-factor", error).await,
            }
        }
    }
}

/// Makes new recovery codes, and shows them.
pub(crate) async fn codes(state: May<SignedIn>, params: Params, body: String) -> Result<Response, WebError> {
    let theme = params.theme();
    params.done()?;
    let mut form = Params::of(&body);
    let code = form.text("code")?.unwrap_or_default();
    form.done()?;
    match account::new_codes(&state, &code).await {
        Ok(codes) => shown(&state, theme, codes, false).await,
        Err(error) => told(&state, theme, "codes", error).await,
    }
}

/// Takes the second factor away, and leads back.
pub(crate) async fn delete(
    state: May<SignedIn>,
    headers: HeaderMap,
    params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    params.done()?;
    let mut form = Params::of(&body);
    let password = typed(&mut form, "password")?;
    form.done()?;
    match account::delete_factor(&state, &headers, password).await {
        Ok(renewed) => Ok((cookie(renewed), done("second-factor")).into_response()),
        Err(error) => told(&state, theme, "second-factor", error).await,
    }
}

async fn page(
    state: &Asked,
    theme: Theme,
    factor: &SecondFactor,
    sealed: String,
    wrong: String,
) -> Result<Html<String>, WebError> {
    let person = account::read(state).await?.person;
    written(&FactorPage {
        shell: around(state, theme, "Second factor", HERE).await?,
        qr: factor.qr_svg(ISSUER, &person.email),
        address: factor.address(ISSUER, &person.email),
        secret: in_fours(&factor.base32()),
        sealed,
        has_password: person.has_password,
        wrong,
    })
}

async fn shown(
    state: &Asked,
    theme: Theme,
    Codes { codes, cookie: renewed }: Codes,
    is_set_up: bool,
) -> Result<Response, WebError> {
    let shell = around(state, theme, "Recovery codes", HERE).await?;
    let page = written(&CodesPage { shell, codes, is_set_up })?;
    Ok((cookie(renewed), page).into_response())
}

/// A long text in groups of four letters, as people type it.
fn in_fours(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_typed_in_fours() {
        assert_eq!(in_fours("ABCDEFGHIJ"), "ABCD EFGH IJ");
        assert_eq!(in_fours(""), "");
    }
}
