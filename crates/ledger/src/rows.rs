//! Importing rows that come from no file: records of a source, handed over by whole days of one account at one level.

use domain::{Currency, Level, Period, Platform, Sums};
use ingest::{About, Reading, Row};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::catalog::{NewImport, Workspace};
use store::facts::{Change, Staging};
use tokio::runtime::Handle;

use crate::import::{Label, report};
use crate::intake::{Intake, staged};
use crate::{ImportReport, Ledger, LedgerError};

/// A wish to import rows.
#[derive(Debug, Clone)]
pub struct RowsRequest {
    /// Whose data it is.
    pub workspace: Workspace,
    /// What the ledger calls it, where it names a file otherwise.
    pub name: String,
    /// What the rows are, in words.
    pub recognised_as: String,
    /// Where they come from.
    pub platform: Platform,
    /// What one row stands for.
    pub level: Level,
    /// Whose figures they are.
    pub account: RowsAccount,
    /// The days that are replaced. One without rows is a day without delivery.
    pub covered: Vec<Period>,
    /// When the platform was asked.
    pub captured_at: Timestamp,
    /// Whether equal content counts once, however much later it was captured.
    pub counts_once: bool,
    /// Only report; commit nothing.
    pub dry_run: bool,
    /// What a person should know.
    pub warnings: Vec<String>,
}

/// An account, as records name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowsAccount {
    /// Its name, or what stands for it.
    pub name: String,
    /// Its id at the platform.
    pub id: Option<String>,
    /// Its currency.
    pub currency: Currency,
}

