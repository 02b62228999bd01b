//! TikTok Ads: money as decimals, rows by hour or by day.

use domain::{Additive, Level, Platform};
use store::shelf::Word;

use super::{Api, FINAL_URL, Field, Gives, NEWEST, Report, SUFFIX, Unit, count, no_events, word};

pub(super) const API: Api = Api {
    platform: Platform::TiktokAds,
    prefixes: &["tiktok_ads", "tiktok_marketing", "tiktok"],
    marks: &["stat_time_hour", "stat_time_day", "dimensions.stat_time_day", "dimensions.stat_time_hour"],
    reports: REPORTS,
    conversion: no_events,
};

type Fields = &'static [(Field, &'static [&'static str])];

const FIGURES: Fields = &[
    (
        Field::Day,
        &["stat_time_day", "stat_time_hour", "dimensions.stat_time_day", "dimensions.stat_time_hour"],
    ),
    (word(Word::AccountId), &["advertiser_id", "dimensions.advertiser_id"]),
    (word(Word::Account), &["advertiser_name", "metrics.advertiser_name"]),
    (word(Word::Currency), &["currency", "metrics.currency"]),
    (count(Additive::Spend), &["spend", "metrics.spend"]),
    (count(Additive::Impressions), &["impressions", "metrics.impressions"]),
    (count(Additive::Clicks), &["clicks", "metrics.clicks"]),
    (count(Additive::Conversions), &["conversion", "metrics.conversion"]),
    (count(Additive::Revenue), &["total_purchase_value", "metrics.total_purchase_value"]),
    (count(Additive::Revenue), &["total_sales_lead_value", "metrics.total_sales_lead_value"]),
    (count(Additive::VideoViews), &["video_play_actions", "metrics.video_play_actions"]),
];

const CAMPAIGN: Fields = &[
    (word(Word::CampaignId), &["campaign_id", "dimensions.campaign_id", "metrics.campaign_id"]),
    (word(Word::Campaign), &["campaign_name", "metrics.campaign_name"]),
];

const AD_GROUP: Fields = &[
    (word(Word::AdGroupId), &["adgroup_id", "dimensions.adgroup_id", "metrics.adgroup_id"]),
    (word(Word::AdGroup), &["adgroup_name", "metrics.adgroup_name"]),
];

const REPORTS: &[Report] = &[
    Report {
        names: &[
            "advertisers_reports_daily",
            "advertisers_reports_hourly",
            "advertiser_report_daily",
            "advertiser_report_hourly",
        ],
        gives: Gives::Figures(Level::Account),
        fields: &[FIGURES],
    },
    Report {
        names: &[
            "campaign_report_daily",
            "campaign_report_hourly",
            "campaigns_reports_daily",
            "campaigns_reports_hourly",
        ],
        gives: Gives::Figures(Level::Campaign),
        fields: &[FIGURES, CAMPAIGN],
    },
    Report {
        names: &[
            "adgroup_report_daily",
            "adgroup_report_hourly",
            "ad_groups_reports_daily",
            "ad_groups_reports_hourly",
        ],
        gives: Gives::Figures(Level::AdGroup),
        fields: &[FIGURES, CAMPAIGN, AD_GROUP],
    },
    Report {
        names: &["ad_report_daily", "ad_report_hourly", "ads_reports_daily", "ads_reports_hourly"],
        gives: Gives::Figures(Level::Ad),
        fields: &[
            FIGURES,
            CAMPAIGN,
            AD_GROUP,
            &[
                (word(Word::AdId), &["ad_id", "dimensions.ad_id"]),
                (word(Word::Ad), &["ad_name", "metrics.ad_name"]),
            ],
        ],
    },
    Report {
        names: &["advertiser", "advertisers"],
        gives: Gives::Entities(Level::Account),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["id", "advertiser_id"]),
            (word(Word::Account), &["name", "advertiser_name"]),
            (word(Word::Currency), &["currency"]),
        ]],
    },
    Report {
        names: &["campaign_history", "campaigns"],
        gives: Gives::Entities(Level::Campaign),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["advertiser_id"]),
            (word(Word::CampaignId), &["campaign_id"]),
            (word(Word::Campaign), &["campaign_name"]),
            (word(Word::Status), &["operation_status", "status"]),
            (word(Word::Kind), &["objective_type"]),
            (Field::Budget(Unit::One), &["budget"]),
            (Field::BudgetKind, &["budget_mode"]),
        ]],
    },
    Report {
        names: &["adgroup_history", "ad_groups", "adgroups"],
        gives: Gives::Entities(Level::AdGroup),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["advertiser_id"]),
            (word(Word::CampaignId), &["campaign_id"]),
            (word(Word::AdGroupId), &["adgroup_id"]),
            (word(Word::AdGroup), &["adgroup_name"]),
            (word(Word::Status), &["operation_status", "status"]),
            (Field::Budget(Unit::One), &["budget"]),
            (Field::BudgetKind, &["budget_mode"]),
            (FINAL_URL, &["landing_page_url"]),
        ]],
    },
    Report {
        names: &["ad_history", "ads"],
        gives: Gives::Entities(Level::Ad),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["advertiser_id"]),
            (word(Word::CampaignId), &["campaign_id"]),
            (word(Word::AdGroupId), &["adgroup_id"]),
            (word(Word::AdId), &["ad_id"]),
            (word(Word::Ad), &["ad_name"]),
            (word(Word::Status), &["operation_status", "status"]),
            (FINAL_URL, &["landing_page_url", "landing_page_urls"]),
            (SUFFIX, &["utm_params"]),
        ]],
    },
];
