//! What the commands take that serve a data folder or deal with it as a whole.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::ValueEnum;
use people::Role;
use web::Edge;

use super::{Network, Place, ProviderArgs};

#[derive(Debug, clap::Args)]
pub(crate) struct BackupArgs {
    /// The file to write, which must not be there yet
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub place: Place,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RestoreArgs {
    /// The backup
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub place: Place,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct LeaveArgs {
    /// The folder to write to, which must be empty or not there yet
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    #[command(flatten)]
    pub place: Place,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub place: Place,
    /// Where to listen
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8642", env = "ADROIT_BIND")]
    pub bind: SocketAddr,
    /// Memory for figures, in MiB: an eighth keeps recent days, the rest is the engine's
    #[arg(long, value_name = "MIB", default_value_t = 2048, env = "ADROIT_MEMORY_MIB")]
    pub memory: u32,
    /// Let browsers keep nothing for the next time, and make them forget what they kept
    #[arg(long, env = "ADROIT_NO_SERVICE_WORKER")]
    pub no_service_worker: bool,
    /// How the log is written, to standard error; json has a line for each request too
    #[arg(long, value_enum, default_value_t = LogFormat::Text, env = "ADROIT_LOG_FORMAT")]
    pub log: LogFormat,
    #[command(flatten)]
    pub network: Network,
    #[command(flatten)]
    pub answering: Answering,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For reading
    Text,
    /// For collecting: a JSON object a line
    Json,
}

/// How a server answers.
#[derive(Debug, clap::Args)]
pub(crate) struct Answering {
    /// Memory for kept answers, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 64, env = "ADROIT_CACHE_MIB")]
    pub cache: u32,
    /// Where a cache between this server and its readers is told that data changed, for example http://127.0.0.1:6081/purge
    #[arg(long, value_name = "URL", env = "ADROIT_PURGE_URL")]
    pub purge_url: Option<Edge>,
    /// Show anybody who can reach the server how available it is, and nothing else, at /status/public
    #[arg(long, env = "ADROIT_PUBLIC_STATUS")]
    pub public_status: bool,
    /// Of how many visits in a hundred browsers tell what they were like: how quick, what failed; no names, no cookies
    #[arg(long, value_name = "PERCENT", default_value_t = 100, value_parser = clap::value_parser!(u8).range(0..=100), env = "ADROIT_VITALS")]
    pub vitals: u8,
    /// The same as --vitals 0: browsers tell nothing of visits
    #[arg(long, env = "ADROIT_NO_VITALS")]
    pub no_vitals: bool,
    /// A name under which readers ask for it, where something in front passes it on; can be given several times
    #[arg(long = "host", value_name = "NAME", env = "ADROIT_HOST", value_delimiter = ',')]
    pub hosts: Vec<String>,
    /// The mail server that sends alerts: smtps://user:password@host, smtp://host?tls=required or smtp://localhost:25.
    /// Better set as ADROIT_SMTP, as others on this machine can read a command line
    #[arg(long, value_name = "URL", env = "ADROIT_SMTP", hide_env_values = true, requires = "mail_from")]
    pub smtp: Option<String>,
    /// Who alerts are from, for example 'Adroit <adroit@example.org>'
    #[arg(long, value_name = "ADDRESS", env = "ADROIT_MAIL_FROM")]
    pub mail_from: Option<String>,
    /// Let webhooks of alerts lead to this machine and its private network, and without TLS
    #[arg(long, env = "ADROIT_ALLOW_PRIVATE_WEBHOOKS")]
    pub allow_private_webhooks: bool,
    /// Let everybody who reaches the server do everything, without signing in. Only for an address of this machine
    #[arg(long, env = "ADROIT_OPEN")]
    pub open: bool,
    /// A file with the key that seals second factors and other secrets: 32 bytes in base64 or hex. Better set as ADROIT_KEY,
    /// the key itself [default: secret.key in the data folder, made at the first start]
    #[arg(long, value_name = "FILE", env = "ADROIT_KEY_FILE")]
    pub key_file: Option<PathBuf>,
    /// A folder of range files of passwords that leaked, as downloaders of 'Have I Been Pwned' write them: nobody may choose those
    #[arg(long, value_name = "DIR", env = "ADROIT_BREACHED")]
    pub breached: Option<PathBuf>,
    /// The address of a proxy in front of this server: it is believed from where requests come. Can be given several times
    #[arg(
        long = "trusted-proxy",
        value_name = "ADDRESS",
        env = "ADROIT_TRUSTED_PROXIES",
        value_delimiter = ','
    )]
    pub proxies: Vec<IpAddr>,
    /// Where readers find these pages, for links in alerts, for example https://adroit.example.org
    #[arg(long, value_name = "URL", env = "ADROIT_PUBLIC_URL")]
    pub public_url: Option<String>,
    #[command(flatten)]
    pub provider: ProviderArgs,
    /// Where spans of requests and of questions to the engine are collected, as OpenTelemetry's protocol over HTTP with JSON, for
    /// example http://localhost:4318
    #[arg(long, value_name = "URL", env = "ADROIT_OTLP")]
    pub otlp: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {
    #[command(flatten)]
    pub place: Place,
    /// Only make the data
    #[arg(long)]
    pub no_serve: bool,
    /// Make the benchmark set of about so many rows instead of a company
    #[arg(long)]
    pub rows: Option<u64>,
    /// Equal seeds make equal data
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Where to listen
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8642", env = "ADROIT_BIND")]
    pub bind: SocketAddr,
    #[command(flatten)]
    pub answering: Answering,
    /// Print the reports as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct LoginLinkArgs {
    /// Whom the link lets in, by their e-mail address [default: the oldest owner]
    #[arg(long, value_name = "EMAIL")]
    pub user: Option<String>,
    #[command(flatten)]
    pub place: Place,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct TokenArgs {
    #[command(subcommand)]
    pub command: TokenCommand,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token and print it, once
    Create {
        /// What it may do: client, viewer, analyst, editor, admin or owner
        #[arg(long, value_name = "ROLE")]
        role: Role,
        /// The numbers of the accounts that a client sees, as /api/v1/accounts gives them: without any it sees nothing
        #[arg(long, value_name = "NUMBER,…", value_delimiter = ',')]
        accounts: Vec<u32>,
        /// What to call it
        #[arg(long, default_value = "command line")]
        name: String,
        /// For how many days it counts [default: until it is revoked]
        #[arg(long, value_name = "DAYS")]
        days: Option<u32>,
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub place: Place,
    /// The address that `adroit serve` would listen on
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8642", env = "ADROIT_BIND")]
    pub bind: SocketAddr,
    /// Grade how safely it is set up: what a running server was started with, else what `adroit serve` would be started with
    /// by these flags and variables
    #[arg(long)]
    pub security: bool,
    #[command(flatten)]
    pub network: Network,
    #[command(flatten)]
    pub answering: Answering,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
