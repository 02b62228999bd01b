//! An answer as a chart: lines over time, bars by name, stacked bars of names over time.

use std::collections::BTreeMap;

use domain::{Currency, Grain, Metric, Unit};
use insight::answer::{AnswerRow, KeyValue};
use insight::{Answer, Dimension, Figures};
use jiff::civil::Date;

use super::analytics::key_name;
use super::charted::Charted;
use super::series::is_sum;
use super::slots::{Slot, slots};
use super::table::{Head, Metrics, Name, Row, Table};
use crate::chart::{Bars, Canvas, Line, Named, Piece, Plot, Shape, multiple_axis, percent_axis, plain_axis};
use crate::format;
use crate::link::Link;

/// Most series in one chart; what is beyond is added up to "other".
const MOST_SERIES: usize = 6;
/// Most bars; the table has the rest.
const MOST_BARS: usize = 20;
/// Most points along the time axis.
const MOST_PIECES: usize = 400;
/// The classes of the series' colours; the first is that of what is added up to "others".
const COLOURS: [&str; MOST_SERIES + 1] = ["s0", "s1", "s2", "s3", "s4", "s5", "s6"];

/// An answer as a chart.
pub(super) enum AnswerChart {
    OverTime(Box<Charted>),
    ByName(Bars),
}

/// A series over the pieces of time: its name, and its figures by the first day.
struct Track<'a> {
    name: String,
    figures: BTreeMap<Date, &'a Figures>,
}

impl AnswerChart {
    /// The chart of a whole answer: of its first metric, or of all that can share its axis. `None` if there is nothing to
    /// draw.
    pub(super) fn of(answer: &Answer, link: &Link) -> Option<Self> {
        let metric = *answer.metrics.first()?;
        let times = answer.dimensions.iter().enumerate().filter_map(|(n, dimension)| match dimension {
            Dimension::Time(grain) => Some((n, *grain)),
            _ => None,
        });
        match times.collect::<Vec<_>>().as_slice() {
            [] if answer.dimensions.is_empty() => None,
            [] => by_name(answer, metric, link).map(Self::ByName),
            [(place, grain)] => over_time(answer, metric, *place, *grain).map(Box::new).map(Self::OverTime),
            // Two grains at once have no one axis.
            _ => None,
        }
    }
}

/// A figure in the unit of its axis; money only in the currency of the whole.
fn on_axis(metric: Metric, figures: &Figures, currency: Option<Currency>) -> Option<f64> {
    let fits = metric.unit() != Unit::Money || figures.currency == currency;
    let value = figures.value(metric).filter(|_| fits)?.approximate();
    Some(if matches!(metric.unit(), Unit::Money | Unit::Decimal) { value / 1e6 } else { value })
}

fn axis(metric: Metric) -> fn(f64) -> String {
    match metric.unit() {
        Unit::Percent => percent_axis,
        Unit::Multiple => multiple_axis,
        _ => plain_axis,
    }
}

fn title(metric: Metric, currency: Option<Currency>) -> String {
    match currency.filter(|_| metric.unit() == Unit::Money) {
        Some(currency) => format!("{}, {}", metric.label(), format::currency(currency)),
        None => metric.label().to_owned(),
    }
}

fn by_name(answer: &Answer, metric: Metric, link: &Link) -> Option<Bars> {
    let currency = answer.totals.currency;
    let named = |row: &AnswerRow| {
        let names: Vec<Name> = answer
            .dimensions
            .iter()
            .zip(&row.keys)
            .map(|(dimension, key)| key_name(*dimension, key, link))
            .collect();
        let unit = row.figures.currency.filter(|own| metric.unit() == Unit::Money && Some(*own) != currency);
        let text = row.figures.value(metric).map(|value| {
            let unit = unit.map(|unit| format!(" {}", format::currency(unit))).unwrap_or_default();
            format!("{}{unit}", format::exact(metric, value, row.figures.currency))
        });
        let before = row.figures.before();
        Named {
            name: joined(names.iter().map(|name| name.text.as_str())),
            href: names.iter().find_map(|name| name.href.clone()),
            text: text.unwrap_or_default(),
            figure: on_axis(metric, &row.figures, currency),
            before: answer.compared.and_then(|_| on_axis(metric, &before, currency)),
        }
    };
    Bars::of(title(metric, currency), answer.rows.iter().take(MOST_BARS).map(named).collect())
}

