//! Scans written by hand for one question each, on two threads: the limit of what this machine can do.

use std::cmp::Reverse;
use std::thread;

use domain::{Additive, Grain, Period, Platform, Sums};

use crate::columns::{Columns, number};

/// The figures that tiles and analytics are made of.
const FIVE: [Additive; 5] =
    [Additive::Spend, Additive::Impressions, Additive::Clicks, Additive::Conversions, Additive::Revenue];
/// The figures that the overview's campaigns are made of.
const THREE: [Additive; 3] = [Additive::Spend, Additive::Conversions, Additive::Revenue];
/// Places for platforms' numbers.
const PLATFORMS: usize = 16;
/// How many campaigns the overview names as the largest.
const NAMED: usize = 5;

/// What a scan found.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Found {
    /// All of it added up, by currency.
    pub totals: Vec<(u16, Sums)>,
    /// The compared period added up, by currency.
    pub compared: Vec<(u16, Sums)>,
    /// How many rows the whole answer has.
    pub row_count: Option<u64>,
    /// The campaigns with the largest spend, from the largest.
    pub top: Option<Vec<u32>>,
}

/// Figures of a place, as they are added up.
#[derive(Debug, Clone, Copy)]
struct Cell<const N: usize> {
    sums: [i64; N],
    stated: u8,
    slot: u8,
}

impl<const N: usize> Cell<N> {
    const EMPTY: Self = Self { sums: [0; N], stated: 0, slot: u8::MAX };

    fn add(&mut self, figures: &[&[i64]; N], row: usize, stated: u8, slot: u8) {
        for (sum, figure) in self.sums.iter_mut().zip(figures) {
            *sum = sum.wrapping_add(figure[row]);
        }
        self.stated |= stated;
        self.slot = slot;
    }

    fn join(&mut self, other: &Self) {
        for (sum, more) in self.sums.iter_mut().zip(&other.sums) {
            *sum = sum.wrapping_add(*more);
        }
        self.stated |= other.stated;
        self.slot = self.slot.min(other.slot);
    }

    fn is_empty(&self) -> bool {
        self.slot == u8::MAX
    }

    fn sums(&self, figures: [Additive; N]) -> Sums {
        let mut sums = Sums::NONE;
        for (what, sum) in figures.into_iter().zip(self.sums) {
            *sums.get_mut(what) = (self.stated >> (what as usize) & 1 == 1).then_some(sum);
        }
        sums
    }
}

/// The overview: day by platform by currency, and the campaigns, of both periods at once.
pub(crate) fn overview(columns: &Columns, now: Period, past: Period, lead: u16) -> Found {
    let (now, past) = both(|| half(columns, now), || half(columns, past));
    let slot = columns.slots[usize::from(lead)];
    let mut campaigns: Vec<(Reverse<i64>, u32)> = (0u32..)
        .zip(&now.campaigns)
        .filter(|(_, cell)| cell.slot == slot)
        .map(|(id, cell)| (Reverse(cell.sums[0]), id))
        .collect();
    if campaigns.len() > NAMED {
        campaigns.select_nth_unstable(NAMED);
        campaigns.truncate(NAMED);
    }
    campaigns.sort_unstable();
    Found {
        totals: totals(columns, now.grid.iter(), FIVE),
        compared: totals(columns, past.grid.iter(), FIVE),
        row_count: None,
        top: Some(campaigns.into_iter().map(|(_, id)| id).collect()),
    }
}

struct Half {
    grid: Vec<Cell<5>>,
    campaigns: Vec<Cell<3>>,
}

fn half(columns: &Columns, period: Period) -> Half {
    let slots = columns.currencies.len();
    let first = number(period.from());
    let mut half = Half {
        grid: vec![Cell::EMPTY; period.len() as usize * PLATFORMS * slots],
        campaigns: vec![Cell::EMPTY; columns.campaigns],
    };
    let (five, three) = (picked(columns, FIVE), picked(columns, THREE));
    for row in columns.rows(period) {
        let slot = columns.slots[usize::from(columns.currency[row])];
        let day = usize::from(columns.day[row] - first);
        let place = (day * PLATFORMS + usize::from(columns.platform[row])) * slots + usize::from(slot);
        half.grid[place].add(&five, row, columns.stated[row], slot);
        half.campaigns[columns.campaign[row] as usize].add(&three, row, columns.stated[row], slot);
    }
    half
}

