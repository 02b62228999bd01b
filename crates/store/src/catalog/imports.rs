//! The ledger of imports: what came in, when, from which file, and whether it counts.
//!
//! Two stores, one truth: an import is `pending` here before the facts change and `committed` after; the facts' own list of
//! applied imports decides what a crash in between left behind ([`Catalog::settle`]).

use std::str::FromStr;

use domain::ImportId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::workspaces::moved_on;
use super::{Catalog, CatalogError};
use crate::WorkspaceId;

/// Whether an import counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// Staged; its figures are about to change the facts.
    Pending,
    /// Its figures are in the facts.
    Committed,
    /// Its figures are about to leave the facts.
    Undoing,
    /// Its figures have left the facts.
    Undone,
}

impl ImportState {
    /// The word that is stored.
    pub fn key(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Committed => "committed",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
        }
    }
}

impl FromStr for ImportState {
    type Err = CatalogError;

    fn from_str(word: &str) -> Result<Self, CatalogError> {
        [Self::Pending, Self::Committed, Self::Undoing, Self::Undone]
            .into_iter()
            .find(|state| state.key() == word)
            .ok_or_else(|| CatalogError::UnknownValue { what: "import state", value: word.to_owned() })
    }
}

/// An import that is about to change the facts.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// Whose data it is.
    pub workspace: WorkspaceId,
    /// The name of the file, without its folder.
    pub file_name: String,
    /// The digest of the file: `blake3:` and hexadecimal.
    pub digest: String,
    /// Size of the file.
    pub bytes: u64,
    /// When the platform was asked.
    pub captured_at: Timestamp,
    /// The report that is shown of it.
    pub report: serde_json::Value,
}

/// A line of the ledger.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportEntry {
    /// Its number.
    pub id: ImportId,
    /// Whether it counts.
    pub state: ImportState,
    /// The name of the file.
    pub file_name: String,
    /// The digest of the file: `blake3:` and hexadecimal.
    pub digest: String,
    /// Size of the file.
    pub bytes: u64,
    /// When the platform was asked.
    pub captured_at: Timestamp,
    /// When it came in.
    pub imported_at: Timestamp,
    /// When it was undone.
    pub undone_at: Option<Timestamp>,
    /// The report that was shown of it.
    pub report: serde_json::Value,
}

/// What an import's file says of its own sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileTotals {
    /// The import.
    pub import: ImportId,
    /// The file's total rows.
    pub totals: Vec<FileTotal>,
}

/// A total row of a file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FileTotal {
    /// What it calls itself.
    pub label: String,
    /// The spend of the used rows minus its spend, in micros; `None` if it states none or currencies are mixed.
    pub difference_micros: Option<i64>,
}

impl FileTotals {
    /// Those that differ from the sum of the rows.
    pub fn differing(&self) -> impl Iterator<Item = &FileTotal> {
        self.totals.iter().filter(|total| total.difference_micros.is_some_and(|difference| difference != 0))
    }
}

fn time(text: &str) -> Result<Timestamp, CatalogError> {
    text.parse().map_err(|_| CatalogError::UnknownValue { what: "time", value: text.to_owned() })
}

fn from_row(row: &SqliteRow) -> Result<ImportEntry, CatalogError> {
    let report: String = row.try_get("report")?;
    let undone_at: Option<String> = row.try_get("undone_at")?;
    Ok(ImportEntry {
        id: row.try_get("id")?,
        state: row.try_get::<String, _>("state")?.parse()?,
        file_name: row.try_get("file_name")?,
        digest: row.try_get("digest")?,
        bytes: u64::try_from(row.try_get::<i64, _>("bytes")?).unwrap_or(0),
        captured_at: time(&row.try_get::<String, _>("captured_at")?)?,
        imported_at: time(&row.try_get::<String, _>("imported_at")?)?,
        undone_at: undone_at.as_deref().map(time).transpose()?,
        report: serde_json::from_str(&report)
            .map_err(|_| CatalogError::UnknownValue { what: "import report", value: report })?,
    })
}

