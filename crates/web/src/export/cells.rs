//! The cells of an export: figures as they are, words beside them, nothing where nothing is known.

use domain::Unit;
use domain::money::decimal_text;
use store::parquet::{Cell, Column, Kind};

use crate::api::{CellOut, ColumnKind, ColumnOut, RowOut};

/// The columns of a file that shows these.
pub(super) fn heads(columns: &[ColumnOut], with_change: bool) -> Vec<Column> {
    let mut heads = Vec::new();
    for column in columns {
        let (name, kind) = (name(column), kind(column));
        heads.push(head(name, kind));
        if with_change && column.kind == ColumnKind::Metric {
            heads.push(head(&format!("{name}_compared"), kind));
            heads.push(head(&format!("{name}_change"), Kind::Number));
        }
    }
    if !columns.iter().any(|column| column.name == "currency") {
        heads.push(head("currency", Kind::Text));
    }
    heads.push(head("left_out", Kind::Text));
    heads
}

pub(super) fn head(name: &str, kind: Kind) -> Column {
    Column { name: name.to_owned(), kind }
}

/// A row under those columns.
pub(super) fn cells(row: &RowOut, columns: &[ColumnOut], with_change: bool) -> Vec<Cell> {
    let mut cells = Vec::new();
    for column in columns {
        cells.push(cell(row.cell(&column.name), column));
        if with_change && column.kind == ColumnKind::Metric {
            let compared = row.compared.as_ref().and_then(|cells| cells.get(&column.name).cloned().flatten());
            let change = row.change.as_ref().and_then(|changes| changes.get(name(column)).copied().flatten());
            cells.push(cell(compared, column));
            cells.push(change.map_or(Cell::Nothing, Cell::Number));
        }
    }
    if !columns.iter().any(|column| column.name == "currency") {
        cells.push(row.currency.map_or(Cell::Nothing, |currency| Cell::Text(String::from(currency))));
    }
    // Money that could not be added stands beside the row's, each amount with its currency.
    let mut left_out = Vec::new();
    for other in &row.left_out {
        let amounts = [
            ("spend", other.spend_micros),
            ("revenue", other.revenue_micros),
            ("recorded revenue", other.record_revenue_micros),
        ];
        left_out.extend(amounts.into_iter().filter_map(|(what, micros)| {
            Some(format!("{what} {} {}", decimal_text(micros?, 0), other.currency))
        }));
    }
    cells.push(text(left_out.join("; ")));
    cells
}

/// Words; none are nothing.
pub(super) fn text(words: impl Into<String>) -> Cell {
    let words = words.into();
    if words.is_empty() { Cell::Nothing } else { Cell::Text(words) }
}

/// Money loses its micros: it is written in the currency's main unit.
fn name(column: &ColumnOut) -> &str {
    column.name.trim_end_matches("_micros")
}

fn kind(column: &ColumnOut) -> Kind {
    match column.unit {
        None => Kind::Text,
        Some(Unit::Money) => Kind::Money,
        Some(Unit::Count) => Kind::Count,
        Some(Unit::Decimal | Unit::Percent | Unit::Multiple) => Kind::Number,
    }
}

fn cell(cell: Option<CellOut>, column: &ColumnOut) -> Cell {
    match (cell, kind(column)) {
        (None, _) => Cell::Nothing,
        (Some(CellOut::Integer(micros)), Kind::Money) => Cell::Money(micros),
        (Some(CellOut::Integer(count)), Kind::Number) => Cell::Number(count as f64),
        (Some(CellOut::Integer(count)), Kind::Count) => Cell::Count(count),
        (Some(CellOut::Integer(count)), Kind::Text) => Cell::Text(count.to_string()),
        (Some(CellOut::Number(number)), _) => Cell::Number(number),
        (Some(CellOut::Text(words)), _) => text(words),
    }
}
