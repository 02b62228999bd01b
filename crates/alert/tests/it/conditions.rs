//! What each kind of rule says of steady figures, of trouble, and of too little to tell.

use alert::{Capture, Captures, Condition, Delay, Direction, Judged, Reading, Tally, judge};
use domain::{Currency, Metric, Sums};
use jiff::ToSpan;
use jiff::civil::{Date, date};

const FIRST: Date = date(2026, 9, 1);
/// Shares of conversions known at an age of so many days.
const KNOWN: [f64; 15] =
    [0.34, 0.55, 0.60, 0.65, 0.68, 0.71, 0.735, 0.76, 0.78, 0.80, 0.82, 0.84, 0.85, 0.86, 0.87];

fn day(n: i32) -> Date {
    FIRST.saturating_add(n.days())
}

/// 60 days with equal spend, reported anew for two weeks; conversions of a day as a function says.
fn history(spend: f64, conversions: impl Fn(i32) -> f64) -> Captures {
    let mut captures = Captures::default();
    for n in 0..60 {
        for age in 0..15 {
            let seen = (conversions(n) * KNOWN[age as usize] / KNOWN[14] * 1e6) as i64;
            let spent = if age == 0 { 0.45 * spend } else { spend };
            let sums = Sums {
                spend_micros: Some((spent * 1e6) as i64),
                impressions: Some((spent * 100.0) as i64),
                clicks: Some((spent * 2.0) as i64),
                conversions_e6: Some(seen),
                revenue_micros: Some(seen * 50),
                ..Sums::NONE
            };
            captures.add(day(n), Capture { on: day(n + age), sums });
        }
    }
    captures
}

/// What a rule says on the morning after the last of 60 days.
fn said(condition: &Condition, captures: &Captures) -> Judged {
    let mut tally = Tally::default();
    tally.add(&captures.until(day(60)));
    judge(
        condition,
        &captures.as_of(day(60)),
        &tally.delay(None),
        "EUR".parse::<Currency>().unwrap(),
        day(60),
    )
}

fn threshold(metric: Metric, is: Direction, value: f64, days: u32) -> Condition {
    Condition::Threshold { metric, is, value, currency: None, days, clear: None }
}

fn change(metric: Metric, is: Direction, by: f64) -> Condition {
    Condition::Change { metric, is, by, days: 7, baseline_days: 28, clear: None }
}

