//! What fails is told to who asked, and kept in groups under the same id; nobody's words are kept.

use axum::body::Body;
use axum::http::{Request, header};

use crate::app::{TestApp, part};
use crate::panels::without_entities;

const DAYS: &str = "from=2026-11-01&to=2026-11-03";

#[tokio::test]
async fn a_failed_panel_is_in_a_group_under_the_id_that_it_shows() {
    let app = without_entities().await;
    let answer = app.get(&format!("/?{DAYS}&filter=")).await;
    let shown =
        part(&answer.text, "Error id <code>", "</code>").trim_start_matches("Error id <code>").to_owned();
    let groups = app.state.watch.failures(10).await.unwrap();
    let group =
        groups.iter().find(|group| group.samples.iter().any(|sample| sample.error_id == shown)).unwrap();
    assert_eq!(
        (group.kind.as_str(), group.route.as_str(), group.origin.as_str()),
        ("internal", "/", "facts")
    );
    assert_eq!(group.samples[0].request_id, answer.header("x-request-id"));
    assert!(!group.message.is_empty());
}

#[tokio::test]
async fn an_answer_that_fails_is_in_a_group_by_its_route() {
    let app = without_entities().await;
    for _ in 0..3 {
        let answer = app.get(&format!("/api/v1/campaigns?{DAYS}")).await;
        assert_eq!(answer.status, 500);
        let problem = answer.json();
        assert!(problem["remedy"].as_str().unwrap().contains("try again"));
        assert!(!answer.text.contains("entity"), "{}", answer.text);
    }
    let groups = app.state.watch.failures(10).await.unwrap();
    let group = groups.iter().find(|group| group.route == "/api/v1/campaigns").unwrap();
    assert_eq!((group.count, group.samples.len()), (3, 3));
    assert!(app.get("/metrics").await.text.contains("adroit_errors_total{kind=\"internal\"} 3"));
    // What the sender can mend is no failure.
    app.get("/?from=yesterday").await;
    app.get("/nowhere").await;
    assert_eq!(app.state.watch.failures(10).await.unwrap().len(), groups.len());
}

#[tokio::test]
async fn pages_of_problems_keep_the_shell_and_say_what_to_do() {
    let app = TestApp::with_google().await;
    let large =
        |path: &str| Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let too_large = app.send(large("/views").body(Body::from(vec![b'a'; 3 << 20])).unwrap()).await;
    let foreign = large("/views").header("sec-fetch-site", "cross-site").body(Body::from("name=a")).unwrap();
    for (answer, status, words) in [
        (app.get("/nowhere").await, 404, "there is nothing at /nowhere"),
        (app.send(foreign).await, 403, "open the page here and send it again"),
        (too_large, 413, "send less at a time"),
    ] {
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
        assert!(answer.text.contains(words), "{}", answer.text);
        assert!(
            answer.text.contains(&format!("Error {status}, id <code>"))
                && answer.text.contains("class=\"rail\"")
        );
        assert!(!answer.text.contains("Try again"), "it would not help");
    }
    let api = app.send(large("/api/v1/plans").body(Body::from(vec![b'a'; 3 << 20])).unwrap()).await;
    assert_eq!(api.header("content-type"), "application/problem+json", "{}", api.text);
}
