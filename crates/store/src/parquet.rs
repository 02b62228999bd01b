//! Parquet files, written by the engine from typed rows; who wrote them and on what they rest stands in the file's metadata.

use std::path::Path;
use std::sync::Arc;

use duckdb::arrow::array::{ArrayRef, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray};
use duckdb::arrow::datatypes::{DataType, Field, Schema};
use duckdb::{Config, Connection};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Text,
    /// Money with six places, exact: `DECIMAL(18, 6)`.
    Money,
    /// Whole numbers.
    Count,
    /// Shares, multiples and counts with decimals.
    Number,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

/// What stands in a row under a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing is known, which is not zero.
    Nothing,
    /// Words.
    Text(String),
    /// Millionths of a currency's main unit.
    Money(i64),
    /// A whole number.
    Count(i64),
    /// A number.
    Number(f64),
}

/// A file that can't be written.
#[derive(Debug, thiserror::Error)]
pub enum ParquetError {
    /// The engine failed.
    #[error("the engine can't write the Parquet file: {0}")]
    Engine(#[from] duckdb::Error),
    /// The rows do not fit their columns.
    #[error("rows can't be handed to the engine: {0}")]
    Rows(#[from] duckdb::arrow::error::ArrowError),
}

/// A Parquet file that is gathered. What does not fit into a little memory is spilled beside the file.
pub struct ParquetFile {
    engine: Connection,
    columns: Vec<Column>,
    schema: Arc<Schema>,
}

/// Memory for rows that are gathered.
const MEMORY: &str = "96MiB";

impl ParquetFile {
    /// Begins a file with these columns; `spill` is a folder for what does not fit into memory.
    ///
    /// # Errors
    /// If the engine can't be started.
    pub fn new(columns: Vec<Column>, spill: &Path) -> Result<Self, ParquetError> {
        let config = Config::default()
            .max_memory(MEMORY)?
            .threads(1)?
            .enable_autoload_extension(false)?
            .with("temp_directory", spill.to_string_lossy())?;
        let engine = Connection::open_in_memory_with_flags(config)?;
        let ddl: Vec<String> = columns
            .iter()
            .map(|column| {
                let kind = match column.kind {
                    Kind::Text => "VARCHAR",
                    Kind::Money => "DECIMAL(18, 6)",
                    Kind::Count => "BIGINT",
                    Kind::Number => "DOUBLE",
                };
                format!("{} {kind}", quoted(&column.name, '"'))
            })
            .collect();
        engine.execute_batch(&format!("CREATE TABLE figures ({})", ddl.join(", ")))?;
        let field = |column: &Column| {
            let kind = match column.kind {
                Kind::Text => DataType::Utf8,
                Kind::Money => DataType::Decimal128(18, 6),
                Kind::Count => DataType::Int64,
                Kind::Number => DataType::Float64,
            };
            Field::new(&column.name, kind, true)
        };
        let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
        Ok(Self { engine, columns, schema })
    }

    /// Adds rows, each with a cell for each column.
    ///
    /// # Errors
    /// If the engine fails.
    pub fn push(&mut self, rows: &[Vec<Cell>]) -> Result<(), ParquetError> {
        if rows.is_empty() {
            return Ok(());
        }
        let array = |(n, column): (usize, &Column)| -> Result<ArrayRef, ParquetError> {
            let cells = rows.iter().map(|row| row.get(n).unwrap_or(&Cell::Nothing));
            Ok(match column.kind {
                Kind::Text => Arc::new(
                    cells
                        .map(|cell| if let Cell::Text(text) = cell { Some(text.as_str()) } else { None })
                        .collect::<StringArray>(),
                ),
                Kind::Money => {
                    let micros = cells.map(|cell| {
                        if let Cell::Money(micros) = cell { Some(i128::from(*micros)) } else { None }
                    });
                    Arc::new(micros.collect::<Decimal128Array>().with_precision_and_scale(18, 6)?)
                }
                Kind::Count => Arc::new(
                    cells
                        .map(|cell| if let Cell::Count(count) = cell { Some(*count) } else { None })
                        .collect::<Int64Array>(),
                ),
                Kind::Number => Arc::new(
                    cells
                        .map(|cell| if let Cell::Number(number) = cell { Some(*number) } else { None })
                        .collect::<Float64Array>(),
                ),
            })
        };
        let arrays = self.columns.iter().enumerate().map(array).collect::<Result<Vec<_>, _>>()?;
        let batch = RecordBatch::try_new(self.schema.clone(), arrays)?;
        let mut appender = self.engine.appender("figures")?;
        appender.append_record_batch(batch)?;
        appender.flush()?;
        Ok(())
    }

    /// Writes the file to `path`, with `metadata` under these keys.
    ///
    /// # Errors
    /// If the engine can't write it.
    pub fn write(self, path: &Path, metadata: &[(&str, &str)]) -> Result<(), ParquetError> {
        let told: Vec<String> = metadata
            .iter()
            .map(|(key, value)| format!("{}: {}", quoted(key, '"'), quoted(value, '\'')))
            .collect();
        let path = quoted(&path.to_string_lossy(), '\'');
        self.engine.execute_batch(&format!(
            "COPY figures TO {path} (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{}}})",
            told.join(", ")
        ))?;
        Ok(())
    }
}

fn quoted(text: &str, quote: char) -> String {
    format!("{quote}{}{quote}", text.replace(quote, &format!("{quote}{quote}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_back_exactly_and_the_file_says_on_what_they_rest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("it's.parquet");
        let column = |name: &str, kind| Column { name: name.to_owned(), kind };
        let columns = vec![
            column("campaign \"a\"", Kind::Text),
            column("spend", Kind::Money),
            column("clicks", Kind::Count),
            column("roas", Kind::Number),
        ];
        let mut file = ParquetFile::new(columns, folder.path()).unwrap();
        let row = |text: &str, micros| {
            vec![Cell::Text(text.to_owned()), Cell::Money(micros), Cell::Count(3), Cell::Number(0.5)]
        };
        file.push(&[row("=1+1", 1), row("b", -12_345_678_900_001), vec![Cell::Nothing; 4]]).unwrap();
        file.push(&[row("c", 7)]).unwrap();
        file.write(&path, &[("adroit", "{\"it's\": true}")]).unwrap();

        let engine = Connection::open_in_memory().unwrap();
        let from = quoted(&path.to_string_lossy(), '\'');
        let read: String = engine
            .query_row(
                &format!(
                    "SELECT string_agg(coalesce(spend::VARCHAR, 'null'), ' ') FROM read_parquet({from})"
                ),
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(read, "0.000001 -12345678.900001 null 0.000007");
        let told: String = engine
            .query_row(&format!("SELECT decode(value) FROM parquet_kv_metadata({from})"), [], |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(told, "{\"it's\": true}");
    }
}
