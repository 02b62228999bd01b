//! The last day and the last 90 days, drawn.

use askama::Template;
use askama::filters::HtmlSafe;
use jiff::tz::TimeZone;
use watch::{Piece as Measured, Standing};

use super::tiles::availability;
use crate::chart::{Canvas, Line, Piece, Plot, Shape, plain_axis};
use crate::format;
use crate::questions::status::Status;

/// From here on a day counts as good, and as passable.
const GOOD: f64 = 0.999;
const PASSABLE: f64 = 0.99;

/// A chart and the table of it.
#[derive(Template)]
#[template(path = "status_chart.html")]
pub(super) struct Chart {
    plot: Option<Plot>,
    title: &'static str,
    heads: [&'static str; 4],
    rows: Vec<(String, [Option<String>; 3])>,
}

impl HtmlSafe for Chart {}

/// Ninety days, a bar each.
pub(super) struct Days {
    pub(super) bars: Vec<Bar>,
}

/// A day.
pub(super) struct Bar {
    pub(super) day: String,
    pub(super) says: String,
    /// Where it stands and how high it is, in percent.
    pub(super) x: String,
    pub(super) y: String,
    pub(super) height: String,
    pub(super) width: String,
    pub(super) fill: &'static str,
    pub(super) requests: String,
    pub(super) failed: String,
    pub(super) p95: Option<String>,
}

/// How many and how fast, over the last day.
pub(super) fn of_day(now: &Status) -> Vec<Chart> {
    let pieces: Vec<Piece> =
        now.by_quarter_hour.iter().map(|piece| Piece { label: clock(piece), ..Piece::default() }).collect();
    let standings: Vec<Option<Standing>> = now.by_quarter_hour.iter().map(known).collect();
    let points =
        |of: fn(&Standing) -> Option<f64>| standings.iter().map(|one| one.as_ref().and_then(of)).collect();
    let line = |label: &str, colour, shape, points| Line { label: label.to_owned(), colour, shape, points };
    let asked = [
        line("Failed", 4, Shape::Line, points(|one| Some(one.failed as f64))),
        line("Requests", 1, Shape::Area, points(|one| Some(one.requests as f64))),
    ];
    let took = [
        line("99 of 100", 3, Shape::Line, points(|one| one.took.quantile(0.99).map(|seconds| seconds * 1e3))),
        line("95 of 100", 2, Shape::Line, points(|one| one.took.quantile(0.95).map(|seconds| seconds * 1e3))),
        line("Half", 1, Shape::Area, points(|one| one.took.quantile(0.5).map(|seconds| seconds * 1e3))),
    ];
    let canvas = |title| Canvas { title, pieces: &pieces, axis: plain_axis };
    let rows = |cells: fn(&Standing) -> [Option<String>; 3]| {
        let row = |(piece, standing): (&Piece, &Option<Standing>)| {
            (piece.label.clone(), standing.as_ref().map(cells).unwrap_or_default())
        };
        pieces.iter().zip(&standings).map(row).collect()
    };
    vec![
        Chart {
            plot: Plot::of_lines(canvas("Requests in a quarter of an hour, UTC"), &asked),
            title: "Requests, 24 h",
            heads: ["From, UTC", "Requests", "Failed", "Available"],
            rows: rows(|one| {
                [
                    Some(format::count(one.requests)),
                    Some(format::count(one.failed)),
                    one.availability().map(availability),
                ]
            }),
        },
        Chart {
            plot: Plot::of_lines(canvas("Milliseconds until the answer begins, UTC"), &took),
            title: "How fast, 24 h",
            heads: ["From, UTC", "Half within", "95 of 100", "99 of 100"],
            rows: rows(|one| [0.5, 0.95, 0.99].map(|part| one.took.quantile(part).map(format::seconds))),
        },
    ]
}

/// How requests were answered, where anything was measured.
fn known(piece: &Measured) -> Option<Standing> {
    (!piece.measured.covered.is_zero()).then(|| Standing::of_readers(&piece.measured))
}

fn clock(piece: &Measured) -> String {
    piece.from.to_zoned(TimeZone::UTC).strftime("%H:%M").to_string()
}

impl Days {
    pub(super) fn of(now: &Status) -> Self {
        let width = 100.0 / now.by_day.len().max(1) as f64;
        let bar = |(n, piece): (usize, &Measured)| {
            let standing = known(piece);
            let share = standing.as_ref().and_then(Standing::availability);
            // Told by height too, not by colour alone.
            let (height, fill) = match share {
                None => (6.0, "var(--line-2)"),
                Some(share) if share >= GOOD => (100.0, "var(--good)"),
                Some(share) if share >= PASSABLE => (70.0, "var(--warn)"),
                Some(_) => (40.0, "var(--bad)"),
            };
            let says = match (&standing, share) {
                (None, _) => "nothing was measured".to_owned(),
                (Some(_), None) => "nothing was asked".to_owned(),
                (Some(_), Some(share)) => availability(share),
            };
            let counted = |of: fn(&Standing) -> u64| {
                standing.as_ref().map(|one| format::count(of(one))).unwrap_or_default()
            };
            Bar {
                day: format::day(piece.from.to_zoned(TimeZone::UTC).date()),
                says,
                x: format!("{:.2}", n as f64 * width),
                y: format!("{:.0}", 100.0 - height),
                height: format!("{height:.0}"),
                width: format!("{:.2}", width * 0.8),
                fill,
                requests: counted(|one| one.requests),
                failed: counted(|one| one.failed),
                p95: standing.as_ref().and_then(|one| one.took.quantile(0.95)).map(format::seconds),
            }
        };
        Self { bars: now.by_day.iter().enumerate().map(bar).collect() }
    }
}
