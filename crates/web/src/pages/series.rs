//! Figures by day: the chart of spend and revenue, the table behind it, and the small courses in tiles.

use std::collections::BTreeMap;

use domain::{Currency, Metric, Period, Sums, Value};
use insight::answer::{AnswerRow, KeyValue};
use insight::{Figures, Freshness};
use jiff::civil::Date;

use super::table::{Head, Metrics, Name, Row, Table};
use crate::chart::{Line, Plot, Shape, spark};
use crate::format;

/// Most points of a small course.
const MOST_POINTS: usize = 46;
/// More days than this are not listed one by one.
const MOST_DAYS: i32 = 100;
/// The metrics of the table behind the chart.
const LISTED: [Metric; 4] = [Metric::Spend, Metric::Revenue, Metric::Roas, Metric::Conversions];

/// Figures by day.
pub(super) struct Series<'a> {
    period: Period,
    currency: Option<Currency>,
    days: BTreeMap<Date, &'a Figures>,
    provisional: Vec<Date>,
}

impl<'a> Series<'a> {
    /// The rows of an answer that is cut by day; `currency` is that of its totals.
    pub(super) fn of(
        period: Period,
        currency: Option<Currency>,
        rows: &'a [AnswerRow],
        freshness: &[Freshness],
    ) -> Self {
        let day = |row: &'a AnswerRow| match row.keys.first() {
            Some(KeyValue::Day(day)) => Some((*day, &row.figures)),
            _ => None,
        };
        let mut provisional: Vec<Date> =
            freshness.iter().flat_map(|fresh| fresh.provisional.iter().copied()).collect();
        provisional.sort_unstable();
        provisional.dedup();
        Self { period, currency, days: rows.iter().filter_map(day).collect(), provisional }
    }

    /// Spend and revenue over the days, with the compared days behind.
    pub(super) fn chart(&self, with_compared: bool) -> Option<Plot> {
        let now = |metric: Metric| self.points(|figures| figures.value(metric));
        let before = |metric: Metric| self.points(|figures| figures.compared(metric));
        let line =
            |label: &str, colour, shape, points| Line { label: label.to_owned(), colour, shape, points };
        let mut lines = Vec::new();
        if with_compared {
            lines.push(line("Revenue before", 1, Shape::Behind, before(Metric::Revenue)));
            lines.push(line("Spend before", 0, Shape::Behind, before(Metric::Spend)));
        }
        lines.push(line("Revenue", 1, Shape::Line, now(Metric::Revenue)));
        lines.push(line("Spend", 0, Shape::Area, now(Metric::Spend)));
        lines.retain(|line| line.points.iter().any(Option::is_some));
        let unit =
            self.currency.map(|currency| format!(", {}", format::currency(currency))).unwrap_or_default();
        let title = format!("By day{unit}");
        Plot::of(title, self.period, &lines, &self.provisional, |day| self.tip(day))
    }

    /// The days one by one, if there are not too many.
    pub(super) fn table(&self, with_change: bool) -> Option<Table> {
        if self.period.len() > MOST_DAYS || self.days.is_empty() {
            return None;
        }
        let shown = Metrics::over(&LISTED, with_change, self.days.values().copied());
        let nothing = Figures { currency: self.currency, ..Figures::default() };
        let row = |day: Date| {
            let figures = self.days.get(&day).copied();
            let about = match (figures, self.provisional.contains(&day)) {
                (None, _) => "no figures",
                (_, true) => "provisional",
                _ => "",
            };
            let name = Name { text: format::day(day), href: None, about: about.to_owned() };
            Row { names: vec![name], cells: shown.cells(figures.unwrap_or(&nothing)) }
        };
        Some(Table {
            caption: "Figures by day".to_owned(),
            names: vec![Head::text("Day")],
            heads: shown.heads(),
            rows: self.period.days().map(row).collect(),
            totals: None,
        })
    }

    /// The course of a metric as a path.
    pub(super) fn spark(&self, metric: Metric) -> String {
        let days: Vec<Option<&Figures>> = self.period.days().map(|day| self.at(day)).collect();
        let per_point = days.len().div_ceil(MOST_POINTS).max(1);
        let points: Vec<Option<f64>> =
            days.chunks(per_point).map(|piece| added(piece).value(metric).map(Value::approximate)).collect();
        spark(&points)
    }

    fn points(&self, value: impl Fn(&Figures) -> Option<Value>) -> Vec<Option<f64>> {
        let main = |figures| value(figures).map(|value| value.approximate() / 1e6);
        self.period.days().map(|day| self.at(day).and_then(main)).collect()
    }

    /// A day's figures, if they are of the same currency as the whole.
    fn at(&self, day: Date) -> Option<&'a Figures> {
        let figures = self.days.get(&day).copied()?;
        (figures.currency.is_none() || figures.currency == self.currency).then_some(figures)
    }

    fn tip(&self, day: Date) -> String {
        let Some(figures) = self.at(day) else { return format!("{}\nno figures", format::day(day)) };
        let unit = self.currency.map(format::currency).unwrap_or_default();
        let told = |metric: Metric| {
            let value = figures.value(metric).map(|value| format::exact(metric, value, self.currency));
            let before = figures.compared(metric).map(|value| format::exact(metric, value, self.currency));
            match (value, before) {
                (None, _) => format!("\n{}: not reported", metric.label()),
                (Some(value), None) => format!("\n{}: {value} {unit}", metric.label()),
                (Some(value), Some(before)) => {
                    format!("\n{}: {value} {unit} (before: {before})", metric.label())
                }
            }
        };
        format!("{}{}{}", format::day(day), told(Metric::Spend), told(Metric::Revenue))
    }
}

/// Days added up.
fn added(days: &[Option<&Figures>]) -> Figures {
    let add = |one: Sums, other: &Sums| one.checked_add(other).unwrap_or(one);
    days.iter().flatten().fold(Figures::default(), |sum, figures| Figures {
        sums: add(sum.sums, &figures.sums),
        lead: add(sum.lead, &figures.lead),
        ..sum
    })
}
