//! Recent days in memory give what the engine gives.

use std::sync::Arc;

use domain::{Comparison, Grain, Level, Metric, Period};
use insight::{Asker, Bound, Dimension, Filter, Insight, Query, Sort};
use jiff::Timestamp;
use store::facts::Rate;

use crate::figures::{DAYS, WORKSPACE, day, import, open};

/// Questions of every shape that campaigns' days can answer.
fn questions() -> Vec<Query> {
    use Dimension::{Account, Campaign, Currency, Platform, Time};
    let periods = [
        Period::new(day(DAYS - 30), day(DAYS - 1)).unwrap(),
        Period::new(day(DAYS - 95), day(DAYS - 3)).unwrap(),
        Period::new(day(DAYS - 1), day(DAYS + 5)).unwrap(),
        Period::new(day(36), day(44)).unwrap(),
    ];
    let cuts: [&[Dimension]; 11] = [
        &[],
        &[Platform],
        &[Account],
        &[Currency],
        &[Campaign],
        &[Time(Grain::Day), Platform],
        &[Campaign, Time(Grain::Week)],
        &[Time(Grain::Month), Currency, Time(Grain::Day)],
        &[Time(Grain::Quarter)],
        &[Time(Grain::Year), Campaign],
        &[Currency, Platform, Account],
    ];
    let filters = [
        "",
        "platform = google_ads",
        "not platform = meta_ads and status = paused",
        "campaign like '%n\\_2%' or account = Social",
        "currency in (EUR, JPY) and spend > 100",
        "campaign = 'no such campaign'",
        "platform = google_ads or not currency = EUR",
        "roas < 1",
    ];
    let compared = [None, Some(Comparison::Previous), Some(Comparison::LastYear)];
    let mut questions = Vec::new();
    for period in periods {
        for cut in cuts {
            for filter in filters {
                let filter = match filter {
                    "" => Filter::All,
                    "roas < 1" => Filter::campaign(3).and(filter.parse().unwrap()),
                    filter => filter.parse().unwrap(),
                };
                for compare in compared {
                    // With and without what sources of record tell.
                    let metrics: &[Metric] =
                        if questions.len() % 2 == 0 { &Metric::ALL } else { &Metric::OF_CAMPAIGNS };
                    questions.push(Query {
                        filter: filter.clone(),
                        compare,
                        sort: Some(Sort::descending(Metric::Spend)),
                        ..Query::new(period, metrics).by(cut)
                    });
                }
            }
        }
    }
    questions
}

#[test]
fn memory_and_engine_agree() {
    let folder = tempfile::tempdir().unwrap();
    let facts = Arc::new(open(&folder));
    let engine = Insight::new(facts.clone());
    let memory = Insight::new(facts.clone()).keeping_recent_days(64 << 20);
    memory.read_recent_days(WORKSPACE).unwrap();
    for lead in [None, "USD".parse().ok()] {
        let asker = Asker { bound: Bound::whole(WORKSPACE), lead_currency: lead, convert: None };
        let mut rows = 0;
        for (n, query) in questions().iter().enumerate() {
            let expected = engine.ask(&asker, query).unwrap();
            assert_eq!(memory.ask(&asker, query).unwrap(), expected, "{query:?}");
            assert!(memory.answered_from_memory() > n as u64, "the engine was asked: {query:?}");
            rows += expected.rows.len();
        }
        assert!(rows > 10_000, "{rows} rows are no comparison");
        let (period, compare) = (questions()[0].period, Comparison::Previous);
        assert_eq!(
            memory.overview(&asker, period, compare, None).unwrap(),
            engine.overview(&asker, period, compare, None).unwrap()
        );
    }
}

