//! Amazon Ads: money as decimals; a profile is an account. Conversions are the purchases within 30 days.

use domain::{Additive, Level, Platform};
use store::shelf::Word;

use super::{Api, Field, Gives, NEWEST, Report, Unit, count, no_events, word};

pub(super) const API: Api = Api {
    platform: Platform::AmazonAds,
    prefixes: &["amazon_ads", "amazon_advertising"],
    marks: &["purchases_30_d", "purchases30d", "campaign_budget_currency_code", "advertised_asin"],
    reports: REPORTS,
    conversion: no_events,
};

type Fields = &'static [(Field, &'static [&'static str])];

const FIGURES: Fields = &[
    (Field::Day, &["date", "report_date"]),
    (word(Word::AccountId), &["profile_id"]),
    (word(Word::Currency), &["campaign_budget_currency_code"]),
    (count(Additive::Spend), &["cost", "metric.cost"]),
    (count(Additive::Impressions), &["impressions", "metric.impressions"]),
    (count(Additive::Clicks), &["clicks", "metric.clicks"]),
    (count(Additive::Conversions), &["purchases_30_d", "purchases30d", "metric.purchases30d"]),
    (count(Additive::Revenue), &["sales_30_d", "sales30d", "metric.sales30d"]),
];

const CAMPAIGN: Fields = &[
    (word(Word::CampaignId), &["campaign_id", "metric.campaign_id"]),
    (word(Word::Campaign), &["campaign_name", "metric.campaign_name"]),
];

const AD_GROUP: Fields = &[
    (word(Word::AdGroupId), &["ad_group_id", "metric.ad_group_id"]),
    (word(Word::AdGroup), &["ad_group_name", "metric.ad_group_name"]),
];

const KEYWORD: Fields = &[
    (word(Word::KeywordId), &["keyword_id", "metric.keyword_id"]),
    (word(Word::Keyword), &["targeting", "keyword", "metric.keyword"]),
];

const REPORTS: &[Report] = &[
    Report {
        names: &["campaign_level_report", "sponsored_products_campaigns_report_stream_daily"],
        gives: Gives::Figures(Level::Campaign),
        fields: &[
            FIGURES,
            CAMPAIGN,
            &[
                (word(Word::Status), &["campaign_status"]),
                (Field::Budget(Unit::One), &["campaign_budget_amount"]),
                (Field::BudgetKind, &["campaign_budget_type"]),
            ],
        ],
    },
    Report {
        names: &["ad_group_level_report", "sponsored_products_adgroups_report_stream_daily"],
        gives: Gives::Figures(Level::AdGroup),
        fields: &[FIGURES, CAMPAIGN, AD_GROUP],
    },
    Report {
        names: &["advertised_product_report", "sponsored_products_productads_report_stream_daily"],
        gives: Gives::Figures(Level::Ad),
        fields: &[
            FIGURES,
            CAMPAIGN,
            AD_GROUP,
            &[
                (word(Word::AdId), &["ad_id", "metric.ad_id"]),
                (word(Word::Ad), &["advertised_asin", "advertised_sku"]),
            ],
        ],
    },
    Report {
        names: &["targeting_keyword_report", "sponsored_products_keywords_report_stream_daily"],
        gives: Gives::Figures(Level::Keyword),
        fields: &[
            FIGURES,
            CAMPAIGN,
            AD_GROUP,
            KEYWORD,
            &[(word(Word::MatchType), &["match_type", "metric.match_type"])],
        ],
    },
    Report {
        names: &["search_term_ad_keyword_report"],
        gives: Gives::Figures(Level::SearchTerm),
        fields: &[FIGURES, CAMPAIGN, AD_GROUP, KEYWORD, &[(word(Word::SearchTerm), &["search_term"])]],
    },
    Report {
        names: &["profile", "profiles"],
        gives: Gives::Entities(Level::Account),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["id", "profile_id"]),
            (word(Word::Account), &["account_name", "account_info.name"]),
            (word(Word::Currency), &["currency_code"]),
        ]],
    },
    Report {
        names: &["campaign_history", "sponsored_product_campaigns"],
        gives: Gives::Entities(Level::Campaign),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["profile_id"]),
            (word(Word::CampaignId), &["id", "campaign_id"]),
            (word(Word::Campaign), &["name"]),
            (word(Word::Status), &["state"]),
            (word(Word::Kind), &["targeting_type"]),
            (Field::Budget(Unit::One), &["budget.budget", "budget", "daily_budget"]),
            (Field::BudgetKind, &["budget.budget_type", "budget_type"]),
        ]],
    },
    Report {
        names: &["ad_group_history", "sponsored_product_ad_groups"],
        gives: Gives::Entities(Level::AdGroup),
        fields: &[&[
            NEWEST,
            (word(Word::CampaignId), &["campaign_id"]),
            (word(Word::AdGroupId), &["id", "ad_group_id"]),
            (word(Word::AdGroup), &["name"]),
            (word(Word::Status), &["state"]),
        ]],
    },
    Report {
        names: &["product_ad_history", "sponsored_product_ads"],
        gives: Gives::Entities(Level::Ad),
        fields: &[&[
            NEWEST,
            (word(Word::CampaignId), &["campaign_id"]),
            (word(Word::AdGroupId), &["ad_group_id"]),
            (word(Word::AdId), &["id", "ad_id"]),
            (word(Word::Ad), &["asin", "sku"]),
            (word(Word::Status), &["state"]),
        ]],
    },
    Report {
        names: &["keyword_history", "sponsored_product_keywords"],
        gives: Gives::Entities(Level::Keyword),
        fields: &[&[
            NEWEST,
            (word(Word::CampaignId), &["campaign_id"]),
            (word(Word::AdGroupId), &["ad_group_id"]),
            (word(Word::KeywordId), &["id", "keyword_id"]),
            (word(Word::Keyword), &["keyword_text"]),
            (word(Word::MatchType), &["match_type"]),
            (word(Word::Status), &["state"]),
        ]],
    },
];
