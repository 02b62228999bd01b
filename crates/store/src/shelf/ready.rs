//! From the shelf to the ledger: which days are due, for which accounts, with which rows.

use std::collections::BTreeMap;

use domain::{Additive, Level, Period, Platform, Sums};
use duckdb::arrow::array::{Array, Int32Array, Int64Array, StringArray};
use duckdb::arrow::record_batch::RecordBatch;
use jiff::Timestamp;
use jiff::civil::Date;

use super::together::Together;
use super::{Shelf, ShelfError, SourceId, filled};
use crate::WorkspaceId;

/// Rows of the shelf that are added up at once.
const CHUNK: u64 = 60_000;
/// Where the columns of addresses begin among what is handed out.
const LEADS: usize = 13 + Additive::STORED.len();

/// Days of one platform and level that the ledger does not know yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueScope {
    /// The platform.
    pub platform: Platform,
    /// The level.
    pub level: Level,
    /// When the source was asked, the last time.
    pub captured_at: Timestamp,
}

/// One account's part of what is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyAccount {
    /// Its id at the platform; absent if no record says whose figures these are.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its currency's code.
    pub currency: String,
    /// The days that changed, in order. Where there are no rows any more, the day was one without delivery.
    pub days: Vec<Period>,
    /// Its number among those that figures count for now; none if none do any more.
    owner: Option<u32>,
    /// How many rows the shelf has of each of these days that has any.
    rows: BTreeMap<Date, u64>,
}

/// One entity on one day, added up.
#[derive(Debug, Clone, Copy)]
pub struct ReadyRow<'a> {
    /// The day.
    pub day: Date,
    /// Campaign, ad group and ad, each by id and name.
    pub path: [(Option<&'a str>, Option<&'a str>); 3],
    /// The keyword.
    pub keyword: Option<&'a str>,
    /// Its match type.
    pub match_type: Option<&'a str>,
    /// What people typed.
    pub search_term: Option<&'a str>,
    /// State of the entity.
    pub status: Option<&'a str>,
    /// Type of the campaign.
    pub kind: Option<&'a str>,
    /// Daily budget of the entity.
    pub budget_micros: Option<i64>,
    /// Where the entity leads: the address, what is appended to it, the template. Empty: that there is none.
    pub leads: [Option<&'a str>; 3],
    /// The figures.
    pub sums: Sums,
}

impl Shelf {
    /// The sources that have days to hand over, with their workspaces and names.
    ///
    /// # Errors
    /// If the engine fails.
    pub fn due_sources(&self) -> Result<Vec<(WorkspaceId, SourceId, String)>, ShelfError> {
        let mut statement = self.connection.prepare(
            "SELECT workspace, source, name FROM source WHERE source IN (SELECT source FROM due) ORDER BY source",
        )?;
        let mut rows = statement.query([])?;
        let mut sources = Vec::new();
        while let Some(row) = rows.next()? {
            sources.push((row.get(0)?, row.get(1)?, row.get(2)?));
        }
        Ok(sources)
    }

    /// What of a source is due. Figures whose account has become known, or another, since they were handed over are due too.
    ///
    /// # Errors
    /// If the engine fails.
    pub fn due(&mut self, source: SourceId, now: Timestamp) -> Result<Vec<DueScope>, ShelfError> {
        for sql in [include_str!("accounts.sql"), include_str!("led.sql"), include_str!("placed.sql")] {
            self.connection.execute_batch(&filled(sql, source, None, None))?;
        }
        let may_move: bool = self.connection.query_row(
            &format!(
                "SELECT EXISTS (FROM about w JOIN stream s USING (stream)
                 WHERE s.source = {source} AND (w.account_id IS NULL OR w.currency IS NULL))"
            ),
            [],
            |row| row.get(0),
        )?;
        if may_move {
            self.connection.execute_batch(&filled(include_str!("moved.sql"), source, None, Some(now)))?;
        }
        let mut statement = self.connection.prepare(
            "SELECT platform, level, epoch_us(max(captured_at)) FROM due WHERE source = ? GROUP BY ALL ORDER BY ALL",
        )?;
        let mut rows = statement.query(duckdb::params![source])?;
        let mut scopes = Vec::new();
        while let Some(row) = rows.next()? {
            let (platform, level, at): (u8, u8, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            scopes.push(DueScope {
                platform: Platform::from_number(platform).ok_or_else(|| unknown("platform", platform))?,
                level: Level::from_number(level).ok_or_else(|| unknown("level", level))?,
                captured_at: Timestamp::from_microsecond(at).map_err(|_| unknown("time", at))?,
            });
        }
        Ok(scopes)
    }

