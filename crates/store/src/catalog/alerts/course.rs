//! What happens to a rule's alerts, written with the messages that tell of it in one transaction.

use std::collections::BTreeMap;

use alert::{Event, State};
use jiff::{SignedDuration, Timestamp};
use sqlx::{Row, SqliteConnection};

use super::{maybe_time, time};
use crate::WorkspaceId;
use crate::catalog::{Catalog, CatalogError};

/// An alert of a rule that is open, or whose cooldown may not be over.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenAlert {
    /// Its number.
    pub id: u32,
    /// Where it stands.
    pub state: State,
    /// Whether somebody said that they saw it.
    pub is_acknowledged: bool,
    /// Whether more people were told.
    pub is_escalated: bool,
    /// Until when nobody is told of it.
    pub muted_until: Option<Timestamp>,
    /// What it is about, for people.
    pub subject: String,
    /// Why it fires, or fired at last.
    pub words: String,
}

/// A message that tells a channel of something.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The channel.
    pub channel: u32,
    /// When it is to be sent.
    pub due: Timestamp,
    /// The message, JSON.
    pub message: String,
    /// The events that it tells: which change, by its place, and what happened.
    pub of: Vec<(usize, Event)>,
}

/// What becomes of the alert about one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertChange {
    /// The alert, if there is one already.
    pub alert: Option<u32>,
    /// What it is about, as text that is equal for equal things.
    pub subject_key: String,
    /// The same for people.
    pub subject: String,
    /// The rule's name.
    pub title: String,
    /// How bad it is.
    pub is_urgent: bool,
    /// Where it stands now.
    pub state: State,
    /// What happened, if anything did.
    pub event: Option<Event>,
    /// Why, in sentences.
    pub words: String,
}

impl Catalog {
    /// The open alerts of a rule, and those within `cooldown` of their end, by subject.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn open_alerts(
        &self,
        rule: u32,
        cooldown: SignedDuration,
    ) -> Result<BTreeMap<String, OpenAlert>, CatalogError> {
        let rows = sqlx::query(
            "SELECT id, subject_key, state, pending_since, fired_at, resolved_at, escalated_at, acknowledged_at, muted_until,
                    subject, words
             FROM alert WHERE rule = ? AND id IN (SELECT max(id) FROM alert WHERE rule = ? GROUP BY subject_key)",
        )
        .bind(rule)
        .bind(rule)
        .fetch_all(self.reading())
        .await?;
        let mut open = BTreeMap::new();
        for row in rows {
            let state: String = row.try_get("state")?;
            let begun = time(&row.try_get::<String, _>("pending_since")?)?;
            let state = match state.as_str() {
                "pending" => State::Pending { since: begun },
                "firing" => State::Firing { since: maybe_time(row.try_get("fired_at")?)?.unwrap_or(begun) },
                _ => {
                    let resolved = maybe_time(row.try_get("resolved_at")?)?;
                    State::Calm { until: resolved.and_then(|at| at.checked_add(cooldown).ok()) }
                }
            };
            let alert = OpenAlert {
                id: row.try_get("id")?,
                state,
                is_acknowledged: row.try_get::<Option<String>, _>("acknowledged_at")?.is_some(),
                is_escalated: row.try_get::<Option<String>, _>("escalated_at")?.is_some(),
                muted_until: maybe_time(row.try_get("muted_until")?)?,
                subject: row.try_get("subject")?,
                words: row.try_get("words")?,
            };
            open.insert(row.try_get("subject_key")?, alert);
        }
        Ok(open)
    }

    /// Writes what became of a rule's alerts, what is to be told, and what looking came to if it was looked at, all or
    /// nothing. If the rule was
    /// changed or deleted meanwhile nothing is written, and the next look is by the new rule. Gives whether it was written.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn write_alerts(
        &self,
        workspace: WorkspaceId,
        (rule, version): (u32, u32),
        changes: &[AlertChange],
        told: &[Told],
        looked: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, CatalogError> {
        let mut tables = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        let known = sqlx::query(
            "UPDATE alert_rule SET looked_at = iif(?2 IS NULL, looked_at, ?1), looked = coalesce(?2, looked)
             WHERE workspace = ?3 AND id = ?4 AND version = ?5 AND NOT is_deleted",
        )
        .bind(now.to_string())
        .bind(looked)
        .bind(workspace)
        .bind(rule)
        .bind(version)
        .execute(&mut *tables)
        .await?;
        if known.rows_affected() == 0 {
            return Ok(false);
        }
        let mut ids = Vec::with_capacity(changes.len());
        for change in changes {
            ids.push(put(&mut tables, workspace, rule, change, now).await?);
        }
        for told in told {
            tell(&mut tables, workspace, told, &ids).await?;
        }
        tables.commit().await?;
        Ok(true)
    }
}

