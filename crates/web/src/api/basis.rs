//! What an answer rests on: its days, how old the figures are, and which imports they come from.

use domain::{Comparison, ImportId, Level, Period, Platform};
use insight::{Freshness, Provenance};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Days from the first to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PeriodOut {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
}

/// What the days are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComparedOut {
    /// `previous` or `last_year`.
    #[schema(value_type = String, example = "previous")]
    pub comparison: Comparison,
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
}

/// How old a platform's figures are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FreshnessOut {
    /// The platform.
    #[schema(value_type = String, example = "google_ads")]
    pub platform: Platform,
    /// When it was last asked, over its accounts the one that was asked longest ago.
    #[schema(value_type = String, format = DateTime)]
    pub captured_at: Timestamp,
    /// The last day that is known of every account.
    #[schema(value_type = String, format = Date)]
    pub known_to: Date,
    /// Days of the period that were not over when the platform was asked: they will grow.
    #[schema(value_type = Vec<String>)]
    pub provisional: Vec<Date>,
    /// Days of the period that are not known of at least one account. Unknown is not zero.
    pub unknown_days: u32,
}

/// What figures rest on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProvenanceOut {
    /// The levels at which the figures were reported.
    #[schema(value_type = Vec<String>, example = json!(["campaign"]))]
    pub levels: Vec<Level>,
    /// The imports they come from, newest first, at most 100.
    pub imports: Vec<ImportId>,
    /// How many imports they come from.
    pub import_count: u32,
}

impl From<Period> for PeriodOut {
    fn from(period: Period) -> Self {
        Self { from: period.from(), to: period.to() }
    }
}

impl ComparedOut {
    pub(crate) fn of((comparison, period): (Comparison, Period)) -> Self {
        Self { comparison, from: period.from(), to: period.to() }
    }
}

impl From<&Freshness> for FreshnessOut {
    fn from(freshness: &Freshness) -> Self {
        let Freshness { platform, captured_at, known_to, provisional, unknown_days } = freshness.clone();
        Self { platform, captured_at, known_to, provisional, unknown_days }
    }
}

impl From<Provenance> for ProvenanceOut {
    fn from(Provenance { levels, imports, import_count }: Provenance) -> Self {
        Self { levels, imports, import_count }
    }
}
