//! A rule on the past: when it would have fired, had it been there.

use domain::{Currency, Period};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::course::Captures;
use crate::delay::{Delay, Tally};
use crate::judge::judge;
use crate::rule::Rule;
use crate::state::{Event, State, step};

/// A subject and what else its delay is learned from.
#[derive(Debug)]
pub struct Subject<'s> {
    /// What was reported of it.
    pub own: &'s Captures,
    /// What was reported of the account that it belongs to.
    pub account: &'s Captures,
    /// What its money is counted in.
    pub currency: Currency,
}

/// A time in which a rule would have fired.
#[derive(Debug, Clone, PartialEq)]
pub struct Episode {
    /// The day on which it would have fired.
    pub fired: Date,
    /// The day on which it would have been over; `None` if it still goes on.
    pub resolved: Option<Date>,
    /// What it would have said.
    pub words: String,
}

/// When a rule on figures would have fired, looking once on each of these days, at what was known by then.
pub fn replay(rule: &Rule, subject: &Subject<'_>, days: Period) -> Vec<Episode> {
    let mut state = State::Calm { until: None };
    let mut episodes: Vec<Episode> = Vec::new();
    for today in days.days() {
        let course = subject.own.as_of(today);
        let judged = judge(&rule.condition, &course, &learned(subject, today), subject.currency, today);
        let (next, event) = step(state, judged.reading, rule.hold(), rule.cooldown(), midnight(today));
        match event {
            Some(Event::Fired) => {
                episodes.push(Episode { fired: today, resolved: None, words: judged.words });
            }
            Some(Event::Resolved) => {
                if let Some(episode) = episodes.last_mut() {
                    episode.resolved = Some(today);
                }
            }
            _ => {}
        }
        state = next;
    }
    episodes
}

/// What was known of a subject's delay on a day; before anything was reported, what was learned later.
fn learned(subject: &Subject<'_>, today: Date) -> Delay {
    let tally = |captures: &Captures| {
        let mut tally = Tally::default();
        match captures.first_on().is_none_or(|first| today < first) {
            true => tally.add(captures),
            false => tally.add(&captures.until(today)),
        }
        tally
    };
    let account = tally(subject.account).delay(None);
    if std::ptr::eq(subject.own, subject.account) {
        return account;
    }
    tally(subject.own).delay(Some(&account))
}

fn midnight(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}
