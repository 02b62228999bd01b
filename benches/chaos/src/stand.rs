//! A server of the same parts as the program's, for what can't be done to the program from outside: its engine is held while it is
//! told so, or it measures nothing.

use std::io::BufRead;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::thread::JoinHandle;

use anyhow::bail;
use domain::Level;
use insight::Insight;
use ledger::Ledger;
use store::Facts;
use store::facts::{FactsError, Limits};
use tokio::net::TcpListener;
use watch::Watch;
use web::{AppState, keep_watch, router};

/// What the program gives to the engine, and to recent days, by default.
const ENGINE_MIB: u32 = 1792;
const RECENT_BYTES: usize = 256 << 20;
/// More readers than the engine has.
const READERS: u32 = 16;

/// Serves until its input ends; `hold` and `release` on it do that with the engine.
pub(crate) async fn run(folder: &Path, bind: SocketAddr, is_blind: bool) -> anyhow::Result<()> {
    let ledger = Ledger::open(folder, Limits { memory_mib: ENGINE_MIB, ..Limits::default() }).await?;
    let insight = Insight::new(ledger.facts().clone()).keeping_recent_days(RECENT_BYTES);
    for workspace in ledger.catalog().workspaces().await?.iter() {
        insight.read_recent_days(workspace.id)?;
    }
    let facts = ledger.facts().clone();
    let mut state = AppState::new(ledger, Arc::new(insight), folder.join("spool"))
        .only_for_hosts(["127.0.0.1".to_owned()])
        .open_to_all();
    if is_blind {
        state = state.measuring_nothing();
    } else {
        state = state.watched_by(Watch::open(&folder.join("watch.sqlite3")).await?);
        tokio::spawn(keep_watch(state.clone()));
        tokio::spawn(lookout::keep_looking(state.lookout()));
    }
    let listener = TcpListener::bind(bind).await?;
    tokio::spawn(web::serve(listener, router(state), std::future::pending()));
    tokio::task::spawn_blocking(move || listen(&facts)).await?
}

fn listen(facts: &Arc<Facts>) -> anyhow::Result<()> {
    let mut held = None;
    for line in std::io::stdin().lock().lines() {
        match line?.as_str() {
            "hold" => held = Some(Held::of(facts.clone())),
            "release" => drop(held.take()),
            other => bail!("it knows 'hold' and 'release', not '{other}'"),
        }
    }
    Ok(())
}

/// An engine to which every way is held, until this is dropped.
struct Held {
    release: Option<Sender<()>>,
    holder: Option<JoinHandle<Result<(), FactsError>>>,
}

impl Held {
    fn of(facts: Arc<Facts>) -> Self {
        let ((release, released), (held, is_held)) = (mpsc::channel::<()>(), mpsc::channel());
        let holder = std::thread::spawn(move || {
            hold(&facts, READERS, &|| {
                // Whoever waits for it may have ended: then it is over at once.
                if held.send(()).is_ok() {
                    released.recv().unwrap_or_default();
                }
            })
        });
        is_held.recv().unwrap_or_default();
        Self { release: Some(release), holder: Some(holder) }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.release.take());
        drop(self.holder.take().map(JoinHandle::join));
    }
}

/// Takes one reader after another, then the writer, and calls `then` while it has all of them.
fn hold(facts: &Facts, readers: u32, then: &dyn Fn()) -> Result<(), FactsError> {
    if readers == 0 {
        let staging = facts.stage(1, Level::Campaign)?;
        then();
        drop(staging);
        return Ok(());
    }
    facts.read(|_| hold(facts, readers - 1, then))
}
