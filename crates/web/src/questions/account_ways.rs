//! The ways by which somebody comes in besides a password: passkeys, and accounts at an identity provider. Nobody takes away the
//! last way that they have.

use axum::http::StatusCode;

use super::account::{check_password, known};
use crate::WebError;
use crate::access::Asked;
use crate::entrance::{self, Answered, AskedAt, refused};

/// Longest name of a passkey, in characters.
pub(crate) const LONGEST_PASSKEY_NAME: usize = 60;

/// Keeps a passkey of the person who asks.
///
/// # Errors
/// If the password is wrong, the name is none, or the answer is not that of an authenticator that was just asked.
pub(crate) async fn add_passkey(
    asked: &Asked,
    at: &AskedAt,
    sealed: &str,
    answered: &Answered,
    name: &str,
    password: String,
) -> Result<(), WebError> {
    // Otherwise whoever finds a browser open could come back by a key of their own.
    if known(asked).await?.person.has_password {
        check_password(asked, "password", password).await?;
    }
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = name.chars().count();
    if length == 0 || length > LONGEST_PASSKEY_NAME || name.contains(char::is_control) {
        let remedy = format!("use 1 to {LONGEST_PASSKEY_NAME} letters");
        return Err(WebError::parameter("name", "it can't name a passkey", &remedy));
    }
    entrance::add_passkey(asked, at, sealed, answered, &name).await
}

/// Takes a passkey from the person who asks.
///
/// # Errors
/// If they have no such passkey, the password is wrong, or they could not come in without it.
pub(crate) async fn remove_passkey(asked: &Asked, id: &str, password: String) -> Result<(), WebError> {
    let id = id.parse().map_err(|_| WebError::not_found(format!("there is no passkey {id}")))?;
    let person = known(asked).await?.person;
    if person.has_password {
        check_password(asked, "password", password).await?;
    } else if ways(asked, person.id).await? < 2 {
        return Err(last_way());
    }
    asked.catalog().remove_passkey(&asked.actor(), person.id, id).await.map_err(refused)
}

/// Takes an account at an identity provider from the person who asks.
///
/// # Errors
/// If they have no such account, or could not come in without it.
pub(crate) async fn unlink(asked: &Asked, id: &str) -> Result<(), WebError> {
    let id = id.parse().map_err(|_| WebError::not_found(format!("there is no account {id}")))?;
    let person = known(asked).await?.person;
    if !person.has_password && ways(asked, person.id).await? < 2 {
        return Err(last_way());
    }
    asked.catalog().unlink_provider(&asked.actor(), person.id, id).await.map_err(refused)
}

/// In how many ways somebody can come in without a password.
async fn ways(asked: &Asked, person: u32) -> Result<usize, WebError> {
    let catalog = asked.catalog();
    Ok(catalog.passkeys(person).await?.len() + catalog.provider_links(person).await?.len())
}

fn last_way() -> WebError {
    let detail = "without it you could not come in any more, as you have no password";
    WebError::told(StatusCode::CONFLICT, "conflict", "That can't be", detail)
        .remedy("choose a password first")
}
