//! What the user said of tables that no platform's words tell: which column is what.

use jiff::Timestamp;
use sqlx::Row;

use super::{Catalog, CatalogError};
use crate::WorkspaceId;

/// A table's headers, and what its columns are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptMapping {
    /// The headers as they are compared, one a line.
    pub headers: String,
    /// Which of them is what, as the user wrote it.
    pub mapping: String,
}

impl Catalog {
    /// Keeps a mapping for the next table with the same headers, in place of an older one.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn keep_mapping(&self, workspace: WorkspaceId, kept: &KeptMapping) -> Result<(), CatalogError> {
        sqlx::query(
            "INSERT INTO mapping (workspace, headers, mapping, said_at) VALUES (?, ?, ?, ?)
             ON CONFLICT (workspace, headers) DO UPDATE SET mapping = excluded.mapping, said_at = excluded.said_at",
        )
        .bind(workspace)
        .bind(&kept.headers)
        .bind(&kept.mapping)
        .bind(Timestamp::now().to_string())
        .execute(self.writing())
        .await?;
        Ok(())
    }

    /// The mappings of a workspace.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn mappings(&self, workspace: WorkspaceId) -> Result<Vec<KeptMapping>, CatalogError> {
        let rows = sqlx::query("SELECT headers, mapping FROM mapping WHERE workspace = ? ORDER BY headers")
            .bind(workspace)
            .fetch_all(self.reading())
            .await?;
        rows.iter()
            .map(|row| Ok(KeptMapping { headers: row.try_get("headers")?, mapping: row.try_get("mapping")? }))
            .collect()
    }
}
