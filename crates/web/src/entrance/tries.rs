//! How often somebody may try to come in: by the address that they name, and by where they come from. Somebody at another place
//! can make it slow for a person, not impossible.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::StatusCode;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::WebError;

/// Tries at once, and how long it takes until there is one more.
const FOR_A_NAME: (NonZeroU32, Duration) = (NonZeroU32::new(10).unwrap(), Duration::from_secs(60));
const FROM_ANYWHERE: (NonZeroU32, Duration) = (NonZeroU32::new(100).unwrap(), Duration::from_secs(6));
const FROM_A_PLACE: (NonZeroU32, Duration) = (NonZeroU32::new(30).unwrap(), Duration::from_secs(20));
/// From so many names or places on, those that could try as often as anybody are forgotten.
const MANY: usize = 10_000;

/// How often somebody may try.
pub(super) struct Tries {
    /// A name from a place.
    pairs: DefaultKeyedRateLimiter<(String, Option<IpAddr>)>,
    names: DefaultKeyedRateLimiter<String>,
    places: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

impl Default for Tries {
    fn default() -> Self {
        let quota = |(most, each): (NonZeroU32, Duration)| {
            Quota::with_period(each).unwrap_or(Quota::per_minute(most)).allow_burst(most)
        };
        Self {
            pairs: RateLimiter::keyed(quota(FOR_A_NAME)),
            names: RateLimiter::keyed(quota(FROM_ANYWHERE)),
            places: RateLimiter::keyed(quota(FROM_A_PLACE)),
            clock: DefaultClock::default(),
        }
    }
}

impl Tries {
    /// Counts a try.
    ///
    /// # Errors
    /// If there were too many.
    pub(super) fn one(&self, name: &str, place: Option<IpAddr>) -> Result<(), WebError> {
        self.from(place)?;
        let name = name.to_lowercase();
        self.names.check_key(&name).map_err(|early| self.later(&early))?;
        self.pairs.check_key(&(name, place)).map_err(|early| self.later(&early))
    }

    /// Counts a try of a secret that nobody guesses: only so that nobody keeps the server busy with it.
    ///
    /// # Errors
    /// If there were too many.
    pub(super) fn from(&self, place: Option<IpAddr>) -> Result<(), WebError> {
        if self.pairs.len() + self.places.len() > MANY {
            self.pairs.retain_recent();
            self.names.retain_recent();
            self.places.retain_recent();
        }
        match place {
            Some(place) => self.places.check_key(&place).map_err(|early| self.later(&early)),
            None => Ok(()),
        }
    }

    fn later(&self, early: &governor::NotUntil<governor::clock::QuantaInstant>) -> WebError {
        let wait = early.wait_time_from(self.clock.now()).as_secs() + 1;
        WebError::told(StatusCode::TOO_MANY_REQUESTS, "too-many", "Too many tries", "it was tried too often")
            .remedy(format!("wait {wait} seconds and try again"))
            .retry_after(u32::try_from(wait).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_tried_so_often_from_a_place_and_from_anywhere() {
        let tries = Tries::default();
        let from = |last| Some(IpAddr::from([192, 0, 2, last]));
        for _ in 0..10 {
            tries.one("ann@example.org", from(1)).unwrap();
        }
        let refused = tries.one("Ann@Example.org", from(1)).unwrap_err().problem();
        assert_eq!(refused.status, 429);
        assert!(refused.retry_after.unwrap() <= 61);
        tries.one("bob@example.org", from(1)).unwrap();
        // She herself is elsewhere, and still comes in; whoever uses many places does not try for ever.
        tries.one("ann@example.org", from(2)).unwrap();
        let done = (0..200).take_while(|last| tries.one("ann@example.org", from(*last)).is_ok()).count();
        assert!(done < 100, "{done}");
    }

    #[test]
    fn a_place_tries_so_often_whatever_it_names() {
        let tries = Tries::default();
        let from = Some(IpAddr::from([192, 0, 2, 1]));
        let done = (0..40).take_while(|each| tries.one(&format!("{each}@example.org"), from).is_ok()).count();
        assert_eq!(done, 30);
    }
}
