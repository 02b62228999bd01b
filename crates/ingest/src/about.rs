//! What a file was taken for.

use domain::{Level, Period, Platform};
use jiff::civil::DateTime;
use serde::Serialize;

use crate::mapping::SavedMapping;

/// What a file was taken for, before its rows are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct About {
    /// In words, for example `Google Ads campaign report by day`.
    pub recognised_as: String,
    /// The platform it was downloaded from.
    pub platform: Platform,
    /// What one row stands for.
    pub level: Level,
    /// Whether each row is of one day. If not, rows carry the range they stand for, or none.
    pub has_days: bool,
    /// The days the file says it covers: the lines before the header, or `Reporting starts` and `Reporting ends`.
    pub stated_period: Option<Period>,
    /// When the platform was asked, in the account's time, if the file says so.
    pub stated_capture: Option<DateTime>,
    /// How its characters are encoded.
    pub encoding: &'static str,
    /// What separates its cells.
    pub delimiter: char,
    /// Its columns in their order.
    pub columns: Vec<ColumnUse>,
    /// Headers by which its rows are split further than level and day. Such rows are to be added up.
    pub segmented_by: Vec<String>,
    /// What the user said of its columns, now or before; none if the platform's own words were enough.
    #[serde(skip)]
    pub mapping: Option<SavedMapping>,
}

/// One column and what it is used for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnUse {
    /// The header as it stands in the file, trimmed.
    pub header: String,
    /// The role it plays, for example `spend`; absent if it is not used.
    pub used_as: Option<&'static str>,
}
