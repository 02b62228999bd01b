//! `adroit import`: report files in, each with its report.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use axum::http::Method;
use domain::money::decimal_text;
use http_body_util::BodyExt;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ledger::{ImportReport, Progress, Stage};
use tempfile::NamedTempFile;
use web::{LocalImportIn, LocalLine};

use crate::args::{ImportArgs, ImportCommand};
use crate::data::DataFolder;
use crate::door::Door;
use crate::failure::{self, Told};
use crate::lines::Lines;

/// Work that is done sooner needs no bar.
const PATIENCE: Duration = Duration::from_secs(1);

pub(crate) async fn run(args: ImportArgs) -> anyhow::Result<ExitCode> {
    if let Some(ImportCommand::Warehouse(warehouse)) = args.command {
        return crate::warehouse::run(warehouse).await;
    }
    if args.guess {
        return crate::guess::run(&args.files);
    }
    let folder = DataFolder::of(&args.place, "data")?;
    let door = Door::open(&folder).await?;
    if let Some(workspace) = args.place.workspace.as_deref().filter(|_| !args.dry_run) {
        door.ensure_workspace(workspace, false).await?;
    }
    let mut printed = Vec::new();
    let mut worst = 0;
    for file in &args.files {
        let source = Source::of(file, &folder)?;
        let asked = LocalImportIn {
            path: std::path::absolute(source.path())?,
            file_name: source.name(),
            workspace: args.place.workspace.clone(),
            dry_run: args.dry_run,
            captured_at: args.captured_at,
            account: args.account.clone(),
            currency: args.currency,
            date_order: args.date_order,
            map: args.map.as_ref().map(ToString::to_string),
        };
        import(&door, &asked, |outcome| {
            match outcome {
                Ok(report) => {
                    if !args.json {
                        print(&report);
                    }
                    printed.push(serde_json::to_value(&report)?);
                }
                // One file that is no report keeps none of the others out.
                Err(Told(problem)) => {
                    worst = worst.max(if problem.status < 500 { failure::NOT_RIGHT } else { 1 });
                    printed.push(serde_json::to_value(&problem)?);
                    crate::say::complaint(&Told(problem).into());
                }
            }
            Ok(())
        })
        .await?;
    }
    door.close().await;
    if args.json {
        let single = printed.len() == 1;
        let printed = if single { printed.remove(0) } else { serde_json::Value::Array(printed) };
        say!("{}", serde_json::to_string_pretty(&printed)?);
    }
    Ok(ExitCode::from(worst))
}

/// Where a file to import is.
enum Source {
    Named(PathBuf),
    /// What came by standard input, written down so that it can be read twice.
    Input(NamedTempFile),
}

impl Source {
    fn of(file: &Path, folder: &DataFolder) -> anyhow::Result<Self> {
        if file != Path::new("-") {
            return Ok(Self::Named(file.to_owned()));
        }
        std::fs::create_dir_all(folder.spool()).context("the spool in the data folder can't be made")?;
        let mut input = NamedTempFile::with_prefix_in("input-", folder.spool())?;
        std::io::copy(&mut std::io::stdin().lock(), &mut input)
            .context("standard input can't be read to its end")?;
        Ok(Self::Input(input))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Named(path) => path,
            Self::Input(file) => file.path(),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Named(path) => path
                .file_name()
                .map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned()),
            Self::Input(_) => "standard input".to_owned(),
        }
    }
}

