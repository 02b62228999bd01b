//! What the commands take that say how the server stands on the network and on the machine.

use std::net::SocketAddr;
use std::path::PathBuf;

/// How the server stands on the network and on the machine.
#[derive(Debug, Default, Clone, clap::Args)]
pub(crate) struct Network {
    /// The server's certificate and those that signed it, a PEM file: the server speaks TLS itself, and in no other way.
    /// Read again when it changes
    #[arg(long, value_name = "FILE", env = "ADROIT_TLS_CERT", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The private key of the certificate, a PEM file
    #[arg(long, value_name = "FILE", env = "ADROIT_TLS_KEY", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Where plain HTTP is answered too: pages are led to the address with https, nothing else is
    #[arg(long, value_name = "ADDR:PORT", env = "ADROIT_HTTP_REDIRECT", requires = "tls_cert")]
    pub http_redirect: Option<SocketAddr>,
    /// As whom to run, once ports are taken and keys are read: start as root and name a user who owns the data folder
    #[arg(long, value_name = "NAME", env = "ADROIT_USER")]
    pub user: Option<String>,
}
