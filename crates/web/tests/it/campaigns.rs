//! The list of campaigns and one of them.

use std::collections::BTreeSet;

use web::api::{CampaignOut, CampaignsOut};

use crate::app::{TAKEN, TestApp, part};

const DAYS: &str = "from=2026-11-01&to=2026-11-03";

async fn with_many(campaigns: u32) -> TestApp {
    let app = TestApp::empty().await;
    let mut file = "Campaign report\nAll time\nCampaign,Day,Currency code,Cost,Clicks,Impr.\n".to_owned();
    for n in 0..campaigns {
        // Many share a spend: paging must not lose or repeat them.
        file += &format!("Campaign {n:04},2026-11-01,EUR,{}.00,{n},{}\n", n % 7, n * 100);
    }
    app.import("many.csv", &file, &[("captured_at", TAKEN)]).await;
    app
}

#[tokio::test]
async fn paging_visits_each_campaign_once() {
    let app = with_many(253).await;
    for sort in ["-spend", "spend", "campaign", "-campaign", "roas"] {
        let (mut seen, mut pages, mut after) = (BTreeSet::new(), 0, String::new());
        loop {
            let page: CampaignsOut = serde_json::from_value(
                app.json(&format!("/api/v1/campaigns?range=all&limit=50&sort={sort}&after={after}")).await,
            )
            .unwrap();
            assert_eq!(page.row_count, 253);
            for row in &page.rows {
                assert!(seen.insert(row.campaign_id), "{} twice by {sort}", row.campaign);
            }
            pages += 1;
            match page.next {
                Some(next) => after = next,
                None => break,
            }
        }
        assert_eq!((seen.len(), pages), (253, 6), "{sort}");
    }
}

#[tokio::test]
async fn the_page_leads_to_the_next_and_back() {
    let app = with_many(130).await;
    let first = app.page("/campaigns?range=all&sort=campaign").await;
    assert!(first.contains("Campaign 0039") && !first.contains("Campaign 0040"));
    assert!(first.contains("40 of 130 campaigns"));
    assert!(first.contains("aria-sort=\"ascending\""));
    let next = part(&first, "<nav class=\"paging\"", "</nav>");
    let href = part(next, "/campaigns?", "\" rel").replace("&#38;", "&");
    let second = app.page(&href).await;
    assert!(second.contains("Campaign 0040") && !second.contains("Campaign 0039"));
    assert!(second.contains("First page"));
}

#[tokio::test]
async fn filters_and_texts_select() {
    let app = TestApp::with_two_currencies().await;
    let names = async |query: &str| -> Vec<String> {
        let list: CampaignsOut =
            serde_json::from_value(app.json(&format!("/api/v1/campaigns?{DAYS}&{query}")).await).unwrap();
        list.rows.into_iter().map(|row| row.campaign).collect()
    };
    assert_eq!(names("text=bra").await, ["Brand"]);
    assert_eq!(names("filter=platform+%3D+meta_ads").await, ["Prospecting"]);
    assert_eq!(names("filter=roas+%3C+1").await, ["=1+1 Generic"]);
    assert_eq!(names("filter=roas+%3C+1&text=brand").await, Vec::<String>::new());
    let page = app.page(&format!("/campaigns?{DAYS}&filter=roas+%3C+1")).await;
    assert!(page.contains("=1+1 Generic") && !page.contains(">Brand<"));
    let wrong = app.get(&format!("/api/v1/campaigns?{DAYS}&filter=roas+%3C%3C+1")).await;
    assert_eq!((wrong.status.as_u16(), wrong.json()["parameter"].as_str()), (400, Some("filter")));
}

#[tokio::test]
async fn each_campaign_shows_its_own_currency() {
    let app = TestApp::with_two_currencies().await;
    let page = app.page(&format!("/campaigns?{DAYS}")).await;
    assert!(page.contains("150.00<small class=\"unit\">USD</small>"), "{page}");
    assert!(page.contains("25.00<small class=\"unit\">EUR</small>"));
    let google = app.page(&format!("/campaigns?{DAYS}&filter=platform+%3D+google_ads")).await;
    let head = part(&google, "<thead>", "</thead>");
    assert!(head.contains("Spend</a> <small class=\"unit\">EUR</small>"), "{head}");
}

#[tokio::test]
async fn one_campaign_has_its_days() {
    let app = TestApp::with_google().await;
    let list: CampaignsOut =
        serde_json::from_value(app.json(&format!("/api/v1/campaigns?{DAYS}&text=brand")).await).unwrap();
    let id = list.rows[0].campaign_id;
    assert_eq!(list.rows[0].status.as_deref().map(str::to_lowercase).as_deref(), Some("enabled"));
    let campaign: CampaignOut =
        serde_json::from_value(app.json(&format!("/api/v1/campaigns/{id}?{DAYS}")).await).unwrap();
    assert_eq!(campaign.campaign.campaign, "Brand");
    assert_eq!(campaign.series.len(), 3);
    let page = app.page(&format!("/campaigns/{id}?{DAYS}")).await;
    assert!(page.contains("<h1><bdi>Brand</bdi></h1>") && page.contains("25.00") && page.contains("110.00"));
    for missing in ["/campaigns/99999", "/campaigns/brand", "/api/v1/campaigns/99999"] {
        assert_eq!(app.get(missing).await.status, 404, "{missing}");
    }
}
