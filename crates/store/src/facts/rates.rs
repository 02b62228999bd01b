//! Exchange rates by day, each with its source: how many units of a currency one euro buys.

use std::sync::Arc;

use domain::{Currency, Period};
use duckdb::Connection;
use duckdb::arrow::array::{ArrayRef, Date32Array, Int64Array, StringArray, UInt32Array};
use duckdb::arrow::record_batch::RecordBatch;
use jiff::civil::Date;

use super::sql::epoch_day;
use super::{Facts, FactsError, locked};
use crate::WorkspaceId;

/// One in billionths, in which rates are kept.
pub const RATE_ONE: i64 = 1_000_000_000;

/// A currency's rate on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// The currency.
    pub currency: Currency,
    /// The day.
    pub day: Date,
    /// Units of it for one euro, in billionths; more than 0.
    pub per_euro_e9: i64,
    /// Where it comes from, in words.
    pub source: String,
}

impl Facts {
    /// Keeps rates of a workspace, in place of those of the same currencies and days.
    ///
    /// # Errors
    /// If the engine fails; nothing was changed then.
    pub fn keep_rates(&self, workspace: WorkspaceId, rates: &[Rate]) -> Result<(), FactsError> {
        let currencies = StringArray::from_iter_values(rates.iter().map(|rate| rate.currency.code()));
        let columns: [(&str, ArrayRef); 5] = [
            ("workspace", Arc::new(UInt32Array::from(vec![workspace; rates.len()]))),
            ("currency", Arc::new(currencies)),
            ("day", Arc::new(rates.iter().map(|rate| Some(epoch_day(rate.day))).collect::<Date32Array>())),
            (
                "per_euro_e9",
                Arc::new(rates.iter().map(|rate| Some(rate.per_euro_e9)).collect::<Int64Array>()),
            ),
            ("source", Arc::new(StringArray::from_iter_values(rates.iter().map(|rate| &rate.source)))),
        ];
        let batch = RecordBatch::try_from_iter(columns)
            .map_err(|error| duckdb::Error::ToSqlConversionFailure(Box::new(error)))?;
        let writer = locked(&self.writer);
        writer.execute_batch("CREATE OR REPLACE TEMP TABLE new_rate AS FROM fx_rate LIMIT 0")?;
        let mut appender = writer.appender_to_catalog_and_db("new_rate", "temp", "main")?;
        appender.append_record_batch(batch)?;
        appender.flush()?;
        drop(appender);
        self.commit(&writer, |writer| {
            Ok(writer.execute_batch(
                "DELETE FROM fx_rate USING new_rate n
                 WHERE fx_rate.workspace = n.workspace AND fx_rate.currency = n.currency AND fx_rate.day = n.day;
                 INSERT INTO fx_rate SELECT DISTINCT ON (workspace, currency, day) * FROM new_rate",
            )?)
        })
    }
}

/// The rates of a workspace's currencies that count within `days`, by currency and day: those of these days, and the last
/// before.
///
/// # Errors
/// If the engine fails.
pub fn rates_within(
    connection: &Connection,
    workspace: WorkspaceId,
    currencies: &[Currency],
    days: Period,
) -> Result<Vec<Rate>, FactsError> {
    let mut statement = connection.prepare_cached(
        "SELECT day::VARCHAR, per_euro_e9, source FROM fx_rate
         WHERE workspace = $1 AND currency = $2 AND day <= $4::DATE AND day >= coalesce(
             (SELECT max(day) FROM fx_rate WHERE workspace = $1 AND currency = $2 AND day <= $3::DATE), $3::DATE)
         ORDER BY day",
    )?;
    let mut rates = Vec::new();
    for currency in currencies {
        let bound =
            duckdb::params![workspace, currency.code(), days.from().to_string(), days.to().to_string()];
        let mut rows = statement.query(bound)?;
        while let Some(row) = rows.next()? {
            let Ok(day) = row.get::<_, String>(0)?.parse() else { continue };
            rates.push(Rate { currency: *currency, day, per_euro_e9: row.get(1)?, source: row.get(2)? });
        }
    }
    Ok(rates)
}
