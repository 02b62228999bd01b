//! What each import told of each day, also of those that later ones replaced.

use domain::{Level, Period};
use duckdb::Connection;
use jiff::ToSpan;
use jiff::civil::Date;
use store::facts::days_literal;

use crate::renames::Span;
use crate::sources::{Capture, Captures, DaysTold};
use crate::{Bound, InsightError};

const EPOCH: Date = Date::constant(1970, 1, 1);

fn day(since: i32) -> Date {
    EPOCH.saturating_add(since.days())
}

/// The claims to know days of `window`, by scope, in the order in which they were taken.
pub(crate) fn captures(
    connection: &Connection,
    bound: &Bound,
    window: Period,
) -> Result<Captures, InsightError> {
    let mut statement = connection.prepare(&format!(
        "SELECT account, level, import, epoch_us(captured_at), captured_day - DATE '{EPOCH}', first_day - DATE '{EPOCH}',
                last_day - DATE '{EPOCH}'
         FROM coverage WHERE {} AND first_day <= DATE '{}' AND last_day >= DATE '{}'
         ORDER BY captured_at, import",
        bound.rows(""),
        window.to(),
        window.from()
    ))?;
    let mut rows = statement.query([])?;
    let mut captures = Captures::new();
    while let Some(row) = rows.next()? {
        let Some(level) = Level::from_number(row.get(1)?) else { continue };
        let Ok(days) = Period::new(day(row.get(5)?), day(row.get(6)?)) else { continue };
        let capture =
            Capture { import: row.get(2)?, captured_at: row.get(3)?, captured_day: day(row.get(4)?), days };
        captures.entry((row.get(0)?, level)).or_default().push(capture);
    }
    Ok(captures)
}

/// What each import told of each day of `window` in all, of scopes that were told more than once.
pub(crate) fn days_told(
    connection: &Connection,
    bound: &Bound,
    window: Period,
) -> Result<DaysTold, InsightError> {
    let within = format!("{} AND day BETWEEN {}", bound.rows(""), days_literal(window));
    let sums = "coalesce(sum(spend_micros), 0)::BIGINT, coalesce(sum(conversions_e6), 0)::BIGINT,
                coalesce(sum(revenue_micros), 0)::BIGINT";
    // Of a scope that was told once there is nothing to compare.
    let mut statement = connection.prepare(&format!(
        "WITH retold AS (SELECT account, level FROM coverage WHERE {}
                         GROUP BY account, level HAVING count(DISTINCT import) > 1)
         SELECT account, level, import, day - DATE '{EPOCH}', {sums} FROM (
             SELECT * FROM delivery_history WHERE {within}
             UNION ALL SELECT d.* FROM delivery d SEMI JOIN retold USING (account, level) WHERE {within})
         GROUP BY account, level, import, day",
        bound.rows("")
    ))?;
    let mut rows = statement.query([])?;
    let mut told = DaysTold::new();
    while let Some(row) = rows.next()? {
        let Some(level) = Level::from_number(row.get(1)?) else { continue };
        let key = ((row.get(0)?, level), row.get(2)?, day(row.get(3)?));
        told.insert(key, [row.get(4)?, row.get(5)?, row.get(6)?]);
    }
    Ok(told)
}

/// The first and last day on which each campaign of a workspace delivered, and what was spent on it.
pub(crate) fn spans(connection: &Connection, bound: &Bound) -> Result<Vec<Span>, InsightError> {
    let mut statement = connection.prepare(&format!(
        "SELECT account, campaign, min(day) - DATE '{EPOCH}', max(day) - DATE '{EPOCH}', sum(spend_micros)::BIGINT
         FROM campaign_day WHERE {} AND campaign <> 0 GROUP BY account, campaign",
        bound.rows("")
    ))?;
    let mut rows = statement.query([])?;
    let mut spans = Vec::new();
    while let Some(row) = rows.next()? {
        spans.push(Span {
            account: row.get(0)?,
            campaign: row.get(1)?,
            first: day(row.get(2)?),
            last: day(row.get(3)?),
            spend_micros: row.get(4)?,
        });
    }
    Ok(spans)
}
