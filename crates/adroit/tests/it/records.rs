//! Records by standard input, in the shapes of the platforms' APIs and in both protocols.

use serde_json::{Value, json};

use crate::program::{Done, Folder};

pub fn singer(stream: &str, keys: &[&str], records: &[Value]) -> String {
    let fields: serde_json::Map<String, Value> = records
        .iter()
        .filter_map(Value::as_object)
        .flat_map(|record| record.keys())
        .map(|name| (name.clone(), json!({})))
        .collect();
    let schema =
        json!({"type": "SCHEMA", "stream": stream, "schema": {"properties": fields}, "key_properties": keys});
    let mut text = format!("{schema}\n");
    for record in records {
        text += &format!("{}\n", json!({"type": "RECORD", "stream": stream, "record": record}));
    }
    text
}

fn airbyte(stream: &str, records: &[Value]) -> String {
    let line = |record: &Value| {
        format!(
            "{}\n",
            json!({"type": "RECORD", "record": {"stream": stream, "data": record, "emitted_at": 1}})
        )
    };
    records.iter().map(line).collect()
}

pub fn ingest(folder: &Folder, flags: &[&str], text: &str) -> Done {
    folder.pipe(["ingest", "--json"].iter().chain(flags), text)
}

/// The report, which goes to standard error.
fn report(done: &Done) -> Value {
    let start = done.stderr.find("{\n").unwrap_or_else(|| panic!("{done:#?}"));
    serde_json::from_str(&done.stderr[start..]).unwrap_or_else(|error| panic!("{error}: {done:#?}"))
}

