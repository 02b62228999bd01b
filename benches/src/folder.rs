//! The benchmark workspace: made once through the door that data comes in by, and kept.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use demo::{Plan, Size};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use store::Facts;
use store::facts::Limits;

use crate::importer::{Done, Job};

/// The name of the workspace.
pub(crate) const WORKSPACE: &str = "bench";
/// The last day of its data: always the same, so that runs of different days compare.
const UNTIL: Date = date(2026, 10, 31);
/// Says in the folder how the workspace was made; stands there only once it is complete.
const NOTE: &str = "bench.json";
/// Stands in the folder until it is complete.
const UNFINISHED: &str = "unfinished";

/// How the workspace was made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Made {
    /// When.
    pub made_on: String,
    /// The tables it was made for: with others it is made anew.
    pub tables: String,
    pub asked_rows: u64,
    pub files: u64,
    /// Rows of delivery.
    pub rows: u64,
    /// Lines of the files, totals included.
    pub lines: u64,
    /// Without looking up whether the same bytes came in before.
    pub reading_seconds: f64,
    pub applying_seconds: f64,
    /// Of the importing process, all its threads.
    pub processor_seconds: f64,
    /// Of the importing process.
    pub peak_kib: u64,
    pub facts_bytes: u64,
}

/// Makes the workspace in `folder`, or says how it was made.
pub(crate) fn ready(folder: &Path, rows: u64, anew: bool) -> anyhow::Result<Made> {
    let tables = tables_of_today()?;
    let (note, unfinished) = (folder.join(NOTE), folder.join(UNFINISHED));
    if let Ok(text) = fs::read_to_string(&note) {
        let made: Made = serde_json::from_str(&text).unwrap_or_default();
        if !anew && made.tables == tables && made.asked_rows == rows {
            return Ok(made);
        }
    }
    let is_ours = note.exists() || unfinished.exists();
    if !is_ours && folder.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{} holds something else; name an empty folder with --folder", folder.display());
    }
    if is_ours {
        fs::remove_dir_all(folder).with_context(|| format!("{} can't be removed", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("the folder {} can't be made", folder.display()))?;
    fs::write(&unfinished, "")?;
    eprintln!("Making the benchmark workspace of {rows} rows in {}; it is kept.", folder.display());
    let made = Made { tables, asked_rows: rows, ..make(folder, rows)? };
    fs::write(&note, serde_json::to_string_pretty(&made)?)?;
    fs::remove_file(&unfinished)?;
    Ok(made)
}

/// Writes the files here and imports each in another process, whose memory is the import's alone. It waits while a file is
/// written, so that neither disturbs the other.
fn make(folder: &Path, rows: u64) -> anyhow::Result<Made> {
    let mut importer = Command::new(std::env::current_exe()?)
        .arg("importer")
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("the importing process can't be started")?;
    let mut jobs = importer.stdin.take().context("the importing process has no input")?;
    let mut answers = BufReader::new(importer.stdout.take().context("the importing process has no output")?);
    let mut made = Made { made_on: jiff::Timestamp::now().strftime("%F").to_string(), ..Made::default() };

    let plan = Plan { seed: 1, until: UNTIL, size: Size::Rows(rows) };
    demo::write(&plan, &folder.join("exports"), |written| {
        let captured_at = written.captured_at.to_zoned(TimeZone::UTC)?.timestamp();
        let job = Job { path: written.path.clone(), captured_at };
        writeln!(jobs, "{}", serde_json::to_string(&job)?)?;
        jobs.flush()?;
        let mut answer = String::new();
        answers.read_line(&mut answer)?;
        let done: Done = serde_json::from_str(&answer).context("the import failed; see above")?;
        made.files += 1;
        made.rows += done.rows;
        made.lines += done.lines;
        made.reading_seconds += done.reading_seconds;
        made.applying_seconds += done.applying_seconds;
        made.processor_seconds += done.processor_seconds;
        made.peak_kib = done.peak_kib;
        eprintln!("{} rows imported", made.rows);
        fs::remove_file(&written.path).with_context(|| format!("{} can't be removed", written.path.display()))
    })?;
    drop(jobs);
    if !importer.wait()?.success() {
        bail!("the importing process failed; see above");
    }
    fs::remove_dir_all(folder.join("exports"))?;
    made.facts_bytes = fs::metadata(folder.join("facts.duckdb"))?.len();
    Ok(made)
}

/// The tables that this program would make: a workspace kept from before they changed is of no use.
fn tables_of_today() -> anyhow::Result<String> {
    let empty = tempfile::tempdir()?;
    let facts = Facts::open(&empty.path().join("facts.duckdb"), &Limits { memory_mib: 64, threads: 1 })?;
    facts.read(|connection| {
        let mut statement = connection.prepare(
            "SELECT string_agg(table_name || '.' || column_name || ' ' || data_type, ', ' ORDER BY table_name, column_index)
             FROM duckdb_columns() WHERE NOT internal AND database_name = current_database()",
        )?;
        Ok::<_, anyhow::Error>(statement.query_row([], |row| row.get(0))?)
    })
}
