//! Tracking: what the addresses of ads say of where visits come from, and the spend where they don't.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use serde_json::Value;

use crate::app::{TAKEN, TestApp};

/// Ads of one campaign over two days; the second table tells all of it, with a campaign that has no ads.
const ADS: &str = "\
Campaign name,Ad set name,Ad name,Website URL,URL parameters,Day,Amount spent (EUR),Impressions,Reach,Link clicks,Purchases,Purchases conversion value
Summer Sale,Broad,One,https://shop.example/tents,utm_source=facebook&utm_medium=paid&utm_campaign=summer-sale,2026-11-01,10.01,100,90,5,1,30.00
Summer Sale,Broad,One,https://shop.example/tents,utm_source=facebook&utm_medium=paid&utm_campaign=summer-sale,2026-11-02,5.00,100,90,5,1,30.00
Summer Sale,Broad,Two,https://shop.example/tents,utm_source=facebook&utm_medium=paid&utm_campaign=summer-sale,2026-11-02,20.00,100,90,5,1,30.00
Summer Sale,Broad,Three,https://shop.example/tents,utm_source=Facebook&utm_medium=paid&utm_campaign=sumer-sale,2026-11-02,7.77,100,90,5,1,30.00
Summer Sale,Broad,Four,https://shop.example/<script>alert(1)</script>?x=1,,2026-11-01,3.30,100,90,5,1,30.00
";
const CAMPAIGNS: &str = "\
Campaign name,Day,Amount spent (EUR),Impressions,Reach,Link clicks,Purchases,Purchases conversion value
Summer Sale,2026-11-01,14.00,200,180,10,2,60.00
Summer Sale,2026-11-02,36.00,300,270,15,3,90.00
Catalogue,2026-11-02,99.99,300,270,15,3,90.00
";

async fn tagged() -> TestApp {
    let app = TestApp::empty().await;
    for (name, content) in [("ads.csv", ADS), ("campaigns.csv", CAMPAIGNS)] {
        let report = app.import(name, content, &[("captured_at", TAKEN)]).await;
        assert_eq!(report["rows"]["skipped"], 0, "{report:#}");
    }
    app
}

/// What one problem, or `checked`, `untraceable`, `unknown`, comes to: how many ads, and their spend.
fn sum<'a>(answer: &'a Value, word: &str) -> (&'a Value, &'a Value) {
    let problems = answer["problems"].as_array().unwrap();
    let sum = problems.iter().find(|problem| problem["problem"] == word).unwrap_or(&answer[word]);
    (&sum["count"], &sum["spend_micros"])
}

fn is(count: u64, spend_micros: Option<i64>) -> (Value, Value) {
    (count.into(), spend_micros.into())
}

#[track_caller]
fn holds(answer: &Value, expected: &[(&str, u64, Option<i64>)]) {
    for (word, count, spend) in expected {
        let (found, expected) = (sum(answer, word), is(*count, *spend));
        assert_eq!((found.0, found.1), (&expected.0, &expected.1), "{word}: {answer:#}");
    }
}

#[tokio::test]
async fn spend_that_cannot_be_traced_is_told_to_the_micro_and_once() {
    let app = tagged().await;
    let answer = app.json("/api/v1/utm").await;
    holds(
        &answer,
        &[
            // The case of the source and the slip in the name are of one ad: it counts once.
            ("untraceable", 2, Some(11_070_000)),
            ("missing", 1, Some(3_300_000)),
            ("misspelt", 1, Some(7_770_000)),
            ("case", 1, Some(7_770_000)),
            ("click_id_only", 0, None),
            ("several", 0, None),
            ("checked", 4, Some(46_080_000)),
            ("unknown", 1, Some(99_990_000)),
        ],
    );
    assert_eq!(answer["untraceable"]["currency"], "EUR");
    let rows = answer["rows"].as_array().unwrap();
    assert_eq!((answer["row_count"].as_u64(), rows.len()), (Some(2), 2), "{answer:#}");
    assert_eq!((&rows[0]["name"], &rows[0]["level"]), (&"Three".into(), &"ad".into()));
    assert_eq!((&rows[0]["campaign"], &rows[0]["platform"]), (&"Summer Sale".into(), &"meta_ads".into()));
    let found = rows[0]["found"].as_array().unwrap();
    let told = |n: usize| {
        ["problem", "parameter", "value", "expected"]
            .map(|field| found[n][field].as_str().unwrap().to_owned())
    };
    assert_eq!(told(1), ["case", "utm_source", "Facebook", "facebook"]);
    assert_eq!(told(0)[..3], ["misspelt", "utm_campaign", "sumer-sale"]);
    assert_eq!(rows[1]["found"][0]["detail"], "no utm parameter");

    // Only the spend of the chosen days counts.
    let first_day = app.json("/api/v1/utm?from=2026-11-01&to=2026-11-01").await;
    holds(&first_day, &[("untraceable", 1, Some(3_300_000)), ("checked", 2, Some(13_310_000))]);
}

