//! What was sold, by the seller's own records, beside what platforms claim.

use serde_json::{Value, json};

use crate::program::Folder;

const ADS: &str = "Campaign,Day,Currency code,Cost,Clicks,Impr.,Conversions,Conv. value\n\
    Tents,2026-10-01,EUR,100.00,10,1000,4,300.00\n\
    Boats,2026-10-01,EUR,50.00,5,500,1,80.00\n\
    Tents,2026-10-02,EUR,50.00,5,500,2,120.00\n";
const SHOP: &str = "Day,Orders,Gross sales,Discounts,Returns,Net sales,Shipping,Taxes,Total sales\n\
    2026-10-01,4,340.00,-10.00,0.00,330.00,12.00,62.00,404.00\n\
    2026-10-02,3,150.00,0.00,-30.00,120.00,9.00,23.00,152.00\n";
const METRICS: &str = "spend,revenue,roas,record_revenue,record_orders,blended_roas,claimed_share";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.import(&folder.file("ads.csv", ADS), &["--account", "Ads"]);
    let flags = ["--account", "Shop", "--currency", "EUR", "--captured-at", "2026-10-03T07:00:00Z"];
    let report = folder.import(&folder.file("sales.csv", SHOP), &flags);
    assert_eq!(report["platform"], "shopify", "{report:#}");
    assert_eq!(report["recognised_as"], "Shopify account report by day");
    folder
}

fn october(folder: &Folder, flags: &[&str]) -> Value {
    folder.query(&[&["--from", "2026-10-01", "--to", "2026-10-02", "--metrics", METRICS], flags].concat())
}

#[test]
fn recorded_revenue_stands_beside_the_claimed_one() {
    let folder = folder();
    let answer = october(&folder, &["--by", "day"]);
    let totals = &answer["totals"];
    assert_eq!(totals["spend_micros"], 200_000_000);
    assert_eq!(totals["revenue_micros"], 500_000_000);
    assert_eq!(totals["record_revenue_micros"], 450_000_000, "{answer:#}");
    assert_eq!(totals["record_orders"], 7.0);
    assert_eq!((&totals["roas"], &totals["blended_roas"]), (&json!(2.5), &json!(2.25)));
    assert_eq!(totals["claimed_share"], 500.0 / 450.0);
    assert_eq!(answer["rows"][0]["blended_roas"], 330.0 / 150.0);
    assert_eq!(answer["rows"][1]["record_revenue_micros"], 120_000_000);

    // It belongs to no campaign and to no platform's spend.
    let by = october(&folder, &["--by", "platform"]);
    let rows = by["rows"].as_array().unwrap();
    let of = |platform: &str| rows.iter().find(|row| row["platform"] == platform).unwrap();
    assert_eq!(of("google_ads")["record_revenue_micros"], Value::Null);
    assert_eq!(of("google_ads")["blended_roas"], Value::Null);
    assert_eq!(of("shopify")["spend_micros"], Value::Null);
    assert_eq!(of("shopify")["revenue_micros"], Value::Null, "what was sold is not claimed: {by:#}");

    // Who asks for none of it sees nothing of it.
    let plain =
        folder.query(&["--range", "all", "--by", "platform", "--metrics", "spend,revenue,conversions"]);
    assert_eq!(plain["row_count"], 1, "{plain:#}");
    assert_eq!(plain["totals"]["conversions"], 7.0);
    assert!(!plain["freshness"].to_string().contains("shopify"), "{plain:#}");

    let wrong = ["query", "--range", "all", "--metrics", "recorded"];
    folder.run(wrong).failed(2, &["record_revenue"]);
}

#[test]
fn records_are_replaced_remembered_and_undone_like_any_import() {
    let folder = folder();
    let later = SHOP.replace("340.00,-10.00,0.00,330.00", "340.00,-10.00,-40.00,290.00");
    let flags = ["--account", "Shop", "--currency", "EUR", "--captured-at", "2026-10-09T07:00:00Z"];
    folder.import(&folder.file("later.csv", later), &flags);
    let recorded = |flags: &[&str]| october(&folder, flags)["totals"]["record_revenue_micros"].clone();
    assert_eq!(recorded(&[]), 410_000_000);
    assert_eq!(recorded(&["--as-of", "2026-10-05T00:00:00Z"]), 450_000_000);
    folder.run(["imports", "undo", "3"]).succeeded();
    assert_eq!(recorded(&[]), 450_000_000);
}

#[test]
fn analytics_tell_channels_and_a_plain_table_is_enough() {
    let folder = folder();
    let channels = "Date,Session default channel group,Sessions,Transactions,Purchase revenue\n\
        20261001,Organic Search,50,2,160.00\n20261001,Paid Search,30,1,70.00\n20261002,Paid Search,20,1,40.00\n";
    let report = folder.import(&folder.file("ga.csv", channels), &["--account", "Web", "--currency", "EUR"]);
    assert_eq!(report["recognised_as"], "Google Analytics channel report by day", "{report:#}");
    let by = october(&folder, &["--by", "campaign", "--filter", "platform = google_analytics"]);
    let mut told: Vec<_> = by["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["campaign"].as_str(), row["record_revenue_micros"].as_i64()))
        .collect();
    told.sort();
    assert_eq!(
        told,
        [(Some("Organic Search"), Some(160_000_000)), (Some("Paid Search"), Some(110_000_000))],
        "{by:#}"
    );
    assert_eq!(by["totals"]["record_revenue_micros"], 270_000_000);

    let plain = Folder::new();
    let table = "Date;Revenue;Orders\n2026-10-01;1.490,00;12\n2026-10-02;-20,00;0\n";
    plain.import(&plain.file("books.csv", table), &["--currency", "EUR"]);
    let answer = october(&plain, &[]);
    assert_eq!(answer["totals"]["record_revenue_micros"], 1_470_000_000, "{answer:#}");
    assert_eq!(answer["totals"]["blended_roas"], Value::Null, "nothing is known of spend");

    // Any other table, once its columns are named.
    let map = "date=When,revenue=Sum,platform=own_records,currency=EUR";
    let other = plain.file("other.csv", "When,Sum,Note\n2026-10-03,10.00,a\n");
    plain.import(&other, &["--map", map]);
}
