//! The streams of a run: how their records are read, and what becomes of each.

use store::Shelf;
use store::shelf::{SourceId, StreamId};

use crate::ConnectError;
use crate::log::shortened;
use crate::mapping::{Cell, Mapping};
use crate::record::Picker;
use crate::rows::Place;
use crate::warehouse::TableReport;

/// A stream, and what became of it.
pub(crate) struct Stream {
    pub report: TableReport,
    pub taking: Option<Taking>,
    /// What the source itself says of the stream's end.
    pub status: Option<bool>,
    pub failure: Option<String>,
}

/// How the records of a stream are taken in.
pub(crate) struct Taking {
    pub mapping: Mapping,
    pub picker: Picker,
    pub stream: StreamId,
    pub active: i64,
    pub full_refresh: bool,
    pub has_keys: bool,
    /// Where the values of a record stand while it is read.
    pub values: Vec<Option<Cell<'static>>>,
}

impl Taking {
    /// Room for the values of a record, where those of the one before stood.
    pub(crate) fn no_values<'a>(&mut self) -> Vec<Option<Cell<'a>>> {
        let mut values = emptied(std::mem::take(&mut self.values));
        values.resize(self.mapping.slots(), None);
        values
    }
}

/// The same memory for values that live as long as another record.
fn emptied<'a>(mut values: Vec<Option<Cell<'_>>>) -> Vec<Option<Cell<'a>>> {
    values.clear();
    values.into_iter().map(|_| None).collect()
}

impl Stream {
    /// Puts a record's values beside the shelf; tells whether there is more to keep. Without a stream that is taken nothing happens.
    pub(crate) fn put(
        &mut self,
        shelf: &mut Shelf,
        source: SourceId,
        values: Vec<Option<Cell<'_>>>,
        is_record: bool,
        version: Option<i64>,
    ) -> Result<bool, ConnectError> {
        let Some(taking) = &mut self.taking else { return Ok(false) };
        let number = self.report.read;
        self.report.read += 1;
        let generation = match (taking.full_refresh, version) {
            (true, _) => taking.active + 1,
            (false, Some(version)) => version,
            (false, None) => taking.active,
        };
        let is_own = taking.full_refresh && !taking.has_keys;
        let placed = match is_record {
            false => Err("it is no record, which would be an object of fields".to_owned()),
            true => {
                let key =
                    if is_own { u128::from(number) } else { taking.mapping.key(&values, taking.stream) };
                let place = Place {
                    source,
                    stream: taking.stream,
                    generation,
                    key,
                    day_in_key: is_own || taking.mapping.has_day_in_key(),
                };
                place.row(&taking.mapping, &values).map_err(|why| why.to_string())
            }
        };
        let is_staged = match placed {
            Ok(Some(placed)) => {
                placed.push(&taking.mapping, shelf)?;
                self.report.used += 1;
                true
            }
            Ok(None) => {
                self.report.skip(format!("record {}: about an event that is no conversion", number + 1));
                false
            }
            Err(why) => {
                self.report.skip(format!("record {}: {}", number + 1, shortened(&why, 200)));
                false
            }
        };
        taking.values = emptied(values);
        Ok(is_staged)
    }
}
