//! What the cache counts: who was served from where.

use std::sync::atomic::{AtomicU64, Ordering};

/// What the cache has counted since the server was started, and what it holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CacheCounts {
    /// Answers served as kept, fresh.
    pub hits: u64,
    /// Answers served as kept though due to be refreshed, of the same state of the data.
    pub stale: u64,
    /// Requests for which an answer had to be awaited.
    pub misses: u64,
    /// Of the misses, those that waited for an answer that another request had asked for.
    pub coalesced: u64,
    /// Requests answered by saying that what the client has still holds.
    pub not_modified: u64,
    /// Answers that were computed, for misses and refreshes.
    pub computed: u64,
    /// Of them, refreshes in the background.
    pub refreshes: u64,
    /// Computations that ended in an error of ours.
    pub failed: u64,
    /// Older answers served because the new one could not be had.
    pub stale_on_error: u64,
    /// Bodies that were compressed.
    pub packed: u64,
    /// Answers that had to go for want of room.
    pub evicted: u64,
    /// The ages of all answers served as kept, added up, in milliseconds.
    pub age_ms: u64,
    /// Answers that are kept.
    pub entries: u64,
    /// What they weigh, in bytes.
    pub bytes: u64,
}

#[derive(Debug, Default)]
pub(super) struct Counts {
    pub hits: AtomicU64,
    pub stale: AtomicU64,
    pub misses: AtomicU64,
    pub coalesced: AtomicU64,
    pub not_modified: AtomicU64,
    pub computed: AtomicU64,
    pub refreshes: AtomicU64,
    pub failed: AtomicU64,
    pub stale_on_error: AtomicU64,
    pub packed: AtomicU64,
    pub evicted: AtomicU64,
    pub age_ms: AtomicU64,
}

impl Counts {
    /// As they are now, without what the cache holds.
    pub fn read(&self) -> CacheCounts {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        CacheCounts {
            hits: of(&self.hits),
            stale: of(&self.stale),
            misses: of(&self.misses),
            coalesced: of(&self.coalesced),
            not_modified: of(&self.not_modified),
            computed: of(&self.computed),
            refreshes: of(&self.refreshes),
            failed: of(&self.failed),
            stale_on_error: of(&self.stale_on_error),
            packed: of(&self.packed),
            evicted: of(&self.evicted),
            age_ms: of(&self.age_ms),
            entries: 0,
            bytes: 0,
        }
    }
}

pub(super) fn one_more(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}
