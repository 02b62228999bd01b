//! A workbook: the figures on one sheet, and on a second what they rest on. Words are words, never formulas.

use std::fs::File;

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use store::parquet::{Cell, Column, Kind};

/// Rows that a sheet can hold beside its heads.
pub(super) const MOST_ROWS: u64 = 1_048_575;
/// Longest text of a cell, in characters.
const LONGEST: usize = 32_767;

/// A workbook that is gathered; its rows wait in a file, not in memory.
pub(super) struct Book {
    book: Workbook,
    row: u32,
    columns: Vec<Column>,
}

impl Book {
    pub fn new(columns: Vec<Column>, spill: &std::path::Path) -> Result<Self, XlsxError> {
        let mut book = Workbook::new();
        book.set_tempdir(spill)?;
        let bold = Format::new().set_bold();
        let sheet = book.add_worksheet_with_constant_memory();
        let sheet = sheet?;
        sheet.set_name("Figures")?.set_freeze_panes(1, 0)?;
        for (n, column) in (0u16..).zip(&columns) {
            let width = match column.kind {
                Kind::Text => 26.0,
                _ => (column.name.len() as f64 + 2.0).max(12.0),
            };
            sheet.set_column_width(n, width)?;
        }
        for (n, column) in (0u16..).zip(&columns) {
            sheet.write_string_with_format(0, n, &column.name, &bold)?;
        }
        Ok(Self { book, row: 0, columns })
    }

    /// How many rows it has beside its heads.
    pub fn rows(&self) -> u64 {
        u64::from(self.row)
    }

    pub fn push(&mut self, rows: &[Vec<Cell>]) -> Result<(), XlsxError> {
        let money = Format::new().set_num_format("#,##0.00####");
        let sheet = self.book.worksheet_from_index(0)?;
        for cells in rows {
            self.row += 1;
            for (n, cell) in (0u16..).zip(cells.iter().take(self.columns.len())) {
                match cell {
                    Cell::Nothing => {}
                    Cell::Text(words) => put_text(sheet, self.row, n, words)?,
                    Cell::Money(micros) => {
                        sheet.write_number_with_format(self.row, n, *micros as f64 / 1e6, &money)?;
                    }
                    Cell::Count(count) => _ = sheet.write_number(self.row, n, *count as f64)?,
                    Cell::Number(number) => _ = sheet.write_number(self.row, n, *number)?,
                }
            }
        }
        Ok(())
    }

    /// Writes the workbook with what its figures rest on, in lines of a name and a text.
    pub fn write(mut self, told: &[(String, String)], file: &File) -> Result<(), XlsxError> {
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name("Sources")?.set_column_width(0, 24)?.set_column_width(1, 110)?;
        for (row, (name, text)) in (0u32..).zip(told) {
            put_text(sheet, row, 0, name)?;
            put_text(sheet, row, 1, text)?;
        }
        self.book.save_to_writer(file)
    }
}

fn put_text(sheet: &mut Worksheet, row: u32, column: u16, text: &str) -> Result<(), XlsxError> {
    let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(end, _)| end);
    sheet.write_string(row, column, &text[..end]).map(|_| ())
}
