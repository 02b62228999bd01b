//! Where things are kept: [`facts`] (numbers by day, in a DuckDB file) and the [`catalog`] (workspaces and the ledger of
//! imports, in a SQLite file).

pub mod catalog;
pub mod facts;

pub use catalog::Catalog;
pub use facts::Facts;

/// The number of a workspace. Every question and every change names one.
pub type WorkspaceId = u32;
