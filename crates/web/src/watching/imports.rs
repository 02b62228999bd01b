//! An import as it is measured: what became of each file, how many rows, how long all of it took.

use std::sync::Arc;
use std::time::Instant;

use ledger::{LedgerError, Taken};

use super::Instruments;
use crate::AppState;

/// An import under way, until it is dropped.
pub(crate) struct ImportSeen {
    instruments: Arc<Instruments>,
    begun: Instant,
}

impl ImportSeen {
    /// It begins.
    pub(crate) fn begin(state: &AppState) -> Self {
        state.instruments.imports.run(1);
        Self { instruments: state.instruments.clone(), begun: Instant::now() }
    }

    /// A file or sheet came out.
    pub(crate) fn saw(&self, taken: &Taken) {
        let imports = &self.instruments.imports;
        let counter = match &taken.outcome {
            Ok(report) if report.dry_run => &imports.dry_run,
            Ok(report) if report.already_imported => &imports.already,
            Ok(report) => {
                imports.used.add(report.rows.used);
                imports.skipped.add(report.rows.skipped);
                &imports.imported
            }
            Err(LedgerError::Refused { .. } | LedgerError::Unreadable { .. }) => &imports.refused,
            Err(_) => &imports.failed,
        };
        counter.add(1);
    }
}

impl Drop for ImportSeen {
    fn drop(&mut self) {
        self.instruments.imports.took.record(self.begun.elapsed());
        self.instruments.imports.run(-1);
    }
}
