//! The accounts at identity providers that somebody comes in by.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use store::catalog::ProviderLink;

use super::{done, told};
use crate::access::{Asked, May, SignedIn};
use crate::params::Params;
use crate::questions::account_ways;
use crate::{WebError, format};

/// An account at a provider, as the page shows it.
pub(super) struct AtProvider {
    pub(super) id: u32,
    /// What the provider is called, or its address where it is not the present one.
    pub(super) name: String,
    pub(super) email: String,
    pub(super) made: String,
    pub(super) used: String,
}

impl AtProvider {
    pub(super) fn of(asked: &Asked, link: &ProviderLink) -> Self {
        let present = asked.entrance.rules().provider.as_ref().map(|provider| provider.settings());
        let present = present.filter(|settings| settings.issuer == link.issuer);
        Self {
            id: link.id,
            name: present.map_or_else(|| link.issuer.clone(), |settings| settings.name.clone()),
            email: link.email.clone(),
            made: format::moment(link.made_at, 0),
            used: format::moment(link.used_at, 0),
        }
    }
}

/// Takes one away, and leads back.
pub(crate) async fn unlink(
    state: May<SignedIn>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, WebError> {
    let theme = params.theme();
    params.done()?;
    match account_ways::unlink(&state, &id).await {
        Ok(()) => Ok(done("provider").into_response()),
        Err(error) => told(&state, theme, "provider", error).await,
    }
}
