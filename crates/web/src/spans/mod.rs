//! Spans of requests and of their questions to the engine, for a collector that understands OpenTelemetry. Off unless an address is
//! named; they hold patterns of routes and numbers, never an address that was asked, a figure or a word of anybody.

mod otlp;
mod parent;

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use jiff::Timestamp;
use notify::{Address, NotifyError, Webhooks};
use watch::Group;

use crate::admission::Load;
use crate::watching::About;

/// Where collectors take traces, below their address.
const PLACE: &str = "/v1/traces";
/// Most that wait to be sent; more are let go.
const MOST_WAITING: usize = 4096;
/// Most in one message.
const MOST_AT_ONCE: usize = 512;
/// How often what waits is sent.
const OFTEN: Duration = Duration::from_secs(2);

/// Where spans are collected. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Spans(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    address: Address,
    posting: Webhooks,
    /// What numbers are drawn from: they only have to differ.
    chance: RandomState,
    drawn: AtomicU64,
    waiting: Mutex<Vec<Span>>,
    lost: AtomicU64,
    is_unheard: AtomicBool,
}

/// A piece of work: who asked for it, when it began, how long it took.
#[derive(Debug, Clone, PartialEq)]
struct Span {
    trace: u128,
    id: u64,
    parent: Option<u64>,
    name: String,
    is_request: bool,
    begun: Timestamp,
    took: Duration,
    has_failed: bool,
    attributes: Vec<(&'static str, Told)>,
}

/// What is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    Word(String),
    Number(i64),
}

/// A request that is being answered, of which a span is to be told.
#[derive(Debug, Clone)]
pub(crate) struct Tracing {
    spans: Spans,
    trace: u128,
    id: u64,
    parent: Option<u64>,
}

impl Spans {
    /// To a collector: `http://localhost:4318`, or wherever it takes OTLP over HTTP.
    ///
    /// # Errors
    /// If that is no address, in words that say what would be right.
    pub fn to(collector: &str) -> Result<Self, NotifyError> {
        let base = collector.trim_end_matches('/');
        let whole = if base.ends_with(PLACE) { base.to_owned() } else { format!("{base}{PLACE}") };
        let posting = Webhooks { is_private_allowed: true, ..Webhooks::default() };
        Ok(Self(Arc::new(Inner {
            address: Address::read(&whole, true)?,
            posting,
            chance: RandomState::new(),
            drawn: AtomicU64::new(0),
            waiting: Mutex::default(),
            lost: AtomicU64::new(0),
            is_unheard: AtomicBool::new(false),
        })))
    }

    /// Sends what waits every two seconds, until it is dropped.
    pub async fn keep_sending(self) {
        loop {
            tokio::time::sleep(OFTEN).await;
            self.send().await;
        }
    }

    /// Sends what waits. What is not taken is let go: a collector that is gone must not cost memory.
    pub async fn send(&self) {
        loop {
            let some = {
                let mut waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                let count = waiting.len().min(MOST_AT_ONCE);
                waiting.drain(..count).collect::<Vec<_>>()
            };
            if some.is_empty() {
                return;
            }
            let body = otlp::written(&some);
            let sent = self.0.posting.post(&self.0.address, "spans", body, None).await;
            let was_unheard = self.0.is_unheard.swap(sent.is_err(), Ordering::Relaxed);
            match &sent {
                Err(error) => {
                    self.0.lost.fetch_add(some.len() as u64, Ordering::Relaxed);
                    // Once, not every two seconds for as long as it is gone.
                    if !was_unheard {
                        tracing::warn!(%error, "spans are not collected");
                    }
                }
                Ok(()) if was_unheard => {
                    let lost = self.0.lost.swap(0, Ordering::Relaxed);
                    tracing::warn!(lost, "spans are collected again");
                }
                Ok(()) => {}
            }
        }
    }

    /// Follows a request to a page or the API, unless whoever sent it says that it is not to be.
    pub(crate) fn follow(&self, route: &str, headers: &HeaderMap) -> Option<Tracing> {
        if Group::of(route) == Group::Rest {
            return None;
        }
        let (trace, parent) = match parent::of(headers) {
            Some(parent) if !parent.is_sampled => return None,
            Some(parent) => (parent.trace, Some(parent.span)),
            None => (u128::from(self.draw()) << 64 | u128::from(self.draw()), None),
        };
        Some(Tracing { spans: self.clone(), trace, id: self.draw(), parent })
    }

    /// Never zero, which stands for none.
    fn draw(&self) -> u64 {
        self.0.chance.hash_one(self.0.drawn.fetch_add(1, Ordering::Relaxed)).max(1)
    }

    fn add(&self, span: Span) {
        let mut waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < MOST_WAITING {
            waiting.push(span);
        } else {
            self.0.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Tracing {
    /// Tells of the request.
    pub(crate) fn answered(&self, method: &'static str, about: &About, status: u16, took: Duration) {
        let mut attributes = vec![
            ("http.request.method", Told::Word(method.to_owned())),
            ("http.route", Told::Word(about.route().to_owned())),
            ("http.response.status_code", Told::Number(i64::from(status))),
            ("adroit.request_id", Told::Word(about.id.clone())),
        ];
        attributes.extend(about.workspace().map(|own| ("adroit.workspace", Told::Number(i64::from(own)))));
        self.spans.add(Span {
            trace: self.trace,
            id: self.id,
            parent: self.parent,
            name: format!("{method} {}", about.route()),
            is_request: true,
            begun: begun(took),
            took,
            has_failed: status >= 500,
            attributes,
        });
    }
}

/// A question to the engine that belongs to a request, until it is dropped.
pub(crate) struct Asking {
    tracing: Option<Tracing>,
    load: Load,
    begun: Instant,
    waited: Option<Duration>,
    ended: &'static str,
}

impl Asking {
    /// Follows a question, if the request that it belongs to is followed.
    pub(crate) fn begin(load: Load) -> Self {
        let tracing = About::now().and_then(|about| about.tracing.clone());
        Self { tracing, load, begun: Instant::now(), waited: None, ended: "left" }
    }

    /// The engine has a place for it.
    pub(crate) fn admitted(&mut self) {
        self.waited = Some(self.begun.elapsed());
    }

    /// How it ended: `answered`, `refused` or `failed`; without a word, whoever asked has left.
    pub(crate) fn ended(&mut self, how: &'static str) {
        self.ended = how;
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        let Some(tracing) = self.tracing.take() else { return };
        let took = self.begun.elapsed();
        let micros = |time: Duration| Told::Number(i64::try_from(time.as_micros()).unwrap_or(i64::MAX));
        let load = if self.load == Load::Heavy { "heavy" } else { "light" };
        let mut attributes = vec![
            ("db.system.name", Told::Word("duckdb".to_owned())),
            ("adroit.load", Told::Word(load.to_owned())),
            ("adroit.ended", Told::Word(self.ended.to_owned())),
        ];
        attributes.extend(self.waited.map(|waited| ("adroit.waited_micros", micros(waited))));
        tracing.spans.add(Span {
            trace: tracing.trace,
            id: tracing.spans.draw(),
            parent: Some(tracing.id),
            name: "engine".to_owned(),
            is_request: false,
            begun: begun(took),
            took,
            has_failed: self.ended == "failed",
            attributes,
        });
    }
}

/// When something began that has just ended.
fn begun(took: Duration) -> Timestamp {
    Timestamp::now().saturating_sub(took).unwrap_or(Timestamp::UNIX_EPOCH)
}
