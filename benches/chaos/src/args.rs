//! What can be said on the command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Breaks a server on purpose, one way at a time, and prints what users saw, whether anything was lost, who was told, and how soon
/// it was well again.
#[derive(Debug, Parser)]
#[command(name = "./x chaos", version)]
pub(crate) struct Args {
    /// The built program
    #[arg(long, value_name = "FILE", global = true, default_value = "adroit")]
    pub program: PathBuf,
    /// Rows of delivery in the data folder that is made for it
    #[arg(long, default_value_t = 50_000, global = true)]
    pub rows: u64,
    /// Only what can be seen in under a minute: faults end before alerts fire, which are then not waited for
    #[arg(long)]
    pub short: bool,
    /// Only these, by their names, comma-separated: kill, full, readonly, hang, locked, clock, clients, mail, beacons
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub only: Vec<String>,
    #[command(subcommand)]
    pub what: Option<What>,
}

/// What else is done to a server, and what the program asks itself.
#[derive(Debug, Subcommand)]
pub(crate) enum What {
    /// Half of the most it can answer, for a long time, with imports going on: errors, memory, times, open files, availability
    Soak {
        /// For how long
        #[arg(long, default_value_t = 60)]
        minutes: u32,
        /// Requests a second [default: half of what was answered in ten seconds at the start]
        #[arg(long)]
        rate: Option<u32>,
    },
    /// What measuring costs: a warm page with it and without, in turns
    Cost {
        /// Turns of each
        #[arg(long, default_value_t = 10)]
        turns: u32,
        /// How long a turn is
        #[arg(long, default_value_t = 3)]
        seconds: u32,
    },
    /// Serves a folder like the program does, and holds every way to its engine, or measures nothing, while it is told to
    #[command(hide = true)]
    Stand {
        /// The data folder
        folder: PathBuf,
        /// Where to listen
        #[arg(long)]
        bind: SocketAddr,
        /// Measures nothing
        #[arg(long)]
        blind: bool,
    },
}
