//! A warehouse's tables: each platform's figures by day are what plain SQL finds in the same files.

use std::path::{Path, PathBuf};

use duckdb::Connection;
use serde_json::Value;

use crate::program::Folder;

/// Sample tables of eleven platforms, beside the checkout unless `ADROIT_WAREHOUSE_TABLES` says where. They are licensed and not part
/// of this repository.
const TABLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/warehouse/ad_reporting");

/// What a day's figures should be, by SQL over one platform's and level's tables. Rows are (day, spend in micros,
/// impressions, clicks, conversions in millionths); `{dir}` is the folder.
struct Check {
    platform: u8,
    level: u8,
    name: &'static str,
    sql: String,
}

/// A table read as text, so that every conversion is written down here.
fn table(name: &str) -> String {
    format!(
        "read_csv('{{dir}}/{name}_data.csv', all_varchar = true, header = true, nullstr = '', strict_mode = false)"
    )
}

fn money(column: &str) -> String {
    format!("(CAST({column} AS DECIMAL(30, 6)) * 1000000)::BIGINT")
}

/// One figure of several columns: absent only where all are.
fn sum_of(columns: &[&str]) -> String {
    let all_absent =
        columns.iter().map(|column| format!("{column} IS NULL")).collect::<Vec<_>>().join(" AND ");
    let added = columns
        .iter()
        .map(|column| format!("coalesce({column}::DECIMAL(30, 6), 0)"))
        .collect::<Vec<_>>()
        .join(" + ");
    format!("CASE WHEN {all_absent} THEN NULL ELSE {added} END")
}

fn check(
    platform: u8,
    level: u8,
    file: &'static str,
    day: &str,
    figures: [String; 4],
    more: Option<String>,
) -> Check {
    let [spend, impressions, clicks, conversions] = figures;
    let more = more.map_or(String::new(), |sql| format!("UNION ALL {sql}"));
    let sql = format!(
        "SELECT day, sum(spend)::BIGINT, sum(impressions)::BIGINT, sum(clicks)::BIGINT, sum(conversions)::BIGINT FROM (
             SELECT {day}[1:10]::DATE AS day, {spend} AS spend, {impressions} AS impressions, {clicks} AS clicks,
                    {conversions} AS conversions
             FROM {} {more})
         GROUP BY day ORDER BY day",
        table(file)
    );
    Check { platform, level, name: file, sql }
}

fn simple(
    platform: u8,
    level: u8,
    file: &'static str,
    day: &str,
    [spend, impressions, clicks, conversions]: [&str; 4],
) -> Check {
    let count = |column: &str| format!("({column})::DECIMAL(30, 6)");
    let conversions = match conversions {
        "" => "NULL".to_owned(),
        column => format!("(({column})::DECIMAL(30, 6) * 1000000)"),
    };
    let figures = [spend.to_owned(), count(impressions), count(clicks), conversions];
    check(platform, level, file, day, figures, None)
}