/// Writes what became of one alert; gives its number, 0 if there is none any more.
async fn put(
    tables: &mut SqliteConnection,
    workspace: WorkspaceId,
    rule: u32,
    change: &AlertChange,
    now: Timestamp,
) -> Result<i64, CatalogError> {
    let at = now.to_string();
    let alert = change.alert.map(i64::from);
    match (change.state, change.event, alert) {
        (_, Some(Event::Resolved), Some(alert)) => {
            sqlx::query("UPDATE alert SET state = 'resolved', resolved_at = ? WHERE id = ?")
                .bind(&at)
                .bind(alert)
                .execute(tables)
                .await?;
            Ok(alert)
        }
        // What was pending and did not hold is no incident.
        (State::Calm { .. }, _, Some(alert)) => {
            sqlx::query("DELETE FROM alert WHERE id = ? AND state = 'pending'")
                .bind(alert)
                .execute(tables)
                .await?;
            Ok(0)
        }
        (State::Calm { .. }, _, None) => Ok(0),
        (state, event, Some(alert)) => {
            let firing = matches!(state, State::Firing { .. });
            sqlx::query(
                "UPDATE alert SET state = ?, words = ?, fired_at = coalesce(fired_at, ?), escalated_at = coalesce(escalated_at, ?)
                 WHERE id = ?",
            )
            .bind(if firing { "firing" } else { "pending" })
            .bind(&change.words)
            .bind((event == Some(Event::Fired)).then_some(&at))
            .bind((event == Some(Event::Escalated)).then_some(&at))
            .bind(alert)
            .execute(tables)
            .await?;
            Ok(alert)
        }
        (state, event, None) => {
            let firing = matches!(state, State::Firing { .. });
            let made = sqlx::query(
                "INSERT INTO alert (workspace, rule, subject_key, subject, title, is_urgent, state, pending_since, fired_at, words)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(workspace)
            .bind(rule)
            .bind(&change.subject_key)
            .bind(&change.subject)
            .bind(&change.title)
            .bind(change.is_urgent)
            .bind(if firing { "firing" } else { "pending" })
            .bind(&at)
            .bind((event == Some(Event::Fired)).then_some(&at))
            .bind(&change.words)
            .execute(tables)
            .await?;
            Ok(made.last_insert_rowid())
        }
    }
}

/// Puts a message into the outbox, unless all that it tells was told this channel already.
async fn tell(
    tables: &mut SqliteConnection,
    workspace: WorkspaceId,
    told: &Told,
    ids: &[i64],
) -> Result<(), CatalogError> {
    let mut of: Vec<(i64, Event)> = Vec::new();
    for (change, event) in &told.of {
        let Some(alert) = ids.get(*change).copied().filter(|alert| *alert > 0) else { continue };
        let before = sqlx::query("SELECT 1 FROM notice_event WHERE alert = ? AND event = ? AND channel = ?")
            .bind(alert)
            .bind(event.key())
            .bind(told.channel)
            .fetch_optional(&mut *tables)
            .await?;
        if before.is_none() {
            of.push((alert, *event));
        }
    }
    let Some((alert, event)) = of.first() else { return Ok(()) };
    // The time tells apart the alerts of several data folders.
    let key = format!("adroit-{alert}-{}-{}-{}", event.key(), told.channel, told.due.as_second());
    let made = sqlx::query(
        "INSERT INTO notice (workspace, channel, key, message, state, due) VALUES (?, ?, ?, ?, 'waiting', ?)",
    )
    .bind(workspace)
    .bind(told.channel)
    .bind(key)
    .bind(&told.message)
    .bind(told.due.as_second())
    .execute(&mut *tables)
    .await?;
    for (alert, event) in of {
        sqlx::query("INSERT INTO notice_event (alert, event, channel, notice) VALUES (?, ?, ?, ?)")
            .bind(alert)
            .bind(event.key())
            .bind(told.channel)
            .bind(made.last_insert_rowid())
            .execute(&mut *tables)
            .await?;
    }
    Ok(())
}
