//! The course of an alert: pending until its condition has held, firing until it is clear, and calm for a while after.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How things are, as far as an alert is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// The condition holds.
    Beyond,
    /// It does not hold, nor is it clear: what fires goes on.
    Between,
    /// All is well.
    Clear,
    /// Nothing can be said.
    Unknown,
}

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing is wrong. After an alert it may not fire again before this time.
    Calm {
        /// The end of the cooldown.
        until: Option<Timestamp>,
    },
    /// The condition holds since then, not long enough yet.
    Pending {
        /// Since when.
        since: Timestamp,
    },
    /// It fires since then.
    Firing {
        /// Since when.
        since: Timestamp,
    },
}

/// What happens to an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// It began.
    Fired,
    /// Nobody acknowledged it in time.
    Escalated,
    /// It is over.
    Resolved,
}

impl Event {
    /// The word that is stored.
    pub fn key(self) -> &'static str {
        match self {
            Self::Fired => "fired",
            Self::Escalated => "escalated",
            Self::Resolved => "resolved",
        }
    }
}

/// What a reading makes of a state. `hold` is how long the condition must hold, `cooldown` how long after an alert there is no
/// other.
pub fn step(
    state: State,
    reading: Reading,
    hold: SignedDuration,
    cooldown: SignedDuration,
    now: Timestamp,
) -> (State, Option<Event>) {
    let fire = (State::Firing { since: now }, Some(Event::Fired));
    match (state, reading) {
        (State::Calm { until: Some(until) }, Reading::Beyond) if now < until => (state, None),
        (State::Calm { .. }, Reading::Beyond) if hold.is_zero() => fire,
        (State::Calm { .. }, Reading::Beyond) => (State::Pending { since: now }, None),
        (State::Pending { since }, Reading::Beyond) if now.duration_since(since) >= hold => fire,
        (State::Pending { .. }, Reading::Between | Reading::Clear) => (State::Calm { until: None }, None),
        (State::Firing { .. }, Reading::Clear) => {
            let until = (!cooldown.is_zero()).then(|| now.saturating_add(cooldown).unwrap_or(Timestamp::MAX));
            (State::Calm { until }, Some(Event::Resolved))
        }
        // What can't be judged stays as it is.
        (state, _) => (state, None),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: SignedDuration = SignedDuration::from_mins(1);

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    #[test]
    fn an_alert_holds_fires_stays_and_resolves() {
        use Reading::{Between, Beyond, Clear, Unknown};
        let mut state = State::Calm { until: None };
        let course = [
            (0, Beyond, None),
            (1, Between, None),
            (2, Beyond, None),
            (3, Unknown, None),
            (4, Beyond, Some(Event::Fired)),
            (5, Between, None),
            (6, Unknown, None),
            (7, Beyond, None),
            (8, Clear, Some(Event::Resolved)),
            (9, Beyond, None),
            (12, Beyond, None),
            (13, Beyond, None),
            (15, Beyond, Some(Event::Fired)),
        ];
        for (minute, reading, event) in course {
            let (next, told) = step(state, reading, MINUTE * 2, MINUTE * 5, at(minute));
            assert_eq!(told, event, "minute {minute}: {state:?}");
            state = next;
        }
    }

    proptest! {
        #[test]
        fn every_alert_that_fires_resolves_before_it_fires_again(readings in proptest::collection::vec(0u8..4, 0..200), hold in 0i32..4, cooldown in 0i32..6) {
            let mut state = State::Calm { until: None };
            let (mut is_firing, mut resolved) = (false, None);
            for (minute, reading) in (0i64..).zip(readings) {
                let reading = [Reading::Beyond, Reading::Between, Reading::Clear, Reading::Unknown][usize::from(reading)];
                let (next, event) = step(state, reading, MINUTE * hold, MINUTE * cooldown, at(minute));
                match event {
                    Some(Event::Fired) => {
                        prop_assert!(!is_firing && reading == Reading::Beyond);
                        prop_assert!(resolved.is_none_or(|resolved: i64| minute - resolved >= i64::from(cooldown)));
                        is_firing = true;
                    }
                    Some(Event::Resolved) => {
                        prop_assert!(is_firing && reading == Reading::Clear);
                        (is_firing, resolved) = (false, Some(minute));
                    }
                    _ => {}
                }
                let fires = matches!(next, State::Firing { .. });
                prop_assert_eq!(fires, is_firing);
                state = next;
            }
        }
    }
}
