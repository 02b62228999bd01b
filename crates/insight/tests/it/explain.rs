//! How questions are answered: by which table, pruned by what; and what the log tells of slow ones.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::{Grain, Metric, Period};
use insight::{Asker, Bound, Dimension, Explained, Insight, Query};
use tracing_subscriber::fmt::MakeWriter;

use crate::figures::{DAYS, WORKSPACE, day, open};

const ASKER: Asker = Asker { bound: Bound::whole(WORKSPACE), lead_currency: None, convert: None };

fn month() -> Period {
    Period::new(day(DAYS - 30), day(DAYS - 1)).unwrap()
}

fn plan(explained: Explained) -> String {
    explained.statement.unwrap().plan
}

#[test]
fn each_question_reads_the_table_that_holds_least_and_prunes_by_day() {
    use Dimension::{AdGroup, Campaign, Platform, Time};
    let folder = tempfile::tempdir().unwrap();
    let insight = Insight::new(Arc::new(open(&folder)));
    let cuts: [(&[Dimension], &str); 5] = [
        (&[], "account_day"),
        (&[Time(Grain::Day), Platform], "account_day"),
        (&[Campaign], "campaign_day"),
        (&[Campaign, Time(Grain::Month)], "campaign_day"),
        (&[AdGroup], "delivery"),
    ];
    for (by, table) in cuts {
        let query = Query::new(month(), [Metric::Spend]).by(by);
        let plan = plan(insight.explain(&ASKER, &query, false).unwrap());
        for other in ["account_day", "campaign_day", "delivery"] {
            assert_eq!(plan.contains(other), other == table, "{by:?} reads {other}: {plan}");
        }
        assert!(plan.contains("day>=") || plan.contains("day >="), "{by:?} is not pruned by day: {plan}");
    }
}

#[test]
fn an_explanation_says_from_where_and_what_it_took() {
    let folder = tempfile::tempdir().unwrap();
    let insight = Insight::new(Arc::new(open(&folder))).keeping_recent_days(64 << 20);
    let query = Query {
        filter: "campaign like '%_2 Shop'".parse().unwrap(),
        ..Query::new(month(), [Metric::Spend]).by([Dimension::Campaign])
    };
    let explained = insight.explain(&ASKER, &query, true).unwrap();
    assert!(!explained.from_memory);
    let statement = explained.statement.unwrap();
    assert_eq!((statement.words, statement.sql.contains("Shop")), (1, false), "{}", statement.sql);
    assert!(statement.plan.contains("Total Time"), "{}", statement.plan);
    insight.read_recent_days(WORKSPACE).unwrap();
    assert!(insight.explain(&ASKER, &query, false).unwrap().from_memory);
    let nobody = Asker { bound: Bound::whole(77), ..ASKER };
    let past = Query { as_of: Some(jiff::Timestamp::UNIX_EPOCH), ..query };
    assert_eq!(insight.explain(&nobody, &past, false).unwrap().statement, None);
}

#[test]
fn the_log_tells_of_slow_questions_and_of_no_values() {
    let folder = tempfile::tempdir().unwrap();
    let facts = Arc::new(open(&folder));
    let query = Query {
        filter: "campaign = 'Anna and Ben' and roas < 7.25".parse().unwrap(),
        ..Query::new(month(), [Metric::Spend]).by([Dimension::Campaign])
    };
    let log_of = |slow: Duration| {
        let log = Log::default();
        let told = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).finish();
        let insight = Insight::new(facts.clone()).telling_of_slow(slow);
        tracing::subscriber::with_default(told, || insight.ask(&ASKER, &query).unwrap());
        log.text()
    };
    assert_eq!(log_of(Duration::from_secs(600)), "");
    let told = log_of(Duration::ZERO);
    assert!(
        told.contains("--by campaign") && told.contains("--filter 'campaign = ? and roas < ?'"),
        "{told}"
    );
    assert!(told.contains("took_ms=") && !told.contains("Anna") && !told.contains("7.25"), "{told}");
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Log {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}
