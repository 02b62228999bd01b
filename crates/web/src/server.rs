//! Serving over TCP: HTTP/1.1 with keep-alive and HTTP/2 (without TLS by prior knowledge) on one port, each step in bounded time.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt;

use crate::Peer;

/// Most connections at once; the next ones wait to be accepted.
const MOST_CONNECTIONS: usize = 10_000;

/// Longest time from the first to the last byte of a request's head, and longest pause between requests of a connection.
const HEAD: Duration = Duration::from_secs(30);

/// How often a silent HTTP/2 client is asked whether it is there, and how long it may take to say so.
const PING: Duration = Duration::from_secs(30);

/// Most requests that an HTTP/2 client may have open at once.
const MOST_STREAMS: u32 = 128;

/// Longest time that answers under way have once the server was told to stop.
const GRACE: Duration = Duration::from_secs(20);

/// Serves until `told_to_stop` ends, then finishes what is under way.
///
/// # Errors
/// If connections can't be accepted any more.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    told_to_stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .max_concurrent_streams(MOST_STREAMS);
    let builder = Arc::new(builder);
    let (shutdown, places) = (GracefulShutdown::new(), Arc::new(Semaphore::new(MOST_CONNECTIONS)));
    let mut told_to_stop = std::pin::pin!(told_to_stop);
    loop {
        let accepted = async {
            let place = places.clone().acquire_owned().await.map_err(io::Error::other)?;
            Ok((listener.accept().await?, place))
        };
        let accepted: io::Result<_> = tokio::select! {
            accepted = accepted => accepted,
            () = &mut told_to_stop => break,
        };
        match accepted {
            Ok(((stream, from), place)) => {
                let (builder, router, watcher) = (builder.clone(), router.clone(), shutdown.watcher());
                tokio::spawn(async move {
                    connection(&builder, stream, Peer(from.ip()), router, watcher).await;
                    drop(place);
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
    if tokio::time::timeout(GRACE, shutdown.shutdown()).await.is_err() {
        tracing::warn!("answers were cut off, as they took too long after the server was told to stop");
    }
    Ok(())
}

async fn connection(
    builder: &Builder<TokioExecutor>,
    stream: TcpStream,
    from: Peer,
    router: Router,
    watcher: Watcher,
) {
    // Answers are written whole; waiting for more to send would only delay them.
    drop(stream.set_nodelay(true));
    let spoke = Arc::new(AtomicBool::new(false));
    let speaks = spoke.clone();
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(from);
        speaks.store(true, Ordering::Relaxed);
        router.clone().oneshot(request)
    });
    let served = watcher.watch(builder.serve_connection(TokioIo::new(stream), service).into_owned());
    // Until the first bytes tell which protocol it is, nobody else watches the time.
    let silent = async {
        tokio::time::sleep(HEAD).await;
        if spoke.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        served = served => {
            if let Err(error) = served {
                tracing::debug!(error, "a connection broke");
            }
        }
        () = silent => tracing::debug!("a connection was closed, as nothing was asked"),
    }
}

fn is_of_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};

    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
