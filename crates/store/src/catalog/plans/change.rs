//! Changing plans: several at once or none of them, each only from the version that was read.

use jiff::Timestamp;
use sqlx::{Row, SqliteConnection};

use super::{Plan, PlanChange, PlanError, PlanId, PlanState, plan_change, state, text, undo};
use crate::WorkspaceId;
use crate::catalog::workspaces::moved_on;
use crate::catalog::{Catalog, CatalogError};

/// A change to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanWrite {
    /// Makes a plan.
    Make(PlanState),
    /// Puts another state in the place of a plan's.
    Set {
        /// Which plan.
        plan: PlanId,
        /// Its version as it was read.
        version: u32,
        /// What shall be so.
        state: PlanState,
    },
    /// Deletes a plan. Its changes stay, so that it can be undone.
    Delete {
        /// Which plan.
        plan: PlanId,
        /// Its version as it was read.
        version: u32,
    },
    /// Undoes one change of a plan, as a new change. What others changed since stays.
    Undo {
        /// Which plan.
        plan: PlanId,
        /// The plan's version as it was read, if it must still be that.
        version: Option<u32>,
        /// The version that the change made.
        change: u32,
    },
}

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenPlans {
    /// The number under which the changes can be undone as one; `None` of a single change and of a dry run.
    pub bulk: Option<u32>,
    /// The changes, in the order in which they were asked for. Where all was so already there is none.
    pub changes: Vec<PlanChange>,
}

/// A plan's row.
struct Found {
    id: PlanId,
    version: u32,
    /// What is so; `None` if it was deleted.
    state: Option<PlanState>,
}

impl Catalog {
    /// Makes one change. Gives the plan as it is then; `None` if it is deleted.
    ///
    /// # Errors
    /// If it can't be made; then nothing was changed.
    pub async fn write_plan(
        &self,
        workspace: WorkspaceId,
        by: &str,
        write: PlanWrite,
    ) -> Result<(PlanId, Option<Plan>), PlanError> {
        let mut change = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        let (id, made) = make(&mut change, workspace, by, None, write).await?;
        if made.is_some() {
            moved_on(&mut change, workspace).await?;
        }
        change.commit().await?;
        self.held.changed();
        Ok((id, self.plan(workspace, id).await?))
    }

    /// Makes several changes as one, or says what they would be.
    ///
    /// # Errors
    /// If one of them can't be made; then nothing was changed.
    pub async fn write_plans(
        &self,
        workspace: WorkspaceId,
        by: &str,
        writes: Vec<PlanWrite>,
        dry_run: bool,
    ) -> Result<WrittenPlans, PlanError> {
        let mut change = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        let made = sqlx::query("INSERT INTO plan_bulk (workspace, changed_at) VALUES (?, ?)")
            .bind(workspace)
            .bind(Timestamp::now().to_string())
            .execute(&mut *change)
            .await?;
        let bulk = u32::try_from(made.last_insert_rowid()).map_err(|_| PlanError::NotFound)?;
        let mut changes = Vec::new();
        for write in writes {
            changes.extend(make(&mut change, workspace, by, Some(bulk), write).await?.1);
        }
        if dry_run || changes.is_empty() {
            change.rollback().await?;
            return Ok(WrittenPlans { bulk: None, changes });
        }
        moved_on(&mut change, workspace).await?;
        change.commit().await?;
        self.held.changed();
        Ok(WrittenPlans { bulk: Some(bulk), changes })
    }

    /// Undoes changes that were made as one, as one.
    ///
    /// # Errors
    /// If one of them can't be undone; then none was.
    pub async fn undo_bulk(
        &self,
        workspace: WorkspaceId,
        by: &str,
        bulk: u32,
    ) -> Result<WrittenPlans, PlanError> {
        let changes = self.bulk_changes(workspace, bulk).await?;
        if changes.is_empty() {
            return Err(PlanError::NotFound);
        }
        let undo = |change: &PlanChange| PlanWrite::Undo {
            plan: change.plan,
            version: None,
            change: change.version,
        };
        self.write_plans(workspace, by, changes.iter().rev().map(undo).collect(), false).await
    }
}

/// Makes one change; `None` if all is so already.
async fn make(
    tables: &mut SqliteConnection,
    workspace: WorkspaceId,
    by: &str,
    bulk: Option<u32>,
    write: PlanWrite,
) -> Result<(PlanId, Option<PlanChange>), PlanError> {
    let (found, after, undid) = match write {
        PlanWrite::Make(state) => (None, Some(state), None),
        PlanWrite::Set { plan, version, state } => {
            (Some(read_at(tables, workspace, plan, Some(version)).await?), Some(state), None)
        }
        PlanWrite::Delete { plan, version } => {
            (Some(read_at(tables, workspace, plan, Some(version)).await?), None, None)
        }
        PlanWrite::Undo { plan, version, change } => {
            let found = read(tables, workspace, plan).await?;
            if version.is_some_and(|version| version != found.version) {
                return Err(stale(tables, found).await?);
            }
            let undone = change_at(tables, plan, change).await?;
            let after = undo::without(&undone, found.state.as_ref())?;
            (Some(found), after, Some(change))
        }
    };
    if let Some(after) = &after {
        after.about.check()?;
        after.decision.check()?;
        let own = found.as_ref().map(|found| found.id);
        if let Some(other) = other_about(tables, workspace, after, own).await? {
            return Err(PlanError::Taken(Box::new(other)));
        }
    }
    let before = found.as_ref().and_then(|found| found.state.clone());
    if before == after {
        return Ok((found.map_or(0, |found| found.id), None));
    }
    let (plan, version) = put(tables, workspace, found, after.as_ref()).await?;
    let change = PlanChange {
        plan,
        version,
        bulk,
        changed_by: by.to_owned(),
        changed_at: Timestamp::now(),
        undid,
        before,
        after,
    };
    note(tables, &change).await?;
    Ok((plan, Some(change)))
}

