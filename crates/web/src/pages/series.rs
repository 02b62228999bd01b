//! Figures over time: the chart of spend and revenue with the table behind it, and the small courses in tiles.

use std::collections::BTreeMap;

use domain::{Additive, Currency, Formula, Grain, Metric, Period, Sums, Value};
use insight::answer::{AnswerRow, DayKnown, KeyValue};
use insight::{Figures, Freshness};
use jiff::civil::Date;

use super::arrivals::Arrival;
use super::charted::Charted;
use super::slots::{Slot, grain_for, slots};
use super::table::{Head, Metrics, Name, Row, Table};
use crate::chart::{Canvas, Line, Piece, Plot, Shape, Spark, plain_axis, spark};
use crate::format;
use crate::questions::notes::Shown;

/// Most points of a small course.
const MOST_POINTS: usize = 46;
/// Letters of a note that are told at a chart.
const MOST_LETTERS: usize = 160;
/// The metrics of the table behind the chart, with the colour of those that are drawn.
const LISTED: [(Metric, &str); 4] =
    [(Metric::Spend, "s1"), (Metric::Revenue, "s2"), (Metric::Roas, ""), (Metric::Conversions, "")];
/// Those whose compared figures are drawn too.
const COMPARED: [(Metric, &str); 2] = [(Metric::Spend, "s1 ghost"), (Metric::Revenue, "s2 ghost")];

/// Figures over the pieces of a period.
pub(super) struct Series {
    grain: Grain,
    currency: Option<Currency>,
    slots: Vec<Slot>,
    figures: Vec<Figures>,
    marks: Vec<(String, bool)>,
    /// What was written of each piece.
    notes: Vec<String>,
}

impl Series {
    /// The rows of an answer that is cut by day; `currency` is that of its totals.
    pub(super) fn of(
        period: Period,
        currency: Option<Currency>,
        rows: &[AnswerRow],
        days_known: &[DayKnown],
        freshness: &[Freshness],
    ) -> Self {
        let grain = grain_for(period);
        let mut days: BTreeMap<Date, Vec<&Figures>> = BTreeMap::new();
        for row in rows {
            // A day's money in another currency has no place on this scale.
            let fits = row.figures.currency.is_none() || row.figures.currency == currency;
            if let (Some(KeyValue::Day(day)), true) = (row.keys.first(), fits) {
                days.entry(grain.start(*day)).or_default().push(&row.figures);
            }
        }
        let slots = slots(period, grain, days_known, freshness);
        let nothing = none_of(&added(&days.values().flatten().copied().collect::<Vec<_>>(), currency).sums);
        let figures = slots.iter().map(|slot| {
            let told = days.get(&slot.first).map(Vec::as_slice).unwrap_or_default();
            let sum = added(told, currency);
            match sum.sums == Sums::NONE && sum.lead == Sums::NONE && slot.is_told {
                true => Figures { sums: nothing, lead: nothing, ..sum },
                false => sum,
            }
        });
        let (marks, notes) = (vec![(String::new(), false); slots.len()], vec![String::new(); slots.len()]);
        Self { grain, currency, figures: figures.collect(), slots, marks, notes }
    }

