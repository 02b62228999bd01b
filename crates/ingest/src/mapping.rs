//! What the user says of a table that is not recognised: which column is what.

use std::fmt;
use std::str::FromStr;

use domain::{Currency, Platform};

use crate::role::Role;
use crate::wishes::{DateOrder, DecimalMark};
use crate::words::folded;

/// Which column is what, as the user says: `date=Tag,campaign=Kampagne,spend=Kosten,currency=EUR`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    columns: Vec<MappedColumn>,
    said: SaidOfTable,
}

/// A column that is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MappedColumn {
    /// What it is.
    pub(crate) role: Role,
    /// Its header, as the user wrote it; empty if it has none.
    pub(crate) header: String,
    /// Which of the columns with this header it is, from 1.
    pub(crate) nth: usize,
}

/// What is said of a table beside its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaidOfTable {
    /// Whose table it is.
    pub platform: Platform,
    /// The currency of all its rows.
    pub currency: Option<Currency>,
    /// How dates such as 03/04/2026 are meant.
    pub date_order: Option<DateOrder>,
    /// How decimals are written.
    pub decimal: Option<DecimalMark>,
}

impl Default for SaidOfTable {
    fn default() -> Self {
        Self { platform: Platform::Other, currency: None, date_order: None, decimal: None }
    }
}

/// A mapping and the headers for which it was given, so that it serves for the next such table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedMapping {
    /// The headers as they are compared, one a line.
    pub headers: String,
    /// Which of them is what.
    pub mapping: Mapping,
}

impl SavedMapping {
    /// Headers (folded) as one text.
    pub(crate) fn key<'a>(headers: impl Iterator<Item = &'a str>) -> String {
        headers.map(|header| header.replace('\n', " ")).collect::<Vec<_>>().join("\n")
    }
}

/// A text that is no mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAMapping {
    /// A piece without `=`.
    #[error(
        "'{0}' does not say which column is what; write for example date=Day,campaign=Campaign,spend=Cost"
    )]
    NoSign(String),
    /// A word for nothing that a column can be.
    #[error("'{word}' is nothing that a column can be; use one of {known}")]
    UnknownRole {
        /// The word.
        word: String,
        /// Those that are known.
        known: String,
    },
    /// Something is named twice.
    #[error("{0} is named twice; name one column for it")]
    Twice(&'static str),
    /// No column is named.
    #[error("no column is named for {0}; write {0}= and its header")]
    Empty(&'static str),
    /// There is no such platform, order of dates or decimal mark.
    #[error(transparent)]
    Word(#[from] domain::UnknownWord),
    /// What is needed in any case.
    #[error("no column is named for spend, without which no row counts; add spend= and its header")]
    NoSpend,
    /// What is needed of a source of record.
    #[error(
        "no column is named for revenue, without which no row of {0} counts; add revenue= and its header"
    )]
    NoRevenue(Platform),
}

