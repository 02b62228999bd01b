//! Passwords of shared links: kept and tried like people's.

use people::{Checked, Password, PasswordError};

use super::Origin;
use super::sign_in::{hashed, hashing, not_acceptable};
use crate::{AppState, WebError};

/// The hash to keep of a link's password.
///
/// # Errors
/// If it is not acceptable, with what would be.
pub(crate) async fn link_password(state: &AppState, password: String) -> Result<String, WebError> {
    let (text, breached) = (password.clone(), state.entrance.rules().breached.clone());
    let is_known = hashing(state, move || breached.contains(&text)).await?;
    if is_known.map_err(|error| not_acceptable(PasswordError::Lookup(error)))? {
        return Err(not_acceptable(PasswordError::Breached));
    }
    hashed(state, password).await
}

/// Whether a password is that of a link.
///
/// # Errors
/// If it was tried too often.
pub(crate) async fn is_link_password(
    state: &AppState,
    link: u32,
    kept: String,
    password: String,
    from: Origin,
) -> Result<bool, WebError> {
    state.entrance.tries.one(&format!("shared link {link}"), from.0)?;
    let cost = state.entrance.rules().cost;
    let checked = hashing(state, move || Password::check(&password, Some(&kept), cost)).await?;
    Ok(checked != Checked::Wrong)
}
