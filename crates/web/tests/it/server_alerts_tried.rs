//! Rules of the server tried on what was measured: what they would have fired for is what they do fire for.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use std::time::Duration;

use alert::Rule;
use axum::http::Method;
use jiff::{SignedDuration, Timestamp};
use lookout::{Looked, ServerPreview, look, preview_server};
use serde_json::{Value, json};
use store::catalog::Workspace;
use watch::{Watch, metrics};

use crate::app::TestApp;
use crate::plans::send;

/// The beginning of some hour.
const BEGIN: i64 = 1_795_363_200;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(BEGIN + minute * 60).unwrap()
}

fn rule(condition: Value) -> Rule {
    let rule: Rule = serde_json::from_value(json!({"name": "Tried", "condition": condition})).unwrap();
    rule.check().and_then(|()| rule.check_owner(true)).unwrap();
    rule
}

/// A server whose figures of before are forgotten.
async fn app() -> TestApp {
    let app = TestApp::with_google().await;
    app.state.watch.tick(at(-60 * 24 * 100)).await.unwrap();
    app
}

/// So many requests, of which so many fail, written down at the end of a minute.
async fn asked(watch: &Watch, minute: i64, requests: u64, failed: u64) {
    for n in 0..requests {
        let status = if n < failed { 500 } else { 200 };
        watch.requests().answered(watch.meter(), "GET", "/campaigns", status, Duration::from_millis(20));
    }
    watch.tick(at(minute)).await.unwrap();
}

async fn tried(app: &TestApp, rule: &Rule, now: Timestamp) -> ServerPreview {
    preview_server(&app.state.watch, rule, 90, now).await.unwrap().unwrap()
}

/// When it would have fired and been over, in minutes.
fn minutes(preview: &ServerPreview) -> Vec<(i64, Option<i64>)> {
    let minute = |at: Timestamp| (at.as_second() - BEGIN) / 60;
    preview.episodes.iter().map(|episode| (minute(episode.fired), episode.resolved.map(minute))).collect()
}

