//! A CSV file: figures as plain decimals, words in quotes where they need it and never as a formula.

use domain::money::decimal_text;
use store::parquet::{Cell, Column};

/// Adds the names of columns to a file.
pub(crate) fn put_heads(file: &mut Vec<u8>, columns: &[Column]) {
    put_line(file, columns.iter().map(|column| column.name.clone()));
}

/// Adds a row to a file. What is not known is empty, which is not zero.
pub(crate) fn put(file: &mut Vec<u8>, cells: &[Cell]) {
    put_line(
        file,
        cells.iter().map(|cell| match cell {
            Cell::Nothing => String::new(),
            Cell::Text(words) => harmless(words.clone()),
            Cell::Money(micros) => decimal_text(*micros, 0),
            Cell::Count(count) => count.to_string(),
            Cell::Number(number) => number.to_string(),
        }),
    );
}

/// A text that a spreadsheet would run as a formula is marked as text.
fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{text}") } else { text }
}

fn put_line(file: &mut Vec<u8>, cells: impl Iterator<Item = String>) {
    for (n, cell) in cells.enumerate() {
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
        let words = ["=cmd|' /C calc'!A0", "a,b", "say \"hi\"", "@SUM(A1)", "two\nlines"];
        let mut cells = words.map(|words| Cell::Text(words.to_owned())).to_vec();
        cells.extend([Cell::Money(-1_500_000), Cell::Nothing, Cell::Count(-3)]);
        put(&mut file, &cells);
        assert_eq!(
            String::from_utf8(file).unwrap(),
            "'=cmd|' /C calc'!A0,\"a,b\",\"say \"\"hi\"\"\",'@SUM(A1),\"two\nlines\",-1.5,,-3\r\n"
        );
    }
}
