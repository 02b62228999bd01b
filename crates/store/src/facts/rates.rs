//! Exchange rates by day, each with its source: how many units of a currency one euro buys.

use std::collections::{BTreeMap, HashMap};
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

/// What a source told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateSource {
    /// Where they come from, in words.
    pub source: String,
    /// Of which currencies, in their order.
    pub currencies: Vec<Currency>,
    /// How many rates of it count.
    pub rates: u64,
    /// From the first day to the last.
    pub days: Period,
}

/// How rates that are told compare with those that are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RatesCompared {
    /// Of days and currencies without any so far.
    pub new: u64,
    /// Just as they are kept.
    pub same: u64,
    /// Those that say otherwise, by currency and day: what is told, and what is kept.
    pub changed: Vec<(Rate, Rate)>,
}

impl Facts {
    /// Takes away all rates of a source. How many there were.
    ///
    /// # Errors
    /// If the engine fails; nothing was changed then.
    pub fn forget_rates(&self, workspace: WorkspaceId, source: &str) -> Result<u64, FactsError> {
        let writer = locked(&self.writer);
        self.commit(&writer, |writer| {
            let gone = writer.execute(
                "DELETE FROM fx_rate WHERE workspace = $1 AND source = $2",
                duckdb::params![workspace, source],
            )?;
            Ok(gone as u64)
        })
    }

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

/// The sources of a workspace's rates by name.
///
/// # Errors
/// If the engine fails.
pub fn rate_sources(connection: &Connection, workspace: WorkspaceId) -> Result<Vec<RateSource>, FactsError> {
    let mut statement = connection.prepare_cached(
        "SELECT source, string_agg(DISTINCT currency, ',' ORDER BY currency), count(*), min(day)::VARCHAR, max(day)::VARCHAR
         FROM fx_rate WHERE workspace = $1 GROUP BY source ORDER BY source",
    )?;
    let mut rows = statement.query(duckdb::params![workspace])?;
    let mut sources = Vec::new();
    while let Some(row) = rows.next()? {
        let (from, to) = (row.get::<_, String>(3)?.parse(), row.get::<_, String>(4)?.parse());
        let (Ok(from), Ok(to)) = (from, to) else { continue };
        let Ok(days) = Period::new(from, to) else { continue };
        let currencies: String = row.get(1)?;
        sources.push(RateSource {
            source: row.get(0)?,
            currencies: currencies.split(',').filter_map(|code| code.parse().ok()).collect(),
            rates: row.get(2)?,
            days,
        });
    }
    Ok(sources)
}

/// Holds rates that are told against those of the same currencies and days that a workspace has.
///
/// # Errors
/// If the engine fails.
pub fn rates_compared(
    connection: &Connection,
    workspace: WorkspaceId,
    told: &[Rate],
) -> Result<RatesCompared, FactsError> {
    let mut statement = connection.prepare_cached(
        "SELECT day - DATE '1970-01-01', per_euro_e9, source FROM fx_rate WHERE workspace = $1 AND currency = $2",
    )?;
    let mut by_currency: BTreeMap<Currency, Vec<&Rate>> = BTreeMap::new();
    for rate in told {
        by_currency.entry(rate.currency).or_default().push(rate);
    }
    let mut compared = RatesCompared::default();
    for (currency, mut told) in by_currency {
        let mut kept: HashMap<i64, (i64, String)> = HashMap::new();
        let mut rows = statement.query(duckdb::params![workspace, currency.code()])?;
        while let Some(row) = rows.next()? {
            kept.insert(row.get(0)?, (row.get(1)?, row.get(2)?));
        }
        told.sort_by_key(|rate| rate.day);
        for rate in told {
            match kept.get(&i64::from(epoch_day(rate.day))) {
                None => compared.new += 1,
                Some((per_euro_e9, _)) if *per_euro_e9 == rate.per_euro_e9 => compared.same += 1,
                Some((per_euro_e9, source)) => {
                    let kept = Rate { per_euro_e9: *per_euro_e9, source: source.clone(), ..rate.clone() };
                    compared.changed.push((rate.clone(), kept));
                }
            }
        }
    }
    Ok(compared)
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
