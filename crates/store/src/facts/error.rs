//! What can go wrong with the facts file, in words that say what to do.

use std::path::{Path, PathBuf};

/// An error of the facts store.
#[derive(Debug, thiserror::Error)]
pub enum FactsError {
    /// Another process has the file open.
    #[error("{} is in use by another program; close it (a DuckDB shell, a second server) and try again", path.display())]
    InUse {
        /// The facts file.
        path: PathBuf,
    },
    /// A newer program wrote the file.
    #[error("{} has format {found}, this program knows {known}; install the newer Adroit that wrote it", path.display())]
    Newer {
        /// The facts file.
        path: PathBuf,
        /// Its format.
        found: i32,
        /// The newest format known here.
        known: i32,
    },
    /// The file is not a facts file.
    #[error("{} is not a facts file of Adroit, or is damaged; restore it from a backup or move it away", path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// The linked DuckDB is not the one that this program was made for.
    #[error(
        "the DuckDB library is {found}, but {} is needed; put the right libduckdb beside the program or unset LD_LIBRARY_PATH",
        super::ENGINE_VERSION
    )]
    WrongEngine {
        /// The version that was found.
        found: String,
    },
    /// The file can't be opened or written.
    #[error("{} can't be opened: {reason}; check that the folder exists, is writable and has space", path.display())]
    CannotOpen {
        /// The facts file.
        path: PathBuf,
        /// What the engine says.
        reason: String,
    },
    /// A file names more accounts than one file has in earnest.
    #[error("the file names more than {0} accounts; is the account column really one?")]
    TooManyAccounts(usize),
    /// A stored number is outside of what this program knows.
    #[error(
        "the facts file holds {what} {number}, which this program does not know; it may be damaged or newer"
    )]
    UnknownNumber {
        /// What the number stands for.
        what: &'static str,
        /// The number.
        number: i64,
    },
    /// Whoever asked has left.
    #[error("the question was given up before it was answered")]
    Ended,
    /// There is no space left for what the engine has to write.
    #[error("the disk of the data folder is full; make room and try again")]
    DiskFull,
    /// The engine failed.
    #[error("the facts engine failed: {0}")]
    Engine(#[source] duckdb::Error),
}

impl From<duckdb::Error> for FactsError {
    fn from(error: duckdb::Error) -> Self {
        let says = error.to_string();
        let is_full =
            ["No space left", "disk full", "max_temp_directory_size"].iter().any(|sign| says.contains(sign));
        if is_full { Self::DiskFull } else { Self::Engine(error) }
    }
}

impl FactsError {
    /// What the engine's words on opening mean.
    pub(super) fn opening(path: &Path, error: &duckdb::Error) -> Self {
        let reason = error.to_string();
        let path = path.to_owned();
        if reason.contains("Could not set lock") || reason.contains("Conflicting lock") {
            Self::InUse { path }
        } else if reason.contains("newer version") || reason.contains("version number") {
            Self::Newer { path, found: -1, known: super::FORMAT }
        } else if reason.contains("not a valid DuckDB") || reason.contains("Corrupt") {
            Self::NotOurs { path }
        } else {
            Self::CannotOpen { path, reason }
        }
    }
}