fn checks() -> Vec<Check> {
    let mut checks = Vec::new();
    for (level, file) in [
        (1, "google_ads_account_stats"),
        (2, "google_ads_campaign_stats"),
        (3, "google_ads_ad_group_stats"),
        (4, "google_ads_ad_stats"),
        (5, "google_ads_keyword_stats"),
        (6, "google_ads_search_term_keyword_stats"),
    ] {
        let figures = ["cost_micros::BIGINT", "impressions", "clicks", "conversions"];
        checks.push(simple(1, level, file, "date", figures));
    }
    let actions = format!(
        "SELECT date[1:10]::DATE, NULL, NULL, NULL, value::DECIMAL(30, 6) * 1000000 FROM (
             SELECT * FROM (
                 SELECT *, CASE action_type WHEN 'lead' THEN 1 WHEN 'offsite_conversion.fb_pixel_lead' THEN 2 END AS rank
                 FROM {}) WHERE rank IS NOT NULL
             QUALIFY rank = min(rank) OVER (PARTITION BY ad_id, date))",
        table("facebook_ads_basic_ad_actions")
    );
    let figures =
        [money("spend"), "impressions::BIGINT".into(), "inline_link_clicks::BIGINT".into(), "NULL".into()];
    checks.push(check(2, 4, "facebook_ads_basic_ad", "date", figures, Some(actions)));
    for (level, file) in [
        (1, "microsoft_ads_account_performance_daily_report"),
        (2, "microsoft_ads_campaign_performance_daily_report"),
        (3, "microsoft_ads_ad_group_performance_daily_report"),
        (4, "microsoft_ads_ad_performance_daily_report"),
        (5, "microsoft_ads_keyword_performance_daily_report"),
        (6, "microsoft_ads_search_performance_daily_report"),
    ] {
        let figures =
            [&*money("spend"), "impressions", "clicks", "coalesce(conversions_qualified, conversions)"];
        checks.push(simple(3, level, file, "date", figures));
    }
    for (level, file) in [(3, "linkedin_ad_analytics_by_campaign"), (4, "linkedin_ad_analytics_by_creative")]
    {
        let conversions = sum_of(&["external_website_conversions", "one_click_leads"]);
        let figures = [&*money("cost_in_local_currency"), "impressions", "clicks", &conversions];
        checks.push(simple(4, level, file, "day", figures));
    }
    for (level, file) in [
        (2, "tiktok_campaign_report_hourly"),
        (3, "tiktok_adgroup_report_hourly"),
        (4, "tiktok_ad_report_hourly"),
    ] {
        let figures = [&*money("spend"), "impressions", "clicks", "conversion"];
        checks.push(simple(5, level, file, "stat_time_hour", figures));
    }
    for (level, file) in [
        (1, "pinterest_advertiser_report"),
        (2, "pinterest_campaign_report"),
        (3, "pinterest_ad_group_report"),
        (4, "pinterest_pin_promotion_report"),
        (5, "pinterest_keyword_report"),
    ] {
        let (impressions, clicks) =
            (sum_of(&["impression_1", "impression_2"]), sum_of(&["clickthrough_1", "clickthrough_2"]));
        let figures = ["spend_in_micro_dollar::BIGINT", &impressions, &clicks, "total_conversions"];
        checks.push(simple(6, level, file, "date", figures));
    }
    for (level, file) in [
        (2, "snapchat_campaign_hourly_report"),
        (3, "snapchat_ad_squad_hourly_report"),
        (4, "snapchat_ad_hourly_report"),
    ] {
        let figures = ["spend::BIGINT", "impressions", "swipes", "conversion_purchases"];
        checks.push(simple(7, level, file, "date", figures));
    }
    for (level, file, conversions) in [
        (1, "reddit_ads_account_report", "reddit_ads_account_conversions.csv"),
        (2, "reddit_ads_campaign_report", "reddit_ads_campaign_conversions.csv"),
        (3, "reddit_ads_ad_group_report", "reddit_ads_ad_group_conversions.csv"),
        (4, "reddit_ads_ad_report", "reddit_ads_ad_conversions.csv"),
    ] {
        let month = sum_of(&[
            "click_through_conversion_attribution_window_month",
            "view_through_conversion_attribution_window_month",
        ]);
        let events = format!(
            "SELECT date[1:10]::DATE, NULL, NULL, NULL, ({month}) * 1000000
             FROM read_csv('{{dir}}/{conversions}', all_varchar = true, header = true)
             WHERE lower(event_name) IN ('purchase', 'lead', 'sign_up')"
        );
        let figures =
            ["spend::BIGINT".into(), "impressions::BIGINT".into(), "clicks::BIGINT".into(), "NULL".into()];
        checks.push(check(8, level, file, "date", figures, Some(events)));
    }
    for (level, file) in [
        (2, "twitter_campaign_report"),
        (3, "twitter_line_item_report"),
        (5, "twitter_line_item_keywords_report"),
    ] {
        let conversions = sum_of(&["conversion_purchases_metric", "conversion_sign_ups_metric"]);
        let figures = ["billed_charge_local_micro::BIGINT", "impressions", "clicks", &conversions];
        checks.push(simple(9, level, file, "date", figures));
    }
    // What the account's report states is impressions alone.
    checks.push(simple(9, 1, "twitter_account_report", "date", ["NULL", "impressions", "NULL", ""]));
    let figures = ["billed_charge_local_micro::BIGINT", "impressions", "clicks", ""];
    checks.push(simple(9, 4, "twitter_promoted_tweet_report", "date", figures));
    for (level, file, conversions) in [
        (2, "amazon_ads_campaign_level_report", "purchases_30_d"),
        (3, "amazon_ads_ad_group_level_report", ""),
        (4, "amazon_ads_advertised_product_report", ""),
        (5, "amazon_ads_targeting_keyword_report", ""),
        (6, "amazon_ads_search_term_ad_keyword_report", ""),
    ] {
        checks.push(simple(10, level, file, "date", [&*money("cost"), "impressions", "clicks", conversions]));
    }
    for (level, file) in [
        (2, "apple_search_campaign_report"),
        (3, "apple_search_ad_group_report"),
        (4, "apple_search_ad_report"),
        (5, "apple_search_keyword_report"),
        (6, "apple_search_search_term_report"),
    ] {
        let figures = [&*money("local_spend_amount"), "impressions", "taps", "tap_installs"];
        checks.push(simple(11, level, file, "date", figures));
    }
    checks
}

