//! Everything that the facts hold of a workspace as Parquet files, for whoever leaves.

use std::path::Path;

use domain::{Level, Platform};

use super::{Facts, FactsError};
use crate::WorkspaceId;

/// A file for whoever leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftFile {
    /// Its name within the folder.
    pub name: String,
    /// How many rows it has.
    pub rows: u64,
}

/// The files and what is in them: columns of a table, with the words for levels and platforms.
const FILES: [(&str, &str); 13] = [
    ("accounts", "SELECT account, p.word AS platform, name, external_id, currency FROM account t JOIN platforms p ON p.number = t.platform"),
    (
        "entities",
        "SELECT entity, account, l.word AS level, campaign, parent, name, external_id, detail, status, kind, budget_micros, described_at
         FROM entity t JOIN levels l ON l.number = t.level",
    ),
    ("delivery", "SELECT t.* EXCLUDE (workspace) REPLACE (l.word AS level) FROM delivery t JOIN levels l ON l.number = t.level"),
    (
        "delivery_history",
        "SELECT t.* EXCLUDE (workspace) REPLACE (l.word AS level) FROM delivery_history t JOIN levels l ON l.number = t.level",
    ),
    ("coverage", "SELECT t.* EXCLUDE (workspace) REPLACE (l.word AS level) FROM coverage t JOIN levels l ON l.number = t.level"),
    (
        "range_figures",
        "SELECT t.* EXCLUDE (workspace) REPLACE (l.word AS level) FROM range_figure t JOIN levels l ON l.number = t.level",
    ),
    ("applied_imports", "SELECT t.* EXCLUDE (workspace) FROM applied t"),
    ("campaign_renames", "SELECT t.* EXCLUDE (workspace) FROM campaign_rename t"),
    ("account_duplicates", "SELECT t.* EXCLUDE (workspace) FROM account_duplicate t"),
    (
        "coverage_aside",
        "SELECT t.* EXCLUDE (workspace) REPLACE (l.word AS level) FROM coverage_aside t JOIN levels l ON l.number = t.level",
    ),
    (
        "delivery_aside",
        "SELECT t.* EXCLUDE (workspace) REPLACE (l.word AS level) FROM delivery_aside t JOIN levels l ON l.number = t.level",
    ),
    (
        "addresses",
        "SELECT entity, ['final_url', 'url_suffix', 'tracking_template'][kind] AS kind, url, told_at FROM entity_url t",
    ),
    ("exchange_rates", "SELECT t.* EXCLUDE (workspace) FROM fx_rate t"),
];

impl Facts {
    /// Writes all that is known of a workspace into `folder`, a Parquet file for each table, of one state.
    ///
    /// # Errors
    /// If the engine can't write.
    pub fn leave(&self, workspace: WorkspaceId, folder: &Path) -> Result<Vec<LeftFile>, FactsError> {
        let values = |words: Vec<(u8, &str)>| {
            let words: Vec<String> =
                words.iter().map(|(number, word)| format!("({number}, '{word}')")).collect();
            words.join(", ")
        };
        let levels = values(Level::ALL.map(|level| (level.number(), level.key())).to_vec());
        let platforms = values(Platform::ALL.map(|platform| (platform.number(), platform.key())).to_vec());
        self.read(|connection| {
            let file = |(name, select): (&str, &str)| -> Result<LeftFile, FactsError> {
                let name = format!("{name}.parquet");
                let path = folder.join(&name).to_string_lossy().replace('\'', "''");
                let rows = connection.execute(
                    &format!(
                        "COPY (WITH levels(number, word) AS (VALUES {levels}), platforms(number, word) AS (VALUES {platforms})
                               {select} WHERE t.workspace = {workspace})
                         TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
                    ),
                    [],
                )?;
                Ok(LeftFile { name, rows: rows as u64 })
            };
            FILES.into_iter().map(file).collect()
        })
    }
}