fn joined<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.collect::<Vec<_>>().join(" · ")
}

fn over_time(answer: &Answer, metric: Metric, place: usize, grain: Grain) -> Option<Charted> {
    let slots = slots(answer.period, grain, &answer.days_known, &answer.freshness);
    if slots.len() > MOST_PIECES {
        return None;
    }
    let tracks = tracks(answer, metric, place);
    match tracks.as_slice() {
        [only] if answer.dimensions.len() == 1 => alone(answer, metric, only, &slots, grain),
        several => together(answer, metric, several, &slots, grain),
    }
}

/// The rows as series, from the largest.
fn tracks<'a>(answer: &'a Answer, metric: Metric, place: usize) -> Vec<Track<'a>> {
    let mut tracks: BTreeMap<Vec<String>, Track<'a>> = BTreeMap::new();
    for row in &answer.rows {
        let Some(KeyValue::Day(day)) = row.keys.get(place) else { continue };
        let others = || row.keys.iter().enumerate().filter(|(n, _)| *n != place).map(|(_, key)| key);
        let name = joined(others().map(KeyValue::label).collect::<Vec<_>>().iter().map(String::as_str));
        let track = tracks.entry(others().map(|key| format!("{key:?}")).collect());
        track.or_insert_with(|| Track { name, figures: BTreeMap::new() }).figures.insert(*day, &row.figures);
    }
    let mut tracks: Vec<Track<'a>> = tracks.into_values().collect();
    let size = |track: &Track<'_>| -> f64 {
        let sized = if is_sum(metric) { metric } else { Metric::Spend };
        track.figures.values().filter_map(|figures| on_axis(sized, figures, answer.totals.currency)).sum()
    };
    tracks.sort_by(|one, other| size(other).total_cmp(&size(one)));
    tracks
}

/// Points of a series: where all is known and nothing was told, a sum is zero; else there is a gap.
fn points(
    metric: Metric,
    track: &Track<'_>,
    slots: &[Slot],
    value: impl Fn(&Figures) -> Option<f64>,
) -> Vec<Option<f64>> {
    let point = |slot: &Slot| match track.figures.get(&slot.first) {
        Some(figures) => value(figures),
        None => (slot.is_told && is_sum(metric)).then_some(0.0),
    };
    slots.iter().map(point).collect()
}

