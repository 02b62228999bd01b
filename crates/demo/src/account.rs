//! The advertising accounts of the invented company.

use domain::Platform;
use jiff::civil::{Date, DateTime};

use crate::figures::Counting;

/// An account on a platform.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub name: String,
    pub platform: Platform,
    /// ISO 4217.
    pub currency: &'static str,
    /// How many campaigns it has ever had.
    pub campaigns: usize,
    /// The minute after 6 in the morning at which its exports are made.
    pub minute: i8,
}

impl Account {
    /// The company's accounts: 120 campaigns at Google and Meta, and 32 at ten smaller platforms.
    pub fn company() -> [Self; 15] {
        let account = |name: &str, platform, currency, campaigns, minute| Self {
            name: name.to_owned(),
            platform,
            currency,
            campaigns,
            minute,
        };
        [
            account("Northwind Outdoor EU", Platform::GoogleAds, "EUR", 36, 12),
            account("Northwind Outdoor UK", Platform::GoogleAds, "GBP", 22, 19),
            account("Northwind Outdoor US", Platform::GoogleAds, "USD", 20, 27),
            account("Northwind Outdoor | Meta EU", Platform::MetaAds, "EUR", 24, 34),
            account("Northwind Outdoor | Meta US", Platform::MetaAds, "USD", 18, 41),
            account("Northwind Outdoor | Microsoft", Platform::MicrosoftAds, "EUR", 6, 43),
            account("Northwind Outdoor | Amazon", Platform::AmazonAds, "EUR", 5, 44),
            account("Northwind Outdoor | TikTok", Platform::TiktokAds, "EUR", 4, 45),
            account("Northwind Outdoor | Pinterest", Platform::PinterestAds, "EUR", 4, 46),
            account("Northwind Outdoor | LinkedIn", Platform::LinkedinAds, "USD", 2, 47),
            account("Northwind Outdoor | Snapchat", Platform::SnapchatAds, "GBP", 3, 48),
            account("Northwind Outdoor | Reddit", Platform::RedditAds, "USD", 2, 49),
            account("Northwind Outdoor | X", Platform::XAds, "USD", 2, 50),
            account("Northwind Outdoor | Apple", Platform::AppleSearchAds, "USD", 2, 51),
            account("Northwind Outdoor | Spotify", Platform::SpotifyAds, "EUR", 2, 52),
        ]
    }

    /// Ten accounts with `campaigns` in all, for the benchmark.
    pub fn benchmark(campaigns: usize) -> impl Iterator<Item = Self> {
        (0..10).map(move |number| Self {
            name: format!("Benchmark account {:02}", number + 1),
            platform: if number % 5 < 3 { Platform::GoogleAds } else { Platform::MetaAds },
            currency: ["EUR", "USD", "GBP"][number % 3],
            campaigns: campaigns * (number + 1) / 10 - campaigns * number / 10,
            minute: 12,
        })
    }

    /// When its export of `day` was made.
    pub fn captured_at(&self, day: Date) -> DateTime {
        day.at(6, self.minute, 0, 0)
    }

    pub fn counting(&self) -> Counting {
        match self.platform {
            Platform::GoogleAds | Platform::MicrosoftAds => Counting::Shared,
            _ => Counting::Whole,
        }
    }

    /// The beginning of its files' names: `northwind-outdoor-eu`.
    pub fn slug(&self) -> String {
        let letters = self.name.to_lowercase();
        letters
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|w| !w.is_empty())
            .collect::<Vec<_>>()
            .join("-")
    }
}
