//! The columns, and how they are read.

use std::collections::HashMap;

use domain::{Additive, Period};
use duckdb::Connection;
use duckdb::arrow::array::{Array, Date32Array, Int64Array, RecordBatch, UInt32Array};
use jiff::civil::Date;
use store::WorkspaceId;
use store::facts::{AccountId, EntityId};

use crate::InsightError;
use crate::query::Query;

/// Figures by campaign (or account) and day, from some day on. Rows stand in the order of days.
#[derive(Debug)]
pub(super) struct Columns {
    /// The first day that is held; `None` if everything is.
    from: Option<i32>,
    /// The first day of `starts`, as days since 1970-01-01.
    first: i32,
    /// Where the rows of each day begin, and the end.
    pub starts: Vec<u32>,
    /// Each row's campaign: its place in `campaigns`.
    pub campaign: Vec<u32>,
    /// Which figures each row states, a bit for each.
    pub stated: Vec<u8>,
    figures: [Column; 7],
    /// The campaigns, each with its account; campaign 0 is what is told of a whole account.
    pub campaigns: Vec<(EntityId, AccountId)>,
}

/// One figure of all rows; 0 where it is not stated. Most figures fit into 32 bits.
#[derive(Debug)]
pub(super) enum Column {
    Narrow(Vec<i32>),
    Wide(Vec<i64>),
}

/// What a row takes in memory, about: three wide figures and four narrow ones, its campaign and what it states.
const ROW_BYTES: usize = 3 * 8 + 4 * 4 + 4 + 1;

impl Columns {
    /// Reads as many of the newest days of a roll-up as fit into `budget` bytes.
    pub fn read(
        connection: &Connection,
        roll_up: &str,
        workspace: WorkspaceId,
        budget: usize,
    ) -> Result<Self, InsightError> {
        let mut statement = connection.prepare(&format!(
            "SELECT (day - DATE '1970-01-01')::INTEGER, count(*) FROM {roll_up} WHERE workspace = ?
             GROUP BY day ORDER BY day"
        ))?;
        let days: Vec<(i32, usize)> = statement
            .query_map([workspace], |row| Ok((row.get(0)?, row.get::<_, u64>(1)? as usize)))?
            .collect::<Result<_, _>>()?;
        let mut rows = 0;
        let fits = |(_, count): &&(i32, usize)| {
            rows += count;
            rows * ROW_BYTES <= budget
        };
        let held: Vec<(i32, usize)> = days.iter().rev().take_while(fits).copied().collect();
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
        columns.fill(connection, roll_up, workspace, total as usize)?;
        Ok(columns)
    }

    fn none(is_everything: bool) -> Self {
        Self {
            from: if is_everything { None } else { Some(i32::MAX) },
            first: 0,
            starts: vec![0],
            campaign: Vec::new(),
            stated: Vec::new(),
            figures: std::array::from_fn(|_| Column::Narrow(Vec::new())),
            campaigns: Vec::new(),
        }
    }

    fn fill(
        &mut self,
        connection: &Connection,
        roll_up: &str,
        workspace: WorkspaceId,
        rows: usize,
    ) -> Result<(), InsightError> {
        self.campaign = vec![0; rows];
        self.stated = vec![0; rows];
        self.figures = std::array::from_fn(|_| Column::Narrow(vec![0; rows]));
        let names = Additive::STORED.map(Additive::column).join(", ");
        let mut statement = connection.prepare(&format!(
            "SELECT day, account, campaign, {names} FROM {roll_up}
             WHERE workspace = {workspace} AND day >= DATE '1970-01-01' + {}",
            self.first
        ))?;
        let mut next = self.starts.clone();
        let mut places = HashMap::new();
        for batch in statement.query_arrow([])? {
            self.put(&batch, &mut next, &mut places);
        }
        Ok(())
    }

    /// Puts rows where their days are.
    fn put(
        &mut self,
        batch: &RecordBatch,
        next: &mut [u32],
        places: &mut HashMap<(EntityId, AccountId), u32>,
    ) {
        fn typed<T: Array + 'static>(batch: &RecordBatch, column: usize) -> Option<&T> {
            batch.column(column).as_any().downcast_ref()
        }
        let (Some(days), Some(accounts), Some(campaigns)) =
            (typed::<Date32Array>(batch, 0), typed::<UInt32Array>(batch, 1), typed::<UInt32Array>(batch, 2))
        else {
            return;
        };
        let mut rows = Vec::with_capacity(batch.num_rows());
        for n in 0..batch.num_rows() {
            let next = &mut next[(days.value(n) - self.first) as usize];
            let row = *next as usize;
            *next += 1;
            let campaign = (campaigns.value(n), accounts.value(n));
            self.campaign[row] = *places.entry(campaign).or_insert_with(|| {
                self.campaigns.push(campaign);
                self.campaigns.len() as u32 - 1
            });
            rows.push(row);
        }
        for figure in 0..self.figures.len() {
            let Some(values) = typed::<Int64Array>(batch, 3 + figure) else { continue };
            for (n, row) in rows.iter().enumerate().filter(|(n, _)| values.is_valid(*n)) {
                self.stated[*row] |= 1 << figure;
                self.figures[figure].set(*row, values.value(n));
            }
        }
    }

    /// What they take in memory.
    pub fn bytes(&self) -> usize {
        self.campaign.len() * ROW_BYTES
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
