//! Importing whatever a file or folder holds: itself, the files of an archive, the sheets of a workbook.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ingest::contents::{self, Bounds, SCRATCH_PREFIX};
use tokio::runtime::Handle;

use crate::intake::refused;
use crate::{ImportReport, ImportRequest, Ledger, LedgerError, Progress};

/// What came of one file or sheet.
#[derive(Debug)]
pub struct Taken {
    /// Its name, with those of what it was packed in: `reports.zip/june.xlsx/Campaigns`.
    pub file_name: String,
    /// Its report, or why it was not taken in.
    pub outcome: Result<ImportReport, LedgerError>,
}

impl Ledger {
    /// Imports all that the file or folder of `request` holds, each on its own and in the order of their names, and tells
    /// what came of each. One that is no report keeps none of the others out.
    ///
    /// # Errors
    /// Only if the work itself can't be done; what is wrong with a file is told of that file.
    pub async fn import_all(
        &self,
        request: ImportRequest,
        bounds: Bounds,
        progress: impl Fn(Progress) + Send + Sync + 'static,
        mut each: impl FnMut(Taken) + Send + 'static,
    ) -> Result<(), LedgerError> {
        let scratch = self.scratch()?;
        let ledger = self.clone();
        let handle = Handle::current();
        let progress = Arc::new(progress);
        tokio::task::spawn_blocking(move || {
            let mut is_empty = true;
            contents::pieces(&request.path, &request.file_name, &scratch, bounds, |piece| {
                is_empty = false;
                each(match piece {
                    Ok(piece) => {
                        let path = piece.path().to_owned();
                        let request =
                            ImportRequest { path, file_name: piece.name.clone(), ..request.clone() };
                        let progress = progress.clone();
                        let outcome = handle.block_on(ledger.import(request, move |told| progress(told)));
                        Taken { file_name: piece.name, outcome }
                    }
                    Err(unreadable) => {
                        let (seems, remedy) = (unreadable.refusal.seems(), unreadable.refusal.remedy());
                        let named = ImportRequest { file_name: unreadable.name.clone(), ..request.clone() };
                        let outcome = Err(refused(&named, seems, remedy));
                        Taken { file_name: unreadable.name, outcome }
                    }
                });
                ControlFlow::Continue(())
            });
            if is_empty {
                let outcome =
                    Err(refused(&request, "an archive or folder without files", "name one with reports"));
                each(Taken { file_name: request.file_name.clone(), outcome });
            }
        })
        .await?;
        Ok(())
    }

    /// Where archives are unpacked.
    fn scratch(&self) -> Result<PathBuf, LedgerError> {
        let folder = self.folder.join("spool");
        fs::create_dir_all(&folder)
            .map_err(|source| LedgerError::Folder { folder: folder.clone(), source })?;
        Ok(folder)
    }
}

/// How files begin that wait in the spool: unpacked, uploaded, from standard input.
const WAITING: [&str; 3] = [SCRATCH_PREFIX, "upload-", "input-"];

/// Removes what a crash left waiting in a data folder that nobody else has.
pub(crate) fn tidy(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder.join("spool")) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if WAITING.iter().any(|prefix| name.to_string_lossy().starts_with(prefix))
            && let Err(error) = fs::remove_file(entry.path())
        {
            tracing::warn!(%error, "a file that was left in the spool can't be removed");
        }
    }
}
