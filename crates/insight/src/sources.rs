//! Sources: for each account and level the days that are known and from which imports, and how much days changed after they
//! were first told.

use std::collections::{BTreeMap, HashMap};

use domain::period::days_between;
use domain::{ImportId, Level, Micros, Period};
use jiff::Timestamp;
use jiff::civil::Date;
use store::facts::{Account, AccountId, KnownSegment};

use crate::view::View;
use crate::{Bound, Insight, InsightError, sql};

/// After how many days restatement is told: what was known of a day at most so many days later, since the one before.
pub const AGES: [i32; 5] = [1, 3, 7, 14, 28];

/// What is known of one account.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The account.
    pub account: Account,
    /// Its levels, from the widest.
    pub levels: Vec<SourceLevel>,
}

/// What is known of one account at one level.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceLevel {
    /// The level.
    pub level: Level,
    /// From the first to the last known day.
    pub days: Period,
    /// How many of them are known.
    pub known_days: u32,
    /// The days between that are not known.
    pub gaps: Vec<Period>,
    /// When the platform was last asked.
    pub captured_at: Timestamp,
    /// Days that were not over when the platform was asked.
    pub provisional: Vec<Date>,
    /// The imports that are believed, newest first, each with the days it is believed for.
    pub imports: Vec<(ImportId, u32)>,
    /// How much of what is believed now was known after each of [`AGES`].
    pub restated: [Restated; AGES.len()],
}

/// What was known of some days at an age, against what is believed of the same days now, from later captures.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Restated {
    /// How many days can be compared.
    pub days: u32,
    /// Spend then and now, in micros of the account's currency.
    pub spend: ThenNow,
    /// Conversions (orders of a source of record) then and now, in millionths.
    pub conversions: ThenNow,
    /// Revenue then and now, in micros of the account's currency.
    pub revenue: ThenNow,
}

/// A sum then, and the sum of the same days now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ThenNow {
    /// Then.
    pub then: i64,
    /// Now.
    pub now: i64,
}

impl ThenNow {
    /// The share that was known then: 0.55 means that the sum has nearly doubled since. Absent where nothing is believed now.
    pub fn share(self) -> Option<f64> {
        (self.now != 0).then(|| self.then as f64 / self.now as f64)
    }

    fn add(&mut self, then: i64, now: i64) {
        self.then = self.then.saturating_add(then);
        self.now = self.now.saturating_add(now);
    }
}

/// What an import told of a day in all: spend, conversions, revenue.
pub(crate) type Told = [Micros; 3];

/// An import's claim to know days of a scope.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Capture {
    pub import: ImportId,
    pub captured_at: i64,
    pub captured_day: Date,
    pub days: Period,
}

type Scope = (AccountId, Level);

impl Insight {
    /// What is known of each account of a workspace, now or as it was known at a time. Restatement is told of the days of `window`.
    ///
    /// # Errors
    /// If the facts can't be read.
    pub fn sources(
        &self,
        bound: &Bound,
        as_of: Option<Timestamp>,
        window: Period,
    ) -> Result<Vec<Source>, InsightError> {
        self.view(|view| sources(view, bound, as_of, window))
    }
}

fn sources(
    view: &View<'_>,
    bound: &Bound,
    as_of: Option<Timestamp>,
    window: Period,
) -> Result<Vec<Source>, InsightError> {
    let known = view.known(bound, as_of)?;
    let until = as_of.map_or(i64::MAX, Timestamp::as_microsecond);
    let captures = sql::captures(view.connection, bound, window)?;
    let told = sql::days_told(view.connection, bound, window)?;
    let level = |scope: &store::facts::KnownScope| -> Option<SourceLevel> {
        let key = (scope.account, scope.level);
        let captures: Vec<Capture> = captures
            .get(&key)
            .map(|all| all.iter().filter(|capture| capture.captured_at <= until).copied().collect())
            .unwrap_or_default();
        let restated = restated(window, &captures, |import, day| told.get(&(key, import, day)).copied());
        source_level(scope.level, &scope.segments, restated)
    };
    let source = |account: &Account| Source {
        account: account.clone(),
        levels: known
            .scopes
            .iter()
            .filter(|scope| scope.account == account.account)
            .filter_map(level)
            .collect(),
    };
    Ok(known.accounts.iter().map(source).filter(|source| !source.levels.is_empty()).collect())
}

