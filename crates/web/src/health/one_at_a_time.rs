//! A look that may hang: it is waited for only so long, and while one hangs no other is begun.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::task::JoinHandle;

/// A look at something that may hang.
#[derive(Debug)]
pub(super) struct OneAtATime<T>(Mutex<Option<JoinHandle<T>>>);

impl<T> Default for OneAtATime<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Send + 'static> OneAtATime<T> {
    /// What the look finds, on a thread that may wait; none if it takes longer. One that was begun before is waited for.
    pub async fn look(&self, patience: Duration, look: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let mut held = self.0.lock().await;
        let looking = held.get_or_insert_with(|| tokio::task::spawn_blocking(look));
        let found = tokio::time::timeout(patience, looking).await.ok()?;
        *held = None;
        found.ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::{Arc, mpsc};

    use super::*;

    #[tokio::test]
    async fn while_one_hangs_no_other_is_begun() {
        let (begun, one) = (Arc::new(AtomicU32::new(0)), OneAtATime::default());
        let (release, released) = mpsc::channel::<()>();
        let begins = begun.clone();
        let hang = move || {
            begins.fetch_add(1, Ordering::Relaxed);
            let _ = released.recv();
            7
        };
        let short = Duration::from_millis(20);
        assert_eq!(one.look(short, hang).await, None);
        let begins = begun.clone();
        let other = move || begins.fetch_add(1, Ordering::Relaxed);
        assert_eq!(one.look(short, other).await, None);
        drop(release);
        assert_eq!(one.look(Duration::from_secs(10), || 9).await, Some(7), "the one that hung");
        assert_eq!(one.look(Duration::from_secs(10), || 9).await, Some(9));
        assert_eq!(begun.load(Ordering::Relaxed), 1);
    }
}
