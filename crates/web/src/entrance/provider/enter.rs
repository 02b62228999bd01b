//! Leading somebody to the provider, and letting in whom it sends back.

use axum::http::{HeaderMap, HeaderValue, StatusCode};
use form_urlencoded::Serializer;
use jiff::Timestamp;
use people::{Claims, Digest, Email};
use store::catalog::{Actor, Identity, TicketKind};

use super::way::Way;
use super::{Failure, Provider, claims};
use crate::entrance::sign_in::{SECOND_STEP, enter, note_refusal, ticket};
use crate::entrance::{Browser, Cookies, Entered, Origin, refused};
use crate::{AppState, WebError};

/// Longest name that is taken over, in letters.
const LONGEST_NAME: usize = 200;

/// What a provider sends somebody back with.
pub(crate) struct Returned {
    pub(crate) state: String,
    pub(crate) code: Option<String>,
    /// Who answers, where the provider says so.
    pub(crate) issuer: Option<String>,
}

/// Begins a sign-in. Gives where to lead the browser, and the header that makes it keep what it must bring back.
///
/// # Errors
/// If there is no provider or it can't be asked, or it was tried too often.
pub(crate) async fn begin(
    app: &AppState,
    next: String,
    from: Origin,
) -> Result<(String, Option<HeaderValue>), WebError> {
    let (provider, home) = set(app)?;
    app.entrance.tries.from(from.0)?;
    let known = provider.known().await?;
    let way = Way::new(next);
    let query = Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", &provider.settings().client_id)
        .append_pair("redirect_uri", &claims::back(home))
        .append_pair("scope", "openid email profile")
        .append_pair("state", &way.state)
        .append_pair("nonce", &way.nonce)
        .append_pair("code_challenge", &way.challenge())
        .append_pair("code_challenge_method", "S256")
        .finish();
    let joint = if known.way_in.contains('?') { '&' } else { '?' };
    let cookies = Cookies { is_secure: app.entrance.rules().is_secure };
    Ok((format!("{}{joint}{query}", known.way_in), way.kept(app, cookies)))
}

/// Lets in whom the provider sends back, or asks for their second factor. Gives where they wanted to go as well.
///
/// # Errors
/// If the answer is not of a sign-in that was begun in this browser, was used, or the provider vouches for nobody who may come in.
pub(crate) async fn back(
    app: &AppState,
    headers: &HeaderMap,
    returned: Returned,
    browser: &Browser,
) -> Result<(Entered, String), WebError> {
    let (provider, home) = set(app)?;
    app.entrance.tries.from(browser.from.0)?;
    let cookies = Cookies { is_secure: app.entrance.rules().is_secure };
    let way = Way::brought(app, cookies, headers, &returned.state).ok_or_else(not_begun)?;
    // Whatever comes of it: it counts once.
    if !provider.0.used.entry(*Digest::of(&way.state).as_bytes()).or_insert(()).is_fresh() {
        return Err(not_begun());
    }
    let code = returned.code.ok_or_else(not_let_in)?;
    let names_itself = provider.known().await?.names_itself;
    match returned.issuer {
        Some(issuer) if issuer == provider.settings().issuer => {}
        None if !names_itself => {}
        _ => return Err(Failure::Says("another provider answered").into()),
    }
    let claims = provider.claims(&code, &way, home).await?;
    let entered = let_in(app, provider, &claims, browser).await?;
    Ok((entered, way.next))
}

/// The provider, and where it sends people back to.
fn set(app: &AppState) -> Result<(&Provider, &str), WebError> {
    let provider = app.entrance.rules().provider.as_ref();
    let provider = provider.ok_or_else(|| {
        WebError::not_found("no identity provider is set").remedy("sign in with your password")
    })?;
    let home = app.telling.home.as_deref();
    Ok((provider, home.ok_or_else(|| WebError::internal("it is not known where the pages are"))?))
}

async fn let_in(
    app: &AppState,
    provider: &Provider,
    claims: &Claims,
    browser: &Browser,
) -> Result<Entered, WebError> {
    let settings = provider.settings();
    app.entrance.tries.one(&format!("at the provider {}", claims.subject), browser.from.0)?;
    let email = claims.email.as_deref().filter(|_| claims.is_email_verified);
    let email = email.and_then(|text| text.parse::<Email>().ok()).ok_or_else(|| {
        let detail = "the identity provider does not say that your e-mail address is yours";
        forbidden(detail).remedy("let it verify the address, or come in another way")
    })?;
    if !settings.allows(email.domain()) {
        let detail = "people come in by the identity provider only with an address of chosen domains";
        return Err(forbidden(detail).remedy("use your address there, or come in another way"));
    }
    let name = name(claims, &email);
    let identity =
        Identity { issuer: &settings.issuer, subject: &claims.subject, email: email.text(), name: &name };
    let by = Actor {
        who: "the identity provider".to_owned(),
        address: browser.from.0.map(|address| address.to_string()),
    };
    let found = app.catalog().by_provider(&by, &identity, Timestamp::now()).await.map_err(refused)?;
    let person = found.ok_or_else(nobody)?;
    let known = app.catalog().person(person).await?.ok_or_else(nobody)?;
    if known.person.is_disabled || known.person.is_erased {
        note_refusal(app, Some(&known), browser.from);
        return Err(nobody());
    }
    if known.second_factor.is_some() && !settings.is_second_factor {
        let step = ticket(app, TicketKind::SecondStep, Some(person), SECOND_STEP, false).await?;
        return Ok(Entered::SecondStep(step));
    }
    enter(app, person, "signed_in_by_provider", browser).await.map(Entered::In)
}

/// What somebody new is called until they say otherwise.
fn name(claims: &Claims, email: &Email) -> String {
    let said = claims.name.as_deref().unwrap_or_default();
    let plain: String = said.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let name = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = if name.is_empty() { email.local().to_owned() } else { name };
    name.chars().take(LONGEST_NAME).collect()
}

fn nobody() -> WebError {
    forbidden("nobody here has this e-mail address, and it is not invited")
        .remedy("ask an admin for an invitation to exactly this address")
}

fn not_let_in() -> WebError {
    forbidden("the identity provider did not let you in").remedy("begin again, or come in another way")
}

fn forbidden(detail: &str) -> WebError {
    WebError::told(StatusCode::FORBIDDEN, "provider", "Not let in", detail)
}

fn not_begun() -> WebError {
    let detail = "this answer belongs to no sign-in that was begun in this browser, or was used already";
    WebError::told(StatusCode::GONE, "too-late", "Too late", detail).remedy("begin again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_as_far_as_they_are_names() {
        let email: Email = "ann@example.org".parse().unwrap();
        let claims = |name: Option<&str>| Claims {
            subject: "1".to_owned(),
            email: None,
            is_email_verified: false,
            name: name.map(str::to_owned),
        };
        for (said, shown) in
            [(Some(" Ann\n\tLee "), "Ann Lee"), (Some("\u{0}"), "ann"), (None, "ann"), (Some(""), "ann")]
        {
            assert_eq!(name(&claims(said), &email), shown);
        }
        assert_eq!(name(&claims(Some(&"é".repeat(900))), &email).chars().count(), LONGEST_NAME);
    }
}
