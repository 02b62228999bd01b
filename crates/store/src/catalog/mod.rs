//! Catalog: who and what, the ledger of imports, plans, saved views, shared links, alerts and people, in one SQLite file.

mod alerts;
mod brands;
mod copy;
mod error;
mod held;
mod imports;
mod leave;
mod logos;
mod mappings;
mod migrations;
mod notes;
mod people;
mod plans;
mod retention;
mod sealed;
mod shared_links;
mod views;
mod workspaces;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Row, SqlitePool};

use self::migrations::MIGRATIONS;
pub use self::people::{
    Accepted, Actor, AuditEntry, AuditError, AuditOf, Grant, Identity, Invitation, MOST_PASSKEYS,
    MOST_SESSIONS, Member, Membership, NewAudit, NewInvitation, NewPerson, NewSession, NewTicket, NewToken,
    Organisation, Passkey, PasskeyIn, PeopleError, Person, PersonRecord, ProviderLink, SessionRecord,
    TicketKind, TicketRecord, TokenRecord,
};
pub use alerts::{
    Alert, AlertChange, AlertChannel, AlertError, AlertState, ChannelKind, ChannelSecret, DueNotice,
    KeptRule, MOST_RULES, NewChannel, NoticeOf, NoticeOutcome, OpenAlert, Told,
};
pub use brands::Brand;
pub use error::CatalogError;
pub use imports::{FileTotal, FileTotals, ImportEntry, ImportState, NewImport};
pub use logos::Logo;
pub use mappings::{KeptMapping, MappingRecord};
pub use notes::{MOST_NOTES, NewNote, Note, NoteError};
pub use plans::{Plan, PlanChange, PlanError, PlanId, PlanState, PlanWrite, WrittenPlans};
pub use retention::{AuditStart, Keeping, Retention};
pub use sealed::second_factor_of;
pub use shared_links::{MOST_SHARED_LINKS, NewSharedLink, Opens, SharedLink, SharedLinkError};
pub use views::{MOST_VIEWS, SavedView, ViewError};
pub use workspaces::{HOST, SERVER, Workspace};

/// Connections that only read.
const READERS: u32 = 4;

/// How long a statement waits for another process that writes, a backup for example.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the log in front of the file is cut back to once its pages are in the file, in bytes.
const LOG_BYTES: u32 = 4 << 20;

/// The catalog of a data folder: one connection writes, others read beside it what was committed before.
#[derive(Debug, Clone)]
pub struct Catalog {
    path: PathBuf,
    writer: SqlitePool,
    readers: SqlitePool,
    held: Arc<held::Held>,
    sealing: sealed::Sealing,
    people: Arc<AtomicU64>,
    shared_links: Arc<AtomicU64>,
    statements: Arc<AtomicU64>,
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
            .busy_timeout(PATIENCE)
            .pragma("journal_size_limit", LOG_BYTES.to_string())
            // What was erased or sealed is not to be found in the file any more.
            .pragma("secure_delete", "ON");
        let opening = |source| CatalogError::CannotOpen { path: path.to_owned(), source };
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await;
        let writer = writer.map_err(opening)?;
        MIGRATIONS.run(&writer).await.map_err(|error| match error {
            sqlx::migrate::MigrateError::VersionMissing(version)
            | sqlx::migrate::MigrateError::VersionTooNew(version, _) => {
                CatalogError::Newer { path: path.to_owned(), version }
            }
            other => CatalogError::Migration { path: path.to_owned(), source: other },
        })?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_lazy_with(options.create_if_missing(false).pragma("query_only", "ON"));
        Ok(Self {
            path: path.to_owned(),
            writer,
            readers,
            held: Arc::default(),
            sealing: Arc::default(),
            people: Arc::default(),
            shared_links: Arc::default(),
            statements: Arc::default(),
        })
    }

    /// How many statements were run since the catalog was opened.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Where a statement reads.
    fn reading(&self) -> &SqlitePool {
        self.statements.fetch_add(1, Ordering::Relaxed);
        &self.readers
    }

    /// Where a statement writes.
    fn writing(&self) -> &SqlitePool {
        self.statements.fetch_add(1, Ordering::Relaxed);
        &self.writer
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
        sqlx::query("SELECT 1").execute(self.reading()).await?;
        Ok(())
    }

    /// The version of the tables, and the one that this program needs.
    ///
    /// # Errors
    /// If the catalog does not answer.
    pub async fn version(&self) -> Result<(i64, i64), CatalogError> {
        let row = sqlx::query("SELECT max(version) AS version FROM _sqlx_migrations")
            .fetch_one(self.reading())
            .await?;
        let wanted = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
        Ok((row.try_get("version")?, wanted))
    }

    /// Writes what is in the log to the file and closes it.
    pub async fn close(&self) {
        // The writer last: the last connection to close puts what is in the log into the file.
        self.readers.close().await;
        self.writer.close().await;
    }
}
