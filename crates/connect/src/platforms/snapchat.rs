//! Snapchat Ads: money in micros, swipes are clicks, an ad squad is an ad group. Entities are deleted for good.

use domain::{Additive, Level, Platform};
use store::shelf::Word;

use super::{
    Api, CREATIVE, FINAL_URL, Field, Gives, NEWEST, Report, SUFFIX, Unit, count, micros, no_events, word,
};

pub(super) const API: Api = Api {
    platform: Platform::SnapchatAds,
    prefixes: &["snapchat_ads", "snapchat_marketing", "snapchat"],
    marks: &["swipes", "ad_squad_id", "web_view_url", "web_view_properties.url"],
    reports: REPORTS,
    conversion: no_events,
};

type Fields = &'static [(Field, &'static [&'static str])];

const FIGURES: Fields = &[
    (Field::Day, &["date", "start_time"]),
    (word(Word::AccountId), &["ad_account_id"]),
    (micros(Additive::Spend), &["spend"]),
    (count(Additive::Impressions), &["impressions"]),
    (count(Additive::Clicks), &["swipes"]),
    (count(Additive::Conversions), &["conversion_purchases"]),
    (micros(Additive::Revenue), &["conversion_purchases_value"]),
    (count(Additive::VideoViews), &["video_views"]),
];

const REPORTS: &[Report] = &[
    Report {
        names: &[
            "ad_account_hourly_report",
            "ad_account_daily_report",
            "adaccounts_stats_daily",
            "adaccounts_stats_hourly",
        ],
        gives: Gives::Figures(Level::Account),
        fields: &[FIGURES, &[(word(Word::AccountId), &["ad_account_id", "id"])]],
    },
    Report {
        names: &[
            "campaign_hourly_report",
            "campaign_daily_report",
            "campaigns_stats_daily",
            "campaigns_stats_hourly",
        ],
        gives: Gives::Figures(Level::Campaign),
        fields: &[FIGURES, &[(word(Word::CampaignId), &["campaign_id", "id"])]],
    },
    Report {
        names: &[
            "ad_squad_hourly_report",
            "ad_squad_daily_report",
            "adsquads_stats_daily",
            "adsquads_stats_hourly",
        ],
        gives: Gives::Figures(Level::AdGroup),
        fields: &[FIGURES, &[(word(Word::AdGroupId), &["ad_squad_id", "id"])]],
    },
    Report {
        names: &["ad_hourly_report", "ad_daily_report", "ads_stats_daily", "ads_stats_hourly"],
        gives: Gives::Figures(Level::Ad),
        fields: &[FIGURES, &[(word(Word::AdId), &["ad_id", "id"])]],
    },
    Report {
        names: &["ad_account_history", "adaccounts"],
        gives: Gives::Entities(Level::Account),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["id"]),
            (word(Word::Account), &["name"]),
            (word(Word::Currency), &["currency"]),
        ]],
    },
    Report {
        names: &["campaign_history", "campaigns"],
        gives: Gives::Entities(Level::Campaign),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["ad_account_id"]),
            (word(Word::CampaignId), &["id"]),
            (word(Word::Campaign), &["name"]),
            (word(Word::Status), &["status"]),
            (word(Word::Kind), &["objective"]),
            (Field::Budget(Unit::Micro), &["daily_budget_micro"]),
        ]],
    },
    Report {
        names: &["ad_squad_history", "adsquads"],
        gives: Gives::Entities(Level::AdGroup),
        fields: &[&[
            NEWEST,
            (word(Word::CampaignId), &["campaign_id"]),
            (word(Word::AdGroupId), &["id"]),
            (word(Word::AdGroup), &["name"]),
            (word(Word::Status), &["status"]),
            (Field::Budget(Unit::Micro), &["daily_budget_micro"]),
        ]],
    },
    Report {
        names: &["ad_history", "ads"],
        gives: Gives::Entities(Level::Ad),
        fields: &[&[
            NEWEST,
            (word(Word::AdGroupId), &["ad_squad_id"]),
            (word(Word::AdId), &["id"]),
            (word(Word::Ad), &["name"]),
            (word(Word::Status), &["status"]),
            (CREATIVE, &["creative_id"]),
        ]],
    },
    Report {
        names: &["creative_history", "creatives"],
        gives: Gives::Creatives,
        fields: &[&[
            NEWEST,
            (CREATIVE, &["id"]),
            (FINAL_URL, &["web_view_properties.url", "web_view_url", "deep_link_properties.web_view_url"]),
        ]],
    },
    Report {
        names: &["creative_url_tag_history"],
        gives: Gives::Creatives,
        fields: &[&[NEWEST, (CREATIVE, &["creative_id"]), (Field::LeadPart, &["key"]), (SUFFIX, &["value"])]],
    },
];
