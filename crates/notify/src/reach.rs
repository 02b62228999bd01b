//! Reaching another server: its name is looked up once, what it leads to is checked, and connected to as it was checked.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::Request;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;

use crate::guard::is_public;
use crate::{Address, NotifyError};

/// Where one may be led.
#[derive(Debug, Clone, Copy)]
pub(crate) enum LeadsTo {
    /// To public addresses only; the setting that would allow others.
    Public(&'static str),
    /// To this machine and its neighbours too.
    Private,
}

/// Sends a request to an address, and reads the status of the answer and at most so many bytes of its body.
pub(crate) async fn ask(
    address: &Address,
    into: LeadsTo,
    request: Request<Full<Bytes>>,
    most: usize,
) -> Result<(u16, Bytes), NotifyError> {
    let host = address.host();
    let unreachable = |why: String| NotifyError::Unreachable { host: host.to_owned(), why };
    let stream = connect(address, into).await?;
    if !address.is_secure {
        return exchange(stream, request, most).await.map_err(unreachable);
    }
    let name =
        ServerName::try_from(host.to_owned()).map_err(|_| unreachable("its name is no host".to_owned()))?;
    let connector = TlsConnector::from(tls()?);
    let stream = connector.connect(name, stream).await.map_err(|error| unreachable(error.to_string()))?;
    exchange(stream, request, most).await.map_err(unreachable)
}

/// Connects to an address that was checked. A name that leads to several leads to public ones only.
async fn connect(address: &Address, into: LeadsTo) -> Result<TcpStream, NotifyError> {
    let host = address.host();
    let unreachable = |why: String| NotifyError::Unreachable { host: host.to_owned(), why };
    let port = address.authority.port_u16().unwrap_or(if address.is_secure { 443 } else { 80 });
    let found =
        lookup_host((host, port)).await.map_err(|_| unreachable("its name is not known".to_owned()))?;
    let found: Vec<SocketAddr> = found.collect();
    if let LeadsTo::Public(setting) = into
        && found.iter().any(|found| !is_public(found.ip()))
    {
        return Err(NotifyError::Address(format!(
            "{host} leads into a private network; start with {setting} if that is meant"
        )));
    }
    TcpStream::connect(found.as_slice()).await.map_err(|error| unreachable(error.kind().to_string()))
}

/// Sends a request over a connection. Where nothing of the body is wanted, it is not waited for.
async fn exchange<S>(stream: S, request: Request<Full<Bytes>>, most: usize) -> Result<(u16, Bytes), String>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let begun = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = begun.map_err(|error| error.to_string())?;
    let connection = tokio::spawn(connection);
    let answered = async {
        let response = sender.send_request(request).await.map_err(|error| error.to_string())?;
        let status = response.status().as_u16();
        if most == 0 {
            return Ok((status, Bytes::new()));
        }
        let body = Limited::new(response.into_body(), most).collect().await;
        Ok((status, body.map_err(|error| error.to_string())?.to_bytes()))
    }
    .await;
    connection.abort();
    answered
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
