//! Lines or stacked bars over the pieces of a period. The drawing is stretched to the width of the page; its labels are not.

use askama::Template;
use askama::filters::HtmlSafe;

use super::scale::Scale;
use crate::format;

/// Height of the stretched drawing's coordinates: about as many as it has pixels, so that numbers are short.
const HEIGHT: f64 = 250.0;
/// Width of a piece in them: with these the middle of a slot, and the edges of a bar, are whole numbers.
const SLOT: usize = 2;
const BAND: usize = 50;
/// Part of the height that is above the labels of the days.
const PLOT_PERCENT: f64 = 88.0;
/// Room above the topmost tick, in percent of the height.
const TOP_PERCENT: f64 = 7.0;
/// Part of a slot that a bar fills.
const BAR: f64 = 0.76;

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A line with its area below.
    Area,
    /// A line.
    Line,
    /// A faint line, for what is compared.
    Ghost,
}

/// A series of a chart: a figure for each piece of the period, or none where it is not known.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) label: String,
    /// Which of the series colours, from 1 to 6; 0 is for the rest of them.
    pub(crate) colour: u8,
    pub(crate) shape: Shape,
    pub(crate) points: Vec<Option<f64>>,
}

/// A piece of the period on the horizontal axis.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Its label, if a tick falls on it.
    pub(crate) label: String,
    /// Whether its figures are not final: the day was not over, or the period holds a part of it only.
    pub(crate) is_open: bool,
    /// What happened then, in words; empty for nothing.
    pub(crate) mark: String,
    /// Whether what happened changed figures that had been told before.
    pub(crate) is_restated: bool,
    /// What was written of it; empty for nothing.
    pub(crate) note: String,
}

/// What is drawn: over which pieces, in which unit, how figures of the axis are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Canvas<'a> {
    pub(crate) title: &'a str,
    pub(crate) pieces: &'a [Piece],
    pub(crate) axis: fn(f64) -> String,
}

/// A label on an axis, placed in percent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    pub(crate) place: String,
    pub(crate) label: String,
    pub(crate) anchor: &'static str,
    /// Whether it stands at zero.
    pub(crate) is_zero: bool,
    /// Whether it is left out where there is little room.
    pub(crate) is_minor: bool,
}

/// A series as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stroke {
    pub(crate) class: String,
    pub(crate) path: String,
    pub(crate) area: String,
    pub(crate) label: String,
    /// Whether it is there to be compared with.
    pub(crate) is_ghost: bool,
}

/// A stripe over pieces whose figures are not final, in percent of the width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stripe {
    pub(crate) x: String,
    pub(crate) width: String,
}

/// A mark below the axis, in percent of the width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) x: String,
    pub(crate) text: String,
    pub(crate) is_restated: bool,
}

/// A chart, ready to be written down.
#[derive(Debug, Clone, Template)]
#[template(path = "plot.html")]
pub(crate) struct Plot {
    pub(crate) title: String,
    pub(crate) rows: Vec<Tick>,
    pub(crate) columns: Vec<Tick>,
    pub(crate) strokes: Vec<Stroke>,
    pub(crate) open: Vec<Stripe>,
    pub(crate) marks: Vec<Mark>,
    /// What was written, above the lines.
    pub(crate) notes: Vec<Mark>,
    /// Width of the stretched drawing's coordinates.
    pub(crate) width: usize,
    /// How many points or bands there are.
    pub(crate) count: usize,
    /// Whether each piece is a band of its own.
    pub(crate) is_banded: bool,
    /// Where the first point stands, as a part of the width.
    pub(crate) left: String,
    /// Where the last point stands, as a part of the width.
    pub(crate) right: String,
}

impl HtmlSafe for Plot {}

impl Plot {
    /// A chart of lines. Nothing if there is no figure.
    pub(crate) fn of_lines(canvas: Canvas<'_>, lines: &[Line]) -> Option<Self> {
        let figures = || lines.iter().flat_map(|line| line.points.iter().flatten().copied());
        let scale = Scale::over(figures().reduce(f64::min)?, figures().reduce(f64::max)?, 4);
        let strokes = lines.iter().map(|line| stroke(line, &scale)).collect();
        let half = 0.5 / canvas.pieces.len() as f64;
        let ends = (format!("{half:.4}"), format!("{:.4}", 1.0 - half));
        Some(Self::of(canvas, &scale, strokes, false, ends))
    }

