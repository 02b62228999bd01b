//! Invented histories in which conversions come late, and what rules say of them day by day.
//!
//! The delay is that of one real account, as a share of what is reported in the end: of cost 45 % on the day itself and all a
//! day later; of conversions 34 %, 55 %, 65 %, 76 %, 84 %, 87 % after 0, 1, 3, 7, 11 and 14 days, the rest by day 30. Each history
//! stretches it by its own measure. Days differ by weekday, by luck, and by more than luck.

use std::collections::BTreeSet;

use alert::{Capture, Captures, Condition, Direction, Rule, Scope, Severity};
use domain::{Currency, Metric, Period, Sums};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Known shares of conversions by age.
const KNOWN: [(i32, f64); 7] =
    [(0, 0.34), (1, 0.55), (3, 0.65), (7, 0.76), (11, 0.84), (14, 0.87), (30, 1.0)];
const FIRST: Date = date(2026, 3, 1);
/// Days from which is learned, days that are replayed with delay alone, and days after the cost of a conversion has doubled.
pub const LEARNED: i32 = 45;
pub const QUIET: i32 = 60;
pub const DOUBLED: i32 = 14;
/// Days that are reported anew each morning, as connectors do.
const WINDOW: i32 = 30;
/// What a conversion costs before it costs twice as much.
const USUAL_COST: f64 = 30.0;

/// A history as it was reported, morning by morning.
pub struct History {
    pub captures: Captures,
}

pub fn day(n: i32) -> Date {
    FIRST.saturating_add(n.days())
}

/// The days on which a rule looks.
pub fn replayed() -> Period {
    Period::new(day(LEARNED), day(LEARNED + QUIET + DOUBLED)).unwrap()
}

/// The first day on which a conversion costs twice as much.
pub fn doubled_from() -> Date {
    day(LEARNED + QUIET)
}

fn known(age: f64) -> f64 {
    let pair = KNOWN.windows(2).find(|pair| age < f64::from(pair[1].0));
    let Some(&[(from, low), (to, high)]) = pair.map(|pair| <&[_; 2]>::try_from(pair).unwrap()) else {
        return 1.0;
    };
    low + (high - low) * (age - f64::from(from)) / f64::from(to - from)
}

