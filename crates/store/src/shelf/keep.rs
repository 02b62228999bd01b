//! Records onto the shelf: gathered beside it, then kept together with the source's state.

use duckdb::Connection;
use duckdb::arrow::record_batch::RecordBatch;
use jiff::Timestamp;
use jiff::civil::Date;

use super::row::{EntityRow, FigureRow};
use super::{Shelf, ShelfError, SourceId, StreamId, filled};

/// Rows gathered before they are handed to the engine.
const BATCH: usize = 16_384;

/// What is known of the gathered figures without looking at them: it spares looking through all that is kept.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    days: Option<(Date, Date)>,
    /// Whether a record may replace one of another day.
    may_move: bool,
}

impl Gathered {
    fn add(&mut self, row: &FigureRow<'_>) {
        self.may_move |= !row.day_in_key;
        let (first, last) = self.days.unwrap_or((row.day, row.day));
        self.days = Some((first.min(row.day), last.max(row.day)));
    }

    /// Where rows stand that may be replaced.
    fn place(&self) -> String {
        match self.days.filter(|_| !self.may_move) {
            Some((first, last)) => format!("figure.day BETWEEN DATE '{first}' AND DATE '{last}'"),
            None => "true".to_owned(),
        }
    }
}

impl Shelf {
    /// Gathers a row of figures.
    ///
    /// # Errors
    /// If the engine fails, for example because the disk is full.
    pub fn push_figure(&mut self, row: &FigureRow<'_>) -> Result<(), ShelfError> {
        self.figures.push(row, self.next_seq);
        self.next_seq += 1;
        self.gathered.add(row);
        if self.figures.len() >= BATCH {
            append(&self.connection, "new_figure", self.figures.take()?)?;
        }
        Ok(())
    }

    /// Gathers what is said of an entity.
    ///
    /// # Errors
    /// If the engine fails, for example because the disk is full.
    pub fn push_entity(&mut self, row: &EntityRow<'_>) -> Result<(), ShelfError> {
        self.entities.push(row, self.next_seq);
        self.next_seq += 1;
        if self.entities.len() >= BATCH {
            append(&self.connection, "new_entity", self.entities.take()?)?;
        }
        Ok(())
    }

    /// Keeps what was gathered, where the source is to go on by stream, and which readings of streams will count once they
    /// are read to their end, in one transaction. `captured_at` is when the source was asked.
    ///
    /// # Errors
    /// If the engine fails; then nothing is kept.
    pub fn keep(
        &mut self,
        source: SourceId,
        captured_at: Timestamp,
        states: &[(String, String)],
        announced: &[(StreamId, i64)],
    ) -> Result<(), ShelfError> {
        if self.figures.len() > 0 {
            append(&self.connection, "new_figure", self.figures.take()?)?;
        }
        if self.entities.len() > 0 {
            append(&self.connection, "new_entity", self.entities.take()?)?;
        }
        let sql = filled(include_str!("keep.sql"), source, None, Some(captured_at))
            .replace("$may_move", if self.gathered.may_move { "true" } else { "false" })
            .replace("$place", &self.gathered.place());
        self.transact(|connection| {
            connection.execute_batch(&sql)?;
            for (stream, state) in states {
                connection.execute(
                    "DELETE FROM state WHERE source = ? AND stream = ?",
                    duckdb::params![source, stream],
                )?;
                connection
                    .execute("INSERT INTO state VALUES (?, ?, ?)", duckdb::params![source, stream, state])?;
            }
            for (stream, next) in announced {
                connection
                    .execute("UPDATE stream SET next = ? WHERE stream = ?", duckdb::params![next, stream])?;
            }
            Ok(())
        })?;
        self.connection.execute_batch(include_str!("staging.sql"))?;
        self.gathered = Gathered::default();
        Ok(())
    }

    /// From now on the rows of `generation` are what counts of a stream; those of other readings go.
    ///
    /// # Errors
    /// If the engine fails; then nothing changes.
    pub fn activate(
        &mut self,
        source: SourceId,
        stream: StreamId,
        generation: i64,
        captured_at: Timestamp,
    ) -> Result<(), ShelfError> {
        let due = format!(
            "INSERT INTO due SELECT DISTINCT {source}, f.platform, f.level, f.day, make_timestamp({})
             FROM figure f JOIN stream s USING (stream)
             WHERE f.stream = {stream} AND f.generation IN ({generation}, s.active)",
            captured_at.as_microsecond()
        );
        self.transact(|connection| {
            connection.execute_batch(&format!(
                "{due};
                 DELETE FROM figure WHERE stream = {stream} AND generation <> {generation};
                 UPDATE stream SET active = {generation}, next = NULL WHERE stream = {stream};"
            ))?;
            Ok(())
        })
    }

    /// Drops rows of readings of a stream that do not count, left by a run that was cut off.
    ///
    /// # Errors
    /// If the engine fails.
    pub fn drop_unread(&mut self, stream: StreamId) -> Result<(), ShelfError> {
        self.connection.execute(
            "DELETE FROM figure WHERE stream = ? AND generation <> (SELECT active FROM stream WHERE stream = ?)",
            duckdb::params![stream, stream],
        )?;
        Ok(())
    }
}

fn append(connection: &Connection, table: &str, batch: RecordBatch) -> Result<(), ShelfError> {
    let mut appender = connection.appender_to_catalog_and_db(table, "temp", "main")?;
    appender.append_record_batch(batch)?;
    appender.flush()?;
    Ok(())
}
