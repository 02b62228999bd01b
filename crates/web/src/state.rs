//! What every request may use.

use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use insight::Insight;
use ledger::Ledger;
use store::catalog::Workspace;
use store::facts::Interrupt;
use store::{Catalog, WorkspaceId};
use watch::Watch;

use crate::WebError;
use crate::access::{May, SeeFigures, Visitor};
use crate::admission::{Admission, AdmissionCounts, Load, Places};
use crate::cache::{Answers, CacheCounts, Edge, Keeping};
use crate::entrance::{Entrance, Origin, Rules};
use crate::health::Checkup;
use crate::held::Held;
use crate::known_now::KnownNow;
use crate::progress::Courses;
use crate::questions::audit::LastCheck;
use crate::questions::status::LastStatus;
use crate::sharing::Sharing;
use crate::spans::{Asking, Spans};
use crate::tls::Tls;
use crate::vitals::Intake;
use crate::watching::Instruments;

/// Bounds on what one request may take, and all of them together.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Largest file that may be uploaded.
    pub upload_bytes: u64,
    /// Longest time a reader is kept waiting. Imports take as long as they take.
    pub deadline: Duration,
    /// Longest time in which nothing of an upload arrives.
    pub silence: Duration,
    /// How answers are kept.
    pub keeping: Keeping,
    /// How many questions may be asked of the engine.
    pub places: Places,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            upload_bytes: 4 << 30,
            deadline: Duration::from_secs(60),
            silence: Duration::from_secs(30),
            keeping: Keeping::default(),
            places: Places::default(),
        }
    }
}

/// How people outside are told of alerts.
#[derive(Clone, Default)]
pub struct Telling {
    /// What messages are sent with.
    pub sender: notify::Sender,
    /// Where the pages are, for links in messages, without a slash at the end; none if it is not known.
    pub home: Option<String>,
}

/// What every request may use. Every layer around every handler holds one, so a clone is a count and nothing else; what is
/// changed before the server starts is changed in this one only.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl DerefMut for AppState {
    fn deref_mut(&mut self) -> &mut Parts {
        Arc::make_mut(&mut self.0)
    }
}

/// What an [`AppState`] is made of.
#[derive(Clone)]
pub struct Parts {
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
    /// Bounds on what one request may take. Change them by [`AppState::with_limits`] only.
    pub limits: Limits,
    /// How far running uploads are.
    pub(crate) courses: Courses,
    /// Files that wait between two steps.
    pub(crate) held: Held,
    /// When the server was started.
    pub started: Instant,
    /// The cache between this server and its readers that is told when the data changes.
    pub edge: Option<Arc<Edge>>,
    /// What is measured. Change it by [`AppState::watched_by`] only.
    pub watch: Watch,
    /// Where spans are collected; none unless somebody wants them.
    pub(crate) spans: Option<Spans>,
    /// Whether requests are measured.
    pub(crate) is_measured: bool,
    pub(crate) instruments: Arc<Instruments>,
    pub(crate) checkup: Checkup,
    pub(crate) last_status: LastStatus,
    pub(crate) last_audit_check: Arc<LastCheck>,
    /// Of how many visits in a hundred browsers are to tell what they were like; 0 for none.
    pub vitals_percent: u8,
    pub(crate) vitals: Arc<Intake>,
    /// Whether anybody may see how available it is, at `/status/public`.
    pub public_status: bool,
    /// How people and programs come in. Change it by [`AppState::entered_by`] only.
    pub(crate) entrance: Entrance,
    /// The certificate, where the server itself speaks TLS. Change it by [`AppState::by_tls`] only.
    pub(crate) tls: Option<Tls>,
    pub(crate) closing: Arc<tokio::sync::watch::Sender<bool>>,
    /// What is held of shared links.
    pub(crate) sharing: Arc<Sharing>,
    /// How people outside are told of alerts.
    pub telling: Telling,
    pub(crate) answers: Answers,
    pub(crate) admission: Admission,
    pub(crate) known_now: Arc<KnownNow>,
}

