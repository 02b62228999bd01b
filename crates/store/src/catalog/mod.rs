//! Catalog: who and what, the ledger of imports, plans and saved views, in one SQLite file.

mod error;
mod held;
mod imports;
mod mappings;
mod plans;
mod views;
mod workspaces;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

pub use error::CatalogError;
pub use imports::{ImportEntry, ImportState, NewImport};
pub use mappings::KeptMapping;
pub use plans::{Plan, PlanChange, PlanError, PlanId, PlanState, PlanWrite, WrittenPlans};
pub use views::{MOST_VIEWS, SavedView, ViewError};
pub use workspaces::Workspace;

/// The catalog of a data folder.
#[derive(Debug, Clone)]
pub struct Catalog {
    path: PathBuf,
    pool: SqlitePool,
    held: Arc<held::Held>,
}

impl Catalog {
    /// Opens or creates the catalog and brings its tables up to date.
    ///
    /// # Errors
    /// If the file can't be opened or written, or was written by a newer program.
    pub async fn open(path: &Path) -> Result<Self, CatalogError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(std::time::Duration::from_secs(5));
        let opening = |source| CatalogError::CannotOpen { path: path.to_owned(), source };
        let pool =
            SqlitePoolOptions::new().max_connections(4).connect_with(options).await.map_err(opening)?;
        sqlx::migrate!("src/catalog/migrations").run(&pool).await.map_err(|error| match error {
            sqlx::migrate::MigrateError::VersionMissing(version)
            | sqlx::migrate::MigrateError::VersionTooNew(version, _) => {
                CatalogError::Newer { path: path.to_owned(), version }
            }
            other => CatalogError::Migration { path: path.to_owned(), source: other },
        })?;
        Ok(Self { path: path.to_owned(), pool, held: Arc::default() })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the catalog answers.
    ///
    /// # Errors
    /// If it does not.
    pub async fn ping(&self) -> Result<(), CatalogError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Writes what is in the log to the file and closes it.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
