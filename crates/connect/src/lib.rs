//! Records shaped like the platforms' APIs, and what sends them: warehouse tables that pipelines made, record streams in
//! the Singer and Airbyte protocols, and the programs that speak these.
//!
//! Records go onto the shelf ([`store::shelf`]) by their keys; from there each day that changed goes to the ledger as a whole.

mod amount;
mod choose;
mod error;
mod hand_over;
mod intake;
mod json;
mod lead;
mod log;
mod mapping;
mod message;
mod moment;
mod names;
mod platforms;
mod process;
mod record;
mod rows;
mod source;
mod sync;
mod taking;
mod warehouse;

pub use error::ConnectError;
pub use log::LogTail;
pub use message::Protocol;
pub use source::{SourceDefinition, read_json};
pub use sync::{Piped, RunReport, Sources, Told, settle_records};
pub use warehouse::{TableReport, WarehouseReport, WarehouseRequest, import_warehouse};
