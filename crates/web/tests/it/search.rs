//! Everything by its name.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use serde_json::Value;

use crate::app::TestApp;

fn titles(answer: &Value) -> Vec<&str> {
    answer["results"].as_array().unwrap().iter().map(|found| found["title"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn campaigns_are_found_whatever_the_days_and_lead_to_their_page() {
    let app = TestApp::with_two_currencies().await;
    let all = app.json("/api/v1/campaigns?range=all").await;
    for campaign in all["rows"].as_array().unwrap() {
        let name = campaign["campaign"].as_str().unwrap();
        let query: String = form_urlencoded(&name.to_uppercase());
        let answer = app.json(&format!("/api/v1/search?q={query}&from=2020-01-01&to=2020-01-02")).await;
        assert_eq!(titles(&answer), [name]);
        let found = &answer["results"][0];
        assert_eq!(found["kind"], "campaign");
        let href = found["href"].as_str().unwrap();
        assert_eq!(href, format!("/campaigns/{}?from=2020-01-01&to=2020-01-02", campaign["campaign_id"]));
        assert!(app.page(href).await.contains("<h1>"));
    }
}

fn form_urlencoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn without_a_text_pages_and_actions_are_offered_and_all_are_there() {
    let app = TestApp::with_google().await;
    let answer = app.json("/api/v1/search?range=last_7_days&workspace=default").await;
    assert!(titles(&answer).starts_with(&["Overview", "Campaigns", "Analytics", "Alerts"]));
    for found in answer["results"].as_array().unwrap() {
        let href = found["href"].as_str().unwrap();
        if !href.starts_with('#') {
            assert!(href.contains("workspace=default"), "{href}");
            app.page(href).await;
        }
    }
}

#[tokio::test]
async fn what_is_looked_for_is_text_and_bounded() {
    let app = TestApp::with_google().await;
    for nothing in ["%25", "_____________", "%27%3B--", "zzz"] {
        assert!(titles(&app.json(&format!("/api/v1/search?q={nothing}")).await).is_empty(), "{nothing}");
    }
    for wrong in ["limit=0", "limit=51", "q=a&q=b", &format!("q={}", "a".repeat(201)), "what=1"] {
        assert_eq!(app.get(&format!("/api/v1/search?{wrong}")).await.status, 400, "{wrong}");
    }
    assert_eq!(titles(&app.json("/api/v1/search?limit=1").await), ["Overview"]);
    assert!(titles(&TestApp::empty().await.json("/api/v1/search?q=brand").await).is_empty());
}
