//! Each part that can fail: what health says of it, with what to do, and what still works meanwhile.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use std::sync::Arc;

use serde_json::Value;
use watch::Watch;

use crate::app::TestApp;

const DAYS: &str = "from=2026-11-01&to=2026-11-03";

/// What a check says: its state, words and remedy.
fn check(health: &Value, name: &str) -> (String, String, String) {
    let checks = health["checks"].as_array().unwrap();
    let check =
        checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("no {name}: {health}"));
    let text = |field: &str| check[field].as_str().unwrap_or_default().to_owned();
    (text("state"), text("says"), text("remedy"))
}

#[tokio::test]
async fn a_healthy_server_says_so_of_each_part() {
    let app = TestApp::with_google().await;
    let health = app.json("/healthz").await;
    assert_eq!(health["status"], "ok", "{health}");
    for name in ["engine", "catalog", "tables", "disk", "imports", "clock", "memory"] {
        let (state, says, remedy) = check(&health, name);
        assert_eq!((state.as_str(), remedy.as_str()), ("ok", ""), "{name}: {says}");
        assert!(!says.is_empty());
    }
    let metrics = app.get("/metrics").await.text;
    assert!(metrics.contains("adroit_check_state{check=\"engine\"} 1.0"), "{metrics}");
    // Asked again at once it is not checked again.
    assert_eq!(app.json("/readyz").await["checks"], health["checks"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_hanging_engine_what_was_kept_and_what_needs_no_figures_is_served() {
    let app = TestApp::with_google().await;
    let overview = app.json(&format!("/api/v1/overview?{DAYS}")).await;
    let held = app.hold_engine();
    let ready = app.get("/readyz").await;
    assert_eq!(ready.status, 503);
    let (state, says, remedy) = check(&ready.json(), "engine");
    assert_eq!((state.as_str(), says.as_str()), ("failing", "does not answer within 2 s"));
    assert!(remedy.contains("restart the server"));
    assert_eq!(
        (check(&ready.json(), "catalog").0.as_str(), ready.json()["facts"].as_bool()),
        ("ok", Some(false))
    );
    assert_eq!(app.json(&format!("/api/v1/overview?{DAYS}")).await, overview);
    assert!(app.page("/imports").await.contains("google.csv"));
    assert!(
        app.page("/views").await.contains("Saved views")
            && app.page("/status").await.contains("Something does not work.")
    );
    assert_eq!(app.get("/livez").await.status, 204);
    drop(held);
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    assert_eq!(app.get("/readyz").await.status, 200);
}

#[tokio::test]
async fn a_disk_that_can_not_be_written_is_told() {
    let mut app = TestApp::with_google().await;
    app.state.spool = Arc::from(std::path::Path::new("/nowhere/at/all"));
    let ready = app.get("/readyz").await;
    let (state, says, remedy) = check(&ready.json(), "disk");
    assert_eq!((ready.status.as_u16(), state.as_str()), (503, "failing"), "{says}");
    assert!(remedy.contains("right to write"), "{remedy}");
    // Reading goes on; what would write says what to do.
    app.page(&format!("/?{DAYS}")).await;
    let refused = app.upload("/imports", "a.csv", b"a,b\n1,2\n", &[]).await;
    assert_eq!(refused.status, 500);
    assert!(
        refused.text.contains("Error 500, id <code>") && refused.text.contains("class=\"rail\""),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn without_a_memory_the_server_works_and_says_so() {
    let mut app = TestApp::with_google().await;
    app.state = app.state.clone().watched_by(Watch::forgetful());
    let health = app.json("/healthz").await;
    assert_eq!(health["status"], "warning");
    assert_eq!(check(&health, "memory").1, "what is measured is not remembered");
    assert_eq!(app.get("/readyz").await.status, 200);
    app.page(&format!("/?{DAYS}")).await;
}

#[tokio::test]
async fn with_the_catalog_held_by_another_reading_goes_on_and_changes_say_so() {
    let app = TestApp::with_google().await;
    app.page(&format!("/?{DAYS}")).await;
    let path = app.state.ledger.catalog().path().to_owned();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let other =
        sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&other).await.unwrap();
    app.page(&format!("/?{DAYS}&compare=none")).await;
    assert_eq!(check(&app.json("/readyz").await, "catalog").0, "ok");
    let refused = app.post("/imports/1/undo").await;
    assert_eq!(refused.status, 500, "{}", refused.text);
    let groups = app.state.watch.failures(10).await.unwrap();
    assert_eq!(groups.len(), 1, "{groups:?}");
    assert_eq!((groups[0].kind.as_str(), groups[0].route.as_str()), ("internal", "/imports/{id}/undo"));
    other.close().await;
    assert!(app.post("/imports/1/undo").await.status.is_redirection());
}
