//! A table of figures: what each row is, its metrics, and all rows added up.

use askama::Template;
use askama::filters::HtmlSafe;
use domain::{Currency, Metric, Period, Unit, Value};
use insight::{Figures, Sort, SortBy};

use super::figure::{Delta, Figure};
use crate::chart::Spark;
use crate::format;
use crate::link::Link;

/// A table of figures.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "table.html")]
pub(super) struct Table {
    /// What it shows, for those who do not see it.
    pub(super) caption: String,
    /// Columns that say what a row is.
    pub(super) names: Vec<Head>,
    /// Columns that say how much.
    pub(super) heads: Vec<Head>,
    /// The head of the column with each row's course; empty if there is none.
    pub(super) course: &'static str,
    pub(super) rows: Vec<Row>,
    pub(super) totals: Option<Row>,
    /// What stands in place of rows if there are none.
    pub(super) nothing: &'static str,
}

impl HtmlSafe for Table {}

/// The head of a column.
#[derive(Debug, Clone, Default)]
pub(super) struct Head {
    pub(super) label: String,
    /// The currency, if all rows share it.
    pub(super) unit: String,
    pub(super) meaning: String,
    /// The series of a chart that the column holds, as a class; empty for none.
    pub(super) class: &'static str,
    /// Where it is sorted by this column.
    pub(super) href: Option<String>,
    /// `ascending` or `descending` if it is sorted by this column.
    pub(super) sorted: Option<&'static str>,
}

/// A row.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pub(super) names: Vec<Name>,
    /// The days it stands for, if it is a point of a chart.
    pub(super) days: Option<Period>,
    /// Its course, if it has one to draw.
    pub(super) course: Option<Spark>,
    pub(super) cells: Vec<Cell>,
}

/// What a row is.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "name.html")]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) href: Option<String>,
    /// The sign of its platform; empty for none.
    pub(super) mark: &'static str,
    /// Its state in words, and whether it delivers; empty for none.
    pub(super) state: String,
    pub(super) is_on: bool,
    /// What else is known of it, in small.
    pub(super) about: String,
    /// The labels of its plan.
    pub(super) labels: Vec<String>,
    /// The number under which it can be chosen for editing, if it can.
    pub(super) choice: Option<u32>,
}

/// A figure in a row.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) figure: Figure,
    pub(super) delta: Option<Delta>,
    /// Length of its bar in percent; empty for none.
    pub(super) bar: String,
    /// The target that its campaign's plan sets, and whether it is met.
    pub(super) goal: Option<Delta>,
}

impl HtmlSafe for Name {}

impl Table {
    /// Whether its rows can be chosen for editing.
    fn can_be_chosen(&self) -> bool {
        self.rows.iter().flat_map(|row| &row.names).any(|name| name.choice.is_some())
    }

    /// The days that a row says: none where it stands for the day after the row before, as scripts see by themselves.
    fn days_to_say(&self, at: &usize) -> Option<Period> {
        let at = *at;
        let day = |at: usize| self.rows.get(at)?.days.filter(|days| days.len() == 1).map(Period::from);
        let before = at.checked_sub(1).and_then(day).and_then(|day| day.tomorrow().ok());
        let follows = before.is_some() && before == day(at);
        self.rows.get(at)?.days.filter(|_| !follows)
    }

    /// How many columns it has.
    fn width(&self) -> usize {
        self.names.len() + self.heads.len() + usize::from(!self.course.is_empty())
    }
}

impl Name {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

impl Cell {
    /// A figure and nothing else.
    pub(super) fn of(figure: Figure) -> Self {
        Self { figure, delta: None, bar: String::new(), goal: None }
    }
}

impl Head {
    pub(super) fn text(label: &str) -> Self {
        Self { label: label.to_owned(), ..Self::default() }
    }
}

/// How the metrics of a table are shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Metrics<'a> {
    pub(super) metrics: &'a [Metric],
    /// Whether changes are shown.
    pub(super) with_change: bool,
    /// The currency of all rows; `None` if they differ and each names its own.
    currency: Option<Currency>,
}

