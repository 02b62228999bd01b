//! Guessing which column of an unknown table is what, by its name and by its values.

mod names;
mod values;

use std::io::{Read, Seek};

use domain::{Currency, Platform};

use crate::dates::written;
use crate::encoding::{Decoded, Encoding};
use crate::foreign;
use crate::header::{DELIMITERS, Header};
use crate::mapping::{Mapping, SaidOfTable};
use crate::number::StyleEvidence;
use crate::order::OrderEvidence;
use crate::records::{Next, Records};
use crate::refusal::{Refusal, Verdict};
use crate::role::{ColumnKind, Role};
use names::Names;
use values::Values;

/// How many bytes are looked at.
const SAMPLE: u64 = 256 * 1024;

/// How many rows are looked at.
const ROWS: usize = 200;

/// How many rows are handed out to be shown.
const SHOWN: usize = 5;

/// What is surer than this is taken.
const ENOUGH: i32 = 45;

/// How sure a guess is that rests on values alone.
const BY_VALUES: i32 = 60;

/// A table and what its columns seem to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// Its columns in their order.
    pub columns: Vec<GuessedColumn>,
    /// The first rows below the header.
    pub rows: Vec<Vec<String>>,
    /// What to say when importing it; none if no column seems to be the spend, or what was sold.
    pub mapping: Option<Mapping>,
    /// A date such as 03/04/2026, if nothing in the rows that were looked at tells how such are meant.
    pub open_date: Option<String>,
    /// A number such as 1,234, if nothing in the rows that were looked at tells which mark is the decimal one.
    pub open_number: Option<String>,
}

/// A column and what it seems to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuessedColumn {
    /// Its header.
    pub header: String,
    /// What it seems to be, as the mapping names it; none if it seems to be of no use.
    pub used_as: Option<&'static str>,
    /// By what: `name`, `values`.
    pub by: &'static str,
    /// How sure that is, of 100; 0 for those of no use.
    pub confidence: u8,
}

/// What a column seems to be.
#[derive(Debug, Clone, Copy)]
struct Guessed {
    role: Role,
    by: &'static str,
    score: i32,
}

/// Guesses which column of a table is what. The reader is read from its beginning.
///
/// # Errors
/// If it is no table of text.
pub fn guess(mut reader: impl Read + Seek, file_name: &str) -> Result<Guess, Refusal> {
    reader.rewind()?;
    let mut sample = Vec::new();
    reader.by_ref().take(SAMPLE).read_to_end(&mut sample)?;
    foreign::refuse_by_bytes(&sample, &mut reader)?;
    let encoding = Encoding::of(&sample, (sample.len() as u64) < SAMPLE);
    foreign::refuse_by_text(&String::from_utf8_lossy(&sample))?;
    let Some(table) = Table::of(&sample, encoding) else {
        let seems = format!("a text without columns ('{file_name}')");
        return Err(Refusal::UnknownTable(Verdict::new(seems, "name a table with a header line")));
    };
    Ok(table.guess())
}

/// A header row and the rows below it.
struct Table {
    headers: Vec<Header>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// The table with most cells that stand under a header, whatever separates them.
    fn of(sample: &[u8], encoding: Encoding) -> Option<Self> {
        let tables = DELIMITERS.into_iter().filter(|delimiter| sample.contains(delimiter));
        let tables = tables.filter_map(|delimiter| Self::separated_by(delimiter, sample, encoding));
        tables.max_by_key(|table| {
            table.rows.iter().filter(|row| row.len() == table.headers.len()).count() * table.headers.len()
        })
    }

    fn separated_by(delimiter: u8, sample: &[u8], encoding: Encoding) -> Option<Self> {
        let mut records = Records::new(Decoded::new(sample, encoding), delimiter);
        let mut rows: Vec<Vec<String>> = Vec::new();
        // Reading from memory does not fail.
        while let Ok(next) = records.next() {
            match next {
                Next::Record(record) => {
                    rows.push(record.cells().map(|cell| cell.trim().to_owned()).collect())
                }
                Next::Broken { .. } => {}
                Next::End => break,
            }
            if rows.len() > ROWS + 40 {
                break;
            }
        }
        let widest = rows.iter().map(Vec::len).max().filter(|widest| *widest > 1)?;
        // The header is the first row as wide as most: what stands above has fewer cells.
        let usual = |width: usize| rows.iter().filter(|row| row.len() == width).count();
        let width = (2..=widest).max_by_key(|width| usual(*width) * width)?;
        let at = rows.iter().position(|row| row.len() == width && row.iter().any(|cell| !cell.is_empty()))?;
        let headers = rows[at].iter().map(|cell| Header::new(cell)).collect();
        Some(Self { headers, rows: rows.split_off(at + 1).into_iter().take(ROWS).collect() })
    }

