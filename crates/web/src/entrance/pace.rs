//! How much one visitor may ask at a time, so that the others are served too.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::NonZeroU32;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use super::Origin;
use crate::access::{Visitor, Who};
use crate::{AppState, WebError};

/// Requests at once, and how many more in a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// At once.
    pub at_once: NonZeroU32,
    /// More in each second.
    pub a_second: NonZeroU32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            at_once: NonZeroU32::new(300).unwrap_or(NonZeroU32::MIN),
            a_second: NonZeroU32::new(50).unwrap_or(NonZeroU32::MIN),
        }
    }
}

type Limiter = RateLimiter<u64, DefaultKeyedStateStore<u64>, DefaultClock, StateInformationMiddleware>;

/// Who asked how much of late.
pub(super) struct Paces {
    limiter: Limiter,
    pace: Pace,
    clock: DefaultClock,
    policy: HeaderValue,
}

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// From so many visitors on, those who could ask as much as anybody are forgotten.
const MANY: usize = 20_000;

impl Paces {
    pub(super) fn new(pace: Pace) -> Self {
        let quota = Quota::per_second(pace.a_second).allow_burst(pace.at_once);
        let limiter = RateLimiter::keyed(quota).with_middleware();
        let Pace { at_once, a_second } = pace;
        let window = at_once.get().div_ceil(a_second.get());
        let policy = HeaderValue::try_from(format!("\"default\";q={at_once};w={window}"));
        let policy = policy.unwrap_or(HeaderValue::from_static("\"default\""));
        Self { limiter, pace, clock: DefaultClock::default(), policy }
    }
}

/// How much is left to one who may still ask.
pub(crate) struct Pass<'a> {
    paces: &'a Paces,
    left: u32,
    /// Seconds until there is more.
    wait: u64,
}

/// Refuses what is too much of one visitor. Of whom nothing is counted nothing is said.
pub(crate) fn paced<'a>(state: &'a AppState, request: &Request) -> Result<Option<Pass<'a>>, Box<Response>> {
    let Some(paces) = &state.entrance.paces else { return Ok(None) };
    let visitor = request.extensions().get::<Visitor>().map(|visitor| visitor.who);
    let from = request.extensions().get::<Origin>().copied().unwrap_or_default();
    let Some(key) = key(visitor.unwrap_or(Who::Nobody), from) else { return Ok(None) };
    if paces.limiter.len() > MANY {
        paces.limiter.retain_recent();
    }
    match paces.limiter.check_key(&key) {
        Ok(snapshot) => Ok(Some(Pass { paces, left: snapshot.remaining_burst_capacity(), wait: 0 })),
        Err(early) => {
            let wait = early.wait_time_from(paces.clock.now()).as_secs() + 1;
            let mut response = too_much(paces.pace, wait).into_response();
            Pass { paces, left: 0, wait }.say(&mut response);
            Err(Box::new(response))
        }
    }
}

impl Pass<'_> {
    /// Says it with the answer. What may be kept for everybody says nothing of one.
    pub(crate) fn say(self, response: &mut Response) {
        let headers = response.headers_mut();
        let is_public = |value: &HeaderValue| value.as_bytes().starts_with(b"public");
        if headers.get(header::CACHE_CONTROL).is_some_and(is_public) {
            return;
        }
        let Self { paces, left, wait } = self;
        if let Ok(said) = HeaderValue::try_from(format!("\"default\";r={left};t={wait}")) {
            headers.insert(RATE_LIMIT, said);
            headers.insert(RATE_LIMIT_POLICY, paces.policy.clone());
        }
    }
}

/// Whose requests are counted together: a person's over all browsers, a token's, else those of a place.
fn key(who: Who, from: Origin) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    match who {
        Who::Machine | Who::Anybody => return None,
        Who::Person { person, .. } => (1, person).hash(&mut hasher),
        Who::Token(token) => (2, token).hash(&mut hasher),
        Who::Nobody | Who::Unknown => (3, from.0).hash(&mut hasher),
    }
    Some(hasher.finish())
}

fn too_much(pace: Pace, wait: u64) -> WebError {
    let detail = format!("more than {} requests at once, and {} a second", pace.at_once, pace.a_second);
    WebError::told(StatusCode::TOO_MANY_REQUESTS, "too-many", "Too many requests", detail)
        .remedy(format!("wait {wait} seconds and ask more slowly"))
        .retry_after(u32::try_from(wait).unwrap_or(u32::MAX))
}
