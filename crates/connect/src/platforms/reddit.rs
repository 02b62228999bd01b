//! Reddit Ads: money in micros. Conversions stand in tables of their own, by event; those of the month's window count.

use domain::{Additive, Level, Platform};
use store::shelf::Word;

use super::{Api, Conversion, FINAL_URL, Field, Gives, NEWEST, Report, SUFFIX, count, micros, word};

pub(super) const API: Api = Api {
    platform: Platform::RedditAds,
    prefixes: &["reddit_ads", "reddit"],
    marks: &["app_install_metrics_spend", "click_through_conversion_attribution_window_month"],
    reports: REPORTS,
    conversion,
};

/// Purchases, leads and sign-ups count; visits, searches and carts are steps on the way.
fn conversion(event: &str) -> Option<Conversion> {
    let event: String = event.chars().filter(char::is_ascii_alphabetic).collect();
    ["purchase", "lead", "signup"]
        .iter()
        .any(|known| event.eq_ignore_ascii_case(known))
        .then_some(Conversion::Counts)
}

type Fields = &'static [(Field, &'static [&'static str])];

const FIGURES: Fields = &[
    (Field::Day, &["date"]),
    (word(Word::AccountId), &["account_id"]),
    (micros(Additive::Spend), &["spend"]),
    (count(Additive::Impressions), &["impressions"]),
    (count(Additive::Clicks), &["clicks"]),
    (count(Additive::VideoViews), &["video_started"]),
];

const CONVERSIONS: Fields = &[
    (Field::Day, &["date"]),
    (word(Word::AccountId), &["account_id"]),
    (Field::Event, &["event_name"]),
    (count(Additive::Conversions), &["click_through_conversion_attribution_window_month"]),
    (count(Additive::Conversions), &["view_through_conversion_attribution_window_month"]),
    (count(Additive::Revenue), &["total_value"]),
];

const CAMPAIGN: Fields =
    &[(word(Word::CampaignId), &["campaign_id"]), (word(Word::Campaign), &["campaign_name"])];
const AD_GROUP: Fields =
    &[(word(Word::AdGroupId), &["ad_group_id"]), (word(Word::AdGroup), &["ad_group_name"])];
const AD: Fields = &[(word(Word::AdId), &["ad_id"]), (word(Word::Ad), &["ad_name"])];

const REPORTS: &[Report] = &[
    Report { names: &["account_report"], gives: Gives::Figures(Level::Account), fields: &[FIGURES] },
    Report {
        names: &["campaign_report"],
        gives: Gives::Figures(Level::Campaign),
        fields: &[FIGURES, CAMPAIGN],
    },
    Report {
        names: &["ad_group_report"],
        gives: Gives::Figures(Level::AdGroup),
        fields: &[FIGURES, CAMPAIGN, AD_GROUP],
    },
    Report {
        names: &["ad_report"],
        gives: Gives::Figures(Level::Ad),
        fields: &[FIGURES, CAMPAIGN, AD_GROUP, AD],
    },
    Report {
        names: &["account_conversions", "account_conversions_report"],
        gives: Gives::Part(Level::Account),
        fields: &[CONVERSIONS],
    },
    Report {
        names: &["campaign_conversions", "campaign_conversions_report"],
        gives: Gives::Part(Level::Campaign),
        fields: &[CONVERSIONS, CAMPAIGN],
    },
    Report {
        names: &["ad_group_conversions", "ad_group_conversions_report"],
        gives: Gives::Part(Level::AdGroup),
        fields: &[CONVERSIONS, CAMPAIGN, AD_GROUP],
    },
    Report {
        names: &["ad_conversions", "ad_conversions_report"],
        gives: Gives::Part(Level::Ad),
        fields: &[CONVERSIONS, CAMPAIGN, AD_GROUP, AD],
    },
    Report {
        names: &["account", "accounts", "ad_accounts"],
        gives: Gives::Entities(Level::Account),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["id"]),
            (word(Word::Account), &["name"]),
            (word(Word::Currency), &["currency"]),
        ]],
    },
    Report {
        names: &["campaign", "campaigns"],
        gives: Gives::Entities(Level::Campaign),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["account_id", "ad_account_id"]),
            (word(Word::CampaignId), &["id"]),
            (word(Word::Campaign), &["name"]),
            (word(Word::Status), &["configured_status", "effective_status"]),
            (word(Word::Kind), &["objective"]),
        ]],
    },
    Report {
        names: &["ad_group", "ad_groups"],
        gives: Gives::Entities(Level::AdGroup),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["account_id", "ad_account_id"]),
            (word(Word::CampaignId), &["campaign_id"]),
            (word(Word::AdGroupId), &["id"]),
            (word(Word::AdGroup), &["name"]),
            (word(Word::Status), &["configured_status", "effective_status"]),
        ]],
    },
    Report {
        names: &["ad", "ads"],
        gives: Gives::Entities(Level::Ad),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["account_id", "ad_account_id"]),
            (word(Word::CampaignId), &["campaign_id"]),
            (word(Word::AdGroupId), &["ad_group_id"]),
            (word(Word::AdId), &["id"]),
            (word(Word::Ad), &["name"]),
            (word(Word::Status), &["configured_status", "effective_status"]),
            (FINAL_URL, &["click_url"]),
            (SUFFIX, &["click_url_query_parameters"]),
        ]],
    },
];