    fn guess(self) -> Guess {
        let values: Vec<Values> = (0..self.headers.len())
            .map(|column| Values::of(self.rows.iter().filter_map(|row| row.get(column).map(String::as_str))))
            .collect();
        let roles = assign(&self.headers, &values);
        let columns = self.headers.iter().zip(&roles).map(|(header, guessed)| GuessedColumn {
            header: header.text.clone(),
            used_as: guessed.map(|guessed| guessed.role.name()),
            by: guessed.map_or("", |guessed| guessed.by),
            confidence: guessed.map_or(0, |guessed| guessed.score.clamp(1, 100) as u8),
        });
        let columns: Vec<GuessedColumn> = columns.collect();
        let mapping = self.mapping(&roles, &values);
        let (open_date, open_number) = (self.open_date(&values), self.open_number(&roles));
        let rows = self.rows.into_iter().take(SHOWN).collect();
        Guess { columns, rows, mapping, open_date, open_number }
    }

    fn cells(&self, column: usize) -> impl Iterator<Item = &str> {
        self.rows.iter().filter_map(move |row| row.get(column).map(String::as_str))
    }

    fn open_date(&self, values: &[Values]) -> Option<String> {
        let mut order = OrderEvidence::default();
        for (column, values) in values.iter().enumerate() {
            if values.are_days() {
                self.cells(column).filter_map(written).for_each(|date| order.see(date));
            }
        }
        order.example().filter(|_| order.verdict(None, false).is_none()).map(|date| date.to_string())
    }

    fn open_number(&self, roles: &[Option<Guessed>]) -> Option<String> {
        let mut style = StyleEvidence::default();
        for (column, guessed) in roles.iter().enumerate() {
            if let Some(Guessed { role, .. }) = guessed
                && role.kind() == ColumnKind::Metric
            {
                self.cells(column).for_each(|cell| style.see(cell, role.is_count()));
            }
        }
        style.open().map(str::to_owned)
    }

    fn mapping(&self, roles: &[Option<Guessed>], values: &[Values]) -> Option<Mapping> {
        let at =
            |role: Role| roles.iter().position(|guessed| guessed.is_some_and(|guessed| guessed.role == role));
        // What names no spend but what was sold on which day is a record of sales.
        let sold =
            || at(Role::Revenue).filter(|_| at(Role::Day).is_some() && at(Role::Impressions).is_none());
        let (money, platform) = match at(Role::Spend) {
            Some(spend) => (spend, Platform::Other),
            None => (sold()?, Platform::OwnRecords),
        };
        let has_currency = at(Role::Currency).is_some();
        let in_header = || self.headers[money].currency.as_deref().and_then(crate::plan::currency_of);
        let currency: Option<Currency> =
            if has_currency { None } else { in_header().or(values[money].currency) };
        let named = self.headers.iter().zip(roles);
        let columns =
            named.map(|(header, guessed)| (header.text.as_str(), guessed.map(|guessed| guessed.role.name())));
        // A guess that is no mapping says nothing.
        Mapping::of_columns(columns, SaidOfTable { platform, currency, ..SaidOfTable::default() }).ok()
    }
}

/// Gives each column at most one role and each role at most one column, the surest first.
fn assign(headers: &[Header], values: &[Values]) -> Vec<Option<Guessed>> {
    let names: Vec<Names> = headers.iter().map(Names::of).collect();
    let mut scored: Vec<(i32, usize, Role)> = Vec::new();
    for (column, (names, values)) in names.iter().zip(values).enumerate() {
        for role in Role::guessable() {
            let Some(fits) = values.fits(role) else { continue };
            if let Some(named) = names.score(role) {
                scored.push((named + fits, column, role));
            }
        }
    }
    // Equal scores: the role that stands first, in the column that stands first.
    scored.sort_by_key(|(score, column, role)| (-score, *role, *column));
    let mut roles: Vec<Option<Guessed>> = vec![None; headers.len()];
    for (score, column, role) in scored {
        let is_taken = roles.iter().flatten().any(|taken| taken.role == role);
        if score >= ENOUGH && roles[column].is_none() && !is_taken {
            roles[column] = Some(Guessed { role, by: "name", score });
        }
    }
    by_values_alone(&names, values, &mut roles);
    roles
}

/// What names leave open and values tell, where there is just one column that can be meant.
fn by_values_alone(names: &[Names], values: &[Values], roles: &mut [Option<Guessed>]) {
    let time = [Role::Day, Role::Week, Role::Month, Role::Quarter, Role::Year, Role::Start];
    let named = [Role::CampaignName, Role::CampaignId, Role::AccountName];
    let mut give = |role: Role, unless: &[Role], suits: fn(&Values) -> bool| {
        let is_taken = roles.iter().flatten().any(|taken| unless.contains(&taken.role));
        let suited = |column: &usize| {
            roles[*column].is_none() && !names[*column].is_ratio() && suits(&values[*column])
        };
        let mut suited = (0..roles.len()).filter(suited);
        if let (false, Some(only), None) = (is_taken, suited.next(), suited.next()) {
            roles[only] = Some(Guessed { role, by: "values", score: BY_VALUES });
        }
    };
    give(Role::Day, &time, Values::are_days);
    give(Role::Currency, &[Role::Currency], Values::are_currencies);
    give(Role::Spend, &[Role::Spend], Values::are_money);
    give(Role::CampaignName, &named, Values::are_names);
}
