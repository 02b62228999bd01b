//! Exports of the smaller platforms, campaigns by day, each as its own pages write them.

use domain::Platform;
use jiff::civil::Date;

use crate::campaign::{Campaign, End};
use crate::capture::Capture;
use crate::figures::Figures;
use crate::line::{Line, iso};
use crate::sheet::{Form, Sheet};

const MICROSOFT: &[&str] = &[
    "Gregorian date",
    "Account name",
    "Currency code",
    "Campaign name",
    "Campaign ID",
    "Campaign status",
    "Campaign type",
    "Impressions",
    "Clicks",
    "CTR (%)",
    "Average CPC",
    "Spend",
    "Conversions",
    "Revenue",
];
const LINKEDIN: &[&str] = &[
    "Start Date (in UTC)",
    "Account Name",
    "Currency",
    "Campaign ID",
    "Campaign Name",
    "Campaign Status",
    "Total Spent",
    "Impressions",
    "Clicks",
    "Click Through Rate",
    "Average CPC",
    "Clicks to Landing Page",
    "Conversions",
    "Total Conversion Value",
    "Leads",
];
const TIKTOK: &[&str] = &[
    "By Day",
    "Account name",
    "Campaign name",
    "Campaign ID",
    "Primary status",
    "Currency",
    "Cost",
    "Impressions",
    "Clicks (destination)",
    "CTR (destination)",
    "CPC (destination)",
    "Conversions",
    "Total complete payment value",
    "2-second video views",
];
const PINTEREST: &[&str] = &[
    "Date",
    "Ad account name",
    "Currency",
    "Campaign name",
    "Campaign ID",
    "Campaign entity status",
    "Spend in account currency",
    "Impressions",
    "Saves",
    "Pin clicks",
    "Outbound clicks",
    "Total conversions (Checkout)",
    "Total order value (Checkout)",
];
const SNAPCHAT: &[&str] = &[
    "Date",
    "Ad Account Name",
    "Currency",
    "Campaign Name",
    "Campaign ID",
    "Campaign Status",
    "Amount Spent",
    "Paid Impressions",
    "Paid eCPM",
    "Swipe Ups",
    "Purchases",
    "Purchases Value",
];
const REDDIT: &[&str] = &[
    "Date",
    "Account Name",
    "Campaign Name",
    "Campaign ID",
    "Campaign Status",
    "Spend (USD)",
    "Impressions",
    "Clicks",
    "eCPM",
    "CTR",
    "Purchase (Total Conversions)",
    "Purchase (Total Value)",
];
const X: &[&str] = &[
    "Time period",
    "Account name",
    "Campaign name",
    "Campaign ID",
    "Funding source name",
    "Currency",
    "Spend",
    "Impressions",
    "Engagements",
    "Clicks",
    "Link clicks",
    "Purchases",
    "Purchases - sale amount",
];
const AMAZON: &[&str] = &[
    "Date",
    "Portfolio name",
    "Currency",
    "Campaign Name",
    "Campaign ID",
    "Status",
    "Impressions",
    "Clicks",
    "Click-Thru Rate (CTR)",
    "Cost Per Click (CPC)",
    "Spend",
    "7 Day Total Sales ",
    "7 Day Total Orders (#)",
];
const APPLE: &[&str] = &[
    "Date",
    "Campaign Name",
    "Campaign ID",
    "App Name",
    "Campaign Status",
    "Spend",
    "Avg CPT",
    "Impressions",
    "Taps",
    "Installs (Tap-Through)",
    "TTR",
];
const SPOTIFY: &[&str] = &[
    "Campaign id",
    "Campaign name",
    "Campaign status",
    "Date",
    "Impressions",
    "Reach",
    "Frequency",
    "Clicks",
    "CTR",
    "Spend",
    "CPC",
    "Completes",
    "Purchases",
    "Attributed revenue",
];

fn headers(platform: Platform) -> &'static [&'static str] {
    match platform {
        Platform::MicrosoftAds => MICROSOFT,
        Platform::LinkedinAds => LINKEDIN,
        Platform::TiktokAds => TIKTOK,
        Platform::PinterestAds => PINTEREST,
        Platform::SnapchatAds => SNAPCHAT,
        Platform::RedditAds => REDDIT,
        Platform::XAds => X,
        Platform::AmazonAds => AMAZON,
        Platform::AppleSearchAds => APPLE,
        _ => SPOTIFY,
    }
}

