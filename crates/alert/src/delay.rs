//! How late conversions come, learned from days that were reported more than once.
//!
//! For each age the days that were seen at it and a day later give a step: what share of the later figure was known already.
//! The share known at an age is the product of the steps from there on. (Actuaries call this chain ladder; it uses young days
//! as far as they go and needs none to be settled.) Where a day was not reported between two ages, it is taken to have grown
//! evenly.

use domain::Additive;
use domain::period::days_between;

use crate::course::{Capture, Captures};

/// Ages beyond this are settled.
pub const SETTLED: usize = 45;
/// Without anything learned a day is judged from this age on.
pub const UNLEARNED: usize = 14;
/// Learning has to reach at least this age, else young days are not judged.
const REACH: usize = 7;
/// Conversions that a step must have been seen on.
const LEAST: f64 = 30.0;
/// How many conversions of its own it takes for a subject's steps to count as much as those of the wider group.
const WIDER: f64 = 100.0;
/// A step is never taken to have shown less than this: a day that starts at nothing says little.
const SMALLEST: f64 = 0.05;

/// What is late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Late {
    /// Conversions.
    Conversions,
    /// Revenue.
    Revenue,
}

impl Late {
    /// What comes late of a reported figure, if anything does.
    pub fn of(figure: Additive) -> Option<Self> {
        match figure {
            Additive::Conversions => Some(Self::Conversions),
            Additive::Revenue => Some(Self::Revenue),
            _ => None,
        }
    }

    fn figure(self) -> Additive {
        match self {
            Self::Conversions => Additive::Conversions,
            Self::Revenue => Additive::Revenue,
        }
    }
}

/// What was seen of steps from an age to the next.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Step {
    before: f64,
    after: f64,
    /// Conversions at the later age, for revenue too: what says how sure the step is.
    conversions: f64,
}

/// Steps as they are added up, of one subject or of several.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    conversions: [Step; SETTLED],
    revenue: [Step; SETTLED],
    days: u32,
}

impl Default for Tally {
    fn default() -> Self {
        Self { conversions: [Step::default(); SETTLED], revenue: [Step::default(); SETTLED], days: 0 }
    }
}

impl Tally {
    /// Adds what a subject's days show.
    pub fn add(&mut self, captures: &Captures) {
        for (day, captures) in captures.days() {
            let seen: Vec<(i32, &Capture)> = captures
                .iter()
                .map(|capture| (days_between(day, capture.on), capture))
                // What was seen while the day ran says nothing about delay.
                .filter(|(age, _)| *age > 0)
                .collect();
            let mut is_seen_again = false;
            for pair in seen.windows(2) {
                let ((from, earlier), (to, later)) = (pair[0], pair[1]);
                let steps = to - from;
                if steps <= 0 {
                    continue;
                }
                is_seen_again = true;
                for late in [Late::Conversions, Late::Revenue] {
                    let value =
                        |capture: &Capture| capture.sums.get(late.figure()).map(|value| value as f64 / 1e6);
                    let (Some(first), Some(last)) = (value(earlier), value(later)) else { continue };
                    let conversions = later.sums.conversions_e6.unwrap_or(0) as f64 / 1e6;
                    let at = |step: i32| first + (last - first) * f64::from(step) / f64::from(steps);
                    for step in 0..steps {
                        let tallied = match late {
                            Late::Conversions => &mut self.conversions,
                            Late::Revenue => &mut self.revenue,
                        };
                        let Some(tally) =
                            usize::try_from(from + step).ok().and_then(|age| tallied.get_mut(age))
                        else {
                            break;
                        };
                        tally.before += at(step);
                        tally.after += at(step + 1);
                        tally.conversions += conversions;
                    }
                }
            }
            self.days += u32::from(is_seen_again);
        }
    }

    /// Adds what others add up to.
    pub fn merge(&mut self, other: &Self) {
        let pairs = self.conversions.iter_mut().zip(&other.conversions);
        for (own, other) in pairs.chain(self.revenue.iter_mut().zip(&other.revenue)) {
            own.before += other.before;
            own.after += other.after;
            own.conversions += other.conversions;
        }
        self.days += other.days;
    }

    /// The delay that this shows, leaning on that of a wider group where little was seen.
    pub fn delay(&self, wider: Option<&Delay>) -> Delay {
        let curve = |steps: &[Step; SETTLED], wider: Option<&Curve>| Curve::of(steps, wider);
        Delay {
            conversions: curve(&self.conversions, wider.map(|wider| &wider.conversions)),
            revenue: curve(&self.revenue, wider.map(|wider| &wider.revenue)),
            days: self.days,
        }
    }
}

/// How much of a day is known at each age.
#[derive(Debug, Clone, PartialEq)]
pub struct Delay {
    conversions: Curve,
    revenue: Curve,
    days: u32,
}

impl Default for Delay {
    /// Nothing was learned: only days that are two weeks old are known.
    fn default() -> Self {
        Tally::default().delay(None)
    }
}

/// The steps that were learned, and what they come to.
#[derive(Debug, Clone, Default, PartialEq)]
struct Curve {
    /// By age: the share of the next age's figure, and on how many conversions that rests. Absent where too little was seen.
    steps: Vec<Option<(f64, f64)>>,
    /// By age: the share of what is known at the oldest age that was learned.
    known: Vec<Option<f64>>,
}

