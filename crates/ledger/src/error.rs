//! What can go wrong at the door, in words that say what to do.

use std::path::PathBuf;

use domain::ImportId;

/// An error of the ledger.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The file is not taken in. Nothing was changed.
    #[error("{file_name}: this seems to be {seems}; {remedy}")]
    Refused {
        /// The name of the file.
        file_name: String,
        /// What it seems to be.
        seems: String,
        /// What to do.
        remedy: String,
        /// Whether it is a table that may be read once somebody says which column is what.
        may_be_mapped: bool,
    },
    /// There is no such import in the workspace.
    #[error("there is no import {0} in this workspace; `adroit imports` lists them")]
    NotFound(ImportId),
    /// The file can't be read.
    #[error("{} can't be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The data folder can't be made.
    #[error("the data folder {} can't be made: {source}; choose another with --data", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The facts failed.
    #[error(transparent)]
    Facts(#[from] store::facts::FactsError),
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] store::catalog::CatalogError),
    /// A report can't be written down.
    #[error("the report can't be written down: {0}")]
    Report(#[from] serde_json::Error),
    /// Work in the background ended early.
    #[error("the work was interrupted")]
    Interrupted(#[from] tokio::task::JoinError),
}
