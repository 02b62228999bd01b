//! A question: which metrics, cut by what, of which days, filtered, compared, sorted, paged, and as of when.

pub(crate) mod ask;
mod dimension;
pub(crate) mod shape;

use domain::{Comparison, Level, Metric, Period};
use jiff::Timestamp;

pub use dimension::Dimension;

use crate::InsightError;
use crate::filter::Filter;

/// Most rows that one answer holds.
pub const MOST_ROWS: u32 = 10_000;

/// A question about a workspace's figures. What can be asked is closed: each part is one of the registry's.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// What to show, in this order; at least one.
    pub metrics: Vec<Metric>,
    /// What to cut by, in this order; at most three. Without any the answer is one row.
    pub dimensions: Vec<Dimension>,
    /// The level whose figures to take. Without one: the level that tells most of each campaign and day, or, if a dimension
    /// is finer than a campaign, the level of that dimension.
    pub level: Option<Level>,
    /// Which rows count.
    pub filter: Filter,
    /// Which days count.
    pub period: Period,
    /// What to compare with.
    pub compare: Option<Comparison>,
    /// Order of the rows; without one: time first, else by the first metric from the largest.
    pub sort: Option<Sort>,
    /// At most so many rows, up to [`MOST_ROWS`].
    pub limit: u32,
    /// Only rows behind this cursor, as the answer before gave it.
    pub after: Option<String>,
    /// What was believed at this time, by capture. Without one: what is believed now.
    pub as_of: Option<Timestamp>,
}

/// By what rows are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    /// A metric. Rows without a value stand last either way.
    Metric(Metric),
    /// A dimension of the query.
    Dimension(Dimension),
}

/// An order of rows. Written `spend`, `-spend` (from the largest), `campaign`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// From the largest.
    pub descending: bool,
}

impl Sort {
    /// From the largest.
    pub fn descending(metric: Metric) -> Self {
        Self { by: SortBy::Metric(metric), descending: true }
    }
}

impl std::str::FromStr for Sort {
    type Err = domain::UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (descending, word) = match text.strip_prefix('-') {
            Some(word) => (true, word),
            None => (false, text),
        };
        let by = match word.parse::<Metric>() {
            Ok(metric) => SortBy::Metric(metric),
            Err(_) => SortBy::Dimension(word.parse().map_err(|_: domain::UnknownWord| {
                let known =
                    Metric::ALL.map(Metric::key).into_iter().chain(Dimension::ALL.map(Dimension::key));
                domain::UnknownWord::new("sort", word, known)
            })?),
        };
        Ok(Self { by, descending })
    }
}

impl std::fmt::Display for Sort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.descending { "-" } else { "" };
        match self.by {
            SortBy::Metric(metric) => write!(f, "{sign}{}", metric.key()),
            SortBy::Dimension(dimension) => write!(f, "{sign}{}", dimension.key()),
        }
    }
}

impl Query {
    /// All figures of a period, uncut: to be shaped further.
    pub fn new(period: Period, metrics: impl Into<Vec<Metric>>) -> Self {
        Self {
            metrics: metrics.into(),
            dimensions: Vec::new(),
            level: None,
            filter: Filter::All,
            period,
            compare: None,
            sort: None,
            limit: MOST_ROWS,
            after: None,
            as_of: None,
        }
    }

    /// The same, cut by `dimensions`.
    #[must_use]
    pub fn by(mut self, dimensions: impl Into<Vec<Dimension>>) -> Self {
        self.dimensions = dimensions.into();
        self
    }

    /// The level whose figures are read; `None` for the roll-up of campaigns.
    pub fn reads(&self) -> Option<Level> {
        let finest = self.dimensions.iter().filter_map(|dimension| dimension.needs()).max();
        let filtered = self.filter.dimensions().into_iter().filter_map(Dimension::needs).max();
        self.level.or(finest.max(filtered))
    }

    /// Whether it can be asked at all.
    ///
    /// # Errors
    /// Names the part that is wrong and what would be right.
    pub fn check(&self) -> Result<(), InsightError> {
        if self.metrics.is_empty() {
            return Err(InsightError::wrong("metrics", "name at least one metric, for example spend"));
        }
        if self.dimensions.len() > 3 {
            return Err(InsightError::wrong("by", "cut by at most three dimensions"));
        }
        for (n, dimension) in self.dimensions.iter().enumerate() {
            if self.dimensions[..n].contains(dimension) {
                return Err(InsightError::wrong("by", format!("'{}' stands twice", dimension.key())));
            }
        }
        if self.limit == 0 || self.limit > MOST_ROWS {
            return Err(InsightError::wrong("limit", format!("use 1 to {MOST_ROWS}")));
        }
        if let Some(Sort { by: SortBy::Dimension(dimension), .. }) = self.sort
            && !self.dimensions.contains(&dimension)
        {
            return Err(InsightError::wrong(
                "sort",
                format!(
                    "the answer is not cut by '{}'; sort by a metric or by one of its dimensions",
                    dimension.key()
                ),
            ));
        }
        let level = self.reads();
        let used = self.dimensions.iter().copied().chain(self.filter.dimensions());
        for dimension in used {
            if let (Some(level), Some(needs)) = (level, dimension.needs_at_least())
                && !dimension.exists_at(level)
            {
                return Err(InsightError::wrong(
                    "level",
                    format!(
                        "figures at level {level} are not known by {}; use level {needs}",
                        dimension.key()
                    ),
                ));
            }
        }
        Ok(())
    }
}
