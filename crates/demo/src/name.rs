//! Names of campaigns as teams really give them, oddities included, and what kind of campaign each is.

use domain::Platform;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::account::Account;

/// What a campaign is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Brand,
    Generic,
    Shopping,
    PerformanceMax,
    Display,
    DemandGen,
    Prospecting,
    Retargeting,
    Awareness,
}

/// From the lowest to the highest of what is usual for a kind of campaign.
pub(crate) struct Typical {
    pub roas: (f64, f64),
    /// Main units of the currency.
    pub cost_per_click: (f64, f64),
    pub click_rate: (f64, f64),
}

impl Kind {
    /// What Google calls the campaign's type.
    pub fn google_type(self) -> &'static str {
        match self {
            Self::Shopping => "Shopping",
            Self::PerformanceMax => "Performance Max",
            Self::Display => "Display",
            Self::DemandGen => "Demand Gen",
            _ => "Search",
        }
    }

    pub fn typical(self) -> Typical {
        let typical = |roas, cost_per_click, click_rate| Typical { roas, cost_per_click, click_rate };
        match self {
            Self::Brand => typical((6.0, 9.0), (0.2, 0.5), (0.14, 0.3)),
            Self::Generic => typical((1.4, 4.2), (0.7, 2.2), (0.035, 0.1)),
            Self::Shopping => typical((2.0, 5.5), (0.3, 0.8), (0.008, 0.016)),
            Self::PerformanceMax => typical((2.4, 6.0), (0.3, 0.7), (0.01, 0.02)),
            Self::Display => typical((0.4, 1.5), (0.15, 0.4), (0.003, 0.008)),
            Self::DemandGen => typical((0.6, 2.2), (0.2, 0.6), (0.006, 0.013)),
            Self::Prospecting => typical((0.8, 3.0), (0.4, 1.2), (0.008, 0.018)),
            Self::Retargeting => typical((3.0, 8.5), (0.5, 1.3), (0.012, 0.03)),
            Self::Awareness => typical((0.4, 1.2), (0.15, 0.5), (0.004, 0.01)),
        }
    }
}

/// A campaign's name and what it says.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    pub text: String,
    pub kind: Kind,
    /// What is advertised.
    pub theme: &'static str,
}

/// The name of a campaign that was corrected half-way, before and after.
pub(crate) const RENAMED: [&str; 2] = ["DE_Retargeting_Warenkrob_14d", "DE_Retargeting_Warenkorb_14d"];
/// Paused three weeks before the last day.
pub(crate) const PAUSED: &str = "DE | Search | Generic | Wanderschuhe | Exact";
/// Launched four days before the last day.
pub(crate) const BRAND_NEW: &str = "US - PMax - Winter Sale - NEW";

const THEMES: [&str; 10] = [
    "Hiking Boots",
    "Tents",
    "Backpacks",
    "Rain Jackets",
    "Sleeping Bags",
    "Trail Running",
    "Climbing",
    "Camping Stoves",
    "Base Layers",
    "Headlamps",
];

const ODD: [(&str, &str, Kind); 14] = [
    ("Northwind Outdoor EU", PAUSED, Kind::Generic),
    ("Northwind Outdoor EU", "Ελλάδα | Αναζήτηση | Μπότες πεζοπορίας", Kind::Generic),
    ("Northwind Outdoor EU", "FR | Recherche | Générique | Tentes été 🏕️", Kind::Generic),
    ("Northwind Outdoor EU", "=SUM(A1:A9) test", Kind::Display),
    ("Northwind Outdoor EU", "DE, AT & CH | Shopping | \"Bestseller\"", Kind::Shopping),
    (
        "Northwind Outdoor UK",
        "UK_Search_Generic_Waterproof_Hiking_Boots_Mens_And_Womens_All_Sizes_Including_Wide_Fit_Exact_And_Phrase_\
         tCPA_v3_DO_NOT_EDIT_ask_Marketing_first_copy_copy_2025_relaunch_after_tracking_fix",
        Kind::Generic,
    ),
    ("Northwind Outdoor UK", "UK_PMax_Hiking_Boots", Kind::PerformanceMax),
    ("Northwind Outdoor US", BRAND_NEW, Kind::PerformanceMax),
    ("Northwind Outdoor | Meta EU", RENAMED[0], Kind::Retargeting),
    ("Northwind Outdoor | Meta EU", RENAMED[1], Kind::Retargeting),
    ("Northwind Outdoor | Meta EU", "DE – Prospecting – Frühjahr 🏔️ – Advantage+", Kind::Prospecting),
    ("Northwind Outdoor | Meta EU", "ES – Captación – Otoño/Niños", Kind::Prospecting),
    ("Northwind Outdoor | Meta US", "US - Prospecting - Video - 2026Q1", Kind::Prospecting),
    ("Northwind Outdoor | Meta US", "🎁 Holiday Gift Guide | UGC test", Kind::Awareness),
];

