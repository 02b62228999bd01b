//! A campaign with a character: what it spends, what a click costs and what comes of it.

use jiff::ToSpan;
use jiff::civil::Date;
use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;

use crate::figures::{Counting, Figures};
use crate::name::{Kind, Name};
use crate::season;

/// One campaign.
#[derive(Debug, Clone)]
pub(crate) struct Campaign {
    pub name: String,
    pub kind: Kind,
    /// What is advertised, for example "Tents".
    pub theme: &'static str,
    /// The platform's number for it.
    pub id: u64,
    pub life: Life,
    /// Usual cost of a day, in main units of the currency.
    pub budget: f64,
    character: Character,
    /// A slow wandering of demand around 0.
    drift: f64,
}

/// The days on which a campaign runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Life {
    pub first: Date,
    /// The last day and why it was the last, if there was one.
    pub last: Option<(Date, End)>,
}

/// Why a campaign stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Paused,
    Ended,
}

impl Life {
    pub fn includes(&self, day: Date) -> bool {
        self.first <= day && self.last.is_none_or(|(last, _)| day <= last)
    }

    /// How it had ended by `day`, if it had.
    pub fn end_by(&self, day: Date) -> Option<End> {
        self.last.filter(|(last, _)| *last < day).map(|(_, end)| end)
    }

    /// Somewhere within `days` up to `until`: half run all the time, some start late, some stop early.
    fn invent(rng: &mut ChaCha8Rng, until: Date, days: i32) -> Self {
        let before = |days: i32| until.saturating_sub(days.days());
        let start = if rng.random_bool(0.5) { days } else { rng.random_range(60..days) };
        let last = rng.random_bool(0.25).then(|| {
            let end = if rng.random_bool(0.5) { End::Paused } else { End::Ended };
            (before(rng.random_range(2..start - 40)), end)
        });
        Self { first: before(start), last }
    }
}

#[derive(Debug, Clone, Copy)]
struct Character {
    /// Main units of the currency.
    cost_per_click: f64,
    click_rate: f64,
    conversion_rate: f64,
    /// Main units of the currency.
    order_value: f64,
    /// Delivery at weekends against weekdays.
    weekend: f64,
    /// How strongly it follows the season.
    seasonality: f64,
    /// Growth of delivery in a day.
    trend: f64,
    /// Standard deviation of a day's delivery.
    unrest: f64,
}

impl Campaign {
    /// A campaign that lived somewhere in the `days` up to `until`.
    pub fn invent(rng: &mut ChaCha8Rng, name: Name, until: Date, days: i32) -> Self {
        let life = Life::invent(rng, until, days);
        Self::with_life(rng, name, life)
    }

    pub fn with_life(rng: &mut ChaCha8Rng, name: Name, life: Life) -> Self {
        let typical = name.kind.typical();
        let mut between = |(low, high): (f64, f64)| low + (high - low) * rng.random::<f64>();
        let size = between((0.0, 1.0));
        let cost_per_click = between(typical.cost_per_click);
        let order_value = between((55.0, 165.0));
        let character = Character {
            cost_per_click,
            click_rate: between(typical.click_rate),
            conversion_rate: between(typical.roas) * cost_per_click / order_value,
            order_value,
            weekend: between((0.7, 1.25)),
            seasonality: between((0.4, 1.1)),
            trend: between((-0.0006, 0.0012)),
            unrest: between((0.08, 0.2)),
        };
        let budget = (18.0 + 620.0 * size * size * size).round();
        let id = 10_000_000_000 + rng.next_u64() % 13_000_000_000;
        Self { name: name.text, kind: name.kind, theme: name.theme, id, life, budget, character, drift: 0.0 }
    }

    /// What `day` brings in the end. Call it for every day in turn: what happens is random and wanders.
    pub fn deliver(&mut self, rng: &mut ChaCha8Rng, day: Day, counting: Counting) -> Figures {
        let character = self.character;
        self.drift = 0.93 * self.drift + 0.05 * normal(rng);
        let season = 1.0 + (day.demand - 1.0) * character.seasonality;
        let weekly = if day.is_weekend { character.weekend } else { 1.0 };
        let trend = (1.0 + character.trend * f64::from(day.number)).max(0.4);
        let chance = 1.0 + character.unrest * normal(rng);
        let cost = self.budget * season * weekly * trend * (1.0 + self.drift) * chance;

        let mood = normal(rng);
        let clicks = whole(cost / (character.cost_per_click * (1.0 + 0.08 * mood)), rng);
        if clicks == 0 {
            return Figures { impressions: 1 + rng.next_u64() % 20, ..Figures::default() };
        }
        let impressions = clicks as f64 / (character.click_rate * (1.0 - 0.07 * mood));
        let converting = character.conversion_rate * (1.0 + 0.22 * normal(rng)) * (0.8 + 0.2 * day.demand);
        let conversions = counted(clicks as f64 * converting, counting, rng);
        let value = conversions as f64 * character.order_value * (1.0 + 0.12 * normal(rng));
        Figures {
            cost: (cost * 100.0) as u64,
            clicks,
            impressions: (impressions as u64).max(clicks),
            conversions,
            value: value as u64,
        }
    }
}

/// A day as campaigns feel it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day {
    /// Days since the first.
    pub number: i32,
    demand: f64,
    is_weekend: bool,
}

impl Day {
    pub fn new(number: i32, date: Date) -> Self {
        Self { number, demand: season::demand(date), is_weekend: season::is_weekend(date) }
    }
}

/// Conversions in hundredths, as finely as they are counted.
fn counted(expected: f64, counting: Counting, rng: &mut ChaCha8Rng) -> u64 {
    match counting {
        Counting::Shared if expected >= 3.0 => (expected * 100.0) as u64,
        Counting::Shared => (whole(expected, rng) * 100).saturating_sub(rng.next_u64() % 67),
        Counting::Whole => whole(expected, rng) * 100,
    }
}

/// A whole number that is `expected` on average.
fn whole(expected: f64, rng: &mut ChaCha8Rng) -> u64 {
    (expected + rng.random::<f64>()) as u64
}

/// A number around 0 with deviation 1 and never beyond 3.5: the sum of four uniform ones. No logarithm is needed, so that
/// every machine gets the same.
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    let bits = rng.next_u64();
    let sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
    (sum as f64 / 65_536.0 - 2.0) * 1.732_050_8
}
