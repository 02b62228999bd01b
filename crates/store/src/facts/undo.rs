//! Undoing an import: its figures go, and what it had replaced is believed again.

use std::collections::BTreeMap;

use domain::{Coverage, ImportId, Level, Period, believed};

use super::scope::{Scopes, load};
use super::sql::days_literal;
use super::{Account, AccountId, Facts, FactsError, duplicates, locked, rollup};
use crate::WorkspaceId;

impl Facts {
    /// Takes an import back, all of it or nothing, and returns how many rows are believed again. Undoing what is not applied
    /// changes nothing.
    ///
    /// # Errors
    /// If the engine fails.
    pub fn undo(&self, workspace: WorkspaceId, import: ImportId) -> Result<u64, FactsError> {
        let writer = locked(&self.writer);
        self.commit(&writer, |writer| {
            let scopes = load(writer, workspace, None)?;
            let own = |coverages: &[Coverage]| coverages.iter().any(|coverage| coverage.import == import);
            let touched: Vec<(AccountId, Level)> =
                scopes.iter().filter(|(_, claims)| own(&claims.coverages)).map(|(scope, _)| *scope).collect();
            let accounts = super::account::accounts_of(writer, workspace)?;
            let accounts: Vec<Account> = accounts
                .into_iter()
                .filter(|a| touched.iter().any(|(account, _)| *account == a.account))
                .collect();

            let before = rollup::told(writer, workspace, &accounts)?;
            let mut changed: BTreeMap<(AccountId, Level), Vec<Period>> = BTreeMap::new();
            let mut restored = 0;
            for scope in touched {
                let (days, rows) = restore(writer, workspace, import, scope, &scopes)?;
                changed.insert(scope, days);
                restored += rows;
            }
            for table in ["delivery_history", "range_figure", "coverage", "applied"] {
                writer.execute_batch(&format!(
                    "DELETE FROM {table} WHERE workspace = {workspace} AND import = {import}"
                ))?;
            }
            let after = rollup::told(writer, workspace, &accounts)?;
            for ((account, before), (_, after)) in before.iter().zip(&after) {
                for ((_, level), days) in changed.iter().filter(|((of, _), _)| *of == account.account) {
                    rollup::rebuild(writer, workspace, account, *level, days, before, after)?;
                }
            }
            duplicates::settle(writer, workspace, None)?;
            Ok(restored)
        })
    }
}

/// Removes an import's believed rows of a scope and brings back what is believed without it.
fn restore(
    writer: &duckdb::Connection,
    workspace: WorkspaceId,
    import: ImportId,
    (account, level): (AccountId, Level),
    scopes: &Scopes,
) -> Result<(Vec<Period>, u64), FactsError> {
    let coverages =
        scopes.get(&(account, level)).map(|claims| claims.coverages.as_slice()).unwrap_or_default();
    let losing: Vec<Period> = believed(coverages, None)
        .into_iter()
        .filter(|segment| segment.import == import)
        .map(|segment| segment.period)
        .collect();
    let others: Vec<Coverage> =
        coverages.iter().filter(|coverage| coverage.import != import).copied().collect();
    let heirs = believed(&others, None);
    let scope = |period| {
        format!(
            "workspace = {workspace} AND level = {} AND account = {account} AND day BETWEEN {}",
            level.number(),
            days_literal(period)
        )
    };
    let mut restored = 0;
    for period in &losing {
        writer.execute_batch(&format!("DELETE FROM delivery WHERE {}", scope(*period)))?;
        for heir in &heirs {
            let Some(days) = heir.period.overlap(*period) else { continue };
            let rows = format!("{} AND import = {}", scope(days), heir.import);
            restored += writer
                .execute(&format!("INSERT INTO delivery FROM delivery_history WHERE {rows}"), [])?
                as u64;
            writer.execute_batch(&format!("DELETE FROM delivery_history WHERE {rows}"))?;
        }
    }
    Ok((losing, restored))
}
