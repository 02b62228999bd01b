//! Times of repeated work, and what is said of them.

use std::time::{Duration, Instant};

/// How long each of several runs took.
#[derive(Debug, Clone, Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    /// Adds a run that began at `start` and ends now.
    pub fn since(&mut self, start: Instant) {
        self.0.push(start.elapsed());
    }

    /// Adds a run.
    pub fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// How many there were.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Adds all runs of `other`.
    pub fn join(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The middle one, in milliseconds.
    pub fn median(&self) -> f64 {
        self.at(0.5)
    }

    /// What 95 of 100 do not exceed, in milliseconds.
    pub fn p95(&self) -> f64 {
        self.at(0.95)
    }

    /// What 99 of 100 do not exceed, in milliseconds.
    pub fn p99(&self) -> f64 {
        self.at(0.99)
    }

    /// The longest, in milliseconds.
    pub fn worst(&self) -> f64 {
        self.at(1.0)
    }

    /// Nearest rank.
    fn at(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (share * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.saturating_sub(1)).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_the_nearest() {
        let times = Times((1..=20).rev().map(Duration::from_millis).collect());
        assert_eq!((times.median(), times.p95(), times.worst()), (10.0, 19.0, 20.0));
        let one = Times(vec![Duration::from_millis(3)]);
        assert_eq!((one.median(), one.p95(), one.worst()), (3.0, 3.0, 3.0));
        assert!(Times::default().median().is_nan());
    }
}
