//! The rates that a converted question uses, day by day: what can be checked by hand.

use domain::{Currency, Metric, Period};
use jiff::civil::Date;

use crate::query::Query;
use crate::{Asker, Insight, InsightError};

/// The rate at which a currency's money of a day is converted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedRate {
    /// The currency that is converted.
    pub currency: Currency,
    /// The day of the money.
    pub day: Date,
    /// What one unit is worth, in millionths of millionths of the currency that is converted into.
    pub rate_e12: i64,
    /// The day of which the rate is: an earlier one where the day has none of its own.
    pub told: Date,
    /// Where it comes from.
    pub source: String,
}

impl UsedRate {
    /// The rate as a decimal with six digits that count.
    pub fn decimal(&self) -> String {
        crate::conversion::decimal(self.rate_e12)
    }
}

impl Insight {
    /// The rates of the accounts' currencies on each day of `period`, into the currency that `asker` converts into; days without any
    /// rate are missing.
    ///
    /// # Errors
    /// If the facts can't be read.
    pub fn rates(&self, asker: &Asker, period: Period) -> Result<Vec<UsedRate>, InsightError> {
        self.view(|view| {
            let known = view.known(&asker.bound, None)?;
            let conversion = view.conversion(asker, &Query::new(period, [Metric::Spend]), &known)?;
            Ok(conversion.map_or_else(Vec::new, |conversion| conversion.used()))
        })
    }
}
