//! Alerts: rules through the API, looked at, told to real receivers, acknowledged, muted, and over.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::{HeaderMap, Method};
use axum::routing::post;
use jiff::Timestamp;
use lookout::{Looked, Post, look};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::app::{GOOGLE, TestApp};
use crate::plans::send;

/// A receiver of webhooks: what it was sent, each with its key.
#[derive(Clone, Default)]
pub struct Receiver(Arc<Mutex<Vec<(String, Value)>>>);

impl Receiver {
    /// Listens on this machine, and gives the address.
    pub async fn listening() -> (Self, String) {
        let receiver = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/hook/very-secret", listener.local_addr().unwrap());
        let heard = receiver.clone();
        let hear = move |headers: HeaderMap, body: String| {
            let key = headers["webhook-id"].to_str().unwrap().to_owned();
            heard.0.lock().unwrap().push((key, serde_json::from_str(&body).unwrap()));
            async {}
        };
        let router = axum::Router::new().route("/hook/{*secret}", post(hear));
        tokio::spawn(async move { axum::serve(listener, router).await });
        (receiver, address)
    }

    pub fn kinds(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().map(|(_, body)| body["type"].as_str().unwrap().to_owned()).collect()
    }

    pub fn bodies(&self) -> Vec<Value> {
        self.0.lock().unwrap().iter().map(|(_, body)| body.clone()).collect()
    }

    fn keys(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().map(|(key, _)| key.clone()).collect()
    }
}

/// With figures, and allowed to tell this machine.
async fn app() -> TestApp {
    let mut app = TestApp::with_google().await;
    app.state.telling.sender.webhooks.is_private_allowed = true;
    app
}

