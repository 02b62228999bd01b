//! The one door data comes in by: import, dry run, undo, and what is settled after a crash.
//!
//! A file is read, checked and staged first. Then the ledger row is written as pending, one transaction changes the facts and
//! notes the import as applied, and the ledger row becomes committed. Whatever a crash leaves is settled by what was applied.

mod contents;
mod copy;
mod duplicates;
mod error;
mod import;
mod intake;
mod rates;
mod renames;
mod report;
mod rows;
mod undo;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use store::facts::Limits;
use store::{Catalog, Facts};

pub use contents::Taken;
pub use error::LedgerError;
pub use import::{ImportRequest, Progress, Stage};
pub use report::{Days, FileTotalLine, ImportReport, ReportSums, RowCounts, SkipLine};
pub use rows::{RowsAccount, RowsRequest};
pub use undo::Undone;

/// The ledger of a data folder. Cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    folder: Arc<PathBuf>,
    facts: Arc<Facts>,
    catalog: Catalog,
}

impl Ledger {
    /// Opens or creates the data folder's two stores and settles what a crash left between them.
    ///
    /// # Errors
    /// If the folder or one of the stores can't be opened or written.
    pub async fn open(folder: &Path, limits: Limits) -> Result<Self, LedgerError> {
        std::fs::create_dir_all(folder)
            .map_err(|source| LedgerError::Folder { folder: folder.to_owned(), source })?;
        let path = folder.join("facts.duckdb");
        let facts = tokio::task::spawn_blocking(move || Facts::open(&path, &limits)).await??;
        let catalog = Catalog::open(&folder.join("catalog.sqlite")).await?;
        let settled = catalog.settle(&facts.applied()?).await?;
        contents::tidy(folder);
        if !settled.is_empty() {
            tracing::warn!(imports = ?settled, "settled imports that were interrupted");
        }
        Ok(Self { folder: Arc::new(folder.to_owned()), facts: Arc::new(facts), catalog })
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The facts.
    pub fn facts(&self) -> &Arc<Facts> {
        &self.facts
    }

    /// The catalog.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }
}
