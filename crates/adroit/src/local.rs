//! What only the command line may ask beside importing files: warehouse tables, record streams, sources.
//!
//! It is asked in this process or through a server's socket, and answers with a JSON object a line.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use connect::{
    ConnectError, Piped, Protocol, RunReport, SourceDefinition, Sources, Told, WarehouseReport,
    WarehouseRequest,
};
use domain::{Currency, Period};
use http_body_util::BodyExt;
use hyper::body::Frame;
use ingest::ToldRate;
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::LedgerError;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::facts::{Rate, rates_within};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, mpsc};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use web::{AppState, ProblemOut, WebError};

use crate::archive::PARTS;

/// Pieces of a body that are read ahead.
const AHEAD: usize = 4;
/// Lines that wait for a slow reader.
const LINES: usize = 64;

/// A line of an answer: news, then one report or problem.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Line {
    /// Records that came so far.
    Records(u64),
    /// A state whose records are kept.
    State(Box<RawValue>),
    /// A warehouse's tables are in.
    Warehouse(Box<WarehouseReport>),
    /// A run has ended.
    Run(Box<RunReport>),
    /// The sources there are.
    Sources(Vec<SourceOut>),
    /// Rates by day.
    Rates(Vec<RateOut>),
    /// It is done, and there is nothing to say of it.
    Done,
    /// It failed.
    Problem(Box<ProblemOut>),
}

/// A source, as it is listed.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SourceOut {
    pub name: String,
    pub definition: Option<SourceDefinition>,
    pub last_run: Option<RunReport>,
}

/// A rate, as it is listed.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RateOut {
    pub day: Date,
    pub currency: Currency,
    /// Units of the currency for one euro, in billionths.
    pub per_euro_e9: i64,
    pub source: String,
}

/// What is to be done with rates.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RatesIn {
    pub workspace: Option<String>,
    pub what: RatesWish,
}

/// What is to be done with rates.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RatesWish {
    Load { file: PathBuf, source: String },
    Set { currency: Currency, day: Date, per_euro_e9: i64 },
    List { currency: Currency, days: Period },
    Lead { currency: Currency },
}

/// Tables to import.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WarehouseIn {
    pub folder: PathBuf,
    pub workspace: Option<String>,
    pub dry_run: bool,
    pub captured_at: Option<Timestamp>,
    pub currency: Option<Currency>,
}

/// What is said of records that follow as the body.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordsIn {
    pub name: String,
    pub protocol: Protocol,
    pub workspace: Option<String>,
    pub catalog: Option<PathBuf>,
    pub currency: Option<Currency>,
    pub keep_every: Option<u64>,
}

/// What is to be done with sources.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourcesIn {
    pub workspace: Option<String>,
    pub what: SourcesWish,
}

/// What is to be done with sources.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SourcesWish {
    List,
    Add { name: String, definition: SourceDefinition, currency: Option<Currency> },
    Run { name: String, anew: bool },
}

/// Where copies go.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CopyIn {
    pub folder: PathBuf,
}

/// Whose data leaves, and where it goes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LeaveIn {
    pub workspace: Option<String>,
    pub folder: PathBuf,
}

/// What left.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LeftOut {
    /// The files with their rows.
    pub files: Vec<(String, u64)>,
    /// The catalog's rows, by table.
    pub catalog: serde_json::Map<String, serde_json::Value>,
}

/// The application, and one turn at a time for what writes to the shelf.
#[derive(Clone)]
struct Records {
    app: AppState,
    turn: Arc<Mutex<()>>,
}

/// What the local socket answers.
pub(crate) fn router(state: AppState, settings: Option<crate::security::Settings>) -> Router {
    let records = Records { app: state.clone(), turn: Arc::default() };
    let routes = Router::new()
        .route("/local/warehouse", post(warehouse))
        .route("/local/records", post(take_in))
        .route("/local/sources", post(sources))
        .route("/local/rates", post(rates))
        .route("/local/copy", post(copy))
        .route("/local/leave", post(leave))
        .with_state(records);
    let security = crate::security::router(state.clone(), settings);
    web::local_router(state).merge(routes).merge(security)
}

/// `POST /local/warehouse`: imports the tables of a folder.
async fn warehouse(State(records): State<Records>, Json(asked): Json<WarehouseIn>) -> Response {
    records
        .answer(asked.workspace.clone(), move |app, workspace, handle, _| {
            let request = WarehouseRequest {
                workspace,
                folder: asked.folder,
                dry_run: asked.dry_run,
                captured_at: asked.captured_at,
                currency: asked.currency,
            };
            connect::import_warehouse(&app.ledger, handle, &request, &app.spool)
                .map(|report| Line::Warehouse(Box::new(report)))
        })
        .await
}

