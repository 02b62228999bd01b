//! Exchange rates: kept beside the facts, for answers in one currency.

use ingest::ToldRate;
use store::catalog::Workspace;
use store::facts::{Rate, RatesCompared, rates_compared};
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
        self.facts.keep_rates(workspace.id, &from_source(rates, source))?;
        handle.block_on(self.catalog.note_change(workspace.id))?;
        Ok(())
    }

    /// How rates compare with those that a workspace has. Blocks.
    ///
    /// # Errors
    /// If the facts fail.
    pub fn compare_rates(
        &self,
        workspace: &Workspace,
        rates: &[ToldRate],
        source: &str,
    ) -> Result<RatesCompared, LedgerError> {
        let told = from_source(rates, source);
        Ok(self.facts.read(|connection| rates_compared(connection, workspace.id, &told))?)
    }

    /// Takes away all rates of a source; how many there were. Blocks. What they had replaced does not come back.
    ///
    /// # Errors
    /// If a store fails.
    pub fn forget_rates(
        &self,
        handle: &Handle,
        workspace: &Workspace,
        source: &str,
    ) -> Result<u64, LedgerError> {
        let gone = self.facts.forget_rates(workspace.id, source)?;
        if gone > 0 {
            handle.block_on(self.catalog.note_change(workspace.id))?;
        }
        Ok(gone)
    }
}

fn from_source(rates: &[ToldRate], source: &str) -> Vec<Rate> {
    let rate = |told: &ToldRate| Rate {
        currency: told.currency,
        day: told.day,
        per_euro_e9: told.per_euro_e9,
        source: source.to_owned(),
    };
    rates.iter().map(rate).collect()
}
