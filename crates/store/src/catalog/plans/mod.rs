//! Plans: what a team decided about campaigns, and every change of that.
//!
//! A plan's row holds what is so now; `plan_change` holds each change with what was before and after it, and is only added to.

mod change;
mod error;
mod undo;

use domain::{Decision, PlanAbout};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Catalog, CatalogError};
use crate::WorkspaceId;

pub use change::{PlanWrite, WrittenPlans};
pub use error::PlanError;

/// The number of a plan within a data folder.
pub type PlanId = u32;

/// What a plan is about and what was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanState {
    /// What it is about.
    pub about: PlanAbout,
    /// What was decided.
    pub decision: Decision,
}

/// A plan as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Its number.
    pub id: PlanId,
    /// Grows by one with every change; from 1.
    pub version: u32,
    /// What it is about and what was decided.
    pub state: PlanState,
    /// Who changed it last.
    pub changed_by: String,
    /// When it was changed last.
    pub changed_at: Timestamp,
}

/// One change of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanChange {
    /// Which plan.
    pub plan: PlanId,
    /// The plan's version since.
    pub version: u32,
    /// The number of the changes it was made with, as one.
    pub bulk: Option<u32>,
    /// Who made it.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
    /// The version whose change it undid.
    pub undid: Option<u32>,
    /// What was so before; `None` if there was no plan.
    pub before: Option<PlanState>,
    /// What was so after; `None` if it was deleted.
    pub after: Option<PlanState>,
}

fn time(text: &str) -> Result<Timestamp, CatalogError> {
    text.parse().map_err(|_| CatalogError::UnknownValue { what: "time", value: text.to_owned() })
}

fn state(text: &str) -> Result<PlanState, CatalogError> {
    serde_json::from_str(text)
        .map_err(|_| CatalogError::UnknownValue { what: "plan", value: text.to_owned() })
}

fn text(state: &PlanState) -> Result<String, CatalogError> {
    serde_json::to_string(state)
        .map_err(|error| CatalogError::UnknownValue { what: "plan", value: error.to_string() })
}

fn plan(row: &SqliteRow) -> Result<Plan, CatalogError> {
    Ok(Plan {
        id: row.try_get("id")?,
        version: row.try_get("version")?,
        state: state(&row.try_get::<String, _>("state")?)?,
        changed_by: row.try_get("changed_by")?,
        changed_at: time(&row.try_get::<String, _>("changed_at")?)?,
    })
}

fn plan_change(row: &SqliteRow) -> Result<PlanChange, CatalogError> {
    let optional = |name: &str| -> Result<Option<PlanState>, CatalogError> {
        row.try_get::<Option<String>, _>(name)?.as_deref().map(state).transpose()
    };
    Ok(PlanChange {
        plan: row.try_get("plan")?,
        version: row.try_get("version")?,
        bulk: row.try_get("bulk")?,
        changed_by: row.try_get("changed_by")?,
        changed_at: time(&row.try_get::<String, _>("changed_at")?)?,
        undid: row.try_get("undid")?,
        before: optional("state_before")?,
        after: optional("state_after")?,
    })
}

