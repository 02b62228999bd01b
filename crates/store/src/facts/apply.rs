//! Applying an import: its scopes replace what was believed, in one transaction; what is replaced goes to history.

use std::collections::BTreeMap;

use domain::{Coverage, ImportId, Level, Period, believed};
use jiff::Timestamp;
use jiff::civil::Date;

use super::scope::load;
use super::sql::{days_literal, figures, time_literal};
use super::staging::Staging;
use super::{Account, AccountId, FactsError, duplicates, rollup};

/// What an import claims: when the platform was asked, and which days of each account it covers.
#[derive(Debug, Clone)]
pub struct Change {
    /// When the platform was asked.
    pub captured_at: Timestamp,
    /// The local day of the capture: it and later days were not over.
    pub captured_day: Date,
    /// The days covered, by account. A covered day without rows is a day without delivery.
    pub covered: Vec<(AccountId, Period)>,
}

/// What applying a change will do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Days on which this import will be believed, by account.
    pub winning: Vec<(AccountId, Period)>,
    /// Covered days on which a later capture is already believed: these rows go into history.
    pub outdated: Vec<(AccountId, Period)>,
    /// Rows believed now that will be replaced.
    pub replaced_rows: u64,
    /// Spend of the rows that will be replaced, in micros, all currencies of the import alike.
    pub replaced_spend_micros: Option<i64>,
}

