//! A recognised export, ready to be read.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use domain::{Currency, Period, Sums};

use crate::about::About;
use crate::encoding::Decoded;
use crate::plan::{Plan, text};
use crate::reading::{ReadError, Reading, Skip};
use crate::records::{Broken, Next, Records};
use crate::row::Row;
use crate::rows::{Rows, Unused};

/// How many skipped rows are listed.
const MOST_SKIPS: usize = 1000;

/// How many total rows are kept.
const MOST_TOTALS: usize = 100;

/// How many attribution settings are kept.
const MOST_SETTINGS: usize = 20;

/// Progress is told when as many bytes more were read.
const PROGRESS_STEP: u64 = 64 * 1024;

/// A file that was recognised as a report.
#[derive(Debug)]
pub struct Export<R> {
    pub(crate) reader: R,
    pub(crate) about: About,
    pub(crate) plan: Plan,
}

impl<R: Read + Seek> Export<R> {
    /// What the file was taken for.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Hands each row that counts to `each`, in the order of the file, and says what came of it. `progress` is told how
    /// many bytes of the file were read so far. Memory does not grow with the file.
    ///
    /// # Errors
    /// If the file cannot be read to its end, or `each` stops with an error.
    pub fn read<E>(
        mut self,
        mut each: impl FnMut(&Row<'_>) -> Result<(), E>,
        mut progress: impl FnMut(u64),
    ) -> Result<Reading, ReadError<E>> {
        self.reader.rewind()?;
        let mut records =
            Records::new(Decoded::new(&mut self.reader, self.plan.encoding), self.plan.delimiter);
        let mut rows = Rows::new(&self.plan);
        let mut tally = Tally::default();
        let mut told = 0;
        loop {
            let bytes_read = records.bytes_read();
            if bytes_read >= told + PROGRESS_STEP {
                progress(bytes_read);
                told = bytes_read;
            }
            let record = match records.next()? {
                Next::End => break,
                Next::Broken { line, .. } if line <= self.plan.header_line => continue,
                Next::Record(record) if record.line <= self.plan.header_line => continue,
                Next::Broken { line, why } => {
                    tally.skip(line, broken(line, why));
                    continue;
                }
                Next::Record(record) => record,
            };
            let attribution = self.plan.attribution.and_then(|column| text(record.cell(column)));
            match rows.read(&record) {
                Ok(row) => match tally.added(&row) {
                    Some(sums) => {
                        each(&row).map_err(ReadError::Stopped)?;
                        tally.count(&row, sums, attribution);
                    }
                    None => tally.skip(row.line, overflow(row.line)),
                },
                Err(unused) => tally.skip(record.line, unused),
            }
        }
        if records.bytes_read() > told {
            progress(records.bytes_read());
        }
        Ok(tally.reading(&self.plan, &rows))
    }
}

fn broken(line: u64, why: Broken) -> Unused {
    let (kind, why) = match why {
        Broken::Unclosed => {
            ("open quote", "a quote opens and is not closed; close it, or download the report again")
        }
        Broken::TooLong => {
            ("too long", "the line is longer than 1 MiB, which no row is; download the report again")
        }
    };
    Unused { kind, reason: format!("line {line}: {why}"), total: None }
}

fn overflow(line: u64) -> Unused {
    let reason = format!(
        "line {line}: with this row a sum would be too large to be kept exactly; correct its figures"
    );
    Unused { kind: "too large", reason, total: None }
}

/// What has been counted so far.
#[derive(Default)]
struct Tally {
    reading: Reading,
    skip_counts: Vec<(&'static str, u64)>,
    /// Few; the one used last is looked at first.
    sums: Vec<(Currency, Sums)>,
    last: usize,
    days: Option<Period>,
}

impl Tally {
    /// The place of a row's currency and the sum with the row; none if it does not fit.
    #[inline]
    fn added(&mut self, row: &Row<'_>) -> Option<Sums> {
        if self.sums.get(self.last).is_none_or(|(currency, _)| *currency != row.currency) {
            let known = self.sums.iter().position(|(currency, _)| *currency == row.currency);
            self.last = known.unwrap_or_else(|| {
                self.sums.push((row.currency, Sums::NONE));
                self.sums.len() - 1
            });
        }
        self.sums[self.last].1.checked_add(&row.sums)
    }

    #[inline]
    fn count(&mut self, row: &Row<'_>, sums: Sums, attribution: Option<&str>) {
        self.reading.rows_read += 1;
        self.reading.rows_used += 1;
        self.sums[self.last].1 = sums;
        if let Some(period) = row.period
            && self.days.is_none_or(|days| period.from() < days.from() || days.to() < period.to())
        {
            self.days = Some(self.days.map_or(period, |days| days.hull(period)));
        }
        if let Some(setting) = attribution {
            let settings = &mut self.reading.attribution;
            if settings.len() < MOST_SETTINGS && !settings.iter().any(|known| known == setting) {
                settings.push(setting.to_owned());
            }
        }
    }

    fn skip(&mut self, line: u64, unused: Unused) {
        self.reading.rows_read += 1;
        self.reading.rows_skipped += 1;
        match self.skip_counts.iter_mut().find(|(kind, _)| *kind == unused.kind) {
            Some((_, count)) => *count += 1,
            None => self.skip_counts.push((unused.kind, 1)),
        }
        if let Some(total) = unused.total.filter(|_| self.reading.totals.len() < MOST_TOTALS) {
            self.reading.totals.push(*total);
        }
        if self.reading.skipped.len() < MOST_SKIPS {
            self.reading.skipped.push(Skip { line, kind: unused.kind, reason: unused.reason });
        }
    }

    fn reading(self, plan: &Plan, rows: &Rows<'_>) -> Reading {
        let mut reading = self.reading;
        reading.skip_counts =
            self.skip_counts.into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect();
        reading.sums = self.sums.into_iter().collect::<BTreeMap<_, _>>();
        reading.days = self.days;
        reading.warnings = plan.warnings.clone();
        let mut warn = |count: u64, what: &str| {
            if count > 0 {
                reading.warnings.push(format!("{what}: {count}."));
            }
        };
        warn(rows.outside_stated, "Rows outside the days that the file says it covers");
        warn(
            rows.rounded_ids,
            "Ids that a spreadsheet has rounded (such as 1.2E+17), left out; import the file as it was downloaded",
        );
        warn(rows.long_addresses, "Cells with addresses of more than 8,192 bytes, left out");
        warn(rows.unread_budgets, "Budgets that are no numbers, left out");
        reading
    }
}