    /// Whose what is due of one scope is. [`Shelf::due`] comes before.
    ///
    /// # Errors
    /// If the engine fails.
    pub fn ready(&mut self, source: SourceId, scope: DueScope) -> Result<Vec<ReadyAccount>, ShelfError> {
        // Accounts that had a due day before and have no row on it now are covered too: there it is a day without delivery.
        let sql = "WITH due_day AS (SELECT DISTINCT day FROM due WHERE source = $source AND platform = $platform AND level = $level),
             days AS (
                 SELECT account_id, currency, owner, day, count(*) AS rows FROM placed_day
                 WHERE platform = $platform AND level = $level AND day IN (FROM due_day) GROUP BY ALL
                 UNION ALL
                 SELECT account_id, currency, NULL, day, 0 FROM given
                 WHERE source = $source AND platform = $platform AND level = $level AND day IN (FROM due_day)
             )
             SELECT d.account_id, d.currency, k.account, d.day::VARCHAR, sum(d.rows)::UBIGINT, max(d.owner)
             FROM days d LEFT JOIN known_account k ON k.platform = $platform AND k.account_id = d.account_id
             GROUP BY d.account_id, d.currency, k.account, d.day ORDER BY d.account_id NULLS FIRST, d.currency, d.day::VARCHAR";
        let sql = filled(sql, source, Some((scope.platform, scope.level)), None);
        let mut statement = self.connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        let mut accounts: Vec<ReadyAccount> = Vec::new();
        while let Some(row) = rows.next()? {
            let (id, currency): (Option<String>, String) = (row.get(0)?, row.get(1)?);
            let day: String = row.get(3)?;
            let day: Date = day.parse().map_err(|_| unknown("day", &day))?;
            let count: u64 = row.get(4)?;
            let is_new =
                accounts.last().is_none_or(|last: &ReadyAccount| last.id != id || last.currency != currency);
            if is_new {
                accounts.push(ReadyAccount {
                    id,
                    name: row.get(2)?,
                    currency,
                    days: Vec::new(),
                    owner: None,
                    rows: BTreeMap::new(),
                });
            }
            let owner: Option<u32> = row.get(5)?;
            if let Some(account) = accounts.last_mut() {
                account.owner = account.owner.or(owner);
                extend(&mut account.days, day);
                if count > 0 {
                    account.rows.insert(day, count);
                }
            }
        }
        Ok(accounts)
    }

    /// Hands out an account's rows in order of days, some days at a time, so that memory stays bounded.
    ///
    /// # Errors
    /// What `each` returns, or that the engine fails.
    pub fn rows<E: From<ShelfError>>(
        &self,
        source: SourceId,
        scope: DueScope,
        account: &ReadyAccount,
        mut each: impl FnMut(&ReadyRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(owner) = account.owner else { return Ok(()) };
        let figures = Additive::STORED.map(Additive::column);
        let figures = figures.join(", ");
        let part = filled(include_str!("part.sql"), source, Some((scope.platform, scope.level)), None)
            .replace("$owner", &owner.to_string())
            .replace("$figures", &figures);
        let ready = include_str!("ready.sql").replace("$figures", &figures);
        let mut together = Together::default();
        let of_days = |days: &[Date]| {
            let listed: Vec<String> = days.iter().map(|day| literal(*day)).collect();
            let (first, last) = (listed.first()?, listed.last()?);
            Some(part.replace("$first", first).replace("$last", last).replace("$days", &listed.join(", ")))
        };
        for days in account.chunks() {
            let Some(part) = of_days(&days) else { continue };
            self.connection.execute_batch(&part).map_err(ShelfError::from)?;
            let mut statement = self.connection.prepare(&ready).map_err(ShelfError::from)?;
            let batches = statement.query_arrow([]).map_err(ShelfError::from)?;
            for batch in batches {
                let mut columns = Columns::of(&batch)?;
                for n in 0..batch.num_rows() {
                    together.take(&columns.row(n)?, &mut each)?;
                }
            }
        }
        together.hand_out(&mut each)
    }

    /// Notes that what was ready of a scope is in the ledger.
    ///
    /// # Errors
    /// If the engine fails; then it stays due.
    pub fn handed_over(&mut self, source: SourceId, scope: DueScope) -> Result<(), ShelfError> {
        let filter = "source = $source AND platform = $platform AND level = $level";
        let sql = format!(
            "DELETE FROM given WHERE {filter} AND day IN (SELECT day FROM due WHERE {filter});
             INSERT INTO given SELECT DISTINCT $source::UINTEGER, $platform, $level, day, account_id, currency
             FROM placed_day WHERE platform = $platform AND level = $level
               AND day IN (SELECT day FROM due WHERE {filter});
             DELETE FROM due WHERE {filter};"
        );
        let sql = filled(&sql, source, Some((scope.platform, scope.level)), None);
        self.transact(|connection| Ok(connection.execute_batch(&sql)?))
    }
}

/// Some rows, column by column.
struct Columns<'b> {
    day: &'b Int32Array,
    /// The days that follow each other are mostly the same one.
    last_day: Option<(i32, Date)>,
    words: Vec<&'b StringArray>,
    budget: &'b Int64Array,
    figures: Vec<&'b Int64Array>,
    leads: Vec<&'b StringArray>,
}

