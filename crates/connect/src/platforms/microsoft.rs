//! Microsoft Advertising: money as decimals. Of the families of conversions the qualified one counts, which may be fractional.

use domain::{Additive, Level, Platform};
use store::shelf::Word;

use super::{Api, FINAL_URL, Field, Gives, NEWEST, Report, SUFFIX, TEMPLATE, count, no_events, word};

pub(super) const API: Api = Api {
    platform: Platform::MicrosoftAds,
    prefixes: &["microsoft_ads", "microsoft_advertising", "bing_ads", "bingads"],
    marks: &["time_period", "conversions_qualified", "delivered_match_type"],
    reports: REPORTS,
    conversion: no_events,
};

type Fields = &'static [(Field, &'static [&'static str])];

const FIGURES: Fields = &[
    (Field::Day, &["date", "time_period"]),
    (word(Word::AccountId), &["account_id"]),
    (word(Word::Account), &["account_name"]),
    (word(Word::Currency), &["currency_code"]),
    (count(Additive::Spend), &["spend"]),
    (count(Additive::Impressions), &["impressions"]),
    (count(Additive::Clicks), &["clicks"]),
    (count(Additive::Conversions), &["conversions_qualified", "conversions"]),
    (count(Additive::Revenue), &["revenue"]),
];

const CAMPAIGN: Fields = &[
    (word(Word::CampaignId), &["campaign_id"]),
    (word(Word::Campaign), &["campaign_name"]),
    (word(Word::Kind), &["campaign_type"]),
];

const AD_GROUP: Fields =
    &[(word(Word::AdGroupId), &["ad_group_id"]), (word(Word::AdGroup), &["ad_group_name"])];

const KEYWORD: Fields = &[(word(Word::KeywordId), &["keyword_id"]), (word(Word::Keyword), &["keyword"])];

const FINAL_URLS: &[&str] = &["final_url", "final_urls", "final_urls.string", "destination_url"];
const SUFFIXES: &[&str] = &["final_url_suffix"];
const TEMPLATES: &[&str] = &["tracking_template", "tracking_url_template"];

const REPORTS: &[Report] = &[
    Report {
        names: &[
            "account_performance_daily_report",
            "account_performance_report_daily",
            "account_performance_report",
        ],
        gives: Gives::Figures(Level::Account),
        fields: &[FIGURES],
    },
    Report {
        names: &[
            "campaign_performance_daily_report",
            "campaign_performance_report_daily",
            "campaign_performance_report",
        ],
        gives: Gives::Figures(Level::Campaign),
        fields: &[FIGURES, CAMPAIGN, &[(word(Word::Status), &["campaign_status"])]],
    },
    Report {
        names: &[
            "ad_group_performance_daily_report",
            "ad_group_performance_report_daily",
            "ad_group_performance_report",
        ],
        gives: Gives::Figures(Level::AdGroup),
        fields: &[FIGURES, CAMPAIGN, AD_GROUP, &[(word(Word::Status), &["status"])]],
    },
    Report {
        names: &["ad_performance_daily_report", "ad_performance_report_daily", "ad_performance_report"],
        gives: Gives::Figures(Level::Ad),
        fields: &[
            FIGURES,
            CAMPAIGN,
            AD_GROUP,
            &[
                (word(Word::AdId), &["ad_id"]),
                (word(Word::Ad), &["ad_title", "title_part1"]),
                (word(Word::Status), &["ad_status"]),
                (FINAL_URL, FINAL_URLS),
                (SUFFIX, SUFFIXES),
                (TEMPLATE, TEMPLATES),
            ],
        ],
    },
    Report {
        names: &[
            "keyword_performance_daily_report",
            "keyword_performance_report_daily",
            "keyword_performance_report",
        ],
        gives: Gives::Figures(Level::Keyword),
        fields: &[
            FIGURES,
            CAMPAIGN,
            AD_GROUP,
            KEYWORD,
            &[
                (word(Word::MatchType), &["bid_match_type"]),
                (word(Word::Status), &["keyword_status"]),
                (FINAL_URL, FINAL_URLS),
                (SUFFIX, SUFFIXES),
                (TEMPLATE, TEMPLATES),
            ],
        ],
    },
    Report {
        names: &[
            "search_performance_daily_report",
            "search_query_performance_report_daily",
            "search_query_performance_report",
        ],
        gives: Gives::Figures(Level::SearchTerm),
        fields: &[
            FIGURES,
            CAMPAIGN,
            AD_GROUP,
            KEYWORD,
            &[
                (word(Word::SearchTerm), &["search_query"]),
                (word(Word::MatchType), &["delivered_match_type"]),
            ],
        ],
    },
    Report {
        names: &["account_history", "accounts"],
        gives: Gives::Entities(Level::Account),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["id"]),
            (word(Word::Account), &["name"]),
            (word(Word::Currency), &["currency_code"]),
        ]],
    },
    Report {
        names: &["campaign_history", "campaigns"],
        gives: Gives::Entities(Level::Campaign),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["account_id"]),
            (word(Word::CampaignId), &["id"]),
            (word(Word::Campaign), &["name"]),
            (word(Word::Status), &["status"]),
            (word(Word::Kind), &["type", "campaign_type"]),
            (SUFFIX, SUFFIXES),
            (TEMPLATE, TEMPLATES),
        ]],
    },
    Report {
        names: &["ad_group_history", "ad_groups"],
        gives: Gives::Entities(Level::AdGroup),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["account_id"]),
            (word(Word::CampaignId), &["campaign_id"]),
            (word(Word::AdGroupId), &["id"]),
            (word(Word::AdGroup), &["name"]),
            (word(Word::Status), &["status"]),
            (SUFFIX, SUFFIXES),
            (TEMPLATE, TEMPLATES),
        ]],
    },
    Report {
        names: &["ad_history", "ads"],
        gives: Gives::Entities(Level::Ad),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["account_id"]),
            (word(Word::AdGroupId), &["ad_group_id"]),
            (word(Word::AdId), &["id"]),
            (word(Word::Ad), &["name", "title", "title_part_1"]),
            (word(Word::Status), &["status"]),
            (FINAL_URL, FINAL_URLS),
            (SUFFIX, SUFFIXES),
            (TEMPLATE, TEMPLATES),
        ]],
    },
    Report {
        names: &["keyword_history", "keywords"],
        gives: Gives::Entities(Level::Keyword),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["account_id"]),
            (word(Word::AdGroupId), &["ad_group_id"]),
            (word(Word::KeywordId), &["id"]),
            (word(Word::Keyword), &["name", "keyword"]),
            (word(Word::MatchType), &["match_type"]),
            (word(Word::Status), &["status"]),
            (FINAL_URL, FINAL_URLS),
            (SUFFIX, SUFFIXES),
            (TEMPLATE, TEMPLATES),
        ]],
    },
];
