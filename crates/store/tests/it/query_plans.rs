//! The catalog's statements find what they look for: none reads a growing table from end to end.

use std::fs;
use std::path::Path;

use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{Row, SqlitePool};
use store::Catalog;
use store::catalog::KeptMapping;

/// Tables that stay small: as many rows as there are workspaces, held in memory, or organisations, or tables.
const SMALL: [&str; 3] = ["workspace", "organisation", "sqlite_sequence"];

/// The statements in the sources of a folder of the catalog, each as it stands there.
pub fn statements(folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut statements = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for call in text.split("sqlx::query").skip(1) {
            let call = call.strip_prefix('(').unwrap_or_else(|| panic!("{}: {call}", path.display()));
            let literal = call.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
            statements.push(
                literal.unwrap_or_else(|| panic!("{}: text made up: {call}", path.display())).to_owned(),
            );
        }
    }
    statements
}

/// The steps of a statement's plan.
pub async fn steps(pool: &SqlitePool, statement: &str) -> Vec<String> {
    let plan = sqlx::query(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}")))
        .persistent(false)
        .fetch_all(pool)
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
    plan.iter().map(|row| row.get("detail")).collect()
}

/// Those that read a growing table, or an index of it, from end to end, or that sort.
pub fn scans(steps: &[String]) -> Vec<&String> {
    let is_scan = |step: &&String| {
        let scanned = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
        scanned.is_some_and(|table| table != "CONSTANT" && !SMALL.contains(&table))
            || step.starts_with("USE TEMP B-TREE")
    };
    steps.iter().filter(is_scan).collect()
}

pub async fn opened(folder: &Path) -> SqlitePool {
    let path = folder.join("catalog.sqlite");
    Catalog::open(&path).await.unwrap().close().await;
    // One connection: another would explain by the tables as it last saw them.
    let one = SqlitePoolOptions::new().max_connections(1);
    one.connect(&format!("sqlite://{}", path.display())).await.unwrap()
}

#[tokio::test]
async fn no_statement_reads_a_growing_table_from_end_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let pool = opened(folder.path()).await;
    let statements = statements("src/catalog");
    assert!(statements.len() >= 15, "only {} found: is this test still looking right?", statements.len());
    for statement in statements {
        let steps = steps(&pool, &statement).await;
        assert!(scans(&steps).is_empty(), "{statement}\n{steps:?}");
    }
}

#[tokio::test]
async fn a_missing_index_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let pool = opened(folder.path()).await;
    for (index, statement_of_it, is_read_through) in [
        ("import_by_content", "AND digest = ?", false),
        ("import_unsettled", "state IN ('pending', 'undoing')", true),
        ("saved_view_in_order", "ORDER BY name COLLATE NOCASE, id", true),
    ] {
        let statement =
            statements("src/catalog").into_iter().find(|text| text.contains(statement_of_it)).unwrap();
        let with = steps(&pool, &statement).await;
        assert!(with.iter().any(|step| step.contains(index)), "{with:?}");
        sqlx::query(sqlx::AssertSqlSafe(format!("DROP INDEX {index}"))).execute(&pool).await.unwrap();
        let without = steps(&pool, &statement).await;
        // Another index may serve, as well or not.
        assert!(!scans(&without).is_empty() || !is_read_through, "{without:?}");
    }
}

#[tokio::test]
async fn the_log_is_put_into_the_file_as_it_grows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.sqlite");
    let catalog = Catalog::open(&path).await.unwrap();
    let workspace = catalog.ensure_workspace("default").await.unwrap();
    for n in 0..1500 {
        let kept = KeptMapping { headers: format!("{n} {}", "x".repeat(12_000)), mapping: String::new() };
        catalog.keep_mapping(workspace.id, &kept).await.unwrap();
    }
    let size = |name: &str| fs::metadata(folder.path().join(name)).map_or(0, |file| file.len());
    let (file, log) = (size("catalog.sqlite"), size("catalog.sqlite-wal"));
    assert!(file > 15_000_000 && log < 8_000_000, "file {file}, log {log}");
    catalog.close().await;
    assert_eq!(size("catalog.sqlite-wal"), 0, "nothing is left in the log");
}

#[tokio::test]
async fn readers_write_nothing_and_see_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await.unwrap();
    let before = catalog.statements();
    let made = catalog.ensure_workspace("default").await.unwrap();
    assert_eq!(catalog.workspace("default").await.unwrap().map(|found| found.id), Some(made.id));
    assert_eq!(catalog.statements() - before, 3);
    let all = (0..32).map(|_| {
        let catalog = catalog.clone();
        tokio::spawn(async move { catalog.imports(1, None, 10).await.unwrap().len() })
    });
    for one in all.collect::<Vec<_>>() {
        assert_eq!(one.await.unwrap(), 0);
    }
    catalog.close().await;
}
