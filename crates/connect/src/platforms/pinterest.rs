//! Pinterest Ads: money in micros; paid and earned impressions and clicks stand in two columns each and are added up.

use domain::{Additive, Level, Platform};
use store::shelf::Word;

use super::{Api, FINAL_URL, Field, Gives, NEWEST, Report, TEMPLATE, Unit, count, micros, no_events, word};

pub(super) const API: Api = Api {
    platform: Platform::PinterestAds,
    prefixes: &["pinterest_ads", "pinterest"],
    marks: &["spend_in_micro_dollar", "pin_promotion_id", "clickthrough_1"],
    reports: REPORTS,
    conversion: no_events,
};

type Fields = &'static [(Field, &'static [&'static str])];

const FIGURES: Fields = &[
    (Field::Day, &["date"]),
    (word(Word::AccountId), &["advertiser_id", "ad_account_id"]),
    (micros(Additive::Spend), &["spend_in_micro_dollar"]),
    (count(Additive::Impressions), &["impression_1"]),
    (count(Additive::Impressions), &["impression_2"]),
    (count(Additive::Clicks), &["clickthrough_1"]),
    (count(Additive::Clicks), &["clickthrough_2"]),
    (count(Additive::Conversions), &["total_conversions"]),
    (micros(Additive::Revenue), &["total_conversions_value_in_micro_dollar"]),
];

const CAMPAIGN: Fields =
    &[(word(Word::CampaignId), &["campaign_id"]), (word(Word::Campaign), &["campaign_name"])];

const AD_GROUP: Fields =
    &[(word(Word::AdGroupId), &["ad_group_id"]), (word(Word::AdGroup), &["ad_group_name"])];

const AD: Fields = &[(word(Word::AdId), &["pin_promotion_id", "ad_id"]), (word(Word::Ad), &["ad_name"])];

const REPORTS: &[Report] = &[
    Report {
        names: &["advertiser_report", "ad_account_analytics", "ad_account_report"],
        gives: Gives::Figures(Level::Account),
        fields: &[FIGURES],
    },
    Report {
        names: &["campaign_report", "campaign_analytics", "campaign_analytics_report"],
        gives: Gives::Figures(Level::Campaign),
        fields: &[FIGURES, CAMPAIGN, &[(word(Word::Status), &["campaign_status"])]],
    },
    Report {
        names: &["ad_group_report", "ad_group_analytics"],
        gives: Gives::Figures(Level::AdGroup),
        fields: &[FIGURES, CAMPAIGN, AD_GROUP, &[(word(Word::Status), &["ad_group_status"])]],
    },
    Report {
        names: &["pin_promotion_report", "ad_analytics", "ad_report"],
        gives: Gives::Figures(Level::Ad),
        fields: &[FIGURES, CAMPAIGN, AD_GROUP, AD],
    },
    Report {
        names: &["keyword_report"],
        gives: Gives::Figures(Level::Keyword),
        fields: &[FIGURES, CAMPAIGN, AD_GROUP, &[(word(Word::KeywordId), &["keyword_id"])]],
    },
    Report {
        names: &["advertiser_history", "ad_accounts"],
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
            (word(Word::AccountId), &["advertiser_id", "ad_account_id"]),
            (word(Word::CampaignId), &["id"]),
            (word(Word::Campaign), &["name"]),
            (word(Word::Status), &["status"]),
            (word(Word::Kind), &["objective_type"]),
            (Field::Budget(Unit::Micro), &["daily_spend_cap"]),
        ]],
    },
    Report {
        names: &["ad_group_history", "ad_groups"],
        gives: Gives::Entities(Level::AdGroup),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["ad_account_id", "advertiser_id"]),
            (word(Word::CampaignId), &["campaign_id"]),
            (word(Word::AdGroupId), &["id"]),
            (word(Word::AdGroup), &["name"]),
            (word(Word::Status), &["status"]),
            (Field::Budget(Unit::Micro), &["budget_in_micro_currency"]),
            (Field::BudgetKind, &["budget_type"]),
        ]],
    },
    Report {
        names: &["pin_promotion_history", "ads"],
        gives: Gives::Entities(Level::Ad),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["ad_account_id", "advertiser_id"]),
            (word(Word::AdGroupId), &["ad_group_id"]),
            (word(Word::AdId), &["id"]),
            (word(Word::Ad), &["name"]),
            (word(Word::Status), &["status"]),
            (FINAL_URL, &["destination_url"]),
            (TEMPLATE, &["tracking_template", "tracking_url"]),
        ]],
    },
    Report {
        names: &["keyword_history", "keywords"],
        gives: Gives::Entities(Level::Keyword),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["advertiser_id", "ad_account_id"]),
            (word(Word::CampaignId), &["campaign_id"]),
            (word(Word::AdGroupId), &["ad_group_id"]),
            (word(Word::KeywordId), &["id"]),
            (word(Word::Keyword), &["value"]),
            (word(Word::MatchType), &["match_type"]),
        ]],
    },
];
