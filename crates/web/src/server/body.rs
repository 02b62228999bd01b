//! Bodies that come in, which must not crawl, and answers that go out, which must be taken.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::BoxError;
use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::bounds::Bounds;
use super::seat::{Answering, Handed};

/// A body whose bytes come too slowly.
#[derive(Debug, thiserror::Error)]
#[error("the body came too slowly: fewer than {bytes} bytes in {} seconds", window.as_secs_f32())]
pub(super) struct TooSlow {
    bytes: u64,
    window: Duration,
}

/// A request's body. Only the time is counted in which somebody waits for it.
pub(super) struct Arriving {
    body: Incoming,
    bounds: Bounds,
    /// Since when it is waited for.
    since: Option<Instant>,
    alarm: Option<Pin<Box<Sleep>>>,
    /// How long was waited, and how much came, in the present window.
    waited: Duration,
    bytes: u64,
}

impl Arriving {
    pub(super) fn new(body: Incoming, bounds: Bounds) -> Self {
        Self { body, bounds, since: None, alarm: None, waited: Duration::ZERO, bytes: 0 }
    }

    /// Ends the window where it is over.
    fn turn(&mut self) -> Result<(), TooSlow> {
        let Bounds { body_window: window, body_bytes: least, .. } = self.bounds;
        if self.waited < window {
            return Ok(());
        }
        if self.bytes < least {
            return Err(TooSlow { bytes: least, window });
        }
        (self.waited, self.bytes) = (Duration::ZERO, 0);
        Ok(())
    }
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let own = self.get_mut();
        if let Poll::Ready(frame) = Pin::new(&mut own.body).poll_frame(cx) {
            own.waited += own.since.take().map_or(Duration::ZERO, |since| since.elapsed());
            own.alarm = None;
            let Some(frame) = frame else { return Poll::Ready(None) };
            let frame = frame?;
            own.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
            own.turn()?;
            return Poll::Ready(Some(Ok(frame)));
        }
        let since = *own.since.get_or_insert_with(Instant::now);
        let end = since + own.bounds.body_window.saturating_sub(own.waited);
        let alarm = own.alarm.get_or_insert_with(|| Box::pin(sleep_until(end)));
        ready!(alarm.as_mut().poll(cx));
        own.waited = own.bounds.body_window;
        (own.since, own.alarm) = (None, None);
        own.turn()?;
        // Enough has come: the next window begins with the next look.
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// An answer's body. The request is over when this is dropped.
pub(super) struct Leaving {
    body: Body,
    answering: Answering,
    handed: Arc<Handed>,
}

impl Leaving {
    pub(super) fn new(body: Body, answering: Answering) -> Self {
        let handed = answering.seat().hands_out();
        Self { body, answering, handed }
    }
}

impl HttpBody for Leaving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let own = self.get_mut();
        let polled = Pin::new(&mut own.body).poll_frame(cx);
        match &polled {
            Poll::Ready(Some(Ok(_))) => own.handed.given(own.answering.seat()),
            Poll::Ready(_) | Poll::Pending => own.handed.taken(),
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
