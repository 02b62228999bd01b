//! An account that came in twice under two names: proposed, set aside so that each day counts once, and given back.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use axum::http::Method;
use serde_json::{Value, json};

use crate::app::TestApp;

const HEAD: &str = "Day,Campaign name,Amount spent (EUR),Impressions,Reach,Link clicks,Purchases,Purchases conversion value\n";
const LATER: &str = "2026-12-01T06:00:00Z";

/// Two campaigns on some days of November. Each day spends 10.01 and 20.02 and the day's own cents.
fn file(days: impl IntoIterator<Item = i64>) -> String {
    let row = |day: i64, name: &str, cents: i64| {
        format!("2026-11-{day:02},{name},{}.{:02},{},90,5,1,30.00\n", cents / 100, cents % 100, 1000 + day)
    };
    let day = |day: i64| row(day, "Tents", 1001 + day) + &row(day, "Boots", 2002 + day);
    HEAD.to_owned() + &days.into_iter().map(day).collect::<String>()
}

/// What such a day comes to, in micros.
fn spent(days: impl IntoIterator<Item = i64>) -> i64 {
    days.into_iter().map(|day| (3003 + 2 * day) * 10_000).sum()
}

async fn import(app: &TestApp, name: &str, content: &str, account: &str) -> u64 {
    import_at(app, LATER, name, content, account).await
}

async fn import_at(app: &TestApp, taken: &str, name: &str, content: &str, account: &str) -> u64 {
    let fields = [("captured_at", taken), ("account", account)];
    app.import(name, content, &fields).await["import_id"].as_u64().unwrap()
}

/// Days 1 to 10 as one account, days 3 to 12 as another.
async fn twice() -> TestApp {
    let app = TestApp::empty().await;
    import(&app, "export.csv", &file(1..=10), "Acme").await;
    import(&app, "export (1).csv", &file(3..=12), "Acme GmbH").await;
    app
}

/// All that is spent, from the roll-up and from the level that was told.
async fn total(app: &TestApp) -> i64 {
    let days = app.json("/api/v1/analytics?by=day&metrics=spend&range=all").await;
    let told = app.json("/api/v1/analytics?by=campaign&level=campaign&metrics=spend&range=all").await;
    let all = &days["totals"]["spend_micros"];
    assert_eq!(all, &told["totals"]["spend_micros"], "{days:#} {told:#}");
    all.as_i64().unwrap()
}

async fn pair(app: &TestApp) -> Value {
    app.json("/api/v1/duplicates").await["proposals"][0].clone()
}

async fn decide(app: &TestApp, pair: &Value, accepted: Option<bool>) -> u16 {
    let body = json!({
        "kept_id": pair["kept"]["account_id"],
        "other_id": pair["other"]["account_id"],
        "accepted": accepted,
    });
    app.send_as("", Method::POST, "/api/v1/duplicates", Some(body)).await.status.as_u16()
}

#[tokio::test]
async fn an_account_that_came_in_twice_is_proposed_with_what_counts_twice() {
    let app = twice().await;
    let both = spent(1..=10) + spent(3..=12);
    assert_eq!(total(&app).await, both);
    let pair = pair(&app).await;
    assert_eq!((&pair["kept"]["account"], &pair["other"]["account"]), (&"Acme".into(), &"Acme GmbH".into()));
    assert_eq!((&pair["shared_rows"], &pair["equal_rows"]), (&16.into(), &16.into()), "{pair:#}");
    assert_eq!(
        (&pair["twice_micros"], &pair["aside_micros"]),
        (&spent(3..=10).into(), &spent(3..=10).into())
    );
    assert_eq!((&pair["kept_micros"], &pair["aside_days"]), (&spent(3..=10).into(), &8.into()));
    assert_eq!(total(&app).await, both, "proposing changes nothing");
    let sources = app.page("/sources").await;
    assert!(sources.contains("may count twice") && sources.contains("They are one"), "{sources}");
    assert!(app.page("/").await.contains("may count twice"));
}

