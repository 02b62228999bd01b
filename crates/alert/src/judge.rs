//! What a rule says of the days of a subject: beyond, clear or in between, in words that say how it was judged.

use domain::{Additive, Currency, Formula, Metric, Micros, Unit};
use jiff::ToSpan;
use jiff::civil::Date;

use crate::counts::{at_least, at_least_of, at_most, at_most_of, dispersed};
use crate::course::{Course, Day};
use crate::delay::{Delay, Late};
use crate::rule::{Condition, Direction};
use crate::state::Reading;

/// Days before those that are looked at, from which is learned how much days vary.
pub const USUAL_DAYS: u32 = 28;
/// Figures that end longer ago are not judged: nothing is known of now.
const OLD_DAYS: i32 = 10;
/// The chance of a false alarm at one look at one subject, for a change: one in 50,000, as it is looked at from several sides,
/// every day, at many campaigns.
const SURE_OF_CHANGE: f64 = 2e-5;
/// The same for a value that somebody named.
const SURE_OF_VALUE: f64 = 1e-3;
/// What is left where tracking counts as broken, of what was to be expected.
const BROKEN: f64 = 0.2;
/// Spans of days that are looked at, from the newest, up to what a rule names.
const SPANS: [u32; 8] = [1, 2, 3, 5, 7, 14, 28, 90];

/// What is said while nothing was learned of how late conversions come.
const TOO_YOUNG: &str = "No day was reported often enough yet to know how late conversions come, so days are judged once they \
                         are two weeks old; none is.";

/// How a subject is.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// What that means for an alert.
    pub reading: Reading,
    /// Why, in sentences.
    pub words: String,
    /// What the metric comes to over the days that were looked at, corrected for delay, in the unit in which a rule names it.
    pub value: Option<f64>,
    /// What it was compared with.
    pub against: Option<f64>,
    /// The days that were looked at.
    pub days: Option<(Date, Date)>,
}

impl Judged {
    /// Nothing can be said, and why.
    pub fn unknown(words: impl Into<String>) -> Self {
        Self { reading: Reading::Unknown, words: words.into(), value: None, against: None, days: None }
    }

    /// So, for a reason that has no days.
    pub fn plain(reading: Reading, words: String, value: f64, against: f64) -> Self {
        Self { reading, words, value: Some(value), against: Some(against), days: None }
    }
}

/// What a condition on figures says of a subject's days on `today`; `currency` is what its money is counted in.
/// Pacing is judged by [`crate::operations::pacing`].
pub fn judge(
    condition: &Condition,
    course: &Course,
    delay: &Delay,
    currency: Currency,
    today: Date,
) -> Judged {
    let Some(newest) = course.newest() else {
        return Judged::unknown("No day is known that was over when it was reported.");
    };
    let late = match condition {
        Condition::Threshold { metric, .. } | Condition::Change { metric, .. } => Counted::of(*metric).late(),
        Condition::NoConversions { .. } | Condition::Tracking { .. } => Some(Late::Conversions),
        _ => None,
    };
    if newest < today.saturating_sub((OLD_DAYS + 1).days()) {
        return Judged::unknown(format!(
            "The newest figures are of {newest}; nothing is known of the days since."
        ));
    }
    // Until it is known how late conversions come, what is looked at ends with the last day that is old enough.
    let is_told = |day: &&Day| day.age > 0 && late.is_none_or(|late| delay.known(late, day.age).is_some());
    let Some(newest) = course.days.iter().rev().find(is_told).map(|day| day.day) else {
        return Judged::unknown(TOO_YOUNG);
    };
    let looking = Looking { course, delay, currency, newest };
    match condition {
        Condition::Threshold { metric, is, value, days, clear, .. } => {
            looking.threshold(*metric, *is, *value, *days, clear.unwrap_or(*value))
        }
        Condition::Change { metric, is, by, days, baseline_days, clear } => {
            looking.change(*metric, *is, *by, *days, *baseline_days, clear.unwrap_or(by / 2.0))
        }
        Condition::NoConversions { spend_micros, days, .. } => looking.no_conversions(*spend_micros, *days),
        Condition::Tracking { days } => looking.tracking(*days),
        _ => Judged::unknown("This is not judged by days."),
    }
}