fn source_level(
    level: Level,
    segments: &[KnownSegment],
    restated: [Restated; AGES.len()],
) -> Option<SourceLevel> {
    let (first, last) = (segments.first()?, segments.last()?);
    let between = |pair: &[KnownSegment]| {
        let (from, to) = (pair[0].period.to().tomorrow().ok()?, pair[1].period.from().yesterday().ok()?);
        Period::new(from, to).ok()
    };
    let mut imports: BTreeMap<ImportId, u32> = BTreeMap::new();
    for segment in segments {
        *imports.entry(segment.import).or_default() += segment.period.len().unsigned_abs();
    }
    let provisional = segments
        .iter()
        .filter_map(|segment| Some(Period::new(segment.provisional_from?, segment.period.to()).ok()?.days()));
    Some(SourceLevel {
        level,
        days: first.period.hull(last.period),
        known_days: imports.values().sum(),
        gaps: segments.windows(2).filter_map(between).collect(),
        captured_at: segments.iter().map(|segment| segment.captured_at).max()?,
        provisional: provisional.flatten().collect(),
        imports: imports.into_iter().rev().collect(),
        restated,
    })
}

/// How much of the days of `window` was known at each age. A day that an import covers without a row is told as nothing.
fn restated(
    window: Period,
    captures: &[Capture],
    told: impl Fn(ImportId, Date) -> Option<Told>,
) -> [Restated; AGES.len()] {
    let mut restated = [Restated::default(); AGES.len()];
    for day in window.days() {
        // In the order in which they were taken: the last one is believed.
        let of_day: Vec<&Capture> = captures.iter().filter(|capture| capture.days.contains(day)).collect();
        let [earlier @ .., last] = of_day.as_slice() else { continue };
        let age = |capture: &Capture| days_between(day, capture.captured_day);
        for (n, oldest) in AGES.iter().enumerate() {
            let youngest = if n == 0 { 0 } else { AGES[n - 1] };
            let is_of_age = |capture: &&&Capture| age(capture) > youngest && age(capture) <= *oldest;
            let Some(then) = earlier.iter().rev().find(is_of_age).filter(|_| age(last) > *oldest) else {
                continue;
            };
            let (then, now) = (told(then.import, day), told(last.import, day));
            let (then, now) = (then.unwrap_or_default(), now.unwrap_or_default());
            let place = &mut restated[n];
            place.days += 1;
            place.spend.add(then[0], now[0]);
            place.conversions.add(then[1], now[1]);
            place.revenue.add(then[2], now[2]);
        }
    }
    restated
}

/// Claims by scope, in the order in which they were taken.
pub(crate) type Captures = HashMap<Scope, Vec<Capture>>;

/// What was told of each day by each import.
pub(crate) type DaysTold = HashMap<(Scope, ImportId, Date), Told>;

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn day(n: i8) -> Date {
        date(2026, 10, n)
    }

    #[test]
    fn a_day_is_compared_with_itself_at_each_age() {
        let capture = |import, captured: i8| Capture {
            import,
            captured_at: i64::from(captured),
            captured_day: day(captured),
            days: Period::new(day(1), day(captured)).unwrap(),
        };
        // Day 1 is told a day after, two days after, a week after, and a fortnight and a day after.
        let captures = [capture(1, 2), capture(2, 3), capture(3, 8), capture(4, 16)];
        let told = |import: ImportId, of: Date| {
            let conversions = [0, 50, 60, 80, 100][import as usize];
            (of == day(1)).then_some([10, conversions, 0])
        };
        let window = Period::new(day(1), day(1)).unwrap();
        let at = restated(window, &captures, told);
        let shares: Vec<_> = at.iter().map(|at| (at.days, at.conversions.share())).collect();
        assert_eq!(
            shares,
            [(1, Some(0.5)), (1, Some(0.6)), (1, Some(0.8)), (0, None), (0, None)],
            "the last capture is fifteen days old: nothing later tells what 14 days were worth"
        );
        assert_eq!(at[0].spend.share(), Some(1.0));
        assert_eq!(at[0].revenue.share(), None, "there was none");
    }

    #[test]
    fn gaps_are_the_days_between() {
        let segment = |import, from, to, provisional: Option<i8>| KnownSegment {
            period: Period::new(day(from), day(to)).unwrap(),
            import,
            captured_at: Timestamp::UNIX_EPOCH,
            provisional_from: provisional.map(day),
        };
        let segments = [segment(3, 1, 4, None), segment(4, 5, 6, None), segment(3, 9, 12, Some(12))];
        let level = source_level(Level::Campaign, &segments, Default::default()).unwrap();
        assert_eq!(level.gaps, [Period::new(day(7), day(8)).unwrap()]);
        assert_eq!((level.known_days, level.days.len()), (10, 12));
        assert_eq!(level.imports, [(4, 2), (3, 8)]);
        assert_eq!(level.provisional, [day(12)]);
    }
}
