//! Shelf: records of sources by their keys, kept until they are handed to the ledger, in one DuckDB file.
//!
//! The ledger replaces whole days; a source sends single rows again, with no word of the day's others. The shelf stands
//! between: rows are put in their places by key, and each day that changed is handed over as a whole. Records, the source's
//! state and the list of days that are due are written in one transaction, so that neither a state without its records nor
//! a day that is forgotten can be left behind. What is due is handed over as often as it takes: that changes nothing twice.

mod about;
mod address;
mod column;
mod error;
mod keep;
mod ready;
mod row;
mod sources;
mod together;

use std::path::Path;

use domain::{Level, Platform};
use duckdb::{Config, Connection};
use jiff::Timestamp;

pub use address::{AddressRow, Lead};
pub use error::ShelfError;
pub use ready::{DueScope, ReadyAccount, ReadyRow};
pub use row::{Choice, EntityRow, FigureRow, Word, Words};
pub use sources::{KeptRun, KeptSource};

use crate::WorkspaceId;
use crate::facts::Limits;

/// The number of a source within a data folder.
pub type SourceId = u32;
/// The number of a stream within a data folder.
pub type StreamId = u32;

/// The format of the file that this program writes.
const FORMAT: i32 = 2;

/// What leads from each older format to the next, the first from 1 to 2.
const MIGRATIONS: [&str; FORMAT as usize - 1] = [include_str!("migrations/2.sql")];

/// The shelf of a data folder, open for reading and writing. One at a time.
pub struct Shelf {
    connection: Connection,
    figures: row::FigureBatch,
    abouts: about::Abouts,
    next_about: u32,
    entities: row::EntityBatch,
    addresses: address::AddressBatch,
    /// Whether addresses wait to be kept.
    has_addresses: bool,
    next_seq: i64,
    gathered: keep::Gathered,
}

impl Shelf {
    /// Opens or creates the file.
    ///
    /// # Errors
    /// If it can't be opened or written, or was written by a newer program.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, ShelfError> {
        let opened = Connection::open_with_flags(path, config(limits, &path.with_extension("spill"))?);
        let connection = opened
            .map_err(|error| ShelfError::CannotOpen { path: path.to_owned(), reason: error.to_string() })?;
        Self::prepared(connection)
    }

    /// A shelf that is gone when it is dropped; what does not fit into memory is spilled to `folder`.
    ///
    /// # Errors
    /// If the engine can't be started.
    pub fn temporary(folder: &Path, limits: &Limits) -> Result<Self, ShelfError> {
        Self::prepared(Connection::open_in_memory_with_flags(config(limits, folder)?)?)
    }

    fn prepared(connection: Connection) -> Result<Self, ShelfError> {
        let tables: i64 = connection.query_row(
            "SELECT count(*) FROM duckdb_tables() WHERE NOT internal AND database_name = current_database()",
            [],
            |row| row.get(0),
        )?;
        if tables == 0 {
            let ddl = include_str!("schema.sql");
            connection
                .execute_batch(&format!("BEGIN; {ddl} INSERT INTO format VALUES ({FORMAT}); COMMIT;"))?;
        }
        let found: i32 = connection.query_row("SELECT max(version) FROM format", [], |row| row.get(0))?;
        if !(1..=FORMAT).contains(&found) {
            return Err(ShelfError::Newer { found, known: FORMAT });
        }
        for migration in &MIGRATIONS[found as usize - 1..] {
            connection.execute_batch(&format!("BEGIN; {migration} COMMIT;"))?;
        }
        connection.execute_batch(include_str!("staging.sql"))?;
        let next_seq = connection.query_row(
            "SELECT coalesce(greatest((SELECT max(seq) FROM figure), (SELECT max(seq) FROM entity),
                              (SELECT max(seq) FROM address)), 0) + 1",
            [],
            |row| row.get(0),
        )?;
        let next_about =
            connection.query_row("SELECT coalesce(max(about), 0) + 1 FROM about", [], |row| row.get(0))?;
        Ok(Self {
            connection,
            figures: row::FigureBatch::default(),
            abouts: about::Abouts::default(),
            next_about,
            entities: row::EntityBatch::default(),
            addresses: address::AddressBatch::default(),
            has_addresses: false,
            next_seq,
            gathered: keep::Gathered::default(),
        })
    }

    /// Runs `change` in a transaction.
    fn transact<T>(
        &self,
        change: impl FnOnce(&Connection) -> Result<T, ShelfError>,
    ) -> Result<T, ShelfError> {
        transact(&self.connection, change)
    }
}

/// Runs `change` in a transaction.
fn transact<T>(
    connection: &Connection,
    change: impl FnOnce(&Connection) -> Result<T, ShelfError>,
) -> Result<T, ShelfError> {
    connection.execute_batch("BEGIN TRANSACTION")?;
    let changed = change(connection).inspect_err(|_| {
        // The first error is the one to report; a failed rollback leaves nothing committed either.
        drop(connection.execute_batch("ROLLBACK"));
    })?;
    connection.execute_batch("COMMIT")?;
    Ok(changed)
}

fn config(limits: &Limits, spill: &Path) -> Result<Config, ShelfError> {
    Ok(Config::default()
        .max_memory(&format!("{}MiB", limits.memory_mib.max(64)))?
        .threads(i64::from(limits.threads.max(1)))?
        .enable_autoload_extension(false)?
        .with("preserve_insertion_order", "true")?
        .with("temp_directory", spill.to_string_lossy())?)
}

/// A statement file with its numbers filled in. Only numbers and times that we format ourselves are put into a text.
fn filled(sql: &str, source: SourceId, scope: Option<(Platform, Level)>, at: Option<Timestamp>) -> String {
    let mut sql = sql.replace("$source", &source.to_string());
    if let Some((platform, level)) = scope {
        sql = sql
            .replace("$platform", &platform.number().to_string())
            .replace("$level", &level.number().to_string());
    }
    match at {
        Some(at) => sql.replace("$captured_at", &format!("make_timestamp({})", at.as_microsecond())),
        None => sql,
    }
}

/// The source of this name, made if there is none.
fn source_named(
    connection: &Connection,
    workspace: WorkspaceId,
    name: &str,
) -> Result<Option<SourceId>, ShelfError> {
    let mut statement =
        connection.prepare_cached("SELECT source FROM source WHERE workspace = ? AND name = ?")?;
    let mut rows = statement.query(duckdb::params![workspace, name])?;
    Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
}
