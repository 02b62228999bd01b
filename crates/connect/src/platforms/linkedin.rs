//! LinkedIn Ads: its campaign group is a campaign, its campaign an ad group, its creative an ad. Money in the account's own
//! currency; website conversions (clicks and views together) and leads are conversions.

use domain::{Additive, Level, Platform};
use store::shelf::Word;

use super::{Api, FINAL_URL, Field, Gives, NEWEST, Report, count, no_events, word};

pub(super) const API: Api = Api {
    platform: Platform::LinkedinAds,
    prefixes: &["linkedin_ads", "linkedin"],
    marks: &["cost_in_local_currency", "external_website_conversions"],
    reports: REPORTS,
    conversion: no_events,
};

type Fields = &'static [(Field, &'static [&'static str])];

const FIGURES: Fields = &[
    (Field::Day, &["day", "start_date", "date"]),
    (word(Word::AccountId), &["account_id", "sponsored_account"]),
    (count(Additive::Spend), &["cost_in_local_currency"]),
    (count(Additive::Impressions), &["impressions"]),
    (count(Additive::Clicks), &["clicks"]),
    (count(Additive::Conversions), &["external_website_conversions"]),
    (count(Additive::Conversions), &["one_click_leads"]),
    (count(Additive::Revenue), &["conversion_value_in_local_currency"]),
    (count(Additive::VideoViews), &["video_views"]),
];

const REPORTS: &[Report] = &[
    Report {
        names: &["ad_analytics_by_campaign_group", "ad_campaign_group_analytics"],
        gives: Gives::Figures(Level::Campaign),
        fields: &[FIGURES, &[(word(Word::CampaignId), &["campaign_group_id", "sponsored_campaign_group"])]],
    },
    Report {
        names: &["ad_analytics_by_campaign", "ad_campaign_analytics"],
        gives: Gives::Figures(Level::AdGroup),
        fields: &[FIGURES, &[(word(Word::AdGroupId), &["campaign_id", "sponsored_campaign"])]],
    },
    Report {
        names: &["ad_analytics_by_creative", "ad_creative_analytics"],
        gives: Gives::Figures(Level::Ad),
        fields: &[
            FIGURES,
            &[
                (word(Word::AdId), &["creative_id", "sponsored_creative"]),
                (word(Word::AdGroupId), &["campaign_id", "sponsored_campaign"]),
            ],
        ],
    },
    Report {
        names: &["ad_account_history", "accounts"],
        gives: Gives::Entities(Level::Account),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["id"]),
            (word(Word::Account), &["name"]),
            (word(Word::Currency), &["currency"]),
        ]],
    },
    Report {
        names: &["ad_campaign_group_history", "campaign_group_history", "campaign_groups"],
        gives: Gives::Entities(Level::Campaign),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["account_id", "account"]),
            (word(Word::CampaignId), &["id"]),
            (word(Word::Campaign), &["name"]),
            (word(Word::Status), &["status"]),
        ]],
    },
    Report {
        names: &["ad_campaign_history", "campaign_history", "campaigns"],
        gives: Gives::Entities(Level::AdGroup),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["account_id", "account"]),
            (word(Word::CampaignId), &["campaign_group_id", "campaign_group"]),
            (word(Word::AdGroupId), &["id"]),
            (word(Word::AdGroup), &["name"]),
            (word(Word::Status), &["status"]),
        ]],
    },
    Report {
        names: &["ad_creative_history", "creative_history", "creatives"],
        gives: Gives::Entities(Level::Ad),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["account_id", "account"]),
            (word(Word::AdGroupId), &["campaign_id", "campaign"]),
            (word(Word::AdId), &["id"]),
            (word(Word::Ad), &["name"]),
            (word(Word::Status), &["intended_status", "status"]),
            (
                FINAL_URL,
                &[
                    "click_uri",
                    "text_ad_landing_page",
                    "spotlight_landing_page",
                    "content.text_ad.landing_page",
                    "content.spotlight.landing_page",
                ],
            ),
        ]],
    },
];
