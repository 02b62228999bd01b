//! Alerts about the server itself: by what was measured, at a clock that is told; seen, changed and told like any other.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use std::time::Duration;

use axum::http::Method;
use jiff::Timestamp;
use lookout::{Looked, Post, look};
use people::Role;
use serde_json::{Value, json};
use store::catalog::Workspace;
use watch::metrics;

use crate::alerts::Receiver;
use crate::app::TestApp;
use crate::matrix::session_of;
use crate::plans::send;

/// The beginning of some hour.
const BEGIN: i64 = 1_795_363_200;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(BEGIN + minute * 60).unwrap()
}

/// A server with the rules that are there from the start.
async fn app() -> TestApp {
    let mut app = TestApp::with_google().await;
    app.state.telling.sender.webhooks.is_private_allowed = true;
    app.state.ledger.catalog().make_built_in_rules(&alert::built_in(), at(0)).await.unwrap();
    // What the import that made the data left is of before.
    app.state.watch.tick(at(-60 * 24 * 40)).await.unwrap();
    app
}

/// So many requests, of which so many fail, written down at the end of a minute.
async fn asked(app: &TestApp, minute: i64, requests: u64, failed: u64) {
    let (watch, took) = (&app.state.watch, Duration::from_millis(20));
    for n in 0..requests {
        let status = if n < failed { 500 } else { 200 };
        watch.requests().answered(watch.meter(), "GET", "/campaigns", status, took);
    }
    watch.tick(at(minute)).await.unwrap();
}

async fn look_at(app: &TestApp, minute: i64) {
    look(&app.state.lookout(), &Workspace::server(), Looked::Machine, at(minute)).await.unwrap();
}

async fn told(app: &TestApp, state: &str) -> Vec<Value> {
    let all = app.json(&format!("/api/v1/status/alerts?state={state}")).await["alerts"].clone();
    // How full this machine's disk is is not what is tested.
    all.as_array().unwrap().iter().filter(|alert| alert["subject_key"] != "disk").cloned().collect()
}

/// Names of rules that fire about a subject.
async fn firing(app: &TestApp, about: &str) -> Vec<String> {
    let all = told(app, "firing").await;
    let own = all.iter().filter(|alert| alert["subject_key"] == about);
    own.map(|alert| alert["title"].as_str().unwrap().to_owned()).collect()
}

const FAST: &str = "Error budget, 2 % in an hour";
const SLOW: &str = "Error budget, 10 % in three days";

#[tokio::test]
async fn a_burst_of_errors_is_told_within_minutes_and_is_over_soon_after() {
    let app = app().await;
    for minute in 1..=120 {
        asked(&app, minute, 100, 0).await;
    }
    look_at(&app, 120).await;
    assert!(told(&app, "firing").await.is_empty());
    // Half of them fail: of the hour's 6,000 it takes 87 until 14.4 times too many have.
    asked(&app, 121, 100, 50).await;
    look_at(&app, 121).await;
    assert!(!firing(&app, "objective availability").await.contains(&FAST.to_owned()));
    for minute in 122..=126 {
        asked(&app, minute, 100, 50).await;
        look_at(&app, minute).await;
        assert!(firing(&app, "objective availability").await.contains(&FAST.to_owned()), "{minute}");
    }
    let alert = told(&app, "firing").await.into_iter().find(|alert| alert["title"] == FAST).unwrap();
    assert_eq!((&alert["severity"], &alert["fired_at"]), (&json!("urgent"), &json!(at(122).to_string())));
    let words = alert["words"].as_str().unwrap();
    assert!(words.contains("300 of 6000 requests were answered with 5xx in the last hour"), "{words}");
    assert!(firing(&app, "requests").await.contains(&"Requests fail".to_owned()));
    // It is over: the last five minutes are clean, though the hour is not.
    for minute in 127..=131 {
        asked(&app, minute, 100, 0).await;
        look_at(&app, minute).await;
    }
    assert!(!firing(&app, "objective availability").await.contains(&FAST.to_owned()));
    let past = told(&app, "resolved").await.into_iter().find(|alert| alert["title"] == FAST).unwrap();
    assert_eq!(past["resolved_at"], json!(at(131).to_string()));
}

