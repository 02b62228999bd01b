//! What every request needs of the catalog, held in memory. All writes go through this process, so it hears of each.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::watch;

use super::Workspace;

/// The workspaces as they were last read, and how often they changed.
#[derive(Debug, Default)]
pub(super) struct Held {
    workspaces: RwLock<Option<Arc<[Workspace]>>>,
    changes: watch::Sender<u64>,
    naming: AtomicU64,
}

impl Held {
    /// The workspaces or, if they have to be read, the count of changes to give to [`Held::hold`].
    pub fn workspaces(&self) -> Result<Arc<[Workspace]>, u64> {
        let held = self.workspaces.read().unwrap_or_else(PoisonError::into_inner);
        held.clone().ok_or_else(|| *self.changes.borrow())
    }

    /// Holds what was read, unless something changed while it was read.
    pub fn hold(&self, changes: u64, workspaces: &Arc<[Workspace]>) {
        let mut held = self.workspaces.write().unwrap_or_else(PoisonError::into_inner);
        if *self.changes.borrow() == changes {
            *held = Some(workspaces.clone());
        }
    }

    /// Something about a workspace was written.
    pub fn changed(&self) {
        let mut held = self.workspaces.write().unwrap_or_else(PoisonError::into_inner);
        *held = None;
        self.changes.send_modify(|changes| *changes += 1);
    }

    /// A workspace was made, or marked.
    pub fn renamed(&self) {
        self.naming.fetch_add(1, Ordering::AcqRel);
        self.changed();
    }

    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub fn change_count(&self) -> u64 {
        *self.changes.borrow()
    }

    pub fn naming(&self) -> u64 {
        self.naming.load(Ordering::Acquire)
    }
}
