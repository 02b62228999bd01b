//! Who is next: a bounded line, in which workspaces take turns and heavy questions never take every place.

use std::collections::VecDeque;

use store::WorkspaceId;

use super::{Load, Places};

/// Those who are at it and those who wait. `T` is how one who waits is called.
#[derive(Debug)]
pub(super) struct Line<T> {
    places: Places,
    busy: [usize; 2],
    waiting: [Turns<T>; 2],
    /// Whose turn it is where both loads wait.
    next: Load,
    last_ticket: u64,
}

/// One who waits.
#[derive(Debug)]
struct Waiting<T> {
    ticket: u64,
    call: T,
}

/// The waiting of one load: workspaces in the order of their turns, each with its own in the order they came.
#[derive(Debug)]
struct Turns<T>(VecDeque<(WorkspaceId, VecDeque<Waiting<T>>)>);

/// What became of one who came.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Came<T> {
    /// At it at once.
    Admitted,
    /// Waits under this ticket. Somebody else may have lost the place to wait.
    Waits(u64, Option<T>),
    /// The line is full.
    Full,
}

impl<T> Line<T> {
    pub fn new(places: Places) -> Self {
        let turns = || Turns(VecDeque::new());
        Self { places, busy: [0, 0], waiting: [turns(), turns()], next: Load::Light, last_ticket: 0 }
    }

    /// One comes. Where the line is full, the latest of the workspace that takes most of it makes room for one who has less.
    pub fn come(&mut self, load: Load, workspace: WorkspaceId, call: T) -> Came<T> {
        if self.waiting[load as usize].0.is_empty() && self.has_place(load) {
            self.busy[load as usize] += 1;
            return Came::Admitted;
        }
        let out = match self.len() < self.places.waiting {
            true => None,
            false => match self.make_room(workspace) {
                None => return Came::Full,
                out => out,
            },
        };
        self.last_ticket += 1;
        let waiting = Waiting { ticket: self.last_ticket, call };
        self.waiting[load as usize].push(workspace, waiting);
        Came::Waits(self.last_ticket, out)
    }

    /// One is done. Gives the one who is next, who is at it from now.
    pub fn done(&mut self, load: Load) -> Option<(Load, T)> {
        self.busy[load as usize] -= 1;
        let order = [self.next, self.next.other()];
        let next = order
            .into_iter()
            .find(|load| !self.waiting[*load as usize].0.is_empty() && self.has_place(*load))?;
        self.busy[next as usize] += 1;
        self.next = next.other();
        self.waiting[next as usize].pop().map(|call| (next, call))
    }

    /// One who waits goes away.
    pub fn leave(&mut self, ticket: u64) {
        for turns in &mut self.waiting {
            turns.retain(|waiting| waiting.ticket != ticket);
        }
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting.iter().flat_map(|turns| &turns.0).map(|(_, own)| own.len()).sum()
    }

    /// How many are at it.
    pub fn busy(&self) -> usize {
        self.busy.iter().sum()
    }

    fn has_place(&self, load: Load) -> bool {
        let free = self.busy() < self.places.running;
        free && (load == Load::Light || self.busy[Load::Heavy as usize] < self.places.heavy())
    }

    fn make_room(&mut self, newcomer: WorkspaceId) -> Option<T> {
        let of = |workspace: WorkspaceId| -> usize {
            let own = self.waiting.iter().flat_map(|turns| &turns.0).filter(|(of, _)| *of == workspace);
            own.map(|(_, own)| own.len()).sum()
        };
        let workspaces = self.waiting.iter().flat_map(|turns| &turns.0).map(|(workspace, _)| *workspace);
        let most = workspaces.max_by_key(|workspace| of(*workspace))?;
        if of(most) <= of(newcomer) + 1 {
            return None;
        }
        let latest = |turns: &Turns<T>| {
            let own = turns.0.iter().find(|(workspace, _)| *workspace == most);
            own.and_then(|(_, own)| own.back()).map(|waiting| waiting.ticket)
        };
        let turns = self.waiting.iter_mut().max_by_key(|turns| latest(turns))?;
        turns.drop_latest(most)
    }
}