    /// A chart of bars, the series of each piece on top of each other; negative figures go down. Nothing if there is no figure.
    pub(crate) fn of_bars(canvas: Canvas<'_>, lines: &[Line]) -> Option<Self> {
        lines.iter().flat_map(|line| &line.points).flatten().next()?;
        let sum = |n: usize, sign: f64| -> f64 {
            let figures = lines.iter().filter_map(|line| line.points.get(n).copied().flatten());
            figures.filter(|figure| figure * sign > 0.0).sum()
        };
        let sums = |sign: f64| (0..canvas.pieces.len()).map(move |n| sum(n, sign));
        let scale = Scale::over(sums(-1.0).fold(0.0, f64::min), sums(1.0).fold(0.0, f64::max), 4);
        let mut ends = vec![(0.0, 0.0); canvas.pieces.len()];
        let strokes = lines.iter().map(|line| stacked(line, &scale, &mut ends)).collect::<Vec<_>>();
        Some(Self::of(canvas, &scale, strokes, true, ("0".to_owned(), "1".to_owned())))
    }

    fn of(
        canvas: Canvas<'_>,
        scale: &Scale,
        strokes: Vec<Stroke>,
        is_banded: bool,
        (left, right): (String, String),
    ) -> Self {
        let pieces = canvas.pieces;
        let percent = |n: f64| format!("{:.2}%", n / pieces.len() as f64 * 100.0);
        let mark = |(n, piece): (usize, &Piece)| Mark {
            x: percent(n as f64 + 0.5),
            text: piece.mark.clone(),
            is_restated: piece.is_restated,
        };
        let numbered = || pieces.iter().enumerate();
        Self {
            title: canvas.title.to_owned(),
            rows: scale.ticks.iter().map(|tick| row(scale, *tick, canvas.axis)).collect(),
            columns: columns(pieces),
            strokes,
            open: numbered()
                .filter(|(_, piece)| piece.is_open)
                .map(|(n, _)| Stripe { x: percent(n as f64), width: percent(1.0) })
                .collect(),
            marks: numbered().filter(|(_, piece)| !piece.mark.is_empty()).map(mark).collect(),
            notes: numbered()
                .filter(|(_, piece)| !piece.note.is_empty())
                .map(|(n, piece)| Mark {
                    x: percent(n as f64 + 0.5),
                    text: piece.note.clone(),
                    is_restated: false,
                })
                .collect(),
            width: pieces.len() * if is_banded { BAND } else { SLOT },
            count: pieces.len(),
            is_banded,
            left,
            right,
        }
    }

    /// The series as they are listed: those that are drawn last, so on top, come first; bars from the ground.
    fn legend(&self) -> Vec<&Stroke> {
        let own = self.strokes.iter().filter(|stroke| !stroke.is_ghost);
        if self.is_banded { own.collect() } else { own.rev().collect() }
    }

    fn has_ghost(&self) -> bool {
        self.strokes.iter().any(|stroke| stroke.is_ghost)
    }

    /// Whether there is a mark that says, or one that does not say, that figures were told anew.
    fn has_mark(&self, restated: bool) -> bool {
        self.marks.iter().any(|mark| mark.is_restated == restated)
    }
}

fn row(scale: &Scale, tick: f64, axis: fn(f64) -> String) -> Tick {
    let place = TOP_PERCENT + (1.0 - scale.place(tick)) * (PLOT_PERCENT - TOP_PERCENT);
    Tick {
        place: format!("{place:.1}%"),
        label: axis(tick),
        anchor: "start",
        is_zero: tick == 0.0,
        is_minor: false,
    }
}

