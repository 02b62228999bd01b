//! Why a plan could not be changed.

use domain::plan::NotADecision;

use super::Plan;
use crate::catalog::CatalogError;

/// Why a plan could not be changed. Nothing was.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// There never was such a plan, or it has no such change.
    #[error("there is no such plan")]
    NotFound,
    /// Somebody else changed it since it was read.
    #[error("the plan was changed since it was read")]
    Stale(
        /// The plan as it is now; `None` if it was deleted.
        Option<Box<Plan>>,
    ),
    /// There is another plan about the same.
    #[error("there is a plan about it already")]
    Taken(
        /// That plan.
        Box<Plan>,
    ),
    /// What the change set was set anew since.
    #[error("what it had changed was changed since: {}", .0.join(", "))]
    ChangedSince(
        /// The fields, as they are written in JSON; `plan` if it was made or deleted.
        Vec<String>,
    ),
    /// It can't be decided like this.
    #[error(transparent)]
    NotADecision(#[from] NotADecision),
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl From<sqlx::Error> for PlanError {
    fn from(error: sqlx::Error) -> Self {
        Self::Catalog(error.into())
    }
}
