//! Accounts that came in twice: what people decided of such pairs, and the days that are set aside so that they count once.
//!
//! Of an accepted pair one account is kept. The days that it tells are set aside of the other one, all levels of them, and the days
//! that only the other tells stay. What is aside follows from all claims and the decision alone: it is made anew whenever an
//! import or an undo touches one of the two, so that a day comes back when the kept account does not tell it any more.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ImportId, Period, believed};
use duckdb::{Connection, params};
use jiff::Timestamp;
use jiff::civil::Date;

use super::scope::load;
use super::sql::days_literal;
use super::{Account, AccountId, Facts, FactsError, locked, rollup};
use crate::WorkspaceId;

/// A decision about a pair of accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duplicate {
    /// The account whose figures count.
    pub kept: AccountId,
    /// The one whose days count only where the kept one tells nothing.
    pub other: AccountId,
    /// Whether they are one; else the pair is not proposed again.
    pub is_accepted: bool,
    /// When it was decided.
    pub decided_at: Timestamp,
}

impl Facts {
    /// Keeps a decision, in place of one about the same pair, and sets aside what counts twice by it, all in one transaction.
    ///
    /// # Errors
    /// If the engine fails; nothing was changed then.
    pub fn decide_duplicate(&self, workspace: WorkspaceId, duplicate: &Duplicate) -> Result<(), FactsError> {
        let writer = locked(&self.writer);
        self.commit(&writer, |writer| {
            forget(writer, workspace, duplicate.kept, duplicate.other)?;
            writer.execute(
                "INSERT INTO account_duplicate VALUES (?, ?, ?, ?, make_timestamp(?))",
                params![
                    workspace,
                    duplicate.kept,
                    duplicate.other,
                    duplicate.is_accepted,
                    duplicate.decided_at.as_microsecond()
                ],
            )?;
            settle(writer, workspace, Some(&[duplicate.kept, duplicate.other]))
        })
    }

    /// Takes a decision about a pair back, and gives back what was set aside by it; whether there was one.
    ///
    /// # Errors
    /// If the engine fails; nothing was changed then.
    pub fn forget_duplicate(
        &self,
        workspace: WorkspaceId,
        kept: AccountId,
        other: AccountId,
    ) -> Result<bool, FactsError> {
        let writer = locked(&self.writer);
        self.commit(&writer, |writer| {
            let was_decided = forget(writer, workspace, kept, other)? > 0;
            settle(writer, workspace, Some(&[kept, other]))?;
            Ok(was_decided)
        })
    }
}

/// Forgets what was decided of two accounts, whichever of them was kept.
fn forget(
    writer: &Connection,
    workspace: WorkspaceId,
    one: AccountId,
    other: AccountId,
) -> Result<usize, FactsError> {
    Ok(writer.execute(
        "DELETE FROM account_duplicate
         WHERE workspace = ? AND ((kept = ? AND other = ?) OR (kept = ? AND other = ?))",
        params![workspace, one, other, other, one],
    )?)
}

/// The decisions of a workspace, oldest first.
///
/// # Errors
/// If the engine fails.
pub fn duplicates_of(connection: &Connection, workspace: WorkspaceId) -> Result<Vec<Duplicate>, FactsError> {
    let mut statement = connection.prepare_cached(
        "SELECT kept, other, is_accepted, epoch_us(decided_at) FROM account_duplicate
         WHERE workspace = ? ORDER BY decided_at, kept, other",
    )?;
    let mut rows = statement.query(params![workspace])?;
    let mut duplicates = Vec::new();
    while let Some(row) = rows.next()? {
        let decided_at = Timestamp::from_microsecond(row.get(3)?).unwrap_or_default();
        let (kept, other, is_accepted) = (row.get(0)?, row.get(1)?, row.get(2)?);
        duplicates.push(Duplicate { kept, other, is_accepted, decided_at });
    }
    Ok(duplicates)
}

/// Sets aside what follows from the decisions, and gives back what does not follow any more: of pairs with one of the `touched`
/// accounts, or of all. Inside the transaction of the change that touched them.
pub(super) fn settle(
    writer: &Connection,
    workspace: WorkspaceId,
    touched: Option<&[AccountId]>,
) -> Result<(), FactsError> {
    let accepted: Vec<Duplicate> =
        duplicates_of(writer, workspace)?.into_iter().filter(|pair| pair.is_accepted).collect();
    let aside = accounts_aside(writer, workspace)?;
    if accepted.is_empty() && aside.is_empty() {
        return Ok(());
    }
    let is_touched = |account: &AccountId| touched.is_none_or(|touched| touched.contains(account));
    for account in aside {
        if is_touched(&account) && !accepted.iter().any(|pair| pair.other == account) {
            set_aside(writer, workspace, account, &BTreeSet::new())?;
        }
    }
    let mut by_kept: BTreeMap<AccountId, BTreeSet<AccountId>> = BTreeMap::new();
    for pair in &accepted {
        by_kept.entry(pair.kept).or_default().insert(pair.other);
    }
    for (kept, others) in by_kept {
        if !is_touched(&kept) && !others.iter().any(is_touched) {
            continue;
        }
        let mut told = days_of(&claims(writer, workspace, "coverage", kept)?);
        for other in others {
            // What one copy tells alone, another copy tells twice.
            let left = set_aside(writer, workspace, other, &told)?;
            told.extend(left);
        }
    }
    Ok(())
}

