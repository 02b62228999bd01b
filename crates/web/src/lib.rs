//! Pages and JSON API over the same answers.
//!
//! A request goes from the flat list in [`routes`] to one file under `pages` or `api`; both ask through the same function
//! under `questions`, so they cannot disagree.

pub mod api;
mod assets;
mod chart;
mod deadline;
pub mod format;
mod guard;
mod link;
mod local;
mod pages;
mod params;
mod policy;
mod problem;
mod progress;
mod questions;
mod range;
mod routes;
mod state;
mod theme;
mod upload;

pub use local::{LocalImportIn, LocalLine, LocalWorkspaceIn};
pub use problem::{ProblemOut, WebError};
pub use range::Preset;
pub use routes::{local_router, router};
pub use state::{AppState, Limits};
