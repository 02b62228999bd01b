//! Adding up columns by the keys of a question.

use std::collections::BTreeMap;

use domain::{Comparison, Currency, Sums};
use jiff::ToSpan;
use jiff::civil::Date;
use store::facts::{AccountId, EntityId, currency_number};

use super::columns::{Column, Columns, Subject, number};
use super::meant::Meant;
use crate::InsightError;
use crate::conversion::{ONE_E12, is_money, rounded};
use crate::grid::{Keys, Parts, Row};
use crate::known::Known;
use crate::query::{Dimension, Query};
use crate::sql::Figures;

/// Most sums that are held at once; the engine answers what needs more.
const MOST_SUMS: usize = 4_000_000;

/// Where fewer than one in so many of what rows are about is meant, only their rows are looked at.
const FEW: usize = 4;

/// The bit that says that there was a row, whatever it stated.
const SEEN: u8 = 1 << 7;

/// No group: what is not meant.
const NONE: u32 = u32::MAX;

/// What is added up together: keys but for time, in one currency.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    keys: Keys,
    currency: Currency,
    is_record: bool,
    /// Converted money is rounded by account, as the engine does; else 0.
    account: AccountId,
    /// The currency that is converted into this group's.
    from: Option<Currency>,
}

/// Where the rows of a subject are added up.
#[derive(Clone, Copy)]
struct Place {
    group: u32,
    /// Where they are on a day that has a rate.
    converted: u32,
}

