//! The vocabulary: what `words.toml` knows of platforms and languages.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use domain::{Currency, Level, Platform};
use serde::Deserialize;

use crate::role::Role;

/// Words by language. Languages are never guessed: all are tried.
type ByLanguage = BTreeMap<String, Vec<String>>;

/// The file as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    totals: ByLanguage,
    months: ByLanguage,
    months_short: ByLanguage,
    within_dates: ByLanguage,
    between_dates: ByLanguage,
    all_time: ByLanguage,
    captured: ByLanguage,
    stated_currency: ByLanguage,
    status: BTreeMap<String, ByLanguage>,
    bulk_sheet: ByLanguage,
    currency_signs: BTreeMap<String, Currency>,
    shared_signs: ByLanguage,
    not_yet: Vec<NotYet>,
    platforms: BTreeMap<Platform, WrittenPlatform>,
}

/// Another source's report, known by headers: all of any one line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NotYet {
    label: String,
    headers: Vec<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPlatform {
    columns: BTreeMap<Role, ByLanguage>,
    segments: ByLanguage,
    #[serde(default)]
    marks: Vec<String>,
    #[serde(default)]
    refused: Vec<Refused>,
    #[serde(default)]
    levels: BTreeMap<Level, String>,
    #[serde(default)]
    level_words: BTreeMap<String, Level>,
    #[serde(default)]
    result_kinds: Vec<String>,
    #[serde(default)]
    no_budget: Vec<String>,
    #[serde(default)]
    nameless_rows_are_totals: bool,
    #[serde(default)]
    clicks_are_link_clicks: bool,
}

/// Columns with which a report can't be used.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refused {
    headers: Vec<String>,
    /// May hold `{header}`.
    pub(crate) seems: String,
    /// May hold `{header}`.
    pub(crate) remedy: String,
}

/// What is known of one platform's reports.
#[derive(Debug)]
pub(crate) struct PlatformWords {
    pub(crate) platform: Platform,
    /// Header to role, and how many headers of the role are better.
    columns: HashMap<String, (Role, usize)>,
    best_headers: BTreeMap<Role, String>,
    segments: Vec<String>,
    marks: Vec<String>,
    refused: Vec<Refused>,
    levels: BTreeMap<Level, String>,
    level_words: BTreeMap<String, Level>,
    result_kinds: Vec<String>,
    no_budget: Vec<String>,
    /// Rows that name neither day nor entity are totals.
    pub(crate) nameless_rows_are_totals: bool,
    /// What counts as a click is a click on the link.
    pub(crate) clicks_are_link_clicks: bool,
}

impl PlatformWords {
    fn new(platform: Platform, written: WrittenPlatform) -> Self {
        let mut columns = HashMap::new();
        let mut best_headers = BTreeMap::new();
        for (role, by_language) in written.columns {
            for words in by_language.into_values() {
                if let Some(best) = words.first() {
                    best_headers.entry(role).or_insert_with(|| best.clone());
                }
                for (rank, word) in words.into_iter().enumerate() {
                    columns.entry(folded(&word)).or_insert((role, rank));
                }
            }
        }
        Self {
            platform,
            columns,
            best_headers,
            segments: all_folded(written.segments),
            marks: written.marks.iter().map(|word| folded(word)).collect(),
            refused: written.refused,
            levels: written.levels,
            level_words: written.level_words,
            result_kinds: written.result_kinds,
            no_budget: written.no_budget,
            nameless_rows_are_totals: written.nameless_rows_are_totals,
            clicks_are_link_clicks: written.clicks_are_link_clicks,
        }
    }

    /// The role of a (folded) header, and its rank among the headers of that role.
    pub(crate) fn role(&self, header: &str) -> Option<(Role, usize)> {
        self.columns.get(header).copied()
    }

    /// The first header of a role, for messages.
    pub(crate) fn best_header(&self, role: Role) -> &str {
        self.best_headers.get(&role).map_or("", String::as_str)
    }

    /// Whether a column splits rows further than level and day.
    pub(crate) fn is_segment(&self, header: &str) -> bool {
        self.segments.iter().any(|word| word == header)
    }

    /// Whether a header is hardly found in reports of others.
    pub(crate) fn is_mark(&self, header: &str) -> bool {
        self.marks.iter().any(|word| word == header)
    }

    pub(crate) fn refused(&self, header: &str) -> Option<&Refused> {
        self.refused.iter().find(|refused| refused.headers.iter().any(|word| folded(word) == header))
    }

    /// What the platform calls a level.
    pub(crate) fn level_label(&self, level: Level) -> &str {
        self.levels.get(&level).map_or(level.label(), String::as_str)
    }

    /// The level that a cell of the platform's own level column names.
    pub(crate) fn level(&self, word: &str) -> Option<Level> {
        self.level_words.get(&folded(word)).copied()
    }

