//! What browsers tell of visits: taken where it is what our script sends, refused whole where it is not, and bounded.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::app::{Answer, TestApp, answered};

fn told() -> Value {
    json!({
        "route": "/campaigns/{id}", "device": "phone", "arrived": "navigate",
        "vitals": {"lcp": 5100.5, "inp": 180, "cls": 0.02, "fcp": 900.1, "ttfb": 40},
        "places": {"lcp": "h1@tiles", "inp": "button@form"},
        "pains": [["rage-click", "button@form", null], ["failed-request", "/api/v1/campaigns/{id}", 503]],
        "errors": [["x is not a function of 'Anna'", "sw.js", 1, 234]]
    })
}

async fn send(app: &TestApp, body: impl Into<Body>) -> Answer {
    app.send(beacon(body)).await
}

fn beacon(body: impl Into<Body>) -> Request<Body> {
    let request = Request::post("/api/v1/vitals").header(header::CONTENT_TYPE, "text/plain;charset=UTF-8");
    request.body(body.into()).unwrap()
}

async fn counted(app: &TestApp) -> Vec<String> {
    let text = app.get("/metrics").await.text;
    text.lines().filter(|line| line.starts_with("adroit_vitals")).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_visit_is_counted_by_page_and_device() {
    let app = TestApp::with_google().await;
    let answer = send(&app, told().to_string()).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
    let lines = counted(&app).await;
    for line in [
        "adroit_vitals_visits_total{device=\"phone\",page=\"/campaigns/{id}\"} 1",
        "adroit_vitals_lcp_seconds_count{device=\"phone\",page=\"/campaigns/{id}\"} 1",
        "adroit_vitals_pains_total{kind=\"rage-click\",page=\"/campaigns/{id}\"} 1",
        "adroit_vitals_pains_total{kind=\"slow-paint\",page=\"/campaigns/{id}\"} 1",
    ] {
        assert!(lines.iter().any(|own| own == line), "{line}: {lines:#?}");
    }
    let groups = app.state.watch.failures(20).await.unwrap();
    let script = groups.iter().find(|group| group.kind == "script").unwrap();
    assert_eq!(
        (script.origin.as_str(), script.message.as_str()),
        ("sw.js:1:234", "x is not a function of '…'")
    );
    app.state.watch.tick(jiff::Timestamp::now()).await.unwrap();
    let page = app.page("/status").await;
    for words in [
        "<code>/campaigns/{id}</code>",
        "poor</small>",
        "good</small>",
        "clicked again and again",
        "script at <code>/campaigns/{id}</code>",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[tokio::test]
async fn ten_thousand_malformed_messages_change_nothing() {
    let app = TestApp::with_google().await;
    let whole = told();
    let broken = |n: usize| -> Vec<u8> {
        let mut told = whole.clone();
        match n % 16 {
            0 => return vec![b'{'; n % 9000],
            1 => return whole.to_string().as_bytes()[..n % 300].to_vec(),
            2 => return vec![0xff; 100],
            3 => told["vitals"]["lcp"] = json!(-1),
            4 => told["vitals"]["cls"] = json!(1e9),
            5 => told["vitals"]["inp"] = json!("fast"),
            6 => told["device"] = json!(format!("device {n}")),
            7 => told["route"] = json!("/campaigns/Anna Müller"),
            8 => told["more"] = json!(n),
            9 => told["pains"] = json!(vec![["rage-click", "a"]; 9]),
            10 => told["pains"] = json!([["drop-table", "a"]]),
            11 => told["errors"] = json!([["x".repeat(201), "", 0, 0]]),
            12 => told["places"]["lcp"] = json!("<script>alert(1)</script>"),
            13 => told["vitals"]["ttfb"] = json!(f64::MAX),
            14 => told["arrived"] = json!("by bus"),
            _ => return format!("[{}]", "[".repeat(n % 4000)).into_bytes(),
        }
        told.to_string().into_bytes()
    };
    let (before, groups) = (counted(&app).await, app.state.watch.failures(500).await.unwrap());
    let mut refused = [0; 3];
    // To make the routes anew for each would take the time.
    let router = web::router(app.state.clone());
    for n in 0..10_000 {
        match answered(router.clone(), beacon(broken(n))).await.status.as_u16() {
            400 => refused[0] += 1,
            413 => refused[1] += 1,
            429 => refused[2] += 1,
            other => panic!("{n}: {other}"),
        }
    }
    assert!(refused.iter().all(|count| *count > 0), "{refused:?}");
    assert_eq!(counted(&app).await, before);
    assert_eq!(app.state.watch.failures(500).await.unwrap(), groups);
}

#[tokio::test]
async fn well_formed_messages_without_end_stay_bounded() {
    let app = TestApp::with_google().await;
    for n in 0..1000u32 {
        let letters: String = n.to_string().bytes().map(|digit| char::from(b'a' + digit - b'0')).collect();
        let mut told = told();
        told["route"] = json!(format!("/{letters}"));
        told["pains"] = json!([["dead-click", format!("{letters}@form")]]);
        told["errors"] = json!([["boom", format!("app-{letters}.js"), n, n]]);
        send(&app, told.to_string()).await;
    }
    let lines = counted(&app).await;
    assert!(lines.iter().all(|line| !line.contains("page=\"/")), "pages that are none are one: {lines:#?}");
    assert!(app.state.watch.failures(500).await.unwrap().len() <= 105);
}

#[tokio::test]
async fn it_can_be_switched_off_and_other_sites_can_not_send() {
    let mut app = TestApp::with_google().await;
    assert!(app.page("/").await.contains("data-vitals=\"100\""));
    let foreign = Request::post("/api/v1/vitals").header("sec-fetch-site", "cross-site");
    assert_eq!(app.send(foreign.body(Body::from(told().to_string())).unwrap()).await.status, 403);
    app.state = app.state.clone().with_vitals_of(0);
    assert_eq!(send(&app, told().to_string()).await.status, 404);
    assert!(!app.page("/imports").await.contains("data-vitals"));
    assert!(app.page("/status").await.contains("Switched off"));
}
