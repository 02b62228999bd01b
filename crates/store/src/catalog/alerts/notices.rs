//! The outbox: what is to be sent is claimed, sent, and marked.
//!
//! Between sending and marking the program may end. Such a message is claimed again at the next start and sent again under the
//! same key, by which its receiver can tell it.

use jiff::Timestamp;
use sqlx::Row;

use crate::WorkspaceId;
use crate::catalog::{Catalog, CatalogError};

/// A message that is to be sent now.
#[derive(Debug, Clone, PartialEq)]
pub struct DueNotice {
    /// Its number.
    pub id: i64,
    /// Whose alert it is about.
    pub workspace: WorkspaceId,
    /// The channel.
    pub channel: u32,
    /// The same each time that it is sent.
    pub key: String,
    /// The message, JSON.
    pub message: String,
    /// How often it was sent in vain.
    pub attempts: u32,
}

/// What came of sending a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeOutcome {
    /// It was taken.
    Sent,
    /// It was not, and is to be sent again at this time.
    Again(Timestamp, String),
    /// It was not, and is given up.
    GivenUp(String),
}

impl Catalog {
    /// Messages that a program which ended had claimed wait again. To be called once, before the first is claimed.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn unclaim_notices(&self) -> Result<u64, CatalogError> {
        let done = sqlx::query("UPDATE notice SET state = 'waiting' WHERE state = 'sending'")
            .execute(self.writing())
            .await?;
        Ok(done.rows_affected())
    }

    /// Claims messages that are due, at most so many.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn claim_notices(&self, now: Timestamp, most: u32) -> Result<Vec<DueNotice>, CatalogError> {
        let rows = sqlx::query(
            "UPDATE notice SET state = 'sending' WHERE id IN
             (SELECT id FROM notice WHERE state = 'waiting' AND due <= ? ORDER BY due LIMIT ?)
             RETURNING id, workspace, channel, key, message, attempts",
        )
        .bind(now.as_second())
        .bind(most)
        .fetch_all(self.writing())
        .await?;
        let one = |row: &sqlx::sqlite::SqliteRow| {
            Ok(DueNotice {
                id: row.try_get("id")?,
                workspace: row.try_get("workspace")?,
                channel: row.try_get("channel")?,
                key: row.try_get("key")?,
                message: row.try_get("message")?,
                attempts: row.try_get("attempts")?,
            })
        };
        rows.iter().map(one).collect()
    }

    /// Marks a claimed message with what came of it.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn mark_notice(
        &self,
        id: i64,
        outcome: &NoticeOutcome,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let (state, due, sent_at, error) = match outcome {
            NoticeOutcome::Sent => ("sent", now, Some(now.to_string()), None),
            NoticeOutcome::Again(at, why) => ("waiting", *at, None, Some(why)),
            NoticeOutcome::GivenUp(why) => ("given_up", now, None, Some(why)),
        };
        sqlx::query(
            "UPDATE notice SET state = ?, due = ?, attempts = attempts + 1, sent_at = ?, error = ? WHERE id = ?",
        )
        .bind(state)
        .bind(due.as_second())
        .bind(sent_at)
        .bind(error)
        .bind(id)
        .execute(self.writing())
        .await?;
        Ok(())
    }
}