/// Imports a file, or all that an archive or folder holds, with a bar from the first second on.
pub(crate) async fn import(
    door: &Door,
    asked: &LocalImportIn,
    mut each: impl FnMut(Result<ImportReport, Told>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let response = door.send(Method::POST, "/local/import", Some(serde_json::to_vec(asked)?)).await?;
    if !response.status().is_success() {
        let bytes = response.into_body().collect().await?.to_bytes();
        return each(Err(Told(serde_json::from_slice(&bytes).context("the problem can't be read")?)));
    }
    let mut bar = Bar { since: Instant::now(), bar: None, name: asked.file_name.clone() };
    let mut lines = Lines::of(response);
    let mut is_told = false;
    while let Some(line) = lines.next().await? {
        let outcome = match serde_json::from_slice(&line)
            .context("the answer can't be read; is the server of another version?")?
        {
            LocalLine::Progress(progress) => {
                bar.show(progress);
                continue;
            }
            LocalLine::Report(report) => Ok(*report),
            LocalLine::Problem(problem) => Err(Told(*problem)),
        };
        is_told = true;
        bar.clear();
        each(outcome)?;
    }
    match is_told {
        true => Ok(()),
        false => bail!("the import ended without a report; `adroit imports` says whether it counts"),
    }
}

struct Bar {
    since: Instant,
    bar: Option<ProgressBar>,
    name: String,
}

impl Bar {
    fn show(&mut self, progress: Progress) {
        if self.since.elapsed() < PATIENCE {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(Some(progress.bytes), ProgressDrawTarget::stderr());
            if let Ok(style) =
                ProgressStyle::with_template("{prefix} {msg} [{bar:30}] {bytes}/{total_bytes} {eta}")
            {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.with_prefix(self.name.clone())
        });
        bar.set_length(progress.bytes);
        bar.set_position(progress.bytes_done);
        bar.set_message(match progress.stage {
            Stage::Checking => "checking".to_owned(),
            Stage::Reading => format!("reading, {} rows", progress.rows),
            Stage::Applying => format!("making {} rows count", progress.rows),
        });
    }
}

impl Bar {
    /// Makes room for a report; the next file begins anew.
    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        self.since = Instant::now();
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.clear();
    }
}

fn print(report: &ImportReport) {
    let money = |micros: Option<i64>| match (micros, report.currency) {
        (Some(micros), Some(currency)) => format!("{} {currency}", decimal_text(micros, currency.decimals())),
        _ => "-".to_owned(),
    };
    let count = |count: Option<i64>| count.map_or("-".to_owned(), |count| count.to_string());
    let state = match (report.dry_run, report.already_imported, report.import_id) {
        (_, true, Some(id)) => format!("nothing changed, it is import {id} already"),
        (true, ..) => "dry run, nothing was changed".to_owned(),
        (_, _, Some(id)) => format!("import {id}"),
        _ => "not imported".to_owned(),
    };
    say!("{}: {state}", report.file_name);
    say!("  taken for   {} (level {})", report.recognised_as, report.level.label());
    say!(
        "  account     {}",
        if report.accounts.is_empty() { "-".to_owned() } else { report.accounts.join(", ") }
    );
    match report.days {
        Some(days) => say!("  days        {} to {}", days.from, days.to),
        None => say!("  days        none, a figure for the whole range"),
    }
    say!("  captured    {}", report.captured_at);
    say!(
        "  rows        {} read = {} used + {} skipped",
        report.rows.read,
        report.rows.used,
        report.rows.skipped
    );
    for skip in report.skipped.iter().take(10) {
        say!("              line {}: {}", skip.line, skip.reason);
    }
    if report.rows.skipped > 10 {
        say!("              ... and {} more; --json lists up to 1,000", report.rows.skipped - 10);
    }
    let sums = &report.sums;
    say!(
        "  sums        spend {}, impressions {}, clicks {}, conversions {}, revenue {}",
        money(sums.spend_micros),
        count(sums.impressions),
        count(sums.clicks),
        sums.conversions.map_or("-".to_owned(), |conversions| format!("{conversions}")),
        money(sums.revenue_micros)
    );
    for total in &report.file_totals {
        let verdict = match total.difference_micros {
            Some(0) => "equal".to_owned(),
            Some(difference) => format!(
                "we have {} {}",
                money(Some(difference.abs())),
                if difference > 0 { "more" } else { "less" }
            ),
            None => "not comparable".to_owned(),
        };
        say!("  file total  {}: {} ({verdict})", total.label, money(total.spend_micros));
    }
    say!("  replaces    {} rows", report.replaced_rows);
    if let (Some(first), Some(last)) = (report.provisional_days.first(), report.provisional_days.last()) {
        let days = if first == last { first.to_string() } else { format!("{first} to {last}") };
        say!("  provisional {days}");
    }
    for warning in &report.warnings {
        say!("  note        {warning}");
    }
}
