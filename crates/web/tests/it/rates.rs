//! Exchange rates: set on their page, used by pages and files, which say so.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use axum::body::Body;
use axum::http::{Request, header};

use crate::app::{Answer, GOOGLE, META, TAKEN, TestApp};

async fn form(app: &TestApp, path: &str, body: &str) -> Answer {
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    app.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

async fn with_two_currencies() -> TestApp {
    let app = TestApp::empty().await;
    app.import("google.csv", GOOGLE, &[("captured_at", TAKEN)]).await;
    app.import("meta.csv", META, &[("captured_at", TAKEN)]).await;
    app
}

#[tokio::test]
async fn what_is_converted_says_so_on_every_page_and_in_files() {
    let app = with_two_currencies().await;
    let plain = app.get("/").await.text;
    assert!(plain.contains("Convert all to EUR") && plain.contains("Not in the totals"), "{plain}");
    assert_eq!(form(&app, "/rates", "currency=USD&rate=1.25&day=2026-10-01").await.status, 303);
    for path in ["/", "/campaigns", "/analytics"] {
        let page = app.get(&format!("{path}?convert=EUR")).await.text;
        for said in ["Money is converted", "1 USD is 0.8 EUR", "set by hand", "<small>in EUR</small>"] {
            assert!(page.contains(said), "{path} does not say {said}: {page}");
        }
        assert!(!page.contains("Not in the totals"), "{path}");
    }
    let csv = app.get("/api/v1/analytics?by=platform&metrics=spend&convert=EUR&format=csv").await.text;
    assert!(csv.lines().next().unwrap().ends_with("converted_to"), "{csv}");
    assert!(csv.lines().skip(1).all(|line| line.ends_with(",EUR")), "{csv}");
}

#[tokio::test]
async fn rates_are_shown_by_day_and_the_lead_is_changed() {
    let app = with_two_currencies().await;
    assert!(app.get("/rates").await.text.contains("0 of 30 days have a rate"));
    form(&app, "/rates", "currency=usd&rate=1.6&day=2026-11-02").await;
    let rates = app.get("/api/v1/rates?from=2026-11-01&to=2026-11-03").await.json();
    assert_eq!(rates["to"], "EUR");
    let days: Vec<_> = rates["rates"].as_array().unwrap().iter().map(|rate| &rate["day"]).collect();
    assert_eq!(days, ["2026-11-02", "2026-11-03"], "there was none before");
    assert_eq!(rates["rates"][1]["rate_e12"], 625_000_000_000_i64);
    assert_eq!(rates["rates"][1]["rate_of"], "2026-11-02");
    let page = app.get("/rates?from=2026-11-01&to=2026-11-03").await.text;
    assert!(page.contains("0.625") && page.contains("of 2 Nov 2026, the last before"), "{page}");

    assert_eq!(app.get("/api/v1/overview").await.json()["totals"]["currency"], "EUR");
    assert_eq!(form(&app, "/rates/lead", "currency=USD").await.status, 303);
    assert_eq!(app.get("/api/v1/overview").await.json()["totals"]["currency"], "USD");

    for (body, parameter) in [
        ("currency=EUR&rate=1&day=2026-11-02", "currency"),
        ("currency=USD&rate=0&day=2026-11-02", "rate"),
        ("currency=USD&rate=1&day=tomorrow", "day"),
        ("currency=USD&rate=1&day=2026-11-02&x=1", "x"),
        ("rate=1&day=2026-11-02", "currency"),
    ] {
        let answer = form(&app, "/rates", body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.text.contains(parameter), "{body}: {}", answer.text);
    }
    assert_eq!(app.get("/?convert=money").await.status, 400);
}
