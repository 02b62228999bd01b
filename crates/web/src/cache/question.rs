//! What a request asks, in the one form that all ways to ask it have in common: the key of its answer.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{OriginalUri, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Uri, header};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::WorkspaceId;
use xxhash_rust::xxh3::xxh3_128;

use super::Figures;
use crate::encoding::Encoding;
use crate::link::Link;
use crate::params::Params;
use crate::questions::{self, View};
use crate::theme::Theme;
use crate::{AppState, WebError};

/// What a request asks.
pub(super) struct Question {
    pub key: Arc<str>,
    pub workspace: WorkspaceId,
    /// The state of the workspace's data.
    pub version: u64,
    uri: Uri,
    theme: Theme,
}

impl Question {
    /// Reads what a request for figures asks.
    ///
    /// # Errors
    /// If it can't be read; whoever answers requests of its kind says what is wrong with it.
    pub async fn read(state: &AppState, figures: Figures, parts: &Parts) -> Result<Self, WebError> {
        let link = Link::of(&parts.uri).canonical();
        let uri: Uri = link.to_string().parse().map_err(WebError::internal)?;
        let mut params = Params::of(uri.query().unwrap_or_default());
        let (view, key, theme) = if figures.is_page {
            // A page holds links that depend on how it was asked for, names every workspace, and says how many days ago things were.
            let view = View::read(state, &mut params, None).await?;
            let (theme, naming) = (Theme::of(&parts.headers), state.catalog().naming());
            let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
            let key = format!("{uri} {theme:?} {naming} {today} {:?} {:?}", view.asker(), view.period);
            (view, key, theme)
        } else {
            // An answer depends on nothing but the question.
            let (view, rest) = questions::read(state, figures.of, parts.uri.path(), params).await?;
            let View { period, compare, as_of, .. } = &view;
            let (of, asker) = (figures.of, view.asker());
            let key = format!("{of:?} {asker:?} {period:?} {compare:?} {as_of:?} {rest}");
            (view, key, Theme::Device)
        };
        let (workspace, version) = (view.workspace.id, view.workspace.data_version);
        Ok(Self { key: key.into(), workspace, version, uri, theme })
    }

    /// The tag of its answer in an encoding: equal tags, equal bytes.
    pub fn tag(&self, run: i128, encoding: Encoding) -> HeaderValue {
        let text = format!("{run} {} {}", self.version, self.key);
        let tag = format!("\"{:032x}-{}\"", xxh3_128(text.as_bytes()), encoding.name());
        HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""))
    }

    /// The request that is computed: nothing of the first one who asks it is left but what all who ask it have in common.
    pub fn request(&self, parts: &Parts) -> Request {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = self.uri.clone();
        *request.extensions_mut() = parts.extensions.clone();
        request.extensions_mut().insert(OriginalUri(self.uri.clone()));
        let cookie = match self.theme {
            Theme::Device => return request,
            Theme::Light => "theme=light",
            Theme::Dark => "theme=dark",
        };
        request.headers_mut().insert(header::COOKIE, HeaderValue::from_static(cookie));
        request
    }
}
