//! Campaigns that go on under another name.

use store::catalog::Workspace;
use store::facts::{EntityId, Rename};
use tokio::runtime::Handle;

use crate::{Ledger, LedgerError};

impl Ledger {
    /// Keeps a decision about a pair of campaigns. Blocks. What was imported stays as it is.
    ///
    /// # Errors
    /// If a store fails.
    pub fn decide_rename(
        &self,
        handle: &Handle,
        workspace: &Workspace,
        rename: &Rename,
    ) -> Result<(), LedgerError> {
        self.facts.decide_rename(workspace.id, rename)?;
        handle.block_on(self.catalog.note_change(workspace.id))?;
        Ok(())
    }

    /// Takes a decision back; whether there was one. Blocks.
    ///
    /// # Errors
    /// If a store fails.
    pub fn forget_rename(
        &self,
        handle: &Handle,
        workspace: &Workspace,
        old: EntityId,
        new: EntityId,
    ) -> Result<bool, LedgerError> {
        let was_decided = self.facts.forget_rename(workspace.id, old, new)?;
        handle.block_on(self.catalog.note_change(workspace.id))?;
        Ok(was_decided)
    }
}
