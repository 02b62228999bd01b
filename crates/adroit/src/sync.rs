//! `adroit sync`: sources that are run as programs: added, run, listed.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use axum::http::Method;
use connect::{Protocol, RunReport, SourceDefinition};

use crate::args::{Place, SyncAddArgs, SyncArgs, SyncCommand};
use crate::data::DataFolder;
use crate::door::Door;
use crate::local::{Line, SourceOut, SourcesIn, SourcesWish, last_line};
use crate::table::Table;
use crate::told;

/// How long a run that is stopped may take to end its source and to hand over what came in.
const ENDING: Duration = Duration::from_secs(60);

/// Somebody asked a run to stop.
#[derive(Debug, thiserror::Error)]
#[error("stopped; what had come in is kept")]
struct Stopped;

pub(crate) async fn run(args: SyncArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        SyncCommand::Add(add) => self::add(add).await,
        SyncCommand::Run { name, every: Some(minutes), place, json, .. } => {
            run_every(&name, minutes, &place, json).await
        }
        SyncCommand::Run { name, anew, every: None, place, json } => {
            let report = run_once(&name, anew, &place).await?;
            match json {
                true => say!("{}", serde_json::to_string_pretty(&report)?),
                false => say!("{}", told::run(&report).trim_end()),
            }
            Ok(if report.is_complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        SyncCommand::List { place, json } => {
            let Line::Sources(sources) = ask(&place, SourcesWish::List).await? else {
                bail!("the answer is of another kind")
            };
            match json {
                true => say!("{}", serde_json::to_string_pretty(&sources)?),
                false => list(&sources),
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn run_once(name: &str, anew: bool, place: &Place) -> anyhow::Result<Box<RunReport>> {
    match ask(place, SourcesWish::Run { name: name.to_owned(), anew }).await? {
        Line::Run(report) => Ok(report),
        _ => bail!("the answer is of another kind"),
    }
}

/// Runs a source again and again. The folder is free in between, so that others may use it.
async fn run_every(name: &str, minutes: u32, place: &Place, json: bool) -> anyhow::Result<ExitCode> {
    let pause = Duration::from_secs(u64::from(minutes) * 60);
    let mut is_first = true;
    loop {
        match run_once(name, false, place).await {
            Ok(report) if json => say!("{}", serde_json::to_string(&report)?),
            Ok(report) => say!("{}", told::run(&report).trim_end()),
            // What is wrong from the start, such as the name, does not mend itself.
            Err(error) if is_first || error.is::<Stopped>() => return Err(error),
            Err(error) => eprintln!("adroit: {error:#}"),
        }
        is_first = false;
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = crate::serve::told_to_stop() => return Ok(ExitCode::SUCCESS),
        }
    }
}

async fn add(args: SyncAddArgs) -> anyhow::Result<ExitCode> {
    let name = args.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
        bail!("'{name}' can't name a source; use 1 to 60 letters, digits and signs");
    }
    let file = |path: Option<&Path>| -> anyhow::Result<_> {
        let Some(path) = path else { return Ok(None) };
        if !path.is_file() {
            bail!("there is no file {}", path.display());
        }
        Ok(Some(std::path::absolute(path)?))
    };
    let definition = SourceDefinition {
        protocol: if args.airbyte { Protocol::Airbyte } else { Protocol::Singer },
        command: SourceDefinition::parts(&args.command)?,
        folder: std::env::current_dir()?,
        config: file(args.config.as_deref())?,
        catalog: file(args.catalog.as_deref())?,
        silence_seconds: args.silence,
    };
    ask(&args.place, SourcesWish::Add { name: name.clone(), definition, currency: args.currency }).await?;
    say!("Source '{name}' is added; run it with: adroit sync run {name}");
    Ok(ExitCode::SUCCESS)
}

async fn ask(place: &Place, what: SourcesWish) -> anyhow::Result<Line> {
    let door = Door::open(&DataFolder::of(place, "data")?).await?;
    if let (Some(workspace), SourcesWish::Add { .. }) = (place.workspace.as_deref(), &what) {
        door.ensure_workspace(workspace, false).await?;
    }
    let asked = SourcesIn { workspace: place.workspace.clone(), what };
    let response = door.send(Method::POST, "/local/sources", Some(serde_json::to_vec(&asked)?)).await?;
    let last = tokio::select! {
        last = last_line(response, |_| {}) => last,
        // The answer is dropped, which stops the run.
        () = crate::serve::told_to_stop() => {
            let _ended = tokio::time::timeout(ENDING, until_free(&door, place)).await;
            Err(Stopped.into())
        }
    };
    door.close().await;
    last
}

/// Waits until nothing runs any more: what is asked next has to wait for its turn.
async fn until_free(door: &Door, place: &Place) -> anyhow::Result<()> {
    let asked = SourcesIn { workspace: place.workspace.clone(), what: SourcesWish::List };
    let response = door.send(Method::POST, "/local/sources", Some(serde_json::to_vec(&asked)?)).await?;
    last_line(response, |_| {}).await.map(drop)
}

fn list(sources: &[SourceOut]) {
    if sources.is_empty() {
        say!("There is no source yet: adroit sync add NAME --singer --command 'tap-name' --config FILE");
        return;
    }
    let mut table = Table::new(["name", "speaks", "command", "last run", "records", "outcome"], [4]);
    for source in sources {
        let run = source.last_run.as_ref();
        table.row([
            source.name.clone(),
            source
                .definition
                .as_ref()
                .map(|definition| definition.protocol)
                .or(run.map(|run| run.protocol))
                .map_or("-", Protocol::key)
                .to_owned(),
            source
                .definition
                .as_ref()
                .map_or("(standard input)".to_owned(), |definition| definition.command.join(" ")),
            run.map_or("-".to_owned(), |run| run.ended_at.to_string()),
            run.map_or("-".to_owned(), |run| run.records.to_string()),
            run.map_or("-".to_owned(), |run| run.error.clone().unwrap_or_else(|| "complete".to_owned())),
        ]);
    }
    say!("{table}");
}
