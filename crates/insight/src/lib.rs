//! Questions to answers: the metric query, its SQL, comparison, totals, freshness and provenance.
//!
//! Everything asks through [`Insight`]: overview, lists, a campaign, analytics. No other place holds SQL over facts.

pub mod answer;
pub mod campaign;
pub mod campaigns;
mod error;
pub mod filter;
mod grid;
mod known;
pub mod overview;
pub mod query;
mod sql;
mod view;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use domain::Currency;
use store::{Facts, WorkspaceId};

pub use answer::{Answer, Figures, Freshness, Provenance};
pub use error::InsightError;
pub use filter::Filter;
pub use known::Known;
pub use query::{Dimension, Query, Sort, SortBy};

/// Whose data a question is about. Every question is bound to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The currency that leads where money of several currencies meets.
    pub lead_currency: Option<Currency>,
}

/// Answers questions about the facts of a data folder. Cheap to share; blocking, so ask from a thread that may wait.
pub struct Insight {
    facts: Arc<Facts>,
    known: Mutex<HashMap<WorkspaceId, Arc<Known>>>,
}

impl Insight {
    /// Answers from `facts`.
    pub fn new(facts: Arc<Facts>) -> Self {
        Self { facts, known: Mutex::default() }
    }

    /// The facts behind the answers.
    pub fn facts(&self) -> &Arc<Facts> {
        &self.facts
    }
}
