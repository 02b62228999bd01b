//! Importing a file: checked, read, staged, and then applied as a whole or not at all.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

use domain::{Currency, ImportId, Period, Sums};
use ingest::{About, DateOrder, Mapping, Refusal, SavedMapping, Skip, Wishes};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use store::WorkspaceId;
use store::catalog::{ImportState, KeptMapping, MappingRecord, NewImport, Workspace};
use store::facts::{Change, Plan, Staging};
use tokio::runtime::Handle;

use crate::intake::{self, Intake, refused};
use crate::report::{Days, FileTotalLine, ImportReport, ReportSums, RowCounts, SkipLine};
use crate::{Ledger, LedgerError};

/// A wish to import a file.
#[derive(Debug, Clone)]
pub struct ImportRequest {
    /// Whose data it is.
    pub workspace: Workspace,
    /// Where the file is.
    pub path: PathBuf,
    /// What it is called, without its folder.
    pub file_name: String,
    /// Only report; commit nothing.
    pub dry_run: bool,
    /// When the platform was asked, if the user knows better than the file.
    pub captured_at: Option<Timestamp>,
    /// The account's name, for files that name none.
    pub account: Option<String>,
    /// The currency, for files that name none.
    pub currency: Option<Currency>,
    /// How to read dates that can be read in two ways.
    pub date_order: Option<DateOrder>,
    /// Which column is what, for tables that are not recognised. It is kept for the next such table.
    pub mapping: Option<Mapping>,
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Whether these bytes came in before.
    Checking,
    /// Reading rows.
    Reading,
    /// Making them the truth.
    Applying,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Bytes of the file done at this stage.
    pub bytes_done: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// Rows used so far.
    pub rows: u64,
}

type Watcher = Arc<dyn Fn(Progress) + Send + Sync>;

impl Ledger {
    /// Imports a file, or only reports what importing it would do.
    ///
    /// The same bytes are imported once: a second time changes nothing and returns the first report, unless another capture
    /// time is wished.
    ///
    /// # Errors
    /// [`LedgerError::Refused`] if the file is no report; nothing was changed then. Others if a store fails.
    pub async fn import(
        &self,
        request: ImportRequest,
        progress: impl Fn(Progress) + Send + Sync + 'static,
    ) -> Result<ImportReport, LedgerError> {
        let watcher: Watcher = Arc::new(progress);
        let (digest, bytes) = {
            let (request, watcher) = (request.clone(), watcher.clone());
            tokio::task::spawn_blocking(move || fingerprint(&request, &watcher)).await??
        };
        if let Some(known) = self.catalog.import_of_content(request.workspace.id, &digest).await?
            && request.captured_at.is_none_or(|wished| wished == known.captured_at)
        {
            let mut report: ImportReport = serde_json::from_value(known.report)?;
            report.import_id = Some(known.id);
            report.already_imported = true;
            report.dry_run = request.dry_run;
            report.replaced_rows = 0;
            report.warnings.push(format!(
                "This file came in before as import {}; nothing was changed. To count it as a newer state, import it again and say when it was taken (--captured-at).",
                known.id
            ));
            return Ok(report);
        }
        let ledger = self.clone();
        let handle = Handle::current();
        let workspace = request.workspace.id;
        let is_mapped_now = request.mapping.is_some();
        let (currency, date_order) = (request.currency, request.date_order);
        let file_name = request.file_name.clone();
        let known = self.known_mappings(workspace).await?;
        let (report, mapping) = tokio::task::spawn_blocking(move || {
            ledger.import_blocking(&handle, &request, &watcher, known, digest, bytes)
        })
        .await??;
        if report.import_id.is_some()
            && let Some(SavedMapping { headers, mapping }) = mapping
        {
            if is_mapped_now {
                let mapping = mapping.or_currency(currency).or_date_order(date_order).to_string();
                let kept = KeptMapping { headers: headers.clone(), mapping };
                self.catalog.keep_mapping(workspace, &kept).await?;
            }
            self.catalog.count_mapping(workspace, &headers, &file_name).await?;
        }
        self.note_committed(workspace, &report).await?;
        Ok(report)
    }

    /// What was said before of tables that are not recognised. What an older program can't read is passed over.
    async fn known_mappings(&self, workspace: WorkspaceId) -> Result<Vec<SavedMapping>, LedgerError> {
        let kept = self.catalog.mappings(workspace).await?.into_iter();
        let read = |MappingRecord { kept, .. }: MappingRecord| {
            Some(SavedMapping { headers: kept.headers, mapping: kept.mapping.parse().ok()? })
        };
        Ok(kept.filter_map(read).collect())
    }

