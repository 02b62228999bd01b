//! How people and programs come in: sessions, tokens, one-time secrets, and how often somebody may try.
//!
//! Who asks is found out once for each request ([`identify`]); what they may do is the business of [`crate::access`].

mod cookie;
mod identify;
mod invited;
mod link_password;
mod mail;
mod noted;
mod pace;
mod passkeys;
mod path;
mod provider;
mod refused;
mod sign_in;
mod tries;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use moka::sync::Cache;
use people::{Breached, Cost, Key, Seal};
use tokio::sync::Semaphore;

pub use identify::Peer;
pub use pace::Pace;
pub use provider::{Provider, ProviderSettings, UnusableProvider};

pub(crate) use cookie::Cookies;
pub(crate) use identify::{LONGEST, Origin, OwnHost, give_renewed, identify};
pub(crate) use invited::{Invited, accept, invited};
pub(crate) use link_password::{is_link_password, link_password};
pub(crate) use mail::{invite, send_reset, tell_mentioned};
pub(crate) use noted::{Noted, actor};
pub(crate) use pace::paced;
pub(crate) use passkeys::{
    Answered, AskedAt, Asking, For, add_passkey, by_passkey, by_passkey_as_second_factor, has_passkeys,
};
pub(crate) use path::next;
pub(crate) use provider::{Returned, back, begin};
pub(crate) use refused::refused;
pub(crate) use sign_in::{
    Browser, Entered, by_code, by_link, by_password, counts, is_own_password, new_password, opened, renew,
    reset, sealed, set_up, ticket, use_own_code,
};

use identify::Known;
use pace::Paces;
use tries::Tries;

use crate::{AppState, WebError};

/// Most sessions and tokens whose visitors are held in memory.
const KNOWN: u64 = 10_000;
/// Questions to authenticators that were answered and are remembered as used, and for how long: longer than they count.
const ANSWERED: u64 = 100_000;
const FORGOTTEN: Duration = Duration::from_mins(15);
/// Passwords that are hashed at the same time: each takes 19 MiB and a processor.
const HASHED_AT_ONCE: usize = 2;

/// Who may come in, and how.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Whether everybody who reaches the server may do everything.
    pub is_open: bool,
    /// What hashing a password costs.
    pub cost: Cost,
    /// Passwords that are known to have leaked.
    pub breached: Breached,
    /// What seals secrets that must be read again.
    pub seal: Seal,
    /// Whether readers reach the server by TLS only, so that cookies can be held to it.
    pub is_secure: bool,
    /// How much one visitor may ask at a time; without it as much as they like.
    pub pace: Option<Pace>,
    /// Whom is believed from where a request comes: proxies in front of this server.
    pub proxies: Vec<IpAddr>,
    /// The identity provider by which people may come in too.
    pub provider: Option<Provider>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            is_open: false,
            cost: Cost::STANDARD,
            breached: Breached::none(),
            seal: Seal::of(Key::new()),
            is_secure: false,
            pace: Some(Pace::default()),
            proxies: Vec::new(),
            provider: None,
        }
    }
}

/// How people and programs come in. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Entrance {
    rules: Arc<Rules>,
    /// Whom a session or token is, by its digest.
    known: Cache<[u8; 32], Known>,
    tries: Arc<Tries>,
    paces: Option<Arc<Paces>>,
    hashing: Arc<Semaphore>,
    has_people: Arc<AtomicBool>,
    /// What was answered to already of what authenticators were asked, by digest.
    used: Cache<[u8; 32], ()>,
}

impl Entrance {
    pub(crate) fn new(rules: Rules) -> Self {
        Self {
            paces: rules.pace.map(|pace| Arc::new(Paces::new(pace))),
            rules: Arc::new(rules),
            known: Cache::new(KNOWN),
            tries: Arc::default(),
            hashing: Arc::new(Semaphore::new(HASHED_AT_ONCE)),
            has_people: Arc::default(),
            used: Cache::builder().max_capacity(ANSWERED).time_to_live(FORGOTTEN).build(),
        }
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Whether everybody who reaches the server may do everything.
    pub(crate) fn is_open(&self) -> bool {
        self.rules.is_open
    }
}

impl AppState {
    /// Whether there is anybody who could sign in.
    pub(crate) async fn has_people(&self) -> Result<bool, WebError> {
        let known = &self.entrance.has_people;
        if !known.load(Ordering::Relaxed) {
            known.store(self.catalog().has_people().await?, Ordering::Relaxed);
        }
        Ok(known.load(Ordering::Relaxed))
    }
}
