//! What failed, in the file.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Memory, WatchError};
use crate::failures::{FailureGroup, FailureSample, GroupKey, MOST_GROUPS, MOST_SAMPLES, Waiting};

impl Memory {
    /// Adds to the groups; one that was resolved and comes again is open again.
    pub async fn keep_failures(
        &self,
        waiting: &HashMap<GroupKey, Waiting>,
        release: &str,
    ) -> Result<(), WatchError> {
        if waiting.is_empty() {
            return Ok(());
        }
        let mut transaction = self.writer.begin().await?;
        for ((kind, route, origin), waiting) in waiting {
            let message = waiting.samples.last().map(|sample| sample.detail.as_str()).unwrap_or_default();
            let id: i64 = sqlx::query(
                "INSERT INTO error_group (kind, route, origin, message, first_seen, last_seen, first_release, last_release, count)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                 ON CONFLICT (kind, route, origin) DO UPDATE SET
                     message = excluded.message,
                     last_seen = max(last_seen, excluded.last_seen),
                     last_release = excluded.last_release,
                     count = count + excluded.count,
                     reopened = reopened + coalesce(excluded.last_seen > resolved_at, 0),
                     resolved_at = CASE WHEN excluded.last_seen > resolved_at THEN NULL ELSE resolved_at END
                 RETURNING id",
            )
            .bind(kind)
            .bind(route)
            .bind(origin)
            .bind(message)
            .bind(waiting.first_seen.as_millisecond())
            .bind(waiting.last_seen.as_millisecond())
            .bind(release)
            .bind(release)
            .bind(i64::try_from(waiting.count).unwrap_or(i64::MAX))
            .fetch_one(&mut *transaction)
            .await?
            .try_get("id")?;
            for sample in &waiting.samples {
                sqlx::query("INSERT INTO error_sample (error_group, at, error_id, request_id, detail) VALUES (?, ?, ?, ?, ?)")
                    .bind(id)
                    .bind(sample.at.as_millisecond())
                    .bind(&sample.error_id)
                    .bind(&sample.request_id)
                    .bind(&sample.detail)
                    .execute(&mut *transaction)
                    .await?;
            }
            sqlx::query(
                "DELETE FROM error_sample WHERE error_group = ?1 AND id <= (SELECT id FROM error_sample WHERE error_group = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
            )
            .bind(id)
            .bind(MOST_SAMPLES as i64)
            .execute(&mut *transaction)
            .await?;
        }
        sqlx::query(
            "DELETE FROM error_group WHERE last_seen <= (SELECT last_seen FROM error_group ORDER BY last_seen DESC LIMIT 1 OFFSET ?)",
        )
        .bind(MOST_GROUPS as i64)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The groups that were seen last, open ones first.
    pub async fn failures(&self, most: u32) -> Result<Vec<FailureGroup>, WatchError> {
        let rows =
            sqlx::query("SELECT * FROM error_group ORDER BY resolved_at IS NOT NULL, last_seen DESC LIMIT ?")
                .bind(most)
                .fetch_all(&self.readers)
                .await?;
        let mut groups = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut group = group(row)?;
            let samples = sqlx::query("SELECT * FROM error_sample WHERE error_group = ? ORDER BY id DESC")
                .bind(group.id)
                .fetch_all(&self.readers)
                .await?;
            group.samples = samples.iter().map(sample).collect::<Result<_, _>>()?;
            groups.push(group);
        }
        Ok(groups)
    }

    /// Marks a group as resolved or open; false if there is none.
    pub async fn resolve(&self, group: i64, at: Option<Timestamp>) -> Result<bool, WatchError> {
        let done = sqlx::query("UPDATE error_group SET resolved_at = ? WHERE id = ?")
            .bind(at.map(Timestamp::as_millisecond))
            .bind(group)
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() > 0)
    }
}

fn time(row: &SqliteRow, name: &str) -> Result<Option<Timestamp>, WatchError> {
    Ok(row.try_get::<Option<i64>, _>(name)?.and_then(|millis| Timestamp::from_millisecond(millis).ok()))
}

fn group(row: &SqliteRow) -> Result<FailureGroup, WatchError> {
    let count = |name: &str| Ok::<_, WatchError>(u64::try_from(row.try_get::<i64, _>(name)?).unwrap_or(0));
    Ok(FailureGroup {
        id: row.try_get("id")?,
        kind: row.try_get("kind")?,
        route: row.try_get("route")?,
        origin: row.try_get("origin")?,
        message: row.try_get("message")?,
        first_seen: time(row, "first_seen")?.unwrap_or_default(),
        last_seen: time(row, "last_seen")?.unwrap_or_default(),
        first_release: row.try_get("first_release")?,
        last_release: row.try_get("last_release")?,
        count: count("count")?,
        resolved_at: time(row, "resolved_at")?,
        reopened: count("reopened")?,
        samples: Vec::new(),
    })
}

fn sample(row: &SqliteRow) -> Result<FailureSample, WatchError> {
    Ok(FailureSample {
        at: time(row, "at")?.unwrap_or_default(),
        error_id: row.try_get("error_id")?,
        request_id: row.try_get("request_id")?,
        detail: row.try_get("detail")?,
    })
}