fn accounts_aside(writer: &Connection, workspace: WorkspaceId) -> Result<Vec<AccountId>, FactsError> {
    let mut statement = writer
        .prepare_cached("SELECT DISTINCT account FROM coverage_aside WHERE workspace = ? ORDER BY account")?;
    let accounts = statement.query_map(params![workspace], |row| row.get(0))?;
    Ok(accounts.collect::<Result<_, _>>()?)
}

/// An import's claim to know days of an account at a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Claim {
    import: ImportId,
    level: u8,
    /// In microseconds.
    captured_at: i64,
    captured_day: Date,
    first: Date,
    last: Date,
}

impl Claim {
    fn days(&self) -> impl Iterator<Item = Date> {
        Period::new(self.first, self.last).into_iter().flat_map(Period::days)
    }

    fn with_days(self, days: Period) -> Self {
        Self { first: days.from(), last: days.to(), ..self }
    }
}

/// The claims of an account that stand in `table`; those of imports that were undone are none.
fn claims(
    writer: &Connection,
    workspace: WorkspaceId,
    table: &str,
    account: AccountId,
) -> Result<Vec<Claim>, FactsError> {
    let mut statement = writer.prepare(&format!(
        "SELECT import, level, epoch_us(captured_at), captured_day::VARCHAR, first_day::VARCHAR, last_day::VARCHAR
         FROM {table} WHERE workspace = ? AND account = ?
           AND import IN (SELECT import FROM applied WHERE workspace = ?)"
    ))?;
    let mut rows = statement.query(params![workspace, account, workspace])?;
    let mut claims = Vec::new();
    while let Some(row) = rows.next()? {
        let day = |column| -> Result<Date, FactsError> {
            let text: String = row.get(column)?;
            let number = column as i64;
            text.parse().map_err(|_| FactsError::UnknownNumber { what: "a day in coverage, column", number })
        };
        claims.push(Claim {
            import: row.get(0)?,
            level: row.get(1)?,
            captured_at: row.get(2)?,
            captured_day: day(3)?,
            first: day(4)?,
            last: day(5)?,
        });
    }
    Ok(joined(claims))
}

/// The same claims in order, with pieces that follow one another as one.
fn joined(mut claims: Vec<Claim>) -> Vec<Claim> {
    claims.sort_unstable();
    let mut joined: Vec<Claim> = Vec::new();
    for claim in claims {
        match joined.last_mut() {
            Some(last)
                if last.with_days_of(&claim) == claim
                    && last.last.tomorrow().is_ok_and(|next| claim.first <= next) =>
            {
                last.last = last.last.max(claim.last);
            }
            _ => joined.push(claim),
        }
    }
    joined
}

impl Claim {
    /// The same claim to the days of another.
    fn with_days_of(&self, other: &Self) -> Self {
        Self { first: other.first, last: other.last, ..*self }
    }
}

fn days_of(claims: &[Claim]) -> BTreeSet<Date> {
    claims.iter().flat_map(Claim::days).collect()
}

/// Runs of days without gaps.
fn runs(days: impl IntoIterator<Item = Date>) -> Vec<Period> {
    let mut runs: Vec<Period> = Vec::new();
    for day in days.into_iter().filter_map(|day| Period::day(day).ok()) {
        match runs.last_mut() {
            Some(last) if last.to().tomorrow().ok() == Some(day.from()) => *last = last.hull(day),
            _ => runs.push(day),
        }
    }
    runs
}

/// Cuts claims into what lies within `told` and what does not.
fn cut(claims: &[Claim], told: &BTreeSet<Date>) -> (Vec<Claim>, Vec<Claim>) {
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    for claim in claims {
        let (within, without): (Vec<Date>, Vec<Date>) = claim.days().partition(|day| told.contains(day));
        inside.extend(runs(within).into_iter().map(|days| claim.with_days(days)));
        outside.extend(runs(without).into_iter().map(|days| claim.with_days(days)));
    }
    (joined(inside), joined(outside))
}