impl Curve {
    fn of(steps: &[Step; SETTLED], wider: Option<&Self>) -> Self {
        let step = |(age, own): (usize, &Step)| {
            let wide = wider.and_then(|wider| wider.steps.get(age).copied().flatten());
            let share = (own.after > 0.0).then(|| (own.before / own.after).clamp(SMALLEST, 1.5));
            match (share, wide) {
                (Some(share), Some((wide, rests_on))) => {
                    let weight = own.conversions / (own.conversions + WIDER);
                    Some((share * weight + wide * (1.0 - weight), rests_on.max(own.conversions)))
                }
                (Some(share), None) => Some((share, own.conversions)),
                (None, wide) => wide,
            }
            .filter(|(_, conversions)| *conversions >= LEAST)
        };
        let steps: Vec<Option<(f64, f64)>> = steps.iter().enumerate().map(step).collect();
        let oldest = steps.iter().rposition(Option::is_some).map_or(0, |age| age + 1);
        let mut known = vec![None; SETTLED];
        if oldest >= REACH {
            let mut share = Some(1.0);
            known[oldest.min(SETTLED - 1)..].fill(Some(1.0));
            for age in (0..oldest).rev() {
                share = share.zip(steps[age]).map(|(share, (step, _))| share * step);
                known[age] = share;
            }
        }
        Self { steps, known }
    }

    fn known(&self, age: i32) -> Option<f64> {
        let age = usize::try_from(age).ok().filter(|age| *age > 0)?;
        match self.known.get(age) {
            None => Some(1.0),
            Some(Some(share)) => Some(*share),
            // Nothing learned: what is old enough is taken as it is.
            Some(None) => (age >= UNLEARNED).then_some(1.0),
        }
    }
}

impl Delay {
    /// The share of a figure that days had shown at an age, of what they show in the end; absent where that was not learned.
    pub fn known(&self, late: Late, age: i32) -> Option<f64> {
        match late {
            Late::Conversions => self.conversions.known(age),
            Late::Revenue => self.revenue.known(age),
        }
    }

    /// Whether young days can be judged.
    pub fn is_learned(&self) -> bool {
        self.conversions.known.iter().any(Option::is_some)
    }

    /// How many days were seen more than once.
    pub fn days(&self) -> u32 {
        self.days
    }
}

#[cfg(test)]
mod tests {
    use domain::Sums;
    use jiff::ToSpan;
    use jiff::civil::{Date, date};

    use super::*;

    const SHARES: [f64; 15] =
        [0.34, 0.55, 0.60, 0.65, 0.68, 0.71, 0.735, 0.76, 0.78, 0.80, 0.82, 0.84, 0.85, 0.86, 0.87];

    fn history(each: &[i32], conversions: f64) -> Captures {
        let mut captures = Captures::default();
        for n in 0..40 {
            let day: Date = date(2026, 9, 1).saturating_add(n.days());
            for age in each {
                let seen = conversions * SHARES[*age as usize] * 1e6;
                let sums = Sums {
                    conversions_e6: Some(seen as i64),
                    revenue_micros: Some(seen as i64 * 3),
                    ..Sums::NONE
                };
                captures.add(day, Capture { on: day.saturating_add(age.days()), sums });
            }
        }
        captures
    }

    #[test]
    fn the_delay_is_learned_from_what_was_reported_again() {
        let mut tally = Tally::default();
        tally.add(&history(&(0..15).collect::<Vec<_>>(), 100.0));
        let delay = tally.delay(None);
        assert!(delay.is_learned());
        assert_eq!(delay.days(), 40);
        for age in 1..15 {
            let told = delay.known(Late::Conversions, age).unwrap();
            assert!((told - SHARES[age as usize] / 0.87).abs() < 1e-3, "{age}: {told}");
            assert!((delay.known(Late::Revenue, age).unwrap() - told).abs() < 1e-3);
        }
        assert_eq!(delay.known(Late::Conversions, 30), Some(1.0));
        assert_eq!(delay.known(Late::Conversions, 0), None, "a day that runs is not judged");
    }

    #[test]
    fn reports_once_a_week_teach_it_too() {
        let mut tally = Tally::default();
        tally.add(&history(&[1, 8, 14], 100.0));
        let told = tally.delay(None).known(Late::Conversions, 1).unwrap();
        assert!((told - 0.55 / 0.87).abs() < 1e-3, "{told}");
    }

    #[test]
    fn nothing_is_made_up_from_nothing() {
        let unlearned = Tally::default().delay(None);
        assert!(!unlearned.is_learned());
        assert_eq!(
            (unlearned.known(Late::Conversions, 13), unlearned.known(Late::Conversions, 14)),
            (None, Some(1.0))
        );
        let mut few = Tally::default();
        few.add(&history(&[1, 3], 100.0));
        assert!(!few.delay(None).is_learned(), "what is seen for three days says nothing of two weeks");
        let mut rare = Tally::default();
        rare.add(&history(&[1, 8, 14], 0.5));
        assert!(!rare.delay(None).is_learned());
    }

    #[test]
    fn a_small_subject_leans_on_the_wider_group() {
        let (mut wide, mut own) = (Tally::default(), Tally::default());
        wide.add(&history(&[1, 8, 14], 1_000.0));
        let mut quick = Captures::default();
        let day = date(2026, 9, 1);
        for on in [2, 9, 15] {
            let sums = Sums { conversions_e6: Some(10_000_000), ..Sums::NONE };
            quick.add(day, Capture { on: date(2026, 9, on), sums });
        }
        own.add(&quick);
        let wider = wide.delay(None);
        let (wide, own) = (
            wider.known(Late::Conversions, 1).unwrap(),
            own.delay(Some(&wider)).known(Late::Conversions, 1).unwrap(),
        );
        assert!(wide < own && own < wide + 0.1, "{wide} {own}");
    }
}
