//! Facts: the numbers by day, in one DuckDB file that users may open with any DuckDB client.
//!
//! One writer; many readers, each with a connection of its own. DuckDB lets a reader see a mixture while another
//! connection commits, so a gate of ours is closed around each commit and held open by each reader for its whole read.

mod account;
mod apply;
mod copy;
mod duplicates;
mod error;
mod identity;
mod interrupt;
mod leave;
mod range;
mod rates;
mod renames;
mod rollup;
mod scope;
mod sql;
mod staging;
mod undo;
mod urls;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use duckdb::{Config, Connection};

pub use account::{Account, AccountId, accounts_of};
pub use apply::{Change, Plan};
pub use duplicates::{Duplicate, duplicates_of};
pub use error::FactsError;
pub use identity::{Identity, Names};
pub use interrupt::Interrupt;
pub use leave::LeftFile;
pub use range::RangeComparison;
pub use rates::{RATE_ONE, Rate, RateSource, RatesCompared, rate_sources, rates_compared, rates_within};
pub use renames::{Rename, renames_of};
pub use scope::{KnownScope, KnownSegment, chosen_levels, known_scopes};
pub use sql::{currency_number, currency_of, days_literal};
pub use staging::{RangeFigure, StagedRow, Staging};
pub use urls::{EntityUrl, UrlKind, Urls, urls_of};

/// The number of a campaign, ad group, ad, keyword or search term within a data folder.
pub type EntityId = u32;

/// The format of the facts file that this program writes.
pub const FORMAT: i32 = 2;

/// What leads from each older format to the next, the first from 1 to 2.
const MIGRATIONS: [&str; FORMAT as usize - 1] = [include_str!("migrations/2.sql")];

/// The DuckDB version this program is built for; the file format and the prebuilt library go with it.
pub const ENGINE_VERSION: &str = "v1.5.5";

/// How much of the machine the engine may use.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Memory for the engine's buffers, in MiB. What does not fit is spilled to the data folder.
    pub memory_mib: u32,
    /// Threads for one statement.
    pub threads: u32,
}

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, |cores| cores.get() as u32);
        Self { memory_mib: 1024, threads: cores }
    }
}

/// The facts file of a data folder, open for reading and writing. One process at a time.
pub struct Facts {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Reader>>,
    gate: RwLock<()>,
    changes: AtomicU64,
}

/// A connection that reads, and the state of the facts that its prepared statements were planned for.
struct Reader {
    connection: Connection,
    changes: u64,
}

