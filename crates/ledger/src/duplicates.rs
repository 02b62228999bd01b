//! Accounts that came in twice.

use store::catalog::Workspace;
use store::facts::{AccountId, Duplicate};
use tokio::runtime::Handle;

use crate::{Ledger, LedgerError};

impl Ledger {
    /// Keeps a decision about a pair of accounts and sets aside what counts twice by it. Blocks. What was imported stays, and comes
    /// back when the decision is taken back.
    ///
    /// # Errors
    /// If a store fails.
    pub fn decide_duplicate(
        &self,
        handle: &Handle,
        workspace: &Workspace,
        duplicate: &Duplicate,
    ) -> Result<(), LedgerError> {
        self.facts.decide_duplicate(workspace.id, duplicate)?;
        handle.block_on(self.catalog.note_change(workspace.id))?;
        Ok(())
    }

    /// Takes a decision back; whether there was one. Blocks.
    ///
    /// # Errors
    /// If a store fails.
    pub fn forget_duplicate(
        &self,
        handle: &Handle,
        workspace: &Workspace,
        kept: AccountId,
        other: AccountId,
    ) -> Result<bool, LedgerError> {
        let was_decided = self.facts.forget_duplicate(workspace.id, kept, other)?;
        handle.block_on(self.catalog.note_change(workspace.id))?;
        Ok(was_decided)
    }
}
