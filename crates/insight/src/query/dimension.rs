//! What figures can be cut by.

use std::str::FromStr;

use domain::{Grain, Level, UnknownWord};

/// What figures can be cut by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are the field's own")]
pub enum Dimension {
    Platform,
    Account,
    Currency,
    Campaign,
    AdGroup,
    Ad,
    Keyword,
    SearchTerm,
    /// A piece of time, named by its first day.
    Time(Grain),
}

impl Dimension {
    /// All dimensions, in the order in which they are offered.
    pub const ALL: [Self; 13] = [
        Self::Platform,
        Self::Account,
        Self::Currency,
        Self::Campaign,
        Self::AdGroup,
        Self::Ad,
        Self::Keyword,
        Self::SearchTerm,
        Self::Time(Grain::Day),
        Self::Time(Grain::Week),
        Self::Time(Grain::Month),
        Self::Time(Grain::Quarter),
        Self::Time(Grain::Year),
    ];

    /// The name used in commands and addresses.
    pub fn key(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Account => "account",
            Self::Currency => "currency",
            Self::Campaign => "campaign",
            Self::AdGroup => "ad_group",
            Self::Ad => "ad",
            Self::Keyword => "keyword",
            Self::SearchTerm => "search_term",
            Self::Time(grain) => grain.key(),
        }
    }

    /// The name a person reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Platform => "Platform",
            Self::Account => "Account",
            Self::Currency => "Currency",
            Self::Campaign => "Campaign",
            Self::AdGroup => "Ad group",
            Self::Ad => "Ad",
            Self::Keyword => "Keyword",
            Self::SearchTerm => "Search term",
            Self::Time(Grain::Day) => "Day",
            Self::Time(Grain::Week) => "Week",
            Self::Time(Grain::Month) => "Month",
            Self::Time(Grain::Quarter) => "Quarter",
            Self::Time(Grain::Year) => "Year",
        }
    }

    /// The level below the campaign whose figures are needed to cut by this; `None` if the campaigns' figures do.
    pub(crate) fn needs(self) -> Option<Level> {
        match self {
            Self::AdGroup => Some(Level::AdGroup),
            Self::Ad => Some(Level::Ad),
            Self::Keyword => Some(Level::Keyword),
            Self::SearchTerm => Some(Level::SearchTerm),
            _ => None,
        }
    }

    /// The widest level that still knows this dimension; `None` if every level does.
    pub(crate) fn needs_at_least(self) -> Option<Level> {
        match self {
            Self::Campaign => Some(Level::Campaign),
            other => other.needs(),
        }
    }

    /// Whether figures at `level` can be cut by this.
    pub(crate) fn exists_at(self, level: Level) -> bool {
        match self {
            Self::Campaign => level != Level::Account,
            Self::AdGroup => !matches!(level, Level::Account | Level::Campaign),
            other => other.needs().is_none_or(|needs| needs == level),
        }
    }
}

impl FromStr for Dimension {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|dimension| dimension.key() == word)
            .ok_or_else(|| UnknownWord::new("dimension", word, Self::ALL.map(Self::key)))
    }
}
