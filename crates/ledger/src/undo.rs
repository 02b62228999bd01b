//! Undoing an import: what it replaced is believed again.

use domain::ImportId;
use serde::{Deserialize, Serialize};
use store::WorkspaceId;
use store::catalog::ImportState;

use crate::{Ledger, LedgerError};

/// What undoing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// The import.
    pub import_id: ImportId,
    /// Rows that are believed again.
    pub restored_rows: u64,
    /// Whether it had been undone before, so that nothing was changed.
    pub already_undone: bool,
}

impl Ledger {
    /// Takes an import back.
    ///
    /// # Errors
    /// If the workspace has no such import, or a store fails.
    pub async fn undo(&self, workspace: WorkspaceId, import: ImportId) -> Result<Undone, LedgerError> {
        let entry = self.catalog.import(workspace, import).await?.ok_or(LedgerError::NotFound(import))?;
        if entry.state == ImportState::Undone {
            return Ok(Undone { import_id: import, restored_rows: 0, already_undone: true });
        }
        self.catalog.set_import_state(workspace, import, ImportState::Undoing).await?;
        let facts = self.facts.clone();
        let undone = tokio::task::spawn_blocking(move || facts.undo(workspace, import)).await?;
        let applied = self.facts.applied()?;
        let state = if applied.contains(&import) { ImportState::Committed } else { ImportState::Undone };
        self.catalog.set_import_state(workspace, import, state).await?;
        Ok(Undone { import_id: import, restored_rows: undone?, already_undone: false })
    }
}
