//! What came of reading a file: every row accounted for.

use std::collections::BTreeMap;
use std::io;

use domain::{Currency, Period, Sums};
use serde::Serialize;

/// What came of reading a file. `rows_read` is always `rows_used + rows_skipped`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// Rows below the header. Blank lines are not rows.
    pub rows_read: u64,
    /// Rows that were handed out.
    pub rows_used: u64,
    /// Rows that were not: totals, and rows that could not be read.
    pub rows_skipped: u64,
    /// The first 1,000 rows that were skipped.
    pub skipped: Vec<Skip>,
    /// How many rows were skipped, by kind of reason.
    pub skip_counts: BTreeMap<String, u64>,
    /// The figures of the used rows, added up.
    pub sums: BTreeMap<Currency, Sums>,
    /// The file's own total rows, at most 100.
    pub totals: Vec<FileTotal>,
    /// From the first to the last day of the used rows.
    pub days: Option<Period>,
    /// The distinct attribution settings of the used rows, at most 20.
    pub attribution: Vec<String>,
    /// What a person should know, in sentences.
    pub warnings: Vec<String>,
}

impl Reading {
    /// Rows that should have counted and could not be read: neither totals nor what only looks like a row.
    pub fn rows_missing(&self) -> u64 {
        const NO_ROWS: [&str; 4] = ["total row", "note", "empty row", "header again"];
        let missing = self.skip_counts.iter().filter(|(kind, _)| !NO_ROWS.contains(&kind.as_str()));
        missing.map(|(_, count)| count).sum()
    }
}

/// A row that was not used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skip {
    /// The physical line, from 1, on which it starts.
    pub line: u64,
    /// The kind of reason, under which it is counted.
    pub kind: &'static str,
    /// Column, value and remedy, in words.
    pub reason: String,
}

/// One of the file's own total rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileTotal {
    /// The physical line, from 1.
    pub line: u64,
    /// What it calls itself, for example `Total: Account`.
    pub label: String,
    /// The currency of its figures; [`Currency::UNKNOWN`] if nobody said.
    pub currency: Currency,
    /// Its figures, as far as they can be read.
    pub sums: Sums,
}

/// Why reading ended early.
#[derive(Debug, thiserror::Error)]
pub enum ReadError<E> {
    /// The file could not be read to its end.
    #[error("the file could not be read to its end ({0}); check the disk and try again")]
    Io(#[from] io::Error),
    /// Whoever took the rows stopped.
    #[error("reading was stopped: {0}")]
    Stopped(E),
}
