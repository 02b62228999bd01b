//! The columns, and how they are read.

use std::collections::HashMap;

use domain::{Additive, Level, Period};
use duckdb::Connection;
use duckdb::arrow::array::{Array, Date32Array, Int64Array, RecordBatch, UInt32Array};
use jiff::civil::Date;
use store::WorkspaceId;
use store::facts::{AccountId, EntityId};

use crate::InsightError;
use crate::query::Query;

/// What columns are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The roll-up by account.
    Accounts,
    /// The roll-up by campaign.
    Campaigns,
    /// A level below campaigns, as it is believed.
    Level(Level),
}

impl Source {
    /// The rows of a workspace.
    fn of(self, workspace: WorkspaceId) -> String {
        match self {
            Self::Accounts => format!("account_day WHERE workspace = {workspace}"),
            Self::Campaigns => format!("campaign_day WHERE workspace = {workspace}"),
            Self::Level(level) => {
                format!("delivery WHERE workspace = {workspace} AND level = {}", level.number())
            }
        }
    }

    /// The column of what a row is about.
    fn subject(self) -> &'static str {
        match self {
            Self::Accounts | Self::Campaigns => "campaign",
            Self::Level(_) => "entity",
        }
    }

    /// Most days that are held: a campaign is looked into for a month and the one before, and each day below costs many rows.
    fn most_days(self) -> usize {
        match self {
            Self::Accounts | Self::Campaigns => usize::MAX,
            Self::Level(_) => 62,
        }
    }
}

/// What rows are about: a campaign, or something below one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Subject {
    pub entity: EntityId,
    /// The place of its campaign in `campaigns`.
    pub campaign: u32,
}

/// Figures by day and campaign, account or what is below a campaign, from some day on. Rows stand in the order of days.
#[derive(Debug)]
pub(super) struct Columns {
    /// The first day that is held; `None` if everything is.
    from: Option<i32>,
    /// The first day of `starts`, as days since 1970-01-01.
    first: i32,
    /// Where the rows of each day begin, and the end.
    pub starts: Vec<u32>,
    /// What each row is about: its place in `subjects`.
    pub subject: Vec<u32>,
    /// Which figures each row states, a bit for each.
    pub stated: Vec<u8>,
    figures: [Column; 7],
    /// The campaigns, each with its account; campaign 0 is what is told of a whole account.
    pub campaigns: Vec<(EntityId, AccountId)>,
    /// What rows are about.
    pub subjects: Vec<Subject>,
}

/// Where campaigns and subjects stand while rows are read.
#[derive(Default)]
struct Places {
    campaigns: HashMap<(EntityId, AccountId), u32>,
    subjects: HashMap<Subject, u32>,
}

/// One figure of all rows; 0 where it is not stated. Most figures fit into 32 bits.
#[derive(Debug)]
pub(super) enum Column {
    Narrow(Vec<i32>),
    Wide(Vec<i64>),
}

/// What a row takes in memory, about: three wide figures and four narrow ones, what it is about and what it states.
const ROW_BYTES: usize = 3 * 8 + 4 * 4 + 4 + 1;

