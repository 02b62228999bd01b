//! The program: command line, configuration, wiring.

#[macro_use]
mod say;

mod args;
mod data;
mod demo;
mod doctor;
mod door;
mod explain;
mod failure;
mod guess;
mod import;
mod imports;
mod ingest;
mod lines;
mod local;
mod query;
mod sample_plans;
mod serve;
mod sync;
mod table;
mod told;
mod warehouse;
mod watch;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use args::{Args, Command};

fn main() -> ExitCode {
    let args = Args::parse();
    let filter = EnvFilter::try_from_env("ADROIT_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let coloured = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(coloured).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("adroit: the program can't start its threads: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(run(args));
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    match outcome {
        Ok(code) => code,
        Err(error) => failure::tell(&error),
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
        Command::Query(query) => query::run(query).await,
        Command::Explain(explain) => explain::run(explain).await,
        Command::Serve(serve) => serve::run(serve).await,
        Command::Doctor(doctor) => doctor::run(doctor).await,
    }
}
