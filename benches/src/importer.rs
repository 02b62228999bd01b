//! The process that only imports, so that its peak of memory is the import's.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::Context;
use jiff::Timestamp;
use ledger::{ImportRequest, Ledger, Progress, Stage};
use serde::{Deserialize, Serialize};
use store::catalog::Workspace;
use store::facts::Limits;

use crate::folder::WORKSPACE;
use crate::machine;

/// As much as a command of the program gives the engine, and one thread.
const LIMITS: Limits = Limits { memory_mib: 160, threads: 1 };

/// A file to import.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Job {
    pub path: PathBuf,
    pub captured_at: Timestamp,
}

/// What importing it took.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Done {
    pub rows: u64,
    pub lines: u64,
    pub reading_seconds: f64,
    pub applying_seconds: f64,
    pub processor_seconds: f64,
    /// So far.
    pub peak_kib: u64,
}

/// Imports each file that a line of the input names, and answers each with a line.
pub(crate) async fn run(folder: &Path) -> anyhow::Result<()> {
    let ledger = Ledger::open(folder, LIMITS).await?;
    let workspace = ledger.catalog().ensure_workspace(WORKSPACE).await?;
    for line in std::io::stdin().lines() {
        let job: Job = serde_json::from_str(&line?)?;
        let done = import(&ledger, &workspace, &job).await?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", serde_json::to_string(&done)?)?;
        out.flush()?;
    }
    ledger.catalog().close().await;
    Ok(())
}

async fn import(ledger: &Ledger, workspace: &Workspace, job: &Job) -> anyhow::Result<Done> {
    let processor = machine::processor_seconds();
    let clock = Arc::new(Clock::default());
    let ticking = clock.clone();
    let request = request(workspace, &job.path, job.captured_at);
    let report = ledger
        .import(request, move |progress| ticking.tick(progress))
        .await
        .with_context(|| format!("{} was not taken in", job.path.display()))?;
    let end = Instant::now();
    let begin = clock.last_of(Stage::Checking).unwrap_or(end);
    let applying = clock.last_of(Stage::Applying).unwrap_or(end);
    Ok(Done {
        rows: report.rows.used,
        lines: report.rows.read,
        reading_seconds: (applying - begin).as_secs_f64(),
        applying_seconds: (end - applying).as_secs_f64(),
        processor_seconds: machine::processor_seconds() - processor,
        peak_kib: machine::peak_kib(),
    })
}

/// A wish to import `path`.
pub(crate) fn request(workspace: &Workspace, path: &Path, captured_at: Timestamp) -> ImportRequest {
    ImportRequest {
        workspace: workspace.clone(),
        path: path.to_owned(),
        file_name: path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        dry_run: false,
        captured_at: Some(captured_at),
        account: None,
        currency: None,
        date_order: None,
        mapping: None,
    }
}

/// When each stage last said something.
#[derive(Default)]
struct Clock(Mutex<Vec<(Stage, Instant)>>);

impl Clock {
    fn tick(&self, progress: Progress) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match heard.iter_mut().find(|(stage, _)| *stage == progress.stage) {
            Some((_, at)) => *at = Instant::now(),
            None => heard.push((progress.stage, Instant::now())),
        }
    }

    fn last_of(&self, stage: Stage) -> Option<Instant> {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.iter().find(|(of, _)| *of == stage).map(|(_, at)| *at)
    }
}
