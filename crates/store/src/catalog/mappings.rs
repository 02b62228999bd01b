//! What the user said of tables that no platform's words tell: which column is what.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

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

/// A kept mapping, with how often it served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingRecord {
    /// Its number.
    pub id: u32,
    /// The mapping.
    pub kept: KeptMapping,
    /// When it was said.
    pub said_at: Timestamp,
    /// How many files were imported by it, since that is counted.
    pub used: u32,
    /// The last of them, and when that was.
    pub last_use: Option<(String, Timestamp)>,
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

    /// Counts a file that was imported by the mapping for these headers, if there is one.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn count_mapping(
        &self,
        workspace: WorkspaceId,
        headers: &str,
        file_name: &str,
    ) -> Result<(), CatalogError> {
        sqlx::query(
            "UPDATE mapping SET used = used + 1, last_file = ?, used_at = ? WHERE workspace = ? AND headers = ?",
        )
        .bind(file_name)
        .bind(Timestamp::now().to_string())
        .bind(workspace)
        .bind(headers)
        .execute(self.writing())
        .await?;
        Ok(())
    }

    /// The mappings of a workspace, the one that was said last first.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn mappings(&self, workspace: WorkspaceId) -> Result<Vec<MappingRecord>, CatalogError> {
        let rows = sqlx::query("SELECT * FROM mapping WHERE workspace = ? ORDER BY headers")
            .bind(workspace)
            .fetch_all(self.reading())
            .await?;
        let mut records = rows.iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
        records.sort_by_key(|record| (std::cmp::Reverse(record.said_at), record.id));
        Ok(records)
    }

    /// Takes a mapping away: such a table is not recognised any more. What was imported by it stays. Whether there was one.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn forget_mapping(&self, workspace: WorkspaceId, id: u32) -> Result<bool, CatalogError> {
        let gone = sqlx::query("DELETE FROM mapping WHERE workspace = ? AND id = ?")
            .bind(workspace)
            .bind(id)
            .execute(self.writing())
            .await?;
        Ok(gone.rows_affected() > 0)
    }
}

fn from_row(row: &SqliteRow) -> Result<MappingRecord, CatalogError> {
    let time = |text: String| {
        let read = text.parse();
        read.map_err(|_| CatalogError::UnknownValue { what: "time", value: text })
    };
    let used_at: Option<String> = row.try_get("used_at")?;
    let last_file: Option<String> = row.try_get("last_file")?;
    Ok(MappingRecord {
        id: row.try_get("id")?,
        kept: KeptMapping { headers: row.try_get("headers")?, mapping: row.try_get("mapping")? },
        said_at: time(row.try_get("said_at")?)?,
        used: row.try_get("used")?,
        last_use: last_file.zip(used_at.map(time).transpose()?),
    })
}
