//! The roles that columns play.

use domain::Level;
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
    LinkClicks,
    Conversions,
    Results,
    ResultType,
    Revenue,
    VideoViews,
    FinalUrl,
    UrlSuffix,
    TrackingTemplate,
}

/// What kind of thing a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColumnKind {
    /// Days, weeks, months: when it was.
    Date,
    /// Names, ids and states: what it was.
    Dimension,
    /// Amounts and counts: how much it was.
    Metric,
}

/// What a column may be used as, for whoever says which column is what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnUsage {
    /// The word for it, as a mapping has it: `campaign`.
    pub name: &'static str,
    /// What kind of thing such a column holds.
    pub kind: ColumnKind,
    /// The level that it is about; none if it is found at any.
    pub level: Option<Level>,
    /// Whether it says which campaign, ad group and so on a row is of.
    pub is_identity: bool,
}

/// All that a column may be used as: dates, dimensions, metrics.
pub fn column_usages() -> Vec<ColumnUsage> {
    let mut usages: Vec<ColumnUsage> = Role::said()
        .map(|role| ColumnUsage {
            name: role.name(),
            kind: role.kind(),
            level: role.level(),
            is_identity: role.is_identity(),
        })
        .collect();
    usages.sort_by_key(|usage| usage.kind);
    usages
}

impl Role {
    /// How many roles there are.
    pub(crate) const COUNT: usize = Self::TrackingTemplate as usize + 1;

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
            Self::LinkClicks => "link_clicks",
            Self::Conversions => "conversions",
            Self::Results => "results",
            Self::ResultType => "result_type",
            Self::Revenue => "revenue",
            Self::VideoViews => "video_views",
            Self::FinalUrl => "final_url",
            Self::UrlSuffix => "url_suffix",
            Self::TrackingTemplate => "tracking_template",
        }
    }

    /// All roles, in their order.
    const ALL: [Self; Self::COUNT] = [
        Self::AccountId,
        Self::AccountName,
        Self::Currency,
        Self::Day,
        Self::Week,
        Self::Month,
        Self::Quarter,
        Self::Year,
        Self::Start,
        Self::End,
        Self::CampaignId,
        Self::CampaignName,
        Self::CampaignStatus,
        Self::CampaignType,
        Self::CampaignBudget,
        Self::AdGroupId,
        Self::AdGroupName,
        Self::AdGroupStatus,
        Self::AdGroupBudget,
        Self::AdId,
        Self::AdName,
        Self::AdStatus,
        Self::Keyword,
        Self::KeywordStatus,
        Self::MatchType,
        Self::SearchTerm,
        Self::Status,
        Self::Budget,
        Self::DeliveryLevel,
        Self::Attribution,
        Self::Spend,
        Self::Impressions,
        Self::Clicks,
        Self::ClicksAll,
        Self::LinkClicks,
        Self::Conversions,
        Self::Results,
        Self::ResultType,
        Self::Revenue,
        Self::VideoViews,
        Self::FinalUrl,
        Self::UrlSuffix,
        Self::TrackingTemplate,
    ];

    /// The word that the user writes for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Day => "date",
            Self::AccountName => "account",
            Self::CampaignName => "campaign",
            Self::AdGroupName => "ad_group",
            Self::AdName => "ad",
            other => other.key(),
        }
    }

    /// What a column of an unknown table may be guessed to be.
    pub(crate) fn guessable() -> impl Iterator<Item = Self> {
        let never =
            [Self::DeliveryLevel, Self::ClicksAll, Self::Results, Self::ResultType, Self::CampaignBudget];
        Self::ALL.into_iter().filter(move |role| !never.contains(role) && *role != Self::AdGroupBudget)
    }

    /// What a user may say that a column is.
    fn said() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|role| !matches!(role, Self::DeliveryLevel | Self::ClicksAll))
    }

    /// All these words.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        Self::said().map(Self::name)
    }

    /// The level that it is about.
    fn level(self) -> Option<Level> {
        match self {
            Self::AccountId | Self::AccountName => Some(Level::Account),
            Self::CampaignId
            | Self::CampaignName
            | Self::CampaignStatus
            | Self::CampaignType
            | Self::CampaignBudget => Some(Level::Campaign),
            Self::AdGroupId | Self::AdGroupName | Self::AdGroupStatus | Self::AdGroupBudget => {
                Some(Level::AdGroup)
            }
            Self::AdId | Self::AdName | Self::AdStatus => Some(Level::Ad),
            Self::Keyword | Self::KeywordStatus | Self::MatchType => Some(Level::Keyword),
            Self::SearchTerm => Some(Level::SearchTerm),
            _ => None,
        }
    }

    fn is_identity(self) -> bool {
        matches!(
            self,
            Self::AccountId
                | Self::AccountName
                | Self::CampaignId
                | Self::CampaignName
                | Self::AdGroupId
                | Self::AdGroupName
                | Self::AdId
                | Self::AdName
                | Self::Keyword
                | Self::SearchTerm
        )
    }

    /// Whether it holds whole numbers only.
    pub(crate) fn is_count(self) -> bool {
        matches!(
            self,
            Self::Impressions | Self::Clicks | Self::ClicksAll | Self::LinkClicks | Self::VideoViews
        )
    }

    /// What kind of thing such a column holds.
    pub(crate) fn kind(self) -> ColumnKind {
        match self {
            Self::Day | Self::Week | Self::Month | Self::Quarter | Self::Year | Self::Start | Self::End => {
                ColumnKind::Date
            }
            Self::CampaignBudget
            | Self::AdGroupBudget
            | Self::Budget
            | Self::Spend
            | Self::Impressions
            | Self::Clicks
            | Self::ClicksAll
            | Self::LinkClicks
            | Self::Conversions
            | Self::Results
            | Self::Revenue
            | Self::VideoViews => ColumnKind::Metric,
            _ => ColumnKind::Dimension,
        }
    }

    /// The role that a word of the user's means.
    pub(crate) fn named(word: &str) -> Option<Self> {
        let also = |word| match word {
            "cost" => Some(Self::Spend),
            "impr" => Some(Self::Impressions),
            "ad_set" | "adset" => Some(Self::AdGroupName),
            _ => None,
        };
        Self::ALL.into_iter().find(|role| role.name() == word || role.key() == word).or_else(|| also(word))
    }
}
