//! Where ads lead, as records shaped like the platforms' APIs tell it: kept with them, so that tracking is audited as for exports.

use duckdb::Connection;
use serde_json::{Value, json};

use crate::program::Folder;
use crate::records::{ingest, singer};

/// The kinds of addresses, as the facts number them.
const FINAL: u8 = 1;
const SUFFIX: u8 = 2;
const TEMPLATE: u8 = 3;

/// What the facts know of where anything leads, with what it is.
fn known(folder: &Folder) -> Vec<(u8, u8, String)> {
    let facts = Connection::open(folder.data().join("facts.duckdb")).unwrap();
    let mut statement = facts
        .prepare(
            "SELECT e.level, u.kind, u.url FROM entity_url u JOIN entity e USING (entity)
             WHERE u.url <> '' ORDER BY ALL",
        )
        .unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

/// A record of each stream, as connectors send them, and what it says of where things lead.
type Shape = (&'static str, Vec<(&'static str, Value)>, Vec<(u8, u8, &'static str)>);

fn shapes() -> Vec<Shape> {
    let tents = "https://shop.example/tents";
    vec![
        (
            "google_ads",
            vec![
                (
                    "ad_group_ad_legacy",
                    json!({"customer.id": 7, "segments.date": "2026-05-01", "campaign.id": 1, "ad_group.id": 2,
                           "ad_group_ad.ad.id": 3, "metrics.cost_micros": 1_000_000,
                           "ad_group_ad.ad.final_urls": [tents, "https://shop.example/?b=1&c=2"],
                           "ad_group_ad.ad.tracking_url_template": null}),
                ),
                (
                    "campaign",
                    json!({"customer.id": 7, "segments.date": "2026-05-01", "campaign.id": 1,
                           "metrics.cost_micros": 1_000_000, "campaign.final_url_suffix": "utm_campaign=tents"}),
                ),
                (
                    "customer",
                    json!({"customer.id": 7, "customer.currency_code": "EUR",
                           "customer.tracking_url_template": "{lpurl}?utm_source=google"}),
                ),
            ],
            vec![
                (2, SUFFIX, "utm_campaign=tents"),
                (2, TEMPLATE, "{lpurl}?utm_source=google"),
                (4, FINAL, "https://shop.example/tents https://shop.example/?b=1&c=2"),
            ],
        ),
        (
            "meta_ads",
            vec![
                (
                    "ads_insights",
                    json!({"account_id": "1", "account_currency": "EUR", "date_start": "2026-05-01", "campaign_id": "2",
                           "adset_id": "3", "ad_id": "4", "spend": "1.00", "inline_link_clicks": 1}),
                ),
                ("ads", json!({"id": "4", "adset_id": "3", "campaign_id": "2", "creative": {"id": "900"}})),
                (
                    "ad_creatives",
                    json!({"id": "900", "object_story_spec": {"link_data": {"link": tents, "message": "x"}},
                           "url_tags": "utm_source=facebook&utm_campaign={{campaign.name}}"}),
                ),
            ],
            vec![(4, FINAL, tents), (4, SUFFIX, "utm_source=facebook&utm_campaign={{campaign.name}}")],
        ),
        (
            "microsoft_ads",
            vec![(
                "ad_performance_report_daily",
                json!({"AccountId": 1, "CampaignId": 2, "AdGroupId": 3, "AdId": 4, "TimePeriod": "2026-05-01",
                       "CurrencyCode": "EUR", "Spend": 1.5, "FinalUrl": tents, "FinalUrlSuffix": "",
                       "TrackingTemplate": "{lpurl}?utm_source=bing"}),
            )],
            vec![(4, FINAL, tents), (4, TEMPLATE, "{lpurl}?utm_source=bing")],
        ),
        (
            "linkedin_ads",
            vec![
                (
                    "ad_creative_analytics",
                    json!({"sponsoredCreative": "urn:li:sponsoredCreative:5", "start_date": "2026-05-01",
                           "costInLocalCurrency": "2"}),
                ),
                (
                    "creatives",
                    json!({"id": "urn:li:sponsoredCreative:5", "campaign": "urn:li:sponsoredCampaign:6",
                           "content": {"textAd": {"landingPage": tents}}}),
                ),
            ],
            vec![(4, FINAL, tents)],
        ),
        (
            "tiktok_ads",
            vec![
                (
                    "ads_reports_daily",
                    json!({"advertiser_id": 1, "campaign_id": 2, "adgroup_id": 3,
                           "dimensions": {"ad_id": "4", "stat_time_day": "2026-05-01 00:00:00"},
                           "metrics": {"spend": "2"}}),
                ),
                (
                    "tiktok_ads",
                    json!({"ad_id": 4, "adgroup_id": 3, "campaign_id": 2, "landing_page_url": tents,
                           "utm_params": [{"key": "utm_source", "value": "tiktok"},
                                          {"key": "utm_campaign", "value": "big tents"}]}),
                ),
            ],
            vec![(4, FINAL, tents), (4, SUFFIX, "utm_source=tiktok&utm_campaign=big%20tents")],
        ),
        (
            "pinterest_ads",
            vec![
                (
                    "pinterest_ad_analytics",
                    json!({"AD_ACCOUNT_ID": 1, "CAMPAIGN_ID": 2, "AD_GROUP_ID": 3, "AD_ID": 4, "DATE": "2026-05-01",
                           "SPEND_IN_MICRO_DOLLAR": 2_000_000}),
                ),
                ("pinterest_ads", json!({"id": "4", "ad_group_id": "3", "destination_url": tents})),
            ],
            vec![(4, FINAL, tents)],
        ),
        (
            "snapchat_ads",
            vec![
                (
                    "ads_stats_daily",
                    json!({"id": "a-1", "start_time": "2026-05-01T00:00:00.000-07:00", "spend": 1000, "swipes": 1}),
                ),
                ("snapchat_ads", json!({"id": "a-1", "ad_squad_id": "s-1", "creative_id": "c-1"})),
                ("creatives", json!({"id": "c-1", "web_view_properties": {"url": tents}})),
                (
                    "snapchat_creative_url_tag_history",
                    json!({"creative_id": "c-1", "key": "utm_source", "value": "snap chat"}),
                ),
            ],
            vec![(4, FINAL, tents), (4, SUFFIX, "utm_source=snap%20chat")],
        ),
        (
            "reddit_ads",
            vec![
                (
                    "reddit_ads_ad_report",
                    json!({"account_id": "t2", "campaign_id": "1", "ad_group_id": "2", "ad_id": "3",
                           "date": "2026-05-01", "spend": 1000}),
                ),
                (
                    "reddit_ads_ad",
                    json!({"id": "3", "campaign_id": "1", "ad_group_id": "2", "click_url": tents}),
                ),
            ],
            vec![(4, FINAL, tents)],
        ),
        (
            "x_ads",
            vec![
                (
                    "promoted_tweet_report",
                    json!({"account_id": "18ce", "promoted_tweet_id": "p1", "line_item_id": "l1",
                           "date": "2026-05-01 07:00:00", "billed_charge_local_micro": 1000}),
                ),
                ("twitter_promoted_tweet_history", json!({"id": "p1", "line_item_id": "l1", "tweet_id": 77})),
                ("twitter_tweet_url", json!({"tweet_id": 77, "index": 0, "expanded_url": tents})),
            ],
            vec![(4, FINAL, tents)],
        ),
    ]
}

/// Records of several streams, one behind the other.
fn text(records: &[(&str, Value)]) -> String {
    records.iter().map(|(stream, record)| singer(stream, &[], std::slice::from_ref(record))).collect()
}

#[test]
fn each_platforms_records_say_where_its_ads_lead() {
    for (platform, records, expected) in shapes() {
        let folder = Folder::new();
        let told = ingest(&folder, &["--singer", "--currency", "EUR"], &text(&records)).succeeded();
        assert!(!told.stderr.contains("\"refused\": \""), "{platform}: {}", told.stderr);
        let found = known(&folder);
        let found: Vec<(u8, u8, &str)> =
            found.iter().map(|(level, kind, url)| (*level, *kind, url.as_str())).collect();
        assert_eq!(found, expected, "{platform}");
    }
}

/// Figures of one ad of Google's and where it leads.
fn google(cost: u64, address: Value) -> Value {
    json!({"customer.id": 7, "customer.currency_code": "EUR", "segments.date": "2026-05-01", "campaign.id": 1,
           "campaign.name": "Tents", "ad_group.id": 2, "ad_group_ad.ad.id": 3, "ad_group_ad.ad.name": "One",
           "metrics.cost_micros": cost, "ad_group_ad.ad.final_urls": address})
}

#[test]
fn what_was_told_last_counts_and_the_spend_behind_it_is_traced() {
    let folder = Folder::new();
    let tell = |cost: u64, address: Value| {
        let records = text(&[("ad_group_ad_legacy", google(cost, address))]);
        ingest(&folder, &["--singer"], &records).succeeded();
    };
    let asked = ["utm", "--from", "2026-05-01", "--to", "2026-05-01", "--json"];
    tell(1_000_000, json!(["https://shop.example/?utm_source=google&utm_medium=cpc&utm_campaign=tents"]));
    let answer = folder.json(asked);
    assert_eq!(
        (&answer["checked"]["spend_micros"], &answer["untraceable"]["count"]),
        (&json!(1_000_000), &json!(0))
    );

    tell(2_000_000, json!(["https://shop.example/?utm_source=google&utm_medium=cpc"]));
    let answer = folder.json(asked);
    assert_eq!(answer["untraceable"]["spend_micros"], 2_000_000, "{answer:#}");
    assert_eq!(known(&folder).len(), 1, "the address before is gone");
    assert_eq!(answer["rows"][0]["name"], "One");

    tell(3_000_000, json!([]));
    let answer = folder.json(asked);
    assert_eq!(answer["unknown"]["spend_micros"], 3_000_000, "{answer:#}");
    assert!(known(&folder).is_empty(), "it says that it leads nowhere");
}
