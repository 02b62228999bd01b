//! What failed, grouped by kind, route and origin: how often, since when, in which release, with a few samples.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::redacted::redacted;

/// Most groups that wait to be written down, and that are kept.
pub(crate) const MOST_GROUPS: usize = 500;
/// Samples of a group.
pub(crate) const MOST_SAMPLES: usize = 5;
/// Longest kind, route and origin, in characters.
const LONGEST_NAME: usize = 120;

/// Something that failed. Its texts lose what may be somebody's words before they are kept.
#[derive(Debug, Clone, Copy)]
pub struct Failure<'a> {
    /// What kind it is, as `internal`, `panic`, `overloaded`.
    pub kind: &'a str,
    /// The pattern of the route.
    pub route: &'a str,
    /// Which part failed: `facts`, `catalog`, a place in the source.
    pub origin: &'a str,
    /// What is wrong, for operators.
    pub message: &'a str,
    /// The id that the page or the answer showed.
    pub error_id: &'a str,
    /// The request's id.
    pub request_id: &'a str,
}

/// Failures of one kind, route and origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureGroup {
    /// Its number; 0 where nothing is remembered.
    pub id: i64,
    /// What kind it is.
    pub kind: String,
    /// The pattern of the route.
    pub route: String,
    /// Which part failed.
    pub origin: String,
    /// What was wrong the last time.
    pub message: String,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// When it was last seen.
    pub last_seen: Timestamp,
    /// The release it was first seen in.
    pub first_release: String,
    /// The release it was last seen in.
    pub last_release: String,
    /// How often it was seen.
    pub count: u64,
    /// When somebody said that it is resolved, unless it came again.
    pub resolved_at: Option<Timestamp>,
    /// How often it came again after that.
    pub reopened: u64,
    /// The last ones, newest first.
    pub samples: Vec<FailureSample>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureSample {
    /// When.
    pub at: Timestamp,
    /// The id that the page or the answer showed.
    pub error_id: String,
    /// The request's id.
    pub request_id: String,
    /// What was wrong.
    pub detail: String,
}

/// Kind, route and origin.
pub(crate) type GroupKey = (String, String, String);

/// Failures that are not written down yet.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub count: u64,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
    /// Newest last.
    pub samples: Vec<FailureSample>,
}

/// What failed and is not written down yet, by group.
#[derive(Debug, Default)]
pub(crate) struct Failures(Mutex<HashMap<GroupKey, Waiting>>);

impl Failures {
    pub fn add(&self, failure: &Failure<'_>, now: Timestamp) {
        let name = |text: &str| text.chars().take(LONGEST_NAME).collect::<String>();
        let key = (name(failure.kind), name(failure.route), name(failure.origin));
        let sample = FailureSample {
            at: now,
            error_id: name(failure.error_id),
            request_id: name(failure.request_id),
            detail: redacted(failure.message),
        };
        let one = Waiting { count: 1, first_seen: now, last_seen: now, samples: vec![sample] };
        add_to(&mut self.all(), key, one);
    }

    /// What waits, to be written down.
    pub fn take(&self) -> HashMap<GroupKey, Waiting> {
        std::mem::take(&mut *self.all())
    }

    /// Waits on, as it could not be written down.
    pub fn give_back(&self, waiting: HashMap<GroupKey, Waiting>) {
        let mut all = self.all();
        let later = std::mem::replace(&mut *all, waiting);
        for (key, more) in later {
            add_to(&mut all, key, more);
        }
    }

    /// What waits, as it is shown where nothing is remembered.
    pub fn groups(&self, release: &str) -> Vec<FailureGroup> {
        let all = self.all();
        let mut groups: Vec<FailureGroup> = all
            .iter()
            .map(|((kind, route, origin), waiting)| FailureGroup {
                id: 0,
                kind: kind.clone(),
                route: route.clone(),
                origin: origin.clone(),
                message: waiting.samples.last().map(|sample| sample.detail.clone()).unwrap_or_default(),
                first_seen: waiting.first_seen,
                last_seen: waiting.last_seen,
                first_release: release.to_owned(),
                last_release: release.to_owned(),
                count: waiting.count,
                resolved_at: None,
                reopened: 0,
                samples: waiting.samples.iter().rev().cloned().collect(),
            })
            .collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.last_seen));
        groups
    }

    fn all(&self) -> MutexGuard<'_, HashMap<GroupKey, Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn add_to(all: &mut HashMap<GroupKey, Waiting>, key: GroupKey, more: Waiting) {
    if all.len() >= MOST_GROUPS && !all.contains_key(&key) {
        return;
    }
    match all.entry(key) {
        std::collections::hash_map::Entry::Vacant(free) => drop(free.insert(more)),
        std::collections::hash_map::Entry::Occupied(mut mine) => {
            let mine = mine.get_mut();
            mine.count = mine.count.saturating_add(more.count);
            mine.last_seen = mine.last_seen.max(more.last_seen);
            mine.samples.extend(more.samples);
            let too_many = mine.samples.len().saturating_sub(MOST_SAMPLES);
            mine.samples.drain(..too_many);
        }
    }
}