    fn import_blocking(
        &self,
        handle: &Handle,
        request: &ImportRequest,
        watcher: &Watcher,
        known_mappings: Vec<SavedMapping>,
        digest: String,
        bytes: u64,
    ) -> Result<(ImportReport, Option<SavedMapping>), LedgerError> {
        let unreadable = |source| LedgerError::Unreadable { path: request.path.clone(), source };
        let file = File::open(&request.path).map_err(unreadable)?;
        let wishes = Wishes {
            date_order: request.date_order,
            currency: request.currency,
            mapping: request.mapping.clone(),
            known_mappings,
        };
        let export = ingest::recognise(file, &request.file_name, &wishes)
            .map_err(|refusal| not_recognised(request, &refusal))?;
        let about = export.about().clone();
        let mut staging = self.facts.stage(request.workspace.id, about.level)?;
        let intake = intake::stage(export, &mut staging, request, |bytes_done, rows| {
            watcher(Progress { stage: Stage::Reading, bytes_done, bytes, rows });
        })?;
        if intake.reading.rows_used == 0 {
            let first =
                intake.reading.skipped.first().map_or(String::new(), |skip| format!(" ({})", whole(skip)));
            return Err(refused(
                request,
                format!("a {} in which no row could be used{first}", about.recognised_as),
                "download it again with rows for the days you want",
            ));
        }
        watcher(Progress {
            stage: Stage::Applying,
            bytes_done: bytes,
            bytes,
            rows: intake.reading.rows_used,
        });

        let capture = capture(request, &about);
        let covered = covered(&about, &intake, capture.day);
        let change = Change {
            captured_at: capture.at,
            captured_day: capture.day,
            covered: covered
                .iter()
                .flat_map(|period| intake.accounts.iter().map(|account| (*account, *period)))
                .collect(),
        };
        let plan = staging.plan(&change)?;
        let label = Label { file_name: &request.file_name, dry_run: request.dry_run };
        let mut report = report(&label, &about, &intake, &staging, &change, covered.as_slice(), &plan);
        reconcile_ranges(&mut report, &staging)?;
        if let Some(saved) = about.mapping.as_ref().filter(|_| request.mapping.is_none()) {
            let said =
                format!("Its columns were read as you said of such a table before: {}.", saved.mapping);
            report.warnings.push(said);
        }
        if request.dry_run {
            return Ok((report, about.mapping));
        }
        let new = NewImport {
            workspace: request.workspace.id,
            file_name: request.file_name.clone(),
            digest,
            bytes,
            captured_at: capture.at,
            report: serde_json::to_value(&report)?,
        };
        let import = self.apply(handle, staging, &change, &plan, &new)?;
        report.import_id = Some(import);
        Ok((report, about.mapping))
    }

    /// Makes what is staged count, in both stores.
    pub(crate) fn apply(
        &self,
        handle: &Handle,
        staging: Staging<'_>,
        change: &Change,
        plan: &Plan,
        new: &NewImport,
    ) -> Result<ImportId, LedgerError> {
        let import = handle.block_on(self.catalog.begin_import(new))?;
        if let Err(error) = staging.apply(import, change, plan) {
            // The commit itself may have failed after it happened; what is applied decides.
            if !self.facts.applied().is_ok_and(|applied| applied.contains(&import)) {
                // What fails here too, as on a full disk, is settled when the folder is next opened.
                drop(handle.block_on(self.catalog.forget_pending(import)));
                return Err(error.into());
            }
        }
        Ok(import)
    }

    /// Says in the catalog that an import counts.
    pub(crate) async fn note_committed(
        &self,
        workspace: WorkspaceId,
        report: &ImportReport,
    ) -> Result<(), LedgerError> {
        if let Some(import) = report.import_id {
            self.catalog.set_import_state(workspace, import, ImportState::Committed).await?;
            if let Some(currency) = report.currency.filter(|currency| *currency != Currency::UNKNOWN) {
                self.catalog.suggest_currency(workspace, currency).await?;
            }
        }
        Ok(())
    }
}

