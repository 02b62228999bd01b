//! Questions asked from outside.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

mod bounds;
mod explain;
mod figures;
mod recent;
mod search;
mod watched;