/// Questions about what is below campaigns, within the days of it that are held.
fn questions_below() -> Vec<Query> {
    use Dimension::{AdGroup, Campaign, Currency, Platform, Time};
    let periods =
        [(30, 1), (12, 2), (1, -5)].map(|(from, to)| Period::new(day(DAYS - from), day(DAYS - to)).unwrap());
    let cuts: [&[Dimension]; 6] = [
        &[AdGroup],
        &[Campaign, AdGroup],
        &[AdGroup, Time(Grain::Week)],
        &[Time(Grain::Day)],
        &[Platform, Currency],
        &[],
    ];
    let campaigns = (1..=40).map(Filter::campaign);
    let others =
        ["platform = google_ads", "status = paused and roas < 1", "campaign like '%n\\_2%'", "spend > 50"];
    let filters: Vec<Filter> = campaigns.chain(others.map(|text| text.parse().unwrap())).collect();
    let mut questions = Vec::new();
    for period in periods {
        for cut in cuts {
            for filter in &filters {
                for compare in [None, Some(Comparison::Previous)] {
                    questions.push(Query {
                        filter: filter.clone(),
                        compare,
                        level: Some(Level::AdGroup),
                        sort: Some(Sort::descending(Metric::Spend)),
                        ..Query::new(period, Metric::OF_CAMPAIGNS).by(cut)
                    });
                }
            }
        }
    }
    questions
}

#[test]
fn memory_and_engine_agree_below_campaigns() {
    let folder = tempfile::tempdir().unwrap();
    let facts = Arc::new(open(&folder));
    let engine = Insight::new(facts.clone());
    let memory = Insight::new(facts.clone()).keeping_recent_days(64 << 20);
    memory.read_recent_days(WORKSPACE).unwrap();
    for convert in [None, "EUR".parse().ok()] {
        let asker = Asker { bound: Bound::whole(WORKSPACE), lead_currency: None, convert };
        let mut rows = 0;
        let asked = questions_below();
        for query in
            asked.iter().filter(|query| convert.is_none() || !query.dimensions.contains(&Dimension::Currency))
        {
            let before = memory.answered_from_memory();
            let expected = engine.ask(&asker, query).unwrap();
            assert_eq!(memory.ask(&asker, query).unwrap(), expected, "{query:?}");
            assert!(memory.answered_from_memory() > before, "the engine was asked: {query:?}");
            rows += expected.rows.len();
        }
        assert!(rows > 2_000, "{rows} rows are no comparison");
    }
}

#[test]
fn what_is_not_held_below_campaigns_is_asked_of_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    let facts = Arc::new(open(&folder));
    let engine = Insight::new(facts.clone());
    let memory = Insight::new(facts.clone()).keeping_recent_days(64 << 20);
    memory.read_recent_days(WORKSPACE).unwrap();
    let asker = Asker { bound: Bound::whole(WORKSPACE), lead_currency: None, convert: None };
    let over = |from: i32, filter: &str| Query {
        filter: filter.parse().unwrap(),
        ..Query::new(Period::new(day(from), day(DAYS - 1)).unwrap(), [Metric::Spend]).by([Dimension::AdGroup])
    };
    let past =
        Query { as_of: Some(Timestamp::from_second(1_900_000_000).unwrap()), ..over(DAYS - 9, "spend > 1") };
    for query in [over(DAYS - 63, "spend > 1"), over(DAYS - 9, "ad_group = 'Group 1'"), past] {
        assert_eq!(memory.ask(&asker, &query).unwrap(), engine.ask(&asker, &query).unwrap());
        assert_eq!(memory.answered_from_memory(), 0, "{query:?}");
    }
    memory.ask(&asker, &over(DAYS - 62, "spend > 1")).unwrap();
    assert_eq!(memory.answered_from_memory(), 1);
}

