//! Columns on their way to the engine, which cost nothing for rows that have nothing for them.
//!
//! Most streams fill half of the columns or fewer. What is absent is neither gathered nor handed over: a column that no row
//! has filled is left out, and the engine puts in that it is absent.

use std::sync::Arc;

use duckdb::Connection;
use duckdb::arrow::array::{ArrayBuilder, ArrayRef, ArrowPrimitiveType, PrimitiveBuilder, StringBuilder};
use duckdb::arrow::datatypes::{Field, Schema};
use duckdb::arrow::error::ArrowError;
use duckdb::arrow::record_batch::RecordBatch;

use super::ShelfError;

/// A column that holds what was put into it, and that all rows in between have nothing.
#[derive(Debug, Default)]
pub(super) struct Sparse<B>(B);

/// What gathers values and may be told of many absent ones at once.
pub(super) trait Gathers: ArrayBuilder {
    /// Adds absent values.
    fn absent(&mut self, count: usize);
}

impl Gathers for StringBuilder {
    fn absent(&mut self, count: usize) {
        self.append_nulls(count);
    }
}

impl<T: ArrowPrimitiveType> Gathers for PrimitiveBuilder<T> {
    fn absent(&mut self, count: usize) {
        self.append_nulls(count);
    }
}

impl<B: Gathers> Sparse<B> {
    /// What gathers, filled up to a row.
    fn up_to(&mut self, row: usize) -> &mut B {
        let absent = row - self.0.len();
        if absent > 0 {
            self.0.absent(absent);
        }
        &mut self.0
    }

    /// The column of so many rows; none if nothing was put into it.
    pub(super) fn take(&mut self, rows: usize) -> Option<ArrayRef> {
        (self.0.len() > 0).then(|| self.up_to(rows).finish())
    }
}

impl Sparse<StringBuilder> {
    /// Puts a text into a row; rows come in their order.
    pub(super) fn put(&mut self, row: usize, text: Option<&str>) {
        if let Some(text) = text {
            self.up_to(row).append_value(text);
        }
    }
}

impl<T: ArrowPrimitiveType> Sparse<PrimitiveBuilder<T>> {
    /// Puts a number into a row; rows come in their order.
    pub(super) fn put(&mut self, row: usize, number: Option<T::Native>) {
        if let Some(number) = number {
            self.up_to(row).append_value(number);
        }
    }
}

/// Named columns as one batch.
pub(super) fn batch(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch, ShelfError> {
    let field = |(name, column): &(&str, ArrayRef)| Field::new(*name, column.data_type().clone(), true);
    let fields: Vec<Field> = columns.iter().map(field).collect();
    let arrays = columns.into_iter().map(|(_, column)| column).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(not_arrow)
}

/// Columns that do not fit together.
pub(super) fn not_arrow(error: ArrowError) -> ShelfError {
    ShelfError::Engine(duckdb::Error::ToSqlConversionFailure(Box::new(error)))
}

/// Appends rows to a table of a schema; without one, of the file. Columns that the batch has not are absent.
pub(super) fn append(
    connection: &Connection,
    (place, table): (&str, &str),
    batch: RecordBatch,
) -> Result<(), ShelfError> {
    let mut appender = match place {
        "" => connection.appender(table)?,
        place => connection.appender_to_catalog_and_db(table, place, "main")?,
    };
    for field in batch.schema().fields() {
        appender.add_column(field.name())?;
    }
    appender.append_record_batch(batch)?;
    appender.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use duckdb::arrow::array::{Array, Int64Builder, StringArray};

    use super::*;

    #[test]
    fn what_is_absent_costs_nothing_and_stays_absent() {
        let mut words: Sparse<StringBuilder> = Sparse::default();
        assert!(words.take(3).is_none());
        words.put(1, Some("a"));
        words.put(2, None);
        words.put(4, Some(""));
        let column = words.take(6).unwrap();
        let column = column.as_any().downcast_ref::<StringArray>().unwrap();
        let found: Vec<Option<&str>> = column.iter().collect();
        assert_eq!(found, [None, Some("a"), None, None, Some(""), None]);
        assert!(words.take(0).is_none(), "what was taken is gone");
    }

    #[test]
    fn columns_that_are_left_out_are_absent_in_the_table() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE t (a BIGINT NOT NULL, b VARCHAR, c BIGINT)").unwrap();
        let mut numbers: Sparse<Int64Builder> = Sparse::default();
        for row in 0..5000 {
            numbers.put(row, Some(row as i64));
        }
        let mut last: Sparse<Int64Builder> = Sparse::default();
        last.put(4999, Some(7));
        let columns = vec![("a", numbers.take(5000).unwrap()), ("c", last.take(5000).unwrap())];
        append(&connection, ("", "t"), batch(columns).unwrap()).unwrap();
        let found: (i64, i64, i64, i64) = connection
            .query_row("SELECT count(*), sum(a)::BIGINT, count(b), max(a) FILTER (c = 7) FROM t", [], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })
            .unwrap();
        assert_eq!(found, (5000, 12_497_500, 0, 4999));
    }
}