/// The digest of the file, with the name of its kind, and its size.
fn fingerprint(request: &ImportRequest, watcher: &Watcher) -> Result<(String, u64), LedgerError> {
    let unreadable = |source: io::Error| LedgerError::Unreadable { path: request.path.clone(), source };
    let mut file = File::open(&request.path).map_err(unreadable)?;
    let meta = file.metadata().map_err(unreadable)?;
    if meta.is_dir() {
        return Err(refused(request, "a folder", "name the files in it"));
    }
    let bytes = meta.len();
    let mut digest = blake3::Hasher::new();
    let mut buffer = vec![0; 1 << 20];
    let mut bytes_done = 0;
    loop {
        let read = file.read(&mut buffer).map_err(unreadable)?;
        if read == 0 {
            break;
        }
        digest.update(&buffer[..read]);
        bytes_done += read as u64;
        watcher(Progress { stage: Stage::Checking, bytes_done, bytes: bytes.max(bytes_done), rows: 0 });
    }
    Ok((format!("blake3:{}", digest.finalize()), bytes_done))
}

/// The line of a skipped row and why, the line said once.
fn whole(skip: &Skip) -> String {
    match skip.reason.starts_with("line ") {
        true => skip.reason.clone(),
        false => format!("line {}: {}", skip.line, skip.reason),
    }
}

/// Why a file is not taken in, and whether saying which column is what may help.
fn not_recognised(request: &ImportRequest, refusal: &Refusal) -> LedgerError {
    let is_table = matches!(refusal, Refusal::UnknownTable(_) | Refusal::MissingColumn(_));
    LedgerError::Refused {
        file_name: request.file_name.clone(),
        seems: refusal.seems().to_owned(),
        remedy: remedy(request, refusal),
        may_be_mapped: is_table && request.mapping.is_none(),
    }
}

/// What to do; for a table that nobody knows, what its columns seem to be.
fn remedy(request: &ImportRequest, refusal: &Refusal) -> String {
    let guessed = || {
        let is_unknown = matches!(refusal, Refusal::UnknownTable(_)) && request.mapping.is_none();
        let file = File::open(&request.path).ok().filter(|_| is_unknown)?;
        ingest::guess(file, &request.file_name).ok()?.mapping
    };
    match guessed() {
        Some(mapping) => format!("{}; they seem to be {mapping}", refusal.remedy()),
        None => refusal.remedy().to_owned(),
    }
}

struct Capture {
    at: Timestamp,
    day: Date,
}

/// When the platform was asked: what the user says, else what the file says, else now. A file's time is the account's
/// local one, whose zone it does not name; this machine's stands in for it. East of here that may not have come yet: then it is
/// now, so that whatever is taken next is newer.
fn capture(request: &ImportRequest, about: &About) -> Capture {
    let zone = TimeZone::system();
    if let Some(at) = request.captured_at {
        return Capture { at, day: at.to_zoned(zone).date() };
    }
    let stated = about.stated_capture.and_then(|stated| {
        let at = stated.to_zoned(zone.clone()).ok()?.timestamp();
        Some(Capture { at: at.min(Timestamp::now()), day: stated.date() })
    });
    stated.unwrap_or_else(|| {
        let now = Timestamp::now();
        Capture { at: now, day: now.to_zoned(zone).date() }
    })
}

/// The days that the file covers: what it states or, where it states nothing, from its first to its last day. Days after
/// the capture are not covered, whatever range was asked for.
fn covered(about: &About, intake: &Intake, captured_day: Date) -> Option<Period> {
    if !about.has_days {
        return None;
    }
    let days = intake.reading.days?;
    let stated = about.stated_period.map_or(days, |stated| stated.hull(days));
    Period::new(stated.from(), stated.to().min(captured_day).max(days.to())).ok()
}

/// What the ledger calls an import, and whether it only looks.
pub(crate) struct Label<'a> {
    pub file_name: &'a str,
    pub dry_run: bool,
}

