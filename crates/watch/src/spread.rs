//! How values are spread: a histogram that can be added to another of other times or other servers.
//!
//! Values are whole micros (millionths) of the metric's unit: microseconds for times, millionths for scores. Each bucket is at
//! most 1/32 of its value wide, and a percentile is the middle of its bucket: at most 1.6 % off, exact below 64 micros.

use histogram::{Config, Histogram};

/// Powers of two are cut into 2^5 buckets; values go to 2^32 micros, more than an hour.
pub(crate) const GROUPING_POWER: u8 = 5;
pub(crate) const MAX_POWER: u8 = 32;
/// The largest value that is told from larger ones, in micros.
const LARGEST: u64 = (1 << MAX_POWER) - 1;

/// The buckets.
pub(crate) const BUCKETS: Config = match Config::new(GROUPING_POWER, MAX_POWER) {
    Ok(config) => config,
    Err(_) => panic!("the powers fit"),
};

/// A [`Spread`] in few bytes: the buckets that hold something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Few {
    held: Vec<(u32, u64)>,
    sum_micros: u64,
}

/// How values are spread.
#[derive(Clone)]
pub struct Spread {
    counts: Histogram,
    sum_micros: u64,
}

impl std::fmt::Debug for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spread").field("count", &self.count()).field("sum_micros", &self.sum_micros).finish()
    }
}

impl PartialEq for Spread {
    fn eq(&self, other: &Self) -> bool {
        self.sum_micros == other.sum_micros && self.counts.as_slice() == other.counts.as_slice()
    }
}

impl Default for Spread {
    fn default() -> Self {
        Self { counts: Histogram::with_config(&BUCKETS), sum_micros: 0 }
    }
}

/// The largest value that falls in the same bucket as this one, in micros.
pub fn ceiling(micros: u64) -> u64 {
    let mut one = Histogram::with_config(&BUCKETS);
    drop(one.increment(micros.min(LARGEST)));
    one.quantile_bucket(1.0).ok().flatten().map_or(LARGEST, |bucket| bucket.end())
}

impl Spread {
    pub(crate) fn from_parts(counts: Histogram, sum_micros: u64) -> Self {
        Self { counts, sum_micros }
    }

    /// Adds a value, in micros.
    pub fn record(&mut self, micros: u64) {
        let micros = micros.min(LARGEST);
        drop(self.counts.increment(micros));
        self.sum_micros = self.sum_micros.saturating_add(micros);
    }

    /// Adds what another has.
    pub fn add(&mut self, other: &Self) {
        for (mine, others) in self.counts.as_mut_slice().iter_mut().zip(other.counts.as_slice()) {
            *mine = mine.saturating_add(*others);
        }
        self.sum_micros = self.sum_micros.saturating_add(other.sum_micros);
    }

