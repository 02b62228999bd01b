//! What the user said about a file before it is read.

use std::fmt;
use std::str::FromStr;

use domain::{Currency, UnknownWord};
use serde::{Deserialize, Serialize};

use crate::mapping::{Mapping, SavedMapping};

/// What the user said about a file. What the file itself says plainly stands above it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// How dates such as 03/04/2026 are meant.
    pub date_order: Option<DateOrder>,
    /// The account's currency, for files that name none.
    pub currency: Option<Currency>,
    /// Which column is what. It stands above what is known of platforms.
    pub mapping: Option<Mapping>,
    /// What was said before of tables with certain headers.
    pub known_mappings: Vec<SavedMapping>,
}

/// Which part of a date such as 03/04/2026 comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 3 April 2026.
    DayFirst,
    /// March 4, 2026.
    MonthFirst,
}

/// What stands between the whole and the rest of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecimalMark {
    /// 1,188.50
    Point,
    /// 1.188,50
    Comma,
}

impl DecimalMark {
    /// The word used in a mapping.
    pub fn key(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Comma => "comma",
        }
    }
}

impl fmt::Display for DecimalMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl FromStr for DecimalMark {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "point" => Ok(Self::Point),
            "comma" => Ok(Self::Comma),
            _ => Err(UnknownWord::new("decimal mark", word, ["point", "comma"])),
        }
    }
}

impl DateOrder {
    /// The word used on the command line.
    pub fn key(self) -> &'static str {
        match self {
            Self::DayFirst => "dmy",
            Self::MonthFirst => "mdy",
        }
    }
}

impl fmt::Display for DateOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl FromStr for DateOrder {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "dmy" => Ok(Self::DayFirst),
            "mdy" => Ok(Self::MonthFirst),
            _ => Err(UnknownWord::new("date order", word, ["dmy", "mdy"])),
        }
    }
}
