//! What figures are about, apart from the figures: the words of a record stand in the file once, not once a day.
//!
//! Most of a record is words, and most of them say the same each day. Figures with a number instead of fifteen columns of
//! words are written five times as fast, and what entities add to the words is looked up once for each combination.

use std::collections::HashMap;
use std::sync::Arc;

use duckdb::Connection;
use duckdb::arrow::array::{
    ArrayRef, Int64Builder, StringBuilder, UInt8Builder, UInt32Builder, UInt64Builder,
};
use duckdb::arrow::record_batch::RecordBatch;
use xxhash_rust::xxh3::xxh3_128;

use super::ShelfError;
use super::column::{Sparse, append, batch};
use super::row::{FigureRow, Word, put_words, take_words};

/// Combinations remembered from one keeping to the next.
const REMEMBERED: usize = 200_000;

/// The combinations of words that this process has seen, and those that the file has not yet.
#[derive(Default)]
pub(super) struct Abouts {
    /// By digest, the place in `numbers`.
    known: HashMap<u128, u32>,
    /// The numbers that the file has for them; 0: none yet.
    numbers: Vec<u32>,
    new: AboutBatch,
    /// What is digested.
    buffer: Vec<u8>,
}

impl Abouts {
    /// The place of a row's words, under which their number is found once they are kept.
    pub(super) fn place(&mut self, row: &FigureRow<'_>) -> u32 {
        let buffer = &mut self.buffer;
        buffer.clear();
        buffer.extend_from_slice(&row.stream.to_le_bytes());
        buffer.extend_from_slice(&[row.platform.number(), row.level.number()]);
        buffer.push(u8::from(row.budget_micros.is_some()));
        buffer.extend_from_slice(&row.budget_micros.unwrap_or(0).to_le_bytes());
        for word in row.words {
            // The length keeps ["ab", "c"] apart from ["a", "bc"], and absent apart from empty.
            let length = word.map_or(u32::MAX, |word| word.len() as u32);
            buffer.extend_from_slice(&length.to_le_bytes());
            buffer.extend_from_slice(word.unwrap_or_default().as_bytes());
        }
        let digest = xxh3_128(buffer);
        if let Some(place) = self.known.get(&digest) {
            return *place;
        }
        let place = self.numbers.len() as u32;
        self.known.insert(digest, place);
        self.numbers.push(0);
        self.new.push(row, place, digest);
        place
    }

    /// How much text waits to be kept.
    pub(super) fn bytes(&self) -> usize {
        self.new.bytes
    }

    /// Keeps what is new, within the transaction of who asks, and tells the numbers by place. `next` is the first free number.
    pub(super) fn keep(&mut self, connection: &Connection, next: &mut u32) -> Result<&[u32], ShelfError> {
        if self.new.rows == 0 {
            return Ok(&self.numbers);
        }
        append(connection, ("temp", "new_about"), self.new.take()?)?;
        let mut statement = connection.prepare(
            "SELECT n.local, min(a.about) FROM new_about n JOIN about a USING (stream, hash_hi, hash_lo) GROUP BY n.local",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (place, number): (u32, u32) = (row.get(0)?, row.get(1)?);
            if let Some(known) = self.numbers.get_mut(place as usize) {
                *known = number;
            }
        }
        connection.execute_batch(&include_str!("keep_about.sql").replace("$next", &next.to_string()))?;
        // The statement numbers them in the same order.
        for number in self.numbers.iter_mut().filter(|number| **number == 0) {
            *number = *next;
            *next += 1;
        }
        Ok(&self.numbers)
    }

    /// Forgets what was seen, if that is a great deal. Nothing may wait to be kept.
    pub(super) fn tidy(&mut self) {
        if self.numbers.len() >= REMEMBERED {
            *self = Self::default();
        }
    }
}

#[derive(Default)]
struct AboutBatch {
    local: UInt32Builder,
    stream: UInt32Builder,
    platform: UInt8Builder,
    level: UInt8Builder,
    hash: [UInt64Builder; 2],
    words: [Sparse<StringBuilder>; Word::COUNT],
    budget: Sparse<Int64Builder>,
    rows: usize,
    bytes: usize,
}

impl AboutBatch {
    fn push(&mut self, row: &FigureRow<'_>, place: u32, digest: u128) {
        self.local.append_value(place);
        self.stream.append_value(row.stream);
        self.platform.append_value(row.platform.number());
        self.level.append_value(row.level.number());
        self.hash[0].append_value((digest >> 64) as u64);
        self.hash[1].append_value(digest as u64);
        self.bytes += put_words(&mut self.words, self.rows, &row.words);
        self.budget.put(self.rows, row.budget_micros);
        self.rows += 1;
    }

    fn take(&mut self) -> Result<RecordBatch, ShelfError> {
        let rows = self.rows;
        (self.rows, self.bytes) = (0, 0);
        let mut columns: Vec<(&str, ArrayRef)> = vec![
            ("local", Arc::new(self.local.finish())),
            ("stream", Arc::new(self.stream.finish())),
            ("platform", Arc::new(self.platform.finish())),
            ("level", Arc::new(self.level.finish())),
            ("hash_hi", Arc::new(self.hash[0].finish())),
            ("hash_lo", Arc::new(self.hash[1].finish())),
        ];
        columns.extend(take_words(&mut self.words, rows));
        columns.extend(self.budget.take(rows).map(|column| ("budget_micros", column)));
        batch(columns)
    }
}