impl Catalog {
    /// The plans of a workspace, oldest first.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn plans(&self, workspace: WorkspaceId) -> Result<Vec<Plan>, CatalogError> {
        let rows = sqlx::query(
            "SELECT plan.id, plan.version, plan.state, changed_by, changed_at
             FROM plan JOIN plan_change ON plan_change.plan = plan.id AND plan_change.version = plan.version
             WHERE workspace = ? AND NOT is_deleted ORDER BY plan.id",
        )
        .bind(workspace)
        .fetch_all(self.reading())
        .await?;
        rows.iter().map(plan).collect()
    }

    /// The plans of a workspace about these things, as far as there are any.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn plans_about(
        &self,
        workspace: WorkspaceId,
        about: &[PlanAbout],
    ) -> Result<Vec<Plan>, CatalogError> {
        let keys: Vec<String> = about.iter().map(PlanAbout::key).collect();
        let rows = sqlx::query(
            "SELECT plan.id, plan.version, plan.state, changed_by, changed_at
             FROM plan JOIN plan_change ON plan_change.plan = plan.id AND plan_change.version = plan.version
             WHERE workspace = ? AND NOT is_deleted AND about_key IN (SELECT value FROM json_each(?))",
        )
        .bind(workspace)
        .bind(serde_json::Value::from(keys).to_string())
        .fetch_all(self.reading())
        .await?;
        rows.iter().map(plan).collect()
    }

    /// The plans of a workspace's campaigns that have a label, by number.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn plans_labelled(
        &self,
        workspace: WorkspaceId,
        label: &str,
    ) -> Result<Vec<Plan>, CatalogError> {
        let rows = sqlx::query(
            "SELECT plan.id, plan.version, plan.state, changed_by, changed_at
             FROM plan JOIN plan_change ON plan_change.plan = plan.id AND plan_change.version = plan.version
             WHERE workspace = ? AND NOT is_deleted AND about_key LIKE 'campaign %'
               AND EXISTS (SELECT 1 FROM json_each(plan.state, '$.decision.labels') WHERE value = ?)
             ORDER BY plan.id",
        )
        .bind(workspace)
        .bind(label)
        .fetch_all(self.reading())
        .await?;
        rows.iter().map(plan).collect()
    }

    /// The deletions that still stand, newest first, at most so many: of all plans, or of those about a thing that has none now.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn deleted_plans(
        &self,
        workspace: WorkspaceId,
        about: Option<&PlanAbout>,
        most: u32,
    ) -> Result<Vec<PlanChange>, CatalogError> {
        let rows = sqlx::query(
            "SELECT plan_change.* FROM plan
             JOIN plan_change ON plan_change.plan = plan.id AND plan_change.version = plan.version
             WHERE workspace = ?1 AND is_deleted AND (?2 IS NULL OR about_key = ?2)
               AND NOT EXISTS (SELECT 1 FROM plan AS other WHERE other.workspace = plan.workspace
                               AND other.about_key = plan.about_key AND NOT other.is_deleted)
             ORDER BY changed_at DESC, plan DESC LIMIT ?3",
        )
        .bind(workspace)
        .bind(about.map(PlanAbout::key))
        .bind(most)
        .fetch_all(self.reading())
        .await?;
        rows.iter().map(plan_change).collect()
    }

    /// The labels that a workspace's campaigns have, each with the number of campaigns.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn labels(&self, workspace: WorkspaceId) -> Result<Vec<(String, u32)>, CatalogError> {
        let rows = sqlx::query(
            "SELECT label.value AS label, count(*) AS campaigns
             FROM plan, json_each(plan.state, '$.decision.labels') AS label
             WHERE workspace = ? AND NOT is_deleted AND about_key LIKE 'campaign %'
             GROUP BY label.value ORDER BY label.value",
        )
        .bind(workspace)
        .fetch_all(self.reading())
        .await?;
        rows.iter().map(|row| Ok((row.try_get("label")?, row.try_get("campaigns")?))).collect()
    }

    /// One plan of a workspace; `None` if there is none or it was deleted.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn plan(&self, workspace: WorkspaceId, id: PlanId) -> Result<Option<Plan>, CatalogError> {
        let row = sqlx::query(
            "SELECT plan.id, plan.version, plan.state, changed_by, changed_at
             FROM plan JOIN plan_change ON plan_change.plan = plan.id AND plan_change.version = plan.version
             WHERE workspace = ? AND NOT is_deleted AND plan.id = ?",
        )
        .bind(workspace)
        .bind(id)
        .fetch_optional(self.reading())
        .await?;
        row.as_ref().map(plan).transpose()
    }

    /// The changes of a plan, newest first; those of a deleted one too. Empty if the workspace never had it.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn plan_changes(
        &self,
        workspace: WorkspaceId,
        id: PlanId,
    ) -> Result<Vec<PlanChange>, CatalogError> {
        let rows = sqlx::query(
            "SELECT plan_change.* FROM plan_change JOIN plan ON plan.id = plan_change.plan
             WHERE workspace = ? AND plan = ? ORDER BY plan_change.version DESC",
        )
        .bind(workspace)
        .bind(id)
        .fetch_all(self.reading())
        .await?;
        rows.iter().map(plan_change).collect()
    }

    /// The changes that were made as one, in the order in which they were made. Empty if the workspace never had them.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn bulk_changes(
        &self,
        workspace: WorkspaceId,
        bulk: u32,
    ) -> Result<Vec<PlanChange>, CatalogError> {
        let rows = sqlx::query(
            "SELECT plan_change.* FROM plan_change JOIN plan_bulk ON plan_bulk.id = plan_change.bulk
             WHERE workspace = ? AND bulk = ? ORDER BY plan, version",
        )
        .bind(workspace)
        .bind(bulk)
        .fetch_all(self.reading())
        .await?;
        rows.iter().map(plan_change).collect()
    }
}
