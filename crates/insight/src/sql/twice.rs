//! What two accounts both tell: rows that are equal, by day and campaign.

use domain::Period;
use duckdb::Connection;
use store::WorkspaceId;
use store::facts::{AccountId, days_literal};

use crate::InsightError;
use crate::duplicates::{Equal, Spent};

/// What an account spent on its campaigns, by day and campaign; where nothing was delivered, equal figures say nothing.
fn named(workspace: WorkspaceId, accounts: &[AccountId]) -> String {
    let accounts: Vec<String> = accounts.iter().map(AccountId::to_string).collect();
    format!(
        "named AS MATERIALIZED (
         SELECT d.account, d.day, coalesce(e.name, e.external_id) AS name, e.external_id AS id,
                sum(d.spend_micros)::BIGINT AS spend, sum(d.impressions)::BIGINT AS impressions
         FROM campaign_day d JOIN entity e ON e.workspace = d.workspace AND e.entity = d.campaign
         WHERE d.workspace = {workspace} AND d.account IN ({})
         GROUP BY d.account, d.day, coalesce(e.name, e.external_id), e.external_id
         HAVING sum(d.spend_micros) <> 0)",
        accounts.join(", ")
    )
}

/// Campaigns of one name whose ids, where both are told, do not contradict it.
const SAME: &str = "(a.id IS NULL OR b.id IS NULL OR a.id = b.id)";

/// Pairs of accounts with at least `least` equal rows, those with most first, and what was spent by these rows. Accounts that one
/// import tells of are two.
pub(crate) fn equal_rows(
    connection: &Connection,
    workspace: WorkspaceId,
    accounts: &[AccountId],
    least: u64,
) -> Result<Vec<Equal>, InsightError> {
    let mut statement = connection.prepare(&format!(
        "WITH {},
         together AS (SELECT DISTINCT c.account AS one, o.account AS other
                      FROM coverage c JOIN coverage o ON o.import = c.import AND o.account > c.account
                      WHERE c.workspace = {workspace} AND o.workspace = {workspace})
         SELECT a.account, b.account, count(*)::BIGINT, sum(a.spend)::BIGINT
         FROM named a JOIN named b ON b.day = a.day AND b.name = a.name AND b.spend = a.spend
              AND b.impressions IS NOT DISTINCT FROM a.impressions AND b.account > a.account AND {SAME}
         WHERE NOT EXISTS (SELECT 1 FROM together t WHERE t.one = a.account AND t.other = b.account)
         GROUP BY a.account, b.account HAVING count(*) >= {least} ORDER BY 3 DESC, 1, 2",
        named(workspace, accounts)
    ))?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Equal {
            accounts: (row.get(0)?, row.get(1)?),
            rows: row.get(2)?,
            spend_micros: row.get(3)?,
        });
    }
    Ok(found)
}

/// How many rows of one day and campaign two accounts have, equal or not.
pub(crate) fn shared_rows(
    connection: &Connection,
    workspace: WorkspaceId,
    (one, other): (AccountId, AccountId),
) -> Result<u64, InsightError> {
    let sql = format!(
        "WITH {}
         SELECT count(*)::BIGINT FROM named a JOIN named b ON b.day = a.day AND b.name = a.name AND {SAME}
         WHERE a.account = {one} AND b.account = {other}",
        named(workspace, &[one, other])
    );
    Ok(connection.query_row(&sql, [], |row| row.get(0))?)
}

/// What an account spent on some days, and on how many of them anything was delivered.
pub(crate) fn spend_within(
    connection: &Connection,
    workspace: WorkspaceId,
    account: AccountId,
    within: &[Period],
) -> Result<Spent, InsightError> {
    let days: Vec<String> =
        within.iter().map(|days| format!("day BETWEEN {}", days_literal(*days))).collect();
    let within = if days.is_empty() { "false".to_owned() } else { days.join(" OR ") };
    let sql = format!(
        "SELECT count(DISTINCT day)::BIGINT, sum(spend_micros)::BIGINT FROM account_day
         WHERE workspace = {workspace} AND account = {account} AND ({within})"
    );
    Ok(connection.query_row(&sql, [], |row| Ok(Spent { days: row.get(0)?, spend_micros: row.get(1)? }))?)
}
