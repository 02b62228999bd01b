//! The roles that columns play.

use serde::Deserialize;

/// What a column is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(usize)]
pub(crate) enum Role {
    AccountId,
    AccountName,
    Currency,
    Day,
    Week,
    Month,
    Quarter,
    Year,
    Start,
    End,
    CampaignId,
    CampaignName,
    CampaignStatus,
    CampaignType,
    CampaignBudget,
    AdGroupId,
    AdGroupName,
    AdGroupStatus,
    AdGroupBudget,
    AdId,
    AdName,
    AdStatus,
    Keyword,
    KeywordStatus,
    MatchType,
    SearchTerm,
    Status,
    Budget,
    DeliveryLevel,
    Attribution,
    Spend,
    Impressions,
    Clicks,
    ClicksAll,
    Conversions,
    Results,
    ResultType,
    Revenue,
    VideoViews,
}

impl Role {
    /// How many roles there are.
    pub(crate) const COUNT: usize = Self::VideoViews as usize + 1;

    /// The name that a person reads in the list of columns.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::AccountId => "account_id",
            Self::AccountName => "account_name",
            Self::Currency => "currency",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
            Self::Start => "start",
            Self::End => "end",
            Self::CampaignId => "campaign_id",
            Self::CampaignName => "campaign_name",
            Self::CampaignStatus => "campaign_status",
            Self::CampaignType => "campaign_type",
            Self::CampaignBudget => "campaign_budget",
            Self::AdGroupId => "ad_group_id",
            Self::AdGroupName => "ad_group_name",
            Self::AdGroupStatus => "ad_group_status",
            Self::AdGroupBudget => "ad_group_budget",
            Self::AdId => "ad_id",
            Self::AdName => "ad_name",
            Self::AdStatus => "ad_status",
            Self::Keyword => "keyword",
            Self::KeywordStatus => "keyword_status",
            Self::MatchType => "match_type",
            Self::SearchTerm => "search_term",
            Self::Status => "status",
            Self::Budget => "budget",
            Self::DeliveryLevel => "delivery_level",
            Self::Attribution => "attribution",
            Self::Spend => "spend",
            Self::Impressions => "impressions",
            Self::Clicks => "clicks",
            Self::ClicksAll => "clicks_all",
            Self::Conversions => "conversions",
            Self::Results => "results",
            Self::ResultType => "result_type",
            Self::Revenue => "revenue",
            Self::VideoViews => "video_views",
        }
    }
}
