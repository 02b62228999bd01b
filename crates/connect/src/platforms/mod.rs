//! What each platform's API calls its figures: one file per platform, data that [`crate::mapping`] reads records by.
//!
//! Names are as [`crate::names::normal`] makes them: lower case, words joined by `_`, nesting by `.`.

mod amazon;
mod apple;
#[cfg(test)]
mod document;
mod google;
mod linkedin;
mod meta;
mod microsoft;
mod pinterest;
mod reddit;
mod snapchat;
mod tiktok;
mod x;

use domain::{Additive, Level, Platform};
use store::shelf::{Choice, Lead, Word};

/// What is known of one platform's records.
pub(crate) struct Api {
    /// The platform.
    pub platform: Platform,
    /// What the names of its tables begin with where several platforms share a place.
    pub prefixes: &'static [&'static str],
    /// Fields that only its records have: they tell a stream of any other name.
    pub marks: &'static [&'static str],
    /// Its tables and streams.
    pub reports: &'static [Report],
    /// Which of its events or action types are conversions, and which of them say the same thing.
    pub conversion: fn(&str) -> Option<Conversion>,
}

/// An action or event that counts as a conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conversion {
    /// It counts beside all others.
    Counts,
    /// It counts if no other of its family with a lower rank is there.
    Among(Choice),
}

/// A table or stream.
pub(crate) struct Report {
    /// What it is called, without the platform's prefix.
    pub names: &'static [&'static str],
    /// What its rows are.
    pub gives: Gives,
    /// Its fields, each with the names it has, best first. A figure that is listed more than once is added up.
    pub fields: &'static [&'static [(Field, &'static [&'static str])]],
}

impl Report {
    /// Every field with its names.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &'static (Field, &'static [&'static str])> {
        self.fields.iter().copied().flatten()
    }
}

/// What rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gives {
    /// Figures by day. Of each level one table or stream is taken: two would count twice.
    Figures(Level),
    /// Figures that stand beside those of [`Gives::Figures`] and complete them.
    Part(Level),
    /// What is said of accounts, campaigns, ad groups, ads or keywords.
    Entities(Level),
    /// Where creatives lead, which ads name by their ids.
    Creatives,
}

impl Gives {
    /// The level that its rows are of.
    pub(crate) fn level(self) -> Level {
        match self {
            Self::Figures(level) | Self::Part(level) | Self::Entities(level) => level,
            Self::Creatives => Level::Ad,
        }
    }
}

/// What a field is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// The account's local day; hours are cut off.
    Day,
    /// When an entity was so.
    Version,
    /// An id or a name.
    Word(Word),
    /// The entity's budget.
    Budget(Unit),
    /// What the budget is for; only one for a day is kept.
    BudgetKind,
    /// A figure.
    Figure(Additive, Unit),
    /// The action or event that a row is about.
    Event,
    /// A list of actions with their values.
    Events(Additive),
    /// Where the row's own entity leads, or the id of the creative that tells it.
    Lead(Lead),
    /// Which part of it a row tells, where each has a row of its own.
    LeadPart,
}

/// What a number is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Ones: pieces, or the currency's main unit.
    One,
    /// Millionths of the currency's main unit.
    Micro,
}

/// All platforms.
pub(crate) const ALL: [&Api; 11] = [
    &google::API,
    &meta::API,
    &microsoft::API,
    &linkedin::API,
    &tiktok::API,
    &pinterest::API,
    &snapchat::API,
    &reddit::API,
    &x::API,
    &amazon::API,
    &apple::API,
];

const NEWEST: (Field, &[&str]) = (
    Field::Version,
    &[
        "updated_at",
        "updated_time",
        "last_updated_date",
        "last_modified_time",
        "last_modified_at",
        "last_modified",
        "modified_time",
        "modification_time",
        "_fivetran_synced",
        "_airbyte_extracted_at",
        "_sdc_extracted_at",
    ],
);

fn no_events(_: &str) -> Option<Conversion> {
    None
}

const fn word(word: Word) -> Field {
    Field::Word(word)
}

/// Where the row's own entity leads.
const FINAL_URL: Field = Field::Lead(Lead::FinalUrl);
/// What is appended to it.
const SUFFIX: Field = Field::Lead(Lead::Suffix);
/// What the platform makes the clicked address of.
const TEMPLATE: Field = Field::Lead(Lead::Template);
/// The creative that tells it.
const CREATIVE: Field = Field::Lead(Lead::Creative);

const fn count(what: Additive) -> Field {
    Field::Figure(what, Unit::One)
}

const fn micros(what: Additive) -> Field {
    Field::Figure(what, Unit::Micro)
}
