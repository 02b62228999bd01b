//! Files that are made as a whole before they are sent: workbooks and Parquet, in the spool.

use std::fs::File;
use std::path::Path;

use store::parquet::{Cell, Column, ParquetFile};

use super::Wanted;
use super::rows::Rows;
use super::workbook::{Book, MOST_ROWS};
use crate::{AppState, WebError};

/// A file that is gathered row by row.
enum Gathered {
    Workbook(Box<Book>),
    Parquet(Box<ParquetFile>),
}

impl Gathered {
    fn new(wanted: Wanted, columns: Vec<Column>, spool: &Path) -> Result<Self, WebError> {
        Ok(match wanted {
            Wanted::Parquet => {
                Self::Parquet(Box::new(ParquetFile::new(columns, spool).map_err(WebError::internal)?))
            }
            _ => Self::Workbook(Box::new(Book::new(columns, spool).map_err(WebError::internal)?)),
        })
    }

    fn push(&mut self, rows: &[Vec<Cell>]) -> Result<(), WebError> {
        match self {
            Self::Parquet(file) => file.push(rows).map_err(WebError::internal),
            Self::Workbook(book) if book.rows() + rows.len() as u64 > MOST_ROWS => Err(WebError::parameter(
                "format",
                "the answer has more rows than a workbook can hold",
                "use csv or parquet, or narrow the question",
            )),
            Self::Workbook(book) => book.push(rows).map_err(WebError::internal),
        }
    }

    fn write(self, told: &[(String, String)], spool: &Path) -> Result<File, WebError> {
        match self {
            Self::Workbook(book) => {
                let file = tempfile::tempfile_in(spool)?;
                book.write(told, &file).map_err(WebError::internal)?;
                Ok(file)
            }
            Self::Parquet(parquet) => {
                let place = tempfile::Builder::new().suffix(".parquet").tempfile_in(spool)?.into_temp_path();
                let told: serde_json::Map<_, _> =
                    told.iter().map(|(name, text)| (name.clone(), text.clone().into())).collect();
                let told = serde_json::Value::Object(told).to_string();
                parquet.write(&place, &[("adroit", &told)]).map_err(WebError::internal)?;
                // The name goes away with `place`, the file once it was sent.
                Ok(File::open(&place)?)
            }
        }
    }
}

/// Makes the file of `rows`.
pub(super) async fn made(state: &AppState, wanted: Wanted, mut rows: Rows) -> Result<File, WebError> {
    let columns = rows.columns();
    let mut page = Some(rows.first(state).await?);
    let spool = state.spool.clone();
    let mut file = blocking(move || Gathered::new(wanted, columns, &spool)).await?;
    while let Some(lines) = page {
        file = blocking(move || file.push(&lines).map(|()| file)).await?;
        page = rows.next(state).await?;
    }
    let (told, spool) = (rows.told(), state.spool.clone());
    blocking(move || file.write(&told, &spool)).await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, WebError> + Send + 'static,
) -> Result<T, WebError> {
    tokio::task::spawn_blocking(work).await.map_err(WebError::internal)?
}
