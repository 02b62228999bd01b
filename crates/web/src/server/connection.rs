//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tower::ServiceExt;

use super::body::{Arriving, Leaving};
use super::bounds::Bounds;
use super::crowd::Place;
use super::greeting::{Greeted, greet};
use super::seat::{Seat, Verdict};
use super::strict::Strict;
use crate::Peer;
use crate::tls::Tls;

/// How often a silent HTTP/2 client is asked whether it is there, and how long it may take to say so.
const PING: Duration = Duration::from_secs(30);

/// Most requests that an HTTP/2 client may have open at once.
const MOST_STREAMS: u32 = 128;

/// Most requests that an HTTP/2 client may have begun and taken back before we have looked at them; then it is a flood.
const MOST_TAKEN_BACK: usize = 20;

/// Most streams that we ended because a client broke the protocol; then the connection ends.
const MOST_BROKEN: usize = 128;

/// Largest head of a request, and most headers in it.
const HEAD_BYTES: usize = 32 << 10;
const MOST_HEADERS: usize = 100;

/// How long a connection that was idle may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);

/// What all connections of a door have in common.
pub(super) struct Reception {
    builder: Builder<TokioExecutor>,
    bounds: Bounds,
    tls: Option<Tls>,
    router: Router,
    stopping: watch::Receiver<bool>,
}

impl Reception {
    pub(super) fn new(
        bounds: Bounds,
        tls: Option<Tls>,
        router: Router,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(bounds.head)
            .max_buf_size(HEAD_BYTES)
            .max_headers(MOST_HEADERS);
        builder
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(PING)
            .keep_alive_timeout(PING)
            .max_concurrent_streams(MOST_STREAMS)
            .max_header_list_size(HEAD_BYTES as u32)
            .max_pending_accept_reset_streams(MOST_TAKEN_BACK)
            .max_local_error_reset_streams(MOST_BROKEN);
        Self { builder, bounds, tls, router, stopping }
    }

    pub(super) fn is_by_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// Serves a connection to its end, or until its place is needed for others.
    pub(super) async fn receive(&self, stream: TcpStream, from: IpAddr, place: Place) {
        // Answers are written whole; waiting for more to send would only delay them.
        drop(stream.set_nodelay(true));
        let Some(tls) = &self.tls else { return self.serve(stream, from, &place).await };
        let mut stopping = self.stopping.clone();
        let greeted = tokio::select! {
            greeted = greet(stream, tls, self.bounds.handshake) => greeted,
            () = place.seat.sent_off() => return,
            _ = stopping.wait_for(|stops| *stops) => return,
        };
        place.greeted();
        match greeted {
            Greeted::ByTls(stream) => self.serve(*stream, from, &place).await,
            Greeted::Not(why) => tracing::debug!(why, "a connection did not come to speak TLS"),
        }
    }

    async fn serve<IO>(&self, io: IO, from: IpAddr, place: &Place)
    where
        IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let seat = &place.seat;
        let (router, bounds, own) = (self.router.clone(), self.bounds, seat.clone());
        let service =
            service_fn(move |request| answer(router.clone(), bounds, request, Peer(from), own.clone()));
        let mut served = pin!(self.builder.serve_connection(TokioIo::new(Strict::new(io)), service));
        let mut stopping = self.stopping.clone();
        let mut goes_on = true;
        loop {
            let look = match seat.verdict() {
                // What ends by itself gets the time it needs; what was told to end gets some.
                Verdict::Ends if goes_on => {
                    goes_on = false;
                    served.as_mut().graceful_shutdown();
                    GOODBYE
                }
                Verdict::Ends => return,
                Verdict::Cut(why) => return tracing::debug!(why, "a connection was cut"),
                Verdict::Stays(long) => long,
            };
            tokio::select! {
                served = &mut served => {
                    if let Err(error) = served {
                        tracing::debug!(error, "a connection broke");
                    }
                    return;
                }
                () = seat.sent_off() => return tracing::debug!("a connection was closed, as others need its place"),
                _ = stopping.wait_for(|stops| *stops), if goes_on => {
                    goes_on = false;
                    served.as_mut().graceful_shutdown();
                }
                () = tokio::time::sleep(look) => {}
            }
        }
    }
}

async fn answer(
    router: Router,
    bounds: Bounds,
    request: Request<Incoming>,
    from: Peer,
    seat: Arc<Seat>,
) -> Result<Response<Leaving>, Infallible> {
    let answering = seat.begin();
    let mut request = request.map(|body| Body::new(Arriving::new(body, bounds)));
    request.extensions_mut().insert(from);
    request.extensions_mut().insert(seat.standing());
    let response = router.oneshot(request).await?;
    Ok(response.map(|body| Leaving::new(body, answering)))
}