impl Ledger {
    /// Imports the rows that `hand_out` hands out, or only reports what importing them would do. Blocks, so call it where
    /// waiting is allowed; `handle` is the runtime that the catalog lives on.
    ///
    /// The same rows of the same capture are imported once: a second time changes nothing and returns the first report.
    ///
    /// # Errors
    /// What `hand_out` returns, or that a store fails; nothing was changed then.
    pub fn import_rows<E: From<LedgerError>>(
        &self,
        handle: &Handle,
        request: &RowsRequest,
        hand_out: impl FnOnce(&mut dyn FnMut(&Row<'_>) -> Result<(), LedgerError>) -> Result<(), E>,
    ) -> Result<ImportReport, E> {
        let failed = |error: LedgerError| E::from(error);
        let mut staging =
            self.facts.stage(request.workspace.id, request.level).map_err(|error| failed(error.into()))?;
        let account = staging
            .account(
                request.platform,
                Some(&request.account.name),
                request.account.id.as_deref(),
                request.account.currency,
            )
            .map_err(|error| failed(error.into()))?;
        let mut content = Content::of(request);
        let mut reading = Reading::default();
        let mut sums = Sums::NONE;
        hand_out(&mut |row| {
            let Some(period) = row.period else { return Ok(()) };
            content.add(row);
            sums = sums.checked_add(&row.sums).ok_or_else(|| LedgerError::Refused {
                file_name: request.name.clone(),
                seems: "records whose figures add up to more than 64 bits hold".to_owned(),
                remedy: "look for a damaged number in them".to_owned(),
                may_be_mapped: false,
            })?;
            reading.rows_read += 1;
            reading.rows_used += 1;
            Ok(staging.push(&staged(row, account, period))?)
        })?;
        reading.sums.insert(request.account.currency, sums);
        let intake = Intake { reading, accounts: vec![account], warnings: request.warnings.clone() };
        self.import_staged(handle, request, staging, &intake, content).map_err(failed)
    }

    fn import_staged(
        &self,
        handle: &Handle,
        request: &RowsRequest,
        mut staging: Staging<'_>,
        intake: &Intake,
        content: Content,
    ) -> Result<ImportReport, LedgerError> {
        let (digest, bytes) = content.digest();
        let workspace = request.workspace.id;
        if let Some(known) = handle.block_on(self.catalog.import_of_content(workspace, &digest))?
            && (request.counts_once || known.captured_at == request.captured_at)
        {
            let mut report: ImportReport = serde_json::from_value(known.report)?;
            report.import_id = Some(known.id);
            report.already_imported = true;
            report.dry_run = request.dry_run;
            report.replaced_rows = 0;
            return Ok(report);
        }
        let captured_day = request.captured_at.to_zoned(TimeZone::system()).date();
        let change = Change {
            captured_at: request.captured_at,
            captured_day,
            covered: request
                .covered
                .iter()
                .flat_map(|period| intake.accounts.iter().map(|account| (*account, *period)))
                .collect(),
        };
        let plan = staging.plan(&change)?;
        let about = about(request);
        let label = Label { file_name: &request.name, dry_run: request.dry_run };
        let mut report = report(&label, &about, intake, &staging, &change, &request.covered, &plan);
        if request.dry_run {
            return Ok(report);
        }
        let new = NewImport {
            workspace,
            file_name: request.name.clone(),
            digest,
            bytes,
            captured_at: request.captured_at,
            report: serde_json::to_value(&report)?,
        };
        report.import_id = Some(self.apply(handle, staging, &change, &plan, &new)?);
        handle.block_on(self.note_committed(workspace, &report))?;
        Ok(report)
    }
}

fn about(request: &RowsRequest) -> About {
    About {
        recognised_as: request.recognised_as.clone(),
        platform: request.platform,
        level: request.level,
        has_days: true,
        stated_period: None,
        stated_capture: None,
        encoding: "UTF-8",
        delimiter: ',',
        columns: Vec::new(),
        segmented_by: Vec::new(),
        mapping: None,
    }
}

/// What the rows say, as a digest: the same account, days and rows make the same one.
struct Content {
    digest: blake3::Hasher,
    buffer: Vec<u8>,
    bytes: u64,
}

impl Content {
    fn of(request: &RowsRequest) -> Self {
        let mut content = Self { digest: blake3::Hasher::new(), buffer: Vec::new(), bytes: 0 };
        let RowsAccount { name, id, currency } = &request.account;
        content.word(Some(request.platform.key()));
        content.word(Some(request.level.key()));
        for word in [Some(name.as_str()), id.as_deref(), Some(currency.code())] {
            content.word(word);
        }
        for period in &request.covered {
            content.word(Some(&period.to_string()));
        }
        content
    }

    fn add(&mut self, row: &Row<'_>) {
        let day = row.period.map(|period| period.from());
        let day = day.map_or([0; 4], |day| {
            [day.year() as u8, (day.year() >> 8) as u8, day.month() as u8, day.day() as u8]
        });
        self.buffer.extend_from_slice(&day);
        let parts = [row.campaign, row.ad_group, row.ad];
        for word in parts.into_iter().flat_map(|part| [part.id, part.name]) {
            self.word(word);
        }
        for word in [row.keyword, row.match_type, row.search_term, row.status, row.campaign_type] {
            self.word(word);
        }
        self.number(row.budget_micros);
        // Rows that tell no address have the digest that they had before any did.
        if !row.addresses.is_none() {
            for word in [row.addresses.final_url, row.addresses.suffix, row.addresses.template] {
                self.word(word);
            }
        }
        for what in domain::Additive::STORED {
            self.number(row.sums.get(what));
        }
        if self.buffer.len() > 1 << 16 {
            self.flush();
        }
    }

    fn word(&mut self, word: Option<&str>) {
        // The length keeps ["ab", "c"] apart from ["a", "bc"], and absent apart from empty.
        let length = word.map_or(u32::MAX, |word| word.len() as u32);
        self.buffer.extend_from_slice(&length.to_le_bytes());
        self.buffer.extend_from_slice(word.unwrap_or_default().as_bytes());
    }

    fn number(&mut self, number: Option<i64>) {
        self.buffer.push(u8::from(number.is_some()));
        self.buffer.extend_from_slice(&number.unwrap_or(0).to_le_bytes());
    }

    fn flush(&mut self) {
        self.digest.update(&self.buffer);
        self.bytes += self.buffer.len() as u64;
        self.buffer.clear();
    }

    /// With the name of its kind, and how many bytes it is of.
    fn digest(mut self) -> (String, u64) {
        self.flush();
        (format!("blake3:{}", self.digest.finalize()), self.bytes)
    }
}