#[test]
fn rules_say_what_is_so() {
    use Direction::{Above, Below};
    let steady = |_: i32| 100.0;
    let halved = |n: i32| if n >= 57 { 50.0 } else { 100.0 };
    let stopped = |n: i32| if n >= 57 { 0.0 } else { 100.0 };
    let few = |n: i32| if n >= 55 { 1.0 } else { 2.0 };
    let tracking = Condition::Tracking { days: 3 };
    let nothing_for = |main: i64, days| Condition::NoConversions {
        spend_micros: main * 1_000_000,
        currency: "EUR".parse().unwrap(),
        days,
    };
    let cases: [(&str, Condition, Captures, Reading); 19] = [
        (
            "a CPA of 30 is not above 40",
            threshold(Metric::Cpa, Above, 40e6, 7),
            history(3_000.0, steady),
            Reading::Clear,
        ),
        (
            "nor above 31, young days or not",
            threshold(Metric::Cpa, Above, 31e6, 3),
            history(3_000.0, steady),
            Reading::Clear,
        ),
        ("it is above 20", threshold(Metric::Cpa, Above, 20e6, 7), history(3_000.0, steady), Reading::Beyond),
        (
            "above 29 may be chance",
            threshold(Metric::Cpa, Above, 29e6, 1),
            history(3_000.0, steady),
            Reading::Between,
        ),
        (
            "a ROAS of 1.67 is below 2",
            threshold(Metric::Roas, Below, 2.0, 7),
            history(3_000.0, steady),
            Reading::Beyond,
        ),
        (
            "and not below 1.5",
            threshold(Metric::Roas, Below, 1.5, 7),
            history(3_000.0, steady),
            Reading::Clear,
        ),
        (
            "what was spent is a fact",
            threshold(Metric::Spend, Above, 2_900e6, 1),
            history(3_000.0, steady),
            Reading::Beyond,
        ),
        (
            "a week's spend is a week's",
            threshold(Metric::Spend, Above, 22_000e6, 7),
            history(3_000.0, steady),
            Reading::Clear,
        ),
        (
            "a CTR of 2 % is below 3 %",
            threshold(Metric::Ctr, Below, 0.03, 7),
            history(3_000.0, steady),
            Reading::Beyond,
        ),
        (
            "700 conversions a week are not below 600",
            threshold(Metric::Conversions, Below, 600.0, 7),
            history(3_000.0, steady),
            Reading::Clear,
        ),
        (
            "delay alone is no change",
            change(Metric::Cpa, Above, 0.5),
            history(3_000.0, steady),
            Reading::Clear,
        ),
        ("a doubling is one", change(Metric::Cpa, Above, 0.5), history(3_000.0, halved), Reading::Beyond),
        (
            "a ROAS that halves is one too",
            change(Metric::Roas, Below, 0.3),
            history(3_000.0, halved),
            Reading::Beyond,
        ),
        ("two a day can't tell", change(Metric::Cpa, Above, 0.5), history(60.0, few), Reading::Between),
        ("tracking is fine", tracking.clone(), history(3_000.0, steady), Reading::Clear),
        (
            "half the conversions are no broken tag",
            tracking.clone(),
            history(3_000.0, halved),
            Reading::Clear,
        ),
        ("none are", tracking, history(3_000.0, stopped), Reading::Beyond),
        (
            "nothing for 100 that are known by now",
            nothing_for(100, 3),
            history(3_000.0, stopped),
            Reading::Beyond,
        ),
        ("conversions for it", nothing_for(100, 7), history(3_000.0, stopped), Reading::Clear),
    ];
    for (name, condition, captures, reading) in cases {
        let said = said(&condition, &captures);
        assert_eq!(said.reading, reading, "{name}: {said:?}");
    }
}

#[test]
fn words_say_how_it_was_judged() {
    let said = said(
        &change(Metric::Cpa, Direction::Above, 0.5),
        &history(3_000.0, |n| if n >= 57 { 50.0 } else { 100.0 }),
    );
    for part in [
        "CPA 60.00 EUR",
        "30.00 EUR in the 28 days before",
        "Days this young had shown",
        "of their conversions",
        "held against that",
    ] {
        assert!(said.words.contains(part), "{}", said.words);
    }
}

#[test]
fn without_anything_learned_days_are_judged_two_weeks_late() {
    let captures = history(3_000.0, |n| if n >= 57 { 10.0 } else { 100.0 });
    let course = captures.as_of(day(60));
    let eur = "EUR".parse().unwrap();
    // Nothing was reported twice: the ages are known, how late conversions come is not.
    let unlearned = Delay::default();
    let said = judge(&threshold(Metric::Cpa, Direction::Above, 20e6, 7), &course, &unlearned, eur, day(60));
    assert_eq!(said.days.unwrap().1, day(46), "{said:?}");
    assert!(said.words.contains("only days of two weeks and more"), "{}", said.words);
    let spend =
        judge(&threshold(Metric::Spend, Direction::Above, 20e6, 1), &course, &unlearned, eur, day(60));
    assert_eq!(spend.days.unwrap().1, day(59), "what does not come late is judged at once");
}

#[test]
fn old_figures_say_nothing_of_now() {
    let captures = history(3_000.0, |_| 100.0);
    let said = judge(
        &threshold(Metric::Cpa, Direction::Above, 20e6, 7),
        &captures.as_of(day(80)),
        &Delay::default(),
        "EUR".parse().unwrap(),
        day(80),
    );
    assert_eq!(said.reading, Reading::Unknown);
    assert!(said.words.contains("nothing is known of the days since"), "{}", said.words);
}
