//! Where is counted: instruments by series, found once and then used without a lock.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use histogram::AtomicHistogram;

use crate::known::{Kind, Known};
use crate::measured::{Gauged, Measured};
use crate::series::Series;
use crate::spread::{BUCKETS, MAX_POWER, Spread};

/// Most series. One more is counted, but told to nobody: names come from our own lists, so that this is never reached.
const MOST_SERIES: usize = 2000;

/// A count that grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

/// A value that goes up and down; none before it is first set.
#[derive(Debug)]
pub struct Gauge(AtomicU64);

/// A spread of values.
#[derive(Debug)]
pub struct Timing {
    counts: AtomicHistogram,
    sum_micros: AtomicU64,
}

/// Not a number: a gauge that was never set.
const UNSET: u64 = f64::NAN.to_bits();

impl Counter {
    /// Adds to it.
    pub fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    /// Brings it to a total that is counted elsewhere.
    pub fn raise_to(&self, total: u64) {
        self.0.fetch_max(total, Ordering::Relaxed);
    }

    /// What it has counted since the program was started.
    pub fn total(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Default for Gauge {
    fn default() -> Self {
        Self(AtomicU64::new(UNSET))
    }
}

impl Gauge {
    /// Sets it.
    pub fn set(&self, value: f64) {
        self.0.store(value.to_bits(), Ordering::Relaxed);
    }

    /// What it stands at; none if it was never set.
    pub fn value(&self) -> Option<f64> {
        let value = f64::from_bits(self.0.load(Ordering::Relaxed));
        (!value.is_nan()).then_some(value)
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self { counts: AtomicHistogram::with_config(&BUCKETS), sum_micros: AtomicU64::new(0) }
    }
}

impl Timing {
    /// Adds how long something took.
    pub fn record(&self, took: Duration) {
        self.record_micros(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    /// Adds a value in millionths of the metric's unit.
    pub fn record_micros(&self, micros: u64) {
        let micros = micros.min((1 << MAX_POWER) - 1);
        drop(self.counts.increment(micros));
        self.sum_micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// What it has recorded since the program was started.
    pub fn total(&self) -> Spread {
        Spread::from_parts(self.counts.load(), self.sum_micros.load(Ordering::Relaxed))
    }
}

/// Where is counted.
#[derive(Debug, Default)]
pub struct Meter(Mutex<Instruments>);

#[derive(Debug, Default)]
struct Instruments {
    counters: BTreeMap<Series, (Arc<Counter>, u64)>,
    gauges: BTreeMap<Series, Arc<Gauge>>,
    timings: BTreeMap<Series, (Arc<Timing>, Spread)>,
}

impl Meter {
    /// The counter of a metric and its labels.
    pub fn counter(&self, known: &Known, labels: &[(&str, &str)]) -> Arc<Counter> {
        debug_assert_eq!(known.kind, Kind::Counter, "{}", known.name);
        let mut all = self.all();
        let (is_full, series) = (all.len() >= MOST_SERIES, Series::of(known.name, labels));
        match all.counters.get(&series) {
            Some((counter, _)) => counter.clone(),
            None if is_full => Arc::default(),
            None => all.counters.entry(series).or_default().0.clone(),
        }
    }

    /// The gauge of a metric and its labels.
    pub fn gauge(&self, known: &Known, labels: &[(&str, &str)]) -> Arc<Gauge> {
        debug_assert_eq!(known.kind, Kind::Gauge, "{}", known.name);
        let mut all = self.all();
        let (is_full, series) = (all.len() >= MOST_SERIES, Series::of(known.name, labels));
        match all.gauges.get(&series) {
            Some(gauge) => gauge.clone(),
            None if is_full => Arc::default(),
            None => all.gauges.entry(series).or_default().clone(),
        }
    }

    /// The timing of a metric and its labels.
    pub fn timing(&self, known: &Known, labels: &[(&str, &str)]) -> Arc<Timing> {
        debug_assert_eq!(known.kind, Kind::Spread, "{}", known.name);
        let mut all = self.all();
        let (is_full, series) = (all.len() >= MOST_SERIES, Series::of(known.name, labels));
        match all.timings.get(&series) {
            Some((timing, _)) => timing.clone(),
            None if is_full => Arc::default(),
            None => all.timings.entry(series).or_default().0.clone(),
        }
    }

    /// What was counted since this was last called.
    pub(crate) fn since_last(&self) -> Measured {
        let mut measured = Measured::default();
        let mut all = self.all();
        for (series, (counter, last)) in &mut all.counters {
            let total = counter.total();
            if total > *last {
                measured.counters.insert(series.clone(), total - *last);
            }
            *last = total;
        }
        for (series, gauge) in &all.gauges {
            if let Some(value) = gauge.value() {
                measured.gauges.insert(series.clone(), Gauged::once(value));
            }
        }
        for (series, (timing, last)) in &mut all.timings {
            let total = timing.total();
            let since = total.since(last);
            if since.count() > 0 {
                measured.spreads.insert(series.clone(), since);
            }
            *last = total;
        }
        measured
    }

    /// What was counted since the program was started.
    pub fn totals(&self) -> Measured {
        let all = self.all();
        let gauge =
            |(series, gauge): (&Series, &Arc<Gauge>)| Some((series.clone(), Gauged::once(gauge.value()?)));
        Measured {
            counters: all
                .counters
                .iter()
                .map(|(series, (counter, _))| (series.clone(), counter.total()))
                .collect(),
            gauges: all.gauges.iter().filter_map(gauge).collect(),
            spreads: all
                .timings
                .iter()
                .map(|(series, (timing, _))| (series.clone(), timing.total()))
                .collect(),
            covered: Duration::ZERO,
        }
    }

    fn all(&self) -> MutexGuard<'_, Instruments> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Instruments {
    fn len(&self) -> usize {
        self.counters.len() + self.gauges.len() + self.timings.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::known::{HTTP_REQUEST_SECONDS, HTTP_REQUESTS, LINE_RUNNING};

    #[test]
    fn each_tick_has_what_came_since_the_last() {
        let meter = Meter::default();
        let (requests, took) = (meter.counter(&HTTP_REQUESTS, &[]), meter.timing(&HTTP_REQUEST_SECONDS, &[]));
        requests.add(2);
        took.record(Duration::from_millis(5));
        assert_eq!(meter.since_last().counters.values().copied().collect::<Vec<_>>(), [2]);
        meter.counter(&HTTP_REQUESTS, &[]).add(1);
        meter.gauge(&LINE_RUNNING, &[]).set(3.0);
        let tick = meter.since_last();
        assert_eq!(tick.counters.values().copied().collect::<Vec<_>>(), [1]);
        assert!(tick.spreads.is_empty(), "nothing took any time");
        assert_eq!(tick.gauges.values().next().unwrap().last, 3.0);
        assert_eq!(meter.totals().counters.values().copied().collect::<Vec<_>>(), [3]);
        assert!(meter.since_last().counters.is_empty());
    }

    #[test]
    fn series_are_bounded() {
        let meter = Meter::default();
        for n in 0..MOST_SERIES + 100 {
            meter.counter(&HTTP_REQUESTS, &[("route", &n.to_string())]).add(1);
        }
        assert_eq!(meter.totals().counters.len(), MOST_SERIES);
    }
}
