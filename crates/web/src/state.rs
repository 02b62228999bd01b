//! What every request may use.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use insight::Insight;
use ledger::Ledger;
use store::Catalog;

use crate::WebError;
use crate::progress::Courses;

/// Bounds on what one request may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Largest file that may be uploaded.
    pub upload_bytes: u64,
    /// Longest time a reader is kept waiting. Imports take as long as they take.
    pub deadline: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { upload_bytes: 4 << 30, deadline: Duration::from_secs(60) }
    }
}

/// What every request may use. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The one door data comes in by.
    pub ledger: Ledger,
    /// Answers questions.
    pub insight: Arc<Insight>,
    /// The folder in which uploads wait until they are read; in the data folder, so that space is where data goes.
    pub spool: Arc<Path>,
    /// The host names under which the server may be asked; `None` for any. Set it where the server listens on a loopback
    /// address, so that no foreign page can reach it under a name of its own.
    pub allowed_hosts: Option<Arc<[String]>>,
    /// Whether browsers keep what was seen, for the next time and for when they are offline. Where not, those that do are told
    /// to stop.
    pub service_worker: bool,
    /// Bounds on what one request may take.
    pub limits: Limits,
    /// How far running uploads are.
    pub(crate) courses: Courses,
    /// When the server was started.
    pub started: Instant,
}

impl AppState {
    /// A server of the ledger's data folder, spooling uploads into `spool`, which must exist.
    pub fn new(ledger: Ledger, insight: Arc<Insight>, spool: impl Into<PathBuf>) -> Self {
        Self {
            ledger,
            insight,
            spool: Arc::from(spool.into()),
            allowed_hosts: None,
            service_worker: true,
            limits: Limits::default(),
            courses: Courses::default(),
            started: Instant::now(),
        }
    }

    /// The same, answering only under these host names (without a port).
    #[must_use]
    pub fn only_for_hosts(mut self, hosts: impl IntoIterator<Item = String>) -> Self {
        self.allowed_hosts = Some(hosts.into_iter().collect());
        self
    }

    /// The same, answering under any host name.
    #[must_use]
    pub fn for_any_host(mut self) -> Self {
        self.allowed_hosts = None;
        self
    }

    /// The same, telling browsers to keep nothing and to forget what they kept.
    #[must_use]
    pub fn without_service_worker(mut self) -> Self {
        self.service_worker = false;
        self
    }

    /// The same, with other bounds.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        self.ledger.catalog()
    }

    /// Asks a question on a thread that may wait.
    pub(crate) async fn ask<T, E>(
        &self,
        question: impl FnOnce(&Insight) -> Result<T, E> + Send + 'static,
    ) -> Result<T, WebError>
    where
        T: Send + 'static,
        E: Into<WebError> + Send + 'static,
    {
        let insight = Arc::clone(&self.insight);
        tokio::task::spawn_blocking(move || question(&insight))
            .await
            .map_err(WebError::internal)?
            .map_err(Into::into)
    }
}
