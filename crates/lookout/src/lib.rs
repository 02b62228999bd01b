//! The job that looks at alert rules: after every import, every hour, and for the machine and the server itself every half minute.
//!
//! [`look`] judges the rules of a workspace and writes what became of their alerts together with the messages that tell of it;
//! [`Post`] sends those. [`preview`] judges a rule on the past, [`preview_server`] one on the server.

mod budgets;
mod message;
mod objectives;
mod post;
mod preview;
mod schedule;
mod server;
mod subjects;
mod tried;
mod window;
mod writing;

use std::path::PathBuf;
use std::sync::Arc;

use insight::Insight;
use notify::Sender;
use store::Catalog;
use watch::Watch;

pub use objectives::{Kept, objectives};
pub use post::{Post, target, tested};
pub use preview::{Preview, PreviewEpisode, preview};
pub use schedule::{keep_looking, keep_sending};
pub use tried::{ServerEpisode, ServerPreview, can_be_tried, preview_server};
pub use writing::{escalate, look};

/// What looking needs.
#[derive(Clone)]
pub struct Lookout {
    /// Rules and alerts.
    pub catalog: Catalog,
    /// Figures.
    pub insight: Arc<Insight>,
    /// What the server measured of itself.
    pub watch: Watch,
    /// The data folder, whose disk is looked at.
    pub folder: PathBuf,
    /// What messages are sent with.
    pub sender: Sender,
    /// Where the pages are, for links in messages, without a slash at the end; none if it is not known.
    pub home: Option<String>,
}

/// Why a look failed; nothing was written then.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// The figures could not be read.
    #[error(transparent)]
    Insight(#[from] insight::InsightError),
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] store::catalog::CatalogError),
    /// What was measured could not be read.
    #[error(transparent)]
    Watch(#[from] watch::WatchError),
    /// The program is ending.
    #[error("the program is ending")]
    Ending,
}

/// Which rules are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// Those on campaigns and sources.
    Figures,
    /// Those on the machine and on the server itself.
    Machine,
}
