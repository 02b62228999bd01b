//! A cache between this server and its readers: it is told which workspaces' answers to throw away when their data changes.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use axum::http::uri::Authority;
use axum::http::{Method, Request, Uri, header};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::AppState;

/// Longest time that one attempt to tell may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Pauses between attempts.
const PAUSES: [Duration; 3] = [Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(5)];

/// For so long an answer may be on its way to the edge.
const ON_THE_WAY: Duration = Duration::from_secs(2);

/// Where a cache is told. Written as an address that begins with `http://`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    authority: Authority,
    path: String,
}

impl FromStr for Edge {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let remedy = "use an address such as http://127.0.0.1:6081/purge";
        let uri: Uri = text.parse().map_err(|_| format!("'{text}' is no address; {remedy}"))?;
        match (uri.scheme_str(), uri.authority()) {
            (Some("http"), Some(authority)) if !authority.as_str().contains('@') => Ok(Self {
                authority: authority.clone(),
                path: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            }),
            (Some("https"), _) => Err(format!(
                "'{text}' is to be told over TLS, which is not spoken here; put a relay beside the server and {remedy}"
            )),
            _ => Err(format!("'{text}' can't be told anything; {remedy}")),
        }
    }
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}{}", self.authority, self.path)
    }
}

impl Edge {
    /// Tells it once to throw away what carries a surrogate key: `POST` with the key in `Surrogate-Key` (as Fastly reads it)
    /// and in `xkey-purge` (as Varnish's xkey reads it).
    async fn tell(&self, key: &str) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let port = self.authority.port_u16().unwrap_or(80);
        let host = self.authority.host().trim_matches(['[', ']']);
        let stream = TcpStream::connect((host, port)).await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let request = Request::builder()
            .method(Method::POST)
            .uri(&self.path)
            .header(header::HOST, self.authority.as_str())
            .header("surrogate-key", key)
            .header("xkey-purge", key)
            .body(Empty::<Bytes>::new())?;
        let response = sender.send_request(request).await?;
        let status = response.status();
        drop(response.into_body().collect().await);
        if status.is_success() { Ok(()) } else { Err(format!("answered with {status}").into()) }
    }

    async fn tell_until_heard(&self, key: &str) {
        for pause in [Duration::ZERO].into_iter().chain(PAUSES) {
            tokio::time::sleep(pause).await;
            let told = tokio::time::timeout(PATIENCE, self.tell(key)).await;
            match told {
                Ok(Ok(())) => return tracing::debug!(edge = %self, key, "told the cache that data changed"),
                Ok(Err(error)) => tracing::warn!(edge = %self, key, %error, "the cache did not take it"),
                Err(_) => tracing::warn!(edge = %self, key, "the cache did not answer in time"),
            }
        }
        tracing::error!(edge = %self, key, "the cache could not be told that data changed; it may show what was");
    }
}

/// The surrogate key of a shared link's answers.
pub(super) fn link_key(id: u32) -> String {
    format!("share-{id}")
}

/// Tells the edge of a server, if there is one, to throw away what a shared link showed; once more a little later, for what was
/// on its way there. A server that is stopped meanwhile tells of whole workspaces when it starts again.
pub(crate) fn forget_link(state: &AppState, id: u32) {
    let Some(edge) = state.edge.clone() else { return };
    tokio::spawn(async move {
        edge.tell_until_heard(&link_key(id)).await;
        tokio::time::sleep(ON_THE_WAY).await;
        edge.tell_until_heard(&link_key(id)).await;
    });
}

/// Tells the edge of a server whenever a workspace's data changes. Ends when the catalog is gone; does nothing without an edge.
pub async fn tell_edge(state: AppState) {
    let Some(edge) = state.edge.clone() else { return };
    let mut changes = state.catalog().changes();
    // What changed while no server ran is told at the start.
    changes.mark_changed();
    let mut told: HashMap<_, u64> = HashMap::new();
    while changes.changed().await.is_ok() {
        let Ok(workspaces) = state.catalog().workspaces().await else { continue };
        for workspace in workspaces.iter() {
            if told.insert(workspace.id, workspace.data_version) != Some(workspace.data_version) {
                edge.tell_until_heard(&format!("w{}", workspace.id)).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_addresses_are_told() {
        for good in ["http://127.0.0.1:6081/purge?a=b", "http://edge/", "http://[::1]:80/x"] {
            assert_eq!(good.parse::<Edge>().unwrap().to_string(), good);
        }
        for bad in ["https://edge/", "edge:80", "/purge", "ftp://edge/", "http://me:secret@edge/", ""] {
            assert!(bad.parse::<Edge>().unwrap_err().contains("http://127.0.0.1"), "{bad}");
        }
    }
}
