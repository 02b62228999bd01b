//! What is asked wrongly is told, with the parameter's name and what would be right.

use crate::app::TestApp;

#[tokio::test]
async fn each_wrong_parameter_is_named() {
    let app = TestApp::with_google().await;
    for (query, parameter) in [
        ("fitler=x", "fitler"),
        ("from=2026-11-01&from=2026-11-02", "from"),
        ("from=01.11.2026", "from"),
        ("from=2026-11-03&to=2026-11-01", "from"),
        ("from=2026-02-30", "from"),
        ("range=fortnight", "range"),
        ("range=all&from=2026-11-01", "range"),
        ("compare=never", "compare"),
        ("as_of=now", "as_of"),
        ("workspace=nowhere", "workspace"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("sort=-spent", "sort"),
        ("sort=platform", "sort"),
    ] {
        let path = format!("/api/v1/campaigns?{query}");
        let answer = app.get(&path).await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.text);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem = answer.json();
        assert_eq!(problem["parameter"], parameter, "{path}");
        assert_eq!(
            (problem["status"].as_u64(), problem["type"].as_str()),
            (Some(400), Some("urn:adroit:parameter"))
        );
        assert_eq!(problem["instance"], "/api/v1/campaigns");
        assert!(problem["remedy"].is_string() && problem["error_id"].is_string(), "{path}");
        let page = app.get(&format!("/campaigns?{query}")).await;
        assert_eq!(page.status, 400, "{query}");
        assert!(page.text.contains("A parameter is wrong") && page.text.contains("<nav class=\"rail\""));
    }
    for path in [
        "/api/v1/overview?limit=1",
        "/api/v1/workspaces?x=1",
        "/api/v1/imports/1?from=2026-11-01",
        "/imports?range=all",
        "/api/openapi.json?x=1",
        "/healthz?x=1",
        "/readyz?x=1",
        "/livez?x=1",
    ] {
        assert_eq!(app.get(path).await.status, 400, "{path}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_told() {
    let app = TestApp::empty().await;
    let page = app.get("/nowhere").await;
    assert_eq!(page.status, 404);
    assert!(page.text.contains("Not found") && page.header("content-type").starts_with("text/html"));
    let json = app.get("/api/v1/nowhere").await;
    assert_eq!((json.status.as_u16(), json.json()["status"].as_u64()), (404, Some(404)));
    assert_eq!(json.json()["remedy"], "see /api/openapi.json for what there is");
    let method = app.post("/api/v1/overview").await;
    assert_eq!((method.status.as_u16(), method.json()["type"].as_str()), (405, Some("urn:adroit:method")));
    assert_eq!(method.header("allow"), "GET,HEAD");
    assert!(method.json()["remedy"].as_str().unwrap().contains("Allow"), "{}", method.text);
}

#[tokio::test]
async fn the_past_can_be_asked() {
    let app = TestApp::with_google().await;
    let then = app.json("/api/v1/overview?range=all&as_of=2026-11-01T00:00:00Z").await;
    assert!(then["totals"]["spend_micros"].is_null());
    assert_eq!(then["as_of"], "2026-11-01T00:00:00Z");
    let now = app.json("/api/v1/overview?range=all&as_of=2026-11-03T06:12:00Z").await;
    assert_eq!(now["totals"]["spend_micros"], 2_025_500_000u64);
    assert!(app.page("/?range=all&as_of=2026-11-03T06:12:00Z").await.contains("As it was believed on"));
}

#[tokio::test]
async fn health_is_told() {
    let app = TestApp::empty().await;
    let health = app.json("/healthz").await;
    assert_eq!(
        (health["status"].as_str(), health["facts"].as_bool(), health["catalog"].as_bool()),
        (Some("ok"), Some(true), Some(true))
    );
    assert_eq!(app.get("/readyz").await.status, 200);
    assert_eq!(app.get("/livez").await.status, 204);
}