#[test]
fn memory_and_engine_convert_alike() {
    let folder = tempfile::tempdir().unwrap();
    let facts = Arc::new(open(&folder));
    // Rates with gaps, and none before day 330.
    let rate = |currency: &str, n: i32, per_euro_e9| Rate {
        currency: currency.parse().unwrap(),
        day: day(n),
        per_euro_e9,
        source: "test".to_owned(),
    };
    let dollars = (330..DAYS).step_by(3).map(|n| rate("USD", n, 1_050_000_000 + i64::from(n) * 123_457));
    let yen = [rate("JPY", 350, 161_234_567_891), rate("JPY", 380, 171_000_000_003)];
    facts.keep_rates(WORKSPACE, &dollars.chain(yen).collect::<Vec<_>>()).unwrap();
    let engine = Insight::new(facts.clone());
    let memory = Insight::new(facts.clone()).keeping_recent_days(64 << 20);
    memory.read_recent_days(WORKSPACE).unwrap();
    let mut left_out = 0;
    for to in ["EUR", "USD"] {
        let asker = Asker { bound: Bound::whole(WORKSPACE), lead_currency: None, convert: to.parse().ok() };
        // The engine takes its time to convert: one in seven shows the same.
        let asked = questions();
        for query in asked.iter().step_by(7).filter(|query| !query.dimensions.contains(&Dimension::Currency))
        {
            let before = memory.answered_from_memory();
            let expected = engine.ask(&asker, query).unwrap();
            assert_eq!(memory.ask(&asker, query).unwrap(), expected, "{query:?}");
            assert!(memory.answered_from_memory() > before, "the engine was asked: {query:?}");
            left_out += expected.totals.left_out.len();
        }
    }
    assert!(left_out > 20, "days without a rate are compared too: {left_out}");
}

#[test]
fn what_memory_does_not_hold_is_asked_of_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    let facts = Arc::new(open(&folder));
    let engine = Insight::new(facts.clone());
    // Room for the newest days only.
    let memory = Insight::new(facts.clone()).keeping_recent_days(200_000);
    memory.read_recent_days(WORKSPACE).unwrap();
    let asker = Asker { bound: Bound::whole(WORKSPACE), lead_currency: None, convert: None };
    let over = |from: i32| {
        let period = Period::new(day(from), day(DAYS - 1)).unwrap();
        Query::new(period, [Metric::Spend]).by([Dimension::Campaign])
    };
    for (from, from_memory) in [(DAYS - 20, 1), (0, 1), (DAYS - 20, 2)] {
        let query = over(from);
        assert_eq!(memory.ask(&asker, &query).unwrap(), engine.ask(&asker, &query).unwrap());
        assert_eq!(memory.answered_from_memory(), from_memory, "from day {from}");
    }
    let below = Query::new(over(DAYS - 20).period, [Metric::Spend]).by([Dimension::AdGroup]);
    assert_eq!(memory.ask(&asker, &below).unwrap(), engine.ask(&asker, &below).unwrap());
    assert_eq!(memory.answered_from_memory(), 2, "there was no room for ad groups");
}

#[test]
fn a_change_shows_on_the_next_question() {
    let folder = tempfile::tempdir().unwrap();
    let facts = Arc::new(open(&folder));
    let memory = Insight::new(facts.clone()).keeping_recent_days(64 << 20);
    memory.read_recent_days(WORKSPACE).unwrap();
    let asker = Asker { bound: Bound::whole(WORKSPACE), lead_currency: None, convert: None };
    let query = Query::new(Period::new(day(DAYS - 9), day(DAYS - 1)).unwrap(), Metric::ALL);
    let before = memory.ask(&asker, &query).unwrap();
    assert_eq!(memory.answered_from_memory(), 1);
    import(&facts, 50, 0, DAYS - 5, DAYS - 1);
    let after = memory.ask(&asker, &query).unwrap();
    assert_ne!(after.totals, before.totals);
    assert_eq!(after, Insight::new(facts.clone()).ask(&asker, &query).unwrap());
    assert_eq!(memory.answered_from_memory(), 1, "the old copy is not of this state");
    // The copy that the question above called for, or this one, whichever is first.
    memory.read_recent_days(WORKSPACE).unwrap();
    assert_eq!(memory.ask(&asker, &query).unwrap(), after);
    assert_eq!(memory.answered_from_memory(), 2);
}
