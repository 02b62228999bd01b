//! How far running uploads are, for whoever sent them. A sender makes up a token, gives it with the file and asks with it;
//! what is kept is bounded and forgotten after a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ledger::Progress;
use tokio::sync::watch;

use crate::WebError;

/// Most uploads that are told of at a time.
const MOST: usize = 100;
/// For so long an upload that says nothing more is remembered.
const MEMORY: Duration = Duration::from_secs(600);
/// A token's letters, and how many.
const LENGTH: std::ops::RangeInclusive<usize> = 16..=64;

/// Where an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Course {
    /// Nothing is known of it yet.
    Awaited,
    Underway(Progress),
    Over,
}

/// All uploads that are told of. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Courses(Arc<Mutex<HashMap<String, Told>>>);

#[derive(Debug)]
struct Told {
    course: watch::Sender<Course>,
    last_asked: Instant,
}

/// Tells of one upload until it is dropped.
#[derive(Debug)]
pub(crate) struct Teller(watch::Sender<Course>);

impl Courses {
    /// Begins to tell of an upload; `None` if too many are told of already.
    ///
    /// # Errors
    /// If the token is none.
    pub(crate) fn tell(&self, token: &str) -> Result<Option<Teller>, WebError> {
        Ok(self.of(token)?.map(Teller))
    }

    /// Follows an upload, which may come only later; `None` if too many are told of already.
    ///
    /// # Errors
    /// If the token is none.
    pub(crate) fn follow(&self, token: &str) -> Result<Option<watch::Receiver<Course>>, WebError> {
        Ok(self.of(token)?.map(|course| course.subscribe()))
    }

    fn of(&self, token: &str) -> Result<Option<watch::Sender<Course>>, WebError> {
        let is_token = LENGTH.contains(&token.len())
            && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !is_token {
            let remedy = "make up 16 to 64 letters, digits and hyphens that nobody can guess, such as a UUID";
            return Err(WebError::parameter("progress", "it is no token", remedy));
        }
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        all.retain(|_, told| {
            let is_underway = matches!(*told.course.borrow(), Course::Underway(_));
            is_underway || now - told.last_asked < MEMORY
        });
        if all.len() >= MOST && !all.contains_key(token) {
            return Ok(None);
        }
        let told = all
            .entry(token.to_owned())
            .or_insert_with(|| Told { course: watch::Sender::new(Course::Awaited), last_asked: now });
        told.last_asked = now;
        Ok(Some(told.course.clone()))
    }
}

impl Teller {
    /// Tells how far it is.
    pub(crate) fn tell(&self, progress: Progress) {
        self.0.send_replace(Course::Underway(progress));
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.0.send_replace(Course::Over);
    }
}

#[cfg(test)]
mod tests {
    use ledger::Stage;

    use super::*;

    const TOKEN: &str = "0123456789abcdef";

    #[test]
    fn who_asks_first_and_who_asks_late_are_told() {
        let courses = Courses::default();
        let early = courses.follow(TOKEN).unwrap().unwrap();
        assert_eq!(*early.borrow(), Course::Awaited);
        let teller = courses.tell(TOKEN).unwrap().unwrap();
        let progress = Progress { stage: Stage::Reading, bytes_done: 1, bytes: 2, rows: 3 };
        teller.tell(progress);
        assert_eq!(*early.borrow(), Course::Underway(progress));
        drop(teller);
        assert_eq!(*courses.follow(TOKEN).unwrap().unwrap().borrow(), Course::Over);
    }

    #[test]
    fn tokens_can_be_made_up_but_not_guessed_and_not_without_end() {
        let courses = Courses::default();
        for wrong in ["", "short", "0123456789abcde/", &"a".repeat(65)] {
            assert!(courses.follow(wrong).is_err(), "{wrong}");
        }
        for n in 0..MOST {
            assert!(courses.follow(&format!("{TOKEN}-{n}")).unwrap().is_some());
        }
        assert!(courses.follow(TOKEN).unwrap().is_none());
        assert!(courses.tell(&format!("{TOKEN}-0")).unwrap().is_some());
    }
}