impl Mapping {
    /// From what each column of a table is, in their order, by the words of [`crate::column_usages`]; none for those of no use.
    ///
    /// # Errors
    /// If a word is not known or said twice, or what is needed in any case is not among them.
    pub fn of_columns<'a>(
        columns: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
        said: SaidOfTable,
    ) -> Result<Self, NotAMapping> {
        let mut seen: Vec<String> = Vec::new();
        let mut mapping = Self { columns: Vec::new(), said };
        for (header, word) in columns {
            let name = folded(header);
            let nth = seen.iter().filter(|other| **other == name).count() + 1;
            seen.push(name);
            if let Some(word) = word {
                let role = Role::named(word).ok_or_else(|| unknown_role(word))?;
                mapping.add(MappedColumn { role, header: header.to_owned(), nth })?;
            }
        }
        mapping.checked()
    }

    /// The columns that are used.
    pub(crate) fn columns(&self) -> &[MappedColumn] {
        &self.columns
    }

    /// Whose table it is; [`Platform::Other`] if the user does not say.
    pub fn platform(&self) -> Platform {
        self.said.platform
    }

    /// The currency of all its rows.
    pub fn currency(&self) -> Option<Currency> {
        self.said.currency
    }

    /// How dates such as 03/04/2026 are meant.
    pub fn date_order(&self) -> Option<DateOrder> {
        self.said.date_order
    }

    /// How decimals are written.
    pub fn decimal(&self) -> Option<DecimalMark> {
        self.said.decimal
    }

    /// The same, with a currency for all its rows if it names none and no column of currencies.
    #[must_use]
    pub fn or_currency(mut self, currency: Option<Currency>) -> Self {
        let has_column = self.columns.iter().any(|column| column.role == Role::Currency);
        self.said.currency = self.said.currency.or(currency.filter(|_| !has_column));
        self
    }

    /// The same, with an order of dates if it names none.
    #[must_use]
    pub fn or_date_order(mut self, order: Option<DateOrder>) -> Self {
        self.said.date_order = self.said.date_order.or(order);
        self
    }

    /// The headers it names, as the user wrote them.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.header.as_str())
    }

    /// The word for what a column is, by its place from 0 among the headers of a [`SavedMapping`]; none if it is not used.
    pub fn usage_at(&self, headers: &str, place: usize) -> Option<&'static str> {
        let name = headers.split('\n').nth(place)?;
        let nth = headers.split('\n').take(place + 1).filter(|other| *other == name).count();
        let is_it = |column: &&MappedColumn| column.nth == nth && folded(&column.header) == name;
        self.columns.iter().find(is_it).map(|column| column.role.name())
    }

    fn add(&mut self, column: MappedColumn) -> Result<(), NotAMapping> {
        if self.columns.iter().any(|known| known.role == column.role) {
            return Err(NotAMapping::Twice(column.role.name()));
        }
        self.columns.push(column);
        Ok(())
    }

    /// Refuses what lacks the money without which no row counts.
    fn checked(self) -> Result<Self, NotAMapping> {
        let names = |role: Role| self.columns.iter().any(|column| column.role == role);
        match self.said.platform {
            record if record.is_record() && !names(Role::Revenue) => Err(NotAMapping::NoRevenue(record)),
            record if record.is_record() => Ok(self),
            _ if names(Role::Spend) => Ok(self),
            _ => Err(NotAMapping::NoSpend),
        }
    }
}

impl FromStr for Mapping {
    type Err = NotAMapping;

    fn from_str(text: &str) -> Result<Self, NotAMapping> {
        let mut mapping = Self { columns: Vec::new(), said: SaidOfTable::default() };
        for piece in pieces(text) {
            let (word, value) =
                piece.split_once('=').ok_or_else(|| NotAMapping::NoSign(piece.trim().to_owned()))?;
            let word = word.trim().to_lowercase();
            let (value, nth) = numbered(value.trim());
            match word.as_str() {
                "platform" => {
                    mapping.said.platform = value.parse()?;
                    continue;
                }
                "dates" => {
                    mapping.said.date_order = Some(value.parse()?);
                    continue;
                }
                "decimal" => {
                    mapping.said.decimal = Some(value.parse()?);
                    continue;
                }
                _ => {}
            }
            let role = Role::named(&word).ok_or_else(|| unknown_role(&word))?;
            if value.is_empty() && nth.is_none() {
                return Err(NotAMapping::Empty(role.name()));
            }
            if role == Role::Currency && is_code(&value) && nth.is_none() {
                mapping.said.currency = value.parse().ok();
                continue;
            }
            mapping.add(MappedColumn { role, header: value, nth: nth.unwrap_or(1) })?;
        }
        mapping.checked()
    }
}

fn unknown_role(word: &str) -> NotAMapping {
    NotAMapping::UnknownRole { word: word.to_owned(), known: Role::names().collect::<Vec<_>>().join(", ") }
}

/// Between commas that stand outside quotes.
fn pieces(text: &str) -> Vec<&str> {
    let mut quoted = false;
    let outside = |c: char| {
        quoted ^= c == '"';
        c == ',' && !quoted
    };
    text.split(outside).filter(|piece| !piece.trim().is_empty()).collect()
}

fn unquoted(value: &str) -> String {
    match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
        Some(inside) => inside.replace("\"\"", "\""),
        None => value.to_owned(),
    }
}