impl Facts {
    /// Opens or creates the facts file.
    ///
    /// # Errors
    /// If the file is in use by another process, was written by a newer program, is damaged, or can't be written.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, FactsError> {
        let spill = path.with_extension("spill");
        let config = Config::default()
            .max_memory(&format!("{}MiB", limits.memory_mib.max(64)))?
            .threads(i64::from(limits.threads.max(1)))?
            .enable_autoload_extension(false)?
            .with("temp_directory", spill.to_string_lossy())?
            .with("allocator_background_threads", "true")?;
        let writer =
            Connection::open_with_flags(path, config).map_err(|error| FactsError::opening(path, &error))?;
        let found = writer.version()?;
        if found != ENGINE_VERSION {
            return Err(FactsError::WrongEngine { found });
        }
        prepare(&writer, path)?;
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            readers: Mutex::default(),
            gate: RwLock::default(),
            changes: AtomicU64::new(0),
        })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How often the facts have changed since they were opened. Answers computed at the same count are equal.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Runs `read` on a connection of its own while no commit can come between: all its statements see one state. Under an
    /// [`Interrupt`] it can be ended from outside.
    ///
    /// # Errors
    /// What `read` returns, that no connection could be made, or that it was ended.
    pub fn read<T, E: From<FactsError>>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let pooled = locked(&self.readers).pop();
        let Reader { connection, changes } = match pooled {
            Some(reader) => reader,
            None => {
                let connection = locked(&self.writer).try_clone().map_err(FactsError::from)?;
                Reader { connection, changes: self.changes() }
            }
        };
        let open = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        // A plan leaves out what no row of its day could fulfil; when rows have changed it would be wrong.
        let now = self.changes();
        if changes != now {
            connection.flush_prepared_statement_cache();
        }
        let answer = match interrupt::watch(&connection) {
            Ok(_watched) => read(&connection),
            Err(ended) => Err(ended.into()),
        };
        drop(open);
        locked(&self.readers).push(Reader { connection, changes: now });
        answer
    }

    /// Begins to stage an import of figures at `level`; other writers wait until the staging is dropped.
    ///
    /// # Errors
    /// If the engine can't make the staging tables.
    pub fn stage(
        &self,
        workspace: crate::WorkspaceId,
        level: domain::Level,
    ) -> Result<Staging<'_>, FactsError> {
        Staging::begin(self, locked(&self.writer), workspace, level)
    }

    /// Which of `imports` are in the facts: what happened, whatever the catalog believes.
    ///
    /// # Errors
    /// If the engine fails.
    pub fn applied(&self) -> Result<Vec<domain::ImportId>, FactsError> {
        self.read(|connection| {
            let mut statement = connection.prepare("SELECT import FROM applied ORDER BY import")?;
            let imports = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok(imports)
        })
    }

    /// Runs `change` in a transaction of the writer and commits it with the gate closed.
    fn commit<T>(
        &self,
        writer: &Connection,
        change: impl FnOnce(&Connection) -> Result<T, FactsError>,
    ) -> Result<T, FactsError> {
        writer.execute_batch("BEGIN TRANSACTION")?;
        let changed = change(writer).inspect_err(|_| {
            // The first error is the one to report; a failed rollback leaves nothing committed either.
            drop(writer.execute_batch("ROLLBACK"));
        })?;
        let closed = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        writer.execute_batch("COMMIT")?;
        self.changes.fetch_add(1, Ordering::AcqRel);
        drop(closed);
        writer.flush_prepared_statement_cache();
        Ok(changed)
    }
}

/// Tables beside the figures, which came later.
const BESIDE: &str = concat!(
    include_str!("rates.sql"),
    include_str!("renames.sql"),
    include_str!("urls.sql"),
    include_str!("duplicates.sql")
);

/// Makes the tables of a new file, or brings those of an old one to today's format.
fn prepare(connection: &Connection, path: &Path) -> Result<(), FactsError> {
    let tables: i64 = connection.query_row(
        "SELECT count(*) FROM duckdb_tables() WHERE NOT internal AND database_name = current_database()",
        [],
        |row| row.get(0),
    )?;
    if tables == 0 {
        let ddl = include_str!("schema.sql");
        connection.execute_batch(&format!("BEGIN; {ddl} INSERT INTO format VALUES ({FORMAT}); COMMIT;"))?;
        connection.execute_batch(BESIDE)?;
        return Ok(());
    }
    let found: i32 = connection
        .query_row("SELECT max(version) FROM format", [], |row| row.get(0))
        .map_err(|_| FactsError::NotOurs { path: path.to_owned() })?;
    let steps = usize::try_from(found - 1)
        .ok()
        .and_then(|done| MIGRATIONS.get(done..))
        .ok_or_else(|| FactsError::Newer { path: path.to_owned(), found, known: FORMAT })?;
    if !steps.is_empty() {
        let ddl = steps.concat();
        connection.execute_batch(&format!("BEGIN; {ddl} UPDATE format SET version = {FORMAT}; COMMIT;"))?;
    }
    // Older programs of the same format pass it over.
    connection.execute_batch(BESIDE)?;
    Ok(())
}

/// A lock whose holder panicked still guards valid data: connections roll back on their own.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The version of the DuckDB library that is linked.
///
/// # Errors
/// If the engine can't be started at all.
pub fn engine_version() -> Result<String, FactsError> {
    Ok(Connection::open_in_memory()?.version()?)
}
