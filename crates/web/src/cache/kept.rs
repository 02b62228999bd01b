//! A kept answer: its bytes as they were written, and packed once for each way a client took them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderValue};
use bytes::Bytes;
use tokio::sync::OnceCell;
use xxhash_rust::xxh3::xxh3_128;

use super::counts::{Counts, one_more};
use crate::WebError;
use crate::encoding::Encoding;

/// What an entry weighs beside its bytes: headers, key, places in tables. Measured roughly, so that small answers count too.
const OVERHEAD_BYTES: usize = 1024;

/// A kept answer.
#[derive(Debug)]
pub(super) struct Kept {
    /// The state of the data that it was computed from.
    pub version: u64,
    pub headers: HeaderMap,
    body: Bytes,
    digest: u128,
    packed: Arc<[OnceCell<Bytes>; Encoding::COUNT]>,
    made: Instant,
    /// Milliseconds of its age before which it is not refreshed again, after a refresh failed.
    refresh_from_ms: AtomicU64,
}

impl Kept {
    pub fn new(version: u64, headers: HeaderMap, body: Bytes) -> Self {
        let (made, refresh_from_ms) = (Instant::now(), AtomicU64::new(0));
        let digest = xxh3_128(&body);
        Self { version, headers, body, digest, packed: Arc::default(), made, refresh_from_ms }
    }

    /// The tag of its bytes in an encoding.
    pub fn tag(&self, encoding: Encoding) -> HeaderValue {
        let tag = format!("\"{:032x}-{}\"", self.digest, encoding.name());
        HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""))
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

    /// Its bytes in an encoding, and whether they were packed just now. Who else wants the same meanwhile waits for it.
    pub async fn bytes(&self, encoding: Encoding, counts: &Counts) -> Result<(Bytes, bool), WebError> {
        let Some(place) = encoding.place() else { return Ok((self.body.clone(), false)) };
        let mut packed_now = false;
        let packed = self.packed[place].get_or_try_init(async || {
            packed_now = true;
            one_more(&counts.packed);
            let body = self.body.clone();
            let packed = tokio::task::spawn_blocking(move || encoding.pack(&body)).await;
            packed.map_err(WebError::internal)?.map_err(WebError::internal)
        });
        let bytes = packed.await?.clone();
        Ok((bytes, packed_now))
    }

    /// Takes over what was packed of an older one, or packs the same ways anew, so that no reader waits for it.
    pub async fn follow(mut self, older: &Self, counts: &Counts) -> Self {
        if self.body == older.body {
            self.packed = older.packed.clone();
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
        u32::try_from(OVERHEAD_BYTES + self.body.len() + packed).unwrap_or(u32::MAX)
    }
}
