//! A rule of the server on the past: when it would have fired by what was measured, looking as often as the memory is exact.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use alert::{Condition, Event, Rule, State, step};
use jiff::{SignedDuration, Timestamp};
use watch::{LENGTHS, Piece, Watch, WatchError};

use crate::objectives::before;
use crate::subjects::{Seen, Sight};
use crate::window::{Slice, Window, is_needed, judge, minutes};

/// As often as the rules are looked at.
const OFTEN: i64 = 30;
/// The last day is remembered by ten seconds, what was before by five minutes.
const EXACT: SignedDuration = SignedDuration::from_hours(24);
const COARSE: i64 = LENGTHS[1].seconds;
/// Pieces that are read at once: each holds whole histograms.
const AT_ONCE: i64 = 72;

/// When a rule of the server would have fired.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerPreview {
    /// The first moment of which anything was measured.
    pub from: Timestamp,
    /// The last.
    pub to: Timestamp,
    /// For how much of the time anything was measured. While nothing was, no alert begins and none is over.
    pub covered: SignedDuration,
    /// From then on it looked every half minute; before, every five minutes.
    pub exact_from: Timestamp,
    /// How many things it was ever about: routes, pages, checks, objectives.
    pub about: usize,
    /// The times in which it would have fired, oldest first.
    pub episodes: Vec<ServerEpisode>,
}

/// A time in which a rule of the server would have fired.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerEpisode {
    /// About what.
    pub subject: String,
    /// When it would have fired.
    pub fired: Timestamp,
    /// When it would have been over; none if it still goes on.
    pub resolved: Option<Timestamp>,
    /// What it would have said.
    pub words: String,
}

/// Whether a rule of the server is about what was measured, so that it can be tried on the past.
pub fn can_be_tried(condition: &Condition) -> bool {
    minutes(condition).is_some()
}

/// Replays a rule of the server over the last days; none where it can't be tried, or nothing was measured.
///
/// # Errors
/// If what was measured can't be read.
pub async fn preview_server(
    watch: &Watch,
    rule: &Rule,
    days: i64,
    now: Timestamp,
) -> Result<Option<ServerPreview>, WatchError> {
    let Some((long, short)) = minutes(&rule.condition) else { return Ok(None) };
    let asked = before(now, SignedDuration::from_hours(24 * days));
    let Some(first) = watch.measured_since(asked).await? else { return Ok(None) };
    let exact_from = before(now, EXACT).max(first);
    let mut replay = Replay::of(rule, long, short);
    // What windows hold at the first look was measured before it.
    let back = before(first, SignedDuration::from_mins(i64::from(long)));
    let exact = exact_from.as_second().div_euclid(COARSE) * COARSE;
    let mut at = back.as_second().div_euclid(COARSE) * COARSE;
    let end = now.as_second();
    while at < end {
        let seconds = if at < exact { COARSE } else { OFTEN };
        let until = (at + seconds * AT_ONCE).min(if at < exact { exact } else { end });
        let (from, to) = (second(at), second(until));
        let step = Duration::from_secs(seconds.unsigned_abs());
        let pieces = watch.pieces(from, to, step, |series| is_needed(&rule.condition, series)).await?;
        for piece in pieces {
            replay.look(&piece, seconds, first);
        }
        at = until;
    }
    Ok(Some(ServerPreview {
        from: first,
        to: now,
        covered: replay.covered,
        exact_from: second(exact),
        about: replay.about.len(),
        episodes: replay.episodes,
    }))
}

fn second(at: i64) -> Timestamp {
    Timestamp::from_second(at).unwrap_or_default()
}

/// Slices that are in a window, and their sum.
#[derive(Default)]
struct Sliding {
    seconds: i64,
    /// Each with the time at which it begins.
    slices: VecDeque<(i64, Arc<Slice>)>,
    window: Window,
}

impl Sliding {
    fn over(minutes: u32) -> Self {
        Self { seconds: i64::from(minutes) * 60, ..Self::default() }
    }

    /// Takes in what was measured until `end`, and lets go of what is too long ago. What came last stays, however short the window.
    fn add(&mut self, from: i64, end: i64, slice: &Arc<Slice>) {
        self.window.add(slice);
        self.slices.push_back((from, slice.clone()));
        while self.slices.len() > 1 && self.slices.front().is_some_and(|(from, _)| *from < end - self.seconds)
        {
            let Some((_, oldest)) = self.slices.pop_front() else { return };
            let has_check = |check: &str| self.slices.iter().any(|(_, slice)| slice.has_check(check));
            self.window.take(&oldest, has_check);
        }
    }
}

/// A rule that is looked at again and again.
struct Replay<'r> {
    rule: &'r Rule,
    long: Sliding,
    short: Sliding,
    states: BTreeMap<String, State>,
    /// Which episode of each goes on.
    going_on: BTreeMap<String, usize>,
    about: BTreeSet<String>,
    episodes: Vec<ServerEpisode>,
    covered: SignedDuration,
}

impl<'r> Replay<'r> {
    fn of(rule: &'r Rule, long: u32, short: Option<u32>) -> Self {
        Self {
            rule,
            long: Sliding::over(long),
            short: Sliding::over(short.unwrap_or(0)),
            states: BTreeMap::new(),
            going_on: BTreeMap::new(),
            about: BTreeSet::new(),
            episodes: Vec::new(),
            covered: SignedDuration::ZERO,
        }
    }

    /// Looks at the end of a piece.
    fn look(&mut self, piece: &Piece, seconds: i64, first: Timestamp) {
        let slice = Arc::new(Slice::of(&self.rule.condition, &piece.measured));
        let (from, end) = (piece.from.as_second(), piece.from.as_second() + seconds);
        self.long.add(from, end, &slice);
        self.short.add(from, end, &slice);
        let now = second(end);
        if now <= first {
            return;
        }
        self.covered = self.covered.saturating_add(slice.covered);
        // A server that does not run looks at nothing.
        if slice.covered.is_zero() {
            return;
        }
        let sight = judge(&self.rule.condition, &self.long.window, &self.short.window);
        let Some(Sight::Seen(seen)) = sight else { return };
        let gone: Vec<String> =
            self.going_on.keys().filter(|key| !seen.iter().any(|seen| seen.key == **key)).cloned().collect();
        for key in gone {
            self.resolve(&key, now);
            self.states.remove(&key);
        }
        for seen in seen {
            self.step(seen, now);
        }
    }

    fn step(&mut self, seen: Seen, now: Timestamp) {
        let Seen { key, name, judged } = seen;
        let before = self.states.get(&key).copied().unwrap_or(State::Calm { until: None });
        let (state, event) = step(before, judged.reading, self.rule.hold(), self.rule.cooldown(), now);
        if !self.about.contains(&key) {
            self.about.insert(key.clone());
        }
        match event {
            Some(Event::Fired) => {
                self.going_on.insert(key.clone(), self.episodes.len());
                let words = judged.words;
                self.episodes.push(ServerEpisode { subject: name, fired: now, resolved: None, words });
            }
            Some(Event::Resolved) => self.resolve(&key, now),
            _ => {}
        }
        self.states.insert(key, state);
    }

    fn resolve(&mut self, key: &str, now: Timestamp) {
        if let Some(episode) = self.going_on.remove(key).and_then(|at| self.episodes.get_mut(at)) {
            episode.resolved = Some(now);
        }
    }
}
