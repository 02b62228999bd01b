//! The roll-ups: rebuilt for the days and accounts that a change touched, inside the change's transaction.
//!
//! `campaign_day` is one figure per campaign and day from the level that tells most of it; `account_day` and `campaign_span`
//! are made from it. Figures of one day may stand in several rows: whoever reads adds them up.

use domain::{Grain, Level, Period};
use duckdb::Connection;

use super::scope::{KnownScope, known_scopes};
use super::sql::{currency_number, days_literal, figures};
use super::{Account, FactsError, chosen_levels};
use crate::WorkspaceId;

/// A change that reaches back no further leaves the order of days as good as it was.
const RECENT_DAYS: i32 = 92;
/// Fewer rows than this are read at once in any order.
const WORTH_SORTING: i64 = 200_000;

/// The level that each day of an account was told at; compared before and after a change.
pub(super) type Told = Vec<(Level, Period)>;

/// How an account's days are told now.
pub(super) fn told(
    connection: &Connection,
    workspace: WorkspaceId,
    accounts: &[Account],
) -> Result<Vec<(Account, Told)>, FactsError> {
    let scopes = known_scopes(connection, workspace, None)?;
    let of = |account: &Account| {
        let own: Vec<KnownScope> =
            scopes.iter().filter(|scope| scope.account == account.account).cloned().collect();
        let mut told: Told = Vec::new();
        for (level, segment) in chosen_levels(&own) {
            match told.last_mut() {
                Some((last, period))
                    if *last == level && period.to().tomorrow().ok() == Some(segment.period.from()) =>
                {
                    *period = period.hull(segment.period);
                }
                _ => told.push((level, segment.period)),
            }
        }
        (account.clone(), told)
    };
    Ok(accounts.iter().map(of).collect())
}

/// Rebuilds the roll-ups after figures at `level` changed on `changed` days of an account, and returns which of the days were
/// rebuilt: only those that are or were told at that level can differ.
pub(super) fn rebuild(
    connection: &Connection,
    workspace: WorkspaceId,
    account: &Account,
    level: Level,
    changed: &[Period],
    before: &Told,
    after: &Told,
) -> Result<Vec<Period>, FactsError> {
    let mut rebuilt = Vec::new();
    for period in changed {
        let within = |told: &Told| -> Told {
            told.iter().filter_map(|(at, days)| Some((*at, days.overlap(*period)?))).collect()
        };
        let (was, is) = (within(before), within(after));
        if was.iter().chain(&is).all(|(at, _)| *at != level) {
            continue;
        }
        connection.execute_batch(&format!(
            "DELETE FROM campaign_day WHERE workspace = {workspace} AND account = {} AND day BETWEEN {}",
            account.account,
            days_literal(*period)
        ))?;
        for (at, days) in is {
            for piece in pieces(days) {
                insert(connection, workspace, account, at, piece)?;
            }
        }
        add_up_accounts(connection, workspace, account, *period)?;
        for span in [Grain::Week, Grain::Month] {
            add_up_spans(connection, workspace, account, span, *period)?;
        }
        rebuilt.push(*period);
    }
    Ok(rebuilt)
}

/// The number under which spans of a grain are kept; `None` for grains that are not kept.
pub fn span_number(grain: Grain) -> Option<u8> {
    match grain {
        Grain::Week => Some(1),
        Grain::Month => Some(2),
        _ => None,
    }
}

fn add_up_accounts(
    connection: &Connection,
    workspace: WorkspaceId,
    account: &Account,
    days: Period,
) -> Result<(), FactsError> {
    let scope = format!(
        "workspace = {workspace} AND account = {} AND day BETWEEN {}",
        account.account,
        days_literal(days)
    );
    connection.execute_batch(&format!(
        "DELETE FROM account_day WHERE {scope};
         INSERT INTO account_day
         SELECT workspace, day, platform, currency, account, 0, max(level), {}
         FROM campaign_day WHERE {scope}
         GROUP BY workspace, day, platform, currency, account ORDER BY day;",
        figures(|column| format!("sum({column})::BIGINT"))
    ))?;
    Ok(())
}

