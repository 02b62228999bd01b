//! A platform restates a month of an account: how long taking it in lasts, and what readers notice of it.
//!
//! It is done on a copy of the data folder, so that the kept one stays as it was made.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context, bail};
use domain::money::decimal_text;
use domain::{ImportId, Level, Period};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use store::facts::{Account, days_literal};
use tempfile::TempDir;
use tokio::task::{JoinHandle, block_in_place};

use crate::importer::request;
use crate::server::{Client, Server};
use crate::table::Line;
use crate::timing::Times;

/// What the readers ask meanwhile.
const READ: &str = "/api/v1/overview";
/// How many ask.
const READERS: usize = 2;
/// How often the month is restated, without readers and beside them.
const TIMES: i64 = 5;

/// The lines about restating.
pub(crate) async fn lines(folder: &Path, rounds: usize) -> anyhow::Result<Vec<Line>> {
    eprintln!("restatement");
    let copy = copied(folder)?;
    let server = Server::start(copy.path()).await?;
    let lines = measured(&server, copy.path(), rounds).await;
    server.stop().await;
    lines
}

/// A copy of a data folder, beside it, until it is dropped.
pub(crate) fn copied(folder: &Path) -> anyhow::Result<TempDir> {
    let copy = tempfile::tempdir_in(folder.parent().unwrap_or(folder))?;
    for file in ["facts.duckdb", "facts.duckdb.wal", "catalog.sqlite", "catalog.sqlite-wal"] {
        let from = folder.join(file);
        if from.exists() {
            fs::copy(&from, copy.path().join(file))
                .with_context(|| format!("{} can't be copied", from.display()))?;
        }
    }
    Ok(copy)
}

async fn measured(server: &Server, folder: &Path, rounds: usize) -> anyhow::Result<Vec<Line>> {
    let scope = Scope::choose(server)?;
    let mut client = Client::connect(server.address).await?;
    let before = client.get(READ).await?;

    let usual = {
        let readers = Readers::start(server);
        for _ in 0..rounds {
            client.get(READ).await?;
        }
        readers.stop().await?
    };
    let (mut alone, mut beside, mut undone, mut bare) =
        (Times::default(), Times::default(), Times::default(), Times::default());
    let mut noticed = Times::default();
    let mut rows = 0;
    for time in 0..TIMES {
        let file = scope.write(server, folder, 2 * time + 1)?;
        rows = file.rows;
        let start = Instant::now();
        let import = restate(server, &file).await?;
        alone.since(start);
        let start = Instant::now();
        server.ledger.undo(server.workspace.id, import).await?;
        undone.since(start);

        let file = scope.write(server, folder, 2 * time + 2)?;
        let readers = Readers::start(server);
        let start = Instant::now();
        let import = restate(server, &file).await?;
        beside.since(start);
        noticed.join(readers.stop().await?);
        server.ledger.undo(server.workspace.id, import).await?;

        bare.join(block_in_place(|| scope.replace_bare(server))?);
    }
    if client.get(READ).await? != before {
        bail!("THE OVERVIEW DIFFERS after every restatement was undone");
    }
    let what = format!("restating 30 days of an account, {} rows", web::format::count(rows));
    Ok(vec![
        Line { engine: bare.clone(), shows_worst: true, ..Line::of(what, alone) },
        Line {
            engine: bare,
            shows_worst: true,
            ..Line::of(format!("  beside {READERS} readers of the overview"), beside)
        },
        Line { shows_worst: true, ..Line::of("  undoing it", undone) },
        Line { shows_worst: true, ..Line::of("  the readers' overview meanwhile", noticed) },
        Line { shows_worst: true, ..Line::of("  the readers' overview without it", usual) },
    ])
}

/// Takes a restatement in.
pub(crate) async fn restate(server: &Server, file: &Restated) -> anyhow::Result<ImportId> {
    let request = request(&server.workspace, &file.path, file.captured_at);
    let report = server.ledger.import(request, |_| ()).await?;
    if report.replaced_rows != file.rows || report.rows.used != file.rows {
        bail!(
            "the restatement replaced {} rows with {} instead of {}",
            report.replaced_rows,
            report.rows.used,
            file.rows
        );
    }
    report.import_id.context("the restatement got no number")
}

/// Which rows are restated.
pub(crate) struct Scope {
    account: Account,
    period: Period,
    rows: String,
}

/// A file that restates them.
pub(crate) struct Restated {
    path: PathBuf,
    rows: u64,
    captured_at: Timestamp,
}

