//! What figures rest on: sources with their days, gaps and restatement; and what was sold beside what is claimed.

use axum::body::Body;
use axum::http::{Request, header};

use crate::app::{GOOGLE, META, TAKEN, TestApp};

const SHOP: &str = "Day,Orders,Gross sales,Discounts,Returns,Net sales,Total sales\n\
    2026-11-01,4,€420.00,€0.00,€0.00,€420.00,€500.00\n2026-11-02,3,€300.00,€0.00,-€20.00,€280.00,€333.00\n";

#[tokio::test]
async fn sources_tell_days_gaps_and_how_days_changed() {
    let app = TestApp::empty().await;
    app.import("google.csv", GOOGLE, &[("captured_at", TAKEN)]).await;
    app.import("meta.csv", META, &[("captured_at", "2026-11-02T18:00:00Z")]).await;
    let later = META.replace("300.00", "600.00").replace(",4,", ",8,");
    app.import("later.csv", &later, &[("captured_at", "2026-11-12T06:00:00Z")]).await;
    let past = "Day,Campaign name,Amount spent (USD),Impressions,Reach,Link clicks,Purchases,Purchases conversion value\n\
        2026-10-28,Prospecting,10.00,900,700,9,0,0.00\n";
    app.import("past.csv", past, &[("captured_at", "2026-11-12T06:00:00Z")]).await;
    let sources = app.json("/api/v1/sources").await;
    let sources = sources["sources"].as_array().unwrap();
    let meta = sources.iter().find(|source| source["platform"] == "meta_ads").unwrap();
    let level = &meta["levels"][0];
    assert_eq!((&level["level"], &level["known_days"]), (&"campaign".into(), &3.into()), "{meta:#}");
    assert_eq!(level["gaps"], serde_json::json!([{"from": "2026-10-29", "to": "2026-10-31"}]));
    assert_eq!(level["imports"].as_array().unwrap().len(), 2);
    // 1 November was told a day after with 300.00 and 4 purchases, and eleven days after with twice as many.
    let after_a_day = &level["restated"][0];
    assert_eq!((&after_a_day["after_days"], &after_a_day["days"]), (&1.into(), &1.into()), "{level:#}");
    assert_eq!((&after_a_day["spend"], &after_a_day["conversions"]), (&1.0.into(), &0.5.into()));
    assert_eq!(level["restated"][4]["days"], 0);

    let page = app.page("/sources").await;
    for said in
        ["29 Oct – 31 Oct 2026", "How much of a day was known later", "50.0%", "1 compared", "/imports/3"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    // As it was believed before the later file nothing had changed yet.
    let before = app.json("/api/v1/sources?as_of=2026-11-05T00:00:00Z").await;
    let sources = before["sources"].as_array().unwrap();
    let meta = sources.iter().find(|source| source["platform"] == "meta_ads").unwrap();
    assert_eq!(
        (&meta["levels"][0]["known_days"], &meta["levels"][0]["restated"][0]["days"]),
        (&2.into(), &0.into())
    );
    let empty = TestApp::empty().await;
    assert!(empty.page("/sources").await.contains("Import"));
    assert_eq!(empty.json("/api/v1/sources").await["sources"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn what_was_sold_stands_on_the_overview_and_nowhere_else() {
    let app = TestApp::with_google().await;
    let before = app.json("/api/v1/overview").await;
    assert!(before["sold"].is_null());
    assert!(!app.page("/").await.contains("Recorded revenue"));
    app.import("sales.csv", SHOP, &[("captured_at", TAKEN), ("account", "Shop")]).await;
    let after = app.json("/api/v1/overview").await;
    for same in ["totals", "series", "platforms", "top_campaigns", "freshness", "provenance"] {
        assert_eq!(after[same], before[same], "{same}");
    }
    let sold = &after["sold"]["totals"];
    assert_eq!(sold["record_revenue_micros"], 700_000_000, "{after:#}");
    assert_eq!(sold["record_orders"], 7.0);
    assert!(sold["blended_roas"].as_f64().unwrap() > 0.0);
    let page = app.page("/").await;
    assert!(page.contains("Recorded revenue") && page.contains("Blended ROAS"), "{page}");
    let list = app.page("/campaigns?range=all").await;
    assert!(!list.contains("value=\"shopify\"") && !list.contains("<bdi>Shop"), "{list}");
    let wrong = app.get("/campaigns?columns=spend,record_revenue").await;
    assert_eq!(wrong.status, 400);
    let wrong = app.get("/api/v1/campaigns?filter=blended_roas+%3C+1").await;
    assert!(wrong.text.contains("is known of no campaign"), "{}", wrong.text);
}

#[tokio::test]
async fn a_renamed_campaign_is_proposed_read_as_one_and_taken_apart_again() {
    let app = TestApp::empty().await;
    let row = |day: u8, name: &str| format!("2026-11-{day:02},{name},10.00,100,90,5,1,30.00\n");
    let head = "Day,Campaign name,Amount spent (EUR),Impressions,Reach,Link clicks,Purchases,Purchases conversion value\n";
    let old = "DE_Retargeting_Warenkrob_14d";
    let new = "DE_Retargeting_Warenkorb_14d";
    let rows: Vec<String> =
        (1..=6).map(|day| row(day, if day < 4 { old } else { new }) + &row(day, "Something else")).collect();
    app.import("meta.csv", &(head.to_owned() + &rows.concat()), &[("captured_at", "2026-11-08T06:00:00Z")])
        .await;

    let asked = app.json("/api/v1/renames").await;
    let proposals = asked["proposals"].as_array().unwrap();
    assert_eq!(proposals.len(), 1, "{asked:#}");
    let pair = &proposals[0];
    assert_eq!((&pair["old"]["campaign"], &pair["new"]["campaign"]), (&old.into(), &new.into()));
    assert_eq!(
        (&pair["old"]["last_day"], &pair["new"]["first_day"]),
        (&"2026-11-03".into(), &"2026-11-04".into())
    );
    let ids = (pair["old"]["campaign_id"].as_u64().unwrap(), pair["new"]["campaign_id"].as_u64().unwrap());
    assert!(app.page("/sources").await.contains("They are one"));

    let decide = async |decision: &str| {
        let body = format!("old={}&new={}&decision={decision}", ids.0, ids.1);
        let request = Request::post("/sources/renames")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        app.send(request.body(Body::from(body)).unwrap()).await.status.as_u16()
    };
    let before = app.json("/api/v1/campaigns?range=all").await;
    assert_eq!(before["row_count"], 3);
    assert_eq!(decide("accept").await, 303);
    for _ in 0..2 {
        let list = app.json("/api/v1/campaigns?range=all").await;
        assert_eq!(list["row_count"], 2, "{list:#}");
        assert_eq!(list["totals"], before["totals"]);
        let rows = list["rows"].as_array().unwrap();
        let one = rows.iter().find(|row| row["campaign"] == new).unwrap();
        assert_eq!(one["spend_micros"], 60_000_000, "both names together");
        // From memory as from the engine.
        app.state.insight.read_recent_days(1).unwrap();
    }
    let named = app
        .json("/api/v1/analytics?range=all&by=day&metrics=spend&filter=campaign+like+'%25Warenkorb%25'")
        .await;
    assert_eq!(named["totals"]["spend_micros"], 60_000_000, "{named:#}");
    let one = app.json(&format!("/api/v1/campaigns/{}?range=all", ids.0)).await;
    assert_eq!(one["campaign"]["campaign"], new, "the old number leads to it");
    assert_eq!(one["campaign"]["spend_micros"], 60_000_000);
    assert!(app.json("/api/v1/renames").await["proposals"].as_array().unwrap().is_empty());

    assert_eq!(decide("undo").await, 303);
    assert_eq!(app.json("/api/v1/campaigns?range=all").await["row_count"], 3);
    assert_eq!(decide("reject").await, 303);
    let asked = app.json("/api/v1/renames").await;
    assert!(asked["proposals"].as_array().unwrap().is_empty());
    assert_eq!(asked["decided"][0]["accepted"], false);
    assert_eq!(decide("maybe").await, 400);
}
