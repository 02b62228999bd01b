//! The advertising platforms whose figures Adroit keeps, and the sources that tell what was sold.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::UnknownWord;

/// An advertising platform, or a source of record. The number of a variant is stored in data files: never change or reuse one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
#[expect(missing_docs, reason = "the names of the platforms say it")]
pub enum Platform {
    GoogleAds = 1,
    MetaAds = 2,
    MicrosoftAds = 3,
    LinkedinAds = 4,
    TiktokAds = 5,
    PinterestAds = 6,
    SnapchatAds = 7,
    RedditAds = 8,
    XAds = 9,
    AmazonAds = 10,
    AppleSearchAds = 11,
    SpotifyAds = 12,
    /// Sources of record: what was sold, whoever claims it.
    Shopify = 50,
    GoogleAnalytics = 51,
    OwnRecords = 52,
    /// A table of another source, whose columns the user named.
    Other = 100,
}

impl Platform {
    /// All platforms, in the order in which they are listed to people.
    pub const ALL: [Self; 16] = [
        Self::GoogleAds,
        Self::MetaAds,
        Self::MicrosoftAds,
        Self::LinkedinAds,
        Self::TiktokAds,
        Self::PinterestAds,
        Self::SnapchatAds,
        Self::RedditAds,
        Self::XAds,
        Self::AmazonAds,
        Self::AppleSearchAds,
        Self::SpotifyAds,
        Self::Shopify,
        Self::GoogleAnalytics,
        Self::OwnRecords,
        Self::Other,
    ];

    /// The name used in commands, addresses and files, for example `google_ads`.
    pub fn key(self) -> &'static str {
        match self {
            Self::GoogleAds => "google_ads",
            Self::MetaAds => "meta_ads",
            Self::MicrosoftAds => "microsoft_ads",
            Self::LinkedinAds => "linkedin_ads",
            Self::TiktokAds => "tiktok_ads",
            Self::PinterestAds => "pinterest_ads",
            Self::SnapchatAds => "snapchat_ads",
            Self::RedditAds => "reddit_ads",
            Self::XAds => "x_ads",
            Self::AmazonAds => "amazon_ads",
            Self::AppleSearchAds => "apple_search_ads",
            Self::SpotifyAds => "spotify_ads",
            Self::Shopify => "shopify",
            Self::GoogleAnalytics => "google_analytics",
            Self::OwnRecords => "own_records",
            Self::Other => "other",
        }
    }

    /// The name a person reads, for example `Google Ads`.
    pub fn label(self) -> &'static str {
        match self {
            Self::GoogleAds => "Google Ads",
            Self::MetaAds => "Meta Ads",
            Self::MicrosoftAds => "Microsoft Advertising",
            Self::LinkedinAds => "LinkedIn Ads",
            Self::TiktokAds => "TikTok Ads",
            Self::PinterestAds => "Pinterest Ads",
            Self::SnapchatAds => "Snapchat Ads",
            Self::RedditAds => "Reddit Ads",
            Self::XAds => "X Ads",
            Self::AmazonAds => "Amazon Ads",
            Self::AppleSearchAds => "Apple Search Ads",
            Self::SpotifyAds => "Spotify Ads",
            Self::Shopify => "Shopify",
            Self::GoogleAnalytics => "Google Analytics",
            Self::OwnRecords => "Own records",
            Self::Other => "Other source",
        }
    }

    /// Whether it tells what was sold (revenue of record), rather than what was advertised and what that claims to have sold.
    pub fn is_record(self) -> bool {
        matches!(self, Self::Shopify | Self::GoogleAnalytics | Self::OwnRecords)
    }

    /// The number under which data files keep this platform.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The platform kept under `number`, if there is one.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|platform| platform.number() == number)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl FromStr for Platform {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|platform| platform.key() == word)
            .ok_or_else(|| UnknownWord::new("platform", word, Self::ALL.map(Self::key)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_keys_lead_back_to_their_platform() {
        for platform in Platform::ALL {
            assert_eq!(Platform::from_number(platform.number()), Some(platform));
            assert_eq!(platform.key().parse(), Ok(platform));
        }
        assert_eq!(Platform::from_number(0), None);
        let error = "bing".parse::<Platform>().unwrap_err().to_string();
        assert!(error.contains("'bing'") && error.contains("microsoft_ads"), "{error}");
    }
}
