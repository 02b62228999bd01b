//! Replacement, history and undo, held against the naive model.

use domain::Level;
use proptest::prelude::*;

use crate::model::{Given, Model, WORKSPACE, apply, open, stored};

fn given() -> impl Strategy<Value = Given> {
    let level = prop_oneof![3 => Just(Level::Campaign), 2 => Just(Level::AdGroup), 2 => Just(Level::Ad)];
    (
        0i64..50,
        level,
        0i32..40,
        0i32..20,
        proptest::collection::vec((0i32..20, 0u8..4, -5i64..1_000_000), 0..30),
    )
        .prop_map(|(captured, level, from, length, rows)| Given {
            captured: 1_000_000 + captured,
            level,
            days: (from, from + length),
            rows: rows
                .into_iter()
                .map(|(n, campaign, spend)| (from + n % (length + 1), campaign, spend))
                .collect(),
        })
}

fn check(facts: &store::Facts, model: &Model) {
    for level in [Level::Campaign, Level::AdGroup, Level::Ad] {
        let table = format!("(FROM delivery WHERE level = {})", level.number());
        assert_eq!(stored(facts, &table), model.delivery(level, None), "{level}");
    }
    let campaigns = model.campaign_day();
    assert_eq!(stored(facts, "campaign_day"), campaigns, "campaign_day");
    let accounts: i64 = facts
        .read(|connection| -> Result<i64, store::facts::FactsError> {
            let sql = "SELECT coalesce(sum(spend_micros), 0)::BIGINT FROM account_day";
            Ok(connection.query_row(sql, [], |row| row.get(0))?)
        })
        .unwrap();
    assert_eq!(accounts, campaigns.values().sum::<i64>(), "account_day");
    let rows: u64 = model.imports.values().map(|given| given.rows.len() as u64).sum();
    let kept: u64 = facts
        .read(|connection| -> Result<u64, store::facts::FactsError> {
            Ok(connection.query_row(
                "SELECT (SELECT count(*) FROM delivery) + (SELECT count(*) FROM delivery_history)",
                [],
                |row| row.get(0),
            )?)
        })
        .unwrap();
    assert_eq!(kept, rows, "no row is lost, none is kept twice");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn facts_are_what_the_model_says_after_any_imports_and_undos(
        imports in proptest::collection::vec(given(), 1..7),
        undone in proptest::collection::vec(0usize..7, 0..5),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let facts = open(&folder);
        let mut model = Model::default();
        for (n, given) in imports.iter().enumerate() {
            apply(&facts, n as u32 + 1, given);
            model.imports.insert(n as u32 + 1, given.clone());
        }
        check(&facts, &model);
        for n in undone {
            let import = n as u32 + 1;
            facts.undo(WORKSPACE, import).unwrap();
            model.imports.remove(&import);
            check(&facts, &model);
            prop_assert!(!facts.applied().unwrap().contains(&import));
        }
    }
}

#[test]
fn a_scope_is_replaced_and_its_neighbours_stay() {
    let folder = tempfile::tempdir().unwrap();
    let facts = open(&folder);
    let month = Given {
        captured: 10,
        level: Level::Campaign,
        days: (0, 29),
        rows: vec![(0, 1, 5), (10, 1, 7), (29, 2, 9)],
    };
    let middle = Given { captured: 20, level: Level::Campaign, days: (5, 15), rows: vec![] };
    assert_eq!(apply(&facts, 1, &month), 0);
    assert_eq!(apply(&facts, 2, &middle), 1, "the row of day 10 is gone: the platform removed it");
    let spend: i64 = stored(&facts, "delivery").values().sum();
    assert_eq!(spend, 14);
    assert_eq!(facts.undo(WORKSPACE, 2).unwrap(), 1);
    assert_eq!(stored(&facts, "delivery").values().sum::<i64>(), 21);
}

#[test]
fn facts_outlive_the_process_and_a_foreign_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let given = Given { captured: 1, level: Level::Ad, days: (0, 0), rows: vec![(0, 1, 5), (0, 1, 6)] };
    apply(&open(&folder), 1, &given);
    let facts = open(&folder);
    assert_eq!(
        stored(&facts, "campaign_day").values().sum::<i64>(),
        11,
        "rows of one day and ad are added, not overwritten"
    );

    let foreign = folder.path().join("foreign.duckdb");
    std::fs::write(&foreign, "not a database, just a long enough text to be read as one. ".repeat(500))
        .unwrap();
    let error = store::Facts::open(&foreign, &store::facts::Limits::default()).err().unwrap().to_string();
    assert!(error.contains("foreign.duckdb"), "{error}");
}
