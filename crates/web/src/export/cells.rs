//! Cells of a CSV file: figures as plain decimals, words in quotes where they need it and never as a formula.

use domain::Unit;
use domain::money::decimal_text;

use crate::api::{CellOut, ColumnKind, ColumnOut, RowOut};

/// The heads of a file with these columns.
pub(super) fn heads(columns: &[ColumnOut], with_change: bool) -> Vec<String> {
    let mut heads = Vec::new();
    for column in columns {
        let name = name(column);
        heads.push(name.to_owned());
        if with_change && column.kind == ColumnKind::Metric {
            heads.extend([format!("{name}_compared"), format!("{name}_change")]);
        }
    }
    if !columns.iter().any(|column| column.name == "currency") {
        heads.push("currency".to_owned());
    }
    heads.push("left_out".to_owned());
    heads
}

/// A row under those heads. What is not known is empty, which is not zero.
pub(super) fn cells(row: &RowOut, columns: &[ColumnOut], with_change: bool) -> Vec<String> {
    let mut cells = Vec::new();
    for column in columns {
        cells.push(text(row.cell(&column.name), column));
        if with_change && column.kind == ColumnKind::Metric {
            let compared = row.compared.as_ref().and_then(|cells| cells.get(&column.name).cloned().flatten());
            let change = row.change.as_ref().and_then(|changes| changes.get(name(column)).copied().flatten());
            cells.push(text(compared, column));
            cells.push(change.map(|change| change.to_string()).unwrap_or_default());
        }
    }
    if !columns.iter().any(|column| column.name == "currency") {
        cells.push(row.currency.map_or(String::new(), String::from));
    }
    // Money that could not be added stands beside the row's, each amount with its currency.
    let mut left_out = Vec::new();
    for other in &row.left_out {
        let amounts = [("spend", other.spend_micros), ("revenue", other.revenue_micros)];
        left_out.extend(amounts.into_iter().filter_map(|(what, micros)| {
            Some(format!("{what} {} {}", decimal_text(micros?, 0), other.currency))
        }));
    }
    cells.push(left_out.join("; "));
    cells
}

/// Money loses its micros: it is written in the currency's main unit.
fn name(column: &ColumnOut) -> &str {
    column.name.trim_end_matches("_micros")
}

fn text(cell: Option<CellOut>, column: &ColumnOut) -> String {
    match (cell, column.unit) {
        (Some(CellOut::Integer(micros)), Some(Unit::Money)) => decimal_text(micros, 0),
        (Some(CellOut::Integer(count)), _) => count.to_string(),
        (Some(CellOut::Number(number)), _) => number.to_string(),
        (Some(CellOut::Text(text)), _) => harmless(text),
        (None, _) => String::new(),
    }
}

/// A text that a spreadsheet would run as a formula is marked as text.
pub(super) fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{text}") } else { text }
}

/// Adds a line to a file.
pub(super) fn put(file: &mut Vec<u8>, cells: &[String]) {
    for (n, cell) in cells.iter().enumerate() {
        if n > 0 {
            file.push(b',');
        }
        if cell.contains(['"', ',', '\n', '\r']) {
            file.push(b'"');
            file.extend(cell.replace('"', "\"\"").bytes());
            file.push(b'"');
        } else {
            file.extend(cell.bytes());
        }
    }
    file.extend(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_run() {
        let mut file = Vec::new();
        let cells = ["=cmd|' /C calc'!A0", "a,b", "say \"hi\"", "@SUM(A1)", "1.5", "", "two\nlines"];
        put(&mut file, &cells.map(|cell| harmless(cell.to_owned())));
        assert_eq!(
            String::from_utf8(file).unwrap(),
            "'=cmd|' /C calc'!A0,\"a,b\",\"say \"\"hi\"\"\",'@SUM(A1),1.5,,\"two\nlines\"\r\n"
        );
    }
}
