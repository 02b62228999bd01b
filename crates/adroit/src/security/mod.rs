//! `adroit doctor --security`: how safely the installation is set up, check by check, and a grade.

mod check;
mod folder;
mod network;
mod people;
mod seen;
mod settings;

use std::process::ExitCode;

use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use web::{AppState, WebError};

use crate::args::DoctorArgs;
use crate::data::DataFolder;
use crate::door::Door;
use check::{Check, RULE, Verdict, grade};
use seen::Seen;
pub(crate) use settings::Settings;

/// Where the command asks for what only the process knows that has the folder.
const PATH: &str = "/local/security";

/// What only the process knows that has the folder.
#[derive(Debug, Serialize, Deserialize)]
struct Inside {
    /// What the server was started with, where one runs.
    settings: Option<Settings>,
    seen: Seen,
}

#[derive(Clone)]
struct Asked {
    app: AppState,
    settings: Option<Settings>,
}

/// All that was found.
#[derive(Debug, Serialize)]
struct Report {
    grade: char,
    rule: &'static str,
    /// Whether a server runs, whose settings were looked at; else those that this command was given.
    is_served: bool,
    checks: Vec<Check>,
}

/// What the local socket answers about safety.
pub(crate) fn router(app: AppState, settings: Option<Settings>) -> Router {
    Router::new().route(PATH, get(inside)).with_state(Asked { app, settings })
}

async fn inside(State(asked): State<Asked>) -> Result<Json<Inside>, WebError> {
    let seen = Seen::of(asked.app.ledger.catalog(), Timestamp::now()).await?;
    Ok(Json(Inside { settings: asked.settings, seen }))
}

/// What the server was started with that has the folder; none where none runs, or none that tells.
pub(crate) async fn of_server(folder: &DataFolder) -> Option<Settings> {
    if !folder.socket().exists() {
        return None;
    }
    let inside: Inside = Door::Through(folder.clone()).ask(Method::GET, PATH, None).await.ok()?;
    inside.settings
}

pub(crate) async fn run(args: &DoctorArgs) -> anyhow::Result<ExitCode> {
    let folder = DataFolder::of(&args.place, "data")?;
    let door = Door::open(&folder).await?;
    let inside = door.ask(Method::GET, PATH, None).await;
    door.close().await;
    let Inside { settings, seen } = inside?;
    let is_served = settings.is_some();
    let settings =
        settings.unwrap_or_else(|| Settings::of(&folder, args.bind, &args.network, &args.answering));
    let mut checks = folder::all(&folder, &settings);
    checks.extend(network::all(&settings, is_served, Timestamp::now()));
    checks.extend(people::all(&seen, &settings));
    let report = Report { grade: grade(&checks), rule: RULE, is_served, checks };
    if args.json {
        say!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        tell(&report);
    }
    let fails = report.checks.iter().any(|check| check.verdict == Verdict::Fail);
    Ok(if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn tell(report: &Report) {
    for check in &report.checks {
        let mark = match check.verdict {
            Verdict::Pass => "pass ",
            Verdict::Warn => "warn ",
            Verdict::Fail => "FAIL ",
            Verdict::Unknown => "?    ",
        };
        say!("{mark} {}: {}", check.check, check.says);
        if !check.mend.is_empty() {
            say!("      {}", check.mend);
        }
    }
    let of = if report.is_served { "the running server" } else { "a server that is started like this" };
    say!("Grade of {of}: {}", report.grade);
    say!("{}", report.rule);
}
