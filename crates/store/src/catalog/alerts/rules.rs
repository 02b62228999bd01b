//! The rules of a workspace, changed only from the version that was read.

use alert::Rule;
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{AlertError, MOST_RULES, maybe_time, time};
use crate::WorkspaceId;
use crate::catalog::{Catalog, CatalogError, SERVER};

/// A rule as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptRule {
    /// Its number.
    pub id: u32,
    /// Its version: grows by one with every change.
    pub version: u32,
    /// The rule.
    pub rule: Rule,
    /// Who changed it last.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
    /// Until when nobody is told of its alerts.
    pub muted_until: Option<Timestamp>,
    /// When it was last looked at.
    pub looked_at: Option<Timestamp>,
    /// What that came to.
    pub looked: Option<String>,
}

fn from_row(row: &SqliteRow) -> Result<KeptRule, CatalogError> {
    let text: String = row.try_get("rule")?;
    Ok(KeptRule {
        id: row.try_get("id")?,
        version: row.try_get("version")?,
        rule: serde_json::from_str(&text)
            .map_err(|_| CatalogError::UnknownValue { what: "alert rule", value: text })?,
        changed_by: row.try_get("changed_by")?,
        changed_at: time(&row.try_get::<String, _>("changed_at")?)?,
        muted_until: maybe_time(row.try_get("muted_until")?)?,
        looked_at: maybe_time(row.try_get("looked_at")?)?,
        looked: row.try_get("looked")?,
    })
}

fn text(rule: &Rule) -> Result<String, CatalogError> {
    serde_json::to_string(rule)
        .map_err(|error| CatalogError::UnknownValue { what: "alert rule", value: error.to_string() })
}

