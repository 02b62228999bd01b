//! What is known of one platform's reports.

use std::collections::{BTreeMap, HashMap};

use domain::{Level, Platform};
use serde::Deserialize;

use super::{ByLanguage, all_folded, folded};
use crate::role::Role;

/// A platform's file as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenPlatform {
    columns: BTreeMap<Role, ByLanguage>,
    segments: ByLanguage,
    #[serde(default)]
    instead: Vec<Instead>,
    #[serde(default)]
    added: BTreeMap<Role, Vec<String>>,
    #[serde(default)]
    micros: Vec<String>,
    #[serde(default)]
    marks: Vec<Mark>,
    #[serde(default)]
    known_without_marks: bool,
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
    #[serde(default)]
    range_may_hide_in_start: bool,
    #[serde(default)]
    only_known_headers: bool,
    #[serde(default)]
    per_item: Vec<String>,
}

/// Where a report has any of some headers, others mean something else.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Instead {
    when: Vec<String>,
    columns: BTreeMap<Role, Vec<String>>,
}

/// A header, or several together, that reports of other platforms hardly have.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Mark {
    One(String),
    Together(Vec<String>),
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

/// Header to role, and how many headers of the role are better.
type Columns = HashMap<String, (Role, usize)>;

/// What is known of one platform's reports.
#[derive(Debug)]
pub(crate) struct PlatformWords {
    pub(crate) platform: Platform,
    columns: Columns,
    /// Headers that mean something else beside any of the first ones.
    instead: Vec<(Vec<String>, Columns)>,
    added: HashMap<String, Role>,
    micros: Vec<String>,
    best_headers: BTreeMap<Role, String>,
    segments: Vec<String>,
    marks: Vec<Vec<String>>,
    /// Reports that have nothing but common words are taken for this platform's.
    pub(crate) known_without_marks: bool,
    refused: Vec<Refused>,
    levels: BTreeMap<Level, String>,
    level_words: BTreeMap<String, Level>,
    result_kinds: Vec<String>,
    no_budget: Vec<String>,
    /// Rows that name neither day nor entity are totals.
    pub(crate) nameless_rows_are_totals: bool,
    /// What counts as a click is a click on the link.
    pub(crate) clicks_are_link_clicks: bool,
    /// A report of a whole range writes its first day into every row.
    pub(crate) range_may_hide_in_start: bool,
    /// A table with a header that is not known is not this platform's.
    pub(crate) only_known_headers: bool,
    /// Columns that split an order over several rows.
    per_item: Vec<String>,
}

impl PlatformWords {
    pub(super) fn new(platform: Platform, written: WrittenPlatform) -> Self {
        let mut columns = HashMap::new();
        let mut best_headers = BTreeMap::new();
        for (role, by_language) in written.columns {
            if let Some(best) = by_language.get("en").and_then(|words| words.first()) {
                best_headers.insert(role, best.clone());
            }
            for words in by_language.into_values() {
                keep(&mut columns, role, words);
            }
        }
        let instead = written.instead.into_iter().map(|instead| {
            let mut columns = HashMap::new();
            for (role, words) in instead.columns {
                keep(&mut columns, role, words);
            }
            (fold_all(&instead.when), columns)
        });
        let added = written.added.into_iter();
        let marks = written.marks.iter().map(|mark| match mark {
            Mark::One(word) => vec![folded(word)],
            Mark::Together(words) => fold_all(words),
        });
        Self {
            platform,
            columns,
            instead: instead.collect(),
            added: added
                .flat_map(|(role, words)| words.into_iter().map(move |word| (folded(&word), role)))
                .collect(),
            micros: fold_all(&written.micros),
            best_headers,
            segments: all_folded(written.segments),
            marks: marks.collect(),
            known_without_marks: written.known_without_marks,
            refused: written.refused,
            levels: written.levels,
            level_words: written.level_words,
            result_kinds: written.result_kinds,
            no_budget: written.no_budget,
            nameless_rows_are_totals: written.nameless_rows_are_totals,
            clicks_are_link_clicks: written.clicks_are_link_clicks,
            range_may_hide_in_start: written.range_may_hide_in_start,
            only_known_headers: written.only_known_headers,
            per_item: fold_all(&written.per_item),
        }
    }

    /// The headers that mean something else in a table with these (folded) headers.
    pub(crate) fn instead(&self, headers: &[&str]) -> Option<&Columns> {
        let holds = |when: &[String]| when.iter().any(|word| headers.contains(&word.as_str()));
        self.instead.iter().find(|(when, _)| holds(when)).map(|(_, columns)| columns)
    }

    /// The role of a (folded) header, and its rank among the headers of that role.
    pub(crate) fn role(&self, header: &str) -> Option<(Role, usize)> {
        self.columns.get(header).copied()
    }

    /// The role whose figure a column is added to.
    pub(crate) fn added(&self, header: &str) -> Option<Role> {
        self.added.get(header).copied()
    }

    /// Whether the amounts under a header are millionths.
    pub(crate) fn is_micros(&self, header: &str) -> bool {
        self.micros.iter().any(|word| word == header)
    }

    /// All headers of all roles, folded.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&str, Role)> {
        self.columns.iter().map(|(header, (role, _))| (header.as_str(), *role))
    }

    /// The first English header of a role, for messages.
    pub(crate) fn best_header(&self, role: Role) -> &str {
        self.best_headers.get(&role).map_or("", String::as_str)
    }

    /// Whether a column splits rows further than level and day.
    pub(crate) fn is_segment(&self, header: &str) -> bool {
        self.segments.iter().any(|word| word == header)
    }

    /// Whether a column splits an order over several rows.
    pub(crate) fn is_per_item(&self, header: &str) -> bool {
        self.per_item.iter().any(|word| word == header)
    }

    /// How many marks a table with these (folded) headers has.
    pub(crate) fn marks(&self, headers: &[&str]) -> usize {
        let has = |mark: &&Vec<String>| mark.iter().all(|word| headers.contains(&word.as_str()));
        self.marks.iter().filter(has).count()
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

fn keep(columns: &mut Columns, role: Role, words: Vec<String>) {
    for (rank, word) in words.into_iter().enumerate() {
        columns.entry(folded(&word)).or_insert((role, rank));
    }
}

fn fold_all(words: &[String]) -> Vec<String> {
    words.iter().map(|word| folded(word)).collect()
}
