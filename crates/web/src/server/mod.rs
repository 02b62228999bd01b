//! Serving over TCP: TLS where there is a certificate, HTTP/1.1 with keep-alive and HTTP/2 (without TLS by prior knowledge) on
//! one port, each step in bounded time, and no more connections than there is room for.

mod body;
mod bounds;
mod connection;
mod crowd;
mod framing;
mod greeting;
mod redirect;
mod seat;
mod strict;

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use crate::tls::Tls;
use connection::Reception;
use crowd::Crowd;

pub use bounds::Bounds;
pub use redirect::redirect;
pub(crate) use seat::Standing;

/// Longest time that answers under way have once the server was told to stop.
const GRACE: Duration = Duration::from_secs(20);

/// Where connections come in, and what holds for them.
pub struct Gate {
    listener: TcpListener,
    tls: Option<Tls>,
    bounds: Bounds,
    trusted: Vec<IpAddr>,
}

impl From<TcpListener> for Gate {
    /// Without TLS, with the usual bounds.
    fn from(listener: TcpListener) -> Self {
        Self { listener, tls: None, bounds: Bounds::default(), trusted: Vec::new() }
    }
}

impl Gate {
    /// The same, by TLS and in no other way.
    #[must_use]
    pub fn by_tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// The same within other bounds.
    #[must_use]
    pub fn within(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// The same, letting proxies have as many connections as they need.
    #[must_use]
    pub fn trusting(mut self, proxies: Vec<IpAddr>) -> Self {
        self.trusted = proxies;
        self
    }
}

/// Serves until `told_to_stop` ends, then finishes what is under way.
///
/// # Errors
/// If connections can't be accepted any more.
pub async fn serve(
    door: impl Into<Gate>,
    router: Router,
    told_to_stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let Gate { listener, tls, bounds, trusted } = door.into();
    let crowd = Crowd::new(bounds, trusted);
    let (stop, stopping) = watch::channel(false);
    let reception = Arc::new(Reception::new(bounds, tls, router, stopping));
    // Held by each connection: none is left when the last is dropped.
    let (open, mut all_closed) = mpsc::channel::<()>(1);
    let mut told_to_stop = std::pin::pin!(told_to_stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut told_to_stop => break,
        };
        match accepted {
            Ok((stream, from)) => {
                let Some(place) = crowd.enter(from.ip(), reception.is_by_tls()) else {
                    tracing::debug!("a connection was closed, as there are too many");
                    continue;
                };
                let (reception, open) = (reception.clone(), open.clone());
                tokio::spawn(async move {
                    reception.receive(stream, from.ip(), place).await;
                    drop(open);
                });
            }
            // Of the connection, not of the listener: the next one may be fine.
            Err(error) if is_of_connection(&error) => {}
            // Out of file handles, for example: later there may be some again.
            Err(error) => {
                tracing::error!(%error, "a connection can't be accepted");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
    drop(listener);
    drop(open);
    stop.send_replace(true);
    if tokio::time::timeout(GRACE, all_closed.recv()).await.is_err() {
        tracing::warn!("answers were cut off, as they took too long after the server was told to stop");
    }
    Ok(())
}

fn is_of_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};

    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