/// The first and the last piece, and a few between at equal distances, as many as their labels leave room for.
fn columns(pieces: &[Piece]) -> Vec<Tick> {
    let last = pieces.len().saturating_sub(1);
    let widest = pieces.iter().map(|piece| piece.label.chars().count()).max().unwrap_or(0);
    let most = if widest > 7 { 3 } else { 5 };
    // Equal steps of whole pieces where they can be had.
    let steps =
        (2..=most.min(last)).rev().find(|steps| last.is_multiple_of(*steps)).unwrap_or(most.min(last));
    (0..=steps)
        .map(|n| {
            let at = (n * last).checked_div(steps).unwrap_or(0);
            let (place, anchor) = match n {
                _ if steps == 0 => (50.0, "middle"),
                0 => (0.0, "start"),
                n if n == steps => (100.0, "end"),
                _ => ((at as f64 + 0.5) / pieces.len() as f64 * 100.0, "middle"),
            };
            let label = pieces.get(at).map(|piece| piece.label.clone()).unwrap_or_default();
            // Every second one, but for the last; and the one beside that.
            let is_minor = n != steps && (n % 2 == 1 || n > 0 && n + 1 == steps);
            Tick { place: format!("{place:.1}%"), label, anchor, is_zero: false, is_minor }
        })
        .collect()
}

/// Where a figure stands in the stretched drawing, from the top.
fn height(scale: &Scale, figure: f64) -> i32 {
    let top = HEIGHT * TOP_PERCENT / PLOT_PERCENT;
    (top + (1.0 - scale.place(figure)) * (HEIGHT - top)).round() as i32
}

/// A line in the stretched drawing: each piece in the middle of its slot, a new start after each gap. Steps from point to point,
/// as they are short and much alike.
fn stroke(line: &Line, scale: &Scale) -> Stroke {
    let zero = height(scale, 0.0);
    let (mut path, mut area) = (String::new(), String::new());
    let mut pen = None;
    for (n, point) in line.points.iter().enumerate() {
        let Some(figure) = point else {
            close(&mut area, pen.take(), zero);
            continue;
        };
        let (x, y) = (SLOT * n + SLOT / 2, height(scale, *figure));
        // A piece between two gaps is a dot: a line of no length with a round end.
        match pen {
            Some(last) => {
                let step = format!("l{SLOT} {}", y - last).replace(" -", "-");
                path += &step;
                area += &step;
            }
            None => {
                path += &format!("M{x} {y}h0");
                area += &format!("M{x} {zero}V{y}");
            }
        }
        pen = Some(y);
    }
    close(&mut area, pen, zero);
    let shape = if line.shape == Shape::Ghost { "line ghost" } else { "line" };
    let area = if line.shape == Shape::Area { area } else { String::new() };
    Stroke {
        class: format!("{shape} s{}", line.colour),
        path,
        area,
        label: line.label.clone(),
        is_ghost: line.shape == Shape::Ghost,
    }
}

fn close(area: &mut String, pen: Option<i32>, zero: i32) {
    if pen.is_some() {
        *area += &format!("V{zero}z");
    }
}

/// The bars of a series, each on what `ends` says was stacked below and above zero before.
fn stacked(line: &Line, scale: &Scale, ends: &mut [(f64, f64)]) -> Stroke {
    let width = (BAND as f64 * BAR) as usize;
    let mut path = String::new();
    for ((n, point), (below, above)) in line.points.iter().enumerate().zip(ends) {
        let Some(figure) = point.filter(|figure| *figure != 0.0) else { continue };
        let end = if figure < 0.0 { below } else { above };
        let from = *end;
        *end += figure;
        let x = BAND * n + (BAND - width) / 2;
        let (top, bottom) = (height(scale, from.max(*end)), height(scale, from.min(*end)));
        path += &format!("M{x} {top}h{width}v{}h-{width}z", bottom - top);
    }
    Stroke {
        class: format!("fill s{}", line.colour),
        path,
        area: String::new(),
        label: line.label.clone(),
        is_ghost: false,
    }
}

/// How an axis writes plain numbers.
pub(crate) fn plain_axis(number: f64) -> String {
    format::axis(number)
}

/// How an axis writes shares.
pub(crate) fn percent_axis(share: f64) -> String {
    format!("{}%", format::axis((share * 1e8).round() / 1e6))
}