pub(crate) fn report(
    label: &Label<'_>,
    about: &About,
    intake: &Intake,
    staging: &Staging<'_>,
    change: &Change,
    covered: &[Period],
    plan: &Plan,
) -> ImportReport {
    let reading = &intake.reading;
    let accounts: Vec<_> =
        staging.accounts().iter().filter(|account| intake.accounts.contains(&account.account)).collect();
    let mut currencies: Vec<Currency> = accounts.iter().map(|account| account.currency).collect();
    currencies.sort_unstable();
    currencies.dedup();
    let currency = match currencies.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    let names: Vec<String> = accounts.iter().map(|account| account.label().to_owned()).collect();
    let sums =
        reading.sums.values().try_fold(Sums::NONE, |sum, sums| sum.checked_add(sums)).unwrap_or_default();
    let file_totals = reading.totals.iter().map(|total| {
        let spend_micros = total.sums.spend_micros.filter(|_| currency.is_some());
        let difference_micros =
            sums.spend_micros.zip(spend_micros).and_then(|(ours, theirs)| ours.checked_sub(theirs));
        FileTotalLine { label: total.label.clone(), spend_micros, difference_micros }
    });
    let mut warnings = [reading.warnings.clone(), intake.warnings.clone()].concat();
    if !plan.outdated.is_empty() {
        let days: i32 = plan.outdated.iter().map(|(_, period)| period.len()).sum();
        warnings.push(format!(
            "For {days} of its days a later capture is known already; there this one goes into history and changes nothing now."
        ));
    }
    if !about.segmented_by.is_empty() {
        warnings.push(format!(
            "The file is split by {}; the parts are added up, so that they count as {} figures.",
            about.segmented_by.join(", "),
            about.level.label()
        ));
    }
    match reading.rows_missing() {
        0 => {}
        1 => warnings.push(
            "1 row could not be read and is missing from the figures; the skipped lines say why.".to_owned(),
        ),
        missing => warnings.push(format!(
            "{missing} rows could not be read and are missing from the figures; the skipped lines say why."
        )),
    }
    warnings.extend(too_late(change, covered));
    ImportReport {
        import_id: None,
        file_name: label.file_name.to_owned(),
        dry_run: label.dry_run,
        already_imported: false,
        recognised_as: about.recognised_as.clone(),
        platform: about.platform,
        level: about.level,
        account: match names.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        },
        accounts: names,
        currency,
        days: covered.iter().copied().reduce(Period::hull).map(Days::from),
        captured_at: change.captured_at,
        rows: RowCounts { read: reading.rows_read, used: reading.rows_used, skipped: reading.rows_skipped },
        skipped: reading
            .skipped
            .iter()
            .map(|skip| SkipLine { line: skip.line, reason: skip.reason.clone() })
            .collect(),
        sums: ReportSums::of(&sums, currency.is_some()),
        file_totals: file_totals.collect(),
        replaced_rows: plan.replaced_rows,
        provisional_days: covered
            .iter()
            .flat_map(|period| period.days())
            .filter(|day| *day >= change.captured_day)
            .collect(),
        attribution: reading.attribution.clone(),
        warnings,
    }
}

/// What can't be so: a capture that is still to come, days that were still to come when the platform was asked.
fn too_late(change: &Change, covered: &[Period]) -> Vec<String> {
    let mut warnings = Vec::new();
    if change.captured_at > Timestamp::now() {
        warnings.push(format!(
            "The time of capture, {}, has not come yet: until then newer files of these days change nothing. If it is a slip, undo this import and repeat it with the right time (--captured-at).",
            change.captured_at
        ));
    }
    let last = covered.iter().map(|period| period.to()).max();
    // An account's day may be one further than this machine's.
    if let Some(last) = last.filter(|last| *last > change.captured_day.saturating_add(1.day())) {
        warnings.push(format!(
            "Days up to {last} lie after the day on which the platform was asked ({}); see whether dates are read in the right order (--date-order), or say when it was asked (--captured-at).",
            change.captured_day
        ));
    }
    warnings
}

/// Says of range figures what they are good for, and how the days that are known compare.
fn reconcile_ranges(report: &mut ImportReport, staging: &Staging<'_>) -> Result<(), LedgerError> {
    if staging.has_days() {
        return Ok(());
    }
    report.warnings.push(
        "The file has no days: it is kept as a figure for its whole range, to compare with, and is not spread over days. For charts and lists download it again by day.".to_owned(),
    );
    for line in staging.compare_ranges()? {
        let name = staging
            .accounts()
            .iter()
            .find(|account| account.account == line.account)
            .map_or("", |account| account.label());
        let range = line
            .period
            .map_or("its whole range".to_owned(), |period| format!("{} to {}", period.from(), period.to()));
        let text = |micros: Option<i64>| {
            micros.map_or("nothing".to_owned(), |micros| domain::money::decimal_text(micros, 2))
        };
        report.warnings.push(format!(
            "{name}, {range}: the file says {} spent, the known days add up to {}.",
            text(line.stated_spend_micros),
            text(line.known_spend_micros)
        ));
    }
    Ok(())
}