type Day = (String, [Option<i64>; 4]);

fn days(connection: &Connection, sql: &str) -> Vec<Day> {
    let mut statement = connection.prepare(sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
    let mut rows = statement.query([]).unwrap_or_else(|error| panic!("{error}\n{sql}"));
    let mut days = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let day: jiff::civil::Date = row.get::<_, String>(0).unwrap().parse().unwrap();
        let figures = [1, 2, 3, 4].map(|column| row.get::<_, Option<i64>>(column).unwrap());
        days.push((day.to_string(), figures));
    }
    days
}

fn tables() -> Option<PathBuf> {
    let folder =
        std::env::var_os("ADROIT_WAREHOUSE_TABLES").map_or_else(|| PathBuf::from(TABLES), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: there are no sample tables in {}", folder.display());
    None
}

fn import(folder: &Folder, tables: &Path, flags: &[&str]) -> Value {
    let arguments = ["import", "warehouse", tables.to_str().unwrap(), "--json"];
    folder.json(arguments.iter().chain(flags))
}

#[test]
fn every_platforms_days_are_what_sql_finds_in_the_tables() {
    let Some(tables) = tables() else { return };
    let folder = Folder::new();
    let report = import(&folder, &tables, &[]);
    let skipped: Vec<&Value> = report["tables"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|table| !table["taken_for"].is_null() && table["skipped"] != 0)
        .filter(|table| !table["reasons"][0].as_str().unwrap().contains("no conversion"))
        .collect();
    assert!(skipped.is_empty(), "{skipped:#?}");

    let facts = Connection::open(folder.data().join("facts.duckdb")).unwrap();
    let plain = Connection::open_in_memory().unwrap();
    let mut platforms = std::collections::BTreeSet::new();
    let mut compared = 0;
    for check in checks() {
        let expected = days(
            &plain,
            &check
                .sql
                .replace("{dir}", tables.to_str().unwrap())
                .replace("SELECT day, sum", "SELECT day::VARCHAR, sum"),
        );
        let found = days(
            &facts,
            &format!(
                "SELECT day::VARCHAR, sum(spend_micros)::BIGINT, sum(impressions)::BIGINT, sum(clicks)::BIGINT,
                        sum(conversions_e6)::BIGINT
                 FROM delivery JOIN account USING (account)
                 WHERE platform = {} AND level = {} GROUP BY day
                 -- Days on which a table states nothing but actions that are not counted are no days of the check.
                 HAVING coalesce(sum(spend_micros), sum(impressions), sum(clicks), sum(conversions_e6)) IS NOT NULL
                 ORDER BY day",
                check.platform, check.level
            ),
        );
        assert!(!expected.is_empty(), "{} is empty", check.name);
        assert_eq!(found, expected, "{}", check.name);
        platforms.insert(check.platform);
        compared += expected.len();
    }
    assert_eq!(platforms.len(), 11);
    assert!(compared > 400, "only {compared} days were compared");
}

#[test]
fn names_states_and_accounts_come_from_the_newest_history_row() {
    let Some(tables) = tables() else { return };
    let folder = Folder::new();
    let dry = import(&folder, &tables, &["--dry-run"]);
    assert!(folder.ledger().is_empty());
    let report = import(&folder, &tables, &[]);
    let imports = report["imports"].as_array().unwrap();
    assert_eq!(dry["imports"].as_array().unwrap().len(), imports.len());
    assert_eq!(folder.ledger().len(), imports.len());

    let apple = imports
        .iter()
        .find(|import| import["platform"] == "apple_search_ads" && import["level"] == "campaign")
        .unwrap();
    assert_eq!(apple["currency"], "USD");
    let google = imports
        .iter()
        .find(|import| import["platform"] == "google_ads" && import["level"] == "campaign")
        .unwrap();
    // The newest time at which a row of the tables was loaded.
    assert_eq!(google["captured_at"], report["imports"][0]["captured_at"]);
    assert_eq!(google["account"], "2121450128");

    let facts = Connection::open(folder.data().join("facts.duckdb")).unwrap();
    let (name, status, kind): (String, String, String) = facts
        .query_row(
            "SELECT name, status, kind FROM entity WHERE level = 2 AND external_id = '9935249409'",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .unwrap();
    assert_eq!(
        (name.as_str(), status.as_str(), kind.as_str()),
        ("Zj9yTjsXtiWREoWWkz3kww==", "paused", "Search")
    );
}

#[test]
fn the_same_tables_count_once() {
    let Some(tables) = tables() else { return };
    let folder = Folder::new();
    let first = import(&folder, &tables, &[]);
    let ledger = folder.ledger();
    let again = import(&folder, &tables, &[]);
    assert_eq!(folder.ledger(), ledger);
    assert_eq!(again["imports"].as_array().unwrap().len(), first["imports"].as_array().unwrap().len());
    for import in again["imports"].as_array().unwrap() {
        assert_eq!(import["already_imported"], true, "{import}");
    }
}

#[test]
fn a_folder_without_tables_is_told_what_would_be_needed() {
    let folder = Folder::new();
    let file = folder.file("users.csv", "id,name\n1,Ann\n");
    let place = file.parent().unwrap().to_str().unwrap();
    folder
        .run(["import", "warehouse", place])
        .failed(2, &["no table of an ad platform", "users", "no ad platform's"]);
    folder.run(["import", "warehouse", "/nowhere/at/all"]).failed(2, &["/nowhere/at/all", "can't be read"]);
}

#[test]
fn tables_of_ours_are_read_with_their_histories() {
    let folder = Folder::new();
    folder.file(
        "google_ads_campaign_stats.csv",
        "customer_id,date,id,device,cost_micros,impressions,clicks,conversions,_fivetran_synced\n\
         7,2026-01-01,1,MOBILE,1500000,10,1,0.5,2026-01-03 06:00:00\n\
         7,2026-01-01,1,DESKTOP,500000,10,1,,2026-01-03 06:00:00\n\
         7,2026-01-03,1,MOBILE,250000,5,0,1,2026-01-03 06:00:00\n",
    );
    let history = folder.file(
        "google_ads_campaign_history.csv",
        "id,updated_at,name,customer_id,status\n\
         1,2026-01-02 1:00:00,New name,7,PAUSED\n\
         1,2025-12-31 01:00:00,Old name,7,ENABLED\n",
    );
    folder.file(
        "google_ads_account_history.csv",
        "id,updated_at,descriptive_name,currency_code\n7,2026-01-01,Shop,EUR\n",
    );
    let report = import(&folder, history.parent().unwrap(), &[]);
    let import = &report["imports"][0];
    assert_eq!(report["imports"].as_array().unwrap().len(), 1);
    assert_eq!(import["account"], "Shop");
    assert_eq!(import["currency"], "EUR");
    assert_eq!(import["captured_at"], "2026-01-03T06:00:00Z");
    assert_eq!(import["rows"]["used"], 2, "segments are added up");
    assert_eq!(import["days"], serde_json::json!({"from": "2026-01-01", "to": "2026-01-03"}));
    assert_eq!(import["provisional_days"], serde_json::json!(["2026-01-03"]));
    assert_eq!(folder.sums(&[])[0], 2_250_000);
    let rows = folder.query(&["--range", "all", "--by", "campaign"]);
    assert_eq!(rows["rows"][0]["campaign"], "New name", "{rows}");
}

/// Where ads with figures lead, by plain SQL over the tables; and the platform's number.
const LEAD: [(u8, &str); 5] = [
    (
        1,
        "SELECT id, arg_max(trim(final_urls, '[]'), updated_at) FROM {google_ads_ad_history_data}
         WHERE id IN (SELECT ad_id FROM {google_ads_ad_stats_data}) GROUP BY id",
    ),
    (
        3,
        "SELECT id, arg_max(final_url, modified_time) FROM {microsoft_ads_ad_history_data}
         WHERE id IN (SELECT ad_id FROM {microsoft_ads_ad_performance_daily_report_data}) GROUP BY id",
    ),
    (
        5,
        "SELECT ad_id, arg_max(landing_page_url, updated_at) FROM {tiktok_ad_history_data}
         WHERE ad_id IN (SELECT ad_id FROM {tiktok_ad_report_hourly_data}) GROUP BY ad_id",
    ),
    (
        7,
        "WITH ad AS (SELECT id, arg_max(creative_id, _fivetran_synced) AS creative FROM {snapchat_ad_history_data}
                     WHERE id IN (SELECT ad_id FROM {snapchat_ad_hourly_report_data}) GROUP BY id),
              creative AS (SELECT id, arg_max(web_view_url, _fivetran_synced) AS url FROM {snapchat_creative_history_data}
                           GROUP BY id)
         SELECT ad.id, url FROM ad JOIN creative ON creative.id = ad.creative WHERE url <> ''",
    ),
    (
        9,
        "WITH ad AS (SELECT id, arg_max(tweet_id, updated_at) AS tweet FROM {twitter_promoted_tweet_history_data}
                     WHERE id IN (SELECT promoted_tweet_id FROM {twitter_promoted_tweet_report_data}) GROUP BY id)
         SELECT ad.id, string_agg(expanded_url, ' ' ORDER BY index) FROM ad JOIN {twitter_tweet_url_data} t ON t.tweet_id = ad.tweet
         GROUP BY ad.id",
    ),
];