/// What is counted for a metric, and for how much of what.
struct Counted {
    what: Additive,
    per: Option<Additive>,
    /// Whether the metric is what is used up per thing counted, as a CPA is: then more things are less of it.
    is_cost: bool,
}

impl Counted {
    fn of(metric: Metric) -> Self {
        match metric.formula() {
            Formula::Sum(what) => Self { what, per: None, is_cost: false },
            Formula::Ratio { numerator: Additive::Spend, denominator, .. } => {
                Self { what: denominator, per: Some(Additive::Spend), is_cost: true }
            }
            Formula::Ratio { numerator, denominator, .. } => {
                Self { what: numerator, per: Some(denominator), is_cost: false }
            }
        }
    }

    /// What of it comes late. Where both sides do, as in revenue per conversion, they do alike.
    fn late(&self) -> Option<Late> {
        Late::of(self.what).filter(|_| self.per.is_none_or(|per| Late::of(per).is_none()))
    }

    /// One unit as the metric counts it: money and decimals are kept in millionths.
    fn amount(figure: Additive, day: &Day) -> Option<f64> {
        let value = day.sums.get(figure)? as f64;
        Some(match figure {
            Additive::Spend | Additive::Revenue | Additive::Conversions => value / 1e6,
            _ => value,
        })
    }
}

/// Days added up: what was counted, for how much, and for how much of it that is known by now.
#[derive(Debug, Clone, Copy, Default)]
struct Added {
    counted: f64,
    exposure: f64,
    /// Exposure times the share that days had shown at this age.
    by_now: f64,
    days: u32,
    young: u32,
}

impl Added {
    /// What is counted for one unit of exposure, in the end.
    fn rate(&self) -> Option<f64> {
        (self.by_now > 0.0).then(|| self.counted / self.by_now)
    }

    /// The share of the days that is known by now.
    fn known(&self) -> f64 {
        if self.exposure > 0.0 { self.by_now / self.exposure } else { 1.0 }
    }
}

struct Looking<'l> {
    course: &'l Course,
    delay: &'l Delay,
    currency: Currency,
    newest: Date,
}

