//! The overview: right figures, the same on the page and in the API, nothing made up.

use web::api::{CellOut, OverviewOut};

use crate::app::{TestApp, part};

const DAYS: &str = "from=2026-11-01&to=2026-11-03";

#[tokio::test]
async fn figures_are_those_of_the_file() {
    let app = TestApp::with_google().await;
    let overview = app.json(&format!("/api/v1/overview?{DAYS}")).await;
    let totals = &overview["totals"];
    assert_eq!(totals["spend_micros"], 2_025_500_000u64);
    assert_eq!(totals["revenue_micros"], 1_710_000_000u64);
    assert_eq!(totals["conversions"], 22.5);
    assert_eq!(totals["clicks"], 400);
    assert_eq!(totals["currency"], "EUR");
    assert!((totals["roas"].as_f64().unwrap() - 1710.0 / 2025.5).abs() < 1e-12);
    assert_eq!(totals["cpa_micros"], 90_022_222);
    assert_eq!(overview["compared"]["comparison"], "previous");
    assert_eq!(overview["compared"]["from"], "2026-10-29");
    assert_eq!(totals["change"]["spend"], serde_json::Value::Null);
    assert_eq!(overview["series"][0]["day"], "2026-11-01");
    assert_eq!(overview["series"][0]["spend_micros"], 1_110_000_000u64);
    assert_eq!(overview["platforms"][0]["platform"], "google_ads");
    assert_eq!(overview["top_campaigns"][0]["campaign"], "=1+1 Generic");
    assert_eq!(overview["freshness"][0]["provisional"], serde_json::json!(["2026-11-03"]));
    let typed: OverviewOut = serde_json::from_value(overview).unwrap();
    assert_eq!(typed.totals.cell("clicks"), Some(CellOut::Integer(400)));
}

#[tokio::test]
async fn the_page_and_the_api_agree() {
    let app = TestApp::with_google().await;
    let page = app.page(&format!("/?{DAYS}")).await;
    let tiles = part(&page, "<section class=\"tiles\"", "</section>");
    for text in ["2,025.50", "1,710.00", "0.84×", "22.5", "90.02", "400", "0.55%", "72.4\u{202f}k"] {
        assert!(tiles.contains(text), "{text} in {tiles}");
    }
    assert!(tiles.contains("title=\"72,400\""));
    assert!(page.contains("3 Nov is provisional"));
    assert!(page.contains("<path class=\"line s1\""));
}

#[tokio::test]
async fn the_compared_period_shows_changes_and_can_be_left_out() {
    let app = TestApp::with_google().await;
    let day = app.json("/api/v1/overview?from=2026-11-02&to=2026-11-02").await;
    let change = day["totals"]["change"]["spend"].as_f64().unwrap();
    assert!((change - (912.5 - 1110.0) / 1110.0).abs() < 1e-12);
    assert_eq!(day["totals"]["compared"]["spend_micros"], 1_110_000_000u64);
    let alone = app.json("/api/v1/overview?from=2026-11-02&to=2026-11-02&compare=none").await;
    assert!(alone["compared"].is_null() && alone["totals"].get("change").is_none());
    let page = app.page("/?from=2026-11-02&to=2026-11-02").await;
    assert!(page.contains("▼ 17.8%"), "{page}");
    assert!(!app.page("/?from=2026-11-02&to=2026-11-02&compare=none").await.contains("▼ 17.8%"));
}

#[tokio::test]
async fn money_of_other_currencies_is_named_and_not_added() {
    let app = TestApp::with_two_currencies().await;
    let overview = app.json(&format!("/api/v1/overview?{DAYS}")).await;
    assert_eq!(overview["totals"]["spend_micros"], 2_025_500_000u64);
    assert_eq!(overview["totals"]["left_out"][0]["currency"], "USD");
    assert_eq!(overview["totals"]["left_out"][0]["spend_micros"], 150_000_000);
    assert_eq!(overview["totals"]["clicks"], 570);
    let page = app.page(&format!("/?{DAYS}")).await;
    assert!(page.contains("150.00 USD spend, 550.00 USD revenue"), "{page}");
}

#[tokio::test]
async fn days_without_figures_are_no_zeros() {
    let app = TestApp::with_google().await;
    let far = app.json("/api/v1/overview?from=2025-01-01&to=2025-01-31").await;
    assert!(far["totals"]["spend_micros"].is_null());
    let page = app.page("/?from=2025-01-01&to=2025-01-31").await;
    assert!(part(&page, "<section class=\"tiles\"", "</section>").contains("class=\"absent\""));
}

#[tokio::test]
async fn the_default_ends_with_the_newest_known_day() {
    let app = TestApp::with_google().await;
    let overview = app.json("/api/v1/overview").await;
    assert_eq!(overview["period"], serde_json::json!({"from": "2026-10-05", "to": "2026-11-03"}));
    let all = app.json("/api/v1/overview?range=all").await;
    assert_eq!(all["period"], serde_json::json!({"from": "2026-11-01", "to": "2026-11-03"}));
}

#[tokio::test]
async fn an_empty_workspace_says_what_to_do() {
    let app = TestApp::empty().await;
    for path in ["/", "/campaigns", "/analytics"] {
        let page = app.page(path).await;
        assert!(page.contains("Nothing was imported yet") && page.contains("href=\"/imports\""), "{path}");
    }
    assert!(app.json("/api/v1/overview").await["totals"]["spend_micros"].is_null());
    assert_eq!(
        app.json("/api/v1/workspaces").await["workspaces"],
        serde_json::json!([]),
        "reading makes nothing"
    );
}