async fn made(app: &TestApp, what: &str, body: Value) -> Value {
    let answer = send(app, Method::POST, &format!("/api/v1/{what}"), "", body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()
}

fn stale(channels: &[u64]) -> Value {
    json!({"name": "Old figures", "condition": {"kind": "stale_source", "days": 3}, "channels": channels})
}

async fn look_at(app: &TestApp, time: &str) {
    let workspace = app.state.workspace_named(None).await.unwrap();
    let now: Timestamp = time.parse().unwrap();
    look(&app.state.lookout(), &workspace, Looked::Figures, now).await.unwrap();
}

/// A time at which everything is due.
fn later() -> Timestamp {
    "2026-12-01T00:00:00Z".parse().unwrap()
}

async fn firing(app: &TestApp) -> Vec<Value> {
    app.json("/api/v1/alerts").await["alerts"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_alert_fires_is_told_once_and_is_over() {
    let app = app().await;
    let (receiver, address) = Receiver::listening().await;
    let channel =
        made(&app, "alert-channels", json!({"name": "Ops", "kind": "webhook", "address": address})).await;
    assert!(channel["secret"].as_str().unwrap().starts_with("whsec_"));
    let id = channel["id"].as_u64().unwrap();
    made(&app, "alert-rules", stale(&[id])).await;
    let post = Post::open(app.state.lookout()).await.unwrap();

    look_at(&app, "2026-11-05T12:00:00Z").await;
    assert!(firing(&app).await.is_empty(), "two days are not three");
    for hour in 10..14 {
        look_at(&app, &format!("2026-11-06T{hour}:00:00Z")).await;
        post.send_due(later()).await.unwrap();
    }
    let alerts = firing(&app).await;
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    assert_eq!(
        (&alerts[0]["subject_key"], &alerts[0]["fired_at"]),
        (&json!("platform google_ads"), &json!("2026-11-06T10:00:00Z"))
    );
    assert_eq!(receiver.kinds(), ["alert.fired"], "told once, however often it is looked at");
    assert_eq!(alerts[0]["notices"][0]["state"], "sent");

    app.import("newer.csv", GOOGLE, &[("captured_at", "2026-11-07T06:00:00Z")]).await;
    // The same bytes are the same report: only a newer one counts.
    let newer = GOOGLE.replace("10.00,20", "10.00,21");
    app.import("newer.csv", &newer, &[("captured_at", "2026-11-07T06:00:00Z")]).await;
    look_at(&app, "2026-11-07T09:30:00Z").await;
    post.send_due(later()).await.unwrap();
    assert!(firing(&app).await.is_empty());
    let past = app.json("/api/v1/alerts?state=resolved").await["alerts"][0].clone();
    assert_eq!(
        (&past["fired_at"], &past["resolved_at"]),
        (&json!("2026-11-06T10:00:00Z"), &json!("2026-11-07T09:30:00Z"))
    );
    assert_eq!(receiver.kinds(), ["alert.fired", "alert.resolved"]);
    let page = app.page("/alerts").await;
    assert!(page.contains("23 h") && page.contains("Ops told: resolved"), "{page}");
}

#[tokio::test]
async fn a_message_that_was_being_sent_at_the_end_is_sent_again_under_its_key() {
    let app = app().await;
    let (receiver, address) = Receiver::listening().await;
    let channel =
        made(&app, "alert-channels", json!({"name": "Ops", "kind": "slack", "address": address})).await;
    assert_eq!(channel["secret"], Value::Null);
    made(&app, "alert-rules", stale(&[channel["id"].as_u64().unwrap()])).await;
    look_at(&app, "2026-11-06T12:00:00Z").await;
    let catalog = app.state.ledger.catalog();
    // Claimed and, as far as anybody knows, sent: then the program ends before it is marked.
    let claimed = catalog.claim_notices(later(), 10).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert!(catalog.claim_notices(later(), 10).await.unwrap().is_empty(), "nobody else gets it");
    let post = Post::open(app.state.lookout()).await.unwrap();
    assert_eq!(post.send_due(later()).await.unwrap(), 1);
    assert_eq!(post.send_due(later()).await.unwrap(), 0, "and once only");
    assert_eq!(receiver.keys(), [claimed[0].key.clone()]);
}

#[tokio::test]
async fn what_is_not_taken_is_tried_again_later_and_said() {
    let app = app().await;
    let gone = json!({"name": "Gone", "kind": "slack", "address": "http://127.0.0.1:1/very-secret"});
    let channel = made(&app, "alert-channels", gone).await;
    made(&app, "alert-rules", stale(&[channel["id"].as_u64().unwrap()])).await;
    look_at(&app, "2026-11-06T12:00:00Z").await;
    let post = Post::open(app.state.lookout()).await.unwrap();
    assert_eq!(post.send_due(Timestamp::now()).await.unwrap(), 0);
    let notice = firing(&app).await[0]["notices"][0].clone();
    assert_eq!(notice["state"], "waiting");
    assert!(notice["error"].as_str().unwrap().contains("127.0.0.1"), "{notice}");
    let page = app.page("/alerts").await;
    assert!(page.contains("Gone is tried again") && !page.contains("very-secret"), "{page}");
    let tested = app.post(&format!("/api/v1/alert-channels/{}/test", channel["id"])).await.json();
    assert_eq!(tested["was_taken"], false);
}

#[tokio::test]
async fn acknowledging_muting_and_escalating() {
    let app = app().await;
    let (receiver, address) = Receiver::listening().await;
    let id = made(&app, "alert-channels", json!({"name": "Boss", "kind": "webhook", "address": address}))
        .await["id"]
        .clone();
    let mut rule = stale(&[]);
    rule["escalate_after_minutes"] = json!(30);
    rule["escalate_to"] = json!([id]);
    made(&app, "alert-rules", rule).await;
    look_at(&app, "2026-11-06T12:00:00Z").await;
    let (lookout, workspace) = (app.state.lookout(), app.state.workspace_named(None).await.unwrap());
    let post = Post::open(lookout.clone()).await.unwrap();
    for time in ["2026-11-06T12:29:00Z", "2026-11-06T12:31:00Z", "2026-11-06T12:40:00Z"] {
        lookout::escalate(&lookout, &workspace, time.parse().unwrap()).await.unwrap();
        post.send_due(later()).await.unwrap();
    }
    assert_eq!(receiver.kinds(), ["alert.escalated"], "once");
    let alert = firing(&app).await[0]["id"].clone();
    let seen = app.post(&format!("/api/v1/alerts/{alert}/acknowledgement")).await.json();
    assert!(seen["acknowledged_at"].is_string(), "{seen}");
    let muted =
        send(&app, Method::POST, &format!("/api/v1/alerts/{alert}/mute"), "", json!({"hours": 24})).await;
    assert!(muted.json()["muted_until"].is_string());
    let too_long =
        send(&app, Method::POST, &format!("/api/v1/alerts/{alert}/mute"), "", json!({"hours": 9999})).await;
    assert_eq!(too_long.status, 400);
    let page = app.page("/alerts").await;
    assert!(page.contains("acknowledged by local") && page.contains("Unmute"), "{page}");
}

#[tokio::test]
async fn rules_change_only_from_the_version_that_was_read() {
    let app = app().await;
    let rule = made(&app, "alert-rules", stale(&[])).await;
    let path = format!("/api/v1/alert-rules/{}", rule["id"]);
    assert_eq!(app.get(&path).await.header("etag"), "\"1\"");
    let mut other = stale(&[]);
    other["condition"]["days"] = json!(5);
    assert_eq!(send(&app, Method::PUT, &path, "", other.clone()).await.status, 428);
    let changed = send(&app, Method::PUT, &path, "\"1\"", other.clone()).await;
    assert_eq!((changed.status.as_u16(), changed.header("etag")), (200, "\"2\""), "{}", changed.text);
    assert_eq!(send(&app, Method::PUT, &path, "\"1\"", other.clone()).await.status, 412);
    for (wrong, parameter) in [
        (json!({"condition": {"kind": "stale_source", "days": 0}}), "days"),
        (json!({"channels": [99]}), "channels"),
        (json!({"name": ""}), "name"),
    ] {
        let mut rule = other.clone();
        rule.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        let told = send(&app, Method::PUT, &path, "\"2\"", rule).await;
        assert_eq!(
            (told.status.as_u16(), &told.json()["parameter"]),
            (400, &json!(parameter)),
            "{}",
            told.text
        );
    }
    let nonsense =
        send(&app, Method::POST, "/api/v1/alert-rules", "", json!({"name": "x", "drop": "table"})).await;
    assert_eq!(nonsense.status, 400);
    assert_eq!(send(&app, Method::DELETE, &path, "\"2\"", json!(null)).await.status, 204);
    assert_eq!(app.get(&path).await.status, 404);
    let tried = send(&app, Method::POST, "/api/v1/alert-rules/preview?days=30", "", json!({
        "name": "CTR", "condition": {"kind": "threshold", "metric": "spend", "is": "above", "value": 5_000_000, "currency": "EUR", "days": 1},
    })).await.json();
    assert_eq!(tried["about"], 1, "{tried}");
    assert_eq!(tried["episodes"].as_array().unwrap().len(), 1, "{tried}");
}

#[tokio::test]
async fn another_workspace_sees_none_of_it() {
    let app = app().await;
    app.send_locally("/local/workspaces", json!({"name": "other", "sample": false})).await;
    let at = |path: &str, workspace: &str| format!("/api/v1/{path}?workspace={workspace}");
    let mail = json!({"name": "Ada", "kind": "mail", "address": "ada@example.org, grace@example.org"});
    let channel = send(&app, Method::POST, &at("alert-channels", "default"), "", mail).await.json();
    assert_eq!(channel["place"], "ada@example.org, grace@example.org");
    let id = channel["id"].as_u64().unwrap();
    let rule = send(&app, Method::POST, &at("alert-rules", "default"), "", stale(&[id])).await.json();
    let foreign = send(&app, Method::POST, &at("alert-rules", "other"), "", stale(&[id])).await;
    assert_eq!(foreign.status, 400, "a rule tells its own workspace's channels only");
    for (method, path) in [
        (Method::GET, format!("alert-rules/{}", rule["id"])),
        (Method::PUT, format!("alert-rules/{}", rule["id"])),
        (Method::DELETE, format!("alert-rules/{}", rule["id"])),
        (Method::POST, format!("alert-channels/{id}/test")),
        (Method::DELETE, format!("alert-channels/{id}")),
    ] {
        let answer = send(&app, method.clone(), &at(&path, "other"), "\"1\"", stale(&[])).await;
        assert!([400, 404].contains(&answer.status.as_u16()), "{method} {path}: {}", answer.status);
    }
    assert_eq!(app.json(&at("alert-channels", "other")).await["channels"], json!([]));
    assert!(app.json(&at("alert-channels", "default")).await.to_string().contains("Ada"));
}

#[tokio::test]
async fn webhooks_keep_out_of_private_networks() {
    let app = TestApp::with_google().await;
    for (address, status) in
        [("http://127.0.0.1/", 400), ("https://example.org/hook", 201), ("nonsense", 400)]
    {
        let asked = json!({"name": "x", "kind": "webhook", "address": address});
        assert_eq!(
            send(&app, Method::POST, "/api/v1/alert-channels", "", asked).await.status,
            status,
            "{address}"
        );
    }
    let inside = json!({"name": "x", "kind": "slack", "address": "https://127.0.0.1/secret"});
    let channel = made(&app, "alert-channels", inside).await;
    let told = tokio::time::timeout(
        Duration::from_secs(20),
        app.post(&format!("/api/v1/alert-channels/{}/test", channel["id"])),
    )
    .await
    .unwrap()
    .json();
    assert!(told["error"].as_str().unwrap().contains("private network"), "{told}");
}
