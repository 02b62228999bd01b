//! The memory of what was measured: ten seconds, five minutes and hours, in a SQLite file of its own.
//!
//! Ten seconds become five minutes, and these hours, by adding up; nothing is thinned out. How much is kept is a number of rows,
//! not an age, so that a clock that jumps ahead deletes nothing.

mod failures;
mod read;
mod roll;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Row, SqlStr, SqliteConnection, SqlitePool};

use crate::measured::{Measured, Written};
use crate::series::Series;

pub use read::Piece;

/// How long a statement waits for another process that reads the file, a backup for example.
const PATIENCE: Duration = Duration::from_secs(2);
/// What the log in front of the file is cut back to, in bytes.
const LOG_BYTES: u32 = 1 << 20;
/// Series whose rows were written by programs that measured something else are known up to this many.
const MOST_SERIES: i64 = 10_000;

/// For how long one row stands, and how many of them are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// Seconds that a row stands for.
    pub seconds: i64,
    /// Rows that are kept.
    pub kept: i64,
}

/// Ten seconds for a day, five minutes for 90 days, hours for 90 days (to read long times quickly).
pub const LENGTHS: [Length; 3] = [
    Length { seconds: 10, kept: 24 * 360 },
    Length { seconds: 300, kept: 90 * 288 },
    Length { seconds: 3600, kept: 90 * 24 },
];

/// What can go wrong with the memory.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The file can't be opened.
    #[error("{} can't be opened; move it away and a new one is begun", path.display())]
    CannotOpen {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: sqlx::Error,
    },
    /// The tables could not be brought up to date.
    #[error("the tables of {} could not be brought up to date; install the Adroit that wrote it, or move it away", path.display())]
    Migration {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: sqlx::migrate::MigrateError,
    },
    /// SQLite failed.
    #[error("the memory of what was measured failed")]
    Sqlite(#[from] sqlx::Error),
    /// A row can't be written or read.
    #[error("a row of what was measured can't be written down")]
    Row(#[from] postcard::Error),
}

/// What makes the file what it is. It is never changed once released: its digest is in every file.
fn migrator() -> Migrator {
    let sql = SqlStr::from_static(include_str!("migrations/0001_ticks_and_errors.sql"));
    let first = Migration::new(1, "ticks and errors".into(), MigrationType::Simple, sql, false);
    Migrator::with_migrations(vec![first])
}

/// The memory.
#[derive(Debug)]
pub(crate) struct Memory {
    writer: SqlitePool,
    readers: SqlitePool,
    names: Mutex<Names>,
    /// The end of the newest row of ten seconds, as Unix time; 0 for none.
    last: AtomicI64,
    lost: AtomicU64,
}

/// The numbers of series.
#[derive(Debug, Default)]
struct Names {
    ids: HashMap<Series, u32>,
    series: HashMap<u32, Series>,
}

impl Memory {
    pub async fn open(path: &Path) -> Result<Self, WatchError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A crash of the machine may cost the last seconds, never the file.
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .pragma("journal_size_limit", LOG_BYTES.to_string());
        let opening = |source| WatchError::CannotOpen { path: path.to_owned(), source };
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await;
        let writer = writer.map_err(opening)?;
        let migrated = migrator().run(&writer).await;
        migrated.map_err(|source| WatchError::Migration { path: path.to_owned(), source })?;
        let readers = SqlitePoolOptions::new()
            .max_connections(2)
            .connect_lazy_with(options.create_if_missing(false).pragma("query_only", "ON"));
        let rows = sqlx::query("SELECT id, text FROM series ORDER BY id LIMIT ?")
            .bind(MOST_SERIES)
            .fetch_all(&writer)
            .await?;
        let mut names = Names::default();
        for row in rows {
            names.learn(row.try_get("id")?, Series::read(row.try_get("text")?));
        }
        let newest: Option<i64> = sqlx::query("SELECT max(at) AS at FROM tick WHERE seconds = 10")
            .fetch_one(&writer)
            .await?
            .try_get("at")?;
        let last = AtomicI64::new(newest.map_or(0, |at| at + LENGTHS[0].seconds));
        Ok(Self { writer, readers, names: Mutex::new(names), last, lost: AtomicU64::new(0) })
    }

    /// Writes down what was measured in the `covered` time before `now`, and adds up what is whole.
    pub async fn keep(
        &self,
        now: Timestamp,
        covered: Duration,
        measured: Measured,
    ) -> Result<(), WatchError> {
        let kept = self.write(now.as_second(), covered, measured).await;
        if kept.is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        kept
    }

    async fn write(&self, now: i64, covered: Duration, measured: Measured) -> Result<(), WatchError> {
        let seconds = LENGTHS[0].seconds;
        // What came until just after a multiple belongs to the seconds before it.
        let at = (now - 1).div_euclid(seconds) * seconds;
        let mut transaction = self.writer.begin().await?;
        let begun = self.number_all(&mut transaction, &measured).await?;
        let written = async {
            self.add_row(&mut transaction, seconds, at, covered, measured).await?;
            if self.is_due(&mut transaction, at).await? {
                self.roll_up(&mut transaction, at).await?;
            }
            Ok::<_, WatchError>(transaction.commit().await?)
        };
        if let Err(error) = written.await {
            // Their numbers are not in the file.
            self.names().forget(&begun);
            return Err(error);
        }
        self.last.store(at + seconds, Ordering::Relaxed);
        Ok(())
    }

    /// Gives numbers to series that have none yet.
    async fn number_all(
        &self,
        tables: &mut SqliteConnection,
        measured: &Measured,
    ) -> Result<Vec<(u32, Series)>, WatchError> {
        let new: Vec<Series> = {
            let names = self.names();
            let all = measured.counters.keys().chain(measured.gauges.keys()).chain(measured.spreads.keys());
            all.filter(|series| !names.ids.contains_key(*series)).cloned().collect()
        };
        let mut begun = Vec::new();
        for series in new {
            let id: i64 = sqlx::query(
                "INSERT INTO series (text) VALUES (?) ON CONFLICT DO UPDATE SET text = text RETURNING id",
            )
            .bind(series.as_str())
            .fetch_one(&mut *tables)
            .await?
            .try_get("id")?;
            begun.extend(u32::try_from(id).ok().map(|id| (id, series)));
        }
        let mut names = self.names();
        for (id, series) in &begun {
            names.learn(*id, series.clone());
        }
        Ok(begun)
    }

    fn names(&self) -> MutexGuard<'_, Names> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn written(&self, measured: &Measured) -> Written {
        let names = self.names();
        Written::of(measured, |series| names.ids.get(series).copied())
    }

    pub fn last_kept(&self) -> Option<Timestamp> {
        let last = self.last.load(Ordering::Relaxed);
        (last > 0).then(|| Timestamp::from_second(last).ok()).flatten()
    }

    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

impl Names {
    fn learn(&mut self, id: u32, series: Series) {
        self.ids.insert(series.clone(), id);
        self.series.insert(id, series);
    }

    fn forget(&mut self, begun: &[(u32, Series)]) {
        for (id, series) in begun {
            self.ids.remove(series);
            self.series.remove(id);
        }
    }
}
