//! For how long what is kept is kept, and removing what is older.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::{Row, SqliteConnection};

use super::people::note_in;
use super::{Actor, Catalog, CatalogError, NewAudit};

/// Most that is removed of a kind at a time: others wait for whoever writes.
const MOST: u32 = 1_000;
/// How far the time by which ages are told follows the clock at once.
const STEP: SignedDuration = SignedDuration::from_hours(24);

/// A kind of data that may be kept for some time only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keeping {
    /// Entries of the audit log.
    AuditLog,
    /// Alerts that are over, and messages about them.
    Alerts,
    /// Tokens that were revoked or have expired.
    Tokens,
}

/// For how long a kind of data is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// The kind.
    pub kind: Keeping,
    /// Days after which it is removed; `None` for never.
    pub days: Option<u32>,
}

/// Where the audit log begins after it was shortened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditStart {
    /// The last entry that was removed.
    pub id: u32,
    /// When that was written.
    pub at: Timestamp,
}

impl Keeping {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::AuditLog, Self::Alerts, Self::Tokens];
    /// Fewest days for which anything is kept: what is removed sooner is missed.
    pub const FEWEST_DAYS: u32 = 30;
    /// Most days that can be said: a hundred years.
    pub const MOST_DAYS: u32 = 36_500;

    /// Its key.
    pub fn key(self) -> &'static str {
        match self {
            Self::AuditLog => "audit_log",
            Self::Alerts => "alerts",
            Self::Tokens => "tokens",
        }
    }
}

impl fmt::Display for Keeping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl FromStr for Keeping {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, &'static str> {
        Self::ALL.into_iter().find(|kind| kind.key() == word).ok_or("use audit_log, alerts or tokens")
    }
}

impl Catalog {
    /// For how long each kind of data is kept.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn retention(&self) -> Result<Vec<Retention>, CatalogError> {
        let mut all = Vec::with_capacity(Keeping::ALL.len());
        for kind in Keeping::ALL {
            let row = sqlx::query("SELECT days FROM retention WHERE kind = ?")
                .bind(kind.key())
                .fetch_optional(self.reading())
                .await?;
            all.push(Retention { kind, days: row.map(|row| row.try_get("days")).transpose()? });
        }
        Ok(all)
    }

    /// Says for how long kinds of data are kept from now on.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn set_retention(
        &self,
        by: &Actor,
        organisation: u32,
        wanted: &[Retention],
    ) -> Result<(), CatalogError> {
        let before = self.retention().await?;
        let mut change = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        for Retention { kind, days } in wanted {
            match days {
                Some(days) => {
                    sqlx::query(
                        "INSERT INTO retention (kind, days) VALUES (?, ?)
                         ON CONFLICT (kind) DO UPDATE SET days = excluded.days",
                    )
                    .bind(kind.key())
                    .bind(days)
                    .execute(&mut *change)
                    .await?;
                }
                None => {
                    sqlx::query("DELETE FROM retention WHERE kind = ?")
                        .bind(kind.key())
                        .execute(&mut *change)
                        .await?;
                }
            }
        }
        let told = |all: &[Retention]| {
            let pairs = all.iter().map(|one| (one.kind.key().to_owned(), json!(one.days)));
            Some(serde_json::Value::Object(pairs.collect()))
        };
        let entry = NewAudit {
            organisation: Some(organisation),
            workspace: None,
            action: "retention_changed".to_owned(),
            object: "what is kept".to_owned(),
            before: told(&before),
            after: told(wanted),
        };
        note_in(&mut change, by, &entry).await?;
        Ok(change.commit().await?)
    }

    /// Removes what is older than it is to be kept, and writes to the audit log how much that was. Gives the same, by kind, without
    /// those of which nothing was removed. A lot goes in several calls.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn carry_out_retention(&self, now: Timestamp) -> Result<Vec<(Keeping, u64)>, CatalogError> {
        let reached = self.reached(now).await?;
        let mut removed = Vec::new();
        for Retention { kind, days } in self.retention().await? {
            let Some(days) = days else { continue };
            let age = SignedDuration::from_hours(24 * i64::from(days));
            let before = reached.saturating_sub(age).unwrap_or(Timestamp::MIN);
            let mut change = self.writing().begin_with("BEGIN IMMEDIATE").await?;
            let count = match kind {
                Keeping::AuditLog => shorten_audit(&mut change, before).await?,
                Keeping::Alerts => remove_alerts(&mut change, before).await?,
                Keeping::Tokens => remove_tokens(&mut change, before).await?,
            };
            if count > 0 {
                let entry = NewAudit {
                    organisation: None,
                    workspace: None,
                    action: "retention_carried_out".to_owned(),
                    object: kind.key().to_owned(),
                    before: None,
                    after: Some(json!({ "removed": count, "older_than": before })),
                };
                note_in(&mut change, &Actor::this_machine(), &entry).await?;
                removed.push((kind, count));
            }
            change.commit().await?;
        }
        Ok(removed)
    }

    /// Where the audit log begins; nothing if all of it is there.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn audit_start(&self) -> Result<Option<AuditStart>, CatalogError> {
        let row = sqlx::query("SELECT id, at FROM audit_start WHERE one = 1")
            .fetch_optional(self.reading())
            .await?;
        row.map(|row| {
            let at: String = row.try_get("at")?;
            Ok(AuditStart { id: row.try_get("id")?, at: time(&at)? })
        })
        .transpose()
    }

    /// The time by which ages are told. It never goes back, and ahead by a day at a time.
    async fn reached(&self, now: Timestamp) -> Result<Timestamp, CatalogError> {
        let mut change = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        let before = sqlx::query("SELECT at FROM retention_reached WHERE one = 1")
            .fetch_optional(&mut *change)
            .await?
            .map(|row| row.try_get::<i64, _>("at"))
            .transpose()?;
        let before = before.and_then(|second| Timestamp::from_second(second).ok());
        let reached = match before {
            Some(before) => now.min(before.saturating_add(STEP).unwrap_or(now)).max(before),
            None => now,
        };
        sqlx::query(
            "INSERT INTO retention_reached (one, at) VALUES (1, ?)
             ON CONFLICT (one) DO UPDATE SET at = excluded.at",
        )
        .bind(reached.as_second())
        .execute(&mut *change)
        .await?;
        change.commit().await?;
        Ok(reached)
    }
}

