//! The real router on a loopback address, and clients that ask it over TCP.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use insight::{Asker, Insight};
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

/// A server of a data folder in this process.
pub(crate) struct Server {
    pub ledger: Ledger,
    pub insight: Arc<Insight>,
    pub workspace: Workspace,
    pub address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Server {
    pub async fn start(folder: &Path) -> anyhow::Result<Self> {
        let ledger = Ledger::open(folder, Limits { memory_mib: MEMORY_MIB, ..Limits::default() }).await?;
        let workspace =
            ledger.catalog().workspace(WORKSPACE).await?.context("the benchmark workspace is missing")?;
        let insight = Insight::new(ledger.facts().clone()).keeping_recent_days(RECENT_BYTES);
        insight.read_recent_days(workspace.id)?;
        let insight = Arc::new(insight);
        // Every answer is computed and packed for who asks: what is measured is not how fast kept bytes are sent.
        let keeping = Keeping { keep: false, coalesce: false, ..Keeping::default() };
        let state = AppState::new(ledger.clone(), insight.clone(), folder)
            .with_limits(WebLimits { keeping, ..WebLimits::default() })
            .only_for_hosts(["127.0.0.1".to_owned()]);
        let listener =
            TcpListener::bind("127.0.0.1:0").await.context("no loopback address can be listened on")?;
        let address = listener.local_addr()?;
        let serving =
            tokio::spawn(
                async move { drop(web::serve(listener, router(state), std::future::pending()).await) },
            );
        Ok(Self { ledger, insight, workspace, address, serving })
    }

    /// Who asks.
    pub fn asker(&self) -> Asker {
        Asker { workspace: self.workspace.id, lead_currency: self.workspace.currency }
    }

    pub async fn stop(self) {
        self.serving.abort();
        drop(self.serving.await);
        self.ledger.catalog().close().await;
    }
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
        let request = Request::get(path).header(header::HOST, self.address.to_string()).body(Empty::new())?;
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        if !status.is_success() {
            bail!("{path} was answered with {status}: {}", String::from_utf8_lossy(&body));
        }
        Ok(body)
    }
}
