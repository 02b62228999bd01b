//! What alert rules look at: days with their ages, and all that was ever reported of them.

use std::sync::Arc;

use domain::{Metric, Period, Value};
use insight::{Asker, Bound, Dimension, Insight, Query};

use crate::figures::{DAYS, WORKSPACE, day, import, open};

const ASKER: Asker = Asker { bound: Bound::whole(WORKSPACE), lead_currency: None, convert: None };

#[test]
fn accounts_and_campaigns_are_watched_with_the_figures_that_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let insight = Insight::new(Arc::new(open(&folder)));
    let period = Period::new(day(DAYS - 40), day(DAYS - 1)).unwrap();
    for (campaigns, by) in [(false, Dimension::Account), (true, Dimension::Campaign)] {
        let watched = insight.watched(&ASKER, campaigns, period).unwrap();
        let shown = insight.ask(&ASKER, &Query::new(period, [Metric::Spend]).by([by])).unwrap();
        assert_eq!(
            watched.len(),
            if campaigns { 24 } else { 5 },
            "six campaigns of each account that tells them"
        );
        for watched in watched {
            assert!(watched.course.days.len() <= 40 && watched.course.days.iter().all(|day| day.age > 0));
            let spend: i64 = watched.course.days.iter().filter_map(|day| day.sums.spend_micros).sum();
            let id = if campaigns { watched.campaign } else { watched.account };
            let row = shown
                .rows
                .iter()
                .find(|row| matches!(row.keys[0], insight::answer::KeyValue::Entity(of, _) if of == id));
            assert_eq!(row.unwrap().figures.value(Metric::Spend), Some(Value::Integer(spend)), "{watched:?}");
        }
    }
}

#[test]
fn everything_that_was_reported_is_kept_by_account_and_campaign() {
    let folder = tempfile::tempdir().unwrap();
    let facts = open(&folder);
    // The first account's last 10 days are reported once more.
    import(&facts, 9, 0, DAYS - 10, DAYS - 1);
    let insight = Insight::new(Arc::new(facts));
    let period = Period::new(day(DAYS - 20), day(DAYS - 1)).unwrap();
    let campaigns: Vec<u32> =
        insight.watched(&ASKER, true, period).unwrap().iter().map(|watched| watched.campaign).collect();
    let reported = insight.captures(&ASKER, &campaigns, period).unwrap();
    assert_eq!(reported.accounts.len(), 5);
    let times = |n: i32| {
        let (_, captures) = reported.accounts[&1].days().find(|(of, _)| *of == day(DAYS - n)).unwrap();
        captures.len()
    };
    assert_eq!((times(10), times(1), times(11)), (2, 2, 1));
    let spend = |captures: &alert::Captures| -> i64 {
        captures.days().flat_map(|(_, all)| all).filter_map(|capture| capture.sums.spend_micros).sum()
    };
    let of_accounts: i64 = (1..=4).map(|account| spend(&reported.accounts[&account])).sum();
    let of_campaigns: i64 = reported.campaigns.values().map(spend).sum();
    assert_eq!(of_campaigns, of_accounts, "told of campaigns is what is told of their accounts");
}