#[tokio::test]
async fn shared_days_count_once_and_all_comes_back() {
    let app = twice().await;
    let before =
        app.json("/api/v1/analytics?by=day,account&metrics=spend,impressions,clicks&range=all").await;
    let both = total(&app).await;
    let pair = pair(&app).await;
    assert_eq!(decide(&app, &pair, Some(true)).await, 204);
    assert_eq!(total(&app).await, spent(1..=12), "days that only one tells are kept");
    let asked = app.json("/api/v1/duplicates").await;
    assert_eq!(asked["proposals"].as_array().unwrap().len(), 0);
    assert_eq!(
        (&asked["decided"][0]["accepted"], &asked["decided"][0]["other"]["known_days"]),
        (&true.into(), &2.into())
    );
    // What is set aside is no gap: the account that counts tells these days.
    let overview = app.json("/api/v1/overview?range=all").await;
    assert_eq!(overview["freshness"][0]["unknown_days"], 0, "{overview:#}");
    // From memory as from the engine.
    app.state.insight.read_recent_days(1).unwrap();
    assert_eq!(total(&app).await, spent(1..=12));

    assert_eq!(decide(&app, &pair, Some(true)).await, 204, "to decide the same again changes nothing");
    assert_eq!(total(&app).await, spent(1..=12));
    assert_eq!(decide(&app, &pair, None).await, 204);
    assert_eq!(total(&app).await, both);
    let after = app.json("/api/v1/analytics?by=day,account&metrics=spend,impressions,clicks&range=all").await;
    assert_eq!((&after["rows"], &after["totals"]), (&before["rows"], &before["totals"]));
    assert_eq!(app.json("/api/v1/duplicates").await["proposals"][0], pair);
    assert_eq!(decide(&app, &pair, None).await, 404, "there is nothing to take back");
}

#[tokio::test]
async fn what_is_imported_and_undone_later_counts_once_too() {
    let app = TestApp::empty().await;
    let first = import(&app, "export.csv", &file(1..=10), "Acme").await;
    import(&app, "export (1).csv", &file(3..=12), "Acme GmbH").await;
    let pair = pair(&app).await;
    assert_eq!(decide(&app, &pair, Some(true)).await, 204);
    // The other one goes on coming in: days that the first tells stay aside, new ones count.
    let later = file(8..=14).replace(",5,1,30.00", ",6,1,30.00");
    let third = import_at(&app, "2026-12-02T06:00:00Z", "export (2).csv", &later, "Acme GmbH").await;
    assert_eq!(total(&app).await, spent(1..=14));
    // A day that the first one does not tell any more is told by the other.
    assert_eq!(app.post(&format!("/api/v1/imports/{first}/undo")).await.status, 200);
    assert_eq!(total(&app).await, spent(3..=14));
    let clicks = app.json("/api/v1/analytics?metrics=clicks&range=all").await;
    assert_eq!(clicks["totals"]["clicks"], 2 * (5 * 5 + 7 * 6), "the later file is believed of its days");
    assert_eq!(app.post(&format!("/api/v1/imports/{third}/undo")).await.status, 200);
    assert_eq!(total(&app).await, spent(3..=12));
    assert_eq!(decide(&app, &pair, None).await, 204);
    assert_eq!(total(&app).await, spent(3..=12), "what was undone stays undone");
}

#[tokio::test]
async fn a_rejected_pair_is_not_proposed_until_that_is_taken_back() {
    let app = twice().await;
    let (both, pair) = (total(&app).await, pair(&app).await);
    let id = |which: &str| pair[which]["account_id"].to_string();
    let (kept, other) = (id("kept"), id("other"));
    let post = async |decision: &str| {
        let fields = [("kept", kept.as_str()), ("other", other.as_str()), ("decision", decision)];
        app.post_as("", "/sources/duplicates", &fields).await.status.as_u16()
    };
    assert_eq!(post("maybe").await, 400);
    assert_eq!(post("reject").await, 303);
    assert_eq!(app.json("/api/v1/duplicates").await["proposals"].as_array().unwrap().len(), 0);
    assert_eq!(total(&app).await, both);
    assert!(!app.page("/").await.contains("may count twice"));
    assert_eq!(post("undo").await, 303);
    assert_eq!(app.json("/api/v1/duplicates").await["proposals"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_not_the_same_is_not_proposed() {
    // Too few rows; figures that differ; accounts that one file tells of.
    let few = TestApp::empty().await;
    import(&few, "a.csv", &file(1..=3), "Acme").await;
    import(&few, "b.csv", &file(1..=4), "Other").await;
    let different = TestApp::empty().await;
    import(&different, "a.csv", &file(1..=10), "Acme").await;
    import(&different, "b.csv", &file(1..=10).replace("Boots,20", "Boots,21"), "Other").await;
    let together = TestApp::empty().await;
    let rows = |account: &str| {
        let file = file(1..=10);
        file.lines().skip(1).map(|row| format!("{account},{row}\n")).collect::<String>()
    };
    let file = format!("Account name,{HEAD}{}{}", rows("Acme"), rows("Other"));
    together.import("both.csv", &file, &[("captured_at", LATER)]).await;
    for app in [few, different, together] {
        let asked = app.json("/api/v1/duplicates").await;
        assert_eq!(asked["proposals"].as_array().unwrap().len(), 0, "{asked:#}");
        assert!(!app.page("/sources").await.contains("came in twice"));
    }
}
