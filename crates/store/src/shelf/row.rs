//! Rows of the shelf, and how they are gathered for the engine.

use std::sync::Arc;

use domain::{Additive, Level, Platform, Sums};
use duckdb::arrow::array::{
    ArrayRef, Date32Builder, Int64Builder, StringBuilder, UInt8Builder, UInt32Builder, UInt64Builder,
};
use duckdb::arrow::datatypes::{DataType, Field, Schema};
use duckdb::arrow::record_batch::RecordBatch;
use jiff::civil::Date;

use super::{ShelfError, SourceId, StreamId};

/// What a record says in words. The order is that of the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(usize)]
#[expect(missing_docs, reason = "ids and names of the levels, as platforms call them")]
pub enum Word {
    AccountId,
    Account,
    Currency,
    CampaignId,
    Campaign,
    AdGroupId,
    AdGroup,
    AdId,
    Ad,
    KeywordId,
    Keyword,
    MatchType,
    SearchTerm,
    Status,
    Kind,
}

impl Word {
    /// How many there are.
    pub const COUNT: usize = Self::Kind as usize + 1;
    /// Their columns.
    pub(super) const COLUMNS: [&'static str; Self::COUNT] = [
        "account_id",
        "account",
        "currency",
        "campaign_id",
        "campaign",
        "ad_group_id",
        "ad_group",
        "ad_id",
        "ad",
        "keyword_id",
        "keyword",
        "match_type",
        "search_term",
        "status",
        "kind",
    ];

    /// The id of an entity at `level`; a search term has none.
    pub fn id_of(level: Level) -> Option<Self> {
        match level {
            Level::Account => Some(Self::AccountId),
            Level::Campaign => Some(Self::CampaignId),
            Level::AdGroup => Some(Self::AdGroupId),
            Level::Ad => Some(Self::AdId),
            Level::Keyword => Some(Self::KeywordId),
            Level::SearchTerm => None,
        }
    }
}

/// A record's words, by [`Word`].
pub type Words<'a> = [Option<&'a str>; Word::COUNT];

/// One of several ways in which the same thing is said; see [`FigureRow::choice`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// What is said.
    pub family: u8,
    /// The lowest of an entity's day counts, the others say the same again.
    pub rank: u8,
}

/// Figures of one entity on one day, or of a part of both.
#[derive(Debug, Clone, Copy)]
pub struct FigureRow<'a> {
    /// The stream that it came by.
    pub stream: StreamId,
    /// The reading of the stream that it belongs to.
    pub generation: i64,
    /// What makes two records of a stream the same.
    pub key: u128,
    /// Whether records of one key are of one day, because the day is part of it.
    pub day_in_key: bool,
    /// Where it was advertised.
    pub platform: Platform,
    /// What it is about.
    pub level: Level,
    /// The account's local day.
    pub day: Date,
    /// Ids and names.
    pub words: Words<'a>,
    /// The daily budget of its own entity.
    pub budget_micros: Option<i64>,
    /// Where the platform says one thing in several ways, which this is.
    pub choice: Option<Choice>,
    /// The figures.
    pub sums: Sums,
}

/// What is said of an account, campaign, ad group, ad or keyword.
#[derive(Debug, Clone, Copy)]
pub struct EntityRow<'a> {
    /// Who said it.
    pub source: SourceId,
    /// Where it advertises.
    pub platform: Platform,
    /// What it is.
    pub level: Level,
    /// Its id at the platform.
    pub id: &'a str,
    /// When it was so, in microseconds since 1970; of two rows the later counts.
    pub version: i64,
    /// Ids and names.
    pub words: Words<'a>,
    /// Its daily budget.
    pub budget_micros: Option<i64>,
}

#[derive(Default)]
pub(super) struct FigureBatch {
    stream: UInt32Builder,
    generation: Int64Builder,
    keys: [UInt64Builder; 2],
    seq: Int64Builder,
    platform: UInt8Builder,
    level: UInt8Builder,
    day: Date32Builder,
    words: [StringBuilder; Word::COUNT],
    budget: Int64Builder,
    choice: [UInt8Builder; 2],
    figures: [Int64Builder; Additive::STORED.len()],
    rows: usize,
    bytes: usize,
}

impl FigureBatch {
    pub(super) fn len(&self) -> usize {
        self.rows
    }

