//! Posting to a webhook: the address is looked up once, checked, and connected to as it was checked.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HOST, USER_AGENT};
use hyper::http::uri::{Authority, Scheme};
use hyper::{Method, Request, Uri};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::guard::is_public;
use crate::{NotifyError, sign};

/// Longest address.
const LONGEST: usize = 2_000;

/// The address of a webhook. Its path may be a secret: shown is the host only.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    authority: Authority,
    is_secure: bool,
    path: String,
}

impl Address {
    /// Reads an address: `https`, or `http` where private addresses may be used.
    ///
    /// # Errors
    /// If it is none, in words that say what would be right.
    pub fn read(text: &str, is_private_allowed: bool) -> Result<Self, NotifyError> {
        let wrong = |why: &str| {
            NotifyError::Address(format!("{why}; use an address such as https://example.org/hook"))
        };
        let uri: Uri = match text.len() <= LONGEST {
            true => text.parse().map_err(|_| wrong("that is no address"))?,
            false => return Err(wrong("that address is too long")),
        };
        let is_secure = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP && is_private_allowed => false,
            _ => return Err(wrong("a webhook is told over https")),
        };
        let authority = uri.authority().cloned().ok_or_else(|| wrong("that address has no host"))?;
        if authority.as_str().contains('@') {
            return Err(wrong("an address with a name and a password is not used"));
        }
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Ok(Self { authority, is_secure, path })
    }

    /// The host, which is all that is shown.
    pub fn host(&self) -> &str {
        self.authority.host().trim_matches(['[', ']'])
    }

    /// The whole address, to be kept where secrets are.
    pub fn secret(&self) -> String {
        format!("{}://{}{}", if self.is_secure { "https" } else { "http" }, self.authority, self.path)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.host())
    }
}

/// How webhooks are sent.
#[derive(Debug, Clone, Copy)]
pub struct Webhooks {
    /// Whether they may lead to this machine and its neighbours, and without TLS.
    pub is_private_allowed: bool,
    /// Longest time for one message.
    pub patience: Duration,
}

impl Default for Webhooks {
    fn default() -> Self {
        Self { is_private_allowed: false, patience: Duration::from_secs(10) }
    }
}

impl Webhooks {
    /// Posts JSON once, signed if there is a secret. Redirects are not followed: they could lead anywhere.
    ///
    /// # Errors
    /// If it was not taken.
    pub async fn post(
        &self,
        address: &Address,
        key: &str,
        body: Value,
        secret: Option<&str>,
    ) -> Result<(), NotifyError> {
        let unreachable = |why: String| NotifyError::Unreachable { host: address.host().to_owned(), why };
        let posted = timeout(self.patience, self.post_patiently(address, key, body, secret)).await;
        let status = posted.map_err(|_| unreachable("it did not answer in time".to_owned()))??;
        match status {
            200..=299 => Ok(()),
            status => Err(NotifyError::Answered { host: address.host().to_owned(), status }),
        }
    }

    async fn post_patiently(
        &self,
        address: &Address,
        key: &str,
        body: Value,
        secret: Option<&str>,
    ) -> Result<u16, NotifyError> {
        let host = address.host();
        let unreachable = |why: String| NotifyError::Unreachable { host: host.to_owned(), why };
        let stream = self.connect(address).await?;
        let body = Bytes::from(body.to_string());
        let now = Timestamp::now().as_second();
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(&address.path)
            .header(HOST, address.authority.as_str())
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, "Adroit")
            .header("webhook-id", key)
            .header("webhook-timestamp", now.to_string());
        if let Some(secret) = secret {
            request = request.header("webhook-signature", sign(secret, key, now, &body));
        }
        let request = request.body(Full::new(body)).map_err(|error| unreachable(error.to_string()))?;
        if !address.is_secure {
            return exchange(stream, request).await.map_err(|error| unreachable(error.to_string()));
        }
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| unreachable("its name is no host".to_owned()))?;
        let connector = TlsConnector::from(tls()?);
        let stream = connector.connect(name, stream).await.map_err(|error| unreachable(error.to_string()))?;
        exchange(stream, request).await.map_err(|error| unreachable(error.to_string()))
    }

    /// Connects to an address that was checked. A name that leads to several leads to public ones only.
    async fn connect(&self, address: &Address) -> Result<TcpStream, NotifyError> {
        let host = address.host();
        let unreachable = |why: String| NotifyError::Unreachable { host: host.to_owned(), why };
        let port = address.authority.port_u16().unwrap_or(if address.is_secure { 443 } else { 80 });
        let found =
            lookup_host((host, port)).await.map_err(|_| unreachable("its name is not known".to_owned()))?;
        let found: Vec<SocketAddr> = found.collect();
        if !self.is_private_allowed && found.iter().any(|found| !is_public(found.ip())) {
            return Err(NotifyError::Address(format!(
                "{host} leads into a private network; start with --allow-private-webhooks if that is meant"
            )));
        }
        TcpStream::connect(found.as_slice()).await.map_err(|error| unreachable(error.kind().to_string()))
    }
}

/// Sends a request and reads the status of the answer; its body is of no interest.
async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<u16, hyper::Error>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let response = sender.send_request(request).await;
    connection.abort();
    Ok(response?.status().as_u16())
}

/// TLS as the system trusts it.
fn tls() -> Result<Arc<ClientConfig>, NotifyError> {
    static TLS: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(tls) = TLS.get() {
        return Ok(tls.clone());
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| NotifyError::Address(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TLS.get_or_init(|| Arc::new(config)).clone())
}
