//! Asking a server over HTTP: each question on a connection of its own, so that what broke one breaks no other.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, bail};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request, header};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// Longer nobody waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// Where those come from who mean no good, so that they are not counted together with the others.
pub(crate) const STRANGER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
const BOUNDARY: &str = "adroit-chaos";

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub status: u16,
    pub body: Bytes,
}

impl Answer {
    /// Its beginning, for who reads what went wrong.
    pub fn words(&self) -> String {
        String::from_utf8_lossy(&self.body).chars().take(300).collect()
    }
}

/// A connection that is kept.
pub(crate) struct Client {
    sender: SendRequest<Full<Bytes>>,
    address: SocketAddr,
}

impl Client {
    pub async fn connect(address: SocketAddr, from: Option<IpAddr>) -> anyhow::Result<Self> {
        let stream = timeout(PATIENCE, connect(address, from)).await??;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { sender, address })
    }

    pub async fn ask(
        &mut self,
        method: Method,
        path: &str,
        body: Option<(&str, Bytes)>,
    ) -> anyhow::Result<Answer> {
        let mut request =
            Request::builder().method(method).uri(path).header(header::HOST, self.address.to_string());
        if let Some((kind, _)) = &body {
            request = request.header(header::CONTENT_TYPE, *kind);
        }
        let body = body.map(|(_, body)| body).unwrap_or_default();
        let asked = async {
            self.sender.ready().await?;
            let response = self.sender.send_request(request.body(Full::new(body))?).await?;
            let status = response.status().as_u16();
            anyhow::Ok(Answer { status, body: response.into_body().collect().await?.to_bytes() })
        };
        timeout(PATIENCE, asked).await.context("no answer within 30 s")?
    }

    pub async fn get(&mut self, path: &str) -> anyhow::Result<Answer> {
        self.ask(Method::GET, path, None).await
    }
}

/// From a loopback address of its own where the system has several.
pub(crate) async fn connect(address: SocketAddr, from: Option<IpAddr>) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    if let Some(from) = from {
        // Where there is no such address, they are all of one place.
        drop(socket.bind(SocketAddr::new(from, 0)));
    }
    socket.connect(address).await
}

pub(crate) async fn get(address: SocketAddr, path: &str) -> anyhow::Result<Answer> {
    Client::connect(address, None).await?.get(path).await
}

/// An answer in JSON, whatever its status.
pub(crate) async fn json(address: SocketAddr, path: &str) -> anyhow::Result<Value> {
    let answer = get(address, path).await?;
    serde_json::from_slice(&answer.body)
        .with_context(|| format!("{path} answered {}: {}", answer.status, answer.words()))
}

/// Sends JSON; the answer must be a good one.
pub(crate) async fn send(address: SocketAddr, path: &str, body: &Value) -> anyhow::Result<Value> {
    let body = Bytes::from(body.to_string());
    let mut client = Client::connect(address, None).await?;
    let answer = client.ask(Method::POST, path, Some(("application/json", body))).await?;
    if !(200..300).contains(&answer.status) {
        bail!("{path} answered {}: {}", answer.status, answer.words());
    }
    Ok(serde_json::from_slice(&answer.body)?)
}

/// Uploads a file, as a form does.
pub(crate) async fn upload(address: SocketAddr, name: &str, text: &str) -> anyhow::Result<Answer> {
    let form = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"account\"\r\n\r\nChaos\r\n\
         --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: text/csv\r\n\r\n{text}\r\n--{BOUNDARY}--\r\n"
    );
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let mut client = Client::connect(address, None).await?;
    client.ask(Method::POST, "/api/v1/imports", Some((&kind, Bytes::from(form)))).await
}
