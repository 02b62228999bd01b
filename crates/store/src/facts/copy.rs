//! A copy of everything, while readers read on and writers wait.

use std::path::Path;

use duckdb::Connection;

use super::{Facts, FactsError, locked};

impl Facts {
    /// Writes a copy of the facts to `path`, where nothing may be, and runs `beside` while nothing can change them: what it
    /// copies elsewhere is of the same state.
    ///
    /// # Errors
    /// If the engine can't write the copy, or `beside` fails.
    pub fn copy<E: From<FactsError>>(
        &self,
        path: &Path,
        beside: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        let writer = locked(&self.writer);
        copied(&writer, path)?;
        beside()
    }
}

fn copied(writer: &Connection, path: &Path) -> Result<(), FactsError> {
    let own: String = writer.query_row("SELECT current_database()", [], |row| row.get(0))?;
    let (own, path) = (own.replace('"', "\"\""), path.to_string_lossy().replace('\'', "''"));
    writer.execute_batch(&format!("ATTACH '{path}' AS copied"))?;
    let done = writer.execute_batch(&format!("COPY FROM DATABASE \"{own}\" TO copied"));
    let closed = writer.execute_batch("DETACH copied");
    Ok(done.and(closed)?)
}