/// The account's campaigns: the oddities that belong to it, then usual ones, none twice.
pub(crate) fn of(account: &Account, year: i16, rng: &mut ChaCha8Rng) -> Vec<Name> {
    let odd = ODD.iter().filter(|(owner, ..)| *owner == account.name);
    let mut names: Vec<Name> =
        odd.map(|&(_, text, kind)| Name { text: text.to_owned(), kind, theme: THEMES[0] }).collect();
    let mut usual = match account.name.as_str() {
        "Northwind Outdoor EU" => google_eu(),
        "Northwind Outdoor UK" => google_uk(),
        "Northwind Outdoor US" => google_us(year),
        "Northwind Outdoor | Meta EU" => meta_eu(),
        "Northwind Outdoor | Meta US" => meta_us(year),
        _ if account.platform != Platform::GoogleAds && account.platform != Platform::MetaAds => {
            smaller(account.platform)
        }
        _ => numbered(account.campaigns),
    };
    usual.shuffle(rng);
    usual.retain(|name| names.iter().all(|odd| odd.text != name.text));
    names.extend(usual);
    names.truncate(account.campaigns);
    names
}

fn google_eu() -> Vec<Name> {
    let markets = ["DE", "FR", "NL", "AT", "IT", "ES", "PL"];
    let mut names = brands(&markets, |market| format!("{market} | Search | Brand | Exact"));
    names.extend(each(&markets[..4], |market, theme| {
        [
            (format!("{market} | Search | Generic | {theme} | Broad"), Kind::Generic),
            (format!("{market} | PMax | {theme}"), Kind::PerformanceMax),
            (format!("{market} | Shopping | {theme}"), Kind::Shopping),
            (format!("{market} | Demand Gen | {theme}"), Kind::DemandGen),
        ]
    }));
    names
}

fn google_uk() -> Vec<Name> {
    let mut names = brands(&["UK", "IE"], |market| format!("{market}_Search_Brand_Core"));
    names.extend(each(&["UK", "IE"], |market, theme| {
        let theme = theme.replace(' ', "_");
        [
            (format!("{market}_PMax_{theme}"), Kind::PerformanceMax),
            (format!("{market}_Search_Generic_{theme}"), Kind::Generic),
            (format!("{market}_Shopping_{theme}_HighMargin"), Kind::Shopping),
            (format!("{market}_Display_Remarketing_{theme}"), Kind::Display),
        ]
    }));
    names
}

fn google_us(year: i16) -> Vec<Name> {
    let mut names = brands(&["US", "CA"], |market| format!("{market} - Search - Brand"));
    names.extend(each(&["US"], |market, theme| {
        [
            (format!("{market} - Search - NB - {theme}"), Kind::Generic),
            (format!("{market} - Shopping - {theme} - {year}Q1"), Kind::Shopping),
            (format!("{market} - PMax - {theme}"), Kind::PerformanceMax),
            (format!("{market} - Demand Gen - {theme} - {year}Q2"), Kind::DemandGen),
        ]
    }));
    names
}