/// A record as each platform's connectors send it, and what it says: spend, impressions, clicks, conversions, revenue.
pub fn shapes() -> Vec<(&'static str, &'static str, Value, [Value; 5])> {
    vec![
        (
            "google_ads",
            "campaign",
            json!({"customer.id": 7, "segments.date": "2026-05-01", "campaign.id": 11, "campaign.name": "Brand",
                   "metrics.cost_micros": 1_230_000, "metrics.impressions": 100, "metrics.clicks": 9,
                   "metrics.conversions": 1.5, "metrics.conversions_value": 30.25}),
            [json!(1_230_000), json!(100), json!(9), json!(1.5), json!(30_250_000)],
        ),
        (
            "google_ads",
            "ad_group_performance",
            json!({"customer": {"id": "7"}, "segments": {"date": "2026-05-01"}, "campaign": {"id": "11"},
                   "adGroup": {"id": "12", "name": "Exact"},
                   "metrics": {"costMicros": "2000000", "impressions": "50", "clicks": "5", "conversions": 1e-1}}),
            [json!(2_000_000), json!(50), json!(5), json!(0.1), Value::Null],
        ),
        (
            "meta_ads",
            "ads_insights",
            json!({"account_id": "1", "account_currency": "EUR", "date_start": "2026-05-01", "date_stop": "2026-05-01",
                   "campaign_id": "2", "adset_id": "3", "ad_id": "4", "ad_name": "Gr\u{fc}n \"x\"", "spend": "76.53",
                   "impressions": "4233", "clicks": "99", "inline_link_clicks": 10,
                   "actions": [{"action_type": "link_click", "value": "10"},
                               {"action_type": "purchase", "value": "2"}, {"action_type": "omni_purchase", "value": 3},
                               {"action_type": "offsite_conversion.fb_pixel_purchase", "value": "2"},
                               {"action_type": "lead", "value": "1"}],
                   "action_values": [{"action_type": "omni_purchase", "value": "99.9"}]}),
            [json!(76_530_000), json!(4233), json!(10), json!(4.0), json!(99_900_000)],
        ),
        (
            "microsoft_ads",
            "campaign_performance_report_daily",
            json!({"AccountId": 1, "CampaignId": 2, "CampaignName": "Brand", "TimePeriod": "2026-05-01",
                   "CurrencyCode": "USD", "Spend": 11.49, "Impressions": 5, "Clicks": 2, "Conversions": 1,
                   "ConversionsQualified": 1.25, "Revenue": 10}),
            [json!(11_490_000), json!(5), json!(2), json!(1.25), json!(10_000_000)],
        ),
        (
            "linkedin_ads",
            "ad_campaign_analytics",
            json!({"sponsoredCampaign": "urn:li:sponsoredCampaign:5", "start_date": "2026-05-01",
                   "end_date": "2026-05-01", "costInLocalCurrency": "18.5", "costInUsd": "20", "impressions": 70,
                   "clicks": 3, "externalWebsiteConversions": 2, "oneClickLeads": 1, "conversionValueInLocalCurrency": "5"}),
            [json!(18_500_000), json!(70), json!(3), json!(3.0), json!(5_000_000)],
        ),
        (
            "tiktok_ads",
            "campaigns_reports_daily",
            json!({"advertiser_id": 1, "campaign_id": 2, "dimensions": {"campaign_id": "2", "stat_time_day": "2026-05-01 00:00:00"},
                   "metrics": {"spend": "22.35", "impressions": "22222", "clicks": "22", "conversion": "3", "cpc": "-"}}),
            [json!(22_350_000), json!(22222), json!(22), json!(3.0), Value::Null],
        ),
        (
            "pinterest_ads",
            "campaign_analytics",
            json!({"ADVERTISER_ID": 1.0, "CAMPAIGN_ID": 2, "DATE": "2026-05-01", "SPEND_IN_MICRO_DOLLAR": 2250000.0,
                   "IMPRESSION_1": 15.0, "IMPRESSION_2": 5, "CLICKTHROUGH_1": 4, "CLICKTHROUGH_2": 1, "TOTAL_CONVERSIONS": 7}),
            [json!(2_250_000), json!(20), json!(5), json!(7.0), Value::Null],
        ),
        (
            "snapchat_ads",
            "campaigns_stats_daily",
            json!({"id": "c-1", "type": "CAMPAIGN", "start_time": "2026-05-01T00:00:00.000-07:00", "spend": 1353,
                   "swipes": 1, "impressions": 42, "conversion_purchases": 2}),
            [json!(1353), json!(42), json!(1), json!(2.0), Value::Null],
        ),
        (
            "reddit_ads",
            "reddit_ads_campaign_report",
            json!({"account_id": "t2", "campaign_id": "1", "date": "2026-05-01", "spend": 158865149, "impressions": 37523,
                   "clicks": 108}),
            [json!(158_865_149), json!(37523), json!(108), Value::Null, Value::Null],
        ),
        (
            "x_ads",
            "line_item_report",
            json!({"account_id": "18ce", "line_item_id": "c5ypq", "date": "2026-05-01 07:00:00",
                   "billed_charge_local_micro": 46646647, "impressions": 40326, "clicks": 281, "url_clicks": 12,
                   "conversion_purchases_metric": 1, "conversion_sign_ups_metric": 2}),
            [json!(46_646_647), json!(40326), json!(281), json!(3.0), Value::Null],
        ),
        (
            "amazon_ads",
            "campaign_level_report",
            json!({"campaignId": 5555, "date": "2026-05-01", "cost": 2.53, "impressions": 166, "clicks": 2,
                   "campaignBudgetCurrencyCode": "USD", "purchases30d": 4, "sales30d": 80.0}),
            [json!(2_530_000), json!(166), json!(2), json!(4.0), json!(80_000_000)],
        ),
        (
            "apple_search_ads",
            "campaigns_report_daily",
            json!({"date": "2026-05-01", "campaignId": 9, "impressions": 552, "taps": 6, "tapInstalls": 2,
                   "localSpend": {"amount": "4.31", "currency": "USD"}}),
            [json!(4_310_000), json!(552), json!(6), json!(2.0), Value::Null],
        ),
    ]
}

#[test]
fn each_platforms_records_say_what_they_say_in_both_protocols() {
    for protocol in ["--singer", "--airbyte"] {
        for (platform, stream, record, expected) in shapes() {
            let folder = Folder::new();
            let text = match protocol {
                "--singer" => singer(stream, &[], &[record]),
                _ => airbyte(stream, &[record]),
            };
            let done = ingest(&folder, &[protocol], &text).succeeded();
            let report = report(&done);
            let import = &report["imports"][0];
            assert_eq!(import["platform"], platform, "{report:#}");
            let sums = ["spend_micros", "impressions", "clicks", "conversions", "revenue_micros"];
            let found = sums.map(|name| import["sums"][name].clone());
            assert_eq!(found, expected, "{platform} {stream} {protocol}");
        }
    }
}

