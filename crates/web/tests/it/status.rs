//! The status page and its API answer: what was measured, and nothing else.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use std::time::Duration;

use http_body_util::BodyExt;
use jiff::Timestamp;
use tower::ServiceExt;
use watch::Failure;
use web::router;

use crate::app::{TestApp, part};

/// A server that was asked, and wrote it down.
async fn asked() -> TestApp {
    let app = TestApp::with_google().await;
    for n in 0..200u64 {
        let status = if n < 2 { 500 } else { 200 };
        app.state.watch.requests().answered(
            app.state.watch.meter(),
            "GET",
            "/campaigns",
            status,
            Duration::from_millis(n + 1),
        );
    }
    app.state.watch.tick(Timestamp::now()).await.unwrap();
    app
}

#[tokio::test]
async fn what_was_asked_is_what_it_says() {
    let app = asked().await;
    let status = app.json("/api/v1/status").await;
    assert_eq!(status["status"], "ok");
    for time in status["times"].as_array().unwrap() {
        // The import that made the data is one more.
        assert_eq!((time["requests"].as_u64(), time["failed"].as_u64()), (Some(201), Some(2)), "{time}");
        assert!((time["availability"].as_f64().unwrap() - 199.0 / 201.0).abs() < 1e-9);
    }
    let routes = status["routes"].as_array().unwrap();
    let campaigns = routes.iter().find(|route| route["route"] == "/campaigns").unwrap();
    let p95 = campaigns["p95_ms"].as_f64().unwrap();
    assert!((p95 - 190.0).abs() / 190.0 < 0.02, "{p95}");
    assert_eq!(status["days"].as_array().unwrap().len(), 90);
    let last = status["days"].as_array().unwrap().last().unwrap();
    assert_eq!(last["requests"], 201);
    let first = &status["days"][0];
    assert_eq!(
        (first["covered_seconds"].as_u64(), first["availability"].is_null()),
        (Some(0), true),
        "a gap"
    );

    let page = app.page("/status").await;
    let tile = part(&page, "data-live=\"availability\"", "</p>");
    assert!(tile.contains("99.004%"), "{tile}");
    assert!(part(&page, "data-live=\"failed\"", "</p>").ends_with(">2"), "{page}");
    assert!(page.contains("Everything works.") && page.contains("<code>/campaigns</code>"));
    assert!(page.contains("aria-current=\"page\"") && page.contains("data-live-status"));
}

#[tokio::test]
async fn a_server_that_has_just_started_says_so_and_invents_nothing() {
    let app = TestApp::empty().await;
    let page = app.page("/status").await;
    assert!(page.contains("The server has just started."), "{page}");
    assert!(page.contains("nothing was asked yet") && page.contains("Nothing was measured yet."));
    assert!(!page.contains("100%<") && page.contains("No browser has told of a visit"));
    let status = app.json("/api/v1/status").await;
    assert!(status["times"][2]["availability"].is_null() && status["kept_share"].is_null());
}

#[tokio::test]
async fn what_failed_is_resolved_and_opened_by_a_form() {
    let app = asked().await;
    let failure = Failure {
        kind: "internal",
        route: "/campaigns",
        origin: "facts",
        message: "no <b> 'Anna'",
        error_id: "5f-1",
        request_id: "60-1",
    };
    app.state.watch.failed(&failure);
    let page = app.page("/status").await;
    let line = part(&page, "1 × internal", "</form>");
    assert!(line.contains("no &#60;b&#62; &#39;…&#39;") && line.contains("<code>5f-1</code>"), "{line}");
    let action = part(line, "action=\"", "\">").trim_start_matches("action=\"").to_owned();
    let done = app.post(&action).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/status#errors"));
    let page = app.page("/status").await;
    assert!(page.contains("· resolved") && page.contains("Open again"));
    assert!(app.json("/api/v1/status").await["errors"][0]["resolved_at"].is_string());
    tokio::time::sleep(Duration::from_millis(5)).await;
    app.state.watch.failed(&failure);
    assert!(app.page("/status").await.contains("came again 1 ×"));
    assert_eq!(app.post("/status/errors/999/resolve").await.status, 404);
}

#[tokio::test]
async fn everybody_sees_how_available_it_was_only_where_that_is_wanted() {
    let mut app = asked().await;
    assert_eq!(app.get("/status/public").await.status, 404);
    app.state = app.state.clone().with_public_status();
    let page = app.get("/status/public").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("It works.") && page.text.contains("99.004%"));
    for inner in ["/campaigns", "engine", "Requests", "class=\"rail\"", "<script"] {
        assert!(!page.text.contains(inner), "{inner}");
    }
}

#[tokio::test]
async fn it_is_told_live_until_the_server_stops() {
    let app = asked().await;
    let request = axum::http::Request::get("/api/v1/status/live").body(axum::body::Body::empty()).unwrap();
    let response = router(app.state.clone()).oneshot(request).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body();
    let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
    let text = String::from_utf8(frame.to_vec()).unwrap();
    assert!(text.contains("event: status") && text.contains("\"availability\":\"99.004%\""), "{text}");
    app.state.close_streams();
    assert!(tokio::time::timeout(Duration::from_secs(5), body.frame()).await.unwrap().is_none());
}
