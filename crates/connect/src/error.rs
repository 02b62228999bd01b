//! What can go wrong with records and their sources, in words that say what to do.

use std::path::PathBuf;

use ledger::LedgerError;
use store::shelf::ShelfError;

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// A folder or file can't be read.
    #[error("{} can't be read: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A table can't be read to its end.
    #[error("{}, line {line}: {why}; export the table again", path.display())]
    BadTable {
        /// The table's file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        why: String,
    },
    /// A folder has no table that is known.
    #[error("{} has no table of an ad platform: {why}", path.display())]
    NoTables {
        /// The folder.
        path: PathBuf,
        /// What is there instead, and what would be needed.
        why: String,
    },
    /// A source can't be run as it is described, or did not do what it should.
    #[error("{0}")]
    Source(String),
    /// The shelf failed.
    #[error(transparent)]
    Shelf(ShelfError),
    /// The ledger failed.
    #[error(transparent)]
    Ledger(LedgerError),
    /// A report can't be written down.
    #[error("the report can't be written down: {0}")]
    Report(#[from] serde_json::Error),
}
