//! Runs: a source is asked, or records come by standard input; what came in is kept and handed over; a report is left.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use domain::Currency;
use jiff::Timestamp;
use ledger::{ImportReport, Ledger};
use serde::{Deserialize, Serialize};
use store::Shelf;
use store::catalog::Workspace;
use store::facts::Limits;
use store::shelf::{KeptSource, SourceId};
use tokio::runtime::Handle;

use crate::hand_over::{Terms, hand_over};
use crate::intake::{Intake, StreamPlan};
use crate::log::{Log, LogTail};
use crate::message::Protocol;
use crate::source::{SourceDefinition, plans};
use crate::{ConnectError, TableReport, process};

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    /// The source.
    pub source: String,
    /// What it speaks.
    pub protocol: Protocol,
    /// Whether it came to its end; if not, what came before is kept.
    pub is_complete: bool,
    /// What went wrong.
    pub error: Option<String>,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// Records that came.
    pub records: u64,
    /// States that were kept with their records.
    pub states: u64,
    /// What became of each stream.
    pub streams: Vec<TableReport>,
    /// One import per account and level.
    pub imports: Vec<ImportReport>,
    /// What it said beside.
    pub log: LogTail,
}

/// What is told while it runs.
#[derive(Debug, Clone)]
pub enum Told {
    /// Records that came so far.
    Records(u64),
    /// A state whose records are kept.
    State(String),
}

/// Records that come by standard input.
#[derive(Debug, Clone)]
pub struct Piped {
    /// What they are in.
    pub protocol: Protocol,
    /// A configured catalog of Airbyte's, which says keys and how streams are read.
    pub catalog: Option<serde_json::Value>,
    /// For accounts whose currency no record names.
    pub currency: Option<Currency>,
    /// Records after which what came is kept, with the state before them, where that is to be sooner than by itself.
    pub keep_every: Option<u64>,
}

/// The sources of a data folder. One run at a time.
pub struct Sources<'l> {
    ledger: &'l Ledger,
    handle: &'l Handle,
    shelf: Shelf,
}

/// Where records wait for the ledger.
fn shelf_path(folder: &Path) -> PathBuf {
    folder.join("records.duckdb")
}

/// Stands while there is something to hand over, so that a start need not open the shelf to know.
fn due_mark(folder: &Path) -> PathBuf {
    folder.join("records.due")
}

/// Hands over what a run that was cut off has left. Blocks; costs nothing if there is nothing.
///
/// # Errors
/// If a store fails.
pub fn settle_records(ledger: &Ledger, handle: &Handle) -> Result<(), ConnectError> {
    if !due_mark(ledger.folder()).exists() || !shelf_path(ledger.folder()).exists() {
        return Ok(());
    }
    let mut sources = Sources::open(ledger, handle)?;
    let workspaces =
        handle.block_on(ledger.catalog().workspaces()).map_err(|error| ConnectError::Ledger(error.into()))?;
    for (workspace, source, name) in sources.shelf.due_sources()? {
        if let Some(workspace) = workspaces.iter().find(|known| known.id == workspace) {
            let imports = sources.hand_over(workspace, source, &name)?;
            tracing::warn!(
                source = name,
                imports = imports.len(),
                "handed over what a run that was cut off had left"
            );
        }
    }
    sources.unmark()
}

impl<'l> Sources<'l> {
    /// Opens the sources of the ledger's folder.
    ///
    /// # Errors
    /// If their file can't be opened.
    pub fn open(ledger: &'l Ledger, handle: &'l Handle) -> Result<Self, ConnectError> {
        let limits = Limits { memory_mib: 128, ..Limits::default() };
        let shelf = Shelf::open(&shelf_path(ledger.folder()), &limits)?;
        Ok(Self { ledger, handle, shelf })
    }

    /// Adds a source, or changes how it is run.
    ///
    /// # Errors
    /// If the store fails.
    pub fn define(
        &mut self,
        workspace: &Workspace,
        name: &str,
        definition: &SourceDefinition,
        currency: Option<Currency>,
    ) -> Result<(), ConnectError> {
        let source = self.shelf.source(workspace.id, name)?;
        if let Some(currency) = currency {
            self.shelf.set_currency(source, currency)?;
        }
        self.shelf.define(source, &serde_json::to_string(definition)?)?;
        Ok(())
    }

    /// The sources of a workspace.
    ///
    /// # Errors
    /// If the store fails.
    pub fn list(&self, workspace: &Workspace) -> Result<Vec<KeptSource>, ConnectError> {
        Ok(self.shelf.sources(workspace.id)?)
    }

    /// Runs a source to its end. Blocks.
    ///
    /// # Errors
    /// If there is no such source, or a store fails. A source that fails is no error here: the report says it.
    pub fn run(
        mut self,
        workspace: &Workspace,
        name: &str,
        anew: bool,
        stopped: &AtomicBool,
        mut tell: impl FnMut(Told),
    ) -> Result<RunReport, ConnectError> {
        let known = self.shelf.sources(workspace.id)?;
        let definition = known
            .iter()
            .find(|source| source.name == name)
            .and_then(|source| Some((source.source, source.definition.clone()?)));
        let Some((source, definition)) = definition else {
            let names: Vec<&str> = known
                .iter()
                .filter(|source| source.definition.is_some())
                .map(|source| source.name.as_str())
                .collect();
            return Err(ConnectError::Source(match names.as_slice() {
                [] => {
                    format!("there is no source '{name}'; add it with adroit sync add {name} --command '...'")
                }
                names => format!("there is no source '{name}'; there are: {}", names.join(", ")),
            }));
        };
        let definition: SourceDefinition = serde_json::from_str(&definition)?;
        let mut run = Run::begin(name, definition.protocol);
        if anew {
            self.shelf.forget_states(source)?;
        }
        let states = self.shelf.states(source)?;
        let asked = match definition.asked(&states, &run.log, stopped) {
            Ok(asked) => asked,
            Err(ConnectError::Source(why)) => {
                run.error = Some(why);
                return self.finish(workspace, source, run);
            }
            Err(other) => return Err(other),
        };
        if asked.is_wanted {
            self.mark()?;
            let log = Arc::clone(&run.log);
            let mut intake = Intake::new(&mut self.shelf, source, definition.protocol, asked.plans, &log);
            let outcome = process::run(&asked.program, &log, stopped, |piece| {
                intake.bytes(piece)?;
                told(&mut intake, &mut tell);
                Ok(())
            });
            let outcome = outcome.and_then(|()| intake.end());
            run.end(intake, outcome, true, &mut tell)?;
        }
        run.streams.extend(asked.refused);
        self.finish(workspace, source, run)
    }

