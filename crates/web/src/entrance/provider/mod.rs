//! Coming in by an identity provider (OpenID Connect Core 1.0, authorization code with PKCE): somebody is led there with secrets
//! that only their browser brings back, and what the provider then says of them is asked of itself and checked.

mod claims;
mod enter;
mod known;
mod settings;
mod way;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use moka::sync::Cache;
use notify::{Address, Fetcher, NotifyError};
use people::IdTokenError;
use tokio::sync::RwLock;

pub(crate) use enter::{Returned, back, begin};
pub use settings::{ProviderSettings, UnusableProvider};

use crate::WebError;
use known::Known;

/// Longest time for one answer of a provider, and most bytes of it.
const PATIENCE: Duration = Duration::from_secs(10);
const MOST_BYTES: usize = 256 << 10;
/// The setting that lets a provider stand in a private network.
const PRIVATE: &str = "--oidc-allow-private";
/// How many sign-ins that were begun are remembered as used, so that none counts twice.
const MOST_USED: u64 = 100_000;

/// An identity provider by which people come in. Cheap to clone.
#[derive(Clone)]
pub struct Provider(Arc<Inner>);

struct Inner {
    settings: ProviderSettings,
    fetcher: Fetcher,
    /// What the provider says of itself, as it was last read.
    known: RwLock<Option<Arc<Known>>>,
    /// Sign-ins that were brought back, by the digest of their state.
    used: Cache<[u8; 32], ()>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Provider({})", self.0.settings.issuer)
    }
}

impl Provider {
    /// A provider that was set. It is not asked before somebody comes.
    ///
    /// # Errors
    /// If the settings can't be used, with what would be right.
    pub fn new(settings: ProviderSettings) -> Result<Self, UnusableProvider> {
        settings.check()?;
        let fetcher = Fetcher {
            is_private_allowed: settings.is_private_allowed,
            setting: PRIVATE,
            patience: PATIENCE,
            most_bytes: MOST_BYTES,
        };
        let used = Cache::builder().max_capacity(MOST_USED).time_to_live(way::COUNTS.unsigned_abs()).build();
        Ok(Self(Arc::new(Inner { settings, fetcher, known: RwLock::default(), used })))
    }

    /// What it was set up with.
    pub(crate) fn settings(&self) -> &ProviderSettings {
        &self.0.settings
    }

    /// Reads an address that the provider names.
    fn address(&self, text: &str, what: &'static str) -> Result<Address, Failure> {
        Address::read(text, self.0.settings.is_private_allowed).map_err(|_| Failure::Says(what))
    }
}

/// Why a provider let nobody in. No secret and nothing that it said of somebody is in here.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// It can't be reached.
    #[error(transparent)]
    Unreachable(#[from] NotifyError),
    /// It says of itself what can't be.
    #[error("the provider's settings can't be used: {0}")]
    Says(&'static str),
    /// It gave no token.
    #[error("the provider gave no token: status {0}")]
    NoToken(u16),
    /// What it said is not to be believed.
    #[error(transparent)]
    Token(#[from] IdTokenError),
}

impl From<Failure> for WebError {
    fn from(failure: Failure) -> Self {
        tracing::warn!(error = %failure, "the identity provider let nobody in");
        let detail = match failure {
            Failure::Unreachable(_) => "the identity provider can't be reached at the moment",
            Failure::Says(_) => "the identity provider is not set up in a way that can be used here",
            Failure::NoToken(_) | Failure::Token(_) => {
                "what the identity provider answered does not belong to this sign-in, or can't be believed"
            }
        };
        Self::told(StatusCode::BAD_GATEWAY, "provider", "The provider let nobody in", detail)
            .remedy("begin again at the sign-in page, or come in another way; the server's log says more")
    }
}