#[tokio::test]
async fn what_would_have_fired_is_what_fired() {
    let app = app().await;
    let server = Workspace::server();
    let conditions = [
        json!({"kind": "error_rate", "above": 0.05, "minutes": 15, "least": 5}),
        json!({"kind": "burn", "objective": "availability", "rate": 14.4, "long_minutes": 60, "short_minutes": 5, "least": 5}),
    ];
    let mut made = Vec::new();
    for condition in &conditions {
        let body = json!({"name": "Tried", "condition": condition});
        let answer = send(&app, Method::POST, "/api/v1/status/alert-rules", "", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        made.push(answer.json()["id"].clone());
    }
    for minute in 1..=170 {
        let failed = if (61..=66).contains(&minute) { 50 } else { 0 };
        asked(&app.state.watch, minute, 100, failed).await;
        look(&app.state.lookout(), &server, Looked::Machine, at(minute)).await.unwrap();
    }
    let past = app.json("/api/v1/status/alerts?state=resolved").await["alerts"].clone();
    for (condition, id) in conditions.into_iter().zip(made) {
        let fired: Vec<&Value> =
            past.as_array().unwrap().iter().filter(|alert| alert["rule_id"] == id).collect();
        let preview = tried(&app, &rule(condition), at(170)).await;
        assert_eq!((fired.len(), preview.episodes.len()), (1, 1), "{preview:?}");
        let episode = &preview.episodes[0];
        let moments = [Some(episode.fired), episode.resolved].map(|at| json!(at.unwrap().to_string()));
        assert_eq!(moments, [fired[0]["fired_at"].clone(), fired[0]["resolved_at"].clone()]);
    }
}

#[tokio::test]
async fn long_ago_is_known_to_five_minutes_and_what_was_not_measured_ends_nothing() {
    let app = app().await;
    let watch = &app.state.watch;
    for minute in 1..=60 {
        asked(watch, minute, 100, if minute > 40 { 60 } else { 0 }).await;
    }
    // Down for four hours, and back in good health.
    for minute in 300..=340 {
        asked(watch, minute, 100, 0).await;
    }
    // Two days later something else: a minute's trouble on the last day, seen by the minute.
    let later = 2 * 24 * 60;
    for minute in later..=later + 60 {
        asked(watch, minute, 100, if minute == later + 30 { 90 } else { 0 }).await;
    }
    let rule = rule(json!({"kind": "error_rate", "above": 0.05, "minutes": 10, "least": 5}));
    let preview = tried(&app, &rule, at(later + 60)).await;
    assert_eq!(preview.about, 1);
    let episodes = minutes(&preview);
    assert_eq!(episodes.len(), 2, "{preview:?}");
    let (fired, resolved) = episodes[0];
    assert!((41..=45).contains(&fired), "{fired}");
    let resolved = resolved.unwrap();
    assert!((300..=315).contains(&resolved), "it was over when it was measured again: {resolved}");
    assert_eq!(episodes[1], (later + 30, Some(later + 40)));
    assert!(preview.episodes[1].words.contains("90 of 1000 requests failed"), "{preview:?}");
    assert!(preview.covered > SignedDuration::ZERO && preview.from > at(-5), "{preview:?}");
}

#[tokio::test]
async fn routes_pages_checks_and_imports_are_tried_by_name() {
    let app = app().await;
    let (watch, meter) = (&app.state.watch, app.state.watch.meter());
    meter.gauge(&metrics::CHECK_STATE, &[("check", "engine")]).set(1.0);
    for minute in 1..=60 {
        let is_bad = (20..30).contains(&minute);
        for route in ["/campaigns", "/imports"] {
            let slow = is_bad && route == "/imports";
            for _ in 0..10 {
                let took = Duration::from_millis(if slow { 3000 } else { 30 });
                watch.requests().answered(meter, "GET", route, 200, took);
            }
        }
        let labels = [("page", "/plans"), ("device", "phone")];
        meter.timing(&metrics::VITALS_LCP_SECONDS, &labels).record(Duration::from_millis(if is_bad {
            9000
        } else {
            500
        }));
        meter.gauge(&metrics::CHECK_STATE, &[("check", "engine")]).set(if is_bad { 0.0 } else { 1.0 });
        if minute == 20 {
            meter.counter(&metrics::IMPORTS, &[("became", "failed")]).add(1);
            meter.counter(&metrics::IMPORTS, &[("became", "refused")]).add(7);
        }
        watch.tick(at(minute)).await.unwrap();
    }
    for (condition, subject, episodes) in [
        (
            json!({"kind": "latency", "above_millis": 2000, "minutes": 5, "least": 20}),
            "/imports",
            vec![(20, Some(34))],
        ),
        (
            json!({"kind": "latency", "route": "/campaigns", "above_millis": 2000, "minutes": 5, "least": 20}),
            "",
            vec![],
        ),
        (json!({"kind": "check"}), "Check engine", vec![(20, Some(30))]),
        (json!({"kind": "check", "check": "clock"}), "", vec![]),
        (json!({"kind": "failed_imports", "least": 1, "minutes": 30}), "Imports", vec![(20, Some(50))]),
    ] {
        let preview = tried(&app, &rule(condition.clone()), at(60)).await;
        assert_eq!(minutes(&preview), episodes, "{condition}: {preview:?}");
        assert!(preview.episodes.iter().all(|episode| episode.subject == subject), "{preview:?}");
    }
    let disk = rule(json!({"kind": "disk", "free_below": 0.1}));
    assert_eq!(preview_server(watch, &disk, 90, at(60)).await.unwrap(), None, "it is about now");
}

#[tokio::test]
async fn the_page_and_the_api_say_how_often_it_would_have_fired() {
    let app = app().await;
    let watch = &app.state.watch;
    let now = Timestamp::now();
    let ago = |minutes: i64| now.saturating_sub(SignedDuration::from_mins(minutes)).unwrap();
    for minute in (10..=90).rev() {
        for n in 0..20 {
            let status = if minute == 60 && n < 15 { 503 } else { 200 };
            watch.requests().answered(watch.meter(), "GET", "/campaigns", status, Duration::from_millis(9));
        }
        watch.tick(ago(minute)).await.unwrap();
    }
    let body =
        json!({"name": "Tried", "condition": {"kind": "error_rate", "above": 0.2, "minutes": 3, "least": 5}});
    let path = "/api/v1/status/alert-rules/preview";
    let answer = send(&app, Method::POST, path, "", body.clone()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let told = answer.json();
    assert_eq!((&told["about"], told["episodes"].as_array().unwrap().len()), (&json!(1), 1), "{told}");
    let episode = &told["episodes"][0];
    assert_eq!(episode["subject"], "Pages and API");
    assert!(episode["words"].as_str().unwrap().contains("15 of"), "{told}");
    assert!(episode["resolved"].is_string() && told["from"].is_string(), "{told}");
    // Nothing was kept.
    let rules = app.json("/api/v1/status/alert-rules").await;
    assert_eq!(rules["rules"].as_array().unwrap().len(), 0, "{rules}");

    let refused = send(&app, Method::POST, &format!("{path}?days=91"), "", body).await;
    assert!(refused.status == 400 && refused.text.contains("use 1 to 90"), "{}", refused.text);
    let theirs = json!({"name": "a", "condition": {"kind": "tracking", "days": 3}});
    assert_eq!(send(&app, Method::POST, path, "", theirs).await.status, 400);
    let disk = json!({"name": "a", "condition": {"kind": "disk", "free_below": 0.1}});
    let none = send(&app, Method::POST, path, "", disk).await.json();
    assert!(none["from"].is_null() && none["episodes"].as_array().unwrap().is_empty(), "{none}");

    let fields = [
        ("kind", "error_rate"),
        ("name", "Quick"),
        ("by", "20"),
        ("minutes", "3"),
        ("least", "5"),
        ("severity", "urgent"),
        ("hold", "0"),
        ("cooldown", "10"),
        ("do", "try"),
    ];
    let page = app.post_as("", "/status/alerts/rules", &fields).await;
    assert_eq!(page.status, 200, "{}", page.text);
    for words in
        ["It would have fired once since", "Pages and API", "% of that time was measured", "value=\"Quick\""]
    {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
}