/// The campaign list: all figures by campaign.
pub(crate) fn campaigns(columns: &Columns, period: Period) -> Found {
    let rows = columns.rows(period);
    let middle = rows.start.midpoint(rows.end);
    let scan = |rows: std::ops::Range<usize>| {
        let mut cells = vec![Cell::EMPTY; columns.campaigns];
        let figures = picked(columns, Additive::STORED);
        for row in rows {
            let slot = columns.slots[usize::from(columns.currency[row])];
            cells[columns.campaign[row] as usize].add(&figures, row, columns.stated[row], slot);
        }
        cells
    };
    let (mut cells, others) = both(|| scan(rows.start..middle), || scan(middle..rows.end));
    for (cell, other) in cells.iter_mut().zip(&others) {
        cell.join(other);
    }
    Found {
        totals: totals(columns, cells.iter(), Additive::STORED),
        row_count: Some(cells.iter().filter(|cell| !cell.is_empty()).count() as u64),
        ..Found::default()
    }
}

/// A platform's campaigns by pieces of time.
pub(crate) fn campaigns_by(columns: &Columns, period: Period, grain: Grain, platform: Platform) -> Found {
    let key = |row: usize, _| columns.campaign[row] as usize;
    let groups = grouped(columns, &pieces(period, grain), columns.campaigns, key, platform);
    Found {
        row_count: Some(groups.len() as u64),
        totals: totals(columns, groups.iter(), FIVE),
        ..Found::default()
    }
}

/// A platform by pieces of time. Rows of the same piece in several currencies are one row of the answer.
pub(crate) fn platforms_by(columns: &Columns, period: Period, grain: Grain, platform: Platform) -> Found {
    let slots = columns.currencies.len();
    let key = |row: usize, slot: u8| usize::from(columns.platform[row]) * slots + usize::from(slot);
    let groups = grouped(columns, &pieces(period, grain), PLATFORMS * slots, key, platform);
    Found { totals: totals(columns, groups.iter(), FIVE), ..Found::default() }
}

/// The groups of each piece of time, by key.
fn grouped(
    columns: &Columns,
    pieces: &[Period],
    keys: usize,
    key: impl Fn(usize, u8) -> usize + Sync,
    platform: Platform,
) -> Vec<Cell<5>> {
    let scan = |pieces: &[Period]| {
        let figures = picked(columns, FIVE);
        let mut groups = Vec::new();
        let mut cells = vec![Cell::EMPTY; keys];
        for piece in pieces {
            cells.fill(Cell::EMPTY);
            for row in columns.rows(*piece) {
                if columns.platform[row] == platform.number() {
                    let slot = columns.slots[usize::from(columns.currency[row])];
                    cells[key(row, slot)].add(&figures, row, columns.stated[row], slot);
                }
            }
            groups.extend(cells.iter().filter(|cell| !cell.is_empty()));
        }
        groups
    };
    let (first, second) = pieces.split_at(pieces.len() / 2);
    let (mut groups, others) = both(|| scan(first), || scan(second));
    groups.extend(others);
    groups
}

/// The pieces of time of a period, cut at its ends.
fn pieces(period: Period, grain: Grain) -> Vec<Period> {
    let days: Vec<_> = period.days().collect();
    let pieces = days.chunk_by(|a, b| grain.start(*a) == grain.start(*b));
    pieces.filter_map(|days| Period::new(*days.first()?, *days.last()?).ok()).collect()
}

fn picked<const N: usize>(columns: &Columns, figures: [Additive; N]) -> [&[i64]; N] {
    figures.map(|what| columns.figures[what as usize].as_slice())
}

fn totals<'a, const N: usize>(
    columns: &Columns,
    cells: impl Iterator<Item = &'a Cell<N>>,
    figures: [Additive; N],
) -> Vec<(u16, Sums)> {
    let mut by_slot = vec![Cell::EMPTY; columns.currencies.len()];
    for cell in cells.filter(|cell| !cell.is_empty()) {
        by_slot[usize::from(cell.slot)].join(cell);
    }
    let named = columns.currencies.iter().zip(&by_slot).filter(|(_, cell)| !cell.is_empty());
    named.map(|(currency, cell)| (*currency, cell.sums(figures))).collect()
}

/// Does both at once.
fn both<T: Send>(one: impl FnOnce() -> T + Send, other: impl FnOnce() -> T) -> (T, T) {
    thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        (one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), other)
    })
}