impl Columns {
    /// Adds up a question whose days are all held; `None` if that takes more memory than it is worth.
    pub(super) fn add_up(
        &self,
        query: &Query,
        figures: Figures<'_>,
        known: &Known,
        meant: &Meant,
    ) -> Result<Option<Vec<Row>>, InsightError> {
        let days = moved_days(query);
        let mut times: BTreeMap<Keys, usize> = days.iter().map(|day| (day.times, 0)).collect();
        times.values_mut().enumerate().for_each(|(n, place)| *place = n);
        let sides = 1 + usize::from(query.compare.is_some());
        let Some((groups, place_of)) =
            self.groups(query, figures, known, meant, MOST_SUMS / (times.len() * sides).max(1))
        else {
            return Ok(None);
        };
        let size = times.len() * sides * groups.len();
        let is_meant: Vec<bool> = place_of.iter().map(|place| place.group != NONE).collect();
        let is_few = is_meant.iter().filter(|is_meant| **is_meant).count() * FEW < is_meant.len();
        let mut stated = vec![0u8; size];
        let mut sums = vec![vec![0i64; size]; figures.of.len()];
        // Money that is multiplied by rates needs more places.
        let is_wide = |what| figures.conversion.is_some() && is_money(what);
        let mut wide: Vec<Vec<i128>> =
            figures.of.iter().map(|what| if is_wide(*what) { vec![0; size] } else { Vec::new() }).collect();
        let mut fits = true;
        let mut places: Vec<u32> = Vec::new();
        let mut picked: Vec<u32> = Vec::new();
        let mut rates: Vec<i64> = Vec::new();
        for day in &days {
            let rows = self.rows_of(day.day);
            rates.clear();
            rates.extend(groups.iter().map(|group| {
                let rate = group.from.zip(figures.conversion);
                rate.map_or(ONE_E12, |(from, of)| of.rate_e12(from, day.day).unwrap_or(0))
            }));
            let place = |row: usize| {
                let place = place_of[self.subject[row] as usize];
                match rates.get(place.converted as usize) {
                    Some(rate) if *rate > 0 => place.converted,
                    _ => place.group,
                }
            };
            picked.clear();
            places.clear();
            if is_few {
                let meant = rows.clone().filter(|row| is_meant[self.subject[*row] as usize]);
                picked.extend(meant.map(|row| row as u32));
                places.extend(picked.iter().map(|row| place(*row as usize)));
            } else {
                places.extend(rows.clone().map(place));
            }
            let from = (times[&day.times] * sides + usize::from(day.is_past)) * groups.len();
            let to = from + groups.len();
            let row_at = |n: usize| if is_few { picked[n] as usize } else { rows.start + n };
            for (n, place) in places.iter().enumerate() {
                if *place != NONE {
                    stated[from + *place as usize] |= self.stated[row_at(n)] | SEEN;
                }
            }
            for ((what, sums), wide) in figures.of.iter().zip(&mut sums).zip(&mut wide) {
                let column = self.figure(what.stored());
                let values = match column {
                    _ if is_few => Values::Picked(column.at(&picked)),
                    Column::Narrow(values) => Values::Narrow(&values[rows.clone()]),
                    Column::Wide(values) => Values::Wide(&values[rows.clone()]),
                };
                if is_wide(*what) {
                    values.add_at(&mut wide[from..to], &places, &rates);
                } else {
                    fits &= values.add(&mut sums[from..to], &places);
                }
            }
        }
        for (sums, wide) in sums.iter_mut().zip(&wide) {
            for (sum, wide) in sums.iter_mut().zip(wide) {
                let rounded = i64::try_from(rounded(*wide));
                fits &= rounded.is_ok();
                *sum = rounded.unwrap_or(0);
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
                    for (what, sums) in figures.of.iter().zip(&sums) {
                        let is_stated = stated[at] & 1 << what.stored() as usize != 0;
                        if is_stated && what.is_record() == group.is_record {
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

    /// The groups of a question in order, and where each subject's rows go; `None` if there are more than `most`.
    fn groups(
        &self,
        query: &Query,
        figures: Figures<'_>,
        known: &Known,
        meant: &Meant,
        most: usize,
    ) -> Option<(Vec<Group>, Vec<Place>)> {
        let group = |(campaign, account): &(EntityId, AccountId)| -> Option<Group> {
            let campaign = &known.campaign(*campaign);
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
            let apart = if figures.conversion.is_some() { account.account } else { 0 };
            let is_record = account.platform.is_record();
            Some(Group { keys, currency: account.currency, is_record, account: apart, from: None })
        };
        let of_campaign: Vec<Option<Group>> = self.campaigns.iter().map(group).collect();
        // What is below campaigns is told apart only where the question names it.
        let below = query.dimensions.iter().position(|dimension| dimension.needs().is_some());
        let of_subject = |subject: &Subject| {
            let group = of_campaign[subject.campaign as usize]?;
            let mut keys = group.keys;
            if let Some(below) = below {
                keys[below] = i64::from(subject.entity);
            }
            Some(Group { keys, ..group })
        };
        let converted = |group: &Group| {
            figures.conversion.map(|of| Group { currency: of.to, from: Some(group.currency), ..*group })
        };
        let mut groups: Vec<Group> = match below {
            Some(_) => self.subjects.iter().filter_map(of_subject).take(most + 1).collect(),
            None => of_campaign.iter().flatten().copied().collect(),
        };
        let also: Vec<Group> = groups.iter().filter_map(converted).collect();
        groups.extend(also);
        groups.sort_unstable();
        groups.dedup();
        if groups.len() > most {
            return None;
        }
        let place = |group: Option<Group>| {
            group.and_then(|group| groups.binary_search(&group).ok()).map_or(NONE, |n| n as u32)
        };
        let place = |group: Option<Group>| Place {
            group: place(group),
            converted: place(group.as_ref().and_then(converted)),
        };
        let places = match below {
            Some(_) => self.subjects.iter().map(|subject| place(of_subject(subject))).collect(),
            None => {
                let of_campaign: Vec<Place> = of_campaign.into_iter().map(place).collect();
                self.subjects.iter().map(|subject| of_campaign[subject.campaign as usize]).collect()
            }
        };
        Some((groups, places))
    }
}

/// The values that are added up on a day.
enum Values<'a> {
    Narrow(&'a [i32]),
    Wide(&'a [i64]),
    Picked(Vec<i64>),
}

impl Values<'_> {
    fn add(&self, sums: &mut [i64], places: &[u32]) -> bool {
        match self {
            Self::Narrow(values) => add(sums, places, values),
            Self::Wide(values) => add(sums, places, values),
            Self::Picked(values) => add(sums, places, values),
        }
    }

    fn add_at(&self, sums: &mut [i128], places: &[u32], rates: &[i64]) {
        match self {
            Self::Narrow(values) => add_at(sums, places, rates, values),
            Self::Wide(values) => add_at(sums, places, rates, values),
            Self::Picked(values) => add_at(sums, places, rates, values),
        }
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

/// Adds each value, times the rate of its place, to the sum of its place. What does not fit stays at the end of the range.
fn add_at<V: Copy + Into<i64>>(sums: &mut [i128], places: &[u32], rates: &[i64], values: &[V]) {
    for (place, value) in places.iter().zip(values) {
        let place = *place as usize;
        if let (Some(sum), Some(rate)) = (sums.get_mut(place), rates.get(place)) {
            *sum = sum.saturating_add(i128::from((*value).into()) * i128::from(*rate));
        }
    }
}
