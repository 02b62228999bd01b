//! Writes a believable company's advertising data as export files in the platforms' own formats.
//!
//! The program imports them through the same door as a user's files. The same [`Plan`] gives the same bytes.

mod account;
mod ad;
mod benchmark;
mod campaign;
mod capture;
mod company;
mod figures;
mod google;
mod line;
mod maturity;
mod meta;
mod name;
mod others;
mod rates;
mod season;
mod share;
mod sheet;
mod shop;
mod tags;
mod term;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use jiff::civil::{Date, DateTime};
use serde::Serialize;

pub use rates::write_rates;

/// What to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Equal seeds give equal files.
    pub seed: u64,
    /// The last day. It is captured shortly before 7 in the morning of that day, so its figures are partial.
    pub until: Date,
    /// How much.
    pub size: Size,
}

/// How much to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// 152 campaigns in fifteen accounts on twelve platforms and three shops over 400 days, exported up to nine times.
    Company,
    /// About this many rows, in ten accounts over up to 730 days, exported once. For benchmarks.
    Rows(u64),
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Written {
    /// Where it is, inside the folder given to [`write`].
    pub path: PathBuf,
    /// The account's name, as it stands in the file.
    pub account: String,
    /// When the file claims to have been exported, in the account's time zone. Google's files say it themselves, Meta's
    /// do not.
    pub captured_at: DateTime,
    /// The currency of its amounts, where the file does not say it.
    pub currency: Option<&'static str>,
    /// Rows of data, without totals.
    pub rows: u64,
}

/// Writes the files of `plan` into `folder`, which is made if need be, and calls `each` after each one, in the order in
/// which they were captured. `each` may delete the file. Its first error ends the writing and is returned.
pub fn write(
    plan: &Plan,
    folder: &Path,
    mut each: impl FnMut(&Written) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    match plan.size {
        Size::Company => company::write(plan, folder, &mut each),
        Size::Rows(rows) => benchmark::write(plan, rows, folder, &mut each),
    }
}
