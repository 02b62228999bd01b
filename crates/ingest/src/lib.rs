//! Bytes of an export into rows, with every row accounted for; streaming, no database.
//!
//! [`recognise`] tells by its content what a file is; [`Export::read`] hands out its rows one at a time, and the
//! [`Reading`] says what became of each. What is known of platforms and languages is data: the TOML files in `words/`.

mod about;
pub mod contents;
mod dates;
mod encoding;
mod export;
mod foreign;
mod guess;
mod header;
mod mapping;
mod number;
mod order;
mod plan;
mod preamble;
mod ranges;
mod rates;
mod reading;
mod recognise;
mod records;
mod refusal;
mod role;
mod row;
mod rows;
mod scan;
mod survey;
mod totals;
mod wishes;
mod words;

pub use about::{About, ColumnUse};
pub use export::Export;
pub use guess::{Guess, GuessedColumn, guess};
pub use mapping::{Mapping, NotAMapping, SaidOfTable, SavedMapping};
pub use rates::{RatesError, ToldRate, billionths, read_rates};
pub use reading::{FileTotal, ReadError, Reading, Skip};
pub use recognise::recognise;
pub use refusal::{Refusal, Verdict};
pub use role::{ColumnKind, ColumnUsage, column_usages};
pub use row::{Addresses, Part, Row};
pub use wishes::{DateOrder, DecimalMark, Wishes};
