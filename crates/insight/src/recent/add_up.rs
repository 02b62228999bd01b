//! Adding up columns by the keys of a question.

use std::collections::BTreeMap;

use domain::{Comparison, Currency, Sums};
use jiff::ToSpan;
use jiff::civil::Date;
use store::facts::{AccountId, EntityId, currency_number};

use super::columns::{Column, Columns, number};
use super::meant::Meant;
use crate::InsightError;
use crate::conversion::{ONE_E12, is_money, rounded};
use crate::grid::{Keys, Parts, Row};
use crate::known::Known;
use crate::query::{Dimension, Query};
use crate::sql::Figures;

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
    is_record: bool,
    /// Converted money is rounded by account, as the engine does; else 0.
    account: AccountId,
    /// The currency that is converted into this group's.
    from: Option<Currency>,
}

/// Where a campaign's rows are added up.
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
        let (groups, place_of) = self.groups(query, figures, known, meant);
        let days = moved_days(query);
        let mut times: BTreeMap<Keys, usize> = days.iter().map(|day| (day.times, 0)).collect();
        times.values_mut().enumerate().for_each(|(n, place)| *place = n);
        let sides = 1 + usize::from(query.compare.is_some());
        let size = times.len() * sides * groups.len();
        if size > MOST_SUMS {
            return Ok(None);
        }
        let mut stated = vec![0u8; size];
        let mut sums = vec![vec![0i64; size]; figures.of.len()];
        // Money that is multiplied by rates needs more places.
        let is_wide = |what| figures.conversion.is_some() && is_money(what);
        let mut wide: Vec<Vec<i128>> =
            figures.of.iter().map(|what| if is_wide(*what) { vec![0; size] } else { Vec::new() }).collect();
        let mut fits = true;
        let mut places: Vec<u32> = Vec::new();
        let mut rates: Vec<i64> = Vec::new();
        for day in &days {
            let rows = self.rows_of(day.day);
            rates.clear();
            rates.extend(groups.iter().map(|group| {
                let rate = group.from.zip(figures.conversion);
                rate.map_or(ONE_E12, |(from, of)| of.rate_e12(from, day.day).unwrap_or(0))
            }));
            places.clear();
            places.extend(self.campaign[rows.clone()].iter().map(|campaign| {
                let place = place_of[*campaign as usize];
                match rates.get(place.converted as usize) {
                    Some(rate) if *rate > 0 => place.converted,
                    _ => place.group,
                }
            }));
            let from = (times[&day.times] * sides + usize::from(day.is_past)) * groups.len();
            let to = from + groups.len();
            for (place, row) in places.iter().zip(&self.stated[rows.clone()]) {
                if *place != NONE {
                    stated[from + *place as usize] |= row | SEEN;
                }
            }
            for ((what, sums), wide) in figures.of.iter().zip(&mut sums).zip(&mut wide) {
                if is_wide(*what) {
                    let wide = &mut wide[from..to];
                    match self.figure(what.stored()) {
                        Column::Narrow(values) => add_at(wide, &places, &rates, &values[rows.clone()]),
                        Column::Wide(values) => add_at(wide, &places, &rates, &values[rows.clone()]),
                    }
                    continue;
                }
                let sums = &mut sums[from..to];
                fits &= match self.figure(what.stored()) {
                    Column::Narrow(values) => add(sums, &places, &values[rows.clone()]),
                    Column::Wide(values) => add(sums, &places, &values[rows.clone()]),
                };
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

    /// The groups of a question in order, and where each campaign's rows go.
    fn groups(
        &self,
        query: &Query,
        figures: Figures<'_>,
        known: &Known,
        meant: &Meant,
    ) -> (Vec<Group>, Vec<Place>) {
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
        let converted = |group: &Group| {
            figures.conversion.map(|of| Group { currency: of.to, from: Some(group.currency), ..*group })
        };
        let of_campaign: Vec<Option<Group>> = self.campaigns.iter().map(group).collect();
        let plain = of_campaign.iter().flatten().copied();
        let mut groups: Vec<Group> =
            plain.clone().chain(plain.filter_map(|group| converted(&group))).collect();
        groups.sort_unstable();
        groups.dedup();
        let place = |group: Option<Group>| {
            group.and_then(|group| groups.binary_search(&group).ok()).map_or(NONE, |n| n as u32)
        };
        let places = of_campaign
            .iter()
            .map(|group| Place { group: place(*group), converted: place(group.as_ref().and_then(converted)) })
            .collect();
        (groups, places)
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
