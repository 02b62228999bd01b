//! Exchange rates of the company's currencies, invented, in the form of the European Central Bank's history: newest day first,
//! none on weekends.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::share::mix;

/// Days back from the last: what the exports cover, the year before it for comparisons, and some.
const DAYS: i64 = 800;

/// The currencies with the middle of their rates, in ten-thousandths, and the length of their slow wave in days.
const CURRENCIES: [(&str, f64, f64); 2] = [("USD", 10_900.0, 170.0), ("GBP", 8_550.0, 230.0)];

/// Writes the rates until `until` into `folder`.
///
/// # Errors
/// If the file can't be written.
pub fn write_rates(seed: u64, until: Date, folder: &Path) -> anyhow::Result<PathBuf> {
    let mut text = format!("Date,{},{},\n", CURRENCIES[0].0, CURRENCIES[1].0);
    for n in 0..DAYS {
        let day = until.saturating_sub(n.days());
        if matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            continue;
        }
        write!(text, "{day},")?;
        for (place, (_, middle, wave)) in (0u64..).zip(CURRENCIES) {
            let slow = (n as f64 / wave * std::f64::consts::TAU).sin() * 0.025;
            let noise = (mix(seed ^ (n.unsigned_abs() << 8) ^ place) % 1_000) as f64 / 1_000.0 - 0.5;
            write!(text, "{:.4},", middle * (1.0 + slow + noise * 0.006) / 10_000.0)?;
        }
        text.push('\n');
    }
    let path = folder.join("eurofxref-hist.csv");
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}
