//! The vocabulary: what the TOML files in `words/` know of platforms and languages.

mod platform;

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use domain::{Currency, Platform};
use serde::Deserialize;
use serde::de::DeserializeOwned;

pub(crate) use platform::PlatformWords;

/// What is known of each platform, in the order in which reports that might be of several are given to one.
const PLATFORMS: [(Platform, &str); 16] = [
    (Platform::GoogleAds, include_str!("words/google_ads.toml")),
    (Platform::MetaAds, include_str!("words/meta_ads.toml")),
    (Platform::MicrosoftAds, include_str!("words/microsoft_ads.toml")),
    (Platform::LinkedinAds, include_str!("words/linkedin_ads.toml")),
    (Platform::TiktokAds, include_str!("words/tiktok_ads.toml")),
    (Platform::PinterestAds, include_str!("words/pinterest_ads.toml")),
    (Platform::SnapchatAds, include_str!("words/snapchat_ads.toml")),
    (Platform::RedditAds, include_str!("words/reddit_ads.toml")),
    (Platform::XAds, include_str!("words/x_ads.toml")),
    (Platform::AmazonAds, include_str!("words/amazon_ads.toml")),
    (Platform::AppleSearchAds, include_str!("words/apple_search_ads.toml")),
    (Platform::SpotifyAds, include_str!("words/spotify_ads.toml")),
    (Platform::Shopify, include_str!("words/shopify.toml")),
    (Platform::GoogleAnalytics, include_str!("words/google_analytics.toml")),
    (Platform::OwnRecords, include_str!("words/own_records.toml")),
    (Platform::Other, include_str!("words/other.toml")),
];

/// Words by language. Languages are never guessed: all are tried.
type ByLanguage = BTreeMap<String, Vec<String>>;

/// `shared.toml` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    totals: ByLanguage,
    months: ByLanguage,
    months_short: ByLanguage,
    within_dates: ByLanguage,
    between_dates: ByLanguage,
    all_time: ByLanguage,
    range: ByLanguage,
    range_start: ByLanguage,
    range_end: ByLanguage,
    captured: ByLanguage,
    stated_currency: ByLanguage,
    status: BTreeMap<String, ByLanguage>,
    bulk_sheet: ByLanguage,
    currency_signs: BTreeMap<String, Currency>,
    shared_signs: ByLanguage,
}

/// Everything that is known.
#[derive(Debug)]
pub(crate) struct Words {
    totals: Vec<String>,
    /// The first two bytes of these words, in lower case.
    total_initials: Vec<[u8; 2]>,
    months: HashMap<String, i8>,
    within_dates: Vec<String>,
    between_dates: Vec<String>,
    all_time: Vec<String>,
    range: Vec<String>,
    range_start: Vec<String>,
    range_end: Vec<String>,
    captured: Vec<String>,
    stated_currency: Vec<String>,
    statuses: HashMap<String, &'static str>,
    bulk_sheets: Vec<Vec<String>>,
    currency_signs: BTreeMap<String, Currency>,
    shared_signs: Vec<String>,
    pub(crate) platforms: Vec<PlatformWords>,
}

/// The vocabulary.
pub(crate) fn words() -> &'static Words {
    static WORDS: LazyLock<Words> = LazyLock::new(|| Words::new(parsed(include_str!("words/shared.toml"))));
    &WORDS
}

/// The files are compiled in, and a test reads them.
fn parsed<T: DeserializeOwned>(text: &str) -> T {
    toml::from_str(text).unwrap_or_else(|error| unreachable!("words: {error}"))
}

