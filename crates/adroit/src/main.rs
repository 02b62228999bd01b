//! The program: command line, configuration, wiring.

#[macro_use]
mod say;

mod alerts;
mod archive;
mod args;
mod backup;
mod data;
mod demo;
mod doctor;
mod door;
mod duplicates;
mod entrance;
mod explain;
mod failure;
mod guess;
mod import;
mod imports;
mod ingest;
mod leave;
mod lines;
mod listening;
mod local;
mod people;
mod query;
mod rates;
mod renames;
mod run_as;
mod sample_plans;
mod sample_rules;
mod security;
mod serve;
mod service;
mod sync;
mod table;
mod told;
mod utm;
mod warehouse;
mod watch;

use std::io::IsTerminal;
use std::pin::Pin;
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use args::{Args, Command, LogFormat};

fn main() -> ExitCode {
    let args = Args::parse();
    begin_log(matches!(&args.command, Command::Serve(serve) if serve.log == LogFormat::Json));
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("adroit: the program can't start its threads: {error}");
            return ExitCode::FAILURE;
        }
    };
    // In a box it is compiled once, not for every kind of thread that could poll it.
    let running: Pin<Box<dyn Future<Output = _>>> = Box::pin(run(args));
    let outcome = runtime.block_on(running);
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    match outcome {
        Ok(code) => code,
        Err(error) => failure::tell(&error),
    }
}

fn begin_log(is_json: bool) {
    // Whoever collects the log wants to know of each request.
    let unasked = if is_json { "warn,adroit::request=info" } else { "warn" };
    let filter = EnvFilter::try_from_env("ADROIT_LOG").unwrap_or_else(|_| EnvFilter::new(unasked));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match is_json {
        true => log.json().flatten_event(true).with_current_span(false).with_span_list(false).init(),
        false => log.with_ansi(std::io::stderr().is_terminal()).init(),
    }
}

async fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Demo(demo) => demo::run(demo).await,
        Command::Import(import) => import::run(import).await,
        Command::Ingest(ingest) => ingest::run(ingest).await,
        Command::Sync(sync) => sync::run(sync).await,
        Command::Watch(watch) => watch::run(watch).await,
        Command::Imports(imports) => imports::run(imports).await,
        Command::Rates(rates) => rates::run(rates).await,
        Command::Renames(renames) => renames::run(renames).await,
        Command::Duplicates(duplicates) => duplicates::run(duplicates).await,
        Command::Utm(utm) => utm::run(utm).await,
        Command::Alerts(alerts) => alerts::run(alerts).await,
        Command::Query(query) => query::run(query).await,
        Command::Explain(explain) => explain::run(explain).await,
        Command::Backup(backup) => backup::run(backup).await,
        Command::Restore(restore) => backup::restore(restore).await,
        Command::Leave(leave) => leave::run(leave).await,
        Command::Serve(serve) => serve::run(serve).await,
        Command::LoginLink(link) => people::login_link(link).await,
        Command::Token(token) => people::token(token).await,
        Command::Doctor(doctor) => doctor::run(doctor).await,
    }
}