    /// Whether results of this type are conversions.
    pub(crate) fn counts_as_conversion(&self, result_type: &str) -> bool {
        let result_type = result_type.to_lowercase();
        self.result_kinds.iter().any(|kind| result_type.contains(kind.as_str()))
    }

    /// Whether a cell says in words that the budget stands elsewhere.
    pub(crate) fn says_no_budget(&self, cell: &str) -> bool {
        let cell = folded(cell);
        self.no_budget.contains(&cell)
    }
}

/// Everything that is known.
#[derive(Debug)]
pub(crate) struct Words {
    totals: Vec<String>,
    /// First bytes of these words, in both cases.
    total_initials: Vec<u8>,
    months: HashMap<String, i8>,
    within_dates: Vec<String>,
    between_dates: Vec<String>,
    all_time: Vec<String>,
    captured: Vec<String>,
    stated_currency: Vec<String>,
    statuses: HashMap<String, &'static str>,
    bulk_sheets: Vec<Vec<String>>,
    currency_signs: BTreeMap<String, Currency>,
    shared_signs: Vec<String>,
    not_yet: Vec<NotYet>,
    pub(crate) platforms: Vec<PlatformWords>,
}

/// The vocabulary.
pub(crate) fn words() -> &'static Words {
    static WORDS: LazyLock<Words> = LazyLock::new(|| match toml::from_str(include_str!("words.toml")) {
        Ok(written) => Words::new(written),
        // The file is compiled in, and a test reads it.
        Err(error) => unreachable!("words.toml: {error}"),
    });
    &WORDS
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
        let fold_lines =
            |other: NotYet| NotYet { headers: other.headers.into_iter().map(fold_all).collect(), ..other };
        let totals = all_folded(written.totals);
        let initials = |word: &String| [word.bytes().next(), word.to_uppercase().bytes().next()];
        let mut total_initials: Vec<u8> = totals.iter().flat_map(initials).flatten().collect();
        total_initials.sort_unstable();
        total_initials.dedup();
        Self {
            totals,
            total_initials,
            months,
            within_dates: all_folded(written.within_dates),
            between_dates: written.between_dates.into_values().flatten().collect(),
            all_time: all_folded(written.all_time),
            captured: all_folded(written.captured),
            stated_currency: all_folded(written.stated_currency),
            statuses,
            bulk_sheets: written.bulk_sheet.into_values().map(fold_all).collect(),
            currency_signs: written.currency_signs,
            shared_signs: written.shared_signs.into_values().flatten().collect(),
            not_yet: written.not_yet.into_iter().map(fold_lines).collect(),
            platforms: written
                .platforms
                .into_iter()
                .map(|(platform, written)| PlatformWords::new(platform, written))
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

    /// What a line before the header says after the words for the moment of capture.
    pub(crate) fn after_captured<'a>(&self, line: &'a str) -> Option<&'a str> {
        after_any(&self.captured, line)
    }

    /// What a line before the header says after the words for the currency.
    pub(crate) fn after_currency<'a>(&self, line: &'a str) -> Option<&'a str> {
        after_any(&self.stated_currency, line)
    }

    /// Whether it is worth looking closer for a total row: a cell that begins with the letter of a word for it.
    #[inline]
    pub(crate) fn may_be_total(&self, cell: &str) -> bool {
        cell.bytes().next().is_some_and(|byte| self.total_initials.contains(&byte))
    }

    /// Whether a cell begins a total row: `Total`, `Total: Account`, `Total - filtered`.
    pub(crate) fn is_total(&self, cell: &str) -> bool {
        let cell = cell.trim_start();
        self.totals.iter().any(|word| {
            let Some((start, rest)) = cell.split_at_checked(word.len()) else { return false };
            start.to_lowercase() == *word
                && matches!(
                    rest.trim_start().chars().next(),
                    None | Some(':' | '-' | '\u{2013}' | '\u{2014}' | '(')
                )
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

    /// Whose report these (folded) headers are, if it is known but not read yet.
    pub(crate) fn not_yet(&self, headers: &[String]) -> Option<&str> {
        let has = |word: &String| headers.contains(word);
        let found = self.not_yet.iter().find(|other| other.headers.iter().any(|line| line.iter().all(has)));
        found.map(|other| other.label.as_str())
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
    let header = header.trim_start_matches('\u{feff}').replace(['\u{a0}', '\u{202f}'], " ");
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

    #[test]
    fn the_vocabulary_is_well_formed() {
        let written: Written = toml::from_str(include_str!("words.toml")).unwrap();
        assert!(written.months.values().chain(written.months_short.values()).all(|names| names.len() == 12));
        assert!(written.status.keys().all(|status| STATUSES.contains(&status.as_str())));
        for (platform, words) in &written.platforms {
            assert!(words.columns.contains_key(&Role::Spend), "{platform}");
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
