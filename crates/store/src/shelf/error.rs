//! What can go wrong with the shelf, in words that say what to do.

use std::path::PathBuf;

use jiff::civil::Date;

/// An error of the shelf.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// The file can't be opened or written.
    #[error("{} can't be opened: {reason}; check that the folder is writable and has space", path.display())]
    CannotOpen {
        /// The file.
        path: PathBuf,
        /// What the engine says.
        reason: String,
    },
    /// A newer program wrote the file.
    #[error(
        "the records have format {found}, this program knows {known}; install the newer Adroit that wrote them"
    )]
    Newer {
        /// Its format.
        found: i32,
        /// The newest format known here.
        known: i32,
    },
    /// A stored value is outside of what this program knows.
    #[error(
        "the records hold {what} {value}, which this program does not know; they may be damaged or newer"
    )]
    Unknown {
        /// What the value stands for.
        what: &'static str,
        /// The value.
        value: String,
    },
    /// Figures of one entity and day can't be added up.
    #[error(
        "the records of {0} have figures that add up to more than 64 bits hold; look for a damaged number in them"
    )]
    TooMuch(Date),
    /// DuckDB failed.
    #[error("the engine that keeps the records failed: {0}")]
    Engine(#[from] duckdb::Error),
}