/// Begins an account's campaign report.
pub(crate) fn begin(capture: &Capture) -> anyhow::Result<Sheet> {
    let platform = capture.account.platform;
    let form = if platform == Platform::LinkedinAds { Form::ExcelCsv } else { Form::Csv };
    let mut sheet = Sheet::create(capture.folder, &capture.file_name("campaigns"), form)?;
    for text in preamble(capture) {
        sheet.aside(|line| _ = line.text(&text))?;
    }
    sheet.aside(|line| headers(platform).iter().for_each(|header| _ = line.text(header)))?;
    Ok(sheet)
}

/// The lines above the header.
fn preamble(capture: &Capture) -> Vec<String> {
    let (from, to) = (capture.from, capture.to);
    match capture.account.platform {
        Platform::MicrosoftAds => vec![
            "Report Name: Campaigns by day".to_owned(),
            format!("Report Time: {},{}", american(from), american(to)),
            "Time Zone: (GMT+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna".to_owned(),
            "Report Aggregation: Daily".to_owned(),
            "Potential Incomplete Data: true".to_owned(),
            String::new(),
        ],
        Platform::LinkedinAds => vec![
            "Campaign Performance Report (in UTC)".to_owned(),
            format!("Report Start: {}, 12:00 AM", from.strftime("%B %-d, %Y")),
            format!("Report End: {}, 11:59 PM", to.strftime("%B %-d, %Y")),
            format!("Date Generated: {}", capture.at.strftime("%B %-d, %Y, %-I:%M %p")),
            String::new(),
        ],
        Platform::AppleSearchAds => {
            vec![
                format!("Date Range: {from} - {to}"),
                format!("Currency: {}", capture.account.currency),
                String::new(),
            ]
        }
        Platform::SpotifyAds => vec![
            "Report Name: Campaigns by day".to_owned(),
            format!("Ad account: {}", capture.account.name),
            format!("Date range: {from} - {to}"),
            "Time zone: UTC".to_owned(),
            format!("Currency: {}", capture.account.currency),
            String::new(),
        ],
        _ => Vec::new(),
    }
}

/// Ends the report, with a total where the platform writes one.
pub(crate) fn end(sheet: &mut Sheet, capture: &Capture, rows: u64, sum: Figures) -> anyhow::Result<()> {
    let currency = capture.account.currency;
    match capture.account.platform {
        Platform::MicrosoftAds => {
            sheet.aside(|line| {
                line.text("Total");
                (1..7).for_each(|_| _ = line.empty());
                microsoft_figures(line, &sum);
            })?;
            sheet.aside(|line| _ = line.text("©2026 Microsoft Corporation. All rights reserved. "))
        }
        Platform::TiktokAds => sheet.aside(|line| {
            line.text(&format!("Total of {rows} results"));
            (1..5).for_each(|_| _ = line.text("-"));
            line.text(currency);
            tiktok_figures(line, &sum);
        }),
        _ => Ok(()),
    }
}

