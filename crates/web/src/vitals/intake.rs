//! Counting what browsers tell, at a bounded rate and in a bounded number of groups.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use watch::{Failure, Known, Watch, metrics};

use super::beacon::Beacon;

/// Messages that may come at once, and a second from then on.
const BURST: f64 = 200.0;
const A_SECOND: f64 = 20.0;
/// Places that are told apart for as long as the server runs; others are one, so that nobody can crowd out what failed.
const MOST_PLACES: usize = 100;
/// The rest of them.
const OTHER: &str = "other";

/// Counts what browsers tell.
#[derive(Debug)]
pub(crate) struct Intake {
    room: Mutex<(f64, Instant)>,
    places: Mutex<HashSet<(&'static str, &'static str, String)>>,
}

impl Default for Intake {
    fn default() -> Self {
        Self { room: Mutex::new((BURST, Instant::now())), places: Mutex::default() }
    }
}

impl Intake {
    /// Whether one more may be taken now; takes its room.
    pub(super) fn has_room(&self) -> bool {
        let mut room = self.room.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let free = (room.0 + (now - room.1).as_secs_f64() * A_SECOND).min(BURST);
        let has_room = free >= 1.0;
        *room = (if has_room { free - 1.0 } else { free }, now);
        has_room
    }

    pub(super) fn keep(&self, watch: &Watch, beacon: &Beacon) {
        let (meter, labels) = (watch.meter(), [("page", beacon.route), ("device", beacon.device)]);
        meter.counter(&metrics::VITALS_VISITS, &labels).add(1);
        let vitals = beacon.vitals;
        for (known, value, micros) in [
            (&metrics::VITALS_LCP_SECONDS, vitals.lcp, 1e3),
            (&metrics::VITALS_INP_SECONDS, vitals.inp, 1e3),
            (&metrics::VITALS_CLS, vitals.cls, 1e6),
            (&metrics::VITALS_FCP_SECONDS, vitals.fcp, 1e3),
            (&metrics::VITALS_TTFB_SECONDS, vitals.ttfb, 1e3),
        ] {
            if let Some(value) = value {
                // Bounded when it was read.
                meter.timing(known, &labels).record_micros((value * micros).round() as u64);
            }
        }
        for (vital, kind, limit) in [
            ("lcp", "slow-paint", vitals.lcp.filter(|lcp| is_poor(&metrics::VITALS_LCP_SECONDS, *lcp / 1e3))),
            (
                "inp",
                "slow-answer",
                vitals.inp.filter(|inp| is_poor(&metrics::VITALS_INP_SECONDS, *inp / 1e3)),
            ),
            ("cls", "moving-page", vitals.cls.filter(|cls| is_poor(&metrics::VITALS_CLS, *cls))),
        ] {
            let place = beacon.places.iter().find(|(own, _)| *own == vital).filter(|_| limit.is_some());
            if let Some((_, place)) = place {
                self.pain(watch, kind, beacon.route, place);
            }
        }
        for (kind, place) in &beacon.pains {
            self.pain(watch, kind, beacon.route, place);
        }
        for (message, place) in &beacon.errors {
            let place = self.place("script", beacon.route, place);
            let failure = Failure {
                kind: "script",
                route: beacon.route,
                origin: &place,
                message,
                error_id: "",
                request_id: "",
            };
            watch.failed(&failure);
        }
    }

    fn pain(&self, watch: &Watch, kind: &'static str, page: &'static str, place: &str) {
        watch.meter().counter(&metrics::VITALS_PAINS, &[("kind", kind), ("page", page)]).add(1);
        let place = self.place(kind, page, place);
        watch.noticed(&Failure {
            kind,
            route: page,
            origin: &place,
            message: "",
            error_id: "",
            request_id: "",
        });
    }

    /// The place, if it is one of those that are told apart.
    fn place(&self, kind: &'static str, page: &'static str, place: &str) -> String {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (kind, page, place.to_owned());
        if places.contains(&key) || places.len() < MOST_PLACES {
            places.insert(key);
            return place.to_owned();
        }
        OTHER.to_owned()
    }
}

/// What counts as good and as poor at the 75th percentile, by <https://web.dev/articles/vitals>, in the metric's unit.
pub(crate) const THRESHOLDS: [(Known, &str, f64, f64); 5] = [
    (metrics::VITALS_LCP_SECONDS, "LCP", 2.5, 4.0),
    (metrics::VITALS_INP_SECONDS, "INP", 0.2, 0.5),
    (metrics::VITALS_CLS, "CLS", 0.1, 0.25),
    (metrics::VITALS_FCP_SECONDS, "FCP", 1.8, 3.0),
    (metrics::VITALS_TTFB_SECONDS, "TTFB", 0.8, 1.8),
];

fn is_poor(known: &Known, value: f64) -> bool {
    THRESHOLDS.iter().any(|(own, _, _, poor)| own == known && value > *poor)
}

/// Kinds of groups that are no failures but hurt.
pub(crate) const NOTICED: [&str; 8] = [
    "rage-click",
    "dead-click",
    "slow-request",
    "failed-request",
    "abandoned-import",
    "slow-paint",
    "slow-answer",
    "moving-page",
];
