//! The roll-ups: rebuilt for the days and accounts that a change touched, inside the change's transaction.
//!
//! `campaign_day` is one figure per campaign and day from the level that tells most of it; `account_day` is made from it. Figures of one day may stand in several rows: whoever reads adds them up.

use domain::{Level, Period};
use duckdb::Connection;

use super::scope::{KnownScope, known_scopes};
use super::sql::{days_literal, figures};
use super::{Account, FactsError, chosen_levels};
use crate::WorkspaceId;

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

/// Rebuilds the roll-ups after figures at `level` changed on `changed` days of an account. Only days that are or were told at
/// that level can differ.
pub(super) fn rebuild(
    connection: &Connection,
    workspace: WorkspaceId,
    account: &Account,
    level: Level,
    changed: &[Period],
    before: &Told,
    after: &Told,
) -> Result<(), FactsError> {
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
    }
    Ok(())
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
         SELECT workspace, day, account, 0, {}
         FROM campaign_day WHERE {scope}
         GROUP BY workspace, day, account ORDER BY day;",
        figures(|column| format!("sum({column})::BIGINT"))
    ))?;
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
         SELECT {workspace}, day, {account}, campaign, {figures}
         FROM delivery
         WHERE workspace = {workspace} AND level = {level} AND account = {account} AND day BETWEEN {days}
         {group}",
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
