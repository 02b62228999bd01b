//! The real router on a loopback address, and clients that ask it over TCP.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response, header};
use hyper_util::rt::TokioIo;
use insight::{Asker, Bound, Insight};
use ledger::Ledger;
use store::catalog::Workspace;
use store::facts::Limits;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use web::{AppState, Keeping, Limits as WebLimits, router};

use crate::folder::WORKSPACE;

/// What a server keeps of recent days by default.
const RECENT_BYTES: usize = 256 << 20;

/// As much as the program gives the engine when it serves.
const MEMORY_MIB: u32 = 2048;

/// A data folder in this process, and a server of it that keeps no answer.
pub(crate) struct Server {
    pub ledger: Ledger,
    pub insight: Arc<Insight>,
    pub workspace: Workspace,
    pub address: SocketAddr,
    listening: Listening,
    folder: PathBuf,
}

/// A server that listens on a loopback address until this is dropped.
pub(crate) struct Listening {
    pub state: AppState,
    pub address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Listening {
    /// Serves on a free port.
    pub async fn start(state: AppState) -> anyhow::Result<Self> {
        let listener =
            TcpListener::bind("127.0.0.1:0").await.context("no loopback address can be listened on")?;
        let address = listener.local_addr()?;
        let serving = web::serve(listener, router(state.clone()), std::future::pending());
        let serving = tokio::spawn(async move { drop(serving.await) });
        Ok(Self { state, address, serving })
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Server {
    pub async fn start(folder: &Path) -> anyhow::Result<Self> {
        let ledger = Ledger::open(folder, Limits { memory_mib: MEMORY_MIB, ..Limits::default() }).await?;
        let workspace =
            ledger.catalog().workspace(WORKSPACE).await?.context("the benchmark workspace is missing")?;
        let insight = Insight::new(ledger.facts().clone()).keeping_recent_days(RECENT_BYTES);
        insight.read_recent_days(workspace.id)?;
        let insight = Arc::new(insight);
        let state = state(&ledger, &insight, folder, uncached());
        let listening = Listening::start(state).await?;
        let (address, folder) = (listening.address, folder.to_owned());
        Ok(Self { ledger, insight, workspace, address, listening, folder })
    }

    /// Another server of the same folder, with nothing kept yet.
    pub async fn beside(&self, limits: WebLimits) -> anyhow::Result<Listening> {
        Listening::start(state(&self.ledger, &self.insight, &self.folder, limits)).await
    }

    /// Who asks.
    pub fn asker(&self) -> Asker {
        Asker {
            bound: Bound::whole(self.workspace.id),
            lead_currency: self.workspace.currency,
            convert: None,
        }
    }

    pub async fn stop(self) {
        drop(self.listening);
        self.ledger.catalog().close().await;
    }
}

/// Every answer is computed and packed for who asks: what is measured is not how fast kept bytes are sent.
pub(crate) fn uncached() -> WebLimits {
    let keeping = Keeping { keep: false, coalesce: false, ..Keeping::default() };
    WebLimits { keeping, ..WebLimits::default() }
}

fn state(ledger: &Ledger, insight: &Arc<Insight>, folder: &Path, limits: WebLimits) -> AppState {
    AppState::new(ledger.clone(), insight.clone(), folder)
        .with_limits(limits)
        .only_for_hosts(["127.0.0.1".to_owned()])
        .open_to_all()
}

/// A client with one connection that it keeps.
pub(crate) struct Client {
    sender: SendRequest<Empty<Bytes>>,
    address: SocketAddr,
}

impl Client {
    pub async fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { sender, address })
    }

    /// The body of an answer, which must be a good one.
    pub async fn get(&mut self, path: &str) -> anyhow::Result<Bytes> {
        let answer = self.ask(path, &[]).await?;
        let (status, body) = (answer.status(), answer.into_body());
        if !status.is_success() {
            bail!("{path} was answered with {status}: {}", String::from_utf8_lossy(&body));
        }
        Ok(body)
    }

    /// Any answer.
    pub async fn ask(&mut self, path: &str, headers: &[(&str, &str)]) -> anyhow::Result<Response<Bytes>> {
        let mut request = Request::get(path).header(header::HOST, self.address.to_string());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.sender.ready().await?;
        let response = self.sender.send_request(request.body(Empty::new())?).await?;
        let (parts, body) = response.into_parts();
        Ok(Response::from_parts(parts, body.collect().await?.to_bytes()))
    }
}
