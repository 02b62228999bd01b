//! The figures that are seen first.

use watch::{Group, Standing, metrics};

use crate::format;
use crate::questions::status::Status;

/// A figure that is seen first.
pub(super) struct Tile {
    /// Its name, under which it is told when it changes.
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    /// What it says.
    pub(super) meaning: &'static str,
    pub(super) value: Option<String>,
    /// Why there is none.
    pub(super) absent: &'static str,
    pub(super) note_name: &'static str,
    pub(super) note: String,
}

const NOTHING_ASKED: &str = "nothing was asked yet";

pub(super) fn tiles(now: &Status) -> Vec<Tile> {
    let (day, days) = (Standing::of_readers(&now.day), Standing::of_readers(&now.days));
    let minutes = Standing::of_readers(&now.minutes);
    let pages = now.group(Group::Pages);
    let told = |share: Option<f64>| share.map_or("–".to_owned(), availability);
    let time = |standing: &Standing, part| standing.took.quantile(part).map(format::seconds);
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    let minutes_covered = now.minutes.covered.as_secs_f64() / 60.0;
    let a_minute = (minutes_covered > 0.0).then(|| minutes.requests as f64 / minutes_covered);
    let engine = now.day.spread(metrics::ENGINE_SECONDS.name, |_| true);
    let waited = now.day.spread(metrics::ENGINE_WAIT_SECONDS.name, |_| true);
    let gauge = |name: &str| now.minutes.gauge(name).map(|gauged| gauged.last);
    let bytes = |name: &str| gauge(name).map(|bytes| format::bytes(bytes as u64));
    let imported = now.counted_as(&metrics::IMPORTS, "became", "imported");
    let (refused, failed) = (
        now.counted_as(&metrics::IMPORTS, "became", "refused"),
        now.counted_as(&metrics::IMPORTS, "became", "failed"),
    );
    vec![
        Tile {
            name: "availability",
            label: "Available, 24 h",
            meaning: "The part of requests to pages and API that did not fail for a reason of the server's",
            value: day.availability().map(availability),
            absent: NOTHING_ASKED,
            note_name: "availability-90",
            note: format!("90 days: {}", told(days.availability())),
        },
        Tile {
            name: "pages",
            label: "Pages, 95 of 100 within",
            meaning: "From the head of a request to the head of its answer, inside the server, over 24 hours",
            value: time(&pages, 0.95),
            absent: NOTHING_ASKED,
            note_name: "pages-others",
            note: format!("half {} · 99 of 100 {}", or_dash(time(&pages, 0.5)), or_dash(time(&pages, 0.99))),
        },
        Tile {
            name: "requests",
            label: "Requests a minute",
            meaning: "To pages and API, over the last five minutes",
            value: a_minute.map(format::axis),
            absent: "nothing was measured yet",
            note_name: "requests-day",
            note: format!("24 h: {}", format::count(day.requests)),
        },
        Tile {
            name: "failed",
            label: "Failed, 24 h",
            meaning: "Requests to pages and API that failed for a reason of the server's",
            value: (!now.day.covered.is_zero()).then(|| format::count(day.failed)),
            absent: "nothing was measured yet",
            note_name: "failed-share",
            note: day.error_ratio().map_or_else(
                || NOTHING_ASKED.to_owned(),
                |share| format!("{} of requests", format::percent(share)),
            ),
        },
        Tile {
            name: "kept",
            label: "Served as kept",
            meaning: "The part of answers with figures that were served from memory, over 24 hours",
            value: now.kept_share().map(format::percent),
            absent: "no figures were asked for yet",
            note_name: "kept-holds",
            note: format!("holds {}", or_dash(bytes(metrics::CACHE_BYTES.name))),
        },
        Tile {
            name: "engine",
            label: "Engine, 95 of 100 within",
            meaning: "How long the engine works on a question, over 24 hours",
            value: engine.quantile(0.95).map(format::seconds),
            absent: "the engine was asked nothing yet",
            note_name: "engine-line",
            note: format!(
                "waited {} · turned away {}",
                or_dash(waited.quantile(0.95).map(format::seconds)),
                format::count(now.counted(&metrics::LINE_REFUSED))
            ),
        },
        Tile {
            name: "imports",
            label: "Imports, 24 h",
            meaning: "Files and sheets that came in and count",
            value: (!now.day.covered.is_zero()).then(|| format::count(imported)),
            absent: "nothing was measured yet",
            note_name: "imports-others",
            note: format!("refused {} · failed {}", format::count(refused), format::count(failed)),
        },
        Tile {
            name: "memory",
            label: "Memory in use",
            meaning: "Of the server's process, as the system says",
            value: bytes(metrics::PROCESS_RESIDENT_BYTES.name),
            absent: "the system does not say, or nothing was measured yet",
            note_name: "memory-others",
            note: format!(
                "files {} · threads {}",
                or_dash(gauge(metrics::PROCESS_OPEN_FDS.name).map(|count| format::count(count as u64))),
                or_dash(gauge(metrics::PROCESS_THREADS.name).map(|count| format::count(count as u64)))
            ),
        },
    ]
}

/// An availability: never rounded up to all, never more digits than tell something.
pub(super) fn availability(share: f64) -> String {
    let percent = (share * 1e5).floor() / 1e3;
    match percent {
        100.0 => "100%".to_owned(),
        percent => format!("{percent:.3}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failure_of_many_is_not_rounded_away() {
        for (share, text) in
            [(1.0, "100%"), (0.999_999_9, "99.999%"), (0.9995, "99.950%"), (0.5, "50.000%"), (0.0, "0.000%")]
        {
            assert_eq!(availability(share), text);
        }
    }
}
