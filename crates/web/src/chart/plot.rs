//! Lines over days. The drawing is stretched to the width of the page; its labels are text and are not.

use askama::Template;
use askama::filters::HtmlSafe;
use domain::Period;
use jiff::civil::Date;

use super::scale::Scale;
use crate::format;

/// Width and height of the stretched drawing's coordinates.
const SIZE: f64 = 1000.0;
/// Part of the height that is above the labels of the days.
const PLOT_PERCENT: f64 = 88.0;
/// Room above the topmost tick, in percent of the height.
const TOP_PERCENT: f64 = 7.0;
/// More days than this have no tips of their own.
const MOST_TIPS: i32 = 100;

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A line with its area below.
    Area,
    /// A line.
    Line,
    /// A faint line, for what is compared.
    Behind,
}

/// One line of a chart: a figure for each day of the period, or none.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) label: String,
    /// Which of the series colours, from 0.
    pub(crate) colour: u8,
    pub(crate) shape: Shape,
    pub(crate) points: Vec<Option<f64>>,
}

/// A label on an axis, placed in percent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    pub(crate) place: String,
    pub(crate) label: String,
    pub(crate) anchor: &'static str,
}

/// A line as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stroke {
    pub(crate) class: String,
    pub(crate) path: String,
    pub(crate) area: String,
    pub(crate) label: String,
}

/// A stripe over one day: in percent where it is hatched, else in the stretched drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stripe {
    pub(crate) x: String,
    pub(crate) width: String,
    pub(crate) tip: String,
}

/// A chart, ready to be written down.
#[derive(Debug, Clone, Template)]
#[template(path = "plot.html")]
pub(crate) struct Plot {
    pub(crate) title: String,
    pub(crate) rows: Vec<Tick>,
    pub(crate) columns: Vec<Tick>,
    pub(crate) strokes: Vec<Stroke>,
    pub(crate) provisional: Vec<Stripe>,
    pub(crate) days: Vec<Stripe>,
}

impl HtmlSafe for Plot {}

impl Plot {
    /// A chart of `lines` over the days of `period`; `tips` says a day's figures in words. Nothing if there is no figure.
    pub(crate) fn of(
        title: impl Into<String>,
        period: Period,
        lines: &[Line],
        provisional: &[Date],
        tips: impl Fn(Date) -> String,
    ) -> Option<Self> {
        let figures = || lines.iter().flat_map(|line| line.points.iter().flatten().copied());
        let most = figures().reduce(f64::max)?;
        let scale = Scale::over(figures().reduce(f64::min)?, most, 4);
        let days: Vec<Date> = period.days().collect();
        let slot = SIZE / days.len() as f64;
        let stripe = |n: usize, tip: String| Stripe {
            x: format!("{:.1}", slot * n as f64),
            width: format!("{:.1}", slot.max(0.5)),
            tip,
        };
        let is_provisional = |day: &Date| provisional.contains(day);
        let numbered = || days.iter().enumerate();
        Some(Self {
            title: title.into(),
            rows: scale.ticks.iter().map(|tick| row(&scale, *tick)).collect(),
            columns: columns(&days),
            strokes: lines.iter().map(|line| stroke(line, &scale, slot)).collect(),
            provisional: numbered()
                .filter(|(_, day)| is_provisional(day))
                .map(|(n, _)| Stripe {
                    x: format!("{:.2}%", slot * n as f64 / SIZE * 100.0),
                    width: format!("{:.2}%", slot / SIZE * 100.0),
                    tip: String::new(),
                })
                .collect(),
            days: numbered()
                .filter(|_| period.len() <= MOST_TIPS)
                .map(|(n, day)| {
                    let note = if is_provisional(day) { "\nprovisional: the day was not over" } else { "" };
                    stripe(n, format!("{}{note}", tips(*day)))
                })
                .collect(),
        })
    }
}

fn row(scale: &Scale, tick: f64) -> Tick {
    let place = TOP_PERCENT + (1.0 - scale.place(tick)) * (PLOT_PERCENT - TOP_PERCENT);
    Tick { place: format!("{place:.1}%"), label: format::axis(tick), anchor: "start" }
}

