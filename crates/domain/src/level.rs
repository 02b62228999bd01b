//! Levels of an account's hierarchy. Levels do not sum to each other: every level is kept as it was reported.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::UnknownWord;

/// The level at which a platform reported a figure. The number of a variant is stored in data files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Level {
    /// A whole advertising account.
    Account = 1,
    /// A campaign (LinkedIn: campaign group).
    Campaign = 2,
    /// An ad group (Meta: ad set; LinkedIn: campaign; Snapchat: ad squad).
    AdGroup = 3,
    /// An ad within an ad group.
    Ad = 4,
    /// A keyword with its match type within an ad group.
    Keyword = 5,
    /// What people typed. Rare terms are withheld by the platforms, so terms never add up to their ad group.
    SearchTerm = 6,
}

impl Level {
    /// All levels, from the widest to the narrowest.
    pub const ALL: [Self; 6] =
        [Self::Account, Self::Campaign, Self::AdGroup, Self::Ad, Self::Keyword, Self::SearchTerm];

    /// Where a campaign's figure is taken from, best first: its own level, else the level that loses least on the way
    /// (ads of ended campaigns vanish, keywords leave out automatic targeting, search terms hide rare ones). The account
    /// level says nothing of campaigns and stands last: it keeps the total right where nothing else is known.
    pub const TELLS_CAMPAIGN: [Self; 6] =
        [Self::Campaign, Self::AdGroup, Self::Ad, Self::Keyword, Self::SearchTerm, Self::Account];

    /// The name used in commands, addresses and files, for example `ad_group`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Campaign => "campaign",
            Self::AdGroup => "ad_group",
            Self::Ad => "ad",
            Self::Keyword => "keyword",
            Self::SearchTerm => "search_term",
        }
    }

    /// The name a person reads, for example `ad group`.
    pub fn label(self) -> &'static str {
        match self {
            Self::AdGroup => "ad group",
            Self::SearchTerm => "search term",
            other => other.key(),
        }
    }

    /// The number under which data files keep this level.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The level kept under `number`, if there is one.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.number() == number)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl FromStr for Level {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|level| level.key() == word)
            .ok_or_else(|| UnknownWord::new("level", word, Self::ALL.map(Self::key)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_keys_lead_back_to_their_level() {
        for level in Level::ALL {
            assert_eq!(Level::from_number(level.number()), Some(level));
            assert_eq!(level.key().parse(), Ok(level));
        }
        assert!("adset".parse::<Level>().is_err());
    }
}