fn meta_eu() -> Vec<Name> {
    each(&["DE", "FR", "NL"], |market, theme| {
        [
            (format!("{market} – Prospecting – {theme} – LAL 1%"), Kind::Prospecting),
            (format!("{market} – Retargeting – DPA – {theme}"), Kind::Retargeting),
            (format!("[{market}] Reach | {theme} | Reels"), Kind::Awareness),
        ]
    })
}

fn meta_us(year: i16) -> Vec<Name> {
    each(&["US"], |market, theme| {
        [
            (format!("{market} - Prospecting - {theme} - Broad - {year}Q2"), Kind::Prospecting),
            (format!("{market} - Retargeting - {theme} - 14d"), Kind::Retargeting),
            (format!("{market} - Video views - {theme} - {year}Q3"), Kind::Awareness),
        ]
    })
}

fn smaller(platform: Platform) -> Vec<Name> {
    let markets: &[&str] = match platform {
        Platform::LinkedinAds | Platform::RedditAds | Platform::XAds | Platform::AppleSearchAds => &["US"],
        Platform::SnapchatAds => &["UK"],
        _ => &["DE", "FR"],
    };
    let form = match platform {
        Platform::TiktokAds => "Spark Ads",
        Platform::PinterestAds => "Pins",
        Platform::SnapchatAds => "Snap Ads",
        Platform::RedditAds => "r/CampingGear",
        _ => "Posts",
    };
    let mut names = match platform {
        Platform::MicrosoftAds | Platform::AmazonAds | Platform::AppleSearchAds => {
            brands(&markets[..1], |market| format!("{market} | Brand"))
        }
        _ => Vec::new(),
    };
    names.extend(each(markets, |market, theme| match platform {
        Platform::MicrosoftAds => [
            (format!("{market} | Search | {theme}"), Kind::Generic),
            (format!("{market} | Shopping | {theme}"), Kind::Shopping),
        ],
        Platform::AmazonAds => [
            (format!("SP | {market} | {theme} | Auto"), Kind::Shopping),
            (format!("SB | {market} | {theme}"), Kind::Generic),
        ],
        Platform::AppleSearchAds => [
            (format!("{market} - Discovery - {theme}"), Kind::Generic),
            (format!("{market} - Category - {theme}"), Kind::Generic),
        ],
        Platform::LinkedinAds => [
            (format!("{market} - Dealers - {theme}"), Kind::Prospecting),
            (format!("{market} - Retail buyers - {theme}"), Kind::Retargeting),
        ],
        Platform::SpotifyAds => [
            (format!("{market} – Audio 30s – {theme}"), Kind::Awareness),
            (format!("{market} – Video takeover – {theme}"), Kind::Awareness),
        ],
        _ => [
            (format!("{market} – {form} – {theme} – Prospecting"), Kind::Prospecting),
            (format!("{market} – {form} – {theme} – Retargeting"), Kind::Retargeting),
        ],
    }));
    names
}

/// As many as wanted, for the benchmark.
fn numbered(count: usize) -> Vec<Name> {
    let kinds = [Kind::Generic, Kind::PerformanceMax, Kind::Prospecting, Kind::Shopping, Kind::Retargeting];
    let name = |number: usize| {
        let (kind, theme) = (kinds[number % kinds.len()], THEMES[number / kinds.len() % THEMES.len()]);
        Name { text: format!("DE | {theme} | {kind:?} | {:04}", number + 1), kind, theme }
    };
    (0..count).map(name).collect()
}

fn brands(markets: &[&str], text: impl Fn(&str) -> String) -> Vec<Name> {
    markets.iter().map(|market| Name { text: text(market), kind: Kind::Brand, theme: "Northwind" }).collect()
}

fn each<const N: usize>(markets: &[&str], texts: impl Fn(&str, &str) -> [(String, Kind); N]) -> Vec<Name> {
    let pairs = markets.iter().flat_map(|market| THEMES.map(|theme| (market, theme)));
    pairs
        .flat_map(|(market, theme)| texts(market, theme).map(|(text, kind)| Name { text, kind, theme }))
        .collect()
}