/// `POST /local/records`: takes in the records that are the body, as it comes.
async fn take_in(State(records): State<Records>, Query(asked): Query<RecordsIn>, body: Body) -> Response {
    let (pieces, mut taken) = mpsc::channel::<std::io::Result<Vec<u8>>>(AHEAD);
    tokio::spawn(async move {
        let mut body = body;
        while let Some(frame) = body.frame().await {
            let piece = match frame.map(Frame::into_data) {
                Ok(Ok(piece)) => Ok(piece.into()),
                Ok(Err(_)) => continue,
                Err(error) => Err(std::io::Error::other(error)),
            };
            let is_end = piece.is_err();
            if pieces.send(piece).await.is_err() || is_end {
                return;
            }
        }
    });
    records
        .answer(asked.workspace.clone(), move |app, workspace, handle, tell| {
            let catalog = asked.catalog.as_deref().map(connect::read_json).transpose()?;
            let piped = Piped {
                protocol: asked.protocol,
                catalog,
                currency: asked.currency,
                keep_every: asked.keep_every,
            };
            Sources::open(&app.ledger, handle)?
                .take_in(&workspace, &asked.name, &piped, || taken.blocking_recv(), tell)
                .map(|report| Line::Run(Box::new(report)))
        })
        .await
}

/// `POST /local/sources`: lists, adds or runs sources.
async fn sources(State(records): State<Records>, Json(asked): Json<SourcesIn>) -> Response {
    let stopped = Arc::new(AtomicBool::new(false));
    // Dropped with the answer: who leaves stops the run.
    let watch = StopOnDrop(Arc::clone(&stopped));
    let response = records
        .answer(asked.workspace.clone(), move |app, workspace, handle, tell| {
            let mut sources = Sources::open(&app.ledger, handle)?;
            match asked.what {
                SourcesWish::List => {
                    let listed = sources.list(&workspace)?.into_iter().map(|source| SourceOut {
                        name: source.name,
                        definition: source.definition.and_then(|text| serde_json::from_str(&text).ok()),
                        last_run: source.last_run.and_then(|run| serde_json::from_str(&run.report).ok()),
                    });
                    Ok(Line::Sources(listed.collect()))
                }
                SourcesWish::Add { name, definition, currency } => {
                    sources.define(&workspace, &name, &definition, currency)?;
                    Ok(Line::Done)
                }
                SourcesWish::Run { name, anew } => sources
                    .run(&workspace, &name, anew, &stopped, tell)
                    .map(|report| Line::Run(Box::new(report))),
            }
        })
        .await;
    response.map(|body| {
        let body = body.into_data_stream().map(move |piece| {
            let _held = &watch;
            piece
        });
        Body::from_stream(body)
    })
}

/// `POST /local/rates`: loads, sets or lists exchange rates, or says which currency leads.
async fn rates(State(records): State<Records>, Json(asked): Json<RatesIn>) -> Response {
    records
        .answer(asked.workspace.clone(), move |app, workspace, handle, _| {
            let ledger = &app.ledger;
            match asked.what {
                RatesWish::Load { file, source } => {
                    let open = std::fs::File::open(&file)
                        .map_err(|source| ConnectError::Unreadable { path: file.clone(), source })?;
                    let told = ingest::read_rates(open)
                        .map_err(|error| ConnectError::Source(format!("{}: {error}", file.display())))?;
                    ledger.keep_rates(handle, &workspace, &told, &source)?;
                    let out = |rate: &ToldRate| out(rate.day, rate.currency, rate.per_euro_e9, &source);
                    Ok(Line::Rates(told.iter().map(out).collect()))
                }
                RatesWish::Set { currency, day, per_euro_e9 } => {
                    let told = [ToldRate { currency, day, per_euro_e9 }];
                    ledger.keep_rates(handle, &workspace, &told, "set by hand")?;
                    Ok(Line::Done)
                }
                RatesWish::List { currency, days } => {
                    let within = |connection: &_| rates_within(connection, workspace.id, &[currency], days);
                    let rates = ledger.facts().read(within).map_err(LedgerError::from)?;
                    let out = |rate: &Rate| out(rate.day, rate.currency, rate.per_euro_e9, &rate.source);
                    Ok(Line::Rates(rates.iter().map(out).collect()))
                }
                RatesWish::Lead { currency } => {
                    let set = ledger.catalog().set_currency(workspace.id, currency);
                    handle.block_on(set).map_err(LedgerError::from)?;
                    Ok(Line::Done)
                }
            }
        })
        .await
}

