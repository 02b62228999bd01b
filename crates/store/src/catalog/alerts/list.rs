//! Alerts as they are shown: what fires, and the history; acknowledging and muting.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{AlertError, maybe_time, time};
use crate::WorkspaceId;
use crate::catalog::{Catalog, CatalogError};

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertState {
    /// It fires.
    Firing,
    /// It is over.
    Resolved,
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Its number.
    pub id: u32,
    /// The rule that it is of.
    pub rule: u32,
    /// The rule's name when it began.
    pub title: String,
    /// What it is about.
    pub subject: String,
    /// What it is about, for programs: `campaign 7`, `account 2`, `platform google_ads`, `plan 3`, `disk`; of the server also
    /// `requests`, `route /campaigns`, `page /campaigns`, `check engine`, `imports`, `objective availability`.
    pub subject_key: String,
    /// How bad it is.
    pub is_urgent: bool,
    /// Where it stands.
    pub state: AlertState,
    /// When its condition began to hold.
    pub pending_since: Timestamp,
    /// When it fired.
    pub fired_at: Timestamp,
    /// When it was over.
    pub resolved_at: Option<Timestamp>,
    /// When more people were told.
    pub escalated_at: Option<Timestamp>,
    /// When somebody said that they saw it, and who.
    pub acknowledged: Option<(Timestamp, String)>,
    /// Until when nobody is told of it.
    pub muted_until: Option<Timestamp>,
    /// Why it fires, or fired at last.
    pub words: String,
}

/// What a channel was told of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeOf {
    /// The alert.
    pub alert: u32,
    /// What happened: `fired`, `escalated` or `resolved`.
    pub event: String,
    /// The channel's name.
    pub channel: String,
    /// `waiting`, `sending`, `sent` or `given_up`.
    pub state: String,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// Why it was not taken at last.
    pub error: Option<String>,
}

fn from_row(row: &SqliteRow) -> Result<Alert, CatalogError> {
    let state: String = row.try_get("state")?;
    let begun = time(&row.try_get::<String, _>("pending_since")?)?;
    let acknowledged_at = maybe_time(row.try_get("acknowledged_at")?)?;
    let by: Option<String> = row.try_get("acknowledged_by")?;
    Ok(Alert {
        id: row.try_get("id")?,
        rule: row.try_get("rule")?,
        title: row.try_get("title")?,
        subject: row.try_get("subject")?,
        subject_key: row.try_get("subject_key")?,
        is_urgent: row.try_get("is_urgent")?,
        state: if state == "firing" { AlertState::Firing } else { AlertState::Resolved },
        pending_since: begun,
        fired_at: maybe_time(row.try_get("fired_at")?)?.unwrap_or(begun),
        resolved_at: maybe_time(row.try_get("resolved_at")?)?,
        escalated_at: maybe_time(row.try_get("escalated_at")?)?,
        acknowledged: acknowledged_at.zip(by),
        muted_until: maybe_time(row.try_get("muted_until")?)?,
        words: row.try_get("words")?,
    })
}

impl Catalog {
    /// The alerts of a workspace that fire, newest first.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn firing_alerts(&self, workspace: WorkspaceId, most: u32) -> Result<Vec<Alert>, CatalogError> {
        let rows = sqlx::query(
            "SELECT * FROM alert WHERE workspace = ? AND state = 'firing' ORDER BY id DESC LIMIT ?",
        )
        .bind(workspace)
        .bind(most)
        .fetch_all(self.reading())
        .await?;
        rows.iter().map(from_row).collect()
    }

    /// The alerts of a workspace that are over, newest first, from before an alert's number.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn past_alerts(
        &self,
        workspace: WorkspaceId,
        before: Option<u32>,
        most: u32,
    ) -> Result<Vec<Alert>, CatalogError> {
        let rows = sqlx::query(
            "SELECT * FROM alert WHERE workspace = ? AND state = 'resolved' AND id < ? ORDER BY id DESC LIMIT ?",
        )
        .bind(workspace)
        .bind(before.unwrap_or(u32::MAX))
        .bind(most)
        .fetch_all(self.reading())
        .await?;
        rows.iter().map(from_row).collect()
    }

    /// One alert of a workspace that fires or is over.
    ///
    /// # Errors
    /// If there is none, or the catalog fails.
    pub async fn alert(&self, workspace: WorkspaceId, id: u32) -> Result<Alert, AlertError> {
        let row = sqlx::query("SELECT * FROM alert WHERE workspace = ? AND id = ? AND state <> 'pending'")
            .bind(workspace)
            .bind(id)
            .fetch_optional(self.reading())
            .await?;
        Ok(from_row(&row.ok_or(AlertError::NotFound("alert"))?)?)
    }

    /// Notes that somebody saw an alert, so that it does not escalate. The first to say so stays.
    ///
    /// # Errors
    /// If there is no such alert.
    pub async fn acknowledge_alert(
        &self,
        workspace: WorkspaceId,
        id: u32,
        by: &str,
    ) -> Result<Alert, AlertError> {
        sqlx::query(
            "UPDATE alert SET acknowledged_at = ?, acknowledged_by = ?
             WHERE workspace = ? AND id = ? AND acknowledged_at IS NULL",
        )
        .bind(Timestamp::now().to_string())
        .bind(by)
        .bind(workspace)
        .bind(id)
        .execute(self.writing())
        .await?;
        self.alert(workspace, id).await
    }

    /// Says until when nobody is told of an alert; `None` for from now on.
    ///
    /// # Errors
    /// If there is no such alert.
    pub async fn mute_alert(
        &self,
        workspace: WorkspaceId,
        id: u32,
        until: Option<Timestamp>,
    ) -> Result<Alert, AlertError> {
        sqlx::query("UPDATE alert SET muted_until = ? WHERE workspace = ? AND id = ?")
            .bind(until.map(|until| until.to_string()))
            .bind(workspace)
            .bind(id)
            .execute(self.writing())
            .await?;
        self.alert(workspace, id).await
    }

    /// What channels were told of these alerts of a workspace.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn notices_of(
        &self,
        workspace: WorkspaceId,
        alerts: &[u32],
    ) -> Result<Vec<NoticeOf>, CatalogError> {
        let rows = sqlx::query(
            "SELECT notice_event.alert, event, alert_channel.name AS channel, notice.state, sent_at, error
             FROM notice_event JOIN notice ON notice.id = notice_event.notice
             JOIN alert_channel ON alert_channel.id = notice.channel
             WHERE notice.workspace = ? AND notice_event.alert IN (SELECT value FROM json_each(?))",
        )
        .bind(workspace)
        .bind(serde_json::Value::from(alerts.to_vec()).to_string())
        .fetch_all(self.reading())
        .await?;
        let one = |row: &SqliteRow| {
            Ok(NoticeOf {
                alert: row.try_get("alert")?,
                event: row.try_get("event")?,
                channel: row.try_get("channel")?,
                state: row.try_get("state")?,
                sent_at: maybe_time(row.try_get("sent_at")?)?,
                error: row.try_get("error")?,
            })
        };
        rows.iter().map(one).collect()
    }
}
