//! Answered once, served a million times: the response cache in front of the questions.
//!
//! It stands as a layer around the routes that show figures, so that their handlers know nothing of it. An answer is kept by
//! what is asked, with the state of the data that it was computed from, and serialised and packed once. It is served at once
//! while it is fresh; then it is still served at once, while one task computes it anew. Where the data has changed it is
//! computed anew before it is served. Errors are never kept.

mod answers;
mod counts;
mod edge;
mod kept;
mod outcome;
mod question;
mod said;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

pub use counts::CacheCounts;
pub use edge::{Edge, tell_edge};

pub(crate) use answers::Answers;
pub(crate) use edge::forget_link;
pub(crate) use outcome::not_to_be_kept;
pub(crate) use said::Readers;

use crate::access::{May, SeeFigures};
use crate::encoding::Encoding;
use crate::{AppState, questions};
use answers::Source;
use kept::Packed;
use outcome::{Outcome, carrying};
use question::Question;
use said::Said;

/// How answers are kept.
#[derive(Debug, Clone, Copy)]
pub struct Keeping {
    /// Most that all kept answers may weigh, in bytes.
    pub bytes: u64,
    /// For how long an answer is served without computing it anew.
    pub fresh: Duration,
    /// For how long an answer about an earlier state of the data may stand in for one that can't be had.
    pub on_error: Duration,
    /// Whether answers are kept at all. To measure without.
    pub keep: bool,
    /// Whether equal questions wait for one computation. To measure without.
    pub coalesce: bool,
    /// Whether bodies are packed. To measure without.
    pub pack: bool,
}

impl Default for Keeping {
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            fresh: Duration::from_secs(30),
            on_error: Duration::from_secs(24 * 3600),
            keep: true,
            coalesce: true,
            pack: true,
        }
    }
}

/// Which figures a route shows, and in which form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figures {
    pub(crate) of: questions::Figures,
    pub(crate) form: Form,
}

/// In which form figures are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// An answer of the API.
    Api,
    /// A page.
    Page,
    /// A page that whoever has a link to it may see, with nothing around it.
    Shared,
}

impl Form {
    pub(crate) fn is_page(self) -> bool {
        self != Self::Api
    }
}

/// Answers a request for figures with what is kept, or has it computed.
pub(crate) async fn answer(
    State((state, figures)): State<(AppState, Figures)>,
    request: Request,
    next: Next,
) -> Response {
    answered(&state, figures, Readers::WhoAsks, request, next).await
}

/// The same, for certain readers.
pub(crate) async fn answered(
    state: &AppState,
    figures: Figures,
    readers: Readers,
    request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let (mut parts, body) = request.into_parts();
    let asked = May::<SeeFigures>::from_request_parts(&mut parts, state).await;
    let question = match &asked {
        Ok(asked) => Question::of(asked, figures, &parts).await.ok(),
        Err(_) => None,
    };
    let Some(question) = question else {
        // The handler says what is wrong with it.
        return next.run(Request::from_parts(parts, body)).await;
    };
    let answers = &state.answers;
    // What only some may see is not for an edge to keep.
    let is_shared = state.edge.is_some() && readers.are_all(state.entrance.is_open());
    let encoding = match answers.keeping().pack {
        true => Encoding::accepted(&parts.headers),
        false => Encoding::Identity,
    };
    let said = Said { figures, question: &question, keeping: answers.keeping(), begun, readers };
    // What depends on the question and the data alone is known to be the same before it is computed.
    let early = (!figures.form.is_page()).then_some(question.digest);
    if let Some(tag) = early.and_then(|digest| found(&parts.headers, digest, encoding)) {
        answers.not_modified();
        return said.not_modified(tag, is_shared);
    }
    let compute = || {
        // Before those who wait are told that it takes too long, so that an earlier answer can stand in.
        let deadline = state.limits.deadline.mul_f32(0.9);
        let (request, version) = (question.request(&parts), question.version);
        async move {
            let outcome = tokio::time::timeout(deadline, Outcome::of(next.run(request), version)).await;
            outcome.unwrap_or_else(|_| Outcome::refused(crate::deadline::late(deadline)))
        }
    };
    let (outcome, source) = answers.find(question.key.clone(), question.version, compute).await;
    let kept = match outcome {
        Outcome::Kept(kept) => kept,
        Outcome::Refused(error) => return carrying(error),
        Outcome::Passed(passed) => return passed.response(),
    };
    // An answer about an earlier state of the data is tagged as none: the client shall ask again.
    let digest = match (source, early) {
        (Source::Failed(_), _) => None,
        // A page says how long ago things were: its tag is made of what it says.
        (_, early) => Some(early.unwrap_or_else(|| kept.digest())),
    };
    if let Some(tag) = digest.and_then(|digest| found(&parts.headers, digest, encoding)) {
        answers.not_modified();
        return said.not_modified(tag, is_shared);
    }
    let (bytes, packed) = match answers.bytes(&question.key, &kept, encoding).await {
        Ok(packed) => packed,
        Err(error) => return carrying(Arc::new(error)),
    };
    let tag = digest.map(|digest| kept::tag(digest, encoding, packed));
    said.answer(&kept, source, bytes, encoding, tag, is_shared)
}

/// The tag under which the client has the answer with this digest, if it has.
fn found(headers: &HeaderMap, digest: u128, encoding: Encoding) -> Option<HeaderValue> {
    headers.get(header::IF_NONE_MATCH)?;
    let tags = [Packed::Before, Packed::Tightest].map(|packed| kept::tag(digest, encoding, packed));
    tags.into_iter().find(|tag| has(headers, tag.as_bytes()))
}

/// Whether the client has the answer of this tag.
pub(crate) fn has(headers: &HeaderMap, tag: &[u8]) -> bool {
    let lists = headers.get_all(header::IF_NONE_MATCH).into_iter();
    lists.flat_map(|list| list.as_bytes().split(|byte| *byte == b',')).any(|given| {
        let given = given.trim_ascii();
        given.strip_prefix(b"W/").unwrap_or(given) == tag
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_in_lists() {
        for (given, found) in
            [("\"a\"", true), ("\"b\", W/\"a\"", true), ("\"b\"", false), ("*", false), ("a", false)]
        {
            let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, given.parse().unwrap())]);
            assert_eq!(has(&headers, b"\"a\""), found, "{given}");
        }
    }
}
