//! What a campaign is made of: Google's ad groups; Meta's ad sets with their ads.

use crate::campaign::Campaign;
use crate::name::Kind;
use crate::share::{Weight, mix};
use crate::tags;

/// An ad group.
pub(crate) struct AdGroup {
    pub name: String,
    pub id: u64,
    pub weight: Weight,
}

const AD_GROUPS: [&str; 6] = ["Men", "Women", "Sale", "Premium", "Kids", "Generic"];
const AD_SETS: [&str; 6] = [
    "Broad 25-54",
    "LAL 1% Purchasers",
    "Interest: Hiking",
    "Retargeting 14d",
    "Engagers 365d",
    "Advantage+",
];
const ADS: [&str; 7] = [
    "Video 15s – Summit",
    "Carousel – Bestsellers 🥾",
    "Static – 20% off, this week only",
    "UGC – Anna – v2",
    "Reel – Tent in 60 seconds",
    "Static – Free returns",
    "Collection – New arrivals",
];

/// A Google campaign's ad groups. Performance Max has none, which is why ad groups never sum to an account.
pub(crate) fn ad_groups(campaign: &Campaign) -> Vec<AdGroup> {
    let count = match campaign.kind {
        Kind::PerformanceMax => 0,
        Kind::Brand => 2,
        _ => 2 + mix(campaign.id) as usize % 3,
    };
    let first = mix(campaign.id + 1) as usize;
    let group = |number: usize| AdGroup {
        name: format!("{} – {}", campaign.theme, AD_GROUPS[(first % 6 + number) % 6]),
        id: 140_000_000_000 + mix(campaign.id + number as u64) % 30_000_000_000,
        weight: weight(campaign, number),
    };
    (0..count).map(group).collect()
}

/// An ad within its ad set.
pub(crate) struct Ad {
    pub ad_set: &'static str,
    pub name: &'static str,
    /// Where it leads, and what is appended to that.
    pub website: String,
    pub parameters: String,
    pub weight: Weight,
}

/// A Meta campaign's ads: one to three ad sets with two to four ads each. Every fifth campaign has an ad twice under one
/// name, as happens when somebody duplicates it: without ids, only their sum is right.
pub(crate) fn ads(campaign: &Campaign) -> Vec<Ad> {
    let chance = mix(campaign.id);
    let sets = 1 + chance as usize % 3;
    let mut ads = Vec::new();
    for set in 0..sets {
        let count = 2 + (chance >> 8) as usize % 3;
        let first = (chance >> 16) as usize % 7;
        for number in 0..count {
            let name = ADS[(first + set + number) % 7];
            ads.push(Ad {
                ad_set: AD_SETS[(first % 6 + set) % 6],
                name,
                website: tags::website(campaign),
                parameters: tags::parameters(campaign, number, name),
                weight: weight(campaign, set * 8 + number),
            });
        }
    }
    if chance.is_multiple_of(5) {
        ads[1].name = ads[0].name;
    }
    ads
}

/// A share that falls from part to part, with chance in it.
fn weight(campaign: &Campaign, number: usize) -> Weight {
    let salt = mix(campaign.id ^ (number as u64 + 1) << 40);
    Weight { usual: (60 + salt % 60) / (1 + number as u64 % 8), salt }
}
