//! Records onto the shelf: gathered beside it, then kept together with the source's state.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher, Hash, Hasher, RandomState};

use duckdb::arrow::record_batch::RecordBatch;
use jiff::Timestamp;
use jiff::civil::Date;

use super::about::Abouts;
use super::column::{append, not_arrow};
use super::row::{EntityRow, FigureRow, numbered};
use super::{Shelf, ShelfError, SourceId, StreamId, filled, transact};

/// Rows gathered before they are put into columns, and the text in them, in bytes.
const BATCH: usize = 16_384;
const BATCH_BYTES: usize = 8 << 20;
/// Where the columns of a key stand.
const KEYS: [usize; 4] = [0, 1, 2, 3];
/// Bytes of gathered figures after which they are to be kept.
const MOST_BYTES: usize = 96 << 20;

/// A day of a reading of a stream, on a platform at a level.
type Place = (StreamId, i64, u8, u8, Date);

/// What makes two rows the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct RowKey {
    stream: StreamId,
    generation: i64,
    key: u128,
}

impl Hash for RowKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(u64::from(self.stream) ^ self.generation.cast_unsigned().rotate_left(32));
        state.write_u64((self.key >> 64) as u64);
        state.write_u64(self.key as u64);
    }
}

/// Puts row keys, which are digests already, in their places: one multiplication for each half, begun at a chance that no
/// source knows, so that none can make keys that meet.
#[derive(Debug, Clone)]
struct Seeded(u64);

impl Default for Seeded {
    fn default() -> Self {
        Self(RandomState::new().hash_one(0u8) | 1)
    }
}

impl BuildHasher for Seeded {
    type Hasher = Mix;

    fn build_hasher(&self) -> Mix {
        Mix { seed: self.0, mixed: self.0 }
    }
}

struct Mix {
    seed: u64,
    mixed: u64,
}

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, number: u64) {
        let wide = u128::from(self.mixed ^ number) * u128::from(self.seed);
        self.mixed = (wide >> 64) as u64 ^ wide as u64;
    }

    fn finish(&self) -> u64 {
        self.mixed
    }
}

/// Figures that are not kept yet. A crash leaves nothing of them, nor of the state that follows them.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    batches: Vec<RecordBatch>,
    bytes: usize,
    /// The last row of each key.
    last: HashMap<RowKey, i64, Seeded>,
    /// Rows that a later one of the same key replaces.
    replaced: Vec<i64>,
    /// Where they stand, and where the last one does.
    places: BTreeSet<Place>,
    place: Option<Place>,
    /// Whether a record may replace one of another day.
    may_move: bool,
}

impl Gathered {
    fn add(&mut self, row: &FigureRow<'_>, seq: i64) {
        self.may_move |= !row.day_in_key;
        let key = RowKey { stream: row.stream, generation: row.generation, key: row.key };
        self.replaced.extend(self.last.insert(key, seq));
        let place = (row.stream, row.generation, row.platform.number(), row.level.number(), row.day);
        if self.place != Some(place) {
            self.places.insert(place);
            self.place = Some(place);
        }
    }

    /// Empties it; what it has grown to stays, as it is filled again.
    fn empty(&mut self) {
        self.batches.clear();
        self.bytes = 0;
        self.last.clear();
        self.replaced.clear();
        self.places.clear();
        self.place = None;
        self.may_move = false;
    }

    fn put(&mut self, batch: RecordBatch) {
        self.bytes += batch.get_array_memory_size();
        self.batches.push(batch);
    }

    /// Where rows stand that may be replaced.
    fn bounds(&self) -> String {
        let days = || self.places.iter().map(|(.., day)| day);
        match days().min().zip(days().max()).filter(|_| !self.may_move) {
            Some((first, last)) => format!("figure.day BETWEEN DATE '{first}' AND DATE '{last}'"),
            None => "true".to_owned(),
        }
    }

    /// The days that become due, as rows of a statement.
    fn values(&self) -> String {
        let row = |(stream, generation, platform, level, day): &Place| {
            format!("({stream}, {generation}, {platform}, {level}, DATE '{day}')")
        };
        self.places.iter().map(row).collect::<Vec<_>>().join(", ")
    }
}

impl Shelf {
    /// Gathers a row of figures.
    ///
    /// # Errors
    /// If memory for it can't be had.
    pub fn push_figure(&mut self, row: &FigureRow<'_>) -> Result<(), ShelfError> {
        let about = self.abouts.place(row);
        self.figures.push(row, about, self.next_seq);
        self.gathered.add(row, self.next_seq);
        self.next_seq += 1;
        if self.figures.len() >= BATCH {
            self.gathered.put(self.figures.take()?);
        }
        Ok(())
    }

