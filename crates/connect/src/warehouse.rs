//! A warehouse's tables as pipelines make them: a folder of CSV files, statistics by day and histories of entities.
//!
//! The tables tell all that the pipeline has loaded: from an account's first to its last day at a level each day is known,
//! and a later reading of the folder replaces it. Names, states and budgets come from an entity's newest history row. A
//! row of a statistics table is one of its own, however alike another is: pipelines keep one row per key.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use domain::{Currency, Level, Platform};
use jiff::Timestamp;
use ledger::{ImportReport, Ledger};
use serde::{Deserialize, Serialize};
use store::Shelf;
use store::catalog::Workspace;
use store::facts::Limits;
use store::shelf::SourceId;
use tokio::runtime::Handle;

use crate::choose::{Chosen, choose};
use crate::hand_over::{Terms, hand_over};
use crate::mapping::{Cell, Mapping};
use crate::names;
use crate::platforms::Gives;
use crate::rows::Place;
use crate::{ConnectError, moment};

/// A wish to import a warehouse's tables.
#[derive(Debug, Clone)]
pub struct WarehouseRequest {
    /// Whose data it is.
    pub workspace: Workspace,
    /// The folder.
    pub folder: PathBuf,
    /// Only report.
    pub dry_run: bool,
    /// When the platforms were asked, if the user knows better than the tables.
    pub captured_at: Option<Timestamp>,
    /// For accounts whose currency no table names.
    pub currency: Option<Currency>,
}

/// What came of a warehouse's tables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WarehouseReport {
    /// The folder's name.
    pub folder: String,
    /// Whether nothing was committed.
    pub dry_run: bool,
    /// What became of each table, by name.
    pub tables: Vec<TableReport>,
    /// One import per account and level.
    pub imports: Vec<ImportReport>,
}

/// What became of a table or stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableReport {
    /// Its name.
    pub name: String,
    /// What it was taken for, in words; `None` if it was not taken.
    pub taken_for: Option<String>,
    /// Why it was not taken.
    pub refused: Option<String>,
    /// What would be needed to take it.
    pub needed: Option<String>,
    /// Rows or records read.
    pub read: u64,
    /// Those that count.
    pub used: u64,
    /// Those that do not.
    pub skipped: u64,
    /// Why, for the first that were skipped.
    pub reasons: Vec<String>,
}

/// Most reasons that a report lists by table.
pub(crate) const MOST_REASONS: usize = 20;

/// Columns that say when a row was loaded.
const LOADED: [&str; 7] = [
    "_fivetran_synced",
    "_airbyte_extracted_at",
    "_airbyte_emitted_at",
    "_sdc_extracted_at",
    "_sdc_batched_at",
    "_loaded_at",
    "_synced_at",
];

impl TableReport {
    /// Counts a row that was skipped.
    pub(crate) fn skip(&mut self, why: String) {
        self.skipped += 1;
        if self.reasons.len() < MOST_REASONS {
            self.reasons.push(why);
        }
    }
}

/// What a kind of rows is, in words.
pub(crate) fn in_words(chosen: Chosen) -> String {
    let level = chosen.report.gives.level().label();
    let platform = chosen.api.platform.label();
    match chosen.report.gives {
        Gives::Figures(_) => format!("{platform} {level} figures by day"),
        Gives::Part(_) => format!("{platform} {level} conversions by day"),
        Gives::Entities(_) => format!("{platform} {level} names and states"),
        Gives::Creatives => format!("{platform} addresses of ads"),
    }
}

/// Imports the tables of a folder, or only reports what importing them would do. Blocks; `spill` is a folder for what
/// does not fit into memory.
///
/// # Errors
/// If the folder has no table that is known, a table can't be read to its end, or a store fails.
pub fn import_warehouse(
    ledger: &Ledger,
    handle: &Handle,
    request: &WarehouseRequest,
    spill: &Path,
) -> Result<WarehouseReport, ConnectError> {
    let mut shelf = Shelf::temporary(spill, &Limits { memory_mib: 128, ..Limits::default() })?;
    let source = shelf.source(request.workspace.id, "warehouse")?;
    if let Some(currency) = request.currency {
        shelf.set_currency(source, currency)?;
    }
    let mut load = Load { shelf, source, tables: Vec::new(), taken: Vec::new(), loaded_at: None };
    let files = tables_in(&request.folder)?;
    for path in &files {
        load.table(path)?;
    }
    let folder = request
        .folder
        .file_name()
        .map_or_else(|| request.folder.display().to_string(), |name| name.to_string_lossy().into_owned());
    if !load.tables.iter().any(|table| table.used > 0) {
        let why = match load.tables.first() {
            None => "there is no CSV file in it".to_owned(),
            Some(first) => format!(
                "of its {} CSV files none could be used ({}: {})",
                files.len(),
                first.name,
                first.refused.as_deref().unwrap_or("no row in it")
            ),
        };
        return Err(ConnectError::NoTables { path: request.folder.clone(), why });
    }
    let captured_at = request.captured_at.or(load.loaded_at);
    let asked_at = captured_at.unwrap_or_else(Timestamp::now);
    load.shelf.keep(source, asked_at, &[], &[])?;
    load.shelf.set_captured_at(source, asked_at)?;
    let terms = Terms {
        workspace: &request.workspace,
        name: &folder,
        kind: "tables",
        is_whole: true,
        counts_once: captured_at.is_none(),
        dry_run: request.dry_run,
    };
    let imports = hand_over(ledger, handle, &mut load.shelf, source, &terms)?;
    Ok(WarehouseReport { folder, dry_run: request.dry_run, tables: load.tables, imports })
}

