//! Sources and their streams, states and runs.

use domain::Currency;
use duckdb::params;
use jiff::Timestamp;

use super::{Shelf, ShelfError, SourceId, StreamId, source_named};
use crate::WorkspaceId;

/// How many runs of a source are remembered.
const RUNS: u32 = 20;

/// A source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSource {
    /// Its number.
    pub source: SourceId,
    /// Its name.
    pub name: String,
    /// How to run it, as JSON; `None` if its records come by standard input.
    pub definition: Option<String>,
    /// Its last run.
    pub last_run: Option<KeptRun>,
}

/// A run that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRun {
    /// When it ended.
    pub ended_at: Timestamp,
    /// What came of it, as JSON.
    pub report: String,
}

impl Shelf {
    /// The source of this name, made if there is none.
    ///
    /// # Errors
    /// If the engine fails.
    pub fn source(&mut self, workspace: WorkspaceId, name: &str) -> Result<SourceId, ShelfError> {
        if let Some(source) = source_named(&self.connection, workspace, name)? {
            return Ok(source);
        }
        let next: SourceId =
            self.connection
                .query_row("SELECT coalesce(max(source), 0) + 1 FROM source", [], |row| row.get(0))?;
        self.connection
            .execute("INSERT INTO source VALUES (?, ?, ?, NULL, NULL)", params![next, workspace, name])?;
        Ok(next)
    }

    /// Says how a source is run.
    ///
    /// # Errors
    /// If the engine fails.
    pub fn define(&mut self, source: SourceId, definition: &str) -> Result<(), ShelfError> {
        self.connection
            .execute("UPDATE source SET definition = ? WHERE source = ?", params![definition, source])?;
        Ok(())
    }

    /// Says what the money of accounts is counted in whose currency no record names.
    ///
    /// # Errors
    /// If the engine fails.
    pub fn set_currency(&mut self, source: SourceId, currency: Currency) -> Result<(), ShelfError> {
        self.connection
            .execute("UPDATE source SET currency = ? WHERE source = ?", params![currency.code(), source])?;
        Ok(())
    }

    /// All sources of a workspace, by name.
    ///
    /// # Errors
    /// If the engine fails.
    pub fn sources(&self, workspace: WorkspaceId) -> Result<Vec<KeptSource>, ShelfError> {
        let mut statement = self.connection.prepare(
            "SELECT s.source, s.name, s.definition, epoch_us(r.ended_at), r.report
             FROM source s LEFT JOIN (SELECT DISTINCT ON (source) * FROM run ORDER BY source, ended_at DESC) r USING (source)
             WHERE s.workspace = ? ORDER BY s.name",
        )?;
        let mut rows = statement.query(params![workspace])?;
        let mut sources = Vec::new();
        while let Some(row) = rows.next()? {
            let ended: Option<i64> = row.get(3)?;
            let report: Option<String> = row.get(4)?;
            let last_run = ended.zip(report).and_then(|(at, report)| {
                Some(KeptRun { ended_at: Timestamp::from_microsecond(at).ok()?, report })
            });
            sources.push(KeptSource {
                source: row.get(0)?,
                name: row.get(1)?,
                definition: row.get(2)?,
                last_run,
            });
        }
        Ok(sources)
    }

    /// Notes what came of a run.
    ///
    /// # Errors
    /// If the engine fails.
    pub fn note_run(&mut self, source: SourceId, report: &str) -> Result<(), ShelfError> {
        let now = Timestamp::now().as_microsecond();
        self.transact(|connection| {
            connection
                .execute("INSERT INTO run VALUES (?, make_timestamp(?), ?)", params![source, now, report])?;
            connection.execute_batch(&format!(
                "DELETE FROM run WHERE source = {source} AND ended_at NOT IN
                 (SELECT ended_at FROM run WHERE source = {source} ORDER BY ended_at DESC LIMIT {RUNS})"
            ))?;
            Ok(())
        })
    }

    /// The stream of this name, made if there is none, and the reading of it that counts.
    ///
    /// # Errors
    /// If the engine fails.
    pub fn stream(&mut self, source: SourceId, name: &str) -> Result<(StreamId, i64), ShelfError> {
        let known = {
            let mut statement = self
                .connection
                .prepare_cached("SELECT stream, active FROM stream WHERE source = ? AND name = ?")?;
            let mut rows = statement.query(params![source, name])?;
            match rows.next()? {
                Some(row) => Some((row.get(0)?, row.get(1)?)),
                None => None,
            }
        };
        if let Some(known) = known {
            return Ok(known);
        }
        let next: StreamId =
            self.connection
                .query_row("SELECT coalesce(max(stream), 0) + 1 FROM stream", [], |row| row.get(0))?;
        self.connection
            .execute("INSERT INTO stream VALUES (?, ?, ?, 0, NULL)", params![next, source, name])?;
        Ok((next, 0))
    }

    /// The readings of a source's streams that will count once they are read to their end.
    ///
    /// # Errors
    /// If the engine fails.
    pub fn announced(&self, source: SourceId) -> Result<Vec<(StreamId, i64)>, ShelfError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT stream, next FROM stream WHERE source = ? AND next IS NOT NULL AND next <> active",
        )?;
        let mut rows = statement.query(params![source])?;
        let mut announced = Vec::new();
        while let Some(row) = rows.next()? {
            announced.push((row.get(0)?, row.get(1)?));
        }
        Ok(announced)
    }

    /// Forgets where a source is to go on, so that it begins anew.
    ///
    /// # Errors
    /// If the engine fails.
    pub fn forget_states(&mut self, source: SourceId) -> Result<(), ShelfError> {
        self.connection.execute("DELETE FROM state WHERE source = ?", params![source])?;
        Ok(())
    }

    /// Where a source is to go on, by stream; '' is the whole source's.
    ///
    /// # Errors
    /// If the engine fails.
    pub fn states(&self, source: SourceId) -> Result<Vec<(String, String)>, ShelfError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT stream, state FROM state WHERE source = ? ORDER BY stream")?;
        let mut rows = statement.query(params![source])?;
        let mut states = Vec::new();
        while let Some(row) = rows.next()? {
            states.push((row.get(0)?, row.get(1)?));
        }
        Ok(states)
    }
}
