//! Adding up columns by the keys of a question.

use std::collections::BTreeMap;

use domain::{Additive, Comparison, Currency, Sums};
use jiff::ToSpan;
use jiff::civil::Date;
use store::facts::{AccountId, EntityId, currency_number};

use super::columns::{Column, Columns, number};
use super::meant::Meant;
use crate::InsightError;
use crate::grid::{Keys, Parts, Row};
use crate::known::Known;
use crate::query::{Dimension, Query};

/// Most sums that are held at once; the engine answers what needs more.
const MOST_SUMS: usize = 4_000_000;

/// The bit that says that there was a row, whatever it stated.
const SEEN: u8 = 1 << 7;

/// No group: a campaign that is not meant.
const NONE: u32 = u32::MAX;

/// What is added up together: keys but for time, in one currency.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    keys: Keys,
    currency: Currency,
}

impl Columns {
    /// Adds up a question whose days are all held; `None` if that takes more memory than it is worth.
    pub(super) fn add_up(
        &self,
        query: &Query,
        figures: &[Additive],
        known: &Known,
        meant: &Meant,
    ) -> Result<Option<Vec<Row>>, InsightError> {
        let (groups, group_of) = self.groups(query, known, meant);
        let days = moved_days(query);
        let mut times: BTreeMap<Keys, usize> = days.iter().map(|day| (day.times, 0)).collect();
        times.values_mut().enumerate().for_each(|(n, place)| *place = n);
        let sides = 1 + usize::from(query.compare.is_some());
        let size = times.len() * sides * groups.len();
        if size > MOST_SUMS {
            return Ok(None);
        }
        let mut stated = vec![0u8; size];
        let mut sums = vec![vec![0i64; size]; figures.len()];
        let mut fits = true;
        let mut places: Vec<u32> = Vec::new();
        for day in &days {
            let rows = self.rows_of(day.day);
            places.clear();
            places.extend(self.campaign[rows.clone()].iter().map(|campaign| group_of[*campaign as usize]));
            let from = (times[&day.times] * sides + usize::from(day.is_past)) * groups.len();
            let to = from + groups.len();
            for (place, row) in places.iter().zip(&self.stated[rows.clone()]) {
                if *place != NONE {
                    stated[from + *place as usize] |= row | SEEN;
                }
            }
            for (what, sums) in figures.iter().zip(&mut sums) {
                let sums = &mut sums[from..to];
                fits &= match self.figure(*what) {
                    Column::Narrow(values) => add(sums, &places, &values[rows.clone()]),
                    Column::Wide(values) => add(sums, &places, &values[rows.clone()]),
                };
            }
        }
        if !fits {
            return Err(InsightError::too_large());
        }
        let mut rows: Vec<Row> = Vec::new();
        for (time, place) in &times {
            let mut last = None;
            for (n, group) in groups.iter().enumerate() {
                for past in 0..sides {
                    let at = (place * sides + past) * groups.len() + n;
                    if stated[at] & SEEN == 0 {
                        continue;
                    }
                    let mut added = Sums::NONE;
                    for (what, sums) in figures.iter().zip(&sums) {
                        if stated[at] & 1 << *what as usize != 0 {
                            *added.get_mut(*what) = Some(sums[at]);
                        }
                    }
                    // Groups with the same keys stand next to each other, one for each currency.
                    let keys: Keys = std::array::from_fn(|n| group.keys[n] + time[n]);
                    if last != Some(keys) {
                        rows.push(Row { keys, parts: Parts::default() });
                        last = Some(keys);
                    }
                    if let Some(row) = rows.last_mut() {
                        row.parts.put(group.currency, past == 1, &added)?;
                    }
                }
            }
        }
        Ok(Some(rows))
    }

    /// The groups of a question in order, and the group of each campaign.
    fn groups(&self, query: &Query, known: &Known, meant: &Meant) -> (Vec<Group>, Vec<u32>) {
        let group = |(campaign, account): &(EntityId, AccountId)| -> Option<Group> {
            if !meant.holds(*campaign, *account) {
                return None;
            }
            let account = known.account(*account)?;
            let mut keys = Keys::default();
            for (key, dimension) in keys.iter_mut().zip(&query.dimensions) {
                *key = match dimension {
                    Dimension::Platform => i64::from(account.platform.number()),
                    Dimension::Currency => i64::from(currency_number(account.currency)),
                    Dimension::Account => i64::from(account.account),
                    Dimension::Campaign if *campaign == 0 => -i64::from(account.account),
                    Dimension::Campaign => i64::from(*campaign),
                    _ => 0,
                };
            }
            Some(Group { keys, currency: account.currency })
        };
        let of_campaign: Vec<Option<Group>> = self.campaigns.iter().map(group).collect();
        let mut groups: Vec<Group> = of_campaign.iter().flatten().copied().collect();
        groups.sort_unstable();
        groups.dedup();
        let place = |group: &Option<Group>| {
            group.as_ref().and_then(|group| groups.binary_search(group).ok()).map_or(NONE, |n| n as u32)
        };
        let group_of = of_campaign.iter().map(place).collect();
        (groups, group_of)
    }
}

/// A day that is read, and where it counts.
struct MovedDay {
    day: Date,
    is_past: bool,
    /// The keys of the dimensions of time.
    times: Keys,
}

/// The days of a question, those of the compared period moved into the period that was asked about.
fn moved_days(query: &Query) -> Vec<MovedDay> {
    let day = |day: Date, shown: Date, is_past: bool| {
        let mut times = Keys::default();
        for (key, dimension) in times.iter_mut().zip(&query.dimensions) {
            if let Dimension::Time(grain) = dimension {
                *key = i64::from(number(grain.start(shown)));
            }
        }
        MovedDay { day, is_past, times }
    };
    let now = query.period.days().map(|of| day(of, of, false));
    let Some(comparison) = query.compare else { return now.collect() };
    let before = query.period.compared(comparison).days().map(|of| {
        let shown = match comparison {
            Comparison::Previous => of.saturating_add(query.period.len().days()),
            Comparison::LastYear => of.saturating_add(1.year()),
        };
        day(of, shown, true)
    });
    now.chain(before).collect()
}

/// Adds each value to the sum of its place. False if a sum does not fit into 64 bits.
fn add<V: Copy + Into<i64>>(sums: &mut [i64], places: &[u32], values: &[V]) -> bool {
    let mut fits = true;
    for (place, value) in places.iter().zip(values) {
        if let Some(sum) = sums.get_mut(*place as usize) {
            let (added, is_over) = sum.overflowing_add((*value).into());
            *sum = added;
            fits &= !is_over;
        }
    }
    fits
}
