//! Saved views: pages with their choices, under a name.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::workspaces::moved_on;
use super::{Catalog, CatalogError};
use crate::WorkspaceId;

/// Most saved views of a workspace.
pub const MOST_VIEWS: usize = 200;

/// A page with its choices, under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Its number.
    pub id: u32,
    /// Its name, unique in the workspace.
    pub name: String,
    /// Path and parameters.
    pub address: String,
    /// When it was saved.
    pub saved_at: Timestamp,
}

/// Why a view could not be saved or named. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// There is no such view.
    #[error("there is no such saved view")]
    NotFound,
    /// Another view has the name.
    #[error("another saved view is called '{0}'")]
    Taken(String),
    /// There are [`MOST_VIEWS`] already.
    #[error("there are {MOST_VIEWS} saved views already")]
    TooMany,
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl From<sqlx::Error> for ViewError {
    fn from(error: sqlx::Error) -> Self {
        Self::Catalog(error.into())
    }
}

fn from_row(row: &SqliteRow) -> Result<SavedView, CatalogError> {
    let saved_at: String = row.try_get("saved_at")?;
    Ok(SavedView {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        address: row.try_get("address")?,
        saved_at: saved_at
            .parse()
            .map_err(|_| CatalogError::UnknownValue { what: "time", value: saved_at })?,
    })
}

impl Catalog {
    /// The saved views of a workspace by name.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn views(&self, workspace: WorkspaceId) -> Result<Vec<SavedView>, CatalogError> {
        let rows = sqlx::query(
            "SELECT * FROM saved_view WHERE workspace = ? AND NOT is_deleted ORDER BY name COLLATE NOCASE, id",
        )
        .bind(workspace)
        .fetch_all(self.reading())
        .await?;
        rows.iter().map(from_row).collect()
    }

    /// One saved view, deleted or not.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn view(&self, workspace: WorkspaceId, id: u32) -> Result<Option<SavedView>, CatalogError> {
        let row = sqlx::query("SELECT * FROM saved_view WHERE workspace = ? AND id = ?")
            .bind(workspace)
            .bind(id)
            .fetch_optional(self.reading())
            .await?;
        row.as_ref().map(from_row).transpose()
    }

    /// Saves a view under a name.
    ///
    /// # Errors
    /// If the name is taken, there are too many, or the catalog fails.
    pub async fn save_view(
        &self,
        workspace: WorkspaceId,
        name: &str,
        address: &str,
    ) -> Result<u32, ViewError> {
        let mut change = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        is_free(&mut change, workspace, name, 0).await?;
        let count: i64 =
            sqlx::query("SELECT count(*) FROM saved_view WHERE workspace = ? AND NOT is_deleted")
                .bind(workspace)
                .fetch_one(&mut *change)
                .await?
                .try_get(0)?;
        if usize::try_from(count).is_ok_and(|count| count >= MOST_VIEWS) {
            return Err(ViewError::TooMany);
        }
        let made =
            sqlx::query("INSERT INTO saved_view (workspace, name, address, saved_at) VALUES (?, ?, ?, ?)")
                .bind(workspace)
                .bind(name)
                .bind(address)
                .bind(Timestamp::now().to_string())
                .execute(&mut *change)
                .await?;
        moved_on(&mut change, workspace).await?;
        change.commit().await?;
        self.held.changed();
        u32::try_from(made.last_insert_rowid()).map_err(|_| ViewError::NotFound)
    }

    /// Gives a saved view another name.
    ///
    /// # Errors
    /// If there is no such view, the name is taken, or the catalog fails.
    pub async fn rename_view(&self, workspace: WorkspaceId, id: u32, name: &str) -> Result<(), ViewError> {
        let mut change = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        is_free(&mut change, workspace, name, id).await?;
        let renamed =
            sqlx::query("UPDATE saved_view SET name = ? WHERE workspace = ? AND id = ? AND NOT is_deleted")
                .bind(name)
                .bind(workspace)
                .bind(id)
                .execute(&mut *change)
                .await?;
        if renamed.rows_affected() == 0 {
            return Err(ViewError::NotFound);
        }
        moved_on(&mut change, workspace).await?;
        change.commit().await?;
        self.held.changed();
        Ok(())
    }

    /// Deletes a saved view, or brings a deleted one back.
    ///
    /// # Errors
    /// If there is no such view, its name was taken meanwhile, or the catalog fails.
    pub async fn delete_view(
        &self,
        workspace: WorkspaceId,
        id: u32,
        is_deleted: bool,
    ) -> Result<SavedView, ViewError> {
        let view = self.view(workspace, id).await?.ok_or(ViewError::NotFound)?;
        let mut change = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        if !is_deleted {
            is_free(&mut change, workspace, &view.name, id).await?;
        }
        sqlx::query("UPDATE saved_view SET is_deleted = ? WHERE workspace = ? AND id = ?")
            .bind(is_deleted)
            .bind(workspace)
            .bind(id)
            .execute(&mut *change)
            .await?;
        moved_on(&mut change, workspace).await?;
        change.commit().await?;
        self.held.changed();
        Ok(view)
    }
}

async fn is_free(
    tables: &mut SqliteConnection,
    workspace: WorkspaceId,
    name: &str,
    own: u32,
) -> Result<(), ViewError> {
    let other = sqlx::query(
        "SELECT 1 FROM saved_view WHERE workspace = ? AND name = ? AND id <> ? AND NOT is_deleted",
    )
    .bind(workspace)
    .bind(name)
    .bind(own)
    .fetch_optional(tables)
    .await?;
    match other {
        Some(_) => Err(ViewError::Taken(name.to_owned())),
        None => Ok(()),
    }
}