/// Removes entries from the beginning of the audit log. The newest stays, as the next one is chained to it.
async fn shorten_audit(tables: &mut SqliteConnection, before: Timestamp) -> Result<u64, CatalogError> {
    let rows = sqlx::query("SELECT id, at, link FROM audit WHERE id > ? ORDER BY id LIMIT ?")
        .bind(0)
        .bind(MOST + 1)
        .fetch_all(&mut *tables)
        .await?;
    let mut last: Option<(u32, String, String)> = None;
    let mut count = 0;
    for pair in rows.windows(2).take(MOST as usize) {
        let Some(row) = pair.first() else { break };
        let at: String = row.try_get("at")?;
        if time(&at)? >= before {
            break;
        }
        last = Some((row.try_get("id")?, row.try_get("link")?, at));
        count += 1;
    }
    let Some((id, link, at)) = last else { return Ok(0) };
    sqlx::query(
        "INSERT INTO audit_start (one, id, link, at) VALUES (1, ?, ?, ?)
         ON CONFLICT (one) DO UPDATE SET id = excluded.id, link = excluded.link, at = excluded.at",
    )
    .bind(id)
    .bind(link)
    .bind(at)
    .execute(&mut *tables)
    .await?;
    sqlx::query("DELETE FROM audit WHERE id <= ?").bind(id).execute(&mut *tables).await?;
    Ok(count)
}

/// Removes alerts that were over before a time, with the messages about them that wait for nothing.
async fn remove_alerts(tables: &mut SqliteConnection, before: Timestamp) -> Result<u64, CatalogError> {
    let over = sqlx::query(
        "SELECT id, resolved_at FROM alert WHERE state = 'resolved' AND resolved_at > ?
         ORDER BY resolved_at LIMIT ?",
    )
    .bind("")
    .bind(MOST)
    .fetch_all(&mut *tables)
    .await?;
    let mut count = 0;
    for row in over {
        let (id, at): (u32, String) = (row.try_get("id")?, row.try_get("resolved_at")?);
        if time(&at)? >= before {
            break;
        }
        let messages = sqlx::query("SELECT notice FROM notice_event WHERE alert = ?")
            .bind(id)
            .fetch_all(&mut *tables)
            .await?;
        sqlx::query("DELETE FROM notice_event WHERE alert = ?").bind(id).execute(&mut *tables).await?;
        for message in messages {
            sqlx::query(
                "DELETE FROM notice WHERE id = ?1 AND state IN ('sent', 'given_up')
                 AND NOT EXISTS (SELECT 1 FROM notice_event WHERE notice = ?1)",
            )
            .bind(message.try_get::<u32, _>("notice")?)
            .execute(&mut *tables)
            .await?;
        }
        sqlx::query("DELETE FROM alert WHERE id = ?").bind(id).execute(&mut *tables).await?;
        count += 1;
    }
    Ok(count)
}

/// Removes tokens that counted no more before a time.
async fn remove_tokens(tables: &mut SqliteConnection, before: Timestamp) -> Result<u64, CatalogError> {
    let mut count = 0;
    for removal in [
        sqlx::query("DELETE FROM token WHERE revoked_at < ?"),
        sqlx::query("DELETE FROM token WHERE expires_at < ?"),
    ] {
        count += removal.bind(before.as_second()).execute(&mut *tables).await?.rows_affected();
    }
    Ok(count)
}

fn time(text: &str) -> Result<Timestamp, CatalogError> {
    text.parse().map_err(|_| CatalogError::UnknownValue { what: "time", value: text.to_owned() })
}
