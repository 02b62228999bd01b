//! Coming in by an invitation.

use jiff::Timestamp;
use people::{Digest, Email, Secret};
use store::catalog::Actor;

use super::refused;
use super::sign_in::{Browser, enter, new_password};
use crate::{AppState, WebError};

/// An invitation that counts.
pub(crate) struct Invited {
    pub(crate) email: Email,
    /// Who invites.
    pub(crate) organisation: String,
    /// Whether there is somebody of the address already.
    pub(crate) is_known: bool,
}

/// The invitation of a secret, if it counts.
pub(crate) async fn invited(state: &AppState, secret: &str) -> Result<Option<Invited>, WebError> {
    let digest = Digest::of(secret);
    let Some(found) = state.catalog().invitation(digest.as_bytes(), Timestamp::now()).await? else {
        return Ok(None);
    };
    let organisations = state.catalog().organisations().await?;
    let organisation = organisations.into_iter().find(|one| one.id == found.grant.organisation);
    Ok(Some(Invited {
        is_known: state.catalog().person_by_email(&found.email).await?.is_some(),
        email: found.email.parse().map_err(WebError::internal)?,
        organisation: organisation.map(|one| one.name).unwrap_or_default(),
    }))
}

/// Takes an invitation. Who is new comes in with it; who has an account signs in as ever.
///
/// # Errors
/// If it does not count any more, or the password is not acceptable.
pub(crate) async fn accept(
    state: &AppState,
    secret: &str,
    invited: &Invited,
    chosen: Option<(String, String)>,
    browser: &Browser,
) -> Result<Option<Secret>, WebError> {
    let (name, hash) = match chosen {
        Some((name, password)) => (name, new_password(state, password, &invited.email).await?),
        None => Default::default(),
    };
    let (digest, address) = (Digest::of(secret), browser.from.0.map(|address| address.to_string()));
    let by = Actor { who: "who was invited".to_owned(), address };
    let accepted =
        state.catalog().accept_invitation(&by, digest.as_bytes(), Timestamp::now(), &name, &hash).await;
    let accepted = accepted.map_err(refused)?;
    match accepted.is_new {
        true => enter(state, accepted.person, "signed_in", browser).await.map(Some),
        false => Ok(None),
    }
}