/// How an axis writes multiples.
pub(crate) fn multiple_axis(ratio: f64) -> String {
    format!("{}×", format::axis(ratio))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(count: usize) -> Vec<Piece> {
        (1..=count).map(|n| Piece { label: format!("{n} Nov"), ..Piece::default() }).collect()
    }

    fn line(colour: u8, points: Vec<Option<f64>>) -> Line {
        Line { label: format!("Series {colour}"), colour, shape: Shape::Area, points }
    }

    fn canvas(pieces: &[Piece]) -> Canvas<'_> {
        Canvas { title: "Spend", pieces, axis: plain_axis }
    }

    #[test]
    fn a_plot_has_gaps_round_ticks_and_hatches_what_is_not_final() {
        let mut pieces = pieces(4);
        pieces[3].is_open = true;
        pieces[1].mark = "Import 7".to_owned();
        let plot = Plot::of_lines(canvas(&pieces), &[line(1, vec![Some(0.0), Some(10.0), None, Some(5.0)])])
            .unwrap();
        assert_eq!(plot.strokes[0].path, "M1 250h0l2-230M7 135h0");
        assert_eq!(plot.strokes[0].area, "M1 250V250l2-230V250zM7 250V135V250z");
        let labels: Vec<_> = plot.rows.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(labels, ["0", "2.5", "5", "7.5", "10"]);
        assert_eq!((plot.rows[0].place.as_str(), plot.rows[4].place.as_str()), ("88.0%", "7.0%"));
        assert!(plot.rows[0].is_zero && !plot.rows[1].is_zero);
        assert_eq!(plot.columns.len(), 4);
        assert_eq!(plot.open, [Stripe { x: "75.00%".to_owned(), width: "25.00%".to_owned() }]);
        assert_eq!((plot.marks.len(), plot.marks[0].x.as_str()), (1, "37.50%"));
        assert_eq!((plot.left.as_str(), plot.right.as_str(), plot.count), ("0.1250", "0.8750", 4));
    }

    #[test]
    fn bars_stand_on_each_other_and_on_zero() {
        let pieces = pieces(2);
        let series = [
            line(1, vec![Some(6.0), Some(-2.0)]),
            line(2, vec![Some(4.0), None]),
            line(3, vec![Some(0.0), Some(3.0)]),
        ];
        let plot = Plot::of_bars(canvas(&pieces), &series).unwrap();
        let labels: Vec<_> = plot.rows.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(labels, ["−5", "0", "5", "10"]);
        assert_eq!(plot.rows.iter().filter(|row| row.is_zero).count(), 1);
        assert_eq!(plot.strokes[0].path, "M6 81h38v92h-38zM56 173h38v31h-38z");
        assert_eq!(plot.strokes[1].path, "M6 20h38v61h-38z");
        assert_eq!(plot.strokes[2].path, "M56 127h38v46h-38z");
        assert!(plot.is_banded);
    }

    #[test]
    fn nothing_to_draw_is_no_plot() {
        let pieces = pieces(1);
        assert!(Plot::of_lines(canvas(&pieces), &[line(1, vec![None])]).is_none());
        assert!(Plot::of_bars(canvas(&pieces), &[line(1, vec![None])]).is_none());
    }

    #[test]
    fn days_are_named_at_equal_steps_and_at_both_ends() {
        for (count, wanted) in [
            (1, vec!["1 Nov"]),
            (2, vec!["1 Nov", "2 Nov"]),
            (31, vec!["1 Nov", "7 Nov", "13 Nov", "19 Nov", "25 Nov", "31 Nov"]),
            (29, vec!["1 Nov", "8 Nov", "15 Nov", "22 Nov", "29 Nov"]),
        ] {
            let labels: Vec<_> = columns(&pieces(count)).into_iter().map(|tick| tick.label).collect();
            assert_eq!(labels, wanted, "{count}");
        }
    }

    #[test]
    fn axes_name_their_unit() {
        assert_eq!(percent_axis(0.015), "1.5%");
        assert_eq!(percent_axis(0.07), "7%");
        assert_eq!(multiple_axis(2.5), "2.5×");
    }
}