/// A value and, behind quotes, which of the columns with this header is meant: `"Cost"#2`.
fn numbered(value: &str) -> (String, Option<usize>) {
    let quoted = value.rsplit_once('#').filter(|(header, _)| header.len() > 1 && header.ends_with('"'));
    let nth = quoted.and_then(|(header, nth)| Some((header, nth.parse().ok().filter(|nth| *nth > 0)?)));
    match nth {
        Some((header, nth)) => (unquoted(header), Some(nth)),
        None => (unquoted(value), None),
    }
}

impl fmt::Display for MappedColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { role, header, nth } = self;
        let is_numbered = *nth > 1 || header.is_empty() || (*role == Role::Currency && is_code(header));
        let is_quoted = is_numbered || header.contains([',', '"', '=']) || header.trim() != header;
        match is_quoted {
            true => write!(f, "{}=\"{}\"", role.name(), header.replace('"', "\"\""))?,
            false => write!(f, "{}={header}", role.name())?,
        }
        if is_numbered { write!(f, "#{nth}") } else { Ok(()) }
    }
}

/// Whether a header looks like a currency's code, which would be taken for the currency of all rows.
fn is_code(header: &str) -> bool {
    header.len() == 3 && header.bytes().all(|byte| byte.is_ascii_uppercase())
}

impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut pieces: Vec<String> = self.columns.iter().map(ToString::to_string).collect();
        let SaidOfTable { platform, currency, date_order, decimal } = self.said;
        pieces.extend(currency.map(|currency| format!("currency={currency}")));
        if platform != Platform::Other {
            pieces.push(format!("platform={platform}"));
        }
        pieces.extend(date_order.map(|order| format!("dates={order}")));
        pieces.extend(decimal.map(|mark| format!("decimal={mark}")));
        f.write_str(&pieces.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_are_read_and_written() {
        for text in [
            "date=Tag,campaign=Kampagne,spend=Kosten,currency=EUR",
            "date=Day,spend=\"Cost, net\",platform=tiktok_ads",
            "date=Day,revenue=Sum,platform=own_records",
            "spend=\"Cost \"\"real\"\"\",currency=Currency",
            "spend=Cost,campaign=\"\"#2,ad=\"Ad #1\"#3,dates=dmy,decimal=comma",
            "spend=Ad #1,currency=\"CCY\"#1",
        ] {
            let mapping: Mapping = text.parse().unwrap();
            assert_eq!(mapping.to_string(), text);
        }
        let mapping: Mapping = " cost = Kosten , day = Tag ".parse().unwrap();
        assert_eq!(mapping.to_string(), "spend=Kosten,date=Tag");
    }

    #[test]
    fn what_is_no_mapping_is_told() {
        for (text, expect) in [
            ("", "spend"),
            ("date=Day", "spend"),
            ("spend", "does not say"),
            ("spend=", "no column is named for spend"),
            ("spend=a,spend=b", "twice"),
            ("sepnd=a", "'sepnd' is nothing"),
            ("spend=a,platform=bing", "'bing'"),
            ("spend=a,dates=ymd", "'ymd'"),
            ("spend=a,decimal=dot", "'dot'"),
            ("spend=\"\"", "no column is named for spend"),
            ("date=Day,platform=own_records", "revenue"),
        ] {
            let error = text.parse::<Mapping>().unwrap_err().to_string();
            assert!(error.contains(expect), "{text}: {error}");
        }
    }

    #[test]
    fn what_is_said_of_each_column_is_a_mapping() {
        let said = SaidOfTable { platform: Platform::TiktokAds, ..SaidOfTable::default() };
        let columns =
            [("Day", Some("date")), ("Cost", None), ("", Some("campaign")), ("cost", Some("spend"))];
        let mapping = Mapping::of_columns(columns, said).unwrap();
        assert_eq!(mapping.to_string(), "date=Day,campaign=\"\"#1,spend=\"cost\"#2,platform=tiktok_ads");
        assert_eq!(mapping.to_string().parse::<Mapping>().unwrap(), mapping);
        let twice = Mapping::of_columns([("a", Some("spend")), ("b", Some("spend"))], said);
        assert_eq!(twice, Err(NotAMapping::Twice("spend")));
        assert_eq!(Mapping::of_columns([("a", None)], said), Err(NotAMapping::NoSpend));
        assert!(Mapping::of_columns([("a", Some("cosst"))], said).is_err());
    }
}
