//! For how long what is kept is kept: read, said, and told in words.

use store::catalog::{AuditStart, Keeping, Retention};

use crate::WebError;
use crate::access::{Asked, HOST};

/// For how long each kind of data is kept, and where the audit log begins if it was shortened.
pub(crate) async fn read(state: &Asked) -> Result<(Vec<Retention>, Option<AuditStart>), WebError> {
    Ok((state.catalog().retention().await?, state.catalog().audit_start().await?))
}

/// Says for how long kinds of data are kept from now on.
///
/// # Errors
/// If a time can't be.
pub(crate) async fn set(state: &Asked, wanted: &[Retention]) -> Result<(), WebError> {
    for Retention { kind, days } in wanted {
        if days.is_some_and(|days| !(Keeping::FEWEST_DAYS..=Keeping::MOST_DAYS).contains(&days)) {
            let remedy = format!(
                "use {} to {} days, or leave it out to keep it always",
                Keeping::FEWEST_DAYS,
                Keeping::MOST_DAYS
            );
            return Err(WebError::parameter(kind.key(), "that is no time to keep it for", &remedy));
        }
    }
    Ok(state.catalog().set_retention(&state.actor(), HOST, wanted).await?)
}

/// What a kind of data is, in words.
pub(crate) fn words(kind: Keeping) -> (&'static str, &'static str) {
    match kind {
        Keeping::AuditLog => (
            "Audit log",
            "Its oldest entries go, and the chain goes on from the last of them. Activity is read from it, so it ends there too.",
        ),
        Keeping::Alerts => {
            ("Alerts that are over", "With the messages about them. What fires or waits stays.")
        }
        Keeping::Tokens => ("Tokens that count no more", "Revoked or expired, counted from then."),
    }
}