#[tokio::test]
async fn a_slow_burn_is_told_by_the_slow_rule_alone() {
    let app = app().await;
    // 1.5 of 1,000 fail, for three days.
    for five in 1..=3 * 24 * 12 {
        asked(&app, five * 5, 1000, 1 + (five % 2) as u64).await;
    }
    look_at(&app, 3 * 24 * 60).await;
    assert_eq!(firing(&app, "objective availability").await, [SLOW]);
    let alert = &told(&app, "firing").await[0];
    assert_eq!(alert["severity"], "normal");
    let words = alert["words"].as_str().unwrap();
    assert!(
        words.contains("1.5 times what the objective allows") && words.contains("lasts 20 days"),
        "{words}"
    );
    assert_eq!(told(&app, "firing").await.len(), 1, "nothing else fires");
}

#[tokio::test]
async fn without_traffic_nothing_fires_and_no_budget_is_full() {
    let app = app().await;
    for minute in 1..=90 {
        asked(&app, minute, 0, 0).await;
        look_at(&app, minute).await;
    }
    assert!(told(&app, "firing").await.is_empty());
    let rules = app.json("/api/v1/status/alert-rules").await["rules"].clone();
    let fast = rules.as_array().unwrap().iter().find(|rule| rule["rule"]["name"] == FAST).unwrap();
    assert!(fast["looked"].as_str().unwrap().contains("0 of 3 beyond"), "{fast}");
    // The page is of the present, at which nothing was measured.
    let status = app.json("/api/v1/status").await;
    let budgets = status["objectives"].as_array().unwrap();
    assert_eq!(budgets.len(), 3);
    for budget in budgets {
        let known = ["spent", "spent_minutes", "left", "left_minutes", "reached"].map(|name| &budget[name]);
        assert!(known.iter().all(|known| known.is_null()), "{budget}");
        assert!(budget["lacks"].as_str().unwrap().contains("24 h have to be measured"), "{budget}");
    }
    assert_eq!(budgets[0]["budget_minutes"], 43.2);
    let page = app.page("/status").await;
    assert!(page.contains("Availability 99.9 %") && page.contains("24 h have to be measured"), "{page}");
}

