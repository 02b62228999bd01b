//! What the user says of a table that is not recognised: which column is what.

use std::fmt;
use std::str::FromStr;

use domain::{Currency, Platform};

use crate::role::Role;

/// Which column is what, as the user says: `date=Tag,campaign=Kampagne,spend=Kosten,currency=EUR`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    columns: Vec<(Role, String)>,
    platform: Platform,
    currency: Option<Currency>,
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
    /// There is no such platform.
    #[error(transparent)]
    Platform(#[from] domain::UnknownWord),
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
    /// A mapping of these columns, for the table of a platform.
    pub(crate) fn new(columns: Vec<(Role, String)>, platform: Platform, currency: Option<Currency>) -> Self {
        Self { columns, platform, currency }
    }

    /// Roles and the headers that play them.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (Role, &str)> {
        self.columns.iter().map(|(role, header)| (*role, header.as_str()))
    }

    /// Whose table it is; [`Platform::Other`] if the user does not say.
    pub fn platform(&self) -> Platform {
        self.platform
    }

    /// The currency of all its rows.
    pub fn currency(&self) -> Option<Currency> {
        self.currency
    }

    /// The same, with a currency for all its rows if it names none and no column of currencies.
    #[must_use]
    pub fn or_currency(mut self, currency: Option<Currency>) -> Self {
        let has_column = self.columns.iter().any(|(role, _)| *role == Role::Currency);
        self.currency = self.currency.or(currency.filter(|_| !has_column));
        self
    }

    /// The headers it names, as the user wrote them.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(_, header)| header.as_str())
    }
}

impl FromStr for Mapping {
    type Err = NotAMapping;

    fn from_str(text: &str) -> Result<Self, NotAMapping> {
        let mut mapping = Self::new(Vec::new(), Platform::Other, None);
        for piece in pieces(text) {
            let (word, value) =
                piece.split_once('=').ok_or_else(|| NotAMapping::NoSign(piece.trim().to_owned()))?;
            let (word, value) = (word.trim().to_lowercase(), unquoted(value.trim()));
            if word == "platform" {
                mapping.platform = value.parse()?;
                continue;
            }
            let role = Role::named(&word).ok_or_else(|| NotAMapping::UnknownRole {
                word,
                known: Role::names().collect::<Vec<_>>().join(", "),
            })?;
            if value.is_empty() {
                return Err(NotAMapping::Empty(role.name()));
            }
            if role == Role::Currency
                && value.len() == 3
                && value.bytes().all(|byte| byte.is_ascii_uppercase())
            {
                mapping.currency = value.parse().ok();
                continue;
            }
            if mapping.columns.iter().any(|(known, _)| *known == role) {
                return Err(NotAMapping::Twice(role.name()));
            }
            mapping.columns.push((role, value));
        }
        let names = |role: Role| mapping.columns.iter().any(|(named, _)| *named == role);
        match mapping.platform {
            record if record.is_record() && !names(Role::Revenue) => Err(NotAMapping::NoRevenue(record)),
            record if record.is_record() => Ok(mapping),
            _ if names(Role::Spend) => Ok(mapping),
            _ => Err(NotAMapping::NoSpend),
        }
    }
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

impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut pieces: Vec<String> = self
            .columns
            .iter()
            .map(|(role, header)| match header.contains([',', '"', '=']) || header.trim() != header {
                true => format!("{}=\"{}\"", role.name(), header.replace('"', "\"\"")),
                false => format!("{}={header}", role.name()),
            })
            .collect();
        pieces.extend(self.currency.map(|currency| format!("currency={currency}")));
        if self.platform != Platform::Other {
            pieces.push(format!("platform={}", self.platform));
        }
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
            ("date=Day,platform=own_records", "revenue"),
        ] {
            let error = text.parse::<Mapping>().unwrap_err().to_string();
            assert!(error.contains(expect), "{text}: {error}");
        }
    }
}