impl Staging<'_> {
    /// What applying `change` would do. Changes nothing.
    ///
    /// # Errors
    /// If the engine fails.
    pub fn plan(&mut self, change: &Change) -> Result<Plan, FactsError> {
        self.flush()?;
        let level = self.level;
        let scopes = load(&self.writer, self.workspace, None)?;
        let mut plan = Plan::default();
        let mut by_account: BTreeMap<AccountId, Vec<Period>> = BTreeMap::new();
        for (account, period) in &change.covered {
            by_account.entry(*account).or_default().push(*period);
        }
        for (account, periods) in by_account {
            let mut coverages =
                scopes.get(&(account, level)).map(|claims| claims.coverages.clone()).unwrap_or_default();
            let own = periods.iter().map(|period| Coverage {
                import: ImportId::MAX,
                captured_at: change.captured_at,
                period: *period,
            });
            coverages.extend(own);
            for segment in believed(&coverages, None) {
                if segment.import == ImportId::MAX {
                    plan.winning.push((account, segment.period));
                } else {
                    let late = periods.iter().filter_map(|period| period.overlap(segment.period));
                    plan.outdated.extend(late.map(|period| (account, period)));
                }
            }
        }
        for (account, period) in &plan.winning {
            let (rows, spend): (u64, Option<i64>) = self.writer.query_row(
                &format!(
                    "SELECT count(*), sum(spend_micros)::BIGINT FROM delivery WHERE {}",
                    self.scope(level, *account, *period)
                ),
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            plan.replaced_rows += rows;
            if let Some(spend) = spend {
                plan.replaced_spend_micros =
                    Some(plan.replaced_spend_micros.unwrap_or(0).saturating_add(spend));
            }
        }
        Ok(plan)
    }

    /// Applies the import as `plan` says, all of it or nothing.
    ///
    /// # Errors
    /// If the engine fails. After an error on COMMIT itself, [`super::Facts::applied`] tells what happened.
    pub fn apply(self, import: ImportId, change: &Change, plan: &Plan) -> Result<(), FactsError> {
        let level = self.level;
        let touched: Vec<Account> = self
            .accounts
            .iter()
            .filter(|account| change.covered.iter().any(|(covered, _)| *covered == account.account))
            .cloned()
            .collect();
        self.facts.commit(&self.writer, |writer| {
            let before = rollup::told(writer, self.workspace, &touched)?;
            self.insert_accounts()?;
            self.resolve_entities(change.captured_at)?;
            for (account, period) in &plan.winning {
                let scope = self.scope(level, *account, *period);
                if plan.replaced_rows > 0 {
                    writer.execute_batch(&format!(
                        "INSERT INTO delivery_history FROM delivery WHERE {scope}; DELETE FROM delivery WHERE {scope};"
                    ))?;
                }
            }
            self.insert_rows("delivery", import, level, &plan.winning, plan.outdated.is_empty())?;
            self.insert_rows("delivery_history", import, level, &plan.outdated, false)?;
            self.insert_ledger(import, level, change)?;
            let after = rollup::told(writer, self.workspace, &touched)?;
            for ((account, before), (_, after)) in before.iter().zip(&after) {
                let changed: Vec<Period> =
                    plan.winning.iter().filter(|(of, _)| *of == account.account).map(|(_, days)| *days).collect();
                rollup::rebuild(writer, self.workspace, account, level, &changed, before, after)?;
            }
            let touched: Vec<AccountId> = touched.iter().map(|account| account.account).collect();
            duplicates::settle(writer, self.workspace, Some(&touched))
        })
    }

    fn scope(&self, level: Level, account: AccountId, period: Period) -> String {
        format!(
            "workspace = {} AND level = {} AND account = {account} AND day BETWEEN {}",
            self.workspace,
            level.number(),
            days_literal(period)
        )
    }

    fn insert_accounts(&self) -> Result<(), FactsError> {
        let mut statement = self.writer.prepare("INSERT INTO account VALUES (?, ?, ?, ?, ?, ?)")?;
        for account in &self.accounts[self.known_accounts..] {
            statement.execute(duckdb::params![
                account.account,
                self.workspace,
                account.platform.number(),
                account.name,
                account.external_id,
                account.currency.code()
            ])?;
        }
        Ok(())
    }

    /// Finds or makes the entity of each staged key, and takes over what the file says of it if no later capture did.
    fn resolve_entities(&self, captured_at: Timestamp) -> Result<(), FactsError> {
        let sql = include_str!("resolve.sql")
            .replace("$workspace", &self.workspace.to_string())
            .replace("$captured_at", &time_literal(captured_at));
        self.writer.execute_batch(&sql)?;
        Ok(())
    }

    fn insert_rows(
        &self,
        table: &str,
        import: ImportId,
        level: Level,
        days: &[(AccountId, Period)],
        all: bool,
    ) -> Result<(), FactsError> {
        if days.is_empty() || !self.has_days() {
            return Ok(());
        }
        let picked = days.iter().map(|(account, period)| {
            format!("(r.account = {account} AND r.day BETWEEN {})", days_literal(*period))
        });
        let filter = if all { "true".to_owned() } else { picked.collect::<Vec<_>>().join(" OR ") };
        let order = if self.in_day_order { "" } else { "ORDER BY r.day" };
        // An account-level row is about no entity below the account.
        let (entities, join) = match level {
            Level::Account => ("0, 0", ""),
            _ => ("p.campaign, p.entity", "JOIN placed p ON p.place = r.place"),
        };
        self.writer.execute_batch(&format!(
            "INSERT INTO {table}
             SELECT {workspace}, r.day, {level}, r.account, {entities}, {import}, {figures}
             FROM staged_row r {join} WHERE {filter} {order}",
            workspace = self.workspace,
            level = level.number(),
            figures = figures(|column| format!("r.{column}")),
        ))?;
        Ok(())
    }

    fn insert_ledger(&self, import: ImportId, level: Level, change: &Change) -> Result<(), FactsError> {
        let (workspace, captured_at) = (self.workspace, time_literal(change.captured_at));
        self.writer
            .execute_batch(&format!("INSERT INTO applied VALUES ({import}, {workspace}, {captured_at})"))?;
        for (account, period) in &change.covered {
            self.writer.execute_batch(&format!(
                "INSERT INTO coverage VALUES ({import}, {workspace}, {account}, {}, DATE '{}', DATE '{}', {captured_at}, DATE '{}')",
                level.number(),
                period.from(),
                period.to(),
                change.captured_day
            ))?;
        }
        let mut statement = self
            .writer
            .prepare("INSERT INTO range_figure VALUES (?, ?, ?, ?, ?::DATE, ?::DATE, ?, ?, ?, ?, ?, ?, ?)")?;
        for range in &self.ranges {
            let sums = range.sums;
            statement.execute(duckdb::params![
                import,
                workspace,
                range.account,
                level.number(),
                range.period.map(|period| period.from().to_string()),
                range.period.map(|period| period.to().to_string()),
                sums.spend_micros,
                sums.impressions,
                sums.clicks,
                sums.link_clicks,
                sums.conversions_e6,
                sums.revenue_micros,
                sums.video_views
            ])?;
        }
        Ok(())
    }
}