impl Words {
    fn new(written: Written) -> Self {
        let mut months = HashMap::new();
        for names in written.months.values().chain(written.months_short.values()) {
            for (month, name) in (1..).zip(names) {
                months.insert(name.to_lowercase(), month);
            }
        }
        let mut statuses = HashMap::new();
        for (status, by_language) in written.status {
            let status = STATUSES.into_iter().find(|known| *known == status).unwrap_or("enabled");
            statuses.extend(all_folded(by_language).into_iter().map(|word| (word, status)));
        }
        let fold_all = |words: Vec<String>| words.iter().map(|word| folded(word)).collect();
        let totals = all_folded(written.totals);
        let initials = |word: &String| initials(word).into_iter().chain(initials(&word.to_uppercase()));
        let mut total_initials: Vec<[u8; 2]> = totals.iter().flat_map(initials).collect();
        total_initials.sort_unstable();
        total_initials.dedup();
        Self {
            totals,
            total_initials,
            months,
            within_dates: all_folded(written.within_dates),
            between_dates: written.between_dates.into_values().flatten().collect(),
            all_time: all_folded(written.all_time),
            range: all_folded(written.range),
            range_start: all_folded(written.range_start),
            range_end: all_folded(written.range_end),
            captured: all_folded(written.captured),
            stated_currency: all_folded(written.stated_currency),
            statuses,
            bulk_sheets: written.bulk_sheet.into_values().map(fold_all).collect(),
            currency_signs: written.currency_signs,
            shared_signs: written.shared_signs.into_values().flatten().collect(),
            platforms: PLATFORMS
                .iter()
                .map(|(platform, text)| PlatformWords::new(*platform, parsed(text)))
                .collect(),
        }
    }

    /// The month that a word names.
    pub(crate) fn month(&self, word: &str) -> Option<i8> {
        self.months.get(&word.to_lowercase()).copied()
    }

    pub(crate) fn is_within_dates(&self, word: &str) -> bool {
        let word = word.to_lowercase();
        self.within_dates.contains(&word)
    }

    /// Words between the two dates of a range, with the spaces around them.
    pub(crate) fn between_dates(&self) -> impl Iterator<Item = &str> {
        self.between_dates.iter().map(String::as_str)
    }

    pub(crate) fn is_all_time(&self, line: &str) -> bool {
        self.all_time.contains(&folded(line))
    }

    /// What a line before the header says after the words for the days covered.
    pub(crate) fn after_range<'a>(&self, line: &'a str) -> Option<&'a str> {
        after_any(&self.range, line)
    }

    /// What a line before the header says after the words for the first day covered.
    pub(crate) fn after_range_start<'a>(&self, line: &'a str) -> Option<&'a str> {
        after_any(&self.range_start, line)
    }

    /// What a line before the header says after the words for the last day covered.
    pub(crate) fn after_range_end<'a>(&self, line: &'a str) -> Option<&'a str> {
        after_any(&self.range_end, line)
    }

    /// What a line before the header says after the words for the moment of capture.
    pub(crate) fn after_captured<'a>(&self, line: &'a str) -> Option<&'a str> {
        after_any(&self.captured, line)
    }

    /// What a line before the header says after the words for the currency.
    pub(crate) fn after_currency<'a>(&self, line: &'a str) -> Option<&'a str> {
        after_any(&self.stated_currency, line)
    }

    /// Whether it is worth looking closer for a total row: a cell that begins as a word for it does.
    #[inline]
    pub(crate) fn may_be_total(&self, cell: &str) -> bool {
        initials(cell).is_some_and(|initials| self.total_initials.contains(&initials))
    }

    /// Whether a cell begins a total row: `Total`, `Total: Account`, `Total - filtered`.
    pub(crate) fn is_total(&self, cell: &str) -> bool {
        let cell = cell.trim_start();
        self.totals.iter().any(|word| {
            let Some((start, rest)) = cell.split_at_checked(word.len()) else { return false };
            let rest = rest.trim_start();
            // `Total of 3 results`
            let counts = |rest: &str| {
                rest.strip_prefix("of ").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            };
            start.to_lowercase() == *word
                && (counts(rest)
                    || matches!(
                        rest.chars().next(),
                        None | Some(':' | '\u{ff1a}' | '-' | '\u{2013}' | '\u{2014}' | '(' | '\u{ff08}')
                    ))
        })
    }

    /// The word by which a status is kept: one of four, if it means one of them.
    pub(crate) fn status(&self, cell: &str) -> Option<&'static str> {
        self.statuses.get(&folded(cell)).copied()
    }

    /// Whether these (folded) headers are those of a sheet for changing campaigns.
    pub(crate) fn is_bulk_sheet(&self, headers: &[String]) -> bool {
        self.bulk_sheets.iter().any(|sheet| sheet.iter().all(|word| headers.contains(word)))
    }

    /// What is known of one platform.
    pub(crate) fn platform(&self, platform: Platform) -> &PlatformWords {
        let at = PLATFORMS.iter().position(|(known, _)| *known == platform);
        &self.platforms[at.unwrap_or(PLATFORMS.len() - 1)]
    }

    /// The currency that a sign stands for.
    pub(crate) fn currency_of_sign(&self, sign: &str) -> Option<Currency> {
        self.currency_signs.get(sign).copied()
    }

    pub(crate) fn is_currency_sign(&self, text: &str) -> bool {
        self.currency_signs.contains_key(text) || self.shared_signs.iter().any(|sign| sign == text)
    }
}

