//! All connections that are open, and which has to go where there are too many: the one that is used least, and never one
//! on which somebody who is known is being answered.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::bounds::Bounds;
use super::seat::Seat;

/// Where all are full, this part of them goes at once, so that not every newcomer makes us look through all.
const SHARE: usize = 128;

/// All connections that are open.
pub(super) struct Crowd {
    bounds: Bounds,
    /// Proxies: many readers come from each, and they look after connections themselves.
    trusted: Vec<IpAddr>,
    seats: Mutex<Seats>,
}

#[derive(Default)]
struct Seats {
    /// By where they come from, and by their number.
    of: HashMap<IpAddr, HashMap<u64, Arc<Seat>>>,
    /// Those whose handshake is under way, oldest first.
    greeting: BTreeMap<u64, Arc<Seat>>,
    count: usize,
    next: u64,
}

/// A connection's place among all. It is free again when this is dropped.
pub(super) struct Place {
    crowd: Arc<Crowd>,
    from: IpAddr,
    number: u64,
    pub(super) seat: Arc<Seat>,
}

impl Crowd {
    pub(super) fn new(bounds: Bounds, trusted: Vec<IpAddr>) -> Arc<Self> {
        Arc::new(Self { bounds, trusted, seats: Mutex::default() })
    }

    /// Makes room for a connection; none if all that are open are at work.
    pub(super) fn enter(self: &Arc<Self>, from: IpAddr, greets: bool) -> Option<Place> {
        let is_trusted = self.trusted.contains(&from.to_canonical());
        let from = network(from);
        let mut seats = self.seats();
        if !is_trusted && seats.of.get(&from).is_some_and(|own| own.len() >= self.bounds.of_one_address) {
            let own = seats.of.get(&from).into_iter().flatten();
            let gone = idlest(own.map(|(number, seat)| (from, *number, seat)), 1);
            seats.send_off(&gone);
            if gone.is_empty() {
                return None;
            }
        }
        if seats.count >= self.bounds.connections {
            let all = seats.of.iter().flat_map(|(from, own)| own.iter().map(|(at, seat)| (*from, *at, seat)));
            let gone = idlest(all, self.bounds.connections.div_ceil(SHARE));
            seats.send_off(&gone);
            if gone.is_empty() {
                return None;
            }
        }
        if greets
            && seats.greeting.len() >= self.bounds.handshakes
            && let Some((_, oldest)) = seats.greeting.pop_first()
        {
            oldest.send_off();
        }
        let (number, seat) = (seats.next, Arc::new(Seat::new(self.bounds, is_trusted)));
        seats.next += 1;
        seats.count += 1;
        seats.of.entry(from).or_default().insert(number, seat.clone());
        if greets {
            seats.greeting.insert(number, seat.clone());
        }
        Some(Place { crowd: self.clone(), from, number, seat })
    }

    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seats {
    fn send_off(&mut self, gone: &[(IpAddr, u64)]) {
        for (from, number) in gone {
            if let Some(seat) = self.leave(*from, *number) {
                seat.send_off();
            }
        }
    }

    fn leave(&mut self, from: IpAddr, number: u64) -> Option<Arc<Seat>> {
        self.greeting.remove(&number);
        let own = self.of.get_mut(&from)?;
        let seat = own.remove(&number)?;
        if own.is_empty() {
            self.of.remove(&from);
        }
        self.count -= 1;
        Some(seat)
    }
}

/// Those that are used least, at most so many.
fn idlest<'s>(seats: impl Iterator<Item = (IpAddr, u64, &'s Arc<Seat>)>, most: usize) -> Vec<(IpAddr, u64)> {
    let mut found: Vec<_> =
        seats.filter_map(|(from, number, seat)| Some((seat.worth()?, from, number))).collect();
    if found.len() > most {
        found.select_nth_unstable(most);
        found.truncate(most);
    }
    found.into_iter().map(|(_, from, number)| (from, number)).collect()
}

/// Whom an address stands for: a network of IPv6 is one household, or one attacker.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        v4 => v4,
    }
}

impl Place {
    /// That the handshake is over.
    pub(super) fn greeted(&self) {
        self.crowd.seats().greeting.remove(&self.number);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.crowd.seats().leave(self.from, self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crowd(connections: usize, of_one_address: usize) -> Arc<Crowd> {
        let bounds = Bounds { connections, of_one_address, handshakes: 2, ..Bounds::default() };
        Crowd::new(bounds, vec![IpAddr::from([10, 0, 0, 1])])
    }

    fn at(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn the_idlest_goes_and_who_is_known_stays() {
        let crowd = crowd(3, 9);
        let busy = crowd.enter(at(1), false).unwrap();
        busy.seat.standing().is_known();
        let _answering = busy.seat.begin();
        let known = crowd.enter(at(2), false).unwrap();
        known.seat.standing().is_known();
        let silent = crowd.enter(at(3), false).unwrap();
        let first = crowd.enter(at(4), false).unwrap();
        assert_eq!(
            [&busy, &known, &silent, &first].map(|place| place.seat.is_sent_off()),
            [false, false, true, false]
        );
        let asking = first.seat.begin();
        // A stranger is being answered, somebody known is not: what is open for nothing goes first.
        let second = crowd.enter(at(5), false).unwrap();
        assert!(known.seat.is_sent_off() && !first.seat.is_sent_off());
        let _other = second.seat.begin();
        // Where all are at work, strangers make room for others, and nobody who is known.
        let third = crowd.enter(at(6), false).unwrap();
        assert!(first.seat.is_sent_off() && !busy.seat.is_sent_off());
        for place in [&second, &third] {
            place.seat.standing().is_known();
        }
        let _third = third.seat.begin();
        assert!(crowd.enter(at(7), false).is_none());
        drop(asking);
        drop(third);
        assert!(crowd.enter(at(7), false).is_some());
    }

    #[test]
    fn one_address_takes_its_own_places_only_and_proxies_as_many_as_they_need() {
        let crowd = crowd(100, 2);
        let places: Vec<_> = (0..5).map(|_| crowd.enter(at(1), false).unwrap()).collect();
        let gone: Vec<_> = places.iter().map(|place| place.seat.is_sent_off()).collect();
        assert_eq!(gone, [true, true, true, false, false]);
        let net = |host: u16| IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, host]);
        let same: Vec<_> = (0..3).map(|host| crowd.enter(net(host), false).unwrap()).collect();
        assert!(same[0].seat.is_sent_off() && !same[2].seat.is_sent_off());
        let proxy = IpAddr::from([10, 0, 0, 1]);
        let through: Vec<_> = (0..5).map(|_| crowd.enter(proxy, false).unwrap()).collect();
        assert!(through.iter().all(|place| !place.seat.is_sent_off()));
        drop((places, same, through));
        let left = crowd.seats();
        assert_eq!((left.count, left.of.len(), left.greeting.len()), (0, 0, 0));
    }

    #[test]
    fn of_too_many_handshakes_the_oldest_is_given_up() {
        let crowd = crowd(100, 100);
        let first = crowd.enter(at(1), true).unwrap();
        let second = crowd.enter(at(2), true).unwrap();
        second.greeted();
        let third = crowd.enter(at(3), true).unwrap();
        assert!(!first.seat.is_sent_off());
        let fourth = crowd.enter(at(4), true).unwrap();
        assert_eq!(
            [&first, &second, &third, &fourth].map(|place| place.seat.is_sent_off()),
            [true, false, false, false]
        );
    }
}
