//! How much a request asks of the two databases: as many statements for many campaigns and imports as for few; and lists that
//! are paged by key.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use axum::body::Body;
use axum::http::{Request, header};
use store::facts::FactsError;
use web::{Keeping, Limits};

use crate::app::{GOOGLE, TAKEN, TestApp};

/// A server that keeps no answer, with as many campaigns and imports.
async fn filled(campaigns: usize, imports: usize) -> TestApp {
    let app = TestApp::with_google().await;
    let (head, row) = (GOOGLE.lines().take(3), GOOGLE.lines().nth(3).unwrap());
    let name = row.split(',').next().unwrap();
    let rows = (0..campaigns).map(|n| row.replacen(name, &format!("Campaign {n:04}"), 1));
    let file: Vec<String> = head.map(str::to_owned).chain(rows).collect();
    app.import("many.csv", &file.join("\n"), &[("captured_at", "2026-11-03T07:00:00Z")]).await;
    for n in 0..imports {
        again(&app, n).await;
    }
    let keeping = Keeping { keep: false, ..Keeping::default() };
    app.with_limits(Limits { keeping, ..app.state.limits })
}

/// Imports the same days told otherwise.
async fn again(app: &TestApp, n: usize) {
    let file = GOOGLE.replace("10.00,20,1000", &format!("{}.50,20,1000", 11 + n));
    app.import(&format!("again-{n}.csv"), &file, &[("captured_at", TAKEN)]).await;
}

/// How many statements the engine has run.
fn engine_statements(app: &TestApp) -> i64 {
    let count: Result<i64, FactsError> = app.state.insight.facts().read(|connection| {
        let sql = "SELECT count(*) FROM duckdb_logs WHERE type = 'QueryLog'";
        Ok(connection.query_row(sql, [], |row| row.get(0))?)
    });
    count.unwrap()
}

#[tokio::test]
async fn many_campaigns_and_imports_take_no_more_statements_than_few() {
    let (few, many) = (filled(3, 1).await, filled(300, 30).await);
    for app in [&few, &many] {
        let logging: Result<(), FactsError> = app.state.insight.facts().read(|connection| {
            connection.execute_batch("CALL enable_logging('QueryLog')")?;
            Ok(())
        });
        logging.unwrap();
    }
    let mut told = String::new();
    for path in [
        "/",
        "/campaigns?range=all",
        "/campaigns/1",
        "/analytics?by=campaign&range=all",
        "/analytics?by=platform&by=week&range=all",
        "/imports",
        "/imports/1",
        "/api/v1/overview",
        "/api/v1/campaigns?range=all&limit=500",
        "/api/v1/search?q=c",
        "/api/v1/workspaces",
    ] {
        let mut counts = Vec::new();
        for app in [&few, &many] {
            // What is known is held in memory after the first question.
            assert_eq!(app.get(path).await.status, 200, "{path}");
            let counting = engine_statements(app);
            let counting = engine_statements(app) - counting;
            let (engine, catalog) = (engine_statements(app), app.state.ledger.catalog().statements());
            app.get(path).await;
            let catalog = app.state.ledger.catalog().statements() - catalog;
            counts.push((engine_statements(app) - engine - counting, catalog));
        }
        assert_eq!(counts[0], counts[1], "{path}");
        let (engine, catalog) = counts[0];
        told += &format!("{path}: engine {engine}, catalog {catalog}\n");
    }
    insta::assert_snapshot!("statements", told);
}

#[tokio::test]
async fn imports_are_paged_by_key_while_others_come() {
    let app = TestApp::with_google().await;
    for n in 0..6 {
        again(&app, n).await;
    }
    let (mut seen, mut next) = (Vec::new(), String::new());
    for n in 6.. {
        let page = app.json(&format!("/api/v1/imports?limit=2{next}")).await;
        seen.extend(page["imports"].as_array().unwrap().iter().map(|import| import["id"].as_u64().unwrap()));
        again(&app, n).await;
        match page["next"].as_u64() {
            Some(before) => next = format!("&before={before}"),
            None => break,
        }
    }
    assert_eq!(seen, [7, 6, 5, 4, 3, 2, 1]);
}

#[tokio::test]
async fn campaigns_are_paged_by_key_while_others_come() {
    let app = filled(9, 0).await;
    let (mut seen, mut next) = (Vec::new(), String::new());
    for n in 0.. {
        let page = app.json(&format!("/api/v1/campaigns?range=all&sort=campaign&limit=2{next}")).await;
        seen.extend(
            page["rows"].as_array().unwrap().iter().map(|row| row["campaign"].as_str().unwrap().to_owned()),
        );
        // One that comes before all others, while the list is read.
        let file = GOOGLE.replace("Brand", &format!("Aaa {n}"));
        let days = file.replace("2026-11-0", "2026-10-0").replace("November", "October");
        app.import("new.csv", &days, &[("captured_at", TAKEN)]).await;
        match page["next"].as_str() {
            Some(after) => next = format!("&after={}", after.replace(' ', "%20").replace('=', "%3D")),
            None => break,
        }
    }
    let among: Vec<&String> = seen.iter().filter(|name| name.starts_with("Campaign 0")).collect();
    assert_eq!(among.len(), 9, "{seen:?}");
    let mut unique = seen.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), seen.len(), "none is seen twice: {seen:?}");
}

#[tokio::test]
async fn an_unchanged_export_is_not_made_again() {
    let app = TestApp::with_google().await;
    let path = "/api/v1/campaigns?range=all&format=csv";
    let whole = app.get(path).await;
    let admitted = app.state.admission_counts().admitted;
    let request = Request::get(path).header(header::IF_NONE_MATCH, whole.header("etag"));
    let answer = app.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (304, ""));
    assert_eq!(answer.header("etag"), whole.header("etag"));
    assert_eq!(app.state.admission_counts().admitted, admitted, "the engine was not asked");
}