impl AppState {
    /// A server of the ledger's data folder, spooling uploads into `spool`, which must exist.
    pub fn new(ledger: Ledger, insight: Arc<Insight>, spool: impl Into<PathBuf>) -> Self {
        let (limits, watch) = (Limits::default(), Watch::forgetful());
        Self(Arc::new(Parts {
            ledger,
            insight,
            spool: Arc::from(spool.into()),
            allowed_hosts: None,
            service_worker: true,
            courses: Courses::default(),
            held: Held::default(),
            limits,
            started: Instant::now(),
            edge: None,
            instruments: Arc::new(Instruments::of(watch.meter())),
            watch,
            spans: None,
            is_measured: true,
            checkup: Checkup::default(),
            last_status: LastStatus::default(),
            last_audit_check: Arc::default(),
            vitals_percent: 100,
            vitals: Arc::default(),
            public_status: false,
            entrance: Entrance::new(Rules::default()),
            tls: None,
            closing: Arc::default(),
            sharing: Arc::default(),
            telling: Telling::default(),
            answers: Answers::new(limits.keeping),
            admission: Admission::new(limits.places),
            known_now: Arc::default(),
        }))
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

    /// The same, showing anybody how available it is, at `/status/public`.
    #[must_use]
    pub fn with_public_status(mut self) -> Self {
        self.public_status = true;
        self
    }

    /// The same, telling a collector of spans. [`Spans::keep_sending`] sends them.
    #[must_use]
    pub fn telling_spans(mut self, spans: Spans) -> Self {
        self.spans = Some(spans);
        self
    }

    /// The same, without measuring requests: what measuring costs is told by what is asked of it in comparison.
    #[must_use]
    pub fn measuring_nothing(mut self) -> Self {
        self.is_measured = false;
        self
    }

    /// The same, for everybody who reaches it, without signing in.
    #[must_use]
    pub fn open_to_all(self) -> Self {
        let rules = Rules { is_open: true, ..self.entrance.rules().clone() };
        self.entered_by(rules)
    }

    /// The same, with these rules for who comes in.
    #[must_use]
    pub fn entered_by(mut self, rules: Rules) -> Self {
        self.entrance = Entrance::new(rules);
        self
    }

    /// The same, looking after the certificate of a server that itself speaks TLS.
    #[must_use]
    pub fn by_tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// The same, asking browsers to tell of so many visits in a hundred what they were like.
    #[must_use]
    pub fn with_vitals_of(mut self, percent: u8) -> Self {
        self.vitals_percent = percent.min(100);
        self
    }

    /// The same, with other bounds and nothing kept yet.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self.answers = Answers::new(limits.keeping);
        self.admission = Admission::new(limits.places);
        self
    }

    /// The workspace of this name, else the only one, else `default`, which is made where there is none at all.
    ///
    /// # Errors
    /// If there is none of the name, or several and no name.
    pub async fn workspace_named(&self, name: Option<&str>) -> Result<Workspace, WebError> {
        let asked = May::<SeeFigures>::of(self.clone(), Visitor::machine(), Origin::default())?;
        Ok(crate::questions::named(&asked, name).await?.into_workspace())
    }

    /// The same, behind a cache that is to be told when the data changes. [`crate::tell_edge`] tells it.
    #[must_use]
    pub fn behind(mut self, edge: Edge) -> Self {
        self.edge = Some(Arc::new(edge));
        self
    }

    /// Ends what would otherwise go on for as long as somebody listens, so that the server can stop.
    pub fn close_streams(&self) {
        self.closing.send_replace(true);
    }

    /// What looking at alert rules and telling of alerts needs.
    pub fn lookout(&self) -> lookout::Lookout {
        crate::questions::alerts::lookout(self)
    }

    /// What the cache has counted.
    pub fn cache_counts(&self) -> CacheCounts {
        self.answers.counts()
    }

    /// What the admission to the engine has counted.
    pub fn admission_counts(&self) -> AdmissionCounts {
        self.admission.counts()
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        self.ledger.catalog()
    }

    /// Asks a question on a thread that may wait, once the engine has a place for it. Whoever stops waiting for the answer
    /// ends the question.
    pub(crate) async fn ask<T, E>(
        &self,
        load: Load,
        workspace: WorkspaceId,
        question: impl FnOnce(&Insight) -> Result<T, E> + Send + 'static,
    ) -> Result<T, WebError>
    where
        T: Send + 'static,
        E: Into<WebError> + Send + 'static,
    {
        let (asked, instruments) = (Instant::now(), self.instruments.clone());
        let (question_seen, mut asking) = (instruments.question(), Asking::begin(load));
        let permit = match self.admission.enter(load, workspace).await {
            Ok(permit) => permit,
            Err(refused) => {
                question_seen.refused();
                asking.ended("refused");
                return Err(refused);
            }
        };
        instruments.waited.record(asked.elapsed());
        asking.admitted();
        let insight = Arc::clone(&self.insight);
        let interrupt = Interrupt::default();
        let ending = EndOnDrop(interrupt.clone());
        let answer = tokio::task::spawn_blocking(move || {
            let begun = Instant::now();
            let answer = interrupt.over(|| question(&insight));
            instruments.worked.record(begun.elapsed());
            // The place is free when the engine is, whether or not anybody still waits.
            drop(permit);
            answer
        })
        .await;
        drop(ending);
        let answer = answer.map_err(WebError::internal).and_then(|answer| answer.map_err(Into::into));
        asking.ended(if answer.as_ref().is_err_and(WebError::is_ours) { "failed" } else { "answered" });
        question_seen.ended(&answer);
        answer
    }
}

/// Ends the question where nobody waits for its answer any more.
struct EndOnDrop(Interrupt);

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        self.0.end();
    }
}
