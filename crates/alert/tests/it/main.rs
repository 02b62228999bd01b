//! Tests of the whole: histories with late conversions, replayed.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod conditions;
mod late;
mod promises;