impl Looking<'_> {
    fn span(&self, days: u32) -> (Date, Date) {
        (self.newest.saturating_sub(i64::from(days.max(1) - 1).days()), self.newest)
    }

    fn before(&self, days: u32, count: u32) -> (Date, Date) {
        let to = self.newest.saturating_sub(i64::from(days).days());
        (to.saturating_sub(i64::from(count.max(1) - 1).days()), to)
    }

    /// Adds up days; none of an age that nothing was learned about.
    fn add(&self, counted: &Counted, (from, to): (Date, Date)) -> (Added, Vec<(f64, f64)>) {
        let mut added = Added::default();
        let mut each = Vec::new();
        for day in self.course.over(from, to) {
            let known = counted.late().map_or(Some(1.0), |late| self.delay.known(late, day.age));
            let (Some(known), Some(exposure)) =
                (known, counted.per.map_or(Some(1.0), |per| Counted::amount(per, day)))
            else {
                continue;
            };
            let Some(seen) = Counted::amount(counted.what, day) else { continue };
            added.counted += seen;
            added.exposure += exposure;
            added.by_now += exposure * known;
            added.days += 1;
            added.young += u32::from(known < 0.995);
            each.push((seen, exposure * known));
        }
        (added, each)
    }

    /// How much of what is counted is worth one, as days vary more than counts alone.
    fn grain(&self, counted: &Counted, usual: &Added, each: &[(f64, f64)]) -> f64 {
        let least = match counted.what {
            Additive::Revenue => self.worth(usual, Additive::Conversions),
            Additive::Spend => self.worth(usual, Additive::Clicks),
            _ => 1.0,
        };
        let rate = usual.rate().unwrap_or(0.0);
        let days: Vec<(f64, f64)> = each.iter().map(|(seen, by_now)| (*seen, by_now * rate)).collect();
        dispersed(&days, least)
    }

    /// What was counted for each of these things.
    fn worth(&self, usual: &Added, thing: Additive) -> f64 {
        let things: f64 = self.course.days.iter().filter_map(|day| Counted::amount(thing, day)).sum();
        let days = self.course.days.len().max(1) as f64;
        match things > 0.0 && usual.days > 0 {
            true => (usual.counted / f64::from(usual.days)) / (things / days),
            false => usual.counted.max(1.0),
        }
    }

    fn threshold(&self, metric: Metric, is: Direction, value: f64, days: u32, clear: f64) -> Judged {
        let counted = Counted::of(metric);
        let (now, _) = self.add(&counted, self.span(days));
        if now.days == 0 || now.by_now <= 0.0 {
            return self.untold(days);
        }
        let (usual, each) = self.add(&counted, self.before(days, USUAL_DAYS));
        let usual = if usual.days > 0 { usual } else { now };
        let grain = self.grain(&counted, &usual, &each);
        // A sum is over all the days; what is counted has no other measure.
        let target = match counted.per {
            None => value / scale_of(metric) * now.by_now / now.exposure,
            Some(_) if counted.is_cost => now.by_now / (value / scale_of(metric)),
            Some(_) => now.by_now * value / scale_of(metric),
        };
        let wanted_fewer = counted.is_cost == (is == Direction::Above);
        let chance = match wanted_fewer {
            // What was spent or shown is a fact, not a sample.
            _ if counted.per.is_none() && counted.late().is_none() => 0.0,
            true => at_most(now.counted / grain, target / grain),
            false => at_least(now.counted / grain, target / grain),
        };
        let told = match counted.per {
            None => Some(now.counted / now.known() * scale_of(metric)),
            Some(_) => value_of(metric, &counted, now.rate()),
        };
        let beyond = |limit: f64| match (told, is) {
            (Some(told), Direction::Above) => told > limit,
            (Some(told), Direction::Below) => told < limit,
            // A cost of nothing that came is beyond any.
            (None, _) => counted.is_cost && is == Direction::Above,
        };
        let reading = match (beyond(value), chance < SURE_OF_VALUE, beyond(clear)) {
            (true, true, _) => Reading::Beyond,
            (_, _, false) => Reading::Clear,
            _ => Reading::Between,
        };
        let unsure = match reading {
            Reading::Between if beyond(value) => " That may be chance: too little was counted to tell.",
            _ => "",
        };
        let words = format!(
            "{}: {} over {}.{}{unsure}",
            metric.label(),
            self.written(metric, told),
            days_words(days),
            self.delay_words(&counted, &now)
        );
        Judged { reading, words, value: told, against: Some(value), days: Some(self.span(days)) }
    }

    fn change(&self, metric: Metric, is: Direction, by: f64, days: u32, baseline: u32, clear: f64) -> Judged {
        let counted = Counted::of(metric);
        // One odd day is no change.
        let spans: Vec<u32> =
            SPANS.into_iter().filter(|span| (2..days).contains(span)).chain([days]).collect();
        let mut last = self.untold(days);
        for span in &spans {
            let (now, _) = self.add(&counted, self.span(*span));
            // The days before are those before all that is looked at, so that a change does not hide in them.
            let (usual, each) = self.add(&counted, self.before(days, baseline));
            if now.by_now <= 0.0 || usual.by_now <= 0.0 || usual.days < 7 || usual.counted <= 0.0 {
                continue;
            }
            let grain = self.grain(&counted, &usual, &each);
            let share = now.by_now / (now.by_now + usual.by_now);
            let wanted_fewer = counted.is_cost == (is == Direction::Above);
            let (seen, others) = (now.counted / grain, usual.counted / grain);
            let chance = match wanted_fewer {
                true => at_most_of(seen, others, share),
                false => at_least_of(seen, others, share),
            };
            let (told, against) =
                (value_of(metric, &counted, now.rate()), value_of(metric, &counted, usual.rate()));
            // A cost of nothing that came is beyond any.
            let ratio = match (told, against) {
                (Some(told), Some(against)) if against > 0.0 => told / against,
                _ if counted.is_cost => f64::INFINITY,
                _ => 1.0,
            };
            let beyond = |by: f64| match is {
                Direction::Above => ratio >= 1.0 + by,
                Direction::Below => ratio <= 1.0 - by,
            };
            let reading = match (beyond(by), chance < SURE_OF_CHANGE / spans.len() as f64, beyond(clear)) {
                (true, true, _) => Reading::Beyond,
                (_, _, false) => Reading::Clear,
                _ => Reading::Between,
            };
            let words = format!(
                "{} {} over {}, {} in the {baseline} days before{}.{}{}",
                metric.label(),
                self.written(metric, told),
                days_words(*span),
                self.written(metric, against),
                changed(ratio),
                self.delay_words(&counted, &now),
                if reading == Reading::Between && beyond(by) {
                    " That may be chance: too little was counted to tell."
                } else {
                    ""
                }
            );
            let judged = Judged { reading, words, value: told, against, days: Some(self.span(*span)) };
            if reading == Reading::Beyond {
                return judged;
            }
            last = judged;
        }
        last
    }

    fn no_conversions(&self, spend: Micros, days: u32) -> Judged {
        let counted = Counted { what: Additive::Conversions, per: Some(Additive::Spend), is_cost: true };
        let (now, _) = self.add(&counted, self.span(days));
        if now.days == 0 {
            return self.untold(days);
        }
        let (usual, each) = self.add(&counted, self.before(days, USUAL_DAYS));
        let limit = spend as f64 / 1e6;
        let grain = self.grain(&counted, &usual, &each);
        let expected = usual.rate().map(|rate| rate * now.by_now);
        // Where conversions were rare before, none is no news.
        let is_news =
            expected.is_none_or(|expected| usual.counted <= 0.0 || at_most(0.0, expected / grain) < 0.01);
        let reading = match (now.counted > 0.0, now.by_now >= limit && is_news) {
            (true, _) => Reading::Clear,
            (false, true) => Reading::Beyond,
            (false, false) => Reading::Between,
        };
        let expected = match expected.filter(|expected| *expected >= 1.0) {
            Some(expected) => format!(" As before, about {expected:.0} should have been seen by now."),
            None => String::new(),
        };
        let words = format!(
            "{} conversions for {} spent over {}.{expected}{}",
            plain(now.counted),
            money(now.exposure * 1e6, self.currency),
            days_words(days),
            self.delay_words(&counted, &now)
        );
        Judged {
            reading,
            words,
            value: Some(now.counted),
            against: Some(spend as f64),
            days: Some(self.span(days)),
        }
    }

    fn tracking(&self, days: u32) -> Judged {
        let counted = Counted { what: Additive::Conversions, per: Some(Additive::Clicks), is_cost: false };
        let spans: Vec<u32> = SPANS.into_iter().filter(|span| *span < days).chain([days]).collect();
        let (usual, each) = self.add(&counted, self.before(days, USUAL_DAYS));
        let Some(rate) = usual.rate().filter(|rate| *rate > 0.0 && usual.days >= 7) else {
            return Judged::unknown("Too few conversions were counted before to tell what is usual.");
        };
        let grain = self.grain(&counted, &usual, &each);
        let mut last = self.untold(days);
        for span in &spans {
            let (now, _) = self.add(&counted, self.span(*span));
            if now.by_now <= 0.0 {
                continue;
            }
            let expected = rate * now.by_now;
            let is_broken = now.counted < expected * BROKEN
                && at_most(now.counted / grain, expected / grain) < SURE_OF_CHANGE / spans.len() as f64;
            let reading = match (is_broken, now.counted >= expected * 2.0 * BROKEN) {
                (true, _) => Reading::Beyond,
                (false, true) => Reading::Clear,
                (false, false) => Reading::Between,
            };
            let words = format!(
                "{} conversions came of {} clicks over {}; as before, about {expected:.0} should have been seen by now.{}",
                plain(now.counted),
                plain(now.exposure),
                days_words(*span),
                self.delay_words(&counted, &now)
            );
            last = Judged {
                reading,
                words,
                value: Some(now.counted),
                against: Some(expected),
                days: Some(self.span(*span)),
            };
            if is_broken {
                break;
            }
        }
        last
    }

    fn written(&self, metric: Metric, value: Option<f64>) -> String {
        let Some(value) = value else { return "without a value, as nothing came".to_owned() };
        match metric.unit() {
            Unit::Money => money(value, self.currency),
            Unit::Percent => format!("{:.2}%", value * 100.0),
            Unit::Multiple => format!("{value:.2}x"),
            Unit::Count | Unit::Decimal => plain(value),
        }
    }

    fn untold(&self, days: u32) -> Judged {
        Judged::unknown(format!(
            "The {days} days up to {} can't be judged: too little was reported of them.",
            self.newest
        ))
    }

    /// What was done about conversions that are still to come.
    fn delay_words(&self, counted: &Counted, now: &Added) -> String {
        if counted.late().is_some() && !self.delay.is_learned() {
            return format!(
                " No day was reported often enough yet to know how late conversions come: only days of two weeks and more are judged, up to {}.",
                self.newest
            );
        }
        if now.young == 0 {
            return String::new();
        }
        format!(
            " Days this young had shown {:.0}% of their {} (learned from {} days that were reported more than once), and are held against that.",
            now.known() * 100.0,
            if counted.what == Additive::Revenue { "revenue" } else { "conversions" },
            self.delay.days()
        )
    }
}