impl<T> Turns<T> {
    fn push(&mut self, workspace: WorkspaceId, waiting: Waiting<T>) {
        match self.0.iter_mut().find(|(of, _)| *of == workspace) {
            Some((_, own)) => own.push_back(waiting),
            None => self.0.push_back((workspace, VecDeque::from([waiting]))),
        }
    }

    /// The first of the workspace whose turn it is; its next turn is after those of the others.
    fn pop(&mut self) -> Option<T> {
        let (workspace, mut own) = self.0.pop_front()?;
        let first = own.pop_front();
        if !own.is_empty() {
            self.0.push_back((workspace, own));
        }
        first.map(|waiting| waiting.call)
    }

    fn drop_latest(&mut self, workspace: WorkspaceId) -> Option<T> {
        let (_, own) = self.0.iter_mut().find(|(of, _)| *of == workspace)?;
        let latest = own.pop_back();
        self.retain(|_| true);
        latest.map(|waiting| waiting.call)
    }

    fn retain(&mut self, keep: impl Fn(&Waiting<T>) -> bool) {
        self.0.iter_mut().for_each(|(_, own)| own.retain(&keep));
        self.0.retain(|(_, own)| !own.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::admission::Load::{Heavy, Light};

    fn line(running: usize, waiting: usize) -> Line<&'static str> {
        Line::new(Places { running, waiting, patience: Duration::from_secs(1) })
    }

    #[test]
    fn heavy_questions_leave_a_place_for_light_ones() {
        let mut line = line(2, 8);
        assert_eq!(line.come(Heavy, 1, "a"), Came::Admitted);
        assert_eq!(line.come(Heavy, 1, "b"), Came::Waits(1, None));
        assert_eq!(line.come(Light, 1, "c"), Came::Admitted);
        assert_eq!(line.come(Light, 1, "d"), Came::Waits(2, None));
        assert_eq!(line.done(Light), Some((Light, "d")));
        assert_eq!(line.done(Light), None, "the heavy one waits for the heavy place");
        assert_eq!(line.done(Heavy), Some((Heavy, "b")));
        assert_eq!((line.done(Heavy), line.busy()), (None, 0));
    }

    #[test]
    fn loads_take_turns_where_both_wait() {
        let mut line = line(2, 8);
        assert_eq!(line.come(Light, 1, "a"), Came::Admitted);
        assert_eq!(line.come(Light, 1, "b"), Came::Admitted);
        for (load, name) in [(Heavy, "h1"), (Light, "l1"), (Heavy, "h2"), (Light, "l2")] {
            assert!(matches!(line.come(load, 1, name), Came::Waits(..)));
        }
        assert_eq!(line.done(Light), Some((Light, "l1")));
        assert_eq!(line.done(Light), Some((Heavy, "h1")));
        assert_eq!(line.done(Heavy), Some((Light, "l2")));
    }

    #[test]
    fn workspaces_take_turns() {
        let mut line = line(2, 8);
        line.come(Light, 1, "");
        line.come(Light, 1, "");
        for (workspace, name) in [(1, "1a"), (1, "1b"), (1, "1c"), (2, "2a")] {
            line.come(Light, workspace, name);
        }
        let order: Vec<_> = (0..4).filter_map(|_| line.done(Light)).map(|(_, name)| name).collect();
        assert_eq!(order, ["1a", "2a", "1b", "1c"]);
    }

    #[test]
    fn a_full_line_makes_room_for_who_has_less_of_it() {
        let mut line = line(2, 3);
        line.come(Light, 1, "");
        line.come(Light, 1, "");
        for name in ["1a", "1b", "1c"] {
            assert!(matches!(line.come(Light, 1, name), Came::Waits(_, None)));
        }
        assert_eq!(line.come(Light, 1, "1d"), Came::Full);
        assert_eq!(line.come(Heavy, 2, "2a"), Came::Waits(4, Some("1c")));
        assert_eq!(line.come(Light, 2, "2b"), Came::Full, "two to one is fair");
        line.leave(4);
        assert_eq!(line.len(), 2);
    }
}
