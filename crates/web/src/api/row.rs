//! Rows of figures as objects, and the columns that explain them.

use std::collections::BTreeMap;

use domain::money::ONE;
use domain::{Currency, Direction, Metric, Micros, Unit, Value};
use insight::Dimension;
use insight::answer::{AnswerRow, Figures, KeyValue, LeftOut};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A cell of a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CellOut {
    /// Money in micros (millionths of the currency's main unit), or a count.
    Integer(i64),
    /// A decimal, a share (0.0123 is 1.23 %) or a multiple.
    Number(f64),
    /// A dimension's value.
    Text(String),
}

/// A cell of a row: null where a figure is not known, which is never zero; money as integer micros; counts as integers; decimals,
/// shares (0.0123 is 1.23 %) and multiples as numbers; dimensions as text.
#[derive(ToSchema)]
#[schema(as = CellOut)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes an optional CellOut")]
enum NullableCell {
    Null,
    Integer(i64),
    Number(f64),
    Text(String),
}

/// A row of figures. Its dimensions and metrics stand beside each other under the names that `columns` gives; null is
/// "not known", never zero.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RowOut {
    /// Dimensions as text (with their number under `..._id`) and metrics.
    #[serde(flatten)]
    #[schema(value_type = BTreeMap<String, NullableCell>)]
    pub cells: BTreeMap<String, Option<CellOut>>,
    /// The currency of the row's money (ISO 4217); null if there is none, `XXX` if nobody said which.
    #[schema(value_type = Option<String>, example = "EUR")]
    pub currency: Option<Currency>,
    /// Money in other currencies, which is not contained in the row's money.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOutOut>,
    /// The metrics in the compared period, if one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BTreeMap<String, NullableCell>>)]
    pub compared: Option<BTreeMap<String, Option<CellOut>>>,
    /// The relative change of each metric (0.153 is +15.3 %), if a comparison was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<BTreeMap<String, Option<f64>>>,
}

/// Money that could not be added because it is of another currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeftOutOut {
    /// Its currency.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// Spend in it, in micros.
    pub spend_micros: Option<Micros>,
    /// Revenue in it, in micros.
    pub revenue_micros: Option<Micros>,
    /// Revenue of record in it, in micros; absent if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_revenue_micros: Option<Micros>,
}

/// Whether a column says what a row is, or how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// What a row is about.
    Dimension,
    /// A figure.
    Metric,
}

/// A column of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ColumnOut {
    /// The name in rows.
    #[schema(example = "spend_micros")]
    pub name: String,
    /// The name a person reads.
    pub label: String,
    /// What kind of column it is.
    pub kind: ColumnKind,
    /// What it is counted in: `money` (micros), `count`, `decimal`, `percent` (a share) or `multiple`.
    #[schema(value_type = Option<String>, example = "money")]
    pub unit: Option<Unit>,
    /// Which way is good: `up`, `down` or `neutral`.
    #[schema(value_type = Option<String>, example = "neutral")]
    pub direction: Option<Direction>,
    /// What it means, in a line.
    pub meaning: Option<String>,
    /// What its total is: `sum` or `ratio of sums`.
    pub total: Option<String>,
}

impl ColumnOut {
    /// The column of a metric.
    pub fn metric(metric: Metric) -> Self {
        Self {
            name: metric.field().to_owned(),
            label: metric.label().to_owned(),
            kind: ColumnKind::Metric,
            unit: Some(metric.unit()),
            direction: Some(metric.direction()),
            meaning: Some(metric.meaning().to_owned()),
            total: Some(metric.total_means().to_owned()),
        }
    }

    /// The column of a dimension.
    pub fn dimension(dimension: Dimension) -> Self {
        Self {
            name: dimension.key().to_owned(),
            label: dimension.label().to_owned(),
            kind: ColumnKind::Dimension,
            unit: None,
            direction: None,
            meaning: None,
            total: None,
        }
    }
}

