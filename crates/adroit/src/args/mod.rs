//! The command line: its commands and what each takes.

mod duplicates;
mod folder;
mod network;
mod provider;
mod renames;
mod utm;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use domain::Currency;
use ingest::{DateOrder, Mapping};
use jiff::Timestamp;

pub(crate) use self::duplicates::{DuplicatesArgs, DuplicatesCommand, Twins};
pub(crate) use self::folder::{
    Answering, BackupArgs, DemoArgs, DoctorArgs, LeaveArgs, LogFormat, LoginLinkArgs, RestoreArgs, ServeArgs,
    TokenArgs, TokenCommand,
};
pub(crate) use self::network::Network;
pub(crate) use self::provider::ProviderArgs;
pub(crate) use self::renames::{Pair, RenamesArgs, RenamesCommand};
pub(crate) use self::utm::UtmArgs;

/// The open, self-hosted cockpit for advertising campaigns.
#[derive(Debug, Parser)]
#[command(name = "adroit", version, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Import the report files that you downloaded from an advertising platform
    Import(ImportArgs),
    /// Import records in the Singer or Airbyte protocol from standard input: `tap | adroit ingest --singer`
    Ingest(IngestArgs),
    /// Run programs that fetch records from platforms: Airbyte sources and Singer taps
    Sync(SyncArgs),
    /// Import each report file that is put into a folder, once
    Watch(WatchArgs),
    /// List imports, or undo one
    Imports(ImportsArgs),
    /// Load, set and list exchange rates by day
    Rates(RatesArgs),
    /// List campaigns that may go on under another name, and say whether they are one
    Renames(RenamesArgs),
    /// List accounts that may have come in twice under two names, and say whether they are one
    Duplicates(DuplicatesArgs),
    /// Say what was spent where visits can't be assigned to campaigns, by the addresses that ads lead to
    Utm(UtmArgs),
    /// Say what fires, or try an alert rule on the past
    Alerts(AlertsArgs),
    /// Ask a question: metrics, cut by dimensions, over a period
    Query(QueryArgs),
    /// Show how a question is answered: from memory or by which statement, and the engine's plan of it
    Explain(ExplainArgs),
    /// Write everything of a data folder into one checked file, also while a server runs
    Backup(BackupArgs),
    /// Make a data folder from a backup; nothing is overwritten
    Restore(RestoreArgs),
    /// Write everything of a workspace as Parquet and JSON, for other programs
    Leave(LeaveArgs),
    /// Serve the pages and the JSON API
    Serve(ServeArgs),
    /// Make an invented company's data, import it, and serve it
    Demo(DemoArgs),
    /// Print a link that lets somebody in, once, within 15 minutes
    LoginLink(LoginLinkArgs),
    /// Give a program a token for the API
    Token(TokenArgs),
    /// Say what is wrong with the installation and what to do
    Doctor(DoctorArgs),
}