/// The factor between a rate as it is computed here and the unit of a rule.
fn scale_of(metric: Metric) -> f64 {
    match metric {
        Metric::Spend | Metric::Revenue | Metric::Cpc | Metric::Cpa | Metric::Aov => 1e6,
        Metric::Cpm => 1e9,
        _ => 1.0,
    }
}

fn value_of(metric: Metric, counted: &Counted, rate: Option<f64>) -> Option<f64> {
    let rate = if counted.is_cost { 1.0 / rate.filter(|rate| *rate > 0.0)? } else { rate? };
    Some(rate * scale_of(metric))
}

/// An amount in micros, in words: `28,343.99 EUR`.
pub(crate) fn money(micros: f64, currency: Currency) -> String {
    let amount = format!("{:.2}", micros.abs() / 1e6);
    let (whole, cents) = amount.split_once('.').unwrap_or((&amount, "00"));
    let groups: Vec<&[u8]> = whole.as_bytes().rchunks(3).rev().collect();
    let groups: Vec<_> = groups.iter().map(|group| String::from_utf8_lossy(group)).collect();
    let sign = if micros < 0.0 { "-" } else { "" };
    format!("{sign}{}.{cents} {currency}", groups.join(","))
}

fn plain(value: f64) -> String {
    if value < 100.0 && value.fract() > 0.0 { format!("{value:.1}") } else { format!("{value:.0}") }
}

fn changed(ratio: f64) -> String {
    match ratio {
        ratio if !ratio.is_finite() => String::new(),
        ratio if ratio >= 1.0 => format!(" ({:.0}% more)", (ratio - 1.0) * 100.0),
        ratio => format!(" ({:.0}% less)", (1.0 - ratio) * 100.0),
    }
}

fn days_words(days: u32) -> String {
    if days == 1 { "the last day".to_owned() } else { format!("the last {days} days") }
}
