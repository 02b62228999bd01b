//! What a workspace looks like to those who work in it: name, colours, icon, whom its e-mail is from, and a host of its own.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Catalog, CatalogError};
use crate::WorkspaceId;

/// What a workspace looks like. What is not set is the program's own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Brand {
    /// What stands in place of the program's name.
    pub name: Option<String>,
    /// The accent colour on light ground and on dark ground, each six hexadecimal digits.
    pub accent: Option<(String, String)>,
    /// Whom its e-mail is from, beside the server's address.
    pub mail_name: Option<String>,
    /// The name under which it alone is there, in small letters.
    pub host: Option<String>,
    /// Digest of the icon of its pages.
    pub icon: Option<String>,
}

impl Brand {
    pub(super) fn from_row(row: &SqliteRow) -> Result<Self, CatalogError> {
        let (light, dark): (Option<String>, Option<String>) =
            (row.try_get("accent_light")?, row.try_get("accent_dark")?);
        Ok(Self {
            name: row.try_get("brand_name")?,
            accent: light.zip(dark),
            mail_name: row.try_get("mail_name")?,
            host: row.try_get("host")?,
            icon: row.try_get("icon_digest")?,
        })
    }
}

impl Catalog {
    /// Sets what a workspace looks like, but for its icon. Gives whether it was: a host is one workspace's only.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn set_brand(&self, workspace: WorkspaceId, brand: &Brand) -> Result<bool, CatalogError> {
        let (light, dark) = brand.accent.as_ref().map(|(light, dark)| (light, dark)).unzip();
        let done = sqlx::query(
            "UPDATE workspace SET brand_name = ?1, accent_light = ?2, accent_dark = ?3, mail_name = ?4, host = ?5,
             data_version = data_version + 1
             WHERE id = ?6 AND NOT EXISTS (SELECT 1 FROM workspace AS other WHERE other.host = ?5 AND other.id <> ?6)",
        )
        .bind(&brand.name)
        .bind(light)
        .bind(dark)
        .bind(&brand.mail_name)
        .bind(&brand.host)
        .bind(workspace)
        .execute(self.writing())
        .await?;
        self.held.renamed();
        Ok(done.rows_affected() > 0)
    }

    /// Sets the icon of a workspace's pages, PNG, with its digest; without one it is taken away.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn set_icon(
        &self,
        workspace: WorkspaceId,
        icon: Option<(&str, &[u8])>,
    ) -> Result<(), CatalogError> {
        let mut change = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("DELETE FROM workspace_icon WHERE workspace = ?")
            .bind(workspace)
            .execute(&mut *change)
            .await?;
        if let Some((_, image)) = icon {
            sqlx::query("INSERT INTO workspace_icon (workspace, image) VALUES (?, ?)")
                .bind(workspace)
                .bind(image)
                .execute(&mut *change)
                .await?;
        }
        sqlx::query("UPDATE workspace SET icon_digest = ?, data_version = data_version + 1 WHERE id = ?")
            .bind(icon.map(|(digest, _)| digest))
            .bind(workspace)
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        self.held.renamed();
        Ok(())
    }

    /// The icon of a workspace's pages, if it still is the one with this digest.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn icon_image(
        &self,
        workspace: WorkspaceId,
        digest: &str,
    ) -> Result<Option<Vec<u8>>, CatalogError> {
        let row = sqlx::query(
            "SELECT workspace_icon.image FROM workspace_icon JOIN workspace ON workspace.id = workspace_icon.workspace
             WHERE workspace_icon.workspace = ? AND workspace.icon_digest = ?",
        )
        .bind(workspace)
        .bind(digest)
        .fetch_optional(self.reading())
        .await?;
        Ok(row.map(|row| row.try_get("image")).transpose()?)
    }
}