/// What every command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Place {
    /// The data folder [default: the user's data folder]
    #[arg(long, value_name = "DIR", env = "ADROIT_DATA")]
    pub data: Option<PathBuf>,
    /// The workspace [default: the only one, else 'default']
    #[arg(long, value_name = "NAME")]
    pub workspace: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct ImportArgs {
    #[command(subcommand)]
    pub command: Option<ImportCommand>,
    /// The files as downloaded: CSV, Excel, archives of them, folders; - for standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub place: Place,
    /// Show the whole report and commit nothing
    #[arg(long)]
    pub dry_run: bool,
    /// When the platform was asked, if you know better than the file, for example 2026-11-22T06:12:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub captured_at: Option<Timestamp>,
    /// The account's name, for files that name none
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// The currency, for files that name none, for example EUR
    #[arg(long, value_name = "CODE")]
    pub currency: Option<Currency>,
    /// How to read dates such as 03/04/2026: dmy or mdy
    #[arg(long, value_name = "ORDER")]
    pub date_order: Option<DateOrder>,
    /// Which column is what in a table that is not recognised: 'date=Tag,campaign=Kampagne,spend=Kosten,currency=EUR'.
    /// It is kept, so that the next such table is recognised
    #[arg(long, value_name = "COLUMNS")]
    pub map: Option<Mapping>,
    /// Import nothing; guess which column is what, and print the command that says so
    #[arg(long, conflicts_with = "map")]
    pub guess: bool,
    /// Print the report as JSON: an object, or a list where several files are named
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Import a folder of a warehouse's tables as pipelines make them, as CSV files: statistics and histories
    Warehouse(WarehouseArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct WarehouseArgs {
    /// The folder
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    #[command(flatten)]
    pub place: Place,
    /// Show the whole report and commit nothing
    #[arg(long)]
    pub dry_run: bool,
    /// When the platforms were asked, if you know better than the tables
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub captured_at: Option<Timestamp>,
    /// The currency of accounts for which no table names one, for example EUR
    #[arg(long, value_name = "CODE")]
    pub currency: Option<Currency>,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct IngestArgs {
    #[command(flatten)]
    pub place: Place,
    /// The messages are Singer's, as taps send them
    #[arg(long, required_unless_present = "airbyte")]
    pub singer: bool,
    /// The messages are Airbyte's, as sources send them
    #[arg(long, conflicts_with = "singer")]
    pub airbyte: bool,
    /// Airbyte's configured catalog, which says what the keys of streams are and which are read anew each time
    #[arg(long, value_name = "FILE", requires = "airbyte")]
    pub catalog: Option<PathBuf>,
    /// What the source is called; records of one name replace each other by their keys
    #[arg(long, value_name = "NAME", default_value = "stdin")]
    pub name: String,
    /// The currency of accounts for which no record names one, for example EUR
    #[arg(long, value_name = "CODE")]
    pub currency: Option<Currency>,
    /// Keep what came, and tell the state before it, after so many records already; less comes again after a cut, but it is
    /// slower [default: 122880, or ten seconds]
    #[arg(long, value_name = "RECORDS", value_parser = clap::value_parser!(u64).range(1..=122_880))]
    pub keep_every: Option<u64>,
    /// Print the report as JSON, on standard error; states go to standard output as the protocols want it
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SyncArgs {
    #[command(subcommand)]
    pub command: SyncCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SyncCommand {
    /// Add a source, or change how it is run
    Add(SyncAddArgs),
    /// Run a source to its end: it goes on where it last stopped
    Run {
        /// Its name
        name: String,
        /// Let it begin anew instead of going on; what is known stays until it comes again
        #[arg(long)]
        anew: bool,
        /// Run it again and again, so many minutes after each end, until Ctrl-C; a run that fails is told and tried again
        #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(u32).range(1..=10_080), conflicts_with = "anew")]
        every: Option<u32>,
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List sources and how their last runs ended
    List {
        #[command(flatten)]
        place: Place,
        /// Print JSON, with the reports and logs of the last runs
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct SyncAddArgs {
    /// What to call it
    pub name: String,
    /// It is a Singer tap
    #[arg(long, required_unless_present = "airbyte")]
    pub singer: bool,
    /// It is an Airbyte source
    #[arg(long, conflicts_with = "singer")]
    pub airbyte: bool,
    /// The program with its arguments, as in a shell; --config, --catalog and --state are added
    #[arg(long, value_name = "COMMAND")]
    pub command: String,
    /// Its configuration; only the place of the file is kept
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Its streams (Airbyte: a configured catalog) [default: it is asked for them]
    #[arg(long, value_name = "FILE")]
    pub catalog: Option<PathBuf>,
    /// The currency of accounts for which no record names one, for example EUR
    #[arg(long, value_name = "CODE")]
    pub currency: Option<Currency>,
    /// How many seconds it may say nothing before it is ended
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub silence: u64,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Debug, clap::Args)]
pub(crate) struct WatchArgs {
    /// The folder
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Import what is there and end, instead of waiting for more
    #[arg(long)]
    pub once: bool,
    /// Seconds between two looks
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    pub every: u64,
    #[command(flatten)]
    pub place: Place,
    /// Print each report as JSON, one a line
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ImportsArgs {
    #[command(subcommand)]
    pub command: Option<ImportsCommand>,
    #[command(flatten)]
    pub place: Place,
    /// At most so many, newest first
    #[arg(long, default_value_t = 50)]
    pub limit: u32,
    /// Only those older than this one
    #[arg(long, value_name = "ID")]
    pub before: Option<u32>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct AlertsArgs {
    #[command(subcommand)]
    pub command: Option<AlertsCommand>,
    #[command(flatten)]
    pub place: Place,
    /// What is over, instead of what fires
    #[arg(long)]
    pub past: bool,
    /// About the server itself, instead of a workspace
    #[arg(long)]
    pub server: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AlertsCommand {
    /// Say when a rule would have fired in the last days
    Preview {
        /// The rule's number, as its address on the page Alert rules has it
        id: u32,
        #[command(flatten)]
        place: Place,
        /// Over how many days
        #[arg(long, default_value_t = 90)]
        days: u32,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ImportsCommand {
    /// Take an import back: what it replaced counts again
    Undo {
        /// Its number, as `adroit imports` lists it
        id: u32,
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct RatesArgs {
    #[command(subcommand)]
    pub command: RatesCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RatesCommand {
    /// Load rates from a file: the European Central Bank's eurofxref-hist.zip or .csv, or a CSV with date, currency, rate
    Load {
        /// The file; its rates are units of a currency for one euro
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Where they come from [default: the file's name]
        #[arg(long, value_name = "WORDS")]
        source: Option<String>,
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Set one rate by hand
    Set {
        /// The currency
        #[arg(value_name = "CODE")]
        currency: Currency,
        /// How many units of it one euro buys, for example 1.0861
        #[arg(value_name = "RATE")]
        rate: String,
        /// From which day on it counts, until the next that is known
        #[arg(long, value_name = "DAY")]
        day: jiff::civil::Date,
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the rates of a currency by day, with their sources
    List {
        /// The currency
        #[arg(value_name = "CODE")]
        currency: Currency,
        /// First day [default: 30 days before the last]
        #[arg(long, value_name = "DAY")]
        from: Option<jiff::civil::Date>,
        /// Last day [default: today]
        #[arg(long, value_name = "DAY")]
        to: Option<jiff::civil::Date>,
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Change the currency that leads where several meet; nothing has to be imported again
    Lead {
        /// The currency
        #[arg(value_name = "CODE")]
        currency: Currency,
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// A question.
#[derive(Debug, clap::Args)]
pub(crate) struct QuestionArgs {
    #[command(flatten)]
    pub place: Place,
    /// Metrics, comma-separated: spend, revenue, roas, conversions, cpa, clicks, ctr, impressions, cpc, cpm, cvr, aov, ...
    #[arg(long, value_name = "LIST", default_value = "spend,revenue,roas,conversions,cpa")]
    pub metrics: String,
    /// Dimensions, comma-separated, at most three: platform, account, campaign, ad_group, ad, keyword, search_term, currency, day,
    /// week, month, quarter, year
    #[arg(long, value_name = "LIST")]
    pub by: Option<String>,
    /// The level whose figures to take: account, campaign, ad_group, ad, keyword, search_term
    #[arg(long)]
    pub level: Option<String>,
    /// First day
    #[arg(long, value_name = "DAY")]
    pub from: Option<String>,
    /// Last day
    #[arg(long, value_name = "DAY")]
    pub to: Option<String>,
    /// Instead of days: last_7_days, last_30_days, this_month, last_month, all, ...
    #[arg(long)]
    pub range: Option<String>,
    /// Which rows count, for example 'platform = google_ads and roas < 1'
    #[arg(long)]
    pub filter: Option<String>,
    /// Compare with: previous, last_year
    #[arg(long)]
    pub compare: Option<String>,
    /// Order, for example -spend (from the largest) or campaign
    #[arg(long, allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// At most so many rows
    #[arg(long)]
    pub limit: Option<u32>,
    /// Only rows behind this cursor, as the answer before gave it
    #[arg(long)]
    pub after: Option<String>,
    /// What was believed at this time, by capture
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// Convert money into this currency, at the rate of the day of each figure
    #[arg(long, value_name = "CODE")]
    pub convert: Option<Currency>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct QueryArgs {
    #[command(flatten)]
    pub question: QuestionArgs,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Where a workbook or a Parquet file is written [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The same as --format json
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub question: QuestionArgs,
    /// Run it, and tell what each step of the plan took
    #[arg(long)]
    pub run: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For reading
    Table,
    /// As the API answers
    Json,
    /// For spreadsheets
    Csv,
    /// A workbook, with what the figures rest on in a second sheet
    Xlsx,
    /// For programs that analyse, with what the figures rest on in the file's metadata
    Parquet,
}

fn time(text: &str) -> Result<Timestamp, &'static str> {
    text.parse().map_err(|_| "use a time with its offset, such as 2026-11-22T06:12:00Z")
}
