//! Writing rows, and adding up those that are whole into longer ones.

use std::time::Duration;

use sqlx::{Row, SqliteConnection};

use super::{LENGTHS, Memory, WatchError};
use crate::measured::{Measured, Written};

impl Memory {
    /// Writes a row, or adds to the one that stands there because the clock went back.
    pub(super) async fn add_row(
        &self,
        tables: &mut SqliteConnection,
        seconds: i64,
        at: i64,
        covered: Duration,
        mut measured: Measured,
    ) -> Result<(), WatchError> {
        let before = sqlx::query("SELECT covered_millis, body FROM tick WHERE seconds = ? AND at = ?")
            .bind(seconds)
            .bind(at)
            .fetch_optional(&mut *tables)
            .await?;
        // What was written is no gap, however soon after the last it came.
        let mut covered_millis = i64::try_from(covered.as_millis()).unwrap_or(i64::MAX).max(1);
        if let Some(before) = before {
            let mut both = Measured::default();
            self.read_body(&mut both, before.try_get("body")?, &|_| true)?;
            both.add(measured);
            measured = both;
            covered_millis = covered_millis.saturating_add(before.try_get("covered_millis")?);
        }
        let body = postcard::to_allocvec(&self.written(&measured))?;
        sqlx::query(
            "INSERT INTO tick (seconds, at, covered_millis, body) VALUES (?, ?, ?, ?)
             ON CONFLICT (seconds, at) DO UPDATE SET covered_millis = excluded.covered_millis, body = excluded.body",
        )
        .bind(seconds)
        .bind(at)
        // A row covers no more than its own time.
        .bind(covered_millis.min(seconds * 1000))
        .bind(body)
        .execute(tables)
        .await?;
        Ok(())
    }

    /// Whether a longer row may have become whole: with the first row of five minutes.
    pub(super) async fn is_due(&self, tables: &mut SqliteConnection, at: i64) -> Result<bool, WatchError> {
        let long = LENGTHS[1].seconds;
        let begun = at.div_euclid(long) * long;
        let row = sqlx::query("SELECT max(at) AS at FROM tick WHERE seconds = ? AND at < ?")
            .bind(LENGTHS[0].seconds)
            .bind(at)
            .fetch_one(tables)
            .await?;
        Ok(row.try_get::<Option<i64>, _>("at")?.is_none_or(|last| last < begun))
    }

    /// Adds up what is whole before `at` and was not added up yet, and lets go of what is beyond what is kept.
    pub(super) async fn roll_up(&self, tables: &mut SqliteConnection, at: i64) -> Result<(), WatchError> {
        for lengths in LENGTHS.windows(2) {
            let [short, long] = lengths else { continue };
            let whole = at.div_euclid(long.seconds) * long.seconds;
            let done: Option<i64> =
                sqlx::query("SELECT max(at) AS at FROM tick WHERE seconds = ? AND at < ?")
                    .bind(long.seconds)
                    .bind(whole)
                    .fetch_one(&mut *tables)
                    .await?
                    .try_get("at")?;
            let from = done.map_or(i64::MIN, |done| done + long.seconds);
            let rows = sqlx::query(
                "SELECT at, covered_millis, body FROM tick WHERE seconds = ? AND at >= ? AND at < ? ORDER BY at",
            )
            .bind(short.seconds)
            .bind(from)
            .bind(whole)
            .fetch_all(&mut *tables)
            .await?;
            for together in rows.chunk_by(|one, next| slot(one, long.seconds) == slot(next, long.seconds)) {
                let (mut sum, mut covered) = (Measured::default(), 0i64);
                for row in together {
                    self.read_body(&mut sum, row.try_get("body")?, &|_| true)?;
                    covered = covered.saturating_add(row.try_get("covered_millis")?);
                }
                let Some(begins) = together.first().map(|row| slot(row, long.seconds)) else { continue };
                let covered = Duration::from_millis(u64::try_from(covered).unwrap_or(0));
                self.add_row(&mut *tables, long.seconds, begins, covered, sum).await?;
            }
        }
        for length in LENGTHS {
            sqlx::query(
                "DELETE FROM tick WHERE seconds = ?1 AND at <= (SELECT at FROM tick WHERE seconds = ?1 ORDER BY at DESC LIMIT 1 OFFSET ?2)",
            )
            .bind(length.seconds)
            .bind(length.kept)
            .execute(&mut *tables)
            .await?;
        }
        Ok(())
    }

    /// Adds what a row holds.
    pub(super) fn read_body(
        &self,
        sum: &mut Measured,
        body: &[u8],
        of: &(dyn Fn(&crate::Series) -> bool + Send + Sync),
    ) -> Result<(), WatchError> {
        let written: Written = postcard::from_bytes(body)?;
        let names = self.names();
        written.add_to(sum, |id| names.series.get(&id).filter(|series| of(series)));
        Ok(())
    }
}

/// Where the longer row begins that a row belongs to.
fn slot(row: &sqlx::sqlite::SqliteRow, seconds: i64) -> i64 {
    row.try_get::<i64, _>("at").unwrap_or(0).div_euclid(seconds) * seconds
}