/// `POST /local/copy`: copies everything of the data folder, as it is at one moment, into another folder.
async fn copy(
    State(records): State<Records>,
    Json(asked): Json<CopyIn>,
) -> Result<Json<serde_json::Value>, WebError> {
    let turn = records.turn.clone().lock_owned().await;
    let (ledger, handle) = (records.app.ledger.clone(), Handle::current());
    let copied = tokio::task::spawn_blocking(move || -> Result<(), WebError> {
        // Nobody has the shelf open while it is our turn.
        for name in &PARTS[2..] {
            let from = ledger.folder().join(name);
            if from.is_file() {
                std::fs::copy(from, asked.folder.join(name))?;
            }
        }
        ledger.copy(&handle, &asked.folder)?;
        drop(turn);
        Ok(())
    });
    copied.await.map_err(|error| WebError::Internal(Box::new(error)))??;
    Ok(Json(serde_json::Value::Null))
}

/// `POST /local/leave`: writes everything of a workspace into a folder.
async fn leave(
    State(records): State<Records>,
    Json(asked): Json<LeaveIn>,
) -> Result<Json<LeftOut>, WebError> {
    let workspace = records.app.workspace_named(asked.workspace.as_deref()).await?;
    let facts = records.app.ledger.facts().clone();
    let written = tokio::task::spawn_blocking(move || facts.leave(workspace.id, &asked.folder));
    let written = written.await.map_err(|error| WebError::Internal(Box::new(error)))?;
    let files = written.map_err(LedgerError::from)?.into_iter().map(|file| (file.name, file.rows)).collect();
    let catalog =
        records.app.ledger.catalog().everything_of(workspace.id).await.map_err(LedgerError::from)?;
    Ok(Json(LeftOut { files, catalog }))
}

fn out(day: Date, currency: Currency, per_euro_e9: i64, source: &str) -> RateOut {
    RateOut { day, currency, per_euro_e9, source: source.to_owned() }
}

struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Records {
    /// Does `work` when it is its turn, on a thread that may wait, and answers with what it tells.
    async fn answer(
        self,
        workspace: Option<String>,
        work: impl FnOnce(
            &AppState,
            store::catalog::Workspace,
            &Handle,
            &mut dyn FnMut(Told),
        ) -> Result<Line, ConnectError>
        + Send
        + 'static,
    ) -> Response {
        let (lines, told) = mpsc::channel::<Line>(LINES);
        tokio::spawn(async move {
            let _turn = self.turn.lock().await;
            let app = self.app.clone();
            let line = match app.workspace_named(workspace.as_deref()).await {
                Err(error) => problem(&error),
                Ok(workspace) => {
                    let (handle, news) = (Handle::current(), lines.clone());
                    let done = tokio::task::spawn_blocking(move || {
                        let mut tell = |told: Told| tell(&news, told);
                        work(&app, workspace, &handle, &mut tell)
                    });
                    match done.await {
                        Ok(Ok(line)) => line,
                        Ok(Err(error)) => problem(&in_web(error)),
                        Err(error) => problem(&WebError::Internal(Box::new(error))),
                    }
                }
            };
            // A caller who left needs no line.
            lines.send(line).await.ok();
        });
        let body = ReceiverStream::new(told).map(|line| {
            serde_json::to_vec(&line).map(|mut text| {
                text.push(b'\n');
                text
            })
        });
        ([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(body)).into_response()
    }
}

/// States must arrive; how many records came may be left out where the reader is slow.
fn tell(lines: &mpsc::Sender<Line>, told: Told) {
    match told {
        Told::Records(records) => {
            lines.try_send(Line::Records(records)).ok();
        }
        Told::State(state) => {
            if let Ok(state) = RawValue::from_string(state) {
                lines.blocking_send(Line::State(state)).ok();
            }
        }
    }
}

fn problem(error: &WebError) -> Line {
    Line::Problem(Box::new(error.report("/local")))
}

fn in_web(error: ConnectError) -> WebError {
    match error {
        ConnectError::Ledger(error) => error.into(),
        ConnectError::Shelf(error) => WebError::Internal(Box::new(error)),
        told => WebError::told(
            StatusCode::UNPROCESSABLE_ENTITY,
            "records",
            "The records can't be taken in",
            told.to_string(),
        ),
    }
}

/// Reads an answer's lines, handing on the news; the last line.
pub(crate) async fn last_line(response: Response, mut news: impl FnMut(&Line)) -> anyhow::Result<Line> {
    let mut lines = crate::lines::Lines::of(response);
    while let Some(line) = lines.next().await? {
        let line: Line = serde_json::from_slice(&line)
            .context("the answer can't be read; is the server of another version?")?;
        match line {
            Line::Records(_) | Line::State(_) => news(&line),
            Line::Problem(problem) => return Err(crate::failure::Told(*problem).into()),
            last => return Ok(last),
        }
    }
    anyhow::bail!("it ended without a report; `adroit imports` says what counts")
}
