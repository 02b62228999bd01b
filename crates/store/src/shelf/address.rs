//! Where ads lead, as records tell it: beside the figures, as it is a state and no figure.
//!
//! Platforms tell it of the ad, of what stands above it, or of a creative that ads show. Of each thing the newest telling
//! counts, for itself: a report of figures that knows the address takes nothing away from a table that knows the template.

use std::collections::HashMap;
use std::sync::Arc;

use domain::{Level, Platform};
use duckdb::arrow::array::{ArrayRef, Int64Builder, StringBuilder, UInt8Builder, UInt32Builder};
use duckdb::arrow::record_batch::RecordBatch;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use super::column::batch;
use super::{Shelf, ShelfError, SourceId};

/// Addresses remembered as already gathered. Beyond that some are gathered twice, of which the later counts.
const REMEMBERED: usize = 200_000;

/// What is told of where something leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Lead {
    /// The address, or several between spaces.
    FinalUrl = 1,
    /// Parameters that are appended to it.
    Suffix = 2,
    /// What the platform makes the clicked address of.
    Template = 3,
    /// The id of the creative that tells the rest.
    Creative = 4,
}

impl Lead {
    /// How many there are.
    pub const COUNT: usize = 4;
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; Self::COUNT] = [Self::FinalUrl, Self::Suffix, Self::Template, Self::Creative];
}

/// Where something leads, or a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRow<'a> {
    /// Who said it.
    pub source: SourceId,
    /// Where it advertises.
    pub platform: Platform,
    /// What it is; `None` for a creative.
    pub level: Option<Level>,
    /// Its id at the platform.
    pub id: &'a str,
    /// What is told.
    pub what: Lead,
    /// Which part of it, where each has a record of its own: a parameter's name, an address's number. Empty for the whole.
    pub part: &'a str,
    /// When it was so, in microseconds since 1970; of two the later counts.
    pub version: i64,
    /// What is told; empty: that there is none.
    pub text: &'a str,
}

#[derive(Default)]
pub(super) struct AddressBatch {
    source: UInt32Builder,
    platform: UInt8Builder,
    level: UInt8Builder,
    id: StringBuilder,
    what: UInt8Builder,
    part: StringBuilder,
    version: Int64Builder,
    seq: Int64Builder,
    text: StringBuilder,
    /// What was told last of each thing: figures say the same again each day.
    seen: HashMap<u128, (i64, u128)>,
    rows: usize,
    bytes: usize,
}

impl AddressBatch {
    pub(super) fn len(&self) -> usize {
        self.rows
    }

    /// How much text it holds.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    fn push(&mut self, row: &AddressRow<'_>, seq: i64) {
        let level = row.level.map_or(0, Level::number);
        if self.seen.len() >= REMEMBERED {
            self.seen.clear();
        }
        let told = (row.version, xxh3_128(row.text.as_bytes()));
        if self.seen.insert(place(row, level), told) == Some(told) {
            return;
        }
        self.source.append_value(row.source);
        self.platform.append_value(row.platform.number());
        self.level.append_value(level);
        self.id.append_value(row.id);
        self.what.append_value(row.what as u8);
        self.part.append_value(row.part);
        self.version.append_value(row.version);
        self.seq.append_value(seq);
        self.text.append_value(row.text);
        self.rows += 1;
        self.bytes += row.id.len() + row.part.len() + row.text.len();
    }

    pub(super) fn take(&mut self) -> Result<RecordBatch, ShelfError> {
        (self.rows, self.bytes) = (0, 0);
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("source", Arc::new(self.source.finish())),
            ("platform", Arc::new(self.platform.finish())),
            ("level", Arc::new(self.level.finish())),
            ("id", Arc::new(self.id.finish())),
            ("what", Arc::new(self.what.finish())),
            ("part", Arc::new(self.part.finish())),
            ("version", Arc::new(self.version.finish())),
            ("seq", Arc::new(self.seq.finish())),
            ("text", Arc::new(self.text.finish())),
        ];
        batch(columns)
    }
}

fn place(row: &AddressRow<'_>, level: u8) -> u128 {
    let mut hasher = Xxh3::new();
    hasher.update(&row.source.to_le_bytes());
    hasher.update(&[row.platform.number(), level, row.what as u8]);
    // The length keeps ["ab", "c"] apart from ["a", "bc"].
    hasher.update(&(row.id.len() as u32).to_le_bytes());
    hasher.update(row.id.as_bytes());
    hasher.update(row.part.as_bytes());
    hasher.digest128()
}

impl Shelf {
    /// Gathers where something leads.
    ///
    /// # Errors
    /// If the engine fails, for example because the disk is full.
    pub fn push_address(&mut self, row: &AddressRow<'_>) -> Result<(), ShelfError> {
        self.addresses.push(row, self.next_seq);
        self.next_seq += 1;
        self.hand_over_addresses(false)
    }
}