/// Writes what is so now into a plan's row.
async fn put(
    tables: &mut SqliteConnection,
    workspace: WorkspaceId,
    found: Option<Found>,
    after: Option<&PlanState>,
) -> Result<(PlanId, u32), PlanError> {
    match (found, after) {
        (None, Some(after)) => {
            let made =
                sqlx::query("INSERT INTO plan (workspace, about_key, state, version) VALUES (?, ?, ?, 1)")
                    .bind(workspace)
                    .bind(after.about.key())
                    .bind(text(after)?)
                    .execute(&mut *tables)
                    .await?;
            let id = u32::try_from(made.last_insert_rowid()).map_err(|_| PlanError::NotFound)?;
            Ok((id, 1))
        }
        (Some(found), Some(after)) => {
            sqlx::query("UPDATE plan SET about_key = ?, state = ?, version = ?, is_deleted = 0 WHERE id = ?")
                .bind(after.about.key())
                .bind(text(after)?)
                .bind(found.version + 1)
                .bind(found.id)
                .execute(&mut *tables)
                .await?;
            Ok((found.id, found.version + 1))
        }
        (Some(found), None) => {
            sqlx::query("UPDATE plan SET version = ?, is_deleted = 1 WHERE id = ?")
                .bind(found.version + 1)
                .bind(found.id)
                .execute(&mut *tables)
                .await?;
            Ok((found.id, found.version + 1))
        }
        (None, None) => Err(PlanError::NotFound),
    }
}

/// Adds a change to the history.
async fn note(tables: &mut SqliteConnection, change: &PlanChange) -> Result<(), PlanError> {
    let written = |state: &Option<PlanState>| state.as_ref().map(text).transpose();
    sqlx::query(
        "INSERT INTO plan_change (plan, version, bulk, changed_by, changed_at, undid, state_before, state_after)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(change.plan)
    .bind(change.version)
    .bind(change.bulk)
    .bind(&change.changed_by)
    .bind(change.changed_at.to_string())
    .bind(change.undid)
    .bind(written(&change.before)?)
    .bind(written(&change.after)?)
    .execute(tables)
    .await?;
    Ok(())
}

async fn read(
    tables: &mut SqliteConnection,
    workspace: WorkspaceId,
    plan: PlanId,
) -> Result<Found, PlanError> {
    let row = sqlx::query("SELECT version, state, is_deleted FROM plan WHERE workspace = ? AND id = ?")
        .bind(workspace)
        .bind(plan)
        .fetch_optional(tables)
        .await?
        .ok_or(PlanError::NotFound)?;
    let is_deleted: bool = row.try_get("is_deleted")?;
    let now = state(&row.try_get::<String, _>("state")?)?;
    Ok(Found { id: plan, version: row.try_get("version")?, state: (!is_deleted).then_some(now) })
}

/// A plan that is there, in the version that was read.
async fn read_at(
    tables: &mut SqliteConnection,
    workspace: WorkspaceId,
    plan: PlanId,
    version: Option<u32>,
) -> Result<Found, PlanError> {
    let found = read(tables, workspace, plan).await?;
    if found.state.is_none() || version.is_some_and(|version| version != found.version) {
        return Err(stale(tables, found).await?);
    }
    Ok(found)
}

async fn stale(tables: &mut SqliteConnection, found: Found) -> Result<PlanError, PlanError> {
    let Some(now) = found.state else { return Ok(PlanError::Stale(None)) };
    Ok(PlanError::Stale(Some(Box::new(as_plan(tables, found.id, found.version, now).await?))))
}

async fn as_plan(
    tables: &mut SqliteConnection,
    id: PlanId,
    version: u32,
    state: PlanState,
) -> Result<Plan, PlanError> {
    let PlanChange { changed_by, changed_at, .. } = change_at(tables, id, version).await?;
    Ok(Plan { id, version, state, changed_by, changed_at })
}

async fn change_at(
    tables: &mut SqliteConnection,
    plan: PlanId,
    version: u32,
) -> Result<PlanChange, PlanError> {
    let row = sqlx::query("SELECT * FROM plan_change WHERE plan = ? AND version = ?")
        .bind(plan)
        .bind(version)
        .fetch_optional(tables)
        .await?
        .ok_or(PlanError::NotFound)?;
    Ok(plan_change(&row)?)
}

/// Another plan about the same.
async fn other_about(
    tables: &mut SqliteConnection,
    workspace: WorkspaceId,
    wanted: &PlanState,
    own: Option<PlanId>,
) -> Result<Option<Plan>, PlanError> {
    let row = sqlx::query(
        "SELECT id, version, state FROM plan WHERE workspace = ? AND about_key = ? AND NOT is_deleted AND id <> ?",
    )
    .bind(workspace)
    .bind(wanted.about.key())
    .bind(own.unwrap_or(0))
    .fetch_optional(&mut *tables)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let now = state(&row.try_get::<String, _>("state").map_err(CatalogError::from)?)?;
    Ok(Some(as_plan(tables, row.try_get("id")?, row.try_get("version")?, now).await?))
}
