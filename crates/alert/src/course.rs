//! The days of a subject as they were reported: each with the age at which it was seen, and once more each time it was.

use std::collections::BTreeMap;

use domain::Sums;
use domain::period::days_between;
use jiff::civil::Date;

/// A day as it was last seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub day: Date,
    /// How many days after it the platform was asked: 0 means that it was not over.
    pub age: i32,
    /// Its figures.
    pub sums: Sums,
}

/// The known days of a subject in order. Days that are not known are not there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Course {
    /// The days.
    pub days: Vec<Day>,
}

impl Course {
    /// The days that were over when they were reported, from `from` to `to`, both included.
    pub fn over(&self, from: Date, to: Date) -> impl Iterator<Item = &Day> {
        self.days.iter().filter(move |day| day.age > 0 && from <= day.day && day.day <= to)
    }

    /// The last day that was over when it was reported.
    pub fn newest(&self) -> Option<Date> {
        self.days.iter().rev().find(|day| day.age > 0).map(|day| day.day)
    }
}

/// What a day was reported as, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capture {
    /// The day on which the platform was asked, in the account's time.
    pub on: Date,
    /// What it said.
    pub sums: Sums,
}

/// Everything that was reported of a subject's days, each day's captures in the order in which they were taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Captures {
    days: BTreeMap<Date, Vec<Capture>>,
}

impl Captures {
    /// Adds what was reported of a day.
    pub fn add(&mut self, day: Date, capture: Capture) {
        let captures = self.days.entry(day).or_default();
        let place = captures.partition_point(|other| other.on <= capture.on);
        captures.insert(place, capture);
    }

    /// The days, each with what was reported of it.
    pub fn days(&self) -> impl Iterator<Item = (Date, &[Capture])> {
        self.days.iter().map(|(day, captures)| (*day, captures.as_slice()))
    }

    /// The first day on which anything was reported.
    pub fn first_on(&self) -> Option<Date> {
        self.days.values().filter_map(|captures| captures.first()).map(|capture| capture.on).min()
    }

    /// What was reported by a day.
    #[must_use]
    pub fn until(&self, today: Date) -> Self {
        let taken = |captures: &Vec<Capture>| {
            captures.iter().take_while(|capture| capture.on <= today).copied().collect()
        };
        Self { days: self.days.range(..today).map(|(day, captures)| (*day, taken(captures))).collect() }
    }

    /// What was known on `today`. Before anything was reported at all, days are told as they were first reported later, at the
    /// age that they had then: that is how a history which came in at once can be replayed.
    pub fn as_of(&self, today: Date) -> Course {
        let is_before_all = self.first_on().is_none_or(|first| today < first);
        let seen = |(day, captures): (&Date, &Vec<Capture>)| {
            let then = captures.iter().rev().find(|capture| capture.on <= today);
            let capture = match is_before_all {
                true => captures.first(),
                false => then,
            }?;
            Some(Day { day: *day, age: days_between(*day, capture.on).max(0), sums: capture.sums })
        };
        Course { days: self.days.range(..today).filter_map(seen).collect() }
    }
}
