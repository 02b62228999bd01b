//! Facts for tests: accounts on two platforms in three currencies, at several levels, with figures missing here and there.

use domain::{Currency, Level, Period, Platform, Sums};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use store::facts::{Change, Limits, Names, StagedRow};
use store::{Facts, WorkspaceId};

pub const WORKSPACE: WorkspaceId = 1;
pub const DAYS: i32 = 400;

pub fn day(n: i32) -> Date {
    Date::constant(2024, 1, 20).saturating_add(n.days())
}

/// The accounts: name, platform, currency, the level it is told at.
const ACCOUNTS: [(&str, Platform, &str, Level); 7] = [
    ("Shop", Platform::GoogleAds, "EUR", Level::Campaign),
    ("Shop US", Platform::GoogleAds, "USD", Level::AdGroup),
    ("Social", Platform::MetaAds, "EUR", Level::Campaign),
    ("Social JP", Platform::MetaAds, "JPY", Level::Campaign),
    ("Whole", Platform::GoogleAds, "EUR", Level::Account),
    ("Sales", Platform::Shopify, "EUR", Level::Account),
    ("Web", Platform::GoogleAnalytics, "USD", Level::Campaign),
];

/// A number that looks random and is always the same.
fn noise(seed: i64) -> i64 {
    let mixed = (seed as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 33) as i64
}

pub fn open(folder: &tempfile::TempDir) -> Facts {
    let facts =
        Facts::open(&folder.path().join("facts.duckdb"), &Limits { memory_mib: 256, threads: 2 }).unwrap();
    for n in 0..ACCOUNTS.len() {
        import(&facts, n as u32 + 1, n, 0, DAYS - 1);
    }
    facts
}

/// Imports days of an account.
pub fn import(facts: &Facts, import: u32, account: usize, from: i32, to: i32) {
    let (name, platform, currency, level) = ACCOUNTS[account];
    let currency: Currency = currency.parse().unwrap();
    let mut staging = facts.stage(WORKSPACE, level).unwrap();
    let id = staging.account(platform, Some(name), None, currency).unwrap();
    for n in from..=to {
        for campaign in 0..6 {
            let figure = |what: i64| noise(i64::from(n * 64 + campaign) * 97 + what + i64::from(import) * 7);
            // Some campaigns are silent on some days, and some figures are not stated.
            if figure(0) % 5 == 0 {
                continue;
            }
            let stated = |what: i64, most: i64| (figure(what) % 7 != 0).then(|| figure(what + 10) % most);
            let campaign_name = format!("Campaign_{campaign} {name}");
            let ad_group = format!("Group {}", figure(1) % 3);
            let names = match level {
                Level::Account => Names::default(),
                Level::AdGroup => {
                    Names { campaign: Some(&campaign_name), ad_group: Some(&ad_group), ..Names::default() }
                }
                _ => Names { campaign: Some(&campaign_name), ..Names::default() },
            };
            let sums = Sums {
                spend_micros: stated(2, 9_000_000_000),
                impressions: stated(3, 5_000_000_000),
                clicks: stated(4, 10_000),
                link_clicks: None,
                conversions_e6: stated(5, 90_000_000),
                revenue_micros: stated(6, 20_000_000_000),
                video_views: stated(7, 500).map(|views| views - 100),
                ..Sums::NONE
            };
            staging
                .push(&StagedRow {
                    day: day(n),
                    account: id,
                    names,
                    status: (campaign % 2 == 0).then_some("paused"),
                    kind: None,
                    budget_micros: None,
                    urls: store::facts::Urls::default(),
                    sums,
                })
                .unwrap();
        }
    }
    let change = Change {
        captured_at: Timestamp::from_second(1_800_000_000 + i64::from(import)).unwrap(),
        captured_day: day(1000),
        covered: vec![(id, Period::new(day(from), day(to)).unwrap())],
    };
    let plan = staging.plan(&change).unwrap();
    staging.apply(import, &change, &plan).unwrap();
}
