//! What can be said on the command line.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Parser, Subcommand};
use connect::Protocol;

/// Measures imports, record streams, answers and restatements beside the bare engine and beside scans written by hand.
#[derive(Debug, Parser)]
#[command(name = "./x bench", version)]
pub(crate) struct Args {
    /// Rows of delivery in the benchmark workspace [default: 10000000, with --quick 200000]
    #[arg(long, global = true)]
    rows: Option<u64>,
    /// Where the benchmark workspace is kept [default: in the user's cache folder]
    #[arg(long, value_name = "DIR", global = true)]
    folder: Option<PathBuf>,
    /// Fewer rows and rounds: to see that it works, not how fast it is
    #[arg(long, global = true)]
    pub quick: bool,
    /// Measured rounds of each question [default: 15, with --quick 9]
    #[arg(long, global = true)]
    rounds: Option<usize>,
    /// Make the workspace anew, which measures the import again
    #[arg(long, global = true)]
    pub anew: bool,
    /// Print a Markdown table
    #[arg(long, global = true)]
    pub markdown: bool,
    #[command(subcommand)]
    pub what: Option<What>,
}

/// What else can be measured, and what the program asks itself.
#[derive(Debug, Subcommand)]
pub(crate) enum What {
    /// Measures kept answers, overload, and each of the parts that bring that about switched off; needs wrk and nginx
    Cache,
    /// Measures whether the time that a refused sign-in takes tells whether there is somebody of the name; fails if it does
    SignIn {
        /// Tries of each kind [default: 1000, with --quick 100]
        #[arg(long, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(2..=60_000))]
        pairs: Option<usize>,
    },
    /// Asks an address so many times a second, whatever becomes of the answers
    #[command(hide = true)]
    Load {
        /// Where
        address: std::net::SocketAddr,
        /// Questions a second
        rate: u32,
        /// For how long
        seconds: u32,
    },
    /// Takes in the records that come by its input, so that its memory is theirs alone
    #[command(hide = true)]
    Streams {
        /// The data folder
        folder: PathBuf,
        /// The protocol they come in
        protocol: Protocol,
    },
    /// Imports the files that are named on its input, so that its memory is the import's alone
    #[command(hide = true)]
    Importer {
        /// The data folder
        folder: PathBuf,
    },
}

impl Args {
    pub fn rows(&self) -> u64 {
        self.rows.unwrap_or(if self.quick { 200_000 } else { 10_000_000 })
    }

    pub fn rounds(&self) -> usize {
        self.rounds.unwrap_or(if self.quick { 9 } else { 15 }).max(1)
    }

    /// The folder of the benchmark workspace; versions and sizes are kept apart.
    pub fn folder(&self) -> anyhow::Result<PathBuf> {
        if let Some(folder) = &self.folder {
            return Ok(folder.clone());
        }
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let cache = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")));
        let cache = cache
            .context("there is no HOME to keep the benchmark workspace in; name a folder with --folder")?;
        Ok(cache.join("adroit-bench").join(format!("{}-{}", self.rows(), env!("CARGO_PKG_VERSION"))))
    }
}