fn day(campaign: u32, day: &str, cost: u64) -> Value {
    json!({"customer_id": "7", "date": day, "campaign_id": campaign, "cost_micros": cost, "impressions": 1, "clicks": 1})
}

#[test]
fn records_are_put_in_their_places_by_key_and_days_stay_whole() {
    let folder = Folder::new();
    let keys = ["date", "campaign_id"];
    let first = [day(1, "2026-05-01", 100), day(2, "2026-05-01", 10), day(1, "2026-05-02", 1000)];
    let text = singer("campaign_stats", &keys, &first) + "{\"type\":\"STATE\",\"value\":{\"at\":1}}\n";
    let done = ingest(&folder, &["--singer"], &text).succeeded();
    assert_eq!(done.stdout, "{\"at\":1}\n", "the state is told once its records are kept");
    assert_eq!(folder.sums(&[])[0], 1110);

    // One row of a day comes again: the day's other row stays, nothing is doubled. Twice the same counts once.
    let again = [day(1, "2026-05-01", 200), day(1, "2026-05-01", 200), day(3, "2026-05-03", 5)];
    ingest(&folder, &["--singer"], &singer("campaign_stats", &keys, &again)).succeeded();
    assert_eq!(folder.sums(&[])[0], 1215);
    let days = folder.query(&["--range", "all", "--metrics", "spend", "--by", "day"]);
    let spent: Vec<&Value> =
        days["rows"].as_array().unwrap().iter().map(|row| &row["spend_micros"]).collect();
    assert_eq!(spent, [&json!(210), &json!(1000), &json!(5)], "{days:#}");

    // Another source of the same name's records is another source's.
    ingest(
        &folder,
        &["--singer", "--name", "other"],
        &singer("campaign_stats", &keys, &[day(9, "2026-05-09", 7)]),
    )
    .succeeded();
    assert_eq!(folder.sums(&[])[0], 1222);
}

#[test]
fn a_table_that_is_read_anew_replaces_what_it_was_when_it_is_read_to_its_end() {
    let folder = Folder::new();
    let versioned = |version: i64, records: &[Value], end: bool| {
        let mut text = singer("campaign_stats", &["date", "campaign_id"], &[]);
        for record in records {
            text += &format!(
                "{}\n",
                json!({"type": "RECORD", "stream": "campaign_stats", "record": record, "version": version})
            );
        }
        if end {
            text += &format!(
                "{}\n",
                json!({"type": "ACTIVATE_VERSION", "stream": "campaign_stats", "version": version})
            );
        }
        text
    };
    let old = [day(1, "2026-05-01", 100), day(2, "2026-05-01", 10), day(2, "2026-05-02", 1)];
    ingest(&folder, &["--singer"], &versioned(1, &old, true)).succeeded();
    assert_eq!(folder.sums(&[])[0], 111);
    let new = [day(1, "2026-05-01", 500)];
    ingest(&folder, &["--singer"], &versioned(2, &new, false)).succeeded();
    assert_eq!(folder.sums(&[])[0], 111, "it was not read to its end");
    ingest(&folder, &["--singer"], &versioned(2, &new, true)).succeeded();
    assert_eq!(folder.sums(&[])[0], 500, "what it has no more is gone, on every day");
}