impl Catalog {
    /// The rules of a workspace, oldest first.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn alert_rules(&self, workspace: WorkspaceId) -> Result<Vec<KeptRule>, CatalogError> {
        let rows = sqlx::query("SELECT * FROM alert_rule WHERE workspace = ? AND NOT is_deleted ORDER BY id")
            .bind(workspace)
            .fetch_all(self.reading())
            .await?;
        rows.iter().map(from_row).collect()
    }

    /// One rule of a workspace.
    ///
    /// # Errors
    /// If there is none, or the catalog fails.
    pub async fn alert_rule(&self, workspace: WorkspaceId, id: u32) -> Result<KeptRule, AlertError> {
        let row = sqlx::query("SELECT * FROM alert_rule WHERE workspace = ? AND id = ? AND NOT is_deleted")
            .bind(workspace)
            .bind(id)
            .fetch_optional(self.reading())
            .await?;
        Ok(from_row(&row.ok_or(AlertError::NotFound("rule"))?)?)
    }

    /// Makes a rule.
    ///
    /// # Errors
    /// If it can't be one, names channels that are not there, or there are too many.
    pub async fn make_alert_rule(
        &self,
        workspace: WorkspaceId,
        by: &str,
        rule: &Rule,
    ) -> Result<u32, AlertError> {
        rule.check()?;
        rule.check_owner(workspace == SERVER)?;
        let mut change = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        know_channels(&mut change, workspace, rule).await?;
        let count: i64 =
            sqlx::query("SELECT count(*) FROM alert_rule WHERE workspace = ? AND NOT is_deleted")
                .bind(workspace)
                .fetch_one(&mut *change)
                .await?
                .try_get(0)?;
        if usize::try_from(count).is_ok_and(|count| count >= MOST_RULES) {
            return Err(AlertError::TooMany("rules"));
        }
        let made = sqlx::query(
            "INSERT INTO alert_rule (workspace, rule, version, changed_by, changed_at) VALUES (?, ?, 1, ?, ?)",
        )
        .bind(workspace)
        .bind(text(rule)?)
        .bind(by)
        .bind(Timestamp::now().to_string())
        .execute(&mut *change)
        .await?;
        change.commit().await?;
        // Who looks at rules hears of a new one.
        self.held.changed();
        u32::try_from(made.last_insert_rowid()).map_err(|_| AlertError::NotFound("rule"))
    }

    /// Makes the server's rules that are there from the start, each once by its key: what was changed stays changed, and what was
    /// deleted stays away.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn make_built_in_rules(
        &self,
        rules: &[(&str, Rule)],
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let mut change = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        for (key, rule) in rules {
            sqlx::query(
                "INSERT INTO alert_rule (workspace, rule, version, changed_by, changed_at, built_in) VALUES (?, ?, 1, 'nobody', ?, ?)
                 ON CONFLICT (built_in) WHERE built_in IS NOT NULL DO NOTHING",
            )
            .bind(SERVER)
            .bind(text(rule)?)
            .bind(now.to_string())
            .bind(*key)
            .execute(&mut *change)
            .await?;
        }
        change.commit().await?;
        Ok(())
    }

    /// Puts another rule in the place of one, from the version that was read.
    ///
    /// # Errors
    /// If it can't be one, or the rule is of another version by now.
    pub async fn set_alert_rule(
        &self,
        workspace: WorkspaceId,
        by: &str,
        (id, version): (u32, u32),
        rule: &Rule,
    ) -> Result<(), AlertError> {
        rule.check()?;
        rule.check_owner(workspace == SERVER)?;
        let mut change = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        know_channels(&mut change, workspace, rule).await?;
        let done = sqlx::query(
            "UPDATE alert_rule SET rule = ?, version = version + 1, changed_by = ?, changed_at = ?
             WHERE workspace = ? AND id = ? AND version = ? AND NOT is_deleted",
        )
        .bind(text(rule)?)
        .bind(by)
        .bind(Timestamp::now().to_string())
        .bind(workspace)
        .bind(id)
        .bind(version)
        .execute(&mut *change)
        .await?;
        change.commit().await?;
        self.held.changed();
        self.written(workspace, id, done.rows_affected()).await
    }

    /// Deletes a rule, from the version that was read. Its open alerts are resolved, its history stays.
    ///
    /// # Errors
    /// If the rule is of another version by now.
    pub async fn delete_alert_rule(
        &self,
        workspace: WorkspaceId,
        (id, version): (u32, u32),
    ) -> Result<(), AlertError> {
        let mut change = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        let done = sqlx::query(
            "UPDATE alert_rule SET is_deleted = 1 WHERE workspace = ? AND id = ? AND version = ? AND NOT is_deleted",
        )
        .bind(workspace)
        .bind(id)
        .bind(version)
        .execute(&mut *change)
        .await?;
        if done.rows_affected() > 0 {
            sqlx::query("DELETE FROM alert WHERE rule = ? AND state = 'pending'")
                .bind(id)
                .execute(&mut *change)
                .await?;
            sqlx::query(
                "UPDATE alert SET state = 'resolved', resolved_at = ? WHERE rule = ? AND state = 'firing'",
            )
            .bind(Timestamp::now().to_string())
            .bind(id)
            .execute(&mut *change)
            .await?;
        }
        change.commit().await?;
        self.written(workspace, id, done.rows_affected()).await
    }

    /// Says until when nobody is told of a rule's alerts; `None` for from now on.
    ///
    /// # Errors
    /// If there is no such rule.
    pub async fn mute_alert_rule(
        &self,
        workspace: WorkspaceId,
        id: u32,
        until: Option<Timestamp>,
    ) -> Result<(), AlertError> {
        let done = sqlx::query(
            "UPDATE alert_rule SET muted_until = ? WHERE workspace = ? AND id = ? AND NOT is_deleted",
        )
        .bind(until.map(|until| until.to_string()))
        .bind(workspace)
        .bind(id)
        .execute(self.writing())
        .await?;
        if done.rows_affected() == 0 { Err(AlertError::NotFound("rule")) } else { Ok(()) }
    }

    async fn written(&self, workspace: WorkspaceId, id: u32, rows: u64) -> Result<(), AlertError> {
        if rows > 0 {
            return Ok(());
        }
        // A rule that was deleted is there no more; one that was never there is not found.
        let is_known = sqlx::query("SELECT is_deleted FROM alert_rule WHERE workspace = ? AND id = ?")
            .bind(workspace)
            .bind(id)
            .fetch_optional(self.reading())
            .await?
            .is_some();
        match self.alert_rule(workspace, id).await {
            Ok(now) => Err(AlertError::Stale(Some(Box::new(now)))),
            Err(AlertError::NotFound(_)) if is_known => Err(AlertError::Stale(None)),
            Err(error) => Err(error),
        }
    }
}

/// Whether all channels that a rule tells are the workspace's.
async fn know_channels(
    tables: &mut SqliteConnection,
    workspace: WorkspaceId,
    rule: &Rule,
) -> Result<(), AlertError> {
    for channel in rule.channels.union(&rule.escalate_to) {
        let found =
            sqlx::query("SELECT 1 FROM alert_channel WHERE workspace = ? AND id = ? AND NOT is_deleted")
                .bind(workspace)
                .bind(channel)
                .fetch_optional(&mut *tables)
                .await?;
        if found.is_none() {
            return Err(AlertError::NotFound("channel"));
        }
    }
    Ok(())
}