    /// The same with the imports marked that were taken in these days.
    #[must_use]
    pub(super) fn marked<'a>(mut self, arrivals: impl Iterator<Item = &'a Arrival>) -> Self {
        let mut by_slot: BTreeMap<usize, Vec<&Arrival>> = BTreeMap::new();
        for arrival in arrivals {
            let first = self.grain.start(arrival.captured_on);
            if let Some(n) = self.slots.iter().position(|slot| slot.first == first) {
                by_slot.entry(n).or_default().push(arrival);
            }
        }
        for (n, arrivals) in by_slot {
            self.marks[n] = (Arrival::told_together(&arrivals), arrivals.iter().any(|one| one.replaced > 0));
        }
        self
    }

    /// The same with what was written of these days; of several days at the first that is shown.
    #[must_use]
    pub(super) fn annotated(mut self, notes: &[Shown]) -> Self {
        for Shown { note, campaign, .. } in notes {
            let Some(days) = note.days else { continue };
            let first = self.slots.iter().position(|slot| slot.days.overlap(days).is_some());
            let Some(told) = first.and_then(|n| self.notes.get_mut(n)) else { continue };
            let about = campaign.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
            if !told.is_empty() {
                told.push_str("; ");
            }
            told.push_str(&format!("{about}{}", format::beginning(&note.text, MOST_LETTERS)));
        }
        self
    }

    /// Spend and revenue over the days, with the compared days behind, and the table of it.
    pub(super) fn chart(&self, with_compared: bool) -> Option<Charted> {
        let now = |metric: Metric| self.points(|figures| figures.value(metric));
        let before = |metric: Metric| self.points(|figures| figures.compared(metric));
        let line =
            |label: &str, colour, shape, points| Line { label: label.to_owned(), colour, shape, points };
        let mut lines = Vec::new();
        if with_compared {
            lines.push(line("Revenue before", 2, Shape::Ghost, before(Metric::Revenue)));
            lines.push(line("Spend before", 1, Shape::Ghost, before(Metric::Spend)));
        }
        lines.push(line("Revenue", 2, Shape::Line, now(Metric::Revenue)));
        lines.push(line("Spend", 1, Shape::Area, now(Metric::Spend)));
        lines.retain(|line| line.points.iter().any(Option::is_some));
        let unit = self.currency.map(|currency| format!("{} ", format::currency(currency)));
        let title = format!("{}by {}", unit.unwrap_or_default(), self.grain.key());
        let piece = |((slot, (mark, is_restated)), note): ((&Slot, &(String, bool)), &String)| Piece {
            mark: mark.clone(),
            is_restated: *is_restated,
            note: note.clone(),
            ..slot.piece()
        };
        let pieces: Vec<Piece> = self.slots.iter().zip(&self.marks).zip(&self.notes).map(piece).collect();
        let plot = Plot::of_lines(Canvas { title: &title, pieces: &pieces, axis: plain_axis }, &lines)?;
        Some(Charted { plot, table: self.table(with_compared) })
    }

    fn table(&self, with_compared: bool) -> Table {
        let metrics = LISTED.map(|(metric, _)| metric);
        let figures = || self.figures.iter().filter(|figures| figures.sums != Sums::NONE);
        let shown = Metrics::over(&metrics, false, figures());
        let mut heads = shown.heads();
        for (head, (_, class)) in heads.iter_mut().zip(LISTED) {
            head.class = class;
        }
        let before = COMPARED.map(|(metric, _)| metric);
        let shown_before = Metrics::over(&before, false, figures());
        if with_compared {
            heads.extend(shown_before.heads().into_iter().zip(COMPARED).map(|(head, (_, class))| Head {
                label: format!("{} before", head.label),
                class,
                ..head
            }));
        }
        let told = self.slots.iter().zip(&self.figures).zip(self.marks.iter().zip(&self.notes));
        let rows = told.map(|((slot, figures), ((mark, _), note))| {
            let notes = [slot.note(), mark.clone(), note.clone()];
            let about = notes.into_iter().filter(|note| !note.is_empty()).collect::<Vec<_>>().join(", ");
            let mut cells = shown.cells(figures);
            if with_compared {
                cells.extend(shown_before.cells(&figures.before()));
            }
            Row {
                names: vec![Name { text: slot.label.clone(), about, ..Name::default() }],
                cells,
                days: Some(slot.days),
                course: None,
            }
        });
        Table {
            caption: "The figures of the chart".to_owned(),
            names: vec![Head::text(insight::Dimension::Time(self.grain).label())],
            heads,
            rows: rows.collect(),
            ..Table::default()
        }
    }

    /// The course of a metric.
    pub(super) fn spark(&self, metric: Metric) -> Option<Spark> {
        let per_point = self.figures.len().div_ceil(MOST_POINTS).max(1);
        let figures: Vec<&Figures> = self.figures.iter().collect();
        let value = |piece: &[&Figures]| added(piece, self.currency).value(metric).map(Value::approximate);
        spark(&figures.chunks(per_point).map(value).collect::<Vec<_>>())
    }

    fn points(&self, value: impl Fn(&Figures) -> Option<Value>) -> Vec<Option<f64>> {
        let main = |figures| value(figures).map(|value| value.approximate() / 1e6);
        self.figures.iter().map(main).collect()
    }
}

/// Zero of everything that these sums tell: the figures of a day of which all is known and nothing was told.
fn none_of(sums: &Sums) -> Sums {
    let mut none = Sums::NONE;
    for what in Additive::ALL {
        *none.get_mut(what) = sums.get(what).map(|_| 0);
    }
    none
}

/// Whether a metric is a reported sum: only such figures may stand on each other.
pub(super) fn is_sum(metric: Metric) -> bool {
    matches!(metric.formula(), Formula::Sum(_))
}

/// Figures of one currency added up.
pub(super) fn added(parts: &[&Figures], currency: Option<Currency>) -> Figures {
    let add = |one: Sums, other: &Sums| one.checked_add(other).unwrap_or(one);
    let add_compared = |one: Option<Sums>, other: Option<Sums>| match (one, other) {
        (Some(one), Some(other)) => Some(add(one, &other)),
        (one, other) => one.or(other),
    };
    let nothing = Figures { currency, ..Figures::default() };
    parts.iter().fold(nothing, |sum, figures| Figures {
        sums: add(sum.sums, &figures.sums),
        lead: add(sum.lead, &figures.lead),
        compared_sums: add_compared(sum.compared_sums, figures.compared_sums),
        compared_lead: add_compared(sum.compared_lead, figures.compared_lead),
        ..sum
    })
}
