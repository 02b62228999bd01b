//! Exchange rates: kept beside the facts, for answers in one currency.

use ingest::ToldRate;
use store::catalog::Workspace;
use store::facts::Rate;
use tokio::runtime::Handle;

use crate::{Ledger, LedgerError};

impl Ledger {
    /// Keeps rates of a workspace, in place of those of the same currencies and days. Blocks. What was imported stays as it is:
    /// conversion happens when a question asks for it.
    ///
    /// # Errors
    /// If a store fails.
    pub fn keep_rates(
        &self,
        handle: &Handle,
        workspace: &Workspace,
        rates: &[ToldRate],
        source: &str,
    ) -> Result<(), LedgerError> {
        let rate = |told: &ToldRate| Rate {
            currency: told.currency,
            day: told.day,
            per_euro_e9: told.per_euro_e9,
            source: source.to_owned(),
        };
        self.facts.keep_rates(workspace.id, &rates.iter().map(rate).collect::<Vec<_>>())?;
        handle.block_on(self.catalog.note_change(workspace.id))?;
        Ok(())
    }
}
