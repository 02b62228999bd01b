//! X Ads: money in micros, a line item is an ad group, a promoted post is an ad. The day is written as its first instant.

use domain::{Additive, Level, Platform};
use store::shelf::Word;

use super::{Api, CREATIVE, FINAL_URL, Field, Gives, NEWEST, Report, Unit, count, micros, no_events, word};

pub(super) const API: Api = Api {
    platform: Platform::XAds,
    prefixes: &["twitter_ads", "twitter", "x_ads"],
    marks: &["billed_charge_local_micro", "line_item_id", "promoted_tweet_id"],
    reports: REPORTS,
    conversion: no_events,
};

type Fields = &'static [(Field, &'static [&'static str])];

const FIGURES: Fields = &[
    (Field::Day, &["date"]),
    (word(Word::AccountId), &["account_id"]),
    (micros(Additive::Spend), &["billed_charge_local_micro"]),
    (count(Additive::Impressions), &["impressions"]),
    (count(Additive::Clicks), &["clicks"]),
    (count(Additive::LinkClicks), &["url_clicks"]),
    (count(Additive::Conversions), &["conversion_purchases_metric"]),
    (count(Additive::Conversions), &["conversion_sign_ups_metric"]),
    (count(Additive::VideoViews), &["video_total_views"]),
];

const REPORTS: &[Report] = &[
    Report { names: &["account_report"], gives: Gives::Figures(Level::Account), fields: &[FIGURES] },
    Report {
        names: &["campaign_report"],
        gives: Gives::Figures(Level::Campaign),
        fields: &[FIGURES, &[(word(Word::CampaignId), &["campaign_id"])]],
    },
    Report {
        names: &["line_item_report"],
        gives: Gives::Figures(Level::AdGroup),
        fields: &[FIGURES, &[(word(Word::AdGroupId), &["line_item_id"])]],
    },
    Report {
        names: &["promoted_tweet_report"],
        gives: Gives::Figures(Level::Ad),
        fields: &[
            FIGURES,
            &[(word(Word::AdId), &["promoted_tweet_id"]), (word(Word::AdGroupId), &["line_item_id"])],
        ],
    },
    Report {
        names: &["line_item_keywords_report"],
        gives: Gives::Figures(Level::Keyword),
        fields: &[
            FIGURES,
            &[(word(Word::AdGroupId), &["line_item_id"]), (word(Word::Keyword), &["segment"])],
        ],
    },
    Report {
        names: &["account_history", "accounts"],
        gives: Gives::Entities(Level::Account),
        fields: &[&[NEWEST, (word(Word::AccountId), &["id"]), (word(Word::Account), &["name"])]],
    },
    Report {
        names: &["campaign_history", "campaigns"],
        gives: Gives::Entities(Level::Campaign),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["account_id"]),
            (word(Word::Currency), &["currency"]),
            (word(Word::CampaignId), &["id"]),
            (word(Word::Campaign), &["name"]),
            (word(Word::Status), &["entity_status"]),
            (Field::Budget(Unit::Micro), &["daily_budget_amount_local_micro"]),
        ]],
    },
    Report {
        names: &["line_item_history", "line_items"],
        gives: Gives::Entities(Level::AdGroup),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["account_id"]),
            (word(Word::CampaignId), &["campaign_id"]),
            (word(Word::AdGroupId), &["id"]),
            (word(Word::AdGroup), &["name"]),
            (word(Word::Status), &["entity_status"]),
        ]],
    },
    Report {
        names: &["promoted_tweet_history", "promoted_tweets"],
        gives: Gives::Entities(Level::Ad),
        fields: &[&[
            NEWEST,
            (word(Word::AdGroupId), &["line_item_id"]),
            (word(Word::AdId), &["id"]),
            (word(Word::Ad), &["name", "tweet_id"]),
            (word(Word::Status), &["entity_status"]),
            (CREATIVE, &["tweet_id"]),
        ]],
    },
    Report {
        names: &["tweet_url", "tweet_urls"],
        gives: Gives::Creatives,
        fields: &[&[
            NEWEST,
            (CREATIVE, &["tweet_id"]),
            (Field::LeadPart, &["index"]),
            (FINAL_URL, &["expanded_url"]),
        ]],
    },
];
