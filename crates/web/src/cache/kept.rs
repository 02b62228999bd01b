//! A kept answer: its bytes as they were written, and packed once for each way a client took them.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderValue};
use bytes::Bytes;
use tokio::sync::OnceCell;
use xxhash_rust::xxh3::xxh3_128;

use super::counts::{Counts, one_more};
use crate::WebError;
use crate::encoding::{Encoding, tightest};

/// What an entry weighs beside its bytes: headers, key, places in tables. Measured roughly, so that small answers count too.
const OVERHEAD_BYTES: usize = 1024;

/// How often an answer is served until it is packed tighter.
const OFTEN: u32 = 16;

/// Bodies that are not packed tighter: it would take a processor for seconds.
const GIANT_BYTES: usize = 1 << 20;

/// How the bytes of an answer are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packed {
    /// In the usual way, just now.
    Now,
    /// In the usual way, or not at all, some time ago.
    Before,
    /// As tightly as possible.
    Tightest,
}

/// The tag of bytes with this digest, or of a question, in an encoding.
pub(super) fn tag(digest: u128, encoding: Encoding, packed: Packed) -> HeaderValue {
    let tightest = if packed == Packed::Tightest { "11" } else { "" };
    let tag = format!("\"{digest:032x}-{}{tightest}\"", encoding.name());
    HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""))
}

/// A kept answer.
#[derive(Debug)]
pub(super) struct Kept {
    /// The state of the data that it was computed from.
    pub version: u64,
    pub headers: HeaderMap,
    body: Bytes,
    digest: u128,
    packed: Arc<[OnceCell<Bytes>; Encoding::COUNT]>,
    /// By brotli, as tightly as it can.
    tightest: Arc<OnceLock<Bytes>>,
    served: AtomicU32,
    made: Instant,
    /// Milliseconds of its age before which it is not refreshed again, after a refresh failed.
    refresh_from_ms: AtomicU64,
}

impl Kept {
    pub fn new(version: u64, headers: HeaderMap, body: Bytes) -> Self {
        let (made, refresh_from_ms, served) = (Instant::now(), AtomicU64::new(0), AtomicU32::new(0));
        let digest = xxh3_128(&body);
        let (packed, tightest) = (Arc::default(), Arc::default());
        Self { version, headers, body, digest, packed, tightest, served, made, refresh_from_ms }
    }

    /// What its tags are made of.
    pub fn digest(&self) -> u128 {
        self.digest
    }

    /// Counts that it was served once more, and tells whether it is to be packed tighter: it is asked often, by brotli, and
    /// is no giant.
    pub fn is_worth_tightening(&self) -> bool {
        let served = self.served.fetch_add(1, Ordering::Relaxed) + 1;
        served.is_multiple_of(OFTEN)
            && self.tightest.get().is_none()
            && self.body.len() <= GIANT_BYTES
            && Encoding::Brotli.place().is_some_and(|place| self.packed[place].initialized())
    }

    /// Packs it as tightly as possible, for those who ask from then on. Takes long: call it where waiting is allowed.
    pub fn tighten(&self, counts: &Counts) {
        if let Ok(packed) = tightest(&self.body) {
            one_more(&counts.packed);
            drop(self.tightest.set(packed));
        }
    }

    pub fn age(&self) -> Duration {
        self.made.elapsed()
    }

    /// Whether it is time to compute it anew.
    pub fn is_due(&self, fresh: Duration) -> bool {
        let age = self.age();
        age >= fresh && age.as_millis() >= u128::from(self.refresh_from_ms.load(Ordering::Relaxed))
    }

    /// Leaves it as it is for a while, as computing it anew failed.
    pub fn hold_off(&self, pause: Duration) {
        let until_ms = u64::try_from((self.age() + pause).as_millis()).unwrap_or(u64::MAX);
        self.refresh_from_ms.store(until_ms, Ordering::Relaxed);
    }

    /// Its bytes in an encoding, and how they are packed. Who else wants the same meanwhile waits for it.
    pub async fn bytes(&self, encoding: Encoding, counts: &Counts) -> Result<(Bytes, Packed), WebError> {
        if let Some(tightest) = self.tightest.get().filter(|_| encoding == Encoding::Brotli) {
            return Ok((tightest.clone(), Packed::Tightest));
        }
        let Some(place) = encoding.place() else { return Ok((self.body.clone(), Packed::Before)) };
        let mut packed_now = false;
        let packed = self.packed[place].get_or_try_init(async || {
            packed_now = true;
            one_more(&counts.packed);
            let body = self.body.clone();
            let packed = tokio::task::spawn_blocking(move || encoding.pack(&body)).await;
            packed.map_err(WebError::internal)?.map_err(WebError::internal)
        });
        let bytes = packed.await?.clone();
        Ok((bytes, if packed_now { Packed::Now } else { Packed::Before }))
    }

    /// Takes over what was packed of an older one, or packs the same ways anew, so that no reader waits for it.
    pub async fn follow(mut self, older: &Self, counts: &Counts) -> Self {
        if self.body == older.body {
            self.packed = older.packed.clone();
            self.tightest = older.tightest.clone();
            return self;
        }
        for place in 0..Encoding::COUNT {
            if older.packed[place].initialized() {
                // What fails here is tried again by the reader who wants it.
                drop(self.bytes(Encoding::at(place), counts).await);
            }
        }
        self
    }

    /// What it weighs, in bytes.
    pub fn weight(&self) -> u32 {
        let packed: usize = self.packed.iter().filter_map(OnceCell::get).map(Bytes::len).sum();
        let tightest = self.tightest.get().map_or(0, Bytes::len);
        u32::try_from(OVERHEAD_BYTES + self.body.len() + packed + tightest).unwrap_or(u32::MAX)
    }
}