impl Catalog {
    /// Writes an import as pending and gives it its number.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn begin_import(&self, new: &NewImport) -> Result<ImportId, CatalogError> {
        let done = sqlx::query(
            "INSERT INTO import (workspace, state, file_name, digest, bytes, captured_at, imported_at, report)
             VALUES (?, 'pending', ?, ?, ?, ?, ?, ?)",
        )
        .bind(new.workspace)
        .bind(&new.file_name)
        .bind(&new.digest)
        .bind(i64::try_from(new.bytes).unwrap_or(i64::MAX))
        .bind(new.captured_at.to_string())
        .bind(Timestamp::now().to_string())
        .bind(new.report.to_string())
        .execute(self.writing())
        .await?;
        ImportId::try_from(done.last_insert_rowid()).map_err(|_| CatalogError::UnknownValue {
            what: "import",
            value: done.last_insert_rowid().to_string(),
        })
    }

    /// Moves an import on to another state; committing and undoing move the workspace's data version.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn set_import_state(
        &self,
        workspace: WorkspaceId,
        import: ImportId,
        state: ImportState,
    ) -> Result<(), CatalogError> {
        let mut change = self.writing().begin().await?;
        let undone_at = (state == ImportState::Undone).then(|| Timestamp::now().to_string());
        sqlx::query("UPDATE import SET state = ?, undone_at = ? WHERE workspace = ? AND id = ?")
            .bind(state.key())
            .bind(undone_at)
            .bind(workspace)
            .bind(import)
            .execute(&mut *change)
            .await?;
        if matches!(state, ImportState::Committed | ImportState::Undone) {
            moved_on(&mut change, workspace).await?;
        }
        change.commit().await?;
        self.held.changed();
        Ok(())
    }

    /// When the imports came in that are about to count.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn unsettled(&self) -> Result<Vec<Timestamp>, CatalogError> {
        let rows = sqlx::query(
            "SELECT imported_at FROM import WHERE state IN ('pending', 'undoing') AND state = 'pending'",
        )
        .fetch_all(self.reading())
        .await?;
        rows.iter().map(|row| time(row.try_get("imported_at")?)).collect()
    }

    /// Forgets a pending import whose figures never reached the facts.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn forget_pending(&self, import: ImportId) -> Result<(), CatalogError> {
        sqlx::query("DELETE FROM import WHERE id = ? AND state = 'pending'")
            .bind(import)
            .execute(self.writing())
            .await?;
        Ok(())
    }

    /// Settles what a crash left between the two stores: `applied` are the imports whose figures are in the facts. Returns
    /// the imports that were unsettled.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn settle(&self, applied: &[ImportId]) -> Result<Vec<ImportId>, CatalogError> {
        let rows =
            sqlx::query("SELECT id, workspace, state FROM import WHERE state IN ('pending', 'undoing')")
                .fetch_all(self.reading())
                .await?;
        let mut settled = Vec::new();
        for row in rows {
            let (import, workspace): (ImportId, WorkspaceId) =
                (row.try_get("id")?, row.try_get("workspace")?);
            let pending = row.try_get::<String, _>("state")?.parse::<ImportState>()? == ImportState::Pending;
            match (applied.binary_search(&import).is_ok(), pending) {
                (true, _) => self.set_import_state(workspace, import, ImportState::Committed).await?,
                (false, true) => self.forget_pending(import).await?,
                (false, false) => self.set_import_state(workspace, import, ImportState::Undone).await?,
            }
            settled.push(import);
        }
        Ok(settled)
    }

    /// The committed import of the same bytes, if there is one; the latest if there are several.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn import_of_content(
        &self,
        workspace: WorkspaceId,
        digest: &str,
    ) -> Result<Option<ImportEntry>, CatalogError> {
        let row = sqlx::query(
            "SELECT * FROM import WHERE workspace = ? AND digest = ? AND state = 'committed' ORDER BY id DESC LIMIT 1",
        )
        .bind(workspace)
        .bind(digest)
        .fetch_optional(self.reading())
        .await?;
        row.as_ref().map(from_row).transpose()
    }

    /// One import of a workspace.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn import(
        &self,
        workspace: WorkspaceId,
        import: ImportId,
    ) -> Result<Option<ImportEntry>, CatalogError> {
        let row = sqlx::query("SELECT * FROM import WHERE workspace = ? AND id = ?")
            .bind(workspace)
            .bind(import)
            .fetch_optional(self.reading())
            .await?;
        row.as_ref().map(from_row).transpose()
    }

    /// The imports of a workspace, newest first, at most `limit`, older than `before` if given.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn imports(
        &self,
        workspace: WorkspaceId,
        before: Option<ImportId>,
        limit: u32,
    ) -> Result<Vec<ImportEntry>, CatalogError> {
        let rows =
            sqlx::query("SELECT * FROM import WHERE workspace = ? AND id < ? ORDER BY id DESC LIMIT ?")
                .bind(workspace)
                .bind(before.map_or(i64::MAX, i64::from))
                .bind(limit)
                .fetch_all(self.reading())
                .await?;
        rows.iter().map(from_row).collect()
    }

    /// What the files of the newest committed imports of a workspace say of their own sums, newest first.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn file_totals(
        &self,
        workspace: WorkspaceId,
        limit: u32,
    ) -> Result<Vec<FileTotals>, CatalogError> {
        let rows = sqlx::query(
            "SELECT id, json_extract(report, '$.file_totals') AS totals FROM import
             WHERE workspace = ? AND state = 'committed' ORDER BY id DESC LIMIT ?",
        )
        .bind(workspace)
        .bind(limit)
        .fetch_all(self.reading())
        .await?;
        let totals = |row: &SqliteRow| -> Result<FileTotals, CatalogError> {
            let text: Option<String> = row.try_get("totals")?;
            let totals = text.as_deref().map_or(Ok(Vec::new()), serde_json::from_str);
            let unknown = |_| CatalogError::UnknownValue {
                what: "totals of an import",
                value: text.clone().unwrap_or_default(),
            };
            Ok(FileTotals { import: row.try_get("id")?, totals: totals.map_err(unknown)? })
        };
        rows.iter().map(totals).collect()
    }
}