impl Scope {
    /// The last 30 days of the campaigns of the first account on Google Ads.
    pub fn choose(server: &Server) -> anyhow::Result<Self> {
        let known = server.insight.known(&server.asker().bound, None)?;
        let newest = server.insight.newest_day(&server.asker().bound)?.context("nothing is known")?;
        let is_google = |account: &&Account| account.platform == domain::Platform::GoogleAds;
        let account =
            known.accounts.iter().find(is_google).context("there is no account on Google Ads")?.clone();
        let period = Period::ending(newest, 30);
        let rows = format!(
            "workspace = {} AND level = {} AND account = {} AND day BETWEEN {}",
            server.workspace.id,
            Level::Campaign.number(),
            account.account,
            days_literal(period)
        );
        Ok(Self { account, period, rows })
    }

    /// Writes what is believed, a day later and with more conversions, as the platform would export it.
    pub fn write(&self, server: &Server, folder: &Path, nth: i64) -> anyhow::Result<Restated> {
        let path = folder.join(format!("restated-{nth}.csv"));
        let mut out = csv::WriterBuilder::new().flexible(true).from_path(&path)?;
        let long = |day: jiff::civil::Date| day.strftime("%B %-d, %Y").to_string();
        out.write_record(["Campaign report"])?;
        out.write_record([format!("{} - {}", long(self.period.from()), long(self.period.to()))])?;
        out.write_record([
            "Account name",
            "Campaign",
            "Campaign ID",
            "Day",
            "Currency code",
            "Cost",
            "Clicks",
            "Impr.",
            "Conversions",
            "Conv. value",
        ])?;
        let mut rows = 0;
        server.ledger.facts().read(|connection| {
            let mut statement = connection.prepare(&format!(
                "SELECT e.name, e.external_id, d.day::VARCHAR, d.spend_micros, d.clicks, d.impressions, d.conversions_e6, d.revenue_micros
                 FROM (FROM delivery WHERE {}) d JOIN entity e ON e.entity = d.entity ORDER BY d.day, d.entity",
                self.rows
            ))?;
            let mut found = statement.query([])?;
            while let Some(row) = found.next()? {
                let text = |n: usize| row.get::<_, Option<String>>(n).map(Option::unwrap_or_default);
                let figure = |n: usize| row.get::<_, Option<i64>>(n).map(Option::unwrap_or_default);
                out.write_record([
                    self.account.label(),
                    &text(0)?,
                    &text(1)?,
                    &text(2)?,
                    self.account.currency.code(),
                    &decimal_text(figure(3)?, 2),
                    &figure(4)?.to_string(),
                    &figure(5)?.to_string(),
                    &decimal_text(figure(6)? + nth * 10_000, 2),
                    &decimal_text(figure(7)?, 2),
                ])?;
                rows += 1;
            }
            Ok::<_, anyhow::Error>(())
        })?;
        out.flush()?;
        let captured = self.period.to().saturating_add(nth.days()).at(6, 12, 0, 0);
        Ok(Restated { path, rows, captured_at: captured.to_zoned(TimeZone::UTC)?.timestamp() })
    }

    /// Replaces the same rows by themselves with nothing but the engine.
    fn replace_bare(&self, server: &Server) -> anyhow::Result<Times> {
        let mut times = Times::default();
        server.ledger.facts().read(|connection| {
            let rows = &self.rows;
            connection.execute_batch(&format!(
                "CREATE OR REPLACE TEMP TABLE replacing AS FROM delivery WHERE {rows}"
            ))?;
            let start = Instant::now();
            connection.execute_batch(&format!(
                "BEGIN; DELETE FROM delivery WHERE {rows}; INSERT INTO delivery FROM replacing; COMMIT;"
            ))?;
            times.since(start);
            connection.execute_batch("DROP TABLE replacing")?;
            Ok::<_, anyhow::Error>(())
        })?;
        Ok(times)
    }
}

/// Clients that ask until they are stopped.
struct Readers {
    done: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<anyhow::Result<Times>>>,
}

impl Readers {
    fn start(server: &Server) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let reader = |_| {
            let (done, address) = (done.clone(), server.address);
            tokio::spawn(async move {
                let mut client = Client::connect(address).await?;
                let mut times = Times::default();
                while !done.load(Ordering::Relaxed) {
                    let start = Instant::now();
                    client.get(READ).await?;
                    times.since(start);
                }
                Ok(times)
            })
        };
        let tasks = (0..READERS).map(reader).collect();
        Self { done, tasks }
    }

    async fn stop(self) -> anyhow::Result<Times> {
        self.done.store(true, Ordering::Relaxed);
        let mut times = Times::default();
        for task in self.tasks {
            times.join(task.await??);
        }
        Ok(times)
    }
}