impl<'a> Metrics<'a> {
    /// Metrics of rows with these figures.
    pub(super) fn over<'f>(
        metrics: &'a [Metric],
        with_change: bool,
        figures: impl IntoIterator<Item = &'f Figures>,
    ) -> Self {
        let mut currencies = figures.into_iter().filter_map(|figures| figures.currency);
        let first = currencies.next();
        let currency = first.filter(|first| currencies.all(|currency| currency == *first));
        Self { metrics, with_change, currency }
    }

    /// The heads, without a way to sort.
    pub(super) fn heads(&self) -> Vec<Head> {
        let unit =
            |metric: Metric| self.currency.filter(|_| metric.unit() == Unit::Money).map(format::currency);
        let head = |metric: &Metric| Head {
            label: metric.label().to_owned(),
            unit: unit(*metric).unwrap_or_default(),
            meaning: metric.meaning().to_owned(),
            ..Head::default()
        };
        self.metrics.iter().map(head).collect()
    }

    /// The heads, each a link that sorts by its column.
    pub(super) fn sorting_heads(&self, link: &Link, sort: Option<Sort>) -> Vec<Head> {
        let mut heads = self.heads();
        for (head, metric) in heads.iter_mut().zip(self.metrics) {
            sorting(head, link, SortBy::Metric(*metric), sort, true);
        }
        heads
    }

    /// The cells of a row.
    pub(super) fn cells(&self, figures: &Figures) -> Vec<Cell> {
        let cell = |metric: &Metric| Cell {
            figure: Figure::full(*metric, figures, self.currency.is_none()),
            delta: Delta::of(*metric, figures)
                .or_else(|| Delta::gone(*metric, figures))
                .filter(|_| self.with_change),
            bar: String::new(),
            goal: None,
        };
        self.metrics.iter().map(cell).collect()
    }
}

impl Metrics<'_> {
    /// A cell with a figure of a chart, in the unit of its axis.
    pub(super) fn plain(metric: Metric, figure: Option<f64>, currency: Option<Currency>) -> Cell {
        let value = figure.map(|figure| match metric.unit() {
            Unit::Money | Unit::Decimal => Value::Integer((figure * 1e6).round() as i64),
            Unit::Count => Value::Integer(figure.round() as i64),
            Unit::Percent | Unit::Multiple => Value::Ratio(figure),
        });
        let text = value.map(|value| format::exact(metric, value, currency));
        Cell::of(Figure::plain(text, "", "Not known"))
    }
}

/// Makes a head a link that sorts by its column, the other way round if it is sorted by it already.
pub(super) fn sorting(head: &mut Head, link: &Link, by: SortBy, sort: Option<Sort>, largest_first: bool) {
    let current = sort.filter(|sort| sort.by == by);
    let descending = current.map_or(largest_first, |sort| !sort.descending);
    head.sorted = current.map(|sort| if sort.descending { "descending" } else { "ascending" });
    let wanted = Sort { by, descending }.to_string();
    head.href = Some(link.clone().without(&["after"]).with("sort", wanted).to_string());
}

/// Gives one column of a table bars, as long as its figures are large among those of one currency.
pub(super) fn put_bars(rows: &mut [Row], column: usize, metric: Metric, figures: &[&Figures]) {
    let lead = figures.first().and_then(|figures| figures.currency);
    let size = |figures: &Figures| {
        let value =
            figures.value(metric).filter(|_| metric.unit() != Unit::Money || figures.currency == lead)?;
        Some(value.approximate().max(0.0))
    };
    let most = figures.iter().filter_map(|figures| size(figures)).fold(0.0, f64::max);
    for (row, figures) in rows.iter_mut().zip(figures) {
        if let (Some(cell), Some(size)) = (row.cells.get_mut(column), size(figures).filter(|_| most > 0.0)) {
            cell.bar = format!("{:.1}", size / most * 100.0);
        }
    }
}
