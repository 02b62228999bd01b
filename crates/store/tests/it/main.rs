//! The contract that every backend of the store keeps.

#![expect(clippy::unwrap_used, reason = "a test ends where what it takes for granted fails")]

mod alerts;
mod formats;
mod interrupt;
mod ledger;
mod mappings;
mod model;
mod notes;
mod people;
mod plans;
mod query_plans;
mod retention;
mod shared_links;
mod shelf;
mod stale_plans;
mod torn_reads;
mod views;
