//! `./x chaos`: a real server, broken on purpose one way at a time. For each way: what users saw, whether anything was lost, who
//! was told of it, and how long it took until all was well. `./x soak` lets it run for long; `./x chaos cost` weighs the measuring.

mod args;
mod asking;
mod cost;
mod figures;
mod ground;
mod load;
mod machine;
mod outcome;
mod scenarios;
mod served;
mod slope;
mod soak;
mod stand;
mod telling;

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

use crate::args::{Args, What};
use crate::ground::Ground;
use crate::outcome::{Outcome, table};

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    match args.what {
        Some(What::Stand { folder, bind, blind }) => {
            stand::run(&folder, bind, blind).await.map(|()| ExitCode::SUCCESS)
        }
        Some(What::Soak { minutes, rate }) => {
            soak::run(&Ground::make(&args.program, args.rows, false)?, minutes, rate).await
        }
        Some(What::Cost { turns, seconds }) => {
            cost::run(&Ground::make(&args.program, args.rows, false)?, turns, seconds).await
        }
        None => suite(&args).await,
    }
}

/// One after the other, each on a copy of the folder; a line is said when each is over, the table at the end.
async fn suite(args: &Args) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    let chosen = scenarios::chosen(&args.only)?;
    let ground = Ground::make(&args.program, args.rows, args.short)?;
    let mut outcomes: Vec<Outcome> = Vec::new();
    for scenario in chosen {
        eprintln!("chaos: {}", scenario.what());
        let outcome = scenario.run(&ground).await;
        for wrong in &outcome.wrong {
            eprintln!("chaos: NOT AS EXPECTED: {}: {wrong}", outcome.what);
        }
        outcomes.push(outcome);
    }
    println!(
        "{}; {} rows of delivery; load average {}; {} s.\n",
        machine::describe(),
        args.rows,
        machine::load(),
        begun.elapsed().as_secs()
    );
    print!("{}", table(&outcomes));
    let is_wrong = outcomes.iter().any(|outcome| !outcome.wrong.is_empty());
    Ok(if is_wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