    /// Whether so much is gathered that it is to be kept, with a state or without.
    pub fn is_full(&self) -> bool {
        self.gathered.bytes + self.abouts.bytes() >= MOST_BYTES
    }

    /// Gathers what is said of an entity.
    ///
    /// # Errors
    /// If the engine fails, for example because the disk is full.
    pub fn push_entity(&mut self, row: &EntityRow<'_>) -> Result<(), ShelfError> {
        self.entities.push(row, self.next_seq);
        self.next_seq += 1;
        if self.entities.len() >= BATCH || self.entities.bytes() >= BATCH_BYTES {
            append(&self.connection, ("temp", "new_entity"), self.entities.take()?)?;
        }
        Ok(())
    }

    /// Hands addresses to the engine, all or where many are gathered.
    pub(super) fn hand_over_addresses(&mut self, all: bool) -> Result<(), ShelfError> {
        let is_large = self.addresses.len() >= BATCH || self.addresses.bytes() >= BATCH_BYTES;
        if is_large || all && self.addresses.len() > 0 {
            self.has_addresses = true;
            append(&self.connection, ("temp", "new_address"), self.addresses.take()?)?;
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
            self.gathered.put(self.figures.take()?);
        }
        if self.entities.len() > 0 {
            append(&self.connection, ("temp", "new_entity"), self.entities.take()?)?;
        }
        self.hand_over_addresses(true)?;
        let has_addresses = std::mem::take(&mut self.has_addresses);
        let gathered = std::mem::take(&mut self.gathered);
        let fill = |sql: &str| {
            filled(sql, source, None, Some(captured_at))
                .replace("$may_move", if gathered.may_move { "true" } else { "false" })
                .replace("$place", &gathered.bounds())
                .replace("$values", &gathered.values())
        };
        let stands: bool = self.connection.query_row(
            &format!("SELECT EXISTS (FROM figure WHERE {})", gathered.bounds()),
            [],
            |row| row.get(0),
        )?;
        let (abouts, next_about) = (&mut self.abouts, &mut self.next_about);
        let kept = transact(&self.connection, |connection| {
            if !gathered.batches.is_empty() {
                let numbers = abouts.keep(connection, next_about)?;
                if stands {
                    for batch in &gathered.batches {
                        let keys = batch.project(&KEYS).map_err(not_arrow)?;
                        append(connection, ("temp", "new_key"), keys)?;
                    }
                    connection.execute_batch(&fill(include_str!("replace.sql")))?;
                }
                for batch in &gathered.batches {
                    append(connection, ("", "figure"), numbered(batch, numbers)?)?;
                }
                connection.execute_batch(&fill(include_str!("due.sql")))?;
                for seqs in gathered.replaced.chunks(BATCH) {
                    let seqs: Vec<String> = seqs.iter().map(i64::to_string).collect();
                    connection
                        .execute_batch(&format!("DELETE FROM figure WHERE seq IN ({})", seqs.join(", ")))?;
                }
            }
            connection.execute_batch(&fill(include_str!("keep.sql")))?;
            if has_addresses {
                connection.execute_batch(include_str!("keep_address.sql"))?;
            }
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
        });
        if kept.is_err() {
            // Numbers may have been given that the file has not.
            self.abouts = Abouts::default();
        }
        kept?;
        self.connection.execute_batch(include_str!("staging.sql"))?;
        self.gathered = gathered;
        self.gathered.empty();
        self.abouts.tidy();
        Ok(())
    }

    /// Says when the source was asked, of all that is due of it.
    ///
    /// # Errors
    /// If the engine fails.
    pub fn set_captured_at(&mut self, source: SourceId, captured_at: Timestamp) -> Result<(), ShelfError> {
        self.connection.execute(
            "UPDATE due SET captured_at = make_timestamp(?) WHERE source = ?",
            duckdb::params![captured_at.as_microsecond(), source],
        )?;
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
        self.abouts = Abouts::default();
        self.transact(|connection| {
            connection.execute_batch(&format!(
                "{due};
                 DELETE FROM figure WHERE stream = {stream} AND generation <> {generation};
                 DELETE FROM about WHERE stream = {stream}
                   AND about NOT IN (SELECT about FROM figure WHERE stream = {stream});
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