fn normal(rng: &mut impl Rng) -> f64 {
    let (a, b): (f64, f64) = (rng.random_range(1e-12..1.0), rng.random());
    (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
}

/// A count around a mean: exact where small, rounded normal where large.
fn count(rng: &mut impl Rng, mean: f64) -> u32 {
    if mean > 60.0 {
        return (mean + mean.sqrt() * normal(rng)).round().max(0.0) as u32;
    }
    let (mut left, mut counted) = (1.0, 0);
    loop {
        left *= rng.random::<f64>();
        if left < (-mean).exp() {
            return counted;
        }
        counted += 1;
    }
}

impl History {
    /// The history of a seed, with so many conversions on a usual day.
    pub fn of(seed: u64, volume: f64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let stretch = rng.random_range(0.8..1.25);
        let mut captures = Captures::default();
        for n in 0..LEARNED + QUIET + DOUBLED {
            let weekday = if n % 7 < 5 { 1.08 } else { 0.8 };
            let busy = weekday * (0.15 * normal(&mut rng)).exp();
            // Days vary by more than chance: the conversion rate has days too.
            let rate = (0.06 * normal(&mut rng)).exp();
            let spend = USUAL_COST * volume * busy;
            let cost = if n >= LEARNED + QUIET { 2.0 } else { 1.0 };
            let conversions = count(&mut rng, volume * busy * rate / cost);
            let mut by_age = [0u32; WINDOW as usize + 1];
            for _ in 0..conversions {
                let luck: f64 = rng.random();
                let age = (0..WINDOW).find(|age| luck < known(f64::from(*age) / stretch)).unwrap_or(WINDOW);
                by_age[age as usize] += 1;
            }
            let mut seen = 0;
            for age in 0..=WINDOW {
                seen += by_age[age as usize];
                let spent = if age == 0 { 0.45 * spend } else { spend };
                let sums = Sums {
                    spend_micros: Some((spent * 1e6) as i64),
                    clicks: Some((spent * 2.0) as i64),
                    conversions_e6: Some(i64::from(seen) * 1_000_000),
                    revenue_micros: Some(i64::from(seen) * 80_000_000),
                    ..Sums::NONE
                };
                captures.add(day(n), Capture { on: day(n + age), sums });
            }
        }
        Self { captures }
    }
}

/// The rule that the promises are about: a conversion costs half as much again as in the four weeks before.
pub fn rule() -> Rule {
    Rule {
        name: "A conversion costs half as much again".to_owned(),
        condition: Condition::Change {
            metric: Metric::Cpa,
            is: Direction::Above,
            by: 0.5,
            days: 7,
            baseline_days: 28,
            clear: None,
        },
        scope: Scope::default(),
        severity: Severity::Normal,
        hold_minutes: 0,
        cooldown_minutes: 0,
        channels: BTreeSet::new(),
        quiet_hours: None,
        escalate_after_minutes: None,
        escalate_to: BTreeSet::new(),
        is_on: true,
    }
}

/// The days on which a rule that takes every figure as final would have sounded: yesterday's cost against that of the four weeks
/// before, higher by a share.
pub fn naive(captures: &Captures, days: Period, by: f64) -> Vec<Date> {
    let cost = |days: &[alert::Day]| {
        let sum =
            |of: fn(&Sums) -> Option<i64>| days.iter().filter_map(|day| of(&day.sums)).sum::<i64>() as f64;
        sum(|sums| sums.spend_micros) / sum(|sums| sums.conversions_e6)
    };
    let sounds = |today: &Date| {
        let days: Vec<alert::Day> =
            captures.as_of(*today).days.into_iter().filter(|day| day.age > 0).collect();
        let Some((yesterday, before)) = days.split_last() else { return false };
        let usual = &before[before.len().saturating_sub(28)..];
        cost(&[*yesterday]) > (1.0 + by) * cost(usual)
    };
    days.days().filter(sounds).collect()
}

/// What the two rules said of one history.
#[derive(Debug, Clone, Copy, Default)]
pub struct Outcome {
    /// Days on which the naive rule sounded although nothing had changed: at a fifth more, and at half as much again.
    pub naive_false: [u32; 2],
    /// Alerts of ours although nothing had changed, that the figures of the same days did not bear out in the end.
    pub false_alerts: u32,
    /// Those that they did bear out: by chance a conversion did cost a third more, for a day or two.
    pub borne_out: u32,
    /// After how many whole days of doubled cost ours fired; absent if it did not within two weeks.
    pub found_after: Option<i32>,
}

pub fn outcome(history: &History) -> Outcome {
    let subject = alert::preview::Subject {
        own: &history.captures,
        account: &history.captures,
        currency: Currency::UNKNOWN,
    };
    let episodes = alert::replay(&rule(), &subject, replayed());
    let changed = doubled_from();
    // The first morning on which a day of doubled cost was over is the one after it.
    let (before, after): (Vec<_>, Vec<_>) = episodes.iter().partition(|episode| episode.fired <= changed);
    Outcome {
        naive_false: [0.2, 0.5].map(|by| {
            naive(&history.captures, replayed(), by).iter().filter(|day| **day <= changed).count() as u32
        }),
        false_alerts: before.iter().filter(|episode| !is_borne_out(history, episode.fired)).count() as u32,
        borne_out: before.iter().filter(|episode| is_borne_out(history, episode.fired)).count() as u32,
        found_after: after.first().map(|episode| domain::period::days_between(changed, episode.fired)),
    }
}

/// Whether the last days before an alert came, in the end, to at least a third more than the usual cost of a conversion.
fn is_borne_out(history: &History, fired: Date) -> bool {
    (2..=7).any(|days| {
        let period = Period::ending(fired.yesterday().unwrap(), days);
        let last = history
            .captures
            .days()
            .filter(|(day, _)| period.contains(*day))
            .filter_map(|(_, all)| all.last());
        let (spend, conversions) = last.fold((0, 0), |(spend, conversions), last| {
            (spend + last.sums.spend_micros.unwrap(), conversions + last.sums.conversions_e6.unwrap())
        });
        spend as f64 / conversions as f64 > USUAL_COST * 4.0 / 3.0
    })
}

/// Outcomes added up.
#[derive(Debug, Clone, Copy, Default)]
pub struct Table {
    pub histories: u32,
    pub naive_false: [u32; 2],
    pub false_alerts: u32,
    pub borne_out: u32,
    pub in_two_days: u32,
    pub in_a_week: u32,
}

/// The volumes, in conversions on a usual day, and 50 histories of each.
pub const VOLUMES: [f64; 4] = [20.0, 60.0, 200.0, 600.0];

pub fn table() -> Vec<(f64, Table)> {
    let of = |(n, volume): (usize, &f64)| {
        let mut table = Table::default();
        for seed in 0..50 {
            let outcome = outcome(&History::of(n as u64 * 1_000 + seed, *volume));
            table.histories += 1;
            for (sum, one) in table.naive_false.iter_mut().zip(outcome.naive_false) {
                *sum += one;
            }
            table.false_alerts += outcome.false_alerts;
            table.borne_out += outcome.borne_out;
            table.in_two_days += u32::from(outcome.found_after.is_some_and(|days| days <= 2));
            table.in_a_week += u32::from(outcome.found_after.is_some_and(|days| days <= 7));
        }
        (*volume, table)
    };
    VOLUMES.iter().enumerate().map(of).collect()
}
