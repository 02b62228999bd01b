//! Meta Ads: money as decimals, clicks are link clicks. Actions overlap, so one type per family counts.

use domain::{Additive, Level, Platform};
use store::shelf::{Choice, Word};

use super::{Api, CREATIVE, Conversion, FINAL_URL, Field, Gives, NEWEST, Report, SUFFIX, count, word};

pub(super) const API: Api = Api {
    platform: Platform::MetaAds,
    prefixes: &["facebook_ads", "facebook_marketing", "facebook", "meta_ads", "meta"],
    marks: &["inline_link_clicks", "adset_id"],
    reports: REPORTS,
    conversion,
};

/// What an action's type begins or ends with, by what it says. Within a family the types tell the same conversions in
/// several ways: over all channels (`omni_`), in general, or by the pixel alone.
const FAMILIES: [&str; 9] = [
    "purchase",
    "lead",
    "complete_registration",
    "subscribe",
    "start_trial",
    "submit_application",
    "contact",
    "schedule",
    "donate",
];

/// `omni_purchase` before `purchase` before `offsite_conversion.fb_pixel_purchase` before what an app or Meta itself counts.
fn conversion(action: &str) -> Option<Conversion> {
    let ranked = |word: &str| {
        let family = FAMILIES.iter().position(|family| *family == word)? as u8 + 1;
        Some(move |rank| Conversion::Among(Choice { family, rank }))
    };
    if let Some(of) = action.strip_prefix("omni_").and_then(ranked) {
        return Some(of(0));
    }
    if let Some(of) = action.strip_suffix("_total").and_then(ranked).or_else(|| ranked(action)) {
        return Some(of(1));
    }
    if let Some(of) = action.strip_prefix("offsite_conversion.fb_pixel_").and_then(ranked) {
        return Some(of(2));
    }
    if let Some(of) = action.strip_prefix("app_custom_event.fb_mobile_").and_then(ranked) {
        return Some(of(3));
    }
    match action {
        "onsite_conversion.purchase" => ranked("purchase").map(|of| of(4)),
        "onsite_conversion.lead_grouped" => ranked("lead").map(|of| of(4)),
        _ => None,
    }
}

