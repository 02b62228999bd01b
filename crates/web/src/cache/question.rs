//! What a request asks, in the one form that all ways to ask it have in common: the key of its answer.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{OriginalUri, Request};
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderValue, Uri, header};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use moka::sync::Cache;
use store::WorkspaceId;
use xxhash_rust::xxh3::xxh3_128;

use super::Figures;
use crate::WebError;
use crate::access::{Asked, Visitor};
use crate::link::Link;
use crate::params::Params;
use crate::questions::{self, View};
use crate::theme::Theme;

/// What a request asks.
pub(super) struct Question {
    pub key: Arc<str>,
    pub workspace: WorkspaceId,
    /// The state of the workspace's data.
    pub version: u64,
    /// What tags of its answer are made of: equal digests, equal answers.
    pub digest: u128,
    uri: Uri,
    theme: Theme,
    /// Whether the same address asks the same as long as the workspaces are as they are and the day lasts.
    is_lasting: bool,
}

/// Questions by the address that was asked, so that one that comes often is not read each time.
pub(super) type Questions = Cache<String, Remembered>;

/// A question that was read before, and until when the address means it.
#[derive(Clone)]
pub(super) struct Remembered {
    changes: u64,
    day: i64,
    question: Arc<Question>,
}

/// Memory for questions that were read, in bytes.
const QUESTIONS_BYTES: u64 = 4 << 20;

/// What a question weighs beside its address, in bytes.
const OVERHEAD_BYTES: u32 = 1024;

/// No question that was read yet.
pub(super) fn no_questions() -> Questions {
    let weight = |asked: &String, _: &Remembered| OVERHEAD_BYTES.saturating_add(asked.len() as u32 * 4);
    Cache::builder().max_capacity(QUESTIONS_BYTES).weigher(weight).build()
}

impl Question {
    /// What a request for figures asks: remembered, or read.
    ///
    /// # Errors
    /// If it can't be read; whoever answers requests of its kind says what is wrong with it.
    pub async fn of(state: &Asked, figures: Figures, parts: &Parts) -> Result<Arc<Self>, WebError> {
        let form = figures.form;
        let theme = if form.is_page() { Theme::of(&parts.headers) } else { Theme::Device };
        let asked = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
        // The same address means different things to people who see different things.
        let sight = state.by.sight.mark();
        let asked = format!("{sight:x} {form:?} {} {asked}", theme.key());
        // Before it is read: what changes meanwhile is read anew.
        let changes = state.catalog().change_count();
        let day = Timestamp::now().as_second().div_euclid(24 * 3600);
        let questions = state.answers.questions();
        let remembered = questions.get(&asked);
        if let Some(known) = remembered.filter(|known| (known.changes, known.day) == (changes, day)) {
            return Ok(known.question);
        }
        let question = Arc::new(Self::read(state, figures, parts).await?);
        if question.is_lasting {
            let remembered = Remembered { changes, day, question: question.clone() };
            questions.insert(asked, remembered);
        }
        Ok(question)
    }

    /// Reads what a request for figures asks.
    ///
    /// # Errors
    /// If it can't be read; whoever answers requests of its kind says what is wrong with it.
    async fn read(state: &Asked, figures: Figures, parts: &Parts) -> Result<Self, WebError> {
        let link = Link::of(&parts.uri).canonical();
        let uri: Uri = link.to_string().parse().map_err(WebError::internal)?;
        let mut params = Params::of(uri.query().unwrap_or_default());
        let form = figures.form;
        let (view, key, theme) = if form.is_page() {
            // A page holds links that depend on how it was asked for, names every workspace that is seen, offers what is allowed,
            // and says how many days ago things were.
            let view = View::read(state, &mut params, None).await?;
            let (theme, naming) = (Theme::of(&parts.headers), state.catalog().naming());
            let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
            let (asker, period, sight) = (view.asker(), view.period, state.by.sight.mark());
            let key = format!("{form:?} {uri} {theme:?} {naming} {today} {asker:?} {period:?} {sight:x}");
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
        let digest = xxh3_128(format!("{} {version} {key}", state.answers.run()).as_bytes());
        // Where nothing is known, days are counted from the machine's today.
        let is_lasting = view.has_data();
        Ok(Self { key: key.into(), workspace, version, digest, uri, theme, is_lasting })
    }

    /// The request that is computed: nothing of the first one who asks it is left but what all who ask it have in common.
    pub fn request(&self, parts: &Parts) -> Request {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = self.uri.clone();
        *request.extensions_mut() = parts.extensions.clone();
        request.extensions_mut().insert(OriginalUri(self.uri.clone()));
        if let Some(visitor) = parts.extensions.get::<Visitor>() {
            request.extensions_mut().insert(visitor.alike());
        }
        let cookie = match self.theme {
            Theme::Device => return request,
            Theme::Light => "theme=light",
            Theme::Dark => "theme=dark",
        };
        request.headers_mut().insert(header::COOKIE, HeaderValue::from_static(cookie));
        request
    }
}
