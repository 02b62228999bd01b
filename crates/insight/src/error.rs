//! What can go wrong with a question.

/// An error of a question.
#[derive(Debug, thiserror::Error)]
pub enum InsightError {
    /// The question can't be asked like this.
    #[error("{parameter}: {remedy}")]
    Wrong {
        /// The part of the question that is wrong, named as in commands and addresses.
        parameter: &'static str,
        /// What would be right.
        remedy: String,
    },
    /// What was asked about is not there.
    #[error("there is no {what} {id} in this workspace")]
    NotFound {
        /// What was asked about.
        what: &'static str,
        /// Its number.
        id: u32,
    },
    /// The facts could not be read.
    #[error(transparent)]
    Facts(#[from] store::facts::FactsError),
}

impl InsightError {
    /// A part of the question is wrong.
    pub fn wrong(parameter: &'static str, remedy: impl Into<String>) -> Self {
        Self::Wrong { parameter, remedy: remedy.into() }
    }

    pub(crate) fn too_large() -> Self {
        Self::wrong("metrics", "a sum is larger than 64 bits hold; narrow the filter or the period")
    }
}

impl From<duckdb::Error> for InsightError {
    fn from(error: duckdb::Error) -> Self {
        Self::Facts(error.into())
    }
}
