//! Ending a read from outside: whoever asked has left, so the engine need not finish.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

use duckdb::{Connection, InterruptHandle};

use super::FactsError;

thread_local! {
    /// What may end the reads of this thread.
    static WATCHED: RefCell<Option<Interrupt>> = const { RefCell::new(None) };
}

/// Ends the reads that run under it. Clones end the same reads.
#[derive(Clone, Default)]
pub struct Interrupt(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    ended: bool,
    running: Option<Arc<InterruptHandle>>,
}

/// A read that can be ended, until it is dropped.
pub(super) struct Watched(Option<Interrupt>);

impl Interrupt {
    /// Runs `reads`, whose reads on this thread can be ended from another.
    pub fn over<T>(&self, reads: impl FnOnce() -> T) -> T {
        /// Also in a panic, so that the next to use this thread is not ended in its stead.
        struct Leave(Option<Interrupt>);
        impl Drop for Leave {
            fn drop(&mut self) {
                WATCHED.set(self.0.take());
            }
        }
        let _leave = Leave(WATCHED.replace(Some(self.clone())));
        reads()
    }

    /// Ends the read that runs, and lets none begin any more.
    pub fn end(&self) {
        let mut state = self.state();
        state.ended = true;
        if let Some(running) = &state.running {
            running.interrupt();
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets the read that begins on this thread be ended, if it runs under an [`Interrupt`].
pub(super) fn watch(connection: &Connection) -> Result<Watched, FactsError> {
    let watched = WATCHED.with_borrow(Clone::clone);
    if let Some(interrupt) = &watched {
        let mut state = interrupt.state();
        if state.ended {
            return Err(FactsError::Ended);
        }
        state.running = Some(connection.interrupt_handle());
    }
    Ok(Watched(watched))
}

impl Drop for Watched {
    /// From here on the connection belongs to another read, which must not be ended.
    fn drop(&mut self) {
        if let Some(interrupt) = &self.0 {
            interrupt.state().running = None;
        }
    }
}
