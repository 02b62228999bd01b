//! The report of an import: what the file was taken for, what became of each row, and how it adds up.

use domain::{Currency, ImportId, Level, Micros, Period, Platform, Sums};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The report of an import or a dry run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Its number; `None` in a dry run.
    pub import_id: Option<ImportId>,
    /// The name of the file, without its folder.
    pub file_name: String,
    /// Whether nothing was committed because only a report was asked for.
    pub dry_run: bool,
    /// Whether the same bytes had been imported before, so that nothing was changed.
    pub already_imported: bool,
    /// What it was taken for, in words.
    pub recognised_as: String,
    /// Where it was downloaded.
    pub platform: Platform,
    /// What one row stands for.
    pub level: Level,
    /// The account, if it is one.
    pub account: Option<String>,
    /// All accounts.
    pub accounts: Vec<String>,
    /// The currency, if it is one.
    pub currency: Option<Currency>,
    /// The days covered; `None` if the file has no days.
    pub days: Option<Days>,
    /// When the platform was asked.
    pub captured_at: Timestamp,
    /// What became of the rows.
    pub rows: RowCounts,
    /// The rows that were skipped, at most the first 1,000.
    pub skipped: Vec<SkipLine>,
    /// The used rows added up; money only if they have one currency.
    pub sums: ReportSums,
    /// The file's own total rows beside ours.
    pub file_totals: Vec<FileTotalLine>,
    /// Rows that were believed before and are replaced.
    pub replaced_rows: u64,
    /// Days that were not over when the platform was asked.
    pub provisional_days: Vec<Date>,
    /// Attribution settings the file names.
    pub attribution: Vec<String>,
    /// What a person should know, in sentences.
    pub warnings: Vec<String>,
}

/// Days from `from` to `to`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

impl From<Period> for Days {
    fn from(period: Period) -> Self {
        Self { from: period.from(), to: period.to() }
    }
}

/// What became of the rows: `read` is `used` plus `skipped`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowCounts {
    /// Rows below the header.
    pub read: u64,
    /// Rows that count.
    pub used: u64,
    /// Rows that do not: totals, and rows that can't be read.
    pub skipped: u64,
}

/// A row that was skipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkipLine {
    /// The line of the file, from 1.
    pub line: u64,
    /// Why, and what to do.
    pub reason: String,
}

/// Added-up figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ReportSums {
    /// Spend in micros of the one currency.
    pub spend_micros: Option<Micros>,
    /// Impressions.
    pub impressions: Option<i64>,
    /// Clicks.
    pub clicks: Option<i64>,
    /// Conversions, which may have decimals.
    pub conversions: Option<f64>,
    /// Revenue in micros of the one currency.
    pub revenue_micros: Option<Micros>,
}

impl ReportSums {
    /// The sums of one currency, or of several without their money.
    pub(crate) fn of(sums: &Sums, has_one_currency: bool) -> Self {
        Self {
            spend_micros: sums.spend_micros.filter(|_| has_one_currency),
            impressions: sums.impressions,
            clicks: sums.clicks,
            conversions: sums.conversions_e6.map(|millionths| millionths as f64 / 1e6),
            revenue_micros: sums.revenue_micros.filter(|_| has_one_currency),
        }
    }
}

/// One of the file's own total rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileTotalLine {
    /// What it calls itself, for example `Total: Account`.
    pub label: String,
    /// Its spend.
    pub spend_micros: Option<Micros>,
    /// The spend of the used rows minus its spend.
    pub difference_micros: Option<Micros>,
}