/// The first and the last day, and up to four between at equal distances.
fn columns(days: &[Date]) -> Vec<Tick> {
    let last = days.len() - 1;
    let steps = last.min(5);
    let spans_years = days[0].year() != days[last].year();
    (0..=steps)
        .map(|n| {
            let at = (n * last).checked_div(steps).unwrap_or(0);
            let place = (at as f64 + 0.5) / days.len() as f64 * 100.0;
            let anchor = if steps > 0 && n == 0 {
                "start"
            } else if steps > 0 && n == steps {
                "end"
            } else {
                "middle"
            };
            let place = match anchor {
                "start" => 0.0,
                "end" => 100.0,
                _ => place,
            };
            let label = if spans_years {
                days[at].strftime("%-d %b %y").to_string()
            } else {
                format::day_short(days[at])
            };
            Tick { place: format!("{place:.1}%"), label, anchor }
        })
        .collect()
}

/// A line in the stretched drawing: each day in the middle of its slot, a new start after each gap.
fn stroke(line: &Line, scale: &Scale, slot: f64) -> Stroke {
    let top = SIZE * TOP_PERCENT / PLOT_PERCENT;
    let height = |figure: f64| top + (1.0 - scale.place(figure)) * (SIZE - top);
    let zero = height(0.0);
    let (mut path, mut area) = (String::new(), String::new());
    let mut last = None;
    for (n, point) in line.points.iter().enumerate() {
        let Some(figure) = point else {
            close(&mut area, last.take(), zero);
            continue;
        };
        let (x, y) = (slot * (n as f64 + 0.5), height(*figure));
        // A day between two gaps is a dot: a line of no length with a round end.
        match last {
            Some(_) => {
                path += &format!("L{x:.1} {y:.0}");
                area += &format!("L{x:.1} {y:.0}");
            }
            None => {
                path += &format!("M{x:.1} {y:.0}h0");
                area += &format!("M{x:.1} {zero:.0}L{x:.1} {y:.0}");
            }
        }
        last = Some(x);
    }
    close(&mut area, last, zero);
    let shape = match line.shape {
        Shape::Area | Shape::Line => "line",
        Shape::Behind => "line behind",
    };
    let area = if line.shape == Shape::Area { area } else { String::new() };
    Stroke { class: format!("{shape} s{}", line.colour), path, area, label: line.label.clone() }
}

fn close(area: &mut String, last: Option<f64>, zero: f64) {
    if let Some(x) = last {
        *area += &format!("L{x:.1} {zero:.0}Z");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_plot_has_gaps_round_ticks_and_marks_provisional_days() {
        let period = Period::new(date(2026, 11, 1), date(2026, 11, 4)).unwrap();
        let points = vec![Some(0.0), Some(10.0), None, Some(5.0)];
        let line = Line { label: "Spend".to_owned(), colour: 0, shape: Shape::Area, points };
        let plot = Plot::of("Spend", period, &[line], &[date(2026, 11, 4)], |day| day.to_string()).unwrap();
        assert_eq!(plot.strokes[0].path, "M125.0 1000h0L375.0 80M875.0 540h0");
        assert_eq!(plot.strokes[0].area.matches('Z').count(), 2);
        let labels: Vec<_> = plot.rows.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(labels, ["0", "2.5", "5", "7.5", "10"]);
        assert_eq!((plot.rows[0].place.as_str(), plot.rows[4].place.as_str()), ("88.0%", "7.0%"));
        assert_eq!(plot.columns.len(), 4);
        assert_eq!((plot.provisional.len(), plot.provisional[0].x.as_str()), (1, "75.00%"));
        assert!(plot.days[3].tip.contains("provisional"));
    }

    #[test]
    fn nothing_to_draw_is_no_plot() {
        let period = Period::new(date(2026, 11, 1), date(2026, 11, 1)).unwrap();
        let empty = Line { label: String::new(), colour: 0, shape: Shape::Line, points: vec![None] };
        assert!(Plot::of("", period, &[empty], &[], |_| String::new()).is_none());
    }
}