const STATUSES: [&str; 4] = ["enabled", "paused", "removed", "ended"];

/// The first two bytes, in lower case as far as they are ASCII.
#[inline]
fn initials(word: &str) -> Option<[u8; 2]> {
    word.as_bytes().first_chunk::<2>().map(|bytes| bytes.map(|byte| byte.to_ascii_lowercase()))
}

fn all_folded(by_language: ByLanguage) -> Vec<String> {
    by_language.into_values().flatten().map(|word| folded(&word)).collect()
}

fn after_any<'a>(starts: &[String], line: &'a str) -> Option<&'a str> {
    starts.iter().find_map(|word| {
        let (start, rest) = line.split_at_checked(word.len())?;
        let ends = rest.starts_with([' ', ':', ',', '\t', ';']);
        (ends && start.to_lowercase() == *word).then(|| rest.trim_start_matches([' ', ':', ',', '\t', ';']))
    })
}

/// A header as headers are compared: lower case, single spaces, no byte order mark.
pub(crate) fn folded(header: &str) -> String {
    let header =
        header.trim_start_matches('\u{feff}').replace(['\u{a0}', '\u{202f}'], " ").replace('\u{2019}', "'");
    let mut folded = String::with_capacity(header.len());
    for word in header.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(&word.to_lowercase());
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::Role;

    #[test]
    fn the_vocabulary_is_well_formed() {
        let written: Written = parsed(include_str!("words/shared.toml"));
        assert!(written.months.values().chain(written.months_short.values()).all(|names| names.len() == 12));
        assert!(written.status.keys().all(|status| STATUSES.contains(&status.as_str())));
        for platform in Platform::ALL {
            let words = words().platform(platform);
            assert_eq!(words.platform, platform);
            let money = if platform.is_record() { Role::Revenue } else { Role::Spend };
            assert!(platform == Platform::Other || !words.best_header(money).is_empty(), "{platform}");
        }
    }

    #[test]
    fn total_words() {
        for (cell, is) in [
            ("Total", true),
            ("total", true),
            ("Total: Campaigns", true),
            ("Total - filtered", true),
            ("Total:Account", true),
            ("Totally new", false),
            ("Total Fitness", false),
            ("Total of 3 results", true),
            ("Total of Us", false),
            ("Gesamt: Konto", true),
            ("Total : campagnes", true),
            ("合計：アカウント", true),
            ("ΣΎΝΟΛΟ: Λογαριασμός", true),
            ("Łącznie: konto", true),
            ("", false),
        ] {
            assert_eq!(words().is_total(cell), is, "{cell}");
        }
    }

    #[test]
    fn lines_before_the_header() {
        assert_eq!(words().after_captured("Report data as of: 2026-06-15"), Some("2026-06-15"));
        assert_eq!(words().after_currency("Currency,AUD"), Some("AUD"));
        assert!(words().is_all_time(" All  time"));
    }

    #[test]
    fn folding() {
        assert_eq!(folded("\u{feff} Ad  Set\u{a0}Name "), "ad set name");
    }
}
