//! Copying the two stores as they are at one moment.

use std::path::Path;

use tokio::runtime::Handle;

use crate::{Ledger, LedgerError};

impl Ledger {
    /// Copies facts and catalog into `folder` under the names they have in a data folder. Blocks; whoever imports meanwhile
    /// waits, whoever reads does not. An import that is between the two stores is settled when the copy is opened.
    ///
    /// # Errors
    /// If a store can't be copied.
    pub fn copy(&self, handle: &Handle, folder: &Path) -> Result<(), LedgerError> {
        let catalog = folder.join("catalog.sqlite");
        self.facts.copy(&folder.join("facts.duckdb"), || Ok(handle.block_on(self.catalog.copy(&catalog))?))
    }
}
