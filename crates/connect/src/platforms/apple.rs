//! Apple Search Ads: money as decimals with its currency beside it, taps are clicks, installs after a tap are conversions.

use domain::{Additive, Level, Platform};
use store::shelf::Word;

use super::{Api, Field, Gives, NEWEST, Report, Unit, count, no_events, word};

pub(super) const API: Api = Api {
    platform: Platform::AppleSearchAds,
    prefixes: &["apple_search_ads", "apple_search"],
    marks: &["local_spend_amount", "local_spend.amount", "taps"],
    reports: REPORTS,
    conversion: no_events,
};

type Fields = &'static [(Field, &'static [&'static str])];

const FIGURES: Fields = &[
    (Field::Day, &["date"]),
    (word(Word::AccountId), &["organization_id", "org_id"]),
    (word(Word::Currency), &["local_spend_currency", "local_spend.currency"]),
    (count(Additive::Spend), &["local_spend_amount", "local_spend.amount"]),
    (count(Additive::Impressions), &["impressions"]),
    (count(Additive::Clicks), &["taps"]),
    (count(Additive::Conversions), &["tap_installs"]),
];

const CAMPAIGN: Fields =
    &[(word(Word::CampaignId), &["campaign_id"]), (word(Word::Campaign), &["campaign_name"])];
const AD_GROUP: Fields =
    &[(word(Word::AdGroupId), &["ad_group_id"]), (word(Word::AdGroup), &["ad_group_name"])];

const REPORTS: &[Report] = &[
    Report {
        names: &["campaign_report", "campaigns_report_daily"],
        gives: Gives::Figures(Level::Campaign),
        fields: &[
            FIGURES,
            &[(word(Word::CampaignId), &["campaign_id", "id"]), (word(Word::Campaign), &["campaign_name"])],
        ],
    },
    Report {
        names: &["ad_group_report", "adgroups_report_daily"],
        gives: Gives::Figures(Level::AdGroup),
        fields: &[
            FIGURES,
            CAMPAIGN,
            &[(word(Word::AdGroupId), &["ad_group_id", "id"]), (word(Word::AdGroup), &["ad_group_name"])],
        ],
    },
    Report {
        names: &["ad_report", "ads_report_daily"],
        gives: Gives::Figures(Level::Ad),
        fields: &[
            FIGURES,
            CAMPAIGN,
            AD_GROUP,
            &[(word(Word::AdId), &["ad_id", "id"]), (word(Word::Ad), &["ad_name"])],
        ],
    },
    Report {
        names: &["keyword_report", "keywords_report_daily"],
        gives: Gives::Figures(Level::Keyword),
        fields: &[
            FIGURES,
            CAMPAIGN,
            AD_GROUP,
            &[
                (word(Word::KeywordId), &["keyword_id", "id"]),
                (word(Word::Keyword), &["keyword"]),
                (word(Word::MatchType), &["match_type"]),
            ],
        ],
    },
    Report {
        names: &["search_term_report", "search_terms_report_daily"],
        gives: Gives::Figures(Level::SearchTerm),
        fields: &[
            FIGURES,
            CAMPAIGN,
            AD_GROUP,
            &[
                (word(Word::SearchTerm), &["search_term_text"]),
                (word(Word::KeywordId), &["keyword_id"]),
                (word(Word::Keyword), &["keyword"]),
                (word(Word::MatchType), &["match_type"]),
            ],
        ],
    },
    Report {
        names: &["organization", "organizations"],
        gives: Gives::Entities(Level::Account),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["id", "org_id"]),
            (word(Word::Account), &["name", "org_name"]),
            (word(Word::Currency), &["currency"]),
        ]],
    },
    Report {
        names: &["campaign_history", "campaigns"],
        gives: Gives::Entities(Level::Campaign),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["organization_id", "org_id"]),
            (word(Word::CampaignId), &["id"]),
            (word(Word::Campaign), &["name"]),
            (word(Word::Status), &["status"]),
            (Field::Budget(Unit::One), &["daily_budget_amount.amount", "daily_budget_amount"]),
        ]],
    },
    Report {
        names: &["ad_group_history", "adgroups", "ad_groups"],
        gives: Gives::Entities(Level::AdGroup),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["organization_id", "org_id"]),
            (word(Word::CampaignId), &["campaign_id"]),
            (word(Word::AdGroupId), &["id"]),
            (word(Word::AdGroup), &["name"]),
            (word(Word::Status), &["status"]),
        ]],
    },
    Report {
        names: &["ad_history", "ads"],
        gives: Gives::Entities(Level::Ad),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["org_id", "organization_id"]),
            (word(Word::CampaignId), &["campaign_id"]),
            (word(Word::AdGroupId), &["ad_group_id"]),
            (word(Word::AdId), &["id"]),
            (word(Word::Ad), &["name"]),
            (word(Word::Status), &["status"]),
        ]],
    },
    Report {
        names: &["keyword_history", "keywords"],
        gives: Gives::Entities(Level::Keyword),
        fields: &[&[
            NEWEST,
            (word(Word::CampaignId), &["campaign_id"]),
            (word(Word::AdGroupId), &["ad_group_id"]),
            (word(Word::KeywordId), &["id"]),
            (word(Word::Keyword), &["text"]),
            (word(Word::MatchType), &["match_type"]),
            (word(Word::Status), &["status"]),
        ]],
    },
];