    /// What came since `earlier`.
    #[must_use]
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        let mut since = self.clone();
        for (mine, earlier) in since.counts.as_mut_slice().iter_mut().zip(earlier.counts.as_slice()) {
            *mine = mine.saturating_sub(*earlier);
        }
        since.sum_micros = since.sum_micros.saturating_sub(earlier.sum_micros);
        since
    }

    /// The same in few bytes, for who keeps many.
    pub fn few(&self) -> Few {
        Few { held: self.held().collect(), sum_micros: self.sum_micros }
    }

    /// Adds what another has.
    pub fn add_few(&mut self, few: &Few) {
        for (index, count) in &few.held {
            self.add_held(*index, *count, 0);
        }
        self.sum_micros = self.sum_micros.saturating_add(few.sum_micros);
    }

    /// Takes away what was added.
    pub fn take_few(&mut self, few: &Few) {
        for (index, count) in &few.held {
            if let Some(mine) = self.counts.as_mut_slice().get_mut(*index as usize) {
                *mine = mine.saturating_sub(*count);
            }
        }
        self.sum_micros = self.sum_micros.saturating_sub(few.sum_micros);
    }

    /// How many values there are.
    pub fn count(&self) -> u64 {
        self.counts.as_slice().iter().sum()
    }

    /// All of them added up, in micros.
    pub fn sum_micros(&self) -> u64 {
        self.sum_micros
    }

    /// Their mean, in the metric's unit; none where there is none.
    pub fn mean(&self) -> Option<f64> {
        let count = self.count();
        (count > 0).then(|| self.sum_micros as f64 / count as f64 / 1e6)
    }

    /// The value below which this part (0 to 1) of all values lies, in the metric's unit; none where there is none.
    pub fn quantile(&self, part: f64) -> Option<f64> {
        let bucket = self.counts.quantile_bucket(part).ok().flatten()?;
        Some((bucket.start() + bucket.end()) as f64 / 2.0 / 1e6)
    }

    /// How many values are in buckets that end at or below this many micros.
    pub fn count_to(&self, micros: u64) -> u64 {
        self.counts.iter().take_while(|bucket| bucket.end() <= micros).map(|bucket| bucket.count()).sum()
    }

    /// The buckets that hold something: their number and how many.
    pub(crate) fn held(&self) -> impl Iterator<Item = (u32, u64)> {
        let counts = self.counts.as_slice().iter().zip(0u32..);
        counts.filter(|(count, _)| **count > 0).map(|(count, index)| (index, *count))
    }

    /// Adds to a bucket by its number; one that is not there is passed over.
    pub(crate) fn add_held(&mut self, index: u32, count: u64, sum_micros: u64) {
        if let Some(mine) = self.counts.as_mut_slice().get_mut(index as usize) {
            *mine = mine.saturating_add(count);
        }
        self.sum_micros = self.sum_micros.saturating_add(sum_micros);
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn what_was_added_in_few_bytes_can_be_taken_away_again() {
        let spread = |values: &[u64]| {
            let mut spread = Spread::default();
            values.iter().for_each(|value| spread.record(*value));
            spread
        };
        let (one, other) = (spread(&[5, 5, 90_000]), spread(&[5, 7_000_000]));
        let mut window = Spread::default();
        window.add_few(&one.few());
        window.add_few(&other.few());
        assert_eq!((window.count(), window.sum_micros()), (5, 7_090_015));
        window.take_few(&one.few());
        assert_eq!(window, other);
        window.take_few(&other.few());
        assert_eq!(window, Spread::default());
    }

    #[test]
    fn percentiles_of_merged_parts_are_within_two_percent_of_exact() {
        let mut chance = ChaCha8Rng::seed_from_u64(7);
        // Long tails, two humps, and the edge: what latencies look like, and what hurts histograms.
        let drawn: [fn(&mut ChaCha8Rng) -> f64; 3] = [
            |chance| (8.0 + 1.5 * normal(chance)).exp(),
            |chance| {
                if chance.random_bool(0.9) {
                    60.0 + 5.0 * normal(chance)
                } else {
                    250_000.0 * chance.random::<f64>() + 1.0
                }
            },
            |chance| 1.0 / (1.0 - chance.random::<f64>()).powf(0.8) * 100.0,
        ];
        for (case, draw) in drawn.into_iter().enumerate() {
            let mut exact: Vec<u64> =
                (0..1_000_000).map(|_| draw(&mut chance).clamp(1.0, 3.6e9) as u64).collect();
            // As ticks: a thousand parts, each merged.
            let mut merged = Spread::default();
            for part in exact.chunks(1000) {
                let mut tick = Spread::default();
                part.iter().for_each(|micros| tick.record(*micros));
                merged.add(&tick);
            }
            exact.sort_unstable();
            assert_eq!(merged.count(), 1_000_000);
            for part in [0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999] {
                let at = ((part * exact.len() as f64).ceil() as usize).max(1) - 1;
                let (exact, ours) = (exact[at] as f64 / 1e6, merged.quantile(part).unwrap());
                let off = (ours - exact).abs() / exact;
                assert!(off <= 0.02, "case {case}, p{part}: {ours} instead of {exact}, {off}");
            }
        }
    }

    fn normal(chance: &mut ChaCha8Rng) -> f64 {
        let (one, other): (f64, f64) = (chance.random(), chance.random());
        (-2.0 * (1.0 - one).ln()).sqrt() * (std::f64::consts::TAU * other).cos()
    }

    #[test]
    fn what_came_since_is_the_difference() {
        let mut now = Spread::default();
        now.record(10);
        let earlier = now.clone();
        now.record(1_000_000);
        let since = now.since(&earlier);
        assert_eq!((since.count(), since.sum_micros()), (1, 1_000_000));
        assert!((since.quantile(0.5).unwrap() - 1.0).abs() < 0.016);
        assert_eq!(Spread::default().quantile(0.5), None);
    }

    #[test]
    fn no_value_is_too_large() {
        let mut spread = Spread::default();
        spread.record(u64::MAX);
        spread.record(0);
        assert_eq!(spread.count(), 2);
        assert_eq!(spread.count_to(0), 1);
        assert_eq!(ceiling(u64::MAX), LARGEST);
    }
}
