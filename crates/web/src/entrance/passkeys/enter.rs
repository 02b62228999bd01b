//! What an authenticator's answer lets somebody do.

use axum::http::StatusCode;
use jiff::Timestamp;
use people::{Digest, PasskeyError, Secret, Signed, check_passkey, new_passkey};
use store::catalog::{Passkey, PasskeyIn, PersonRecord, TicketKind};

use super::challenge::used;
use super::{Answered, AskedAt, For};
use crate::access::Asked;
use crate::entrance::sign_in::{enter, note_refusal};
use crate::entrance::{Browser, refused};
use crate::{AppState, WebError};

/// Lets somebody in by a passkey alone: their authenticator saw to it that they are there, and who they are.
///
/// # Errors
/// If it is not known here or signed something else, or it was tried too often.
pub(crate) async fn by_passkey(
    app: &AppState,
    at: &AskedAt,
    sealed: &str,
    answered: &Answered,
    browser: &Browser,
) -> Result<Secret, WebError> {
    app.entrance.tries.from(browser.from.0)?;
    let challenge = used(app, For::SignIn, sealed)?;
    let (known, passkey) = found(app, at, answered).await?;
    count_try(app, &known, browser)?;
    signed(app, at, &challenge, answered, (&known, &passkey), true, browser).await?;
    enter(app, known.person.id, "signed_in_by_passkey", browser).await
}

/// Lets somebody in whose password was right, by a passkey instead of a code.
///
/// # Errors
/// As [`by_passkey`], and if the step is over or another person's.
pub(crate) async fn by_passkey_as_second_factor(
    app: &AppState,
    at: &AskedAt,
    step: &str,
    sealed: &str,
    answered: &Answered,
    browser: &Browser,
) -> Result<Secret, WebError> {
    app.entrance.tries.from(browser.from.0)?;
    let (digest, now) = (Digest::of(step), Timestamp::now());
    let ticket = app.catalog().ticket(digest.as_bytes(), TicketKind::SecondStep, now).await?;
    let person = ticket.and_then(|ticket| ticket.person).ok_or_else(too_late)?;
    let challenge = used(app, For::SecondStep, sealed)?;
    let (known, passkey) = found(app, at, answered).await?;
    if known.person.id != person {
        return Err(unknown());
    }
    count_try(app, &known, browser)?;
    signed(app, at, &challenge, answered, (&known, &passkey), false, browser).await?;
    if app.catalog().use_ticket(digest.as_bytes(), TicketKind::SecondStep, now).await?.is_none() {
        return Err(too_late());
    }
    enter(app, person, "signed_in_with_second_factor", browser).await
}

/// Whether who is at the second step has a passkey that counts at this host.
pub(crate) async fn has_passkeys(app: &AppState, at: &AskedAt, step: &str) -> Result<bool, WebError> {
    let digest = Digest::of(step);
    let ticket = app.catalog().ticket(digest.as_bytes(), TicketKind::SecondStep, Timestamp::now()).await?;
    let Some(person) = ticket.and_then(|ticket| ticket.person) else { return Ok(false) };
    Ok(app.catalog().passkeys(person).await?.iter().any(|own| own.host == at.host()))
}

/// Keeps a passkey that the authenticator of the person who asks just made.
///
/// # Errors
/// If it was asked otherwise, or is none that could be used.
pub(crate) async fn add_passkey(
    asked: &Asked,
    at: &AskedAt,
    sealed: &str,
    answered: &Answered,
    name: &str,
) -> Result<(), WebError> {
    let person = asked.person()?;
    let challenge = used(asked, For::New(person), sealed)?;
    let site = at.site().ok_or_else(no_name)?;
    let made = new_passkey(site, &challenge, &answered.said, &answered.data);
    let made = made.map_err(|error| WebError::parameter("answer", &error.to_string(), remedy(error)))?;
    let new = PasskeyIn {
        person,
        credential: &made.credential,
        key: &made.key,
        host: site.host,
        counter: made.counter,
        is_synced: made.is_synced,
        name,
    };
    asked.catalog().add_passkey(&asked.actor(), &new).await.map_err(refused)?;
    Ok(())
}

/// The passkey that signed, and whose it is.
async fn found(
    app: &AppState,
    at: &AskedAt,
    answered: &Answered,
) -> Result<(PersonRecord, Passkey), WebError> {
    let passkey = app.catalog().passkey(&answered.id).await?.filter(|own| own.host == at.host());
    let passkey = passkey.ok_or_else(unknown)?;
    let known = app.catalog().person(passkey.person).await?;
    let known = known.filter(|known| !known.person.is_disabled && !known.person.is_erased);
    Ok((known.ok_or_else(unknown)?, passkey))
}

fn count_try(app: &AppState, known: &PersonRecord, browser: &Browser) -> Result<(), WebError> {
    app.entrance.tries.one(&format!("passkey of {}", known.person.id), browser.from.0)
}

/// Whether the passkey signed this challenge, and counts on.
async fn signed(
    app: &AppState,
    at: &AskedAt,
    challenge: &[u8],
    answered: &Answered,
    (known, passkey): (&PersonRecord, &Passkey),
    must_be_verified: bool,
    browser: &Browser,
) -> Result<(), WebError> {
    let site = at.site().ok_or_else(no_name)?;
    let signed = Signed { said: &answered.said, data: &answered.data, signature: &answered.signature };
    let checked = check_passkey(site, challenge, signed, (&passkey.key, passkey.counter), must_be_verified);
    let counted = match checked {
        Ok(counter) if app.catalog().use_passkey(passkey.id, counter, Timestamp::now()).await? => Ok(()),
        Ok(_) => Err(PasskeyError::Counter),
        Err(error) => Err(error),
    };
    counted.map_err(|error| {
        tracing::warn!(passkey = passkey.id, %error, "a passkey let nobody in");
        note_refusal(app, Some(known), browser.from);
        let detail = format!("the passkey lets nobody in: {error}");
        WebError::told(StatusCode::UNAUTHORIZED, "credentials", "That is not right", detail)
            .remedy(remedy(error))
    })
}

fn remedy(error: PasskeyError) -> &'static str {
    match error {
        PasskeyError::NotVerified => "let your device ask for your finger, face or PIN",
        PasskeyError::Counter => "come in another way, and take this passkey away at your account page",
        PasskeyError::Algorithm => "use another device or security key",
        _ => "begin again",
    }
}

fn unknown() -> WebError {
    let detail = "this passkey is not known here";
    WebError::told(StatusCode::UNAUTHORIZED, "credentials", "That is not right", detail)
        .remedy("come in another way, and add the passkey at your account page")
}

fn no_name() -> WebError {
    let detail = "this server was asked by a number, and passkeys are bound to names";
    WebError::told(StatusCode::CONFLICT, "conflict", "That can't be", detail)
        .remedy("open it by its name, on this machine by http://localhost")
}

pub(super) fn too_late() -> WebError {
    let detail = "this step was used already, or is too old";
    WebError::told(StatusCode::GONE, "too-late", "Too late", detail).remedy("begin again")
}