#[test]
fn ads_lead_where_plain_sql_finds_it_in_the_tables() {
    let Some(tables) = tables() else { return };
    let folder = Folder::new();
    import(&folder, &tables, &[]);
    let facts = Connection::open(folder.data().join("facts.duckdb")).unwrap();
    let plain = Connection::open_in_memory().unwrap();
    let pairs = |connection: &Connection, sql: &str| -> Vec<(String, String)> {
        let mut statement = connection.prepare(sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let mut pairs: Vec<(String, String)> = rows.map(Result::unwrap).collect();
        pairs.sort();
        pairs
    };
    for (platform, sql) in LEAD {
        let mut sql = sql.to_owned();
        while let Some((start, end)) = sql.find('{').zip(sql.find('}')) {
            let path = tables.join(&sql[start + 1..end]).display().to_string();
            sql.replace_range(start..=end, &format!("read_csv('{path}.csv', all_varchar = true)"));
        }
        let expected = pairs(&plain, &sql);
        let found = pairs(
            &facts,
            &format!(
                "SELECT e.external_id, u.url FROM entity_url u JOIN entity e USING (entity) JOIN account a ON a.account = e.account
                 WHERE a.platform = {platform} AND e.level = 4 AND u.kind = 1 AND u.url <> ''"
            ),
        );
        assert!(!expected.is_empty(), "no ad of platform {platform} leads anywhere");
        assert_eq!(found, expected, "platform {platform}");
    }
}
