//! Who may see some accounts only gets what is told of these, from memory as from the engine, and learns of no other.

use std::sync::Arc;

use domain::{Comparison, Grain, Metric, Period};
use insight::answer::KeyValue;
use insight::campaigns::CampaignQuery;
use insight::{Accounts, Asker, Bound, Dimension, Filter, Insight, Query, Sort};

use crate::figures::{DAYS, WORKSPACE, day, open};

fn asker(accounts: Accounts) -> Asker {
    Asker { bound: Bound::of(WORKSPACE, accounts), lead_currency: None, convert: None }
}

fn period() -> Period {
    Period::new(day(DAYS - 60), day(DAYS - 1)).unwrap()
}

/// Questions about everything: without a filter, and with ones that mean other accounts too.
fn questions() -> Vec<Query> {
    use Dimension::{Account, Campaign, Currency, Platform, Time};
    let mut questions = Vec::new();
    for by in [&[][..], &[Platform], &[Account], &[Currency], &[Campaign], &[Time(Grain::Day), Platform]] {
        for filter in [
            "",
            "not platform = google_ads",
            "campaign like '%_1%'",
            "account = Social or platform = google_ads",
            "spend > 1",
        ] {
            let filter = if filter.is_empty() { Filter::All } else { filter.parse().unwrap() };
            questions.push(Query {
                filter,
                compare: Some(Comparison::Previous),
                sort: Some(Sort::descending(Metric::Spend)),
                ..Query::new(period(), Metric::OF_CAMPAIGNS).by(by)
            });
        }
    }
    questions
}

#[test]
fn what_is_bound_to_accounts_is_what_a_filter_on_them_gives() {
    let folder = tempfile::tempdir().unwrap();
    let facts = Arc::new(open(&folder));
    let engine = Insight::new(facts.clone());
    let memory = Insight::new(facts.clone()).keeping_recent_days(64 << 20);
    memory.read_recent_days(WORKSPACE).unwrap();
    let whole = asker(Accounts::All);
    let accounts = engine.known(&whole.bound, None).unwrap().accounts.clone();
    let advertise: Vec<_> = accounts.iter().filter(|account| !account.platform.is_record()).collect();
    assert_eq!((accounts.len(), advertise.len()), (7, 5));
    let mut rows = 0;
    for account in &advertise {
        let bound = asker(Accounts::only([account.account]));
        let own: Filter = format!("account = '{}'", account.label()).parse().unwrap();
        for query in questions() {
            let seen = engine.ask(&bound, &query).unwrap();
            let filter = query.filter.clone().and(own.clone());
            let expected = engine.ask(&whole, &Query { filter, ..query.clone() }).unwrap();
            assert_eq!(seen.rows, expected.rows, "{query:?}");
            assert_eq!((&seen.totals, seen.row_count), (&expected.totals, expected.row_count), "{query:?}");
            assert!(seen.freshness.iter().all(|fresh| fresh.platform == account.platform), "{query:?}");
            assert_eq!(memory.ask(&bound, &query).unwrap(), seen, "{query:?}");
            rows += seen.rows.len();
        }
    }
    assert!(rows > 500, "the questions do ask for what is there: {rows}");
    assert!(memory.answered_from_memory() > 50);
}

#[test]
fn nothing_chosen_is_nothing_seen_and_what_was_sold_is_of_no_account() {
    let folder = tempfile::tempdir().unwrap();
    let insight = Insight::new(Arc::new(open(&folder)));
    let whole = insight.known(&Bound::whole(WORKSPACE), None).unwrap();
    let records: Vec<u32> =
        whole.accounts.iter().filter(|of| of.platform.is_record()).map(|of| of.account).collect();
    assert_eq!(records.len(), 2);
    // A source of record is not seen even where its number is among the chosen ones.
    for accounts in [Accounts::none(), Accounts::only(records)] {
        let asker = asker(accounts);
        assert_eq!(insight.known(&asker.bound, None).unwrap().accounts, []);
        assert_eq!(insight.newest_day(&asker.bound).unwrap(), None);
        let query = Query::new(period(), [Metric::Spend, Metric::RecordRevenue]).by([Dimension::Platform]);
        let answer = insight.ask(&asker, &query).unwrap();
        assert_eq!((answer.rows.len(), answer.row_count), (0, 0));
        assert!(answer.freshness.is_empty() && answer.provenance.imports.is_empty());
        let overview = insight.overview(&asker, period(), Comparison::Previous, None).unwrap();
        assert!(overview.is_empty() && overview.sold.is_none() && overview.platforms.is_empty());
        let words = insight.campaign_words(&asker).unwrap();
        assert!(words.platforms.is_empty() && words.statuses.is_empty());
    }
    let with_one = asker(Accounts::only([1]));
    let overview = insight.overview(&with_one, period(), Comparison::Previous, None).unwrap();
    assert!(!overview.is_empty() && overview.sold.is_none());
}

#[test]
fn a_campaign_of_another_account_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let insight = Insight::new(Arc::new(open(&folder)));
    let query = Query { limit: 1_000, ..Query::new(period(), [Metric::Spend]) };
    let query = query.by([Dimension::Campaign, Dimension::Account]);
    let everything = insight.ask(&asker(Accounts::All), &query).unwrap();
    let (mut seen, mut hidden) = (0, 0);
    for row in &everything.rows {
        let (KeyValue::Entity(campaign, name), KeyValue::Entity(account, _)) = (&row.keys[0], &row.keys[1])
        else {
            continue;
        };
        if *campaign == 0 {
            continue;
        }
        for asked in 1..=5 {
            let asker = asker(Accounts::only([asked]));
            let found = insight.campaign(&asker, *campaign, period(), Comparison::Previous, None);
            let about = insight.about_campaigns(&asker, &[*campaign]).unwrap();
            let called = insight.campaigns_called(&asker, std::slice::from_ref(name)).unwrap();
            let place = insight.campaign_and_account(&asker, *campaign).unwrap();
            match asked == *account {
                true => {
                    assert_eq!(found.unwrap().about.name, *name);
                    assert_eq!((about.len(), called.len(), place), (1, 1, Some((*campaign, asked))));
                    seen += 1;
                }
                false => {
                    assert!(found.is_err(), "{name} is not of account {asked}");
                    assert_eq!((about.len(), called.len(), place), (0, 0, None));
                    hidden += 1;
                }
            }
        }
    }
    assert!(seen > 10 && hidden > seen, "{seen} {hidden}");
    let list = |accounts| {
        let query = CampaignQuery {
            period: period(),
            filter: Filter::All,
            text: Some("Campaign".to_owned()),
            compare: None,
            sort: Sort::descending(Metric::Spend),
            limit: 500,
            after: None,
            as_of: None,
            with_course: true,
        };
        insight.campaigns(&asker(accounts), &query).unwrap().count
    };
    assert_eq!(list(Accounts::none()), 0);
    assert_eq!(list(Accounts::only([1])) + list(Accounts::only([3])), list(Accounts::only([1, 3])));
}