    /// Takes in records that come in pieces from elsewhere; `next` gives none at the end, and an error where they are cut
    /// off. Blocks.
    ///
    /// # Errors
    /// If a store fails. Records that can't be read are no error here: the report says it.
    pub fn take_in(
        mut self,
        workspace: &Workspace,
        name: &str,
        piped: &Piped,
        mut next: impl FnMut() -> Option<std::io::Result<Vec<u8>>>,
        mut tell: impl FnMut(Told),
    ) -> Result<RunReport, ConnectError> {
        let source = self.shelf.source(workspace.id, name)?;
        if let Some(currency) = piped.currency {
            self.shelf.set_currency(source, currency)?;
        }
        let mut run = Run::begin(name, piped.protocol);
        let plans: HashMap<String, StreamPlan> = piped.catalog.as_ref().map(plans).unwrap_or_default();
        self.mark()?;
        let log = Arc::clone(&run.log);
        let mut intake = Intake::new(&mut self.shelf, source, piped.protocol, plans, &log);
        if let Some(records) = piped.keep_every {
            intake.keep_every(records);
        }
        let mut outcome = Ok(());
        while let Some(piece) = next() {
            outcome = piece
                .map_err(|error| {
                    ConnectError::Source(format!(
                        "the records ended early ({error}); what had come in is kept"
                    ))
                })
                .and_then(|piece| intake.bytes(&piece));
            if outcome.is_err() {
                break;
            }
            told(&mut intake, &mut tell);
        }
        let outcome = outcome.and_then(|()| intake.end());
        run.end(intake, outcome, false, &mut tell)?;
        self.finish(workspace, source, run)
    }

    fn finish(
        mut self,
        workspace: &Workspace,
        source: SourceId,
        run: Run,
    ) -> Result<RunReport, ConnectError> {
        let imports = self.hand_over(workspace, source, &run.name)?;
        let report = RunReport {
            source: run.name,
            protocol: run.protocol,
            is_complete: run.error.is_none(),
            error: run.error,
            began_at: run.began_at,
            ended_at: Timestamp::now(),
            records: run.records,
            states: run.states,
            streams: run.streams,
            imports,
            log: run.log.tail(),
        };
        self.shelf.note_run(source, &serde_json::to_string(&report)?)?;
        self.unmark()?;
        Ok(report)
    }

    fn hand_over(
        &mut self,
        workspace: &Workspace,
        source: SourceId,
        name: &str,
    ) -> Result<Vec<ImportReport>, ConnectError> {
        let terms =
            Terms { workspace, name, kind: "records", is_whole: false, counts_once: false, dry_run: false };
        hand_over(self.ledger, self.handle, &mut self.shelf, source, &terms)
    }

    fn mark(&self) -> Result<(), ConnectError> {
        let path = due_mark(self.ledger.folder());
        std::fs::write(&path, "").map_err(|source| ConnectError::Unreadable { path, source })
    }

    fn unmark(self) -> Result<(), ConnectError> {
        let path = due_mark(self.ledger.folder());
        if self.shelf.due_sources()?.is_empty() && path.exists() {
            std::fs::remove_file(&path).map_err(|source| ConnectError::Unreadable { path, source })?;
        }
        Ok(())
    }
}

fn told(intake: &mut Intake<'_>, tell: &mut impl FnMut(Told)) {
    for state in intake.take_kept_states() {
        tell(Told::State(state));
    }
    tell(Told::Records(intake.records));
}

/// A run under way.
struct Run {
    name: String,
    protocol: Protocol,
    began_at: Timestamp,
    log: Arc<Log>,
    error: Option<String>,
    records: u64,
    states: u64,
    streams: Vec<TableReport>,
}

impl Run {
    fn begin(name: &str, protocol: Protocol) -> Self {
        Self {
            name: name.to_owned(),
            protocol,
            began_at: Timestamp::now(),
            log: Arc::default(),
            error: None,
            records: 0,
            states: 0,
            streams: Vec::new(),
        }
    }

    /// Keeps what came in, however it ended.
    fn end(
        &mut self,
        mut intake: Intake<'_>,
        outcome: Result<(), ConnectError>,
        is_program: bool,
        tell: &mut impl FnMut(Told),
    ) -> Result<(), ConnectError> {
        let told_failure = intake.failure().map(|why| format!("the source says that it failed: {why}"));
        self.error = match outcome {
            Ok(()) => told_failure,
            Err(ConnectError::Source(why)) => {
                Some(told_failure.map_or(why.clone(), |told| format!("{told} ({why})")))
            }
            Err(other) => return Err(other),
        };
        intake.keep()?;
        intake.complete(self.error.is_none(), is_program && self.error.is_none())?;
        told(&mut intake, tell);
        self.records = intake.records;
        self.states = intake.states_kept;
        self.streams = intake.reports();
        Ok(())
    }
}