impl Columns {
    /// Reads as many of the newest days as fit into `budget` bytes.
    pub fn read(
        connection: &Connection,
        source: Source,
        workspace: WorkspaceId,
        budget: usize,
    ) -> Result<Self, InsightError> {
        let mut statement = connection.prepare(&format!(
            "SELECT (day - DATE '1970-01-01')::INTEGER, count(*) FROM {} GROUP BY day ORDER BY day",
            source.of(workspace)
        ))?;
        let days: Vec<(i32, usize)> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get::<_, u64>(1)? as usize)))?
            .collect::<Result<_, _>>()?;
        let mut rows = 0;
        let fits = |(_, count): &&(i32, usize)| {
            rows += count;
            rows * ROW_BYTES <= budget
        };
        let held: Vec<(i32, usize)> =
            days.iter().rev().take(source.most_days()).take_while(fits).copied().collect();
        let (Some((first, _)), Some((last, _))) = (held.last(), held.first()) else {
            return Ok(Self::none(days.is_empty()));
        };
        let counts: HashMap<i32, usize> = held.iter().copied().collect();
        let mut columns = Self::none(held.len() == days.len());
        columns.first = *first;
        columns.from = columns.from.map(|_| *first);
        let mut total = 0u32;
        columns.starts = (*first..=*last)
            .map(|day| {
                let start = total;
                total += counts.get(&day).map_or(0, |count| *count as u32);
                start
            })
            .collect();
        columns.starts.push(total);
        columns.fill(connection, source, workspace, total as usize)?;
        Ok(columns)
    }

    fn none(is_everything: bool) -> Self {
        Self {
            from: if is_everything { None } else { Some(i32::MAX) },
            first: 0,
            starts: vec![0],
            subject: Vec::new(),
            stated: Vec::new(),
            figures: std::array::from_fn(|_| Column::Narrow(Vec::new())),
            campaigns: Vec::new(),
            subjects: Vec::new(),
        }
    }

    fn fill(
        &mut self,
        connection: &Connection,
        source: Source,
        workspace: WorkspaceId,
        rows: usize,
    ) -> Result<(), InsightError> {
        self.subject = vec![0; rows];
        self.stated = vec![0; rows];
        self.figures = std::array::from_fn(|_| Column::Narrow(vec![0; rows]));
        let names = Additive::STORED.map(Additive::column).join(", ");
        let mut statement = connection.prepare(&format!(
            "SELECT day, account, campaign, {}, {names} FROM {} AND day >= DATE '1970-01-01' + {}",
            source.subject(),
            source.of(workspace),
            self.first
        ))?;
        let mut next = self.starts.clone();
        let mut places = Places::default();
        for batch in statement.query_arrow([])? {
            self.put(&batch, &mut next, &mut places);
        }
        Ok(())
    }

    /// Puts rows where their days are.
    fn put(&mut self, batch: &RecordBatch, next: &mut [u32], places: &mut Places) {
        fn typed<T: Array + 'static>(batch: &RecordBatch, column: usize) -> Option<&T> {
            batch.column(column).as_any().downcast_ref()
        }
        let numbers = |column| typed::<UInt32Array>(batch, column);
        let (Some(days), Some(accounts), Some(campaigns), Some(entities)) =
            (typed::<Date32Array>(batch, 0), numbers(1), numbers(2), numbers(3))
        else {
            return;
        };
        let mut rows = Vec::with_capacity(batch.num_rows());
        for n in 0..batch.num_rows() {
            let next = &mut next[(days.value(n) - self.first) as usize];
            let row = *next as usize;
            *next += 1;
            let campaign = (campaigns.value(n), accounts.value(n));
            let campaign = *places.campaigns.entry(campaign).or_insert_with(|| {
                self.campaigns.push(campaign);
                self.campaigns.len() as u32 - 1
            });
            let subject = Subject { entity: entities.value(n), campaign };
            self.subject[row] = *places.subjects.entry(subject).or_insert_with(|| {
                self.subjects.push(subject);
                self.subjects.len() as u32 - 1
            });
            rows.push(row);
        }
        for figure in 0..self.figures.len() {
            let Some(values) = typed::<Int64Array>(batch, 4 + figure) else { continue };
            for (n, row) in rows.iter().enumerate().filter(|(n, _)| values.is_valid(*n)) {
                self.stated[*row] |= 1 << figure;
                self.figures[figure].set(*row, values.value(n));
            }
        }
    }

    /// What they take in memory.
    pub fn bytes(&self) -> usize {
        self.subject.len() * ROW_BYTES + self.subjects.len() * size_of::<Subject>()
    }

    /// Whether all days of a question are held.
    pub fn hold(&self, query: &Query) -> bool {
        let from = |period: Period| self.from.is_none_or(|first| number(period.from()) >= first);
        from(query.period) && query.compare.is_none_or(|comparison| from(query.period.compared(comparison)))
    }

    /// The rows of a day.
    pub fn rows_of(&self, day: Date) -> std::ops::Range<usize> {
        let n = usize::try_from(number(day) - self.first).ok();
        let bounds = n.and_then(|n| Some((*self.starts.get(n)?, *self.starts.get(n + 1)?)));
        bounds.map_or(0..0, |(from, to)| from as usize..to as usize)
    }

    /// One figure of all rows.
    pub fn figure(&self, what: Additive) -> &Column {
        &self.figures[what as usize]
    }
}

impl Column {
    /// The values of some rows.
    pub fn at(&self, rows: &[u32]) -> Vec<i64> {
        match self {
            Self::Narrow(values) => rows.iter().map(|row| values[*row as usize].into()).collect(),
            Self::Wide(values) => rows.iter().map(|row| values[*row as usize]).collect(),
        }
    }

    fn set(&mut self, row: usize, value: i64) {
        if let (Self::Narrow(values), Err(_)) = (&*self, i32::try_from(value)) {
            *self = Self::Wide(values.iter().map(|value| i64::from(*value)).collect());
        }
        match self {
            Self::Narrow(values) => values[row] = value as i32,
            Self::Wide(values) => values[row] = value,
        }
    }
}

/// A day as days since 1970-01-01.
pub(super) fn number(day: Date) -> i32 {
    domain::period::days_between(Date::constant(1970, 1, 1), day)
}
