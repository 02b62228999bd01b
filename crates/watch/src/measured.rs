//! What was measured over some time, and how it is written down: by numbers of series, in few bytes.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::series::Series;
use crate::spread::Spread;

/// What was measured over some time. Two of them can be added.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measured {
    /// By how much counters grew. Those that did not are left out.
    pub counters: BTreeMap<Series, u64>,
    /// Where gauges stood.
    pub gauges: BTreeMap<Series, Gauged>,
    /// Which values came.
    pub spreads: BTreeMap<Series, Spread>,
    /// For how much of the time anything was measured: less where the program did not run or could not write.
    pub covered: Duration,
}

/// Where a gauge stood over some time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Gauged {
    /// At the end.
    pub last: f64,
    /// At the least.
    pub least: f64,
    /// At the most.
    pub most: f64,
    /// All looks added up.
    pub sum: f64,
    /// How often it was looked at.
    pub count: u32,
}

impl Gauged {
    /// Looked at once.
    pub fn once(value: f64) -> Self {
        Self { last: value, least: value, most: value, sum: value, count: 1 }
    }

    /// Its mean.
    pub fn mean(&self) -> f64 {
        self.sum / f64::from(self.count.max(1))
    }

    fn then(self, later: Self) -> Self {
        Self {
            last: later.last,
            least: self.least.min(later.least),
            most: self.most.max(later.most),
            sum: self.sum + later.sum,
            count: self.count.saturating_add(later.count),
        }
    }
}

impl Measured {
    /// Adds what was measured later.
    pub fn add(&mut self, later: Self) {
        for (series, more) in later.counters {
            let sum = self.counters.entry(series).or_default();
            *sum = sum.saturating_add(more);
        }
        for (series, gauged) in later.gauges {
            self.gauges.entry(series).and_modify(|mine| *mine = mine.then(gauged)).or_insert(gauged);
        }
        for (series, spread) in later.spreads {
            match self.spreads.entry(series) {
                std::collections::btree_map::Entry::Occupied(mut mine) => mine.get_mut().add(&spread),
                std::collections::btree_map::Entry::Vacant(free) => drop(free.insert(spread)),
            }
        }
        self.covered += later.covered;
    }

    /// The counters of a metric whose labels are as asked, added up. Zero where none grew: `covered` says whether that is known.
    pub fn count(&self, name: &str, of: impl Fn(&Series) -> bool) -> u64 {
        let own = self.counters.iter().filter(|(series, _)| series.name() == name && of(series));
        own.map(|(_, count)| *count).sum()
    }

    /// The values of a metric whose labels are as asked, together.
    pub fn spread(&self, name: &str, of: impl Fn(&Series) -> bool) -> Spread {
        let mut all = Spread::default();
        for (_, spread) in self.spreads.iter().filter(|(series, _)| series.name() == name && of(series)) {
            all.add(spread);
        }
        all
    }

    /// Where a gauge without labels stood.
    pub fn gauge(&self, name: &str) -> Option<Gauged> {
        self.gauges.get(&Series::of(name, &[])).copied()
    }
}

/// Number of the series, sum of its values, and its buckets.
type WrittenSpread = (u32, u64, Vec<(u32, u64)>);

/// A time's figures as they are written: series by number, buckets by their distance from the last one that holds something.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Written {
    counters: Vec<(u32, u64)>,
    gauges: Vec<(u32, f64)>,
    /// Gauges that were looked at more than once.
    gauged: Vec<(u32, Gauged)>,
    spreads: Vec<WrittenSpread>,
}

impl Written {
    /// With the numbers that `number` gives to series.
    pub fn of(measured: &Measured, mut number: impl FnMut(&Series) -> Option<u32>) -> Self {
        let mut written = Self::default();
        for (series, count) in &measured.counters {
            written.counters.extend(number(series).map(|id| (id, *count)));
        }
        for (series, gauged) in &measured.gauges {
            let Some(id) = number(series) else { continue };
            match gauged.count {
                1 => written.gauges.push((id, gauged.last)),
                _ => written.gauged.push((id, *gauged)),
            }
        }
        for (series, spread) in &measured.spreads {
            let Some(id) = number(series) else { continue };
            let mut last = 0;
            let distance = |(index, count)| {
                let distance = index - last;
                last = index;
                (distance, count)
            };
            written.spreads.push((id, spread.sum_micros(), spread.held().map(distance).collect()));
        }
        written
    }

    /// Adds it to what was measured before; series for which `series` knows nothing are passed over.
    pub fn add_to<'s>(self, measured: &mut Measured, series: impl Fn(u32) -> Option<&'s Series>) {
        for (id, count) in self.counters {
            let Some(series) = series(id) else { continue };
            *measured.counters.entry(series.clone()).or_default() += count;
        }
        let once = self.gauges.into_iter().map(|(id, value)| (id, Gauged::once(value)));
        for (id, gauged) in once.chain(self.gauged) {
            let Some(series) = series(id) else { continue };
            let own = measured.gauges.entry(series.clone());
            own.and_modify(|mine| *mine = mine.then(gauged)).or_insert(gauged);
        }
        for (id, sum_micros, held) in self.spreads {
            let Some(series) = series(id) else { continue };
            let spread = measured.spreads.entry(series.clone()).or_default();
            let mut index = 0u32;
            for (distance, count) in held {
                index = index.saturating_add(distance);
                spread.add_held(index, count, 0);
            }
            spread.add_held(u32::MAX, 0, sum_micros);
        }
    }
}