/// One series: the metrics that share the first one's axis, with what they are compared with behind.
fn alone(
    answer: &Answer,
    metric: Metric,
    track: &Track<'_>,
    slots: &[Slot],
    grain: Grain,
) -> Option<Charted> {
    let currency = answer.totals.currency;
    let shares = |other: &&Metric| {
        **other == metric || (is_sum(metric) && is_sum(**other) && other.unit() == metric.unit())
    };
    let drawn: Vec<Metric> = answer.metrics.iter().filter(shares).copied().take(MOST_SERIES).collect();
    let mut lines = Vec::new();
    let with_compared = answer.compared.is_some() && drawn.len() <= 2;
    for (n, metric) in drawn.iter().enumerate().rev() {
        let line =
            |label: &str, shape, points| Line { label: label.to_owned(), colour: n as u8 + 1, shape, points };
        if with_compared {
            let before =
                points(*metric, track, slots, |figures| on_axis(*metric, &figures.before(), currency));
            lines.push(line(&format!("{} before", metric.label()), Shape::Ghost, before));
        }
        let shape = if n == 0 && is_sum(*metric) { Shape::Area } else { Shape::Line };
        let now = points(*metric, track, slots, |figures| on_axis(*metric, figures, currency));
        lines.push(line(metric.label(), shape, now));
    }
    lines.sort_by_key(|line| line.shape != Shape::Ghost);
    let title = format!("{} by {}", title(metric, currency), grain.key());
    let title = if drawn.len() > 1 { title.replacen(metric.label(), "Figures", 1) } else { title };
    let pieces: Vec<Piece> = slots.iter().map(Slot::piece).collect();
    let plot = Plot::of_lines(Canvas { title: &title, pieces: &pieces, axis: axis(metric) }, &lines)?;
    let nothing = Figures { currency, ..Figures::default() };
    let shown = Metrics::over(&drawn, false, track.figures.values().copied());
    let mut heads = shown.heads();
    heads.iter_mut().zip(&COLOURS[1..]).for_each(|(head, colour)| head.class = colour);
    let row = |slot: &Slot| {
        let figures = track.figures.get(&slot.first).copied().unwrap_or(&nothing);
        Row { names: vec![slot_name(slot)], days: Some(slot.days), cells: shown.cells(figures), course: None }
    };
    let rows = slots.iter().map(row).collect();
    Some(Charted { plot, table: table(grain, heads, rows) })
}

/// Several series: stacked where they are sums, else as lines beside each other.
fn together(
    answer: &Answer,
    metric: Metric,
    tracks: &[Track<'_>],
    slots: &[Slot],
    grain: Grain,
) -> Option<Charted> {
    let currency = answer.totals.currency;
    let value = |figures: &Figures| on_axis(metric, figures, currency);
    let named = if tracks.len() > MOST_SERIES { MOST_SERIES - 1 } else { tracks.len() };
    let mut lines: Vec<Line> = tracks[..named]
        .iter()
        .zip(1..)
        .map(|(track, colour)| Line {
            label: track.name.clone(),
            colour,
            shape: Shape::Line,
            points: points(metric, track, slots, value),
        })
        .collect();
    if named < tracks.len() && is_sum(metric) {
        let others: Vec<_> =
            tracks[named..].iter().map(|track| points(metric, track, slots, value)).collect();
        let sum = |n: usize| others.iter().filter_map(|points| points[n]).reduce(|sum, figure| sum + figure);
        let label = format!("{} others", format::count(others.len() as u64));
        let points = (0..slots.len()).map(sum).collect();
        lines.push(Line { label, colour: 0, shape: Shape::Line, points });
    }
    let pieces: Vec<Piece> = slots.iter().map(Slot::piece).collect();
    let title = format!("{} by {}", title(metric, currency), grain.key());
    let canvas = Canvas { title: &title, pieces: &pieces, axis: axis(metric) };
    let plot = if is_sum(metric) { Plot::of_bars(canvas, &lines)? } else { Plot::of_lines(canvas, &lines)? };
    let class = |line: &Line| COLOURS[usize::from(line.colour) % COLOURS.len()];
    let heads = lines.iter().map(|line| Head { class: class(line), ..Head::text(&line.label) });
    let row = |(n, slot): (usize, &Slot)| Row {
        names: vec![slot_name(slot)],
        days: Some(slot.days),
        cells: lines.iter().map(|line| Metrics::plain(metric, line.points[n], currency)).collect(),
        course: None,
    };
    let rows = slots.iter().enumerate().map(row).collect();
    Some(Charted { plot, table: table(grain, heads.collect(), rows) })
}

fn slot_name(slot: &Slot) -> Name {
    Name { text: slot.label.clone(), about: slot.note(), ..Name::default() }
}

fn table(grain: Grain, heads: Vec<Head>, rows: Vec<Row>) -> Table {
    Table {
        caption: "The figures of the chart".to_owned(),
        names: vec![Head::text(Dimension::Time(grain).label())],
        heads,
        rows,
        ..Table::default()
    }
}
