//! Questions to answers: the metric query, its SQL, comparison, totals, freshness and provenance.
//!
//! Everything asks through [`Insight`]: overview, lists, a campaign, analytics. No other place holds SQL over facts.

pub mod answer;
mod bound;
pub mod campaign;
pub mod campaigns;
mod conversion;
pub mod duplicates;
mod entity;
mod error;
mod explain;
pub mod filter;
mod grid;
mod known;
pub mod month;
pub mod overview;
pub mod query;
mod rates;
mod recent;
pub mod renames;
pub mod sources;
mod spelling;
mod sql;
pub mod utm;
mod view;
mod watched;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::Currency;
use store::{Facts, WorkspaceId};

use self::duplicates::Duplicates;
use self::recent::Recent;
pub use answer::{Answer, Figures, Freshness, Provenance};
pub use bound::{Accounts, Bound};
pub use error::InsightError;
pub use explain::{Explained, ExplainedStatement};
pub use filter::Filter;
pub use known::Known;
pub use query::{Dimension, Query, Sort, SortBy};
pub use rates::UsedRate;
pub use watched::{Reported, Watched};

/// Whose data a question is about. Every question is bound to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// What may be seen.
    pub bound: Bound,
    /// The currency that leads where money of several currencies meets.
    pub lead_currency: Option<Currency>,
    /// The currency that money is converted into; without one it stays in its own.
    pub convert: Option<Currency>,
}

impl Asker {
    /// The workspace.
    pub fn workspace(&self) -> WorkspaceId {
        self.bound.workspace()
    }

    /// The currency that leads.
    pub(crate) fn lead(&self) -> Option<Currency> {
        self.convert.or(self.lead_currency)
    }
}

/// Answers questions about the facts of a data folder. Cheap to share; blocking, so ask from a thread that may wait.
pub struct Insight {
    facts: Arc<Facts>,
    known: Mutex<HashMap<WorkspaceId, Arc<Known>>>,
    /// What is seen of each as it was found at a count of changes.
    duplicates: Mutex<HashMap<Bound, (u64, Arc<Duplicates>)>>,
    recent: Option<Arc<Recent>>,
    slow: Duration,
}

/// How long a question may take before the log tells of it.
const SLOW: Duration = Duration::from_millis(500);

impl Insight {
    /// Answers from `facts`.
    pub fn new(facts: Arc<Facts>) -> Self {
        Self { facts, known: Mutex::default(), duplicates: Mutex::default(), recent: None, slow: SLOW }
    }

    /// The same, telling the log of each question that takes at least so long: what it asks, without the values.
    #[must_use]
    pub fn telling_of_slow(mut self, slow: Duration) -> Self {
        self.slow = slow;
        self
    }

    /// The same, keeping the recent days of the workspaces that are asked about in up to `bytes` of memory: for a program that
    /// answers many questions.
    #[must_use]
    pub fn keeping_recent_days(mut self, bytes: usize) -> Self {
        self.recent = Some(Arc::new(Recent::new(bytes)));
        self
    }

    /// Reads a workspace's recent days into memory now, unless they are there, rather than in the background after a question.
    ///
    /// # Errors
    /// If the facts can't be read.
    pub fn read_recent_days(&self, workspace: WorkspaceId) -> Result<(), InsightError> {
        self.recent.as_ref().map_or(Ok(()), |recent| recent.read(&self.facts, workspace))
    }

    /// How many questions were answered from recent days in memory rather than by the engine.
    pub fn answered_from_memory(&self) -> u64 {
        self.recent.as_ref().map_or(0, |recent| recent.answered())
    }

    /// The facts behind the answers.
    pub fn facts(&self) -> &Arc<Facts> {
        &self.facts
    }
}