impl RowOut {
    /// The row's figures alone.
    pub fn of(figures: &Figures, metrics: &[Metric], with_change: bool) -> Self {
        let cells = |value: &dyn Fn(Metric) -> Option<Value>| -> BTreeMap<String, Option<CellOut>> {
            metrics
                .iter()
                .map(|metric| (metric.field().to_owned(), value(*metric).map(|value| cell(*metric, value))))
                .collect()
        };
        let change = |metric: &Metric| (metric.key().to_owned(), figures.change(*metric));
        Self {
            cells: cells(&|metric| figures.value(metric)),
            currency: figures.currency,
            left_out: figures.left_out.iter().map(LeftOutOut::of).collect(),
            compared: with_change.then(|| cells(&|metric| figures.compared(metric))),
            change: with_change.then(|| metrics.iter().map(change).collect()),
        }
    }

    /// A row of an answer: its place in each dimension, and its figures.
    pub fn of_answer(
        row: &AnswerRow,
        dimensions: &[Dimension],
        metrics: &[Metric],
        with_change: bool,
    ) -> Self {
        let mut out = Self::of(&row.figures, metrics, with_change);
        for (dimension, key) in dimensions.iter().zip(&row.keys) {
            match key {
                // The row's own currency says the same under the same name.
                KeyValue::Currency(currency) => out.currency = Some(*currency),
                KeyValue::Entity(id, name) => {
                    out.cells
                        .insert(format!("{}_id", dimension.key()), Some(CellOut::Integer(i64::from(*id))));
                    out.cells.insert(dimension.key().to_owned(), Some(CellOut::Text(name.clone())));
                }
                key => {
                    out.cells.insert(dimension.key().to_owned(), Some(CellOut::Text(key.text())));
                }
            }
        }
        out
    }

    /// What stands under a column's name, if it is known.
    pub fn cell(&self, name: &str) -> Option<CellOut> {
        match (self.cells.get(name), self.currency) {
            (Some(cell), _) => cell.clone(),
            (None, Some(currency)) if name == "currency" => Some(CellOut::Text(currency.code().to_owned())),
            (None, _) => None,
        }
    }
}

impl LeftOutOut {
    pub(super) fn of(left_out: &LeftOut) -> Self {
        let LeftOut { currency, spend_micros, revenue_micros, record_revenue_micros } = *left_out;
        Self { currency, spend_micros, revenue_micros, record_revenue_micros }
    }
}

/// Millionths that are no money are written as the decimal they stand for.
fn cell(metric: Metric, value: Value) -> CellOut {
    match value {
        Value::Integer(millionths) if metric.unit() == Unit::Decimal => {
            CellOut::Number(millionths as f64 / ONE as f64)
        }
        Value::Integer(integer) => CellOut::Integer(integer),
        Value::Ratio(ratio) => CellOut::Number(ratio),
    }
}

#[cfg(test)]
mod tests {
    use domain::Sums;

    use super::*;

    #[test]
    fn a_row_reads_back_what_it_wrote() {
        let lead = Sums { spend_micros: Some(1_500_000), conversions_e6: Some(2_500_000), ..Sums::NONE };
        let figures = Figures {
            currency: "EUR".parse().ok(),
            sums: lead,
            lead,
            compared_sums: Some(Sums::NONE),
            compared_lead: Some(Sums { spend_micros: Some(1_000_000), ..Sums::NONE }),
            left_out: vec![LeftOut {
                currency: "USD".parse().unwrap(),
                spend_micros: Some(7),
                revenue_micros: None,
                record_revenue_micros: None,
            }],
        };
        let row = AnswerRow { keys: vec![KeyValue::Entity(4, "Brand".to_owned())], figures };
        let metrics = [Metric::Spend, Metric::Conversions, Metric::Cpc, Metric::Roas];
        let out = RowOut::of_answer(&row, &[Dimension::Campaign], &metrics, true);
        let json = serde_json::to_value(&out).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "campaign": "Brand", "campaign_id": 4, "spend_micros": 1_500_000, "conversions": 2.5, "cpc_micros": null,
                "roas": null, "currency": "EUR",
                "left_out": [{"currency": "USD", "spend_micros": 7, "revenue_micros": null}],
                "compared": {"spend_micros": 1_000_000, "conversions": null, "cpc_micros": null, "roas": null},
                "change": {"spend": 0.5, "conversions": null, "cpc": null, "roas": null},
            })
        );
        assert_eq!(serde_json::from_value::<RowOut>(json).unwrap(), out);
        assert_eq!(out.cell("currency"), Some(CellOut::Text("EUR".to_owned())));
    }
}
