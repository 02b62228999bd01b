//! Range figures: totals of files without days, held against the days that are known.

use domain::Period;

use super::sql::days_literal;
use super::staging::Staging;
use super::{AccountId, FactsError};

/// A stated range figure beside what the known days of the same account and level add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangeComparison {
    /// The account.
    pub account: AccountId,
    /// The range, if the file states one.
    pub period: Option<Period>,
    /// The spend that the file states, in micros.
    pub stated_spend_micros: Option<i64>,
    /// The spend of the known days, in micros; `None` if no day is known.
    pub known_spend_micros: Option<i64>,
}

impl Staging<'_> {
    /// Each staged range figure beside what the known days add up to.
    ///
    /// # Errors
    /// If the engine fails.
    pub fn compare_ranges(&self) -> Result<Vec<RangeComparison>, FactsError> {
        let compare = |range: &super::RangeFigure| {
            let days = range
                .period
                .map_or(String::new(), |period| format!(" AND day BETWEEN {}", days_literal(period)));
            let known_spend_micros = self.writer.query_row(
                &format!(
                    "SELECT sum(spend_micros)::BIGINT FROM delivery WHERE workspace = {} AND level = {} AND account = {}{days}",
                    self.workspace,
                    self.level.number(),
                    range.account
                ),
                [],
                |row| row.get(0),
            )?;
            Ok(RangeComparison {
                account: range.account,
                period: range.period,
                stated_spend_micros: range.sums.spend_micros,
                known_spend_micros,
            })
        };
        self.ranges.iter().map(compare).collect()
    }
}
