//! From the engine's groups to rows: added up by key, currencies kept apart.

mod page;
mod parts;

use std::collections::HashMap;

use domain::{Additive, Formula, Metric, Sums};
use duckdb::Connection;
use duckdb::arrow::array::{Array, Int64Array};
use store::facts::currency_number;

pub(crate) use self::page::{Place, Placed, page};
pub(crate) use self::parts::Parts;
use crate::InsightError;
use crate::known::Known;
use crate::query::Dimension;
use crate::sql::{Figures, Statement, is_column};

/// Most groups that one question may make before it is asked to be narrower.
const MOST_GROUPS: usize = 1_000_000;

/// The place of a row: one number per dimension, unused ones zero.
pub(crate) type Keys = [i64; 3];

/// What was added up for one place.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub keys: Keys,
    pub parts: Parts,
}

/// The reported figures that `metrics` are made of, in the order of storage.
pub(crate) fn figures_for(metrics: impl IntoIterator<Item = Metric>) -> Vec<Additive> {
    let mut needed: Vec<Additive> = metrics
        .into_iter()
        .flat_map(|metric| match metric.formula() {
            Formula::Sum(what) => vec![what],
            Formula::Ratio { numerator, denominator, .. } => vec![numerator, denominator],
        })
        // Which currency leads is decided by spend.
        .chain([Additive::Spend, Additive::Revenue])
        .collect();
    needed.sort_unstable();
    needed.dedup();
    needed
}

/// Runs a statement of [`crate::sql::statement`] and adds up its groups by the keys of `dimensions`.
pub(crate) fn rows(
    connection: &Connection,
    statement: &Statement,
    dimensions: &[Dimension],
    figures: Figures<'_>,
    known: &Known,
) -> Result<Vec<Row>, InsightError> {
    let mut prepared = connection.prepare_cached(&statement.sql)?;
    let mut rows = Rows::default();
    let mut groups = 0;
    let keys = dimensions.iter().filter(|dimension| is_column(**dimension)).count();
    for batch in prepared.query_arrow(duckdb::params_from_iter(&statement.words))? {
        groups += batch.num_rows();
        if groups > MOST_GROUPS {
            return Err(InsightError::wrong(
                "by",
                format!(
                    "the answer has more than {MOST_GROUPS} rows before it is sorted; narrow the filter or the period"
                ),
            ));
        }
        let columns: Vec<Option<&Int64Array>> =
            batch.columns().iter().map(|column| column.as_any().downcast_ref::<Int64Array>()).collect();
        let at = |column: usize, row: usize| {
            let values = columns.get(column).copied().flatten()?;
            values.is_valid(row).then(|| values.value(row))
        };
        for n in 0..batch.num_rows() {
            let account = at(keys + 1, n).and_then(|id| u32::try_from(id).ok());
            let Some(account) = account.and_then(|id| known.account(id)) else { continue };
            let mut place = Keys::default();
            let mut column = 0..;
            for (key, dimension) in place.iter_mut().zip(dimensions) {
                *key = match dimension {
                    Dimension::Platform => i64::from(account.platform.number()),
                    Dimension::Currency => i64::from(currency_number(account.currency)),
                    Dimension::Account => i64::from(account.account),
                    _ => column.next().and_then(|column| at(column, n)).unwrap_or(0),
                };
                // Delivery told for whole accounts only has no campaign; accounts stay apart all the same.
                if (*dimension, *key) == (Dimension::Campaign, 0) {
                    *key = -i64::from(account.account);
                }
            }
            let mut sums = Sums::NONE;
            // A source of record tells what was sold, an advertising account what it claims to have sold.
            let is_told = |what: &Additive| what.is_record() == account.platform.is_record();
            for (column, what) in figures.of.iter().enumerate().filter(|(_, what)| is_told(what)) {
                *sums.get_mut(*what) = at(keys + 2 + column, n);
            }
            let converted = at(keys + 2 + figures.of.len(), n) == Some(1);
            let currency = figures.conversion.filter(|_| converted).map_or(account.currency, |of| of.to);
            rows.at(place).put(currency, at(keys, n) == Some(1), &sums)?;
        }
    }
    Ok(rows.rows)
}

/// The same rows, added up by the `n`th of their keys alone, in its order.
pub(crate) fn by(rows: &[Row], n: usize) -> Result<Vec<Row>, InsightError> {
    let mut regrouped = Rows::default();
    for row in rows {
        regrouped.at([row.keys[n], 0, 0]).merge(&row.parts)?;
    }
    regrouped.rows.sort_unstable_by_key(|row| row.keys);
    Ok(regrouped.rows)
}

/// All rows added up.
pub(crate) fn total<'r>(rows: impl IntoIterator<Item = &'r Row>) -> Result<Parts, InsightError> {
    let mut total = Parts::default();
    rows.into_iter().try_for_each(|row| total.merge(&row.parts))?;
    Ok(total)
}

/// Rows, found by their keys.
#[derive(Default)]
struct Rows {
    rows: Vec<Row>,
    places: HashMap<Keys, usize>,
}

impl Rows {
    fn at(&mut self, keys: Keys) -> &mut Parts {
        let n = *self.places.entry(keys).or_insert_with(|| {
            self.rows.push(Row { keys, parts: Parts::default() });
            self.rows.len() - 1
        });
        &mut self.rows[n].parts
    }
}
