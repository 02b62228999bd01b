//! Where things are kept: [`facts`] (numbers by day, in a DuckDB file), the [`catalog`] (workspaces and the ledger of
//! imports, in a SQLite file), and the [`shelf`] (records of sources, in a DuckDB file).

pub mod catalog;
pub mod facts;
pub mod parquet;
pub mod shelf;

pub use catalog::Catalog;
pub use facts::Facts;
pub use shelf::Shelf;

/// The number of a workspace. Every question and every change names one.
pub type WorkspaceId = u32;