#[tokio::test]
async fn rows_are_paged_by_key_and_filtered_by_problem() {
    let app = tagged().await;
    let first = app.json("/api/v1/utm?limit=1").await;
    assert_eq!((&first["rows"][0]["name"], &first["row_count"]), (&"Three".into(), &2.into()));
    let next = first["next"].as_str().unwrap();
    let second = app.json(&format!("/api/v1/utm?limit=1&after={next}")).await;
    assert_eq!((&second["rows"][0]["name"], &second["next"]), (&"Four".into(), &Value::Null));
    let missing = app.json("/api/v1/utm?problem=missing").await;
    assert_eq!((&missing["rows"][0]["name"], &missing["row_count"]), (&"Four".into(), &1.into()));
    // The sums are of everything, whatever is shown.
    holds(&missing, &[("untraceable", 2, Some(11_070_000))]);
    for (wrong, said) in
        [("problem=untagged", "problem"), ("limit=0", "limit"), ("after=x", "after"), ("by=ad", "by")]
    {
        let answer = app.get(&format!("/api/v1/utm?{wrong}")).await;
        assert_eq!(answer.status, 400, "{wrong}: {}", answer.text);
        assert!(answer.text.contains(said), "{wrong}: {}", answer.text);
    }
}

#[tokio::test]
async fn the_page_says_what_to_mend() {
    let app = tagged().await;
    let page = app.page("/utm").await;
    for said in
        ["11.07", "99.99", "Three", "sumer-sale", "no utm parameter", "problem=missing", "shop.example/tents"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    let filtered = app.page("/utm?problem=missing").await;
    assert!(filtered.contains("Four") && !filtered.contains("sumer-sale"), "{filtered}");
    assert!(app.page("/sources").await.contains("href=\"/utm\""));
    assert!(app.get("/utm?problem=x").await.text.contains("problem"));
}

#[tokio::test]
async fn without_addresses_the_columns_are_named_and_nothing_is_called_missing() {
    let app = TestApp::with_google().await;
    let answer = app.json("/api/v1/utm").await;
    assert_eq!(answer["has_addresses"], false);
    holds(&answer, &[("untraceable", 0, None), ("checked", 0, None), ("unknown", 2, Some(2_025_500_000))]);
    let page = app.page("/utm").await;
    assert!(page.contains("Final URL suffix") && page.contains("URL parameters"), "{page}");
    assert!(TestApp::empty().await.page("/utm").await.contains("Nothing was imported yet"));
}

#[tokio::test]
async fn what_a_campaign_appends_counts_for_its_ads() {
    let app = TestApp::empty().await;
    let ads = "Campaign,Campaign ID,Ad group,Ad group ID,Ad,Ad ID,Final URL,Day,Currency code,Cost,Clicks,Impr.,Conversions,Conv. value\n\
        Tents,71,Small,81,One,91,https://shop.example/a,2026-11-01,EUR,1.00,1,10,0,0\n\
        Tents,71,Small,81,Two,92,https://shop.example/b?utm_campaign=boots,2026-11-01,EUR,2.00,1,10,0,0\n";
    app.import("ads.csv", ads, &[("captured_at", TAKEN)]).await;
    holds(
        &app.json("/api/v1/utm").await,
        &[("missing", 2, Some(3_000_000)), ("untraceable", 2, Some(3_000_000))],
    );
    let campaigns = |suffix: &str| {
        format!(
            "Campaign,Campaign ID,Final URL suffix,Day,Currency code,Cost,Clicks,Impr.,Conversions,Conv. value\n\
             Tents,71,{suffix},2026-11-01,EUR,3.50,2,20,0,0\n"
        )
    };
    let suffix = "utm_source=google&utm_medium=cpc&utm_campaign={campaignid}";
    app.import("campaigns.csv", &campaigns(suffix), &[("captured_at", "2026-11-04T06:00:00Z")]).await;
    let answer = app.json("/api/v1/utm").await;
    // The first is whole now; the second says its campaign twice, and not the same.
    holds(&answer, &[("missing", 0, None), ("several", 1, Some(2_000_000)), ("checked", 2, Some(3_000_000))]);
    let found = answer["rows"][0]["found"].to_string();
    assert!(found.contains("stands there twice"), "{found}");

    // What was told before does not come back, what is told later counts, and an empty cell says that there is nothing.
    app.import("older.csv", &campaigns("utm_source=old"), &[("captured_at", "2026-11-02T06:00:00Z")]).await;
    assert_eq!(app.json("/api/v1/utm").await["problems"], answer["problems"]);
    app.import("later.csv", &campaigns("--"), &[("captured_at", "2026-11-05T06:00:00Z")]).await;
    holds(&app.json("/api/v1/utm").await, &[("missing", 2, Some(3_000_000))]);
}

#[tokio::test]
async fn currencies_stay_apart() {
    let app = tagged().await;
    let dollars = ADS.replace("(EUR)", "(USD)").replace("Summer Sale", "Winter Sale");
    app.import("dollars.csv", &dollars, &[("captured_at", TAKEN)]).await;
    let answer = app.json("/api/v1/utm").await;
    let missing = &answer["problems"][0];
    assert_eq!((&missing["count"], &missing["spend_micros"]), (&2.into(), &3_300_000.into()), "{answer:#}");
    assert_eq!(missing["currency"], "EUR");
    assert_eq!(missing["left_out"][0]["currency"], "USD");
    assert_eq!(missing["left_out"][0]["spend_micros"], 3_300_000);
    assert!(answer["notes"].to_string().contains("USD"), "{answer:#}");
}
