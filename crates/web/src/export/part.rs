//! A part of an export: the whole is written to the spool, and the bytes that were wished are sent.

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::WebError;

/// Bytes that are read from the spool at once.
const PIECE: u64 = 64 << 10;

/// Which bytes are wished, as `Range` says it (RFC 9110, 14.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// From the first to the last, both included.
    Between(u64, u64),
    /// From there on.
    From(u64),
    /// So many at the end.
    Last(u64),
}

impl Wish {
    /// The wish of a request, if it has one that can be granted for the file of this tag. Several parts at once are not;
    /// the whole is sent instead, as the standard allows.
    pub fn of(headers: &HeaderMap, tag: &str) -> Option<Self> {
        if headers.get(header::IF_RANGE).is_some_and(|given| given.as_bytes() != tag.as_bytes()) {
            return None;
        }
        let range = headers.get(header::RANGE)?.to_str().ok()?;
        match range.strip_prefix("bytes=")?.trim().split_once('-')? {
            ("", last) => Some(Self::Last(last.parse().ok()?)),
            (first, "") => Some(Self::From(first.parse().ok()?)),
            (first, last) => {
                let (first, last) = (first.parse().ok()?, last.parse().ok()?);
                (first <= last).then_some(Self::Between(first, last))
            }
        }
    }

    /// The first byte and the one after the last, in a file of this length; none if it has no such bytes.
    fn within(self, length: u64) -> Option<(u64, u64)> {
        let (first, end) = match self {
            Self::Between(first, last) => (first, last.saturating_add(1).min(length)),
            Self::From(first) => (first, length),
            Self::Last(count) => (length.saturating_sub(count), length),
        };
        (first < end).then_some((first, end))
    }
}

/// A part of a file in the spool, or that it has no such part.
pub(super) struct Part {
    file: std::fs::File,
    bounds: Option<(u64, u64)>,
    length: u64,
}

impl Part {
    /// Writes the pieces to the spool and finds the wished bytes among them.
    pub async fn of(
        mut pieces: mpsc::Receiver<Result<Bytes, WebError>>,
        spool: &Path,
        wish: Wish,
    ) -> Result<Self, WebError> {
        let mut file = tempfile::tempfile_in(spool)?;
        let mut length = 0;
        while let Some(piece) = pieces.recv().await {
            let piece = piece?;
            length += piece.len() as u64;
            let written = tokio::task::spawn_blocking(move || file.write_all(&piece).map(|()| file));
            file = written.await.map_err(WebError::internal)??;
        }
        Ok(Self { file, bounds: wish.within(length), length })
    }

    pub fn response(self, mut headers: HeaderMap) -> Response {
        let length = self.length;
        let Some((first, end)) = self.bounds else {
            let whole = [(header::CONTENT_RANGE, format!("bytes */{length}"))];
            return (StatusCode::RANGE_NOT_SATISFIABLE, whole).into_response();
        };
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(end - first));
        let range = [(header::CONTENT_RANGE, format!("bytes {first}-{}/{length}", end - 1))];
        let body = Body::from_stream(ReceiverStream::new(read(self.file, first, end)));
        (StatusCode::PARTIAL_CONTENT, headers, range, body).into_response()
    }
}

/// A whole file of the spool.
pub(super) fn whole(file: std::fs::File, mut headers: HeaderMap) -> Result<Response, WebError> {
    let length = file.metadata()?.len();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    let body = Body::from_stream(ReceiverStream::new(read(file, 0, length)));
    Ok((headers, body).into_response())
}

/// The bytes of a file between two places, each piece read when the one before was taken.
fn read(mut file: std::fs::File, first: u64, end: u64) -> mpsc::Receiver<std::io::Result<Bytes>> {
    let (sender, pieces) = mpsc::channel(2);
    tokio::task::spawn_blocking(move || {
        let mut at = first;
        while at < end {
            let mut piece = vec![0; (end - at).min(PIECE) as usize];
            let read = file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(&mut piece));
            at += piece.len() as u64;
            let failed = read.is_err();
            if sender.blocking_send(read.map(|()| piece.into())).is_err() || failed {
                return;
            }
        }
    });
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read_and_bounded() {
        for (range, bounds) in [
            ("bytes=0-3", Some((0, 4))),
            ("bytes=4-", Some((4, 10))),
            ("bytes=-3", Some((7, 10))),
            ("bytes=-99", Some((0, 10))),
            ("bytes=8-99", Some((8, 10))),
            ("bytes=10-", None),
            ("bytes=-0", None),
        ] {
            let headers = HeaderMap::from_iter([(header::RANGE, range.parse().unwrap())]);
            assert_eq!(Wish::of(&headers, "\"a\"").unwrap().within(10), bounds, "{range}");
        }
        for refused in ["bytes=3-1", "bytes=0-1,3-4", "lines=1-2", "bytes=", "bytes=a-b"] {
            let headers = HeaderMap::from_iter([(header::RANGE, refused.parse().unwrap())]);
            assert_eq!(Wish::of(&headers, "\"a\""), None, "{refused}");
        }
        let mut headers = HeaderMap::from_iter([(header::RANGE, "bytes=0-3".parse().unwrap())]);
        headers.insert(header::IF_RANGE, "\"b\"".parse().unwrap());
        assert_eq!(Wish::of(&headers, "\"a\""), None, "of another file");
    }
}
