//! What can go wrong with the catalog, in words that say what to do.

use std::path::PathBuf;

/// An error of the catalog.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The file can't be opened.
    #[error("{} can't be opened; check that the folder exists, is writable and has space", path.display())]
    CannotOpen {
        /// The catalog file.
        path: PathBuf,
        /// What SQLite says.
        source: sqlx::Error,
    },
    /// A newer program wrote the file.
    #[error("{} has tables of version {version}, newer than this program; install the Adroit that wrote it", path.display())]
    Newer {
        /// The catalog file.
        path: PathBuf,
        /// Its version.
        version: i64,
    },
    /// The tables could not be brought up to date.
    #[error("the tables of {} could not be brought up to date", path.display())]
    Migration {
        /// The catalog file.
        path: PathBuf,
        /// What went wrong.
        source: sqlx::migrate::MigrateError,
    },
    /// A stored value is outside of what this program knows.
    #[error(
        "the catalog holds {what} '{value}', which this program does not know; it may be damaged or newer"
    )]
    UnknownValue {
        /// What the value stands for.
        what: &'static str,
        /// The value.
        value: String,
    },
    /// A secret is sealed, and this process was not given the key.
    #[error("a secret is sealed; only a running server, which has the key, can read it")]
    NoKey,
    /// A secret can't be opened.
    #[error("a sealed secret can't be read")]
    Sealed(#[from] people::SealError),
    /// SQLite failed.
    #[error("the catalog failed")]
    Sqlite(#[from] sqlx::Error),
}
