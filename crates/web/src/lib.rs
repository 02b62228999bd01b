//! Pages and JSON API over the same answers.
//!
//! A request goes from the flat list in [`routes`] to one file under `pages` or `api`; both ask through the same function
//! under `questions`, so they cannot disagree.

mod access;
mod admission;
pub mod api;
mod assets;
mod brand;
mod cache;
mod chart;
mod deadline;
mod encoding;
mod entrance;
mod explain;
mod export;
pub mod format;
mod front;
mod guard;
mod health;
mod held;
mod known_now;
mod link;
mod local;
mod logo;
mod pages;
mod params;
mod policy;
mod problem;
mod progress;
mod questions;
mod range;
mod routes;
mod server;
mod sharing;
mod spans;
mod state;
mod theme;
mod tls;
mod upload;
mod vitals;
mod watching;

pub use access::{Needed, Place, Sight, Visitor, Who};
pub use admission::{AdmissionCounts, Places};
pub use cache::{CacheCounts, Edge, Keeping, tell_edge};
pub use entrance::{Pace, Peer, Provider, ProviderSettings, Rules, UnusableProvider};
pub use explain::ExplainedOut;
pub use local::people::{LocalTokenIn, LocalTokenOut, LoginLinkIn, LoginLinkOut};
pub use local::{LocalImportIn, LocalLine, LocalWorkspaceIn};
pub use problem::{ProblemOut, WebError};
pub use range::Preset;
pub use routes::{local_router, places, router};
pub use server::{Bounds, Gate, redirect, serve};
pub use sharing::keep_opens;
pub use spans::Spans;
pub use state::{AppState, Limits, Telling};
pub use tls::{Certificate, Reloaded, Tls, TlsError};
pub use watching::{keep_watch, remember_panics};