    /// How much text it holds.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn push(&mut self, row: &FigureRow<'_>, seq: i64) {
        self.stream.append_value(row.stream);
        self.generation.append_value(row.generation);
        self.keys[0].append_value((row.key >> 64) as u64);
        self.keys[1].append_value(row.key as u64);
        self.seq.append_value(seq);
        self.platform.append_value(row.platform.number());
        self.level.append_value(row.level.number());
        let since = domain::period::days_between(Date::constant(1970, 1, 1), row.day);
        self.day.append_value(since);
        for (column, word) in self.words.iter_mut().zip(row.words) {
            column.append_option(word);
            self.bytes += word.map_or(0, str::len);
        }
        self.budget.append_option(row.budget_micros);
        self.choice[0].append_option(row.choice.map(|choice| choice.family));
        self.choice[1].append_option(row.choice.map(|choice| choice.rank));
        for (what, column) in Additive::STORED.into_iter().zip(&mut self.figures) {
            column.append_option(row.sums.get(what));
        }
        self.rows += 1;
    }

    pub(super) fn take(&mut self) -> Result<RecordBatch, ShelfError> {
        (self.rows, self.bytes) = (0, 0);
        let mut columns: Vec<(&str, DataType, ArrayRef)> = vec![
            ("stream", DataType::UInt32, Arc::new(self.stream.finish())),
            ("generation", DataType::Int64, Arc::new(self.generation.finish())),
            ("key_hi", DataType::UInt64, Arc::new(self.keys[0].finish())),
            ("key_lo", DataType::UInt64, Arc::new(self.keys[1].finish())),
            ("seq", DataType::Int64, Arc::new(self.seq.finish())),
            ("platform", DataType::UInt8, Arc::new(self.platform.finish())),
            ("level", DataType::UInt8, Arc::new(self.level.finish())),
            ("day", DataType::Date32, Arc::new(self.day.finish())),
        ];
        columns.extend(words(&mut self.words));
        columns.push(("budget_micros", DataType::Int64, Arc::new(self.budget.finish())));
        for (name, column) in ["family", "rank"].into_iter().zip(&mut self.choice) {
            columns.push((name, DataType::UInt8, Arc::new(column.finish())));
        }
        for (what, column) in Additive::STORED.into_iter().zip(&mut self.figures) {
            columns.push((what.column(), DataType::Int64, Arc::new(column.finish())));
        }
        batch(columns)
    }
}

#[derive(Default)]
pub(super) struct EntityBatch {
    source: UInt32Builder,
    platform: UInt8Builder,
    level: UInt8Builder,
    id: StringBuilder,
    version: Int64Builder,
    seq: Int64Builder,
    words: [StringBuilder; Word::COUNT],
    budget: Int64Builder,
    rows: usize,
    bytes: usize,
}

impl EntityBatch {
    pub(super) fn len(&self) -> usize {
        self.rows
    }

    /// How much text it holds.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn push(&mut self, row: &EntityRow<'_>, seq: i64) {
        self.source.append_value(row.source);
        self.platform.append_value(row.platform.number());
        self.level.append_value(row.level.number());
        self.id.append_value(row.id);
        self.version.append_value(row.version);
        self.seq.append_value(seq);
        for (column, word) in self.words.iter_mut().zip(row.words) {
            column.append_option(word);
            self.bytes += word.map_or(0, str::len);
        }
        self.budget.append_option(row.budget_micros);
        self.rows += 1;
    }

    pub(super) fn take(&mut self) -> Result<RecordBatch, ShelfError> {
        (self.rows, self.bytes) = (0, 0);
        let mut columns: Vec<(&str, DataType, ArrayRef)> = vec![
            ("source", DataType::UInt32, Arc::new(self.source.finish())),
            ("platform", DataType::UInt8, Arc::new(self.platform.finish())),
            ("level", DataType::UInt8, Arc::new(self.level.finish())),
            ("id", DataType::Utf8, Arc::new(self.id.finish())),
            ("version", DataType::Int64, Arc::new(self.version.finish())),
            ("seq", DataType::Int64, Arc::new(self.seq.finish())),
        ];
        columns.extend(words(&mut self.words));
        columns.push(("budget_micros", DataType::Int64, Arc::new(self.budget.finish())));
        batch(columns)
    }
}

fn words(builders: &mut [StringBuilder; Word::COUNT]) -> Vec<(&'static str, DataType, ArrayRef)> {
    Word::COLUMNS
        .into_iter()
        .zip(builders)
        .map(|(name, column)| (name, DataType::Utf8, Arc::new(column.finish()) as ArrayRef))
        .collect()
}

fn batch(columns: Vec<(&str, DataType, ArrayRef)>) -> Result<RecordBatch, ShelfError> {
    let fields: Vec<_> =
        columns.iter().map(|(name, kind, _)| Field::new(*name, kind.clone(), true)).collect();
    let arrays = columns.into_iter().map(|(_, _, array)| array).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
        .map_err(|error| ShelfError::Engine(duckdb::Error::ToSqlConversionFailure(Box::new(error))))
}