/// The CSV files of a folder and of the folders in it, in order of their names.
fn tables_in(folder: &Path) -> Result<Vec<PathBuf>, ConnectError> {
    const DEEPEST: usize = 3;
    let mut files = Vec::new();
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let unreadable = |source| ConnectError::Unreadable { path: folder.clone(), source };
        for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.is_dir() && depth < DEEPEST {
                folders.push((path, depth + 1));
            } else if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

struct Load {
    shelf: Shelf,
    source: SourceId,
    tables: Vec<TableReport>,
    taken: Vec<(Platform, Level, String)>,
    loaded_at: Option<Timestamp>,
}

impl Load {
    fn table(&mut self, path: &Path) -> Result<(), ConnectError> {
        let stem = path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let mut report = TableReport { name: stem.clone(), ..TableReport::default() };
        let file =
            File::open(path).map_err(|source| ConnectError::Unreadable { path: path.to_owned(), source })?;
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file);
        let bad = |error: &csv::Error| ConnectError::BadTable {
            path: path.to_owned(),
            line: error.position().map_or(0, csv::Position::line),
            why: match error.kind() {
                csv::ErrorKind::Utf8 { .. } => "it is not UTF-8".to_owned(),
                _ => "it can't be read as CSV".to_owned(),
            },
        };
        let columns: Vec<String> =
            reader.headers().map_err(|error| bad(&error))?.iter().map(names::normal).collect();
        let fields: BTreeSet<String> = columns.iter().cloned().collect();
        // Tables may lie in a folder by platform, which names it as a prefix does.
        let within = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let chosen = choose(&stem, &fields).or_else(|refused| match within {
            Some(folder) if !refused.is_platforms => choose(&format!("{folder}_{stem}"), &fields)
                .map_err(|in_folder| if in_folder.is_platforms { in_folder } else { refused }),
            _ => Err(refused),
        });
        let chosen = match chosen {
            Ok(chosen) => chosen,
            Err(refused) => {
                report.refused = Some(refused.why);
                report.needed = Some(refused.needed);
                self.tables.push(report);
                return Ok(());
            }
        };
        if let Gives::Figures(level) = chosen.report.gives {
            let platform = chosen.api.platform;
            if let Some((.., other)) = self.taken.iter().find(|(of, at, _)| (*of, *at) == (platform, level)) {
                report.refused = Some(format!("{other} has the same figures, which would count twice"));
                report.needed = Some("one of the two tables alone".to_owned());
                self.tables.push(report);
                return Ok(());
            }
            self.taken.push((platform, level, stem.clone()));
        }
        report.taken_for = Some(in_words(chosen));
        let mapping = Mapping::new(chosen.api, chosen.report, &[]);
        let slots: Vec<&[u16]> = columns.iter().map(|column| mapping.slots_of(column)).collect();
        let loaded: Vec<usize> = columns
            .iter()
            .enumerate()
            .filter(|(_, name)| LOADED.contains(&name.as_str()))
            .map(|(at, _)| at)
            .collect();
        let (stream, _) = self.shelf.stream(self.source, &stem)?;
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(|error| bad(&error))? {
            let line = record.position().map_or(0, csv::Position::line);
            report.read += 1;
            let mut values: Vec<Option<Cell<'_>>> = vec![None; mapping.slots()];
            for (cell, slots) in record.iter().zip(&slots) {
                for slot in *slots {
                    values[usize::from(*slot)] = Some(Cell::Plain(cell));
                }
            }
            // A row is its own: its place in the table is its key.
            let place = Place {
                source: self.source,
                stream,
                generation: 0,
                key: u128::from(report.read),
                day_in_key: true,
            };
            match place.row(&mapping, &values) {
                Ok(Some(placed)) => placed.push(&mapping, &mut self.shelf)?,
                Ok(None) => {
                    report.skip(format!("line {line}: it is about an event that is no conversion"));
                    continue;
                }
                Err(why) => {
                    report.skip(format!("line {line}: {why}"));
                    continue;
                }
            }
            report.used += 1;
            if self.shelf.is_full() {
                // When it was captured is known at the end.
                self.shelf.keep(self.source, Timestamp::UNIX_EPOCH, &[], &[])?;
            }
            if !matches!(chosen.report.gives, Gives::Entities(_) | Gives::Creatives) {
                let times = loaded.iter().filter_map(|at| record.get(*at)).filter_map(moment::time);
                self.loaded_at = times.chain(self.loaded_at).max();
            }
        }
        self.tables.push(report);
        Ok(())
    }
}
