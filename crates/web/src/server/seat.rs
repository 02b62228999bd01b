//! One connection: how far it is, who uses it, and until when it may stay as it is.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::bounds::Bounds;

const SILENT: u8 = 0;
const ASKED: u8 = 1;
const KNOWN: u8 = 2;

/// One connection.
pub(super) struct Seat {
    bounds: Bounds,
    begun: Instant,
    standing: Arc<AtomicU8>,
    /// Requests that are being answered.
    busy: AtomicUsize,
    /// When a request last began or ended, in milliseconds after `begun`.
    last: AtomicU64,
    /// Answers on their way, each with when its reader was last given something.
    answers: Mutex<Vec<Weak<Handed>>>,
    leave: Notify,
    is_sent_off: AtomicBool,
}

/// Who uses a connection. It goes with each request, so that whoever finds out can say so.
#[derive(Clone)]
pub(crate) struct Standing(Arc<AtomicU8>);

/// A request that is being answered. It is over when this is dropped.
pub(super) struct Answering(Arc<Seat>);

/// When a reader was last given a piece of an answer, in milliseconds after the connection began, and one more; 0 while
/// it is us who have no more.
#[derive(Default)]
pub(super) struct Handed(AtomicU64);

/// What is to become of a connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It stays; look again after so long.
    Stays(Duration),
    /// It may finish what it has and then goes.
    Ends,
    /// It goes at once.
    Cut(&'static str),
}

impl Seat {
    pub(super) fn new(bounds: Bounds, is_trusted: bool) -> Self {
        Self {
            bounds,
            begun: Instant::now(),
            standing: Arc::new(AtomicU8::new(if is_trusted { KNOWN } else { SILENT })),
            busy: AtomicUsize::new(0),
            last: AtomicU64::new(0),
            answers: Mutex::default(),
            leave: Notify::new(),
            is_sent_off: AtomicBool::new(false),
        }
    }

    pub(super) fn standing(&self) -> Standing {
        Standing(self.standing.clone())
    }

    /// Begins a request.
    pub(super) fn begin(self: &Arc<Self>) -> Answering {
        self.standing.fetch_max(ASKED, Ordering::Relaxed);
        self.busy.fetch_add(1, Ordering::Relaxed);
        self.last.store(self.now(), Ordering::Relaxed);
        Answering(self.clone())
    }

    /// Watches an answer that begins.
    pub(super) fn hands_out(&self) -> Arc<Handed> {
        let handed = Arc::new(Handed::default());
        handed.given(self);
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.retain(|answer| answer.strong_count() > 0);
        answers.push(Arc::downgrade(&handed));
        handed
    }

    /// How much is lost by closing it, the least first; none if it may not be closed for others.
    pub(super) fn worth(&self) -> Option<(bool, u8, Instant)> {
        let (is_busy, standing) =
            (self.busy.load(Ordering::Relaxed) > 0, self.standing.load(Ordering::Relaxed));
        let last = self.begun + Duration::from_millis(self.last.load(Ordering::Relaxed));
        (!is_busy || standing < KNOWN).then_some((is_busy, standing, last))
    }

    /// Tells the connection to close, for others.
    pub(super) fn send_off(&self) {
        self.is_sent_off.store(true, Ordering::Relaxed);
        self.leave.notify_one();
    }

    #[cfg(test)]
    pub(super) fn is_sent_off(&self) -> bool {
        self.is_sent_off.load(Ordering::Relaxed)
    }

    /// Ends when it was told to close.
    pub(super) async fn sent_off(&self) {
        while !self.is_sent_off.load(Ordering::Relaxed) {
            self.leave.notified().await;
        }
    }

    /// What is to become of it now, and how soon to ask again.
    pub(super) fn verdict(&self) -> Verdict {
        match self.judged() {
            // What is asked meanwhile may have to end sooner.
            Verdict::Stays(long) => {
                let Bounds { head, idle, stall, .. } = self.bounds;
                Verdict::Stays(long.min(head).min(idle).min(stall))
            }
            verdict => verdict,
        }
    }

    fn judged(&self) -> Verdict {
        let now = self.now();
        let since = |then: u64| Duration::from_millis(now.saturating_sub(then));
        if self.busy.load(Ordering::Relaxed) > 0 {
            let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            let given = answers.iter().filter_map(Weak::upgrade).filter_map(|handed| handed.last());
            return match given.min().map(since) {
                Some(waited) if waited >= self.bounds.stall => Verdict::Cut("nothing of an answer was taken"),
                Some(waited) => Verdict::Stays(self.bounds.stall - waited),
                None => Verdict::Stays(self.bounds.stall),
            };
        }
        let asked = self.standing.load(Ordering::Relaxed) != SILENT || self.last.load(Ordering::Relaxed) > 0;
        let (idle, most) = match asked {
            true => (since(self.last.load(Ordering::Relaxed)), self.bounds.idle),
            false => (since(0), self.bounds.head),
        };
        match most.checked_sub(idle).filter(|left| !left.is_zero()) {
            Some(left) => Verdict::Stays(left),
            None if asked => Verdict::Ends,
            None => Verdict::Cut("nothing was asked"),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX - 1)
    }
}

impl Standing {
    /// That somebody who is known asks on this connection.
    pub(crate) fn is_known(&self) {
        self.0.fetch_max(KNOWN, Ordering::Relaxed);
    }
}

impl Answering {
    pub(super) fn seat(&self) -> &Arc<Seat> {
        &self.0
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.last.store(self.0.now(), Ordering::Relaxed);
        self.0.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Handed {
    /// The reader has something to take.
    pub(super) fn given(&self, seat: &Seat) {
        self.0.store(seat.now() + 1, Ordering::Relaxed);
    }

    /// There is nothing to take yet, or any more.
    pub(super) fn taken(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    fn last(&self) -> Option<u64> {
        self.0.load(Ordering::Relaxed).checked_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(long: u64) -> Arc<Seat> {
        let short = Duration::from_millis(long);
        Arc::new(Seat::new(Bounds { head: short, idle: short, stall: short, ..Bounds::default() }, false))
    }

    #[test]
    fn who_asks_nothing_goes_and_who_asked_may_finish() {
        let seat = seat(40);
        assert!(matches!(seat.verdict(), Verdict::Stays(_)));
        std::thread::sleep(Duration::from_millis(60));
        assert_eq!(seat.verdict(), Verdict::Cut("nothing was asked"));
        let answering = seat.begin();
        std::thread::sleep(Duration::from_millis(60));
        assert!(matches!(seat.verdict(), Verdict::Stays(_)), "what is asked takes as long as it takes");
        drop(answering);
        assert!(matches!(seat.verdict(), Verdict::Stays(_)));
        std::thread::sleep(Duration::from_millis(60));
        assert_eq!(seat.verdict(), Verdict::Ends);
    }

    #[test]
    fn who_takes_nothing_of_an_answer_goes_and_who_waits_for_us_stays() {
        let seat = seat(40);
        let _answering = seat.begin();
        let handed = seat.hands_out();
        handed.taken();
        std::thread::sleep(Duration::from_millis(60));
        assert!(matches!(seat.verdict(), Verdict::Stays(_)));
        handed.given(&seat);
        std::thread::sleep(Duration::from_millis(60));
        assert_eq!(seat.verdict(), Verdict::Cut("nothing of an answer was taken"));
    }
}
