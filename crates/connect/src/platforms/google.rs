//! Google Ads: money in micros, conversions fractional. An ad may stand in several ad groups.

use domain::{Additive, Level, Platform};
use store::shelf::Word;

use super::{
    Api, FINAL_URL, Field, Gives, NEWEST, Report, SUFFIX, TEMPLATE, Unit, count, micros, no_events, word,
};

pub(super) const API: Api = Api {
    platform: Platform::GoogleAds,
    prefixes: &["google_ads", "googleads", "adwords"],
    marks: &["cost_micros", "metrics.cost_micros"],
    reports: REPORTS,
    conversion: no_events,
};

type Fields = &'static [(Field, &'static [&'static str])];

const FIGURES: Fields = &[
    (Field::Day, &["segments.date", "date", "day"]),
    (word(Word::AccountId), &["customer.id", "customer_id", "external_customer_id"]),
    (word(Word::Account), &["customer.descriptive_name", "customer_descriptive_name"]),
    (word(Word::Currency), &["customer.currency_code", "customer_currency_code"]),
    (micros(Additive::Spend), &["metrics.cost_micros", "cost_micros"]),
    (count(Additive::Impressions), &["metrics.impressions", "impressions"]),
    (count(Additive::Clicks), &["metrics.clicks", "clicks"]),
    (count(Additive::Conversions), &["metrics.conversions", "conversions"]),
    (count(Additive::Revenue), &["metrics.conversions_value", "conversions_value"]),
    (count(Additive::VideoViews), &["metrics.video_views", "video_views"]),
];

const CAMPAIGN: Fields = &[
    (
        word(Word::CampaignId),
        &["campaign.id", "campaign_id", "base_campaign_id", "campaign_base_campaign", "campaign"],
    ),
    (word(Word::Campaign), &["campaign.name", "campaign_name"]),
    (word(Word::Kind), &["campaign.advertising_channel_type", "advertising_channel_type"]),
];

const AD_GROUP: Fields = &[
    (word(Word::AdGroupId), &["ad_group.id", "ad_group_id", "ad_group_base_ad_group", "ad_group"]),
    (word(Word::AdGroup), &["ad_group.name", "ad_group_name"]),
];

const AD_FINAL_URLS: &[&str] = &["ad_group_ad.ad.final_urls", "ad.final_urls", "final_urls"];
const AD_SUFFIX: &[&str] = &["ad_group_ad.ad.final_url_suffix", "ad.final_url_suffix", "final_url_suffix"];
const AD_TEMPLATE: &[&str] =
    &["ad_group_ad.ad.tracking_url_template", "ad.tracking_url_template", "tracking_url_template"];

const REPORTS: &[Report] = &[
    Report {
        names: &[
            "account_stats",
            "account_performance_report",
            "account_performance",
            "customer_stats",
            "customer",
        ],
        gives: Gives::Figures(Level::Account),
        fields: &[FIGURES],
    },
    Report {
        names: &[
            "campaign_stats",
            "campaign",
            "campaigns",
            "campaign_performance_report",
            "campaign_performance",
        ],
        gives: Gives::Figures(Level::Campaign),
        fields: &[
            FIGURES,
            &[
                (word(Word::CampaignId), &["campaign.id", "campaign_id", "id"]),
                (word(Word::Campaign), &["campaign.name", "campaign_name"]),
                (word(Word::Status), &["campaign.status", "campaign_status"]),
                (word(Word::Kind), &["campaign.advertising_channel_type", "advertising_channel_type"]),
                (Field::Budget(Unit::Micro), &["campaign_budget.amount_micros"]),
                (SUFFIX, &["campaign.final_url_suffix"]),
                (TEMPLATE, &["campaign.tracking_url_template"]),
            ],
        ],
    },
    Report {
        names: &[
            "ad_group_stats",
            "ad_group",
            "ad_groups",
            "ad_group_performance_report",
            "ad_group_performance",
        ],
        gives: Gives::Figures(Level::AdGroup),
        fields: &[
            FIGURES,
            CAMPAIGN,
            &[
                (word(Word::AdGroupId), &["ad_group.id", "ad_group_id", "id"]),
                (word(Word::AdGroup), &["ad_group.name", "ad_group_name"]),
                (word(Word::Status), &["ad_group.status", "ad_group_status"]),
                (SUFFIX, &["ad_group.final_url_suffix"]),
                (TEMPLATE, &["ad_group.tracking_url_template"]),
            ],
        ],
    },
    Report {
        names: &[
            "ad_stats",
            "ad_group_ad_legacy",
            "ad_group_ad",
            "ad_group_ads",
            "ad_performance_report",
            "ad_performance",
        ],
        gives: Gives::Figures(Level::Ad),
        fields: &[
            FIGURES,
            CAMPAIGN,
            AD_GROUP,
            &[
                (word(Word::AdId), &["ad_group_ad.ad.id", "ad.id", "ad_id"]),
                (word(Word::Ad), &["ad_group_ad.ad.name", "ad.name", "ad_name"]),
                (word(Word::Status), &["ad_group_ad.status", "ad_status"]),
                (FINAL_URL, AD_FINAL_URLS),
                (SUFFIX, AD_SUFFIX),
                (TEMPLATE, AD_TEMPLATE),
            ],
        ],
    },
    Report {
        names: &["keyword_stats", "keyword_view", "keywords_performance_report", "keyword_performance"],
        gives: Gives::Figures(Level::Keyword),
        fields: &[
            FIGURES,
            CAMPAIGN,
            AD_GROUP,
            &[
                (
                    word(Word::KeywordId),
                    &[
                        "ad_group_criterion.criterion_id",
                        "ad_group_criterion_criterion_id",
                        "criterion_id",
                        "keyword_id",
                    ],
                ),
                (word(Word::Keyword), &["ad_group_criterion.keyword.text", "keyword_text"]),
                (word(Word::MatchType), &["ad_group_criterion.keyword.match_type", "keyword_match_type"]),
                (word(Word::Status), &["ad_group_criterion.status"]),
                (FINAL_URL, &["ad_group_criterion.final_urls"]),
                (SUFFIX, &["ad_group_criterion.final_url_suffix"]),
                (TEMPLATE, &["ad_group_criterion.tracking_url_template"]),
            ],
        ],
    },
    Report {
        names: &[
            "search_term_keyword_stats",
            "search_term_stats",
            "search_term_view",
            "search_query_performance_report",
        ],
        gives: Gives::Figures(Level::SearchTerm),
        fields: &[
            FIGURES,
            CAMPAIGN,
            AD_GROUP,
            &[
                (word(Word::SearchTerm), &["search_term_view.search_term", "search_term"]),
                (word(Word::MatchType), &["segments.search_term_match_type", "search_term_match_type"]),
                (
                    word(Word::KeywordId),
                    &["segments.keyword.ad_group_criterion", "keyword_ad_group_criterion"],
                ),
                (word(Word::Keyword), &["segments.keyword.info.text", "info_text"]),
            ],
        ],
    },
    Report {
        names: &["account_history", "accounts", "customer", "customers"],
        gives: Gives::Entities(Level::Account),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["customer.id", "id", "customer_id"]),
            (word(Word::Account), &["customer.descriptive_name", "descriptive_name", "name"]),
            (word(Word::Currency), &["customer.currency_code", "currency_code"]),
            (SUFFIX, &["customer.final_url_suffix", "final_url_suffix"]),
            (TEMPLATE, &["customer.tracking_url_template", "tracking_url_template"]),
        ]],
    },
    Report {
        names: &["campaign_history", "campaigns", "campaign"],
        gives: Gives::Entities(Level::Campaign),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["customer.id", "customer_id"]),
            (word(Word::CampaignId), &["campaign.id", "id", "campaign_id"]),
            (word(Word::Campaign), &["campaign.name", "name"]),
            (word(Word::Status), &["campaign.status", "status"]),
            (word(Word::Kind), &["campaign.advertising_channel_type", "advertising_channel_type"]),
            (Field::Budget(Unit::Micro), &["campaign_budget.amount_micros"]),
            (SUFFIX, &["campaign.final_url_suffix", "final_url_suffix"]),
            (TEMPLATE, &["campaign.tracking_url_template", "tracking_url_template"]),
        ]],
    },
    Report {
        names: &["ad_group_history", "ad_groups", "ad_group"],
        gives: Gives::Entities(Level::AdGroup),
        fields: &[&[
            NEWEST,
            (
                word(Word::CampaignId),
                &["campaign.id", "campaign_id", "base_campaign_id", "ad_group.campaign"],
            ),
            (word(Word::AdGroupId), &["ad_group.id", "id", "ad_group_id"]),
            (word(Word::AdGroup), &["ad_group.name", "name"]),
            (word(Word::Status), &["ad_group.status", "status"]),
            (SUFFIX, &["ad_group.final_url_suffix", "final_url_suffix"]),
            (TEMPLATE, &["ad_group.tracking_url_template", "tracking_url_template"]),
        ]],
    },
    Report {
        names: &["ad_history", "ads", "ad_group_ad"],
        gives: Gives::Entities(Level::Ad),
        fields: &[&[
            NEWEST,
            (word(Word::AdGroupId), &["ad_group.id", "ad_group_id", "ad_group_ad.ad_group"]),
            (word(Word::AdId), &["ad_group_ad.ad.id", "ad.id", "id"]),
            (word(Word::Ad), &["ad_group_ad.ad.name", "ad.name", "name"]),
            (word(Word::Status), &["ad_group_ad.status", "status"]),
            (FINAL_URL, AD_FINAL_URLS),
            (SUFFIX, AD_SUFFIX),
            (TEMPLATE, AD_TEMPLATE),
        ]],
    },
    Report {
        names: &["ad_group_criterion_history", "ad_group_criterion"],
        gives: Gives::Entities(Level::Keyword),
        fields: &[&[
            NEWEST,
            (word(Word::CampaignId), &["base_campaign_id", "campaign_id", "campaign.id"]),
            (word(Word::AdGroupId), &["ad_group_id", "ad_group.id", "ad_group_criterion.ad_group"]),
            (word(Word::KeywordId), &["id", "ad_group_criterion.criterion_id"]),
            (word(Word::Keyword), &["keyword_text", "ad_group_criterion.keyword.text"]),
            (word(Word::MatchType), &["keyword_match_type", "ad_group_criterion.keyword.match_type"]),
            (word(Word::Status), &["status", "ad_group_criterion.status"]),
            (FINAL_URL, &["ad_group_criterion.final_urls", "final_urls"]),
            (SUFFIX, &["ad_group_criterion.final_url_suffix", "final_url_suffix"]),
            (TEMPLATE, &["ad_group_criterion.tracking_url_template", "tracking_url_template"]),
        ]],
    },
];