type Fields = &'static [(Field, &'static [&'static str])];

const FIGURES: Fields = &[
    (Field::Day, &["date_start", "date"]),
    (word(Word::AccountId), &["account_id"]),
    (word(Word::Account), &["account_name"]),
    (word(Word::Currency), &["account_currency"]),
    (count(Additive::Spend), &["spend"]),
    (count(Additive::Impressions), &["impressions"]),
    (count(Additive::Clicks), &["inline_link_clicks"]),
    (count(Additive::LinkClicks), &["inline_link_clicks"]),
    (Field::Events(Additive::Conversions), &["actions"]),
    (Field::Events(Additive::Revenue), &["action_values"]),
];

const CAMPAIGN: Fields = &[
    (word(Word::CampaignId), &["campaign_id"]),
    (word(Word::Campaign), &["campaign_name"]),
    (word(Word::Kind), &["objective"]),
];

const AD_SET: Fields = &[
    (word(Word::AdGroupId), &["adset_id", "ad_set_id"]),
    (word(Word::AdGroup), &["adset_name", "ad_set_name"]),
];

const AD: Fields = &[(word(Word::AdId), &["ad_id"]), (word(Word::Ad), &["ad_name"])];

const REPORTS: &[Report] = &[
    Report {
        names: &["basic_ad", "ads_insights", "ad_insights", "adsinsights"],
        gives: Gives::Figures(Level::Ad),
        fields: &[FIGURES, CAMPAIGN, AD_SET, AD],
    },
    Report {
        names: &["basic_ad_set", "adset_insights", "adsets_insights", "ad_set_insights"],
        gives: Gives::Figures(Level::AdGroup),
        fields: &[FIGURES, CAMPAIGN, AD_SET],
    },
    Report {
        names: &["basic_campaign", "campaign_insights", "campaigns_insights"],
        gives: Gives::Figures(Level::Campaign),
        fields: &[FIGURES, CAMPAIGN],
    },
    Report {
        names: &["basic_account", "account_insights", "accounts_insights"],
        gives: Gives::Figures(Level::Account),
        fields: &[FIGURES],
    },
    Report {
        names: &["basic_ad_actions"],
        gives: Gives::Part(Level::Ad),
        fields: &[
            &[
                (Field::Day, &["date"]),
                (Field::Event, &["action_type"]),
                (count(Additive::Conversions), &["value"]),
            ],
            AD,
        ],
    },
    Report {
        names: &["basic_ad_action_values"],
        gives: Gives::Part(Level::Ad),
        fields: &[
            &[
                (Field::Day, &["date"]),
                (Field::Event, &["action_type"]),
                (count(Additive::Revenue), &["value"]),
            ],
            AD,
        ],
    },
    Report {
        names: &["account_history", "ad_account", "ad_accounts", "adaccounts"],
        gives: Gives::Entities(Level::Account),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["account_id", "id"]),
            (word(Word::Account), &["name"]),
            (word(Word::Currency), &["currency"]),
        ]],
    },
    Report {
        names: &["campaign_history", "campaigns"],
        gives: Gives::Entities(Level::Campaign),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["account_id"]),
            (word(Word::CampaignId), &["id", "campaign_id"]),
            (word(Word::Campaign), &["name"]),
            (word(Word::Status), &["effective_status", "status"]),
            (word(Word::Kind), &["objective"]),
        ]],
    },
    Report {
        names: &["ad_set_history", "ad_sets", "adsets"],
        gives: Gives::Entities(Level::AdGroup),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["account_id"]),
            (word(Word::CampaignId), &["campaign_id"]),
            (word(Word::AdGroupId), &["id", "adset_id"]),
            (word(Word::AdGroup), &["name"]),
            (word(Word::Status), &["effective_status", "status"]),
        ]],
    },
    Report {
        names: &["ad_history", "ads"],
        gives: Gives::Entities(Level::Ad),
        fields: &[&[
            NEWEST,
            (word(Word::AccountId), &["account_id"]),
            (word(Word::CampaignId), &["campaign_id"]),
            (word(Word::AdGroupId), &["ad_set_id", "adset_id"]),
            (word(Word::AdId), &["id", "ad_id"]),
            (word(Word::Ad), &["name"]),
            (word(Word::Status), &["effective_status", "status"]),
            (CREATIVE, &["creative.id", "creative_id"]),
        ]],
    },
    Report {
        names: &["creative_history", "ad_creatives", "adcreatives", "ad_creative", "adcreative"],
        gives: Gives::Creatives,
        fields: &[&[
            NEWEST,
            (CREATIVE, &["id", "creative_id"]),
            (
                FINAL_URL,
                &[
                    "object_story_spec.link_data.link",
                    "object_story_spec.video_data.call_to_action.value.link",
                    "object_story_spec.template_data.link",
                    "asset_feed_spec.link_urls",
                    "link_url",
                    "page_link",
                    "template_page_link",
                    "object_story_link_data_link",
                    "asset_feed_spec_link_urls",
                    "template_url",
                    "object_url",
                ],
            ),
            (SUFFIX, &["url_tags"]),
        ]],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_action_type_per_family_counts() {
        let among = |family, rank| Some(Conversion::Among(Choice { family, rank }));
        for (action, expect) in [
            ("omni_purchase", among(1, 0)),
            ("purchase", among(1, 1)),
            ("offsite_conversion.fb_pixel_purchase", among(1, 2)),
            ("app_custom_event.fb_mobile_purchase", among(1, 3)),
            ("lead", among(2, 1)),
            ("onsite_conversion.lead_grouped", among(2, 4)),
            ("subscribe_total", among(4, 1)),
            ("offsite_conversion.fb_pixel_add_to_cart", None),
            ("omni_view_content", None),
            ("link_click", None),
        ] {
            assert_eq!(conversion(action), expect, "{action}");
        }
    }
}