#[test]
fn a_full_refresh_counts_when_the_source_says_that_it_is_complete() {
    let folder = Folder::new();
    let catalog = json!({"streams": [{"stream": {"name": "campaign_stats", "json_schema": {}},
        "sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}]});
    let catalog = folder.file("catalog.json", catalog.to_string());
    let flags = ["--airbyte", "--catalog", catalog.to_str().unwrap()];
    let complete = json!({"type": "TRACE", "trace": {"type": "STREAM_STATUS", "emitted_at": 1,
        "stream_status": {"stream_descriptor": {"name": "campaign_stats"}, "status": "COMPLETE"}}});
    // Without keys each record is one of its own, however alike.
    let twice = [day(1, "2026-05-01", 100), day(1, "2026-05-01", 100)];
    ingest(&folder, &flags, &(airbyte("campaign_stats", &twice) + &format!("{complete}\n"))).succeeded();
    assert_eq!(folder.sums(&[])[0], 200);
    let done = ingest(&folder, &flags, &airbyte("campaign_stats", &[day(1, "2026-05-01", 7)])).succeeded();
    assert!(report(&done)["streams"][0]["reasons"][0].as_str().unwrap().contains("did not say"));
    assert_eq!(folder.sums(&[])[0], 200);
    ingest(
        &folder,
        &flags,
        &(airbyte("campaign_stats", &[day(1, "2026-05-02", 7)]) + &format!("{complete}\n")),
    )
    .succeeded();
    assert_eq!(folder.sums(&[])[0], 7);
}

#[test]
fn streams_that_are_no_platforms_and_records_that_cannot_be_read_are_told() {
    let folder = Folder::new();
    let text = singer("users", &["id"], &[json!({"id": 1, "email": "a@example.com"})])
        + &singer(
            "campaign_stats",
            &[],
            &[
                day(1, "yesterday", 1),
                json!({"campaign_id": 1, "cost_micros": 1, "date": null}),
                json!({"campaign_id": 1, "cost_micros": "lots", "date": "2026-05-01"}),
                day(1, "2026-05-01", 3),
            ],
        )
        + &singer("google_ads_campaign_stats", &[], &[day(1, "2026-05-01", 3)]);
    let done = ingest(&folder, &["--singer"], &text).succeeded();
    let report = report(&done);
    let stream = |name: &str| {
        let streams = report["streams"].as_array().unwrap();
        streams.iter().find(|stream| stream["name"] == name).unwrap().clone()
    };
    let users = stream("users");
    assert_eq!((&users["read"], &users["used"], &users["skipped"]), (&json!(1), &json!(0), &json!(1)));
    assert!(users["refused"].as_str().unwrap().contains("no ad platform's report"), "{users}");
    assert!(users["needed"].as_str().unwrap().contains("mapping"), "{users}");
    let stats = stream("campaign_stats");
    assert_eq!((&stats["read"], &stats["used"], &stats["skipped"]), (&json!(4), &json!(1), &json!(3)));
    let reasons = stats["reasons"].to_string();
    for reason in ["'yesterday' is no day", "has no day", "'lots' is no number"] {
        assert!(reasons.contains(reason), "{reasons}");
    }
    let same = stream("google_ads_campaign_stats");
    assert!(same["refused"].as_str().unwrap().contains("would count twice"), "{same}");
    assert_eq!(folder.sums(&[])[0], 3);
}

#[test]
fn garbage_is_told_with_its_line_and_what_came_before_is_kept() {
    let folder = Folder::new();
    let good = singer("campaign_stats", &[], &[day(1, "2026-05-01", 3)]);
    for (garbage, told) in [
        ("{\"type\": \"RECORD\", \"stream\": \"campaign_sta", "stopped in the middle of a line"),
        ("{broken\n", "line 3"),
        ("some words {\"type\": \"RECORD\"}\n", "a message begins in the middle"),
    ] {
        let done = ingest(&folder, &["--singer"], &(good.clone() + garbage));
        let report = report(&done);
        assert_eq!(done.code, Some(2), "{done:#?}");
        assert!(report["error"].as_str().unwrap().contains(told), "{report:#}");
        assert_eq!(report["is_complete"], false);
        assert_eq!(folder.sums(&[])[0], 3);
    }
    // Words between the messages are no harm.
    let done = ingest(&folder, &["--singer"], &format!("Loading plugins\n{good}")).succeeded();
    assert_eq!(report(&done)["log"]["last"][0], "Loading plugins");
    folder.pipe(["ingest", "--singer"], [0xff, 0xfe, b'\n']).failed(2, &["line 1", "UTF-8"]);
}

#[test]
fn a_line_without_end_is_refused_and_long_texts_are_kept_in_bounds() {
    let folder = Folder::new();
    let good = singer("campaign_stats", &[], &[day(1, "2026-05-01", 3)]);
    let endless = good.clone()
        + r#"{"type":"RECORD","stream":"campaign_stats","record":{"a":""#
        + &"x".repeat(40 << 20);
    ingest(&folder, &["--singer"], &endless).failed(2, &["longer than 32 MiB"]);
    assert_eq!(folder.sums(&[])[0], 3);
    // More text than is put into columns at once.
    let long = |n: u32| {
        let mut record = day(n, "2026-05-02", 10);
        record["campaign_name"] = json!(format!("{n} {}", "long ".repeat(100_000)));
        record
    };
    let records: Vec<Value> = (0..24).map(long).collect();
    ingest(&folder, &["--singer"], &singer("campaign_stats", &[], &records)).succeeded();
    assert_eq!(folder.sums(&[])[0], 243);
}

#[test]
fn an_account_that_becomes_known_takes_its_figures_over() {
    let folder = Folder::new();
    let stats = json!({"ad_id": "4", "date_start": "2026-05-01", "spend": "5", "impressions": 1, "inline_link_clicks": 1});
    ingest(&folder, &["--singer"], &singer("ads_insights", &["ad_id", "date_start"], &[stats])).succeeded();
    let ads = json!({"id": "4", "account_id": "1", "adset_id": "3", "campaign_id": "2", "name": "Ad"});
    let account = json!({"id": "1", "name": "Shop", "currency": "EUR"});
    let text = singer("ads", &["id"], &[ads]) + &singer("ad_account", &["id"], &[account]);
    ingest(&folder, &["--singer"], &text).succeeded();
    let rows = folder.query(&["--range", "all", "--by", "account"]);
    let accounts = rows["rows"].as_array().unwrap();
    assert_eq!(accounts.len(), 1, "{rows:#}");
    assert_eq!(rows["rows"][0]["account"], "Shop", "{rows:#}");
    assert_eq!(folder.sums(&[])[0], 5_000_000);
}

#[test]
fn records_say_the_same_however_their_lines_are_written() {
    let fields = |day: u8| {
        format!(
            r#"{{"customer_id": 7, "date": "2026-05-0{day}", "campaign_id": 1, "cost_micros": {day}000000}}"#
        )
    };
    let schema = r#"{"type":"SCHEMA","stream":"google_ads_campaign_stats","schema":{"properties":{"customer_id":{},"date":{},"campaign_id":{},"cost_micros":{}}},"key_properties":["date","campaign_id"]}"#;
    let stream = "google_ads_campaign_stats";
    let lines = [
        format!(
            r#"{{"type":"RECORD","stream":"{stream}","record":{},"time_extracted":"2026-05-09T00:00:00Z"}}"#,
            fields(1)
        ),
        format!(r#"{{"record": {}, "stream": "{stream}", "type": "RECORD"}}"#, fields(2)),
        format!(
            r#"  {{ "type" : "RECORD" , "stream" : "google\u005fads_campaign_stats" , "record" : {} }}  "#,
            fields(3)
        ),
        format!(r#"{{"stream":"{stream}","version":null,"record":{},"type":"RECORD"}}"#, fields(4)),
        format!(r#"{{"type":"RECORD","record":{},"version":0,"stream":"{stream}"}}"#, fields(5)),
    ];
    let folder = Folder::new();
    let done = ingest(&folder, &["--singer"], &format!("{schema}\n{}\n", lines.join("\n"))).succeeded();
    assert_eq!(report(&done)["records"], 5);
    assert_eq!(folder.sums(&[])[0], 15_000_000);

    let other =
        r#"{"type":"RECORD","record":{"emitted_at":1,"data":@,"stream":"google_ads_campaign_stats"}}"#;
    let usual =
        r#"{"type":"RECORD","record":{"stream":"google_ads_campaign_stats","data":@,"emitted_at":1}}"#;
    let folder = Folder::new();
    let text: String = [(usual, 1), (other, 2), (usual, 3)]
        .map(|(line, day)| line.replace('@', &fields(day)) + "\n")
        .concat();
    ingest(&folder, &["--airbyte"], &text).succeeded();
    assert_eq!(folder.sums(&[])[0], 6_000_000);

    // A line that is nearly JSON is told and not taken in, and what came before it is kept.
    let broken = lines[0].replace("1000000", "01000000");
    let folder = Folder::new();
    ingest(&folder, &["--singer"], &format!("{schema}\n{}\n{broken}\n", lines[1])).failed(2, &["line 3"]);
    assert_eq!(folder.sums(&[])[0], 2_000_000);
}
