//! Files that wait between two steps: a table of which somebody is to say what its columns are, exchange rates that are to be
//! looked at before they count. A file is there for whoever sent it, in its workspace, and for nobody else; how many wait, how
//! large they are and for how long is bounded.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ledger::ImportRequest;
use people::Secret;
use store::WorkspaceId;
use store::catalog::Workspace;
use tempfile::NamedTempFile;

use crate::WebError;
use crate::access::{Visitor, Who};

/// For so long a file waits.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60 * 60);
/// Most files that wait at a time.
const MOST: usize = 100;
/// Most files of one sender; the oldest makes room.
const MOST_OF_ONE: usize = 5;
/// Largest file that waits.
const LARGEST: u64 = 256 << 20;
/// How large all of them may be together.
const LARGEST_TOGETHER: u64 = 1 << 30;
/// Letters of a name, of 64 kinds.
const LETTERS: usize = 20;

/// All files that wait. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Held(Arc<Mutex<Vec<HeldFile>>>);

/// A file that waits.
#[derive(Debug, Clone)]
pub(crate) struct HeldFile {
    /// By what it is found again.
    pub(crate) name: String,
    /// What its sender calls it.
    pub(crate) file_name: String,
    /// What is to become of it.
    pub(crate) waiting: Waiting,
    owner: Owner,
    workspace: WorkspaceId,
    file: Arc<NamedTempFile>,
    bytes: u64,
    since: Instant,
}

/// What is to become of a file.
#[derive(Debug, Clone)]
pub(crate) enum Waiting {
    /// A table, with what was said when it was sent and what was tried last.
    Table(Box<HeldTable>),
    /// Exchange rates.
    Rates {
        /// Where they come from, in words.
        source: String,
    },
}

/// A table of which somebody is to say what its columns are.
#[derive(Debug, Clone)]
pub(crate) struct HeldTable {
    /// How it would be imported. Its path is the file's.
    pub(crate) request: ImportRequest,
    /// By how many dry runs it was looked at. What is imported is what the last of them showed.
    pub(crate) tries: u32,
}

/// Whose a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Person(u32),
    Token(u32),
    /// Whoever needs not sign in.
    Anybody,
}

impl Owner {
    fn of(visitor: &Visitor) -> Self {
        match visitor.who {
            Who::Person { person, .. } => Self::Person(person),
            Who::Token(token) => Self::Token(token),
            Who::Nobody | Who::Unknown | Who::Anybody | Who::Machine => Self::Anybody,
        }
    }
}

impl HeldFile {
    /// Where it can be read, as long as this lives.
    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    fn is_of(&self, by: &Visitor, workspace: &Workspace) -> bool {
        self.owner == Owner::of(by) && self.workspace == workspace.id
    }
}

impl Held {
    /// Keeps a file for a while; the name by which it is found again. `None` if it is too large or too much waits already.
    pub(crate) fn keep(
        &self,
        by: &Visitor,
        workspace: &Workspace,
        file: NamedTempFile,
        file_name: String,
        waiting: Waiting,
    ) -> Option<String> {
        let bytes = file.as_file().metadata().ok()?.len();
        let name: String = Secret::new("").text().chars().take(LETTERS).collect();
        let held = HeldFile {
            name: name.clone(),
            file_name,
            waiting,
            owner: Owner::of(by),
            workspace: workspace.id,
            file: Arc::new(file),
            bytes,
            since: Instant::now(),
        };
        self.add(held).then(|| {
            let held = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep(PATIENCE).await;
                held.tidy(Instant::now());
            });
            name
        })
    }

    fn add(&self, held: HeldFile) -> bool {
        self.tidy(held.since);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = all.iter().filter(|other| other.owner == held.owner).count();
        if own >= MOST_OF_ONE
            && let Some(oldest) = all.iter().position(|other| other.owner == held.owner)
        {
            all.remove(oldest);
        }
        let together: u64 = all.iter().map(|other| other.bytes).sum();
        let has_room = held.bytes <= LARGEST && together + held.bytes <= LARGEST_TOGETHER && all.len() < MOST;
        if has_room {
            all.push(held);
        }
        has_room
    }

    /// The file of this name, if this visitor sent it to this workspace.
    ///
    /// # Errors
    /// If there is none, or it is not theirs, which is told in the same words.
    pub(crate) fn of(&self, by: &Visitor, workspace: &Workspace, name: &str) -> Result<HeldFile, WebError> {
        self.tidy(Instant::now());
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.iter().find(|held| held.name == name && held.is_of(by, workspace));
        found.cloned().ok_or_else(|| {
            WebError::not_found("there is no such file of yours that waits; files wait for an hour")
                .remedy("send it again")
        })
    }

    /// Remembers how a table was tried last; which try it was. `None` if it does not wait any more.
    pub(crate) fn tried(&self, held: &HeldFile, request: ImportRequest) -> Option<u32> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.iter_mut().find(|other| other.name == held.name)?;
        let Waiting::Table(table) = &mut found.waiting else { return None };
        table.request = request;
        table.tries += 1;
        Some(table.tries)
    }

    /// Lets a file go; it is removed once nobody reads it any more.
    pub(crate) fn let_go(&self, held: &HeldFile) {
        self.retain(|other| other.name != held.name);
    }

    /// Lets go what waited for too long.
    fn tidy(&self, now: Instant) {
        self.retain(|held| now.saturating_duration_since(held.since) < PATIENCE);
    }

    fn retain(&self, keep: impl FnMut(&HeldFile) -> bool) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(keep);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(owner: u32, bytes: u64, since: Instant) -> HeldFile {
        HeldFile {
            name: Secret::new("").text().to_owned(),
            file_name: "table.csv".to_owned(),
            waiting: Waiting::Rates { source: "a bank".to_owned() },
            owner: Owner::Person(owner),
            workspace: 1,
            file: Arc::new(NamedTempFile::new().unwrap()),
            bytes,
            since,
        }
    }

    fn count(held: &Held) -> usize {
        held.0.lock().unwrap().len()
    }

    #[test]
    fn files_wait_for_a_while_and_are_removed() {
        let (held, now) = (Held::default(), Instant::now());
        let one = file(1, 1, now);
        let path = one.path().to_owned();
        assert!(held.add(one) && path.exists());
        held.tidy(now + PATIENCE - Duration::from_secs(1));
        assert!(path.exists());
        held.tidy(now + PATIENCE);
        assert!(count(&held) == 0 && !path.exists());
    }

    #[test]
    fn what_waits_is_bounded() {
        let (held, now) = (Held::default(), Instant::now());
        let first = file(1, 1, now);
        let name = first.name.clone();
        assert!(held.add(first));
        for _ in 0..MOST_OF_ONE {
            assert!(held.add(file(1, 1, now)));
        }
        assert_eq!(count(&held), MOST_OF_ONE, "the oldest made room");
        assert!(held.0.lock().unwrap().iter().all(|one| one.name != name));
        assert!(!held.add(file(2, LARGEST + 1, now)));
        for person in 2..6 {
            assert_eq!(held.add(file(person, LARGEST, now)), person < 5, "{person}");
        }
        for person in 10..200 {
            held.add(file(person, 0, now));
        }
        assert_eq!(count(&held), MOST);
        assert!(held.add(file(1, 0, now)), "whoever has some gives one of theirs for it");
    }
}
