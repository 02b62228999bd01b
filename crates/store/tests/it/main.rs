//! The contract that every backend of the store keeps.

mod ledger;
mod model;
mod torn_reads;