impl<'b> Columns<'b> {
    fn of(batch: &'b RecordBatch) -> Result<Self, ShelfError> {
        fn typed<T: Array + 'static>(batch: &RecordBatch, column: usize) -> Result<&T, ShelfError> {
            batch.column(column).as_any().downcast_ref().ok_or_else(|| unknown("column", column))
        }
        Ok(Self {
            day: typed(batch, 0)?,
            last_day: None,
            words: (1..12).map(|column| typed(batch, column)).collect::<Result<_, _>>()?,
            budget: typed(batch, 12)?,
            figures: (13..LEADS).map(|column| typed(batch, column)).collect::<Result<_, _>>()?,
            leads: (LEADS..LEADS + 3).map(|column| typed(batch, column)).collect::<Result<_, _>>()?,
        })
    }

    fn row(&mut self, n: usize) -> Result<ReadyRow<'b>, ShelfError> {
        let day = self.day(self.day.value(n))?;
        let text = |words: &'b StringArray| words.is_valid(n).then(|| words.value(n));
        let word = |column: usize| text(self.words[column - 1]);
        let number = |numbers: &Int64Array| numbers.is_valid(n).then(|| numbers.value(n));
        let mut sums = Sums::NONE;
        for (what, figures) in Additive::STORED.into_iter().zip(&self.figures) {
            *sums.get_mut(what) = number(figures);
        }
        Ok(ReadyRow {
            day,
            path: [(word(1), word(2)), (word(3), word(4)), (word(5), word(6))],
            keyword: word(7),
            match_type: word(8),
            search_term: word(9),
            status: word(10),
            kind: word(11),
            budget_micros: number(self.budget),
            leads: [text(self.leads[0]), text(self.leads[1]), text(self.leads[2])],
            sums,
        })
    }

    fn day(&mut self, since: i32) -> Result<Date, ShelfError> {
        if let Some((_, day)) = self.last_day.filter(|(known, _)| *known == since) {
            return Ok(day);
        }
        let day = Date::constant(1970, 1, 1)
            .checked_add(jiff::Span::new().days(since))
            .map_err(|_| unknown("day", since))?;
        self.last_day = Some((since, day));
        Ok(day)
    }
}

impl ReadyAccount {
    /// Its days that have rows, in pieces of bounded numbers of rows.
    fn chunks(&self) -> Vec<Vec<Date>> {
        let mut chunks: Vec<Vec<Date>> = Vec::new();
        let mut rows = 0;
        for (day, count) in &self.rows {
            match chunks.last_mut().filter(|_| rows + count <= CHUNK) {
                Some(chunk) => chunk.push(*day),
                None => {
                    chunks.push(vec![*day]);
                    rows = 0;
                }
            }
            rows += count;
        }
        chunks
    }
}

/// Adds a later day to runs without gaps.
fn extend(runs: &mut Vec<Period>, day: Date) {
    let Ok(day) = Period::day(day) else { return };
    match runs.last_mut() {
        Some(last) if last.to().tomorrow().is_ok_and(|next| next == day.from()) => *last = last.hull(day),
        _ => runs.push(day),
    }
}

fn literal(day: Date) -> String {
    format!("DATE '{day}'")
}

fn unknown(what: &'static str, value: impl ToString) -> ShelfError {
    ShelfError::Unknown { what, value: value.to_string() }
}
