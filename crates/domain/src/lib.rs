//! What the field means, without I/O: money, periods, platforms, levels, metrics, plans and what is believed about a day.

pub mod belief;
pub mod level;
pub mod metric;
pub mod money;
pub mod pacing;
pub mod period;
pub mod plan;
pub mod platform;
pub mod sums;

pub use belief::{Coverage, ImportId, Segment, believed};
pub use level::Level;
pub use metric::{Direction, Formula, Metric, Unit, Value};
pub use money::{Currency, Decimal6, Micros};
pub use pacing::{Pace, Pacing};
pub use period::{Comparison, Grain, Period};
pub use plan::{Decision, PlanAbout, PlannedCampaign, Target};
pub use platform::Platform;
pub use sums::{Additive, Sums};

/// A word that is not one of a closed set, with the words that are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} '{given}' is not known; use one of: {known}")]
pub struct UnknownWord {
    /// What kind of word was expected, for example "platform".
    pub what: &'static str,
    /// The word that was given.
    pub given: String,
    /// The words that would be right, comma-separated.
    pub known: String,
}

impl UnknownWord {
    /// An error that names what was given and everything that would have been right.
    pub fn new(what: &'static str, given: &str, known: impl IntoIterator<Item = &'static str>) -> Self {
        let known = known.into_iter().collect::<Vec<_>>().join(", ");
        Self { what, given: given.to_owned(), known }
    }
}