#[tokio::test]
async fn while_the_server_is_down_nothing_begins_and_nothing_is_over() {
    let app = app().await;
    for minute in 1..=60 {
        asked(&app, minute, 100, if minute > 50 { 60 } else { 0 }).await;
    }
    look_at(&app, 60).await;
    let before = told(&app, "firing").await;
    assert!(firing(&app, "objective availability").await.contains(&FAST.to_owned()));
    // Down for four hours: what was not measured is not known.
    look_at(&app, 300).await;
    let ids = |alerts: &[Value]| alerts.iter().map(|alert| alert["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&told(&app, "firing").await), ids(&before));
    let rules = app.json("/api/v1/status/alert-rules").await["rules"].clone();
    let rules = rules.as_array().unwrap();
    let looked = |name: &str| {
        let rule = rules.iter().find(|rule| rule["rule"]["name"] == name).unwrap();
        rule["looked"].as_str().unwrap().to_owned()
    };
    assert!(looked("Requests fail").contains("Nothing was measured in the last 15 minutes"));
    assert!(looked("A route is slow").contains("Nothing was measured"));
    assert!(looked(FAST).contains("3 can't be judged"), "{}", looked(FAST));
    // Back, and well.
    for minute in 301..=306 {
        asked(&app, minute, 100, 0).await;
        look_at(&app, minute).await;
    }
    assert!(!firing(&app, "objective availability").await.contains(&FAST.to_owned()));
}

#[tokio::test]
async fn checks_imports_routes_and_pages_are_told_by_name() {
    let app = app().await;
    let meter = app.state.watch.meter();
    meter.gauge(&metrics::CHECK_STATE, &[("check", "engine")]).set(0.0);
    meter.gauge(&metrics::CHECK_STATE, &[("check", "clock")]).set(0.5);
    meter.counter(&metrics::IMPORTS, &[("became", "failed")]).add(2);
    meter.counter(&metrics::IMPORTS, &[("became", "refused")]).add(9);
    for _ in 0..60 {
        let labels = [("page", "/campaigns"), ("device", "phone")];
        meter.timing(&metrics::VITALS_LCP_SECONDS, &labels).record(Duration::from_millis(4500));
        meter.timing(&metrics::VITALS_INP_SECONDS, &labels).record(Duration::from_millis(100));
    }
    for route in ["/campaigns", "/assets/{name}"] {
        for _ in 0..30 {
            let took = Duration::from_millis(2500);
            app.state.watch.requests().answered(meter, "GET", route, 200, took);
            app.state.watch.requests().answered(meter, "POST", "/imports", 200, took);
        }
    }
    for minute in 1..=7 {
        app.state.watch.tick(at(minute)).await.unwrap();
        look_at(&app, minute).await;
    }
    let mut keys: Vec<(String, String)> = told(&app, "firing")
        .await
        .iter()
        .map(|alert| ["subject_key", "words"].map(|name| alert[name].as_str().unwrap().to_owned()).into())
        .collect();
    keys.sort();
    let keys: Vec<(&str, &str)> = keys.iter().map(|(key, words)| (key.as_str(), words.as_str())).collect();
    let of =
        |key: &str| keys.iter().find(|(own, _)| *own == key).map(|(_, words)| *words).unwrap_or_default();
    assert_eq!(keys.len(), 4, "{keys:?}");
    assert!(of("check engine").contains("The check 'engine' fails"), "{keys:?}");
    assert!(of("imports").contains("2 imports failed in the last hour"), "{keys:?}");
    assert!(of("page /campaigns").contains("LCP was up to 45"), "{keys:?}");
    assert!(of("route /campaigns").contains("of 30 that were measured; the limit is 2000 ms"), "{keys:?}");
    // A check that works again ends its alert.
    meter.gauge(&metrics::CHECK_STATE, &[("check", "engine")]).set(1.0);
    app.state.watch.tick(at(8)).await.unwrap();
    look_at(&app, 8).await;
    assert_eq!(firing(&app, "check engine").await.len(), 0);
}

#[tokio::test]
async fn sources_of_all_workspaces_of_the_host_are_looked_at() {
    let app = app().await;
    let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
    look(&app.state.lookout(), &Workspace::server(), Looked::Figures, now).await.unwrap();
    let stale = told(&app, "firing").await;
    assert_eq!(stale.len(), 1, "{stale:?}");
    assert_eq!(stale[0]["subject"], "Google Ads in default");
}

#[tokio::test]
async fn its_channels_are_told_and_its_rules_are_changed_muted_and_deleted() {
    let app = app().await;
    let (receiver, address) = Receiver::listening().await;
    let channel = json!({"name": "Ops", "kind": "webhook", "address": address});
    let made = send(&app, Method::POST, "/api/v1/status/alert-channels", "", channel).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let channel = made.json()["id"].clone();
    let rules = app.json("/api/v1/status/alert-rules").await["rules"].clone();
    let check = rules.as_array().unwrap().iter().find(|rule| rule["rule"]["condition"]["kind"] == "check");
    let check = check.unwrap().clone();
    let path = format!("/api/v1/status/alert-rules/{}", check["id"]);
    let mut rule = check["rule"].clone();
    rule["channels"] = json!([channel]);
    rule["hold_minutes"] = json!(0);
    assert_eq!(send(&app, Method::PUT, &path, "\"1\"", rule.clone()).await.status, 200);
    assert_eq!(send(&app, Method::PUT, &path, "\"1\"", rule.clone()).await.status, 412);
    rule["condition"] = json!({"kind": "tracking", "days": 3});
    let refused = send(&app, Method::PUT, &path, "\"2\"", rule).await;
    assert!(refused.status == 400 && refused.text.contains("/alerts/rules"), "{}", refused.text);

    let gauge = app.state.watch.meter().gauge(&metrics::CHECK_STATE, &[("check", "engine")]);
    let post = Post::open(app.state.lookout()).await.unwrap();
    let figure = async |minute, figure| {
        gauge.set(figure);
        app.state.watch.tick(at(minute)).await.unwrap();
        look_at(&app, minute).await;
        post.send_due(at(60 * 24 * 365)).await.unwrap();
    };
    figure(1, 0.0).await;
    let alert = told(&app, "firing").await[0].clone();
    assert_eq!(receiver.kinds(), ["alert.fired"]);
    assert_eq!(receiver.bodies()[0]["workspace"], Value::Null);
    // On the page of the workspace too, and on the status page.
    let page = app.page("/alerts").await;
    assert!(page.contains("The server itself") && page.contains("Check engine"), "{page}");
    assert!(app.page("/status").await.contains("A self-check fails: <bdi>Check engine</bdi>"));
    let page = app.page("/status/alerts").await;
    assert!(page.contains("Alerts of the server") && page.contains("Ops told: fired"), "{page}");
    let id = &alert["id"];
    let done = app.post(&format!("/status/alerts/{id}/acknowledge")).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/status/alerts?workspace=default"));
    assert!(told(&app, "firing").await[0]["acknowledged_at"].is_string());
    // A workspace has no such alert, and no such rule.
    assert_eq!(app.post(&format!("/api/v1/alerts/{id}/acknowledgement")).await.status, 404);
    assert_eq!(app.get(&format!("/api/v1/alert-rules/{}", check["id"])).await.status, 404);
    let theirs = json!({"name": "a", "condition": {"kind": "check"}});
    assert_eq!(send(&app, Method::POST, "/api/v1/alert-rules", "", theirs).await.status, 400);
    // Muted, its end is recorded and not told.
    let muted = send(&app, Method::POST, &format!("{path}/mute"), "", json!({"hours": 24})).await;
    assert!(muted.json()["muted_until"].is_string(), "{}", muted.text);
    figure(2, 1.0).await;
    assert_eq!(told(&app, "resolved").await.len(), 1);
    assert_eq!(receiver.kinds(), ["alert.fired"]);
    assert_eq!(send(&app, Method::DELETE, &path, "\"2\"", Value::Null).await.status, 204);
    assert_eq!(app.get(&path).await.status, 404);
}

#[tokio::test]
async fn rules_are_changed_with_forms_by_who_operates_and_unseen_by_others() {
    let app = app().await;
    let list = app.page("/status/alerts/rules").await;
    assert!(list.contains(FAST) && list.contains("spent 14.4 times too fast over an hour"), "{list}");
    assert!(list.contains("/status/alerts/rules/new?kind=burn") && !list.contains("kind=tracking"), "{list}");
    for kind in ["burn", "error_rate", "latency", "vitals", "check", "failed_imports", "stale_source", "disk"]
    {
        let form = app.page(&format!("/status/alerts/rules/new?kind={kind}")).await;
        // What is about how things are now can't be tried on the past.
        let is_about_now = ["stale_source", "disk"].contains(&kind);
        assert_ne!(form.contains("90 days</button>"), is_about_now, "{kind}: {form}");
        assert!(!form.contains("name=\"platform\""), "{kind}: {form}");
    }
    assert_eq!(app.get("/status/alerts/rules/new?kind=tracking").await.status, 400);
    assert_eq!(app.get("/alerts/rules/new?kind=burn").await.status, 400);
    let fields = [
        ("kind", "burn"),
        ("name", "Quick"),
        ("value", "10"),
        ("minutes", "60"),
        ("short", "5"),
        ("least", "5"),
        ("only", "overview"),
        ("severity", "urgent"),
        ("hold", "0"),
        ("cooldown", "10"),
    ];
    let done = app.post_as("", "/status/alerts/rules", &fields).await;
    assert_eq!(done.status, 303, "{}", done.text);
    let rules = app.json("/api/v1/status/alert-rules").await["rules"].clone();
    let made = rules.as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        made["rule"]["condition"],
        json!({"kind": "burn", "objective": "overview", "rate": 10.0, "long_minutes": 60, "short_minutes": 5, "least": 5})
    );
    let shown = app.page(&format!("/status/alerts/rules/{}", made["id"])).await;
    assert!(shown.contains("value=\"10\"") && shown.contains("value=\"overview\" selected"), "{shown}");

    let app = app.closing().await;
    let viewer = app.person("viewer@example.org", Role::Viewer, None).await;
    let cookie = session_of(&app, viewer).await;
    let page = app.get_as(&cookie, "/alerts").await;
    assert!(page.status == 200 && !page.text.contains("The server itself"), "{}", page.text);
    assert_eq!(app.get_as(&cookie, "/status/alerts").await.status, 403);
}
