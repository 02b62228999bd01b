//! Campaigns and analytics as files: CSV, streamed, so that memory stays bounded however long it is; workbooks and Parquet, made in
//! the spool and sent, with what the figures rest on.

mod cells;
pub(crate) mod csv;
mod file;
mod part;
mod rows;
mod workbook;

use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use xxhash_rust::xxh3::xxh3_128;

use crate::access::{Asked, May, SeeFigures};
use crate::encoding::Encoding;
use crate::link::Link;
use crate::params::Params;
use crate::questions::Figures;
use crate::{AppState, WebError, cache};
use part::{Part, Wish};
use rows::Rows;
use store::parquet::Cell;

/// Pieces of the file that wait until the client takes them.
const PIECES_AHEAD: usize = 2;

/// The kind of file that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    Csv,
    Workbook,
    Parquet,
}

impl Wanted {
    /// The word for it in addresses, which is also the ending of its files' names.
    fn key(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Workbook => "xlsx",
            Self::Parquet => "parquet",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Workbook => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// Sends the file where one is asked for, by `format=csv`, `xlsx` or `parquet`, or by `Accept: text/csv`; else leaves the request to whoever is next.
pub(crate) async fn or_answer(
    State((state, figures)): State<(AppState, Figures)>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let asked = May::<SeeFigures>::from_request_parts(&mut parts, &state).await;
    let format = Params::of(parts.uri.query().unwrap_or_default()).text("format");
    let wanted = match format.as_ref().map(Option::as_deref) {
        Err(_) | Ok(Some("json")) => None,
        Ok(None) => prefers_csv(&parts.headers).then_some(Wanted::Csv),
        Ok(Some("csv")) => Some(Wanted::Csv),
        Ok(Some("xlsx")) => Some(Wanted::Workbook),
        Ok(Some("parquet")) => Some(Wanted::Parquet),
        Ok(Some(other)) => {
            let detail = format!("'{other}' is not known");
            let remedy = "use json, csv, xlsx or parquet";
            return WebError::parameter("format", &detail, remedy).into_response();
        }
    };
    // The format is settled here: nobody else knows the parameter. Given twice, it is refused like any other.
    if format.is_ok_and(|format| format.is_some()) {
        match Link::of(&parts.uri).without(&["format"]).to_string().parse() {
            Ok(uri) => parts.uri = uri,
            Err(error) => return WebError::internal(error).into_response(),
        }
    }
    let mut response = match wanted {
        Some(wanted) => {
            let sent = match asked {
                Ok(asked) if wanted == Wanted::Csv => send(&asked, figures, &parts).await,
                Ok(asked) => send_file(&asked, figures, wanted, &parts).await,
                Err(refused) => Err(refused),
            };
            sent.unwrap_or_else(IntoResponse::into_response)
        }
        None => next.run(Request::from_parts(parts, body)).await,
    };
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
    response
}

/// Makes a workbook or a Parquet file and sends it.
async fn send_file(
    state: &Asked,
    figures: Figures,
    wanted: Wanted,
    parts: &Parts,
) -> Result<Response, WebError> {
    let params = Params::of(parts.uri.query().unwrap_or_default());
    let rows = Rows::read(state, figures, params).await?;
    let headers = headers(&rows, wanted)?;
    let file = file::made(state, wanted, rows).await?;
    part::whole(file, headers)
}

fn headers(rows: &Rows, wanted: Wanted) -> Result<HeaderMap, WebError> {
    let disposition = format!("attachment; filename=\"{}\"", rows.file_name(wanted));
    Ok(HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static(wanted.media_type())),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).map_err(WebError::internal)?),
    ]))
}

async fn send(state: &Asked, figures: Figures, parts: &Parts) -> Result<Response, WebError> {
    let params = Params::of(parts.uri.query().unwrap_or_default());
    let mut rows = Rows::read(state, figures, params).await?;
    let is_packed = Encoding::accepted(&parts.headers) != Encoding::Identity;
    let tag =
        format!("\"{:032x}-csv\"", xxh3_128(format!("{} {}", state.answers.run(), rows.key()).as_bytes()));
    let mut headers = headers(&rows, Wanted::Csv)?;
    // Packed, a file has other bytes, which are not counted here.
    if !is_packed {
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        headers.insert(header::ETAG, HeaderValue::from_str(&tag).map_err(WebError::internal)?);
        if cache::has(&parts.headers, tag.as_bytes()) {
            headers.remove(header::CONTENT_TYPE);
            headers.remove(header::CONTENT_DISPOSITION);
            return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
        }
    }
    let mut first = Vec::new();
    csv::put_heads(&mut first, &rows.columns());
    let lines = rows.first(state).await?;
    lines.iter().for_each(|cells| csv::put(&mut first, cells));
    let first = Bytes::from(first);
    if let Some(wish) = Wish::of(&parts.headers, &tag).filter(|_| !is_packed) {
        let part = Part::of(pieces(state.app.clone(), rows, first), &state.spool, wish).await?;
        return Ok(part.response(headers));
    }
    let body = Body::from_stream(ReceiverStream::new(pieces(state.app.clone(), rows, first)));
    Ok((headers, body).into_response())
}

/// The file piece by piece, each made when the one before was taken. An error breaks it off, which the client notices.
fn pieces(state: AppState, mut rows: Rows, first: Bytes) -> mpsc::Receiver<Result<Bytes, WebError>> {
    let (sender, pieces) = mpsc::channel(PIECES_AHEAD);
    tokio::spawn(async move {
        let mut piece = Some(Ok(first));
        while let Some(made) = piece {
            if made.is_err() {
                tracing::warn!("an export was broken off");
            }
            let is_last = made.is_err();
            if sender.send(made).await.is_err() || is_last {
                return;
            }
            let lines = rows.next(&state).await.transpose();
            piece = lines.map(|lines| lines.map(|lines| written(&lines)));
        }
    });
    pieces
}

fn written(lines: &[Vec<Cell>]) -> Bytes {
    let mut piece = Vec::new();
    lines.iter().for_each(|cells| csv::put(&mut piece, cells));
    piece.into()
}

/// Whether the client would rather have CSV than JSON.
fn prefers_csv(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).into_iter().filter_map(|value| value.to_str().ok());
    let mut kinds = accepted.flat_map(|kinds| kinds.split(',')).map(|kind| {
        let (kind, rest) = kind.split_once(';').unwrap_or((kind, ""));
        let q = rest.split(';').find_map(|part| part.trim().strip_prefix("q=")?.parse::<f32>().ok());
        (kind.trim().to_ascii_lowercase(), q.unwrap_or(1.0))
    });
    let weight = |kinds: &[(String, f32)], name: &str| {
        kinds.iter().find(|(kind, _)| kind == name).map_or(0.0, |(_, weight)| *weight)
    };
    let kinds: Vec<_> = kinds.by_ref().collect();
    weight(&kinds, "text/csv") > weight(&kinds, "application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_is_sent_to_who_would_rather_have_it() {
        for (accept, csv) in [
            ("text/csv", true),
            ("text/csv, */*;q=0.1", true),
            ("application/json, text/csv;q=0.5", false),
            ("text/csv;q=0.5, application/json;q=0.2", true),
            ("*/*", false),
            ("text/csv;q=0", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]);
            assert_eq!(prefers_csv(&headers), csv, "{accept}");
        }
    }
}
