//! The newest imports as other pages speak of them: when they were taken, what they told anew, what could not be read.

use domain::Period;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use people::Permission;
use store::catalog::{ImportEntry, ImportState};

use crate::access::Asked;
use crate::{WebError, questions};
use crate::{format, questions::View};

/// How many imports are looked at.
const NEWEST: u32 = 60;

/// An import that counts.
#[derive(Debug, Clone)]
pub(super) struct Arrival {
    pub(super) id: u32,
    pub(super) file_name: String,
    /// The day on which the platform was asked, in UTC.
    pub(super) captured_on: Date,
    days: Option<Period>,
    /// Rows that were believed before and are replaced.
    pub(super) replaced: u64,
    /// Rows that could not be used and are no totals.
    pub(super) unused: u64,
}

/// The newest imports that count.
pub(super) async fn newest(state: &Asked, view: &View) -> Result<Vec<Arrival>, WebError> {
    if !state.may(Permission::SeeWork, &view.workspace) {
        return Ok(Vec::new());
    }
    let entries = state.catalog().imports(view.workspace.id, None, NEWEST).await?;
    entries.iter().filter(|entry| entry.state == ImportState::Committed).map(Arrival::of).collect()
}

impl Arrival {
    fn of(entry: &ImportEntry) -> Result<Self, WebError> {
        let report = questions::imports::report(entry)?;
        Ok(Self {
            id: entry.id,
            file_name: report.file_name,
            captured_on: entry.captured_at.to_zoned(TimeZone::UTC).date(),
            days: report.days.and_then(|days| Period::new(days.from, days.to).ok()),
            replaced: report.replaced_rows,
            unused: report.rows.skipped.saturating_sub(report.file_totals.len() as u64),
        })
    }

    /// What several imports of one day did, in a line.
    pub(super) fn told_together(arrivals: &[&Self]) -> String {
        let told = |arrival: &&Self| {
            let days = arrival.days.map(|days| format!(" of {}", format::days(days))).unwrap_or_default();
            match arrival.replaced {
                0 => format!("import {}{days}", arrival.id),
                rows => format!("import {}{days}, {} rows anew", arrival.id, format::count(rows)),
            }
        };
        match arrivals {
            few if few.len() <= 2 => few.iter().map(told).collect::<Vec<_>>().join("; "),
            many => {
                let replaced: u64 = many.iter().map(|arrival| arrival.replaced).sum();
                let anew = match replaced {
                    0 => String::new(),
                    rows => format!(", {} rows anew", format::count(rows)),
                };
                format!("{} imports{anew}", format::count(many.len() as u64))
            }
        }
    }
}
