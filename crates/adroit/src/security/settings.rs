//! What a server was started with, as far as it matters for safety. No secret is in here.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::args::{Answering, Network};
use crate::data::DataFolder;
use crate::entrance;
use crate::run_as::user_number;

/// What a server was started with, as far as it matters for safety.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub bind: SocketAddr,
    pub is_open: bool,
    pub public_url: Option<String>,
    /// The file of its certificate, where it speaks TLS itself.
    pub certificate: Option<PathBuf>,
    pub proxies: Vec<IpAddr>,
    pub key: KeyPlace,
    pub breached: Option<PathBuf>,
    pub mail: Mail,
    pub private_webhooks: bool,
    /// The number of the user it runs as, where that can be known.
    pub user: Option<u32>,
    /// Whether it is to become another user once it is started.
    pub changes_user: bool,
}

/// Where the key is that seals secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyPlace {
    /// In the environment.
    Environment,
    /// In a file.
    File(PathBuf),
}

/// How mail is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mail {
    /// Not at all.
    None,
    /// Encrypted, or to this machine.
    Safe,
    /// In the clear, or only encrypted where nobody on the way prevents it.
    Clear,
}

impl Settings {
    pub fn of(folder: &DataFolder, bind: SocketAddr, network: &Network, answering: &Answering) -> Self {
        let key = match &answering.key_file {
            _ if std::env::var_os(entrance::KEY).is_some() => KeyPlace::Environment,
            Some(file) => KeyPlace::File(std::path::absolute(file).unwrap_or_else(|_| file.clone())),
            None => KeyPlace::File(folder.key()),
        };
        let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        Self {
            bind,
            is_open: answering.open,
            public_url: answering.public_url.clone(),
            certificate: network.tls_cert.as_ref().map(absolute),
            proxies: answering.proxies.clone(),
            key,
            breached: answering.breached.as_ref().map(absolute),
            mail: answering.smtp.as_deref().map_or(Mail::None, mail),
            private_webhooks: answering.allow_private_webhooks,
            user: user_number(),
            changes_user: network.user.is_some(),
        }
    }

    /// The host under which readers know the server.
    pub fn public_host(&self) -> Option<String> {
        let url: axum::http::Uri = self.public_url.as_deref()?.parse().ok()?;
        url.host().map(str::to_owned)
    }

    pub fn is_public_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

fn mail(url: &str) -> Mail {
    let Some((scheme, rest)) = url.split_once("://") else { return Mail::Clear };
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let host = place.rsplit('@').next().unwrap_or(place).split(['/', ':']).next().unwrap_or_default();
    let is_here = matches!(host, "localhost" | "127.0.0.1") || place.contains("[::1]");
    let is_required = query.split('&').any(|pair| matches!(pair, "tls=required" | "tls=wrapper"));
    if scheme.eq_ignore_ascii_case("smtps") || is_required || is_here { Mail::Safe } else { Mail::Clear }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_is_safe_where_it_is_encrypted_or_stays_here() {
        for (url, expected) in [
            ("smtps://ann:secret@mail.example", Mail::Safe),
            ("smtp://mail.example?tls=required", Mail::Safe),
            ("smtp://mail.example:587?x=y&tls=required", Mail::Safe),
            ("smtp://localhost:25", Mail::Safe),
            ("smtp://[::1]:25", Mail::Safe),
            ("smtp://mail.example?tls=opportunistic", Mail::Clear),
            ("smtp://localhost.evil.example", Mail::Clear),
            ("smtp://mail.example:25", Mail::Clear),
            ("rubbish", Mail::Clear),
        ] {
            assert_eq!(mail(url), expected, "{url}");
        }
    }
}