/// Adds up the spans that `days` touch, from their first to their last day.
fn add_up_spans(
    connection: &Connection,
    workspace: WorkspaceId,
    account: &Account,
    grain: Grain,
    days: Period,
) -> Result<(), FactsError> {
    let Some(span) = span_number(grain) else { return Ok(()) };
    let touched = grain.whole(days);
    let own = format!("workspace = {workspace} AND account = {} AND day BETWEEN", account.account);
    connection.execute_batch(&format!(
        "DELETE FROM campaign_span WHERE span = {span} AND {own} {}",
        days_literal(touched)
    ))?;
    for piece in pieces(touched) {
        connection.execute_batch(&format!(
            "INSERT INTO campaign_span
             SELECT {span}, workspace, date_trunc('{grain}', day)::DATE AS first, platform, currency, account, campaign, max(level), {figures}
             FROM campaign_day WHERE {own} {days}
             GROUP BY workspace, first, platform, currency, account, campaign ORDER BY first",
            grain = grain.key(),
            figures = figures(|column| format!("sum({column})::BIGINT")),
            days = days_literal(piece),
        ))?;
    }
    Ok(())
}

/// Sorts `campaign_day` by day if a quarter of it stands out of order, as after filling in the past of many accounts: the
/// engine skips what is not asked about only where neighbours in time are neighbours in the file.
pub(super) fn keep_sorted(
    connection: &Connection,
    account: &Account,
    rebuilt: &[Period],
) -> Result<(), FactsError> {
    let Some(hull) = rebuilt.iter().copied().reduce(Period::hull) else { return Ok(()) };
    let (rows, last): (i64, Option<String>) =
        connection.query_row("SELECT count(*), max(day)::VARCHAR FROM campaign_day", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let is_recent = last
        .and_then(|last| last.parse::<jiff::civil::Date>().ok())
        .is_none_or(|last| domain::period::days_between(hull.from(), last) <= RECENT_DAYS);
    if is_recent || rows < WORTH_SORTING {
        return Ok(());
    }
    let written: i64 = connection.query_row(
        &format!(
            "SELECT count(*) FROM campaign_day WHERE account = {} AND day BETWEEN {}",
            account.account,
            days_literal(hull)
        ),
        [],
        |row| row.get(0),
    )?;
    let unsorted: i64 =
        connection.query_row("SELECT max(unsorted_rows) FROM upkeep", [], |row| row.get(0))?;
    let unsorted = unsorted.saturating_add(written).min(rows);
    if unsorted * 4 < rows {
        connection.execute("UPDATE upkeep SET unsorted_rows = ?", [unsorted])?;
        return Ok(());
    }
    connection.execute_batch(
        "CREATE OR REPLACE TABLE campaign_day AS FROM campaign_day ORDER BY workspace, day;
         CREATE OR REPLACE TABLE campaign_span AS FROM campaign_span ORDER BY workspace, span, day;
         UPDATE upkeep SET unsorted_rows = 0;",
    )?;
    Ok(())
}

/// Adds up what one level tells of an account's days. Rows at the campaign level are taken as they are, in the order of days in
/// which imports wrote them: several rows of a day are added by whoever reads.
fn insert(
    connection: &Connection,
    workspace: WorkspaceId,
    account: &Account,
    level: Level,
    days: Period,
) -> Result<(), FactsError> {
    let one_to_one = matches!(level, Level::Campaign | Level::Account);
    let figures =
        if one_to_one { figures(str::to_owned) } else { figures(|column| format!("sum({column})::BIGINT")) };
    let group = if one_to_one { "" } else { "GROUP BY day, campaign ORDER BY day" };
    connection.execute_batch(&format!(
        "INSERT INTO campaign_day
         SELECT {workspace}, day, {platform}, {currency}, {account}, campaign, {level}, {figures}
         FROM delivery
         WHERE workspace = {workspace} AND level = {level} AND account = {account} AND day BETWEEN {days}
         {group}",
        platform = account.platform.number(),
        currency = currency_number(account.currency),
        account = account.account,
        level = level.number(),
        days = days_literal(days),
    ))?;
    Ok(())
}

/// A long period in pieces of up to a year that end with a month, so that adding up needs little memory.
fn pieces(days: Period) -> Vec<Period> {
    let mut pieces = Vec::new();
    let mut rest = Some(days);
    while let Some(period) = rest {
        let last =
            period.from().saturating_add(jiff::Span::new().months(11)).last_of_month().min(period.to());
        pieces.extend(Period::new(period.from(), last));
        rest = last.tomorrow().ok().and_then(|first| Period::new(first, period.to()).ok());
    }
    pieces
}
