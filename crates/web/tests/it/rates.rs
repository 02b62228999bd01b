//! Exchange rates: set on their page, used by pages and files, which say so.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use axum::body::Body;
use axum::http::{Method, Request, header};

use crate::app::{Answer, GOOGLE, META, TAKEN, TestApp, part};

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

const BANK: &str = "Date,USD,JPY,\n2026-11-02,1.6,170,\n2026-11-01,1.25,N/A,\n";

#[tokio::test]
async fn a_file_of_rates_is_looked_at_loaded_and_taken_away() {
    let app = with_two_currencies().await;
    form(&app, "/rates", "currency=USD&rate=2&day=2026-11-01").await;
    let looked = app
        .upload("/rates/file?workspace=default", "bank.csv", BANK.as_bytes(), &[("source", "A <b>bank</b>")])
        .await;
    assert_eq!(looked.status, 200, "{}", looked.text);
    for text in [
        "A &#60;b&#62;bank",
        "JPY, USD",
        "1 Nov – 2 Nov 2026",
        "<dt>Rates</dt><dd>3</dd>",
        "<dt>New</dt><dd>2</dd>",
        "<dt>Changed</dt><dd>1</dd>",
        ">1.25<",
        "set by hand",
    ] {
        assert!(looked.text.contains(text), "{text} in {}", looked.text);
    }
    let rates = app.json("/api/v1/rates?from=2026-11-01&to=2026-11-01").await;
    assert_eq!(rates["rates"][0]["rate_e12"], 500_000_000_000_i64, "nothing was changed");

    let load = part(&looked.text, "/rates/held/", "\"").replace("&#38;", "&");
    assert_eq!(app.post(&load).await.status, 303);
    assert_eq!(app.post(&load).await.status, 404, "once");
    let rates = app.json("/api/v1/rates?from=2026-11-01&to=2026-11-01").await;
    assert_eq!(rates["rates"][0]["rate_e12"], 800_000_000_000_i64);
    let sources = app.json("/api/v1/rates/sources").await;
    assert_eq!(
        sources["sources"].as_array().unwrap().len(),
        1,
        "what was set by hand was replaced: {sources}"
    );
    assert_eq!(sources["sources"][0]["rates"], 3);
    assert_eq!(sources["sources"][0]["currencies"], serde_json::json!(["JPY", "USD"]));

    let page = app.page("/rates").await;
    let ask = part(&page, "/rates/source?", "\"").replace("&#38;", "&");
    let asked = app.page(&ask).await;
    assert!(asked.contains("3 rates of JPY, USD") && asked.contains("A &#60;b&#62;bank"), "{asked}");
    assert_eq!(form(&app, "/rates/source", "source=A+%3Cb%3Ebank%3C/b%3E").await.status, 303);
    assert_eq!(form(&app, "/rates/source", "source=A+%3Cb%3Ebank%3C/b%3E").await.status, 404);
    assert!(app.json("/api/v1/rates/sources").await["sources"].as_array().unwrap().is_empty());
    assert!(app.page("/rates").await.contains("There are no rates yet"));

    let wrong = app.upload("/rates/file", "bank.csv", b"day,money\n1,2\n", &[]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("European Central Bank"), "{}", wrong.text);
}

#[tokio::test]
async fn programs_load_rates_set_one_and_take_a_source_away() {
    let app = with_two_currencies().await;
    let tried =
        app.upload("/api/v1/rates/file", "bank.csv", BANK.as_bytes(), &[("dry_run", "true")]).await.json();
    assert_eq!(
        (tried["dry_run"].as_bool(), tried["new"].as_u64(), tried["source"].as_str()),
        (Some(true), Some(3), Some("bank.csv"))
    );
    assert!(app.json("/api/v1/rates/sources").await["sources"].as_array().unwrap().is_empty());
    let loaded = app.upload("/api/v1/rates/file", "bank.csv", BANK.as_bytes(), &[]).await.json();
    assert_eq!((loaded["dry_run"].as_bool(), loaded["rates"].as_u64()), (Some(false), Some(3)));
    let newer = BANK.replace("1.6", "1.7");
    let again = app.upload("/api/v1/rates/file", "bank.csv", newer.as_bytes(), &[]).await.json();
    assert_eq!((again["same"].as_u64(), again["changed"].as_u64()), (Some(2), Some(1)));
    assert_eq!(again["changes"][0]["before_e9"], 1_600_000_000_i64);
    assert_eq!(again["changes"][0]["after_e9"], 1_700_000_000_i64);

    let one = serde_json::json!({"currency": "USD", "day": "2026-11-03", "per_euro": "4"});
    assert_eq!(app.send_as("", Method::POST, "/api/v1/rates", Some(one)).await.status, 204);
    let rates = app.json("/api/v1/rates?from=2026-11-03&to=2026-11-03").await;
    assert_eq!(rates["rates"][0]["rate_e12"], 250_000_000_000_i64);
    for wrong in [
        serde_json::json!({"currency": "USD", "day": "2026-11-03", "per_euro": "-4"}),
        serde_json::json!({"currency": "EUR", "day": "2026-11-03", "per_euro": "4"}),
        serde_json::json!({"currency": "USD", "day": "2026-11-03", "per_euro": "4", "x": 1}),
    ] {
        let answer = app.send_as("", Method::POST, "/api/v1/rates", Some(wrong.clone())).await;
        assert_eq!(answer.status, 400, "{wrong}: {}", answer.text);
    }
    let gone = app.send_as("", Method::DELETE, "/api/v1/rates/sources?source=bank.csv", None).await;
    assert_eq!(gone.json()["rates"], 3);
    assert_eq!(
        app.send_as("", Method::DELETE, "/api/v1/rates/sources?source=bank.csv", None).await.status,
        404
    );
    assert_eq!(app.send_as("", Method::DELETE, "/api/v1/rates/sources", None).await.status, 400);
    let left = app.json("/api/v1/rates/sources").await;
    assert_eq!(left["sources"][0]["source"], "set by hand");
}