/// What a campaign brought on a day.
pub(crate) fn row(
    sheet: &mut Sheet,
    capture: &Capture,
    campaign: &Campaign,
    date: Date,
    sum: &Figures,
) -> anyhow::Result<()> {
    let account = capture.account;
    let is_live = campaign.life.end_by(capture.to);
    let status = |live, paused, ended| match is_live {
        None => live,
        Some(End::Paused) => paused,
        Some(End::Ended) => ended,
    };
    let purchases = sum.conversions / 100;
    sheet.row(|line| match account.platform {
        Platform::MicrosoftAds => {
            line.text(&american(date)).text(&account.name).text(account.currency).text(&campaign.name);
            line.integer(campaign.id).text(status("Active", "Paused", "Expired"));
            line.text(campaign.kind.google_type());
            microsoft_figures(line, sum);
        }
        Platform::LinkedinAds => {
            line.text(&american(date)).text(&account.name).text(account.currency).integer(campaign.id);
            line.text(&campaign.name).text(status("Active", "Paused", "Completed")).grouped_decimal(sum.cost);
            line.grouped_integer(sum.impressions)
                .integer(sum.clicks)
                .percent(share(sum.clicks, sum.impressions));
            line.decimal(each(sum.cost, sum.clicks)).integer(sum.clicks * 4 / 5);
            line.integer(purchases / 2).decimal(sum.value / 2).integer(purchases - purchases / 2);
        }
        Platform::TiktokAds => {
            line.plain(&iso(date)).text(&account.name).text(&campaign.name).integer(campaign.id);
            line.text(status("Active", "Inactive", "Completed")).text(account.currency);
            tiktok_figures(line, sum);
        }
        Platform::PinterestAds => {
            line.plain(&iso(date)).text(&account.name).text(account.currency).text(&campaign.name);
            line.integer(campaign.id).text(status("ACTIVE", "PAUSED", "COMPLETED")).decimal(sum.cost);
            line.integer(sum.impressions).text(&bracketed(sum.clicks / 6)).integer(sum.clicks);
            line.text(&bracketed(sum.clicks * 4 / 5)).text(&bracketed(purchases)).decimal(sum.value);
        }
        Platform::SnapchatAds => {
            line.plain(&iso(date)).text(&account.name).text(account.currency).text(&campaign.name);
            line.integer(campaign.id).text(status("ACTIVE", "PAUSED", "COMPLETED")).grouped_decimal(sum.cost);
            line.grouped_integer(sum.impressions).decimal(each(sum.cost * 1000, sum.impressions));
            line.grouped_integer(sum.clicks).integer(purchases).decimal(sum.value);
        }
        Platform::RedditAds => {
            line.plain(&iso(date))
                .text(&account.name)
                .text(&campaign.name)
                .text(&format!("t2_{:x}", campaign.id));
            line.text(status("Active", "Paused", "Completed")).text(&dollars(sum.cost));
            line.grouped_integer(sum.impressions).grouped_integer(sum.clicks);
            line.text(&dollars(each(sum.cost * 1000, sum.impressions)))
                .percent(share(sum.clicks, sum.impressions));
            line.integer(purchases).text(&dollars(sum.value));
        }
        Platform::XAds => {
            line.text(&american(date))
                .text(&account.name)
                .text(&campaign.name)
                .text(&format!("{:x}", campaign.id));
            line.text("Card 4411").text(account.currency).decimal(sum.cost).integer(sum.impressions);
            line.integer(sum.clicks * 2).integer(sum.clicks).integer(sum.clicks * 3 / 4).integer(purchases);
            line.decimal(sum.value);
        }
        Platform::AmazonAds => {
            line.text(&date.strftime("%b %-d, %Y").to_string()).text("Outdoor").text(account.currency);
            line.text(&campaign.name).integer(campaign.id).text(status("ENABLED", "PAUSED", "ENDED"));
            line.integer(sum.impressions).integer(sum.clicks).percent(share(sum.clicks, sum.impressions));
            line.decimal(each(sum.cost, sum.clicks)).decimal(sum.cost).decimal(sum.value).integer(purchases);
        }
        Platform::AppleSearchAds => {
            line.plain(&iso(date)).text(&campaign.name).integer(campaign.id).text("Northwind Trails");
            line.text(status("Running", "Paused", "Completed")).decimal(sum.cost);
            line.decimal(each(sum.cost, sum.clicks)).integer(sum.impressions).integer(sum.clicks);
            line.integer(sum.clicks * 3 / 5).percent(share(sum.clicks, sum.impressions));
        }
        _ => {
            line.text(&format!("{:012x}", campaign.id)).text(&campaign.name);
            line.text(status("ACTIVE", "PAUSED", "COMPLETED")).plain(&iso(date)).integer(sum.impressions);
            line.integer((sum.impressions * 2 / 3).max(1)).plain(b"1.50").integer(sum.clicks);
            line.percent(share(sum.clicks, sum.impressions))
                .decimal(sum.cost)
                .decimal(each(sum.cost, sum.clicks));
            line.integer(sum.impressions * 9 / 10).integer(purchases).decimal(sum.value);
        }
    })
}

fn microsoft_figures(line: &mut Line, sum: &Figures) {
    line.grouped_integer(sum.impressions)
        .grouped_integer(sum.clicks)
        .percent(share(sum.clicks, sum.impressions));
    line.decimal(each(sum.cost, sum.clicks)).grouped_decimal(sum.cost).decimal(sum.conversions);
    line.grouped_decimal(sum.value);
}

fn tiktok_figures(line: &mut Line, sum: &Figures) {
    line.decimal(sum.cost)
        .integer(sum.impressions)
        .integer(sum.clicks)
        .decimal(share(sum.clicks, sum.impressions));
    line.decimal(each(sum.cost, sum.clicks)).integer(sum.conversions / 100).decimal(sum.value);
    line.integer(sum.impressions * 2 / 5);
}

/// A percentage in hundredths.
fn share(part: u64, whole: u64) -> u64 {
    (part * 10_000).checked_div(whole).unwrap_or(0)
}

fn each(whole: u64, parts: u64) -> u64 {
    whole.checked_div(parts).unwrap_or(0)
}

/// `11/22/2026`
fn american(day: Date) -> String {
    day.strftime("%-m/%-d/%Y").to_string()
}

/// `$1020.10`
fn dollars(hundredths: u64) -> String {
    format!("${}.{:02}", hundredths / 100, hundredths % 100)
}

/// Pinterest writes small counts in brackets, and none as empty ones.
fn bracketed(count: u64) -> String {
    match count {
        0 => "[]".to_owned(),
        1..=9 => format!("[{count}]"),
        _ => count.to_string(),
    }
}
