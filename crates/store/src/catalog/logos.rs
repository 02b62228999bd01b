//! The picture beside a workspace's name.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Catalog, CatalogError};
use crate::WorkspaceId;

/// Where and how large the picture beside a workspace's name is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// Digest of all its sizes.
    pub digest: String,
    /// Width in pixels of the page.
    pub width: u32,
    /// Height in pixels of the page.
    pub height: u32,
    /// It is there with 1 to so many of its pixels on one of the page.
    pub scales: u32,
}

impl Logo {
    pub(super) fn from_row(row: &SqliteRow) -> Result<Option<Self>, CatalogError> {
        let Some(digest) = row.try_get("logo_digest")? else { return Ok(None) };
        Ok(Some(Self {
            digest,
            width: row.try_get("logo_width")?,
            height: row.try_get("logo_height")?,
            scales: row.try_get("logo_scales")?,
        }))
    }
}

impl Catalog {
    /// Sets the picture beside a workspace's name; `images` are WebP, by scale from 1 on. Without any it is taken away.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn set_logo(
        &self,
        workspace: WorkspaceId,
        logo: Option<&Logo>,
        images: &[Vec<u8>],
    ) -> Result<(), CatalogError> {
        let mut change = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("DELETE FROM logo WHERE workspace = ?").bind(workspace).execute(&mut *change).await?;
        for (scale, image) in (1u32..).zip(images) {
            sqlx::query("INSERT INTO logo (workspace, scale, image) VALUES (?, ?, ?)")
                .bind(workspace)
                .bind(scale)
                .bind(image)
                .execute(&mut *change)
                .await?;
        }
        sqlx::query(
            "UPDATE workspace SET logo_digest = ?, logo_width = ?, logo_height = ?, logo_scales = ?,
             data_version = data_version + 1 WHERE id = ?",
        )
        .bind(logo.map(|logo| logo.digest.as_str()))
        .bind(logo.map(|logo| logo.width))
        .bind(logo.map(|logo| logo.height))
        .bind(logo.map(|logo| logo.scales))
        .bind(workspace)
        .execute(&mut *change)
        .await?;
        change.commit().await?;
        self.held.renamed();
        Ok(())
    }

    /// The picture of a workspace at a scale, if it still is the one with this digest.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn logo_image(
        &self,
        workspace: WorkspaceId,
        digest: &str,
        scale: u32,
    ) -> Result<Option<Vec<u8>>, CatalogError> {
        let row = sqlx::query(
            "SELECT logo.image FROM logo JOIN workspace ON workspace.id = logo.workspace
             WHERE logo.workspace = ? AND logo.scale = ? AND workspace.logo_digest = ?",
        )
        .bind(workspace)
        .bind(scale)
        .bind(digest)
        .fetch_optional(self.reading())
        .await?;
        Ok(row.map(|row| row.try_get("image")).transpose()?)
    }
}
