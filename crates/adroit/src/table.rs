//! Tables for terminals.

use std::fmt;

use comfy_table::{CellAlignment, ContentArrangement, presets};

/// A table with a header; the columns named as numbers stand right.
pub(crate) struct Table(comfy_table::Table);

impl Table {
    pub fn new<T: Into<String>>(
        header: impl IntoIterator<Item = T>,
        numbers: impl IntoIterator<Item = usize>,
    ) -> Self {
        let mut table = comfy_table::Table::new();
        table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(header.into_iter().map(Into::into));
        for column in numbers {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        Self(table)
    }

    /// Adds a row. Control characters of names are shown as spaces, so that a name can't steer the terminal.
    pub fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let clean =
            |cell: String| -> String { cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect() };
        self.0.add_row(cells.into_iter().map(|cell| clean(cell.into())));
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.0.lines() {
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}
