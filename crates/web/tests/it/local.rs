//! What only the command line may ask.

use serde_json::json;
use web::LocalLine;

use crate::app::{GOOGLE, TAKEN, TestApp};

#[tokio::test]
async fn an_import_tells_how_it_goes_line_by_line() {
    let app = TestApp::empty().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("google.csv");
    std::fs::write(&path, GOOGLE).unwrap();
    let asked = json!({"path": path, "file_name": "google.csv", "captured_at": TAKEN});
    let answer = app.send_locally("/local/import", asked).await;
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    let lines: Vec<LocalLine> = answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(matches!(lines.first(), Some(LocalLine::Progress(_))), "{}", answer.text);
    let Some(LocalLine::Report(report)) = lines.last() else { panic!("{}", answer.text) };
    assert_eq!((report.import_id, report.rows.used), (Some(1), 5));

    let missing = json!({"path": folder.path().join("nothing.csv"), "file_name": "nothing.csv"});
    let answer = app.send_locally("/local/import", missing).await;
    let line: LocalLine = serde_json::from_str(answer.text.lines().last().unwrap()).unwrap();
    let LocalLine::Problem(problem) = line else { panic!("{}", answer.text) };
    assert!(problem.detail.contains("nothing.csv"), "{problem}");
}

#[tokio::test]
async fn workspaces_are_made_once() {
    let app = TestApp::empty().await;
    let asked = json!({"name": "demo", "sample": true});
    let made = app.send_locally("/local/workspaces", asked.clone()).await.json();
    assert_eq!((made["name"].as_str(), made["is_sample"].as_bool()), (Some("demo"), Some(true)));
    assert_eq!(app.send_locally("/local/workspaces", asked).await.json()["id"], made["id"]);
    assert_eq!(app.json("/api/v1/workspaces").await["workspaces"].as_array().unwrap().len(), 1);
    assert!(app.page("/imports").await.contains("Sample data."));
    assert_eq!(app.send_locally("/local/workspaces", json!({"name": " "})).await.status, 400);
    assert_eq!(app.send_locally("/local/workspaces", json!({"nom": "x"})).await.status, 400);
}

#[tokio::test]
async fn the_network_sees_nothing_of_it() {
    let app = TestApp::empty().await;
    assert_eq!(app.post("/local/import").await.status, 404);
    assert_eq!(app.post("/local/workspaces").await.status, 404);
}

#[tokio::test]
async fn workspaces_are_kept_apart() {
    let app = TestApp::with_google().await;
    app.send_locally("/local/workspaces", json!({"name": "other"})).await;
    app.import(
        "brand.csv",
        &GOOGLE.replace("Brand", "Elsewhere"),
        &[("workspace", "other"), ("captured_at", TAKEN)],
    )
    .await;
    let names = app.get("/api/v1/campaigns?range=all").await.text;
    assert!(names.contains("Brand") && !names.contains("Elsewhere"));
    let names = app.get("/api/v1/campaigns?range=all&workspace=other").await.text;
    assert!(!names.contains("Brand") && names.contains("Elsewhere"));
    assert_eq!(app.get("/api/v1/imports/2").await.status, 404);
    assert_eq!(app.get("/api/v1/imports/2?workspace=other").await.status, 200);
    assert!(app.page("/?workspace=other").await.contains("aria-current=\"true\"><bdi>other"));
}

#[tokio::test]
async fn without_a_name_the_workspace_with_data_is_shown() {
    let app = TestApp::empty().await;
    app.send_locally("/local/workspaces", json!({"name": "default"})).await;
    app.send_locally("/local/workspaces", json!({"name": "full"})).await;
    app.import("google.csv", GOOGLE, &[("workspace", "full"), ("captured_at", TAKEN)]).await;
    assert!(app.get("/api/v1/campaigns?range=all").await.text.contains("Brand"));
    assert_eq!(
        app.import("google.csv", GOOGLE, &[]).await["already_imported"],
        false,
        "changes go to default"
    );
}