/// Sets aside all that an account tells of the days of `told` and gives everything else back. The days that it still tells.
fn set_aside(
    writer: &Connection,
    workspace: WorkspaceId,
    account: AccountId,
    told: &BTreeSet<Date>,
) -> Result<BTreeSet<Date>, FactsError> {
    let (counting, aside) = (
        claims(writer, workspace, "coverage", account)?,
        claims(writer, workspace, "coverage_aside", account)?,
    );
    let (inside, outside) = cut(&joined([counting.clone(), aside.clone()].concat()), told);
    let left = days_of(&outside);
    let of_account = format!("workspace = {workspace} AND account = {account}");
    let undone = format!("import NOT IN (SELECT import FROM applied WHERE workspace = {workspace})");
    writer.execute_batch(&format!(
        "DELETE FROM delivery_aside WHERE {of_account} AND {undone};
         DELETE FROM coverage_aside WHERE {of_account} AND {undone};"
    ))?;
    if (&inside, &outside) == (&aside, &counting) {
        return Ok(left);
    }
    let accounts = super::account::accounts_of(writer, workspace)?;
    let accounts: Vec<Account> = accounts.into_iter().filter(|of| of.account == account).collect();
    let before = rollup::told(writer, workspace, &accounts)?;
    for (table, claims) in [("coverage", &outside), ("coverage_aside", &inside)] {
        writer.execute_batch(&format!("DELETE FROM {table} WHERE {of_account}"))?;
        for claim in claims {
            writer.execute_batch(&format!(
                "INSERT INTO {table} VALUES ({}, {workspace}, {account}, {}, DATE '{}', DATE '{}', make_timestamp({}), DATE '{}')",
                claim.import, claim.level, claim.first, claim.last, claim.captured_at, claim.captured_day
            ))?;
        }
    }
    // What comes back is not believed until the claims say so.
    writer.execute_batch(&format!(
        "INSERT INTO delivery_history FROM delivery_aside WHERE {of_account};
         DELETE FROM delivery_aside WHERE {of_account};"
    ))?;
    for days in runs(days_of(&inside)) {
        let scope = format!("{of_account} AND day BETWEEN {}", days_literal(days));
        writer.execute_batch(&format!(
            "INSERT INTO delivery_aside FROM delivery WHERE {scope};
             INSERT INTO delivery_aside FROM delivery_history WHERE {scope};
             DELETE FROM delivery WHERE {scope};
             DELETE FROM delivery_history WHERE {scope};"
        ))?;
    }
    believe(writer, workspace, account)?;
    let after = rollup::told(writer, workspace, &accounts)?;
    for ((account, before), (_, after)) in before.iter().zip(&after) {
        let all = before.iter().chain(after);
        let Some(days) = all.clone().map(|(_, days)| *days).reduce(Period::hull) else { continue };
        // Any level of these days: all of them are made anew.
        let Some((level, _)) = all.clone().next() else { continue };
        rollup::rebuild(writer, workspace, account, *level, &[days], before, after)?;
    }
    Ok(left)
}

/// Puts the rows of an account where they belong by its claims: what is believed into `delivery`, all else into history.
fn believe(writer: &Connection, workspace: WorkspaceId, account: AccountId) -> Result<(), FactsError> {
    for ((_, level), claims) in load(writer, workspace, Some(account))? {
        let scope =
            format!("t.workspace = {workspace} AND t.account = {account} AND t.level = {}", level.number());
        let segments: Vec<String> = believed(&claims.coverages, None)
            .into_iter()
            .map(|segment| {
                let days = segment.period;
                format!("({}, DATE '{}', DATE '{}')", segment.import, days.from(), days.to())
            })
            .collect();
        if segments.is_empty() {
            continue;
        }
        let is_believed = format!(
            "EXISTS (SELECT 1 FROM (VALUES {}) b(import, first_day, last_day)
                     WHERE b.import = t.import AND t.day BETWEEN b.first_day AND b.last_day)",
            segments.join(", ")
        );
        writer.execute_batch(&format!(
            "INSERT INTO delivery_history SELECT t.* FROM delivery t WHERE {scope} AND NOT {is_believed};
             DELETE FROM delivery t WHERE {scope} AND NOT {is_believed};
             INSERT INTO delivery SELECT t.* FROM delivery_history t WHERE {scope} AND {is_believed} ORDER BY t.day;
             DELETE FROM delivery_history t WHERE {scope} AND {is_believed};"
        ))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn claim(import: ImportId, first: i8, last: i8) -> Claim {
        let (first, last) = (date(2026, 11, first), date(2026, 11, last));
        Claim { import, level: 2, captured_at: 7, captured_day: date(2026, 11, 20), first, last }
    }

    fn shown(claims: &[Claim]) -> Vec<(ImportId, i8, i8)> {
        claims.iter().map(|claim| (claim.import, claim.first.day(), claim.last.day())).collect()
    }

    #[test]
    fn claims_are_cut_by_days_and_joined_again() {
        let all = vec![claim(1, 1, 10), claim(2, 8, 12)];
        let told: BTreeSet<Date> = (4..=9).map(|day| date(2026, 11, day)).collect();
        let (inside, outside) = cut(&all, &told);
        assert_eq!(shown(&inside), [(1, 4, 9), (2, 8, 9)]);
        assert_eq!(shown(&outside), [(1, 1, 3), (1, 10, 10), (2, 10, 12)]);
        assert_eq!(joined([inside, outside].concat()), all);
        let (inside, outside) = cut(&all, &BTreeSet::new());
        assert_eq!((shown(&inside).len(), joined(outside)), (0, all));
    }

    #[test]
    fn claims_of_two_imports_or_levels_stay_apart() {
        let other = Claim { level: 4, ..claim(1, 4, 6) };
        let all = joined(vec![other, claim(2, 4, 6), claim(1, 4, 6), claim(1, 1, 3)]);
        assert_eq!(shown(&all), [(1, 1, 6), (1, 4, 6), (2, 4, 6)]);
    }
}
