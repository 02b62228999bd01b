//! Rows of the shelf, and how they are gathered for the engine.

use std::sync::Arc;

use domain::{Additive, Level, Platform, Sums};
use duckdb::arrow::array::{
    ArrayRef, AsArray, Date32Builder, Int64Builder, StringBuilder, UInt8Builder, UInt32Array, UInt32Builder,
    UInt64Builder,
};
use duckdb::arrow::datatypes::UInt32Type;
use duckdb::arrow::record_batch::RecordBatch;
use jiff::civil::Date;

use super::column::{Sparse, batch, not_arrow};
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

/// Where the number of what a row is about stands among the columns of figures.
pub(super) const ABOUT: usize = 8;

#[derive(Default)]
pub(super) struct FigureBatch {
    stream: UInt32Builder,
    generation: Int64Builder,
    keys: [UInt64Builder; 2],
    seq: Int64Builder,
    platform: UInt8Builder,
    level: UInt8Builder,
    day: Date32Builder,
    about: UInt32Builder,
    choice: [Sparse<UInt8Builder>; 2],
    figures: [Sparse<Int64Builder>; Additive::STORED.len()],
    rows: usize,
}

impl FigureBatch {
    pub(super) fn len(&self) -> usize {
        self.rows
    }

    /// Gathers a row; `about` is the place of its words.
    pub(super) fn push(&mut self, row: &FigureRow<'_>, about: u32, seq: i64) {
        let at = self.rows;
        self.stream.append_value(row.stream);
        self.generation.append_value(row.generation);
        self.keys[0].append_value((row.key >> 64) as u64);
        self.keys[1].append_value(row.key as u64);
        self.seq.append_value(seq);
        self.platform.append_value(row.platform.number());
        self.level.append_value(row.level.number());
        let since = domain::period::days_between(Date::constant(1970, 1, 1), row.day);
        self.day.append_value(since);
        self.about.append_value(about);
        self.choice[0].put(at, row.choice.map(|choice| choice.family));
        self.choice[1].put(at, row.choice.map(|choice| choice.rank));
        for (what, column) in Additive::STORED.into_iter().zip(&mut self.figures) {
            column.put(at, row.sums.get(what));
        }
        self.rows += 1;
    }

    pub(super) fn take(&mut self) -> Result<RecordBatch, ShelfError> {
        let rows = std::mem::take(&mut self.rows);
        let mut columns: Vec<(&str, ArrayRef)> = vec![
            ("stream", Arc::new(self.stream.finish())),
            ("generation", Arc::new(self.generation.finish())),
            ("key_hi", Arc::new(self.keys[0].finish())),
            ("key_lo", Arc::new(self.keys[1].finish())),
            ("seq", Arc::new(self.seq.finish())),
            ("platform", Arc::new(self.platform.finish())),
            ("level", Arc::new(self.level.finish())),
            ("day", Arc::new(self.day.finish())),
            ("about", Arc::new(self.about.finish())),
        ];
        for (name, column) in ["family", "rank"].into_iter().zip(&mut self.choice) {
            columns.extend(column.take(rows).map(|column| (name, column)));
        }
        for (what, column) in Additive::STORED.into_iter().zip(&mut self.figures) {
            columns.extend(column.take(rows).map(|column| (what.column(), column)));
        }
        batch(columns)
    }
}

/// Figures with the numbers of what they are about, where they have places among `numbers`.
pub(super) fn numbered(figures: &RecordBatch, numbers: &[u32]) -> Result<RecordBatch, ShelfError> {
    let places = figures.column(ABOUT).as_primitive::<UInt32Type>().values();
    let about = UInt32Array::from_iter_values(places.iter().map(|place| numbers[*place as usize]));
    let mut columns = figures.columns().to_vec();
    columns[ABOUT] = Arc::new(about);
    RecordBatch::try_new(figures.schema(), columns).map_err(not_arrow)
}

#[derive(Default)]
pub(super) struct EntityBatch {
    source: UInt32Builder,
    platform: UInt8Builder,
    level: UInt8Builder,
    id: StringBuilder,
    version: Int64Builder,
    seq: Int64Builder,
    words: [Sparse<StringBuilder>; Word::COUNT],
    budget: Sparse<Int64Builder>,
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
        self.bytes += put_words(&mut self.words, self.rows, &row.words);
        self.budget.put(self.rows, row.budget_micros);
        self.rows += 1;
    }

    pub(super) fn take(&mut self) -> Result<RecordBatch, ShelfError> {
        let rows = self.rows;
        (self.rows, self.bytes) = (0, 0);
        let mut columns: Vec<(&str, ArrayRef)> = vec![
            ("source", Arc::new(self.source.finish())),
            ("platform", Arc::new(self.platform.finish())),
            ("level", Arc::new(self.level.finish())),
            ("id", Arc::new(self.id.finish())),
            ("version", Arc::new(self.version.finish())),
            ("seq", Arc::new(self.seq.finish())),
        ];
        columns.extend(take_words(&mut self.words, rows));
        columns.extend(self.budget.take(rows).map(|column| ("budget_micros", column)));
        batch(columns)
    }
}

/// Puts a row's words into their columns; tells how many bytes they have.
pub(super) fn put_words(
    columns: &mut [Sparse<StringBuilder>; Word::COUNT],
    row: usize,
    words: &Words<'_>,
) -> usize {
    let mut bytes = 0;
    for (column, word) in columns.iter_mut().zip(words) {
        column.put(row, *word);
        bytes += word.map_or(0, str::len);
    }
    bytes
}

pub(super) fn take_words(
    columns: &mut [Sparse<StringBuilder>; Word::COUNT],
    rows: usize,
) -> impl Iterator<Item = (&'static str, ArrayRef)> {
    let named = Word::COLUMNS.into_iter().zip(columns);
    named.filter_map(move |(name, column)| Some((name, column.take(rows)?)))
}
