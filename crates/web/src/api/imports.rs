//! `GET` and `POST /api/v1/imports`, `GET /api/v1/imports/{id}`, `POST /api/v1/imports/{id}/undo`.

use axum::Json;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path};
use axum::http::{HeaderName, StatusCode, header};
use domain::{Currency, ImportId, Level, Micros, Platform};
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::{ImportReport, Taken, Undone};
use serde::{Deserialize, Serialize};
use store::catalog::{ImportEntry, ImportState};
use utoipa::ToSchema;

use super::parameters::{ImportsIn, WorkspaceIn};
use crate::WebError;
use crate::access::{Import, May, SeeWork};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions;
use crate::upload::{self, UploadIn};

/// What became of a file: what it was taken for, every row accounted for, and how it adds up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImportReportOut {
    /// Its number in the ledger; null for a dry run.
    pub import_id: Option<ImportId>,
    /// The name of the file.
    pub file_name: String,
    /// Whether nothing was changed.
    pub dry_run: bool,
    /// Whether the same bytes came in before; then nothing was changed.
    pub already_imported: bool,
    /// What the file was taken for.
    #[schema(example = "Google Ads campaign report by day")]
    pub recognised_as: String,
    /// The platform.
    #[schema(value_type = String, example = "google_ads")]
    pub platform: Platform,
    /// What one row stands for.
    #[schema(value_type = String, example = "campaign")]
    pub level: Level,
    /// The account, if there is just one.
    pub account: Option<String>,
    /// All accounts of the file.
    pub accounts: Vec<String>,
    /// The currency, if there is just one; `XXX` if nobody said which.
    #[schema(value_type = Option<String>, example = "EUR")]
    pub currency: Option<Currency>,
    /// The days covered: in them, what the file does not have is zero. Null if the file has no days.
    pub days: Option<DayRangeOut>,
    /// When the platform was asked.
    #[schema(value_type = String, format = DateTime)]
    pub captured_at: Timestamp,
    /// What became of its rows.
    pub rows: ImportRowsOut,
    /// Rows that were not used, each with its line, as far as they are kept.
    pub skipped: Vec<SkippedOut>,
    /// The figures of the used rows, added up.
    pub sums: ImportSumsOut,
    /// How that compares with the file's own totals.
    pub file_totals: Vec<FileTotalOut>,
    /// Rows of older imports that this one replaced.
    pub replaced_rows: u64,
    /// Days that were not over when the platform was asked.
    #[schema(value_type = Vec<String>)]
    pub provisional_days: Vec<Date>,
    /// The attribution settings of its rows.
    pub attribution: Vec<String>,
    /// What a person should know, in sentences.
    pub warnings: Vec<String>,
}

/// Days from the first to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DayRangeOut {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
}

/// What became of a file's rows: `read` is `used` plus `skipped`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportRowsOut {
    /// Rows below the header.
    pub read: u64,
    /// Rows that count.
    pub used: u64,
    /// Rows that do not: totals, and rows that could not be read.
    pub skipped: u64,
}

/// A row that was not used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SkippedOut {
    /// The line in the file, from 1.
    pub line: u64,
    /// Column, value and remedy, in words.
    pub reason: String,
}

/// The figures of an import's rows, added up. Money is null where the file has several currencies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ImportSumsOut {
    pub spend_micros: Option<Micros>,
    pub impressions: Option<i64>,
    pub clicks: Option<i64>,
    pub conversions: Option<f64>,
    pub revenue_micros: Option<Micros>,
}

/// One of the file's own total rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileTotalOut {
    /// What it calls itself.
    #[schema(example = "Total: Account")]
    pub label: String,
    /// Its spend, in micros.
    pub spend_micros: Option<Micros>,
    /// The spend of the used rows minus this, in micros.
    pub difference_micros: Option<Micros>,
}

/// What came of what was sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ImportedOut {
    /// Of one file, or an archive that holds one.
    One(Box<ImportReportOut>),
    /// Of each file of an archive, each sheet of a workbook.
    Several {
        /// In the order of their names.
        files: Vec<ImportedFileOut>,
    },
}

/// What came of one file of several: a report, or a problem.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImportedFileOut {
    /// Its name, with those of what it was packed in.
    #[schema(example = "reports.zip/june.xlsx/Campaigns")]
    pub file_name: String,
    /// Its report, if it was taken in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<ImportReportOut>,
    /// Why not, otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemOut>,
}

/// A line of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImportEntryOut {
    /// Its number.
    pub id: ImportId,
    /// `pending`, `committed`, `undoing` or `undone`.
    #[schema(value_type = String, example = "committed")]
    pub state: ImportState,
    /// The name of the file.
    pub file_name: String,
    /// The digest of the file: `blake3:` and hexadecimal; older entries have `sha256:`.
    pub digest: String,
    /// Size of the file.
    pub bytes: u64,
    /// When the platform was asked.
    #[schema(value_type = String, format = DateTime)]
    pub captured_at: Timestamp,
    /// When it came in.
    #[schema(value_type = String, format = DateTime)]
    pub imported_at: Timestamp,
    /// When it was undone.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub undone_at: Option<Timestamp>,
    /// The report that was shown of it.
    pub report: ImportReportOut,
}

/// A page of the ledger, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImportsOut {
    /// The lines.
    pub imports: Vec<ImportEntryOut>,
    /// The `before` of the next page; null on the last.
    pub next: Option<ImportId>,
}

/// What came of undoing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UndoneOut {
    /// Which import.
    pub import_id: ImportId,
    /// Rows of older imports that count again.
    pub restored_rows: u64,
    /// Whether it had been undone before; then nothing was changed.
    pub already_undone: bool,
}

/// The ledger of imports, newest first.
#[utoipa::path(get, path = "/api/v1/imports", tag = "imports", params(WorkspaceIn, ImportsIn), responses(
    (status = 200, description = "A page of the ledger", body = ImportsOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(state: May<SeeWork>, params: Params) -> Result<Json<ImportsOut>, WebError> {
    let page = questions::imports::imports(&state, params).await?;
    let imports = page.imports.into_iter().map(ImportEntryOut::of).collect::<Result<_, _>>()?;
    Ok(Json(ImportsOut { imports, next: page.next }))
}

/// Imports a report as a platform exports it, or says what that would do.
#[utoipa::path(post, path = "/api/v1/imports", tag = "imports",
    request_body(content = inline(UploadIn), content_type = "multipart/form-data"), responses(
    (status = 200, description = "Several files, a dry run, or a file that came in before", body = ImportedOut),
    (status = 201, description = "Imported", body = ImportReportOut, headers(("location" = String, description = "The import"))),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 413, description = "The file is too large", body = ProblemOut, content_type = "application/problem+json"),
    (status = 422, description = "The file is no report that can be imported", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn create(
    state: May<Import>,
    params: Params,
    form: Result<Multipart, MultipartRejection>,
) -> Result<(StatusCode, Option<[(HeaderName, String); 1]>, Json<ImportedOut>), WebError> {
    params.done()?;
    let received = upload::import(&state, form).await?;
    let report = match upload::single(received.taken) {
        Ok(outcome) => outcome?,
        Err(several) => {
            let files = several.into_iter().map(ImportedFileOut::of).collect();
            return Ok((StatusCode::OK, None, Json(ImportedOut::Several { files })));
        }
    };
    let created = report.import_id.filter(|_| !report.dry_run && !report.already_imported);
    let status = if created.is_some() { StatusCode::CREATED } else { StatusCode::OK };
    let place = created.map(|id| [(header::LOCATION, format!("/api/v1/imports/{id}"))]);
    Ok((status, place, Json(ImportedOut::One(Box::new(report.into())))))
}

/// One import, with the report that was shown of it.
#[utoipa::path(get, path = "/api/v1/imports/{id}", tag = "imports",
    params(("id" = u32, Path, description = "The import's number"), WorkspaceIn), responses(
    (status = 200, description = "The import", body = ImportEntryOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such import", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn show(
    state: May<SeeWork>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Json<ImportEntryOut>, WebError> {
    let (_, entry) = questions::imports::import(&state, &id, params).await?;
    Ok(Json(ImportEntryOut::of(entry)?))
}

/// Takes an import back: what it had replaced counts again.
#[utoipa::path(post, path = "/api/v1/imports/{id}/undo", tag = "imports",
    params(("id" = u32, Path, description = "The import's number"), WorkspaceIn), responses(
    (status = 200, description = "Undone", body = UndoneOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 403, description = "Sent by a page of another site", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such import", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn undo(
    state: May<Import>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Json<UndoneOut>, WebError> {
    let (_, Undone { import_id, restored_rows, already_undone }) =
        questions::imports::undo(&state, &id, params).await?;
    Ok(Json(UndoneOut { import_id, restored_rows, already_undone }))
}

impl ImportedFileOut {
    fn of(taken: Taken) -> Self {
        let (report, problem) = match taken.outcome {
            Ok(report) => (Some(report.into()), None),
            Err(error) => (None, Some(WebError::from(error).report("/api/v1/imports"))),
        };
        Self { file_name: taken.file_name, report, problem }
    }
}

impl ImportEntryOut {
    fn of(entry: ImportEntry) -> Result<Self, WebError> {
        let report = questions::imports::report(&entry)?.into();
        let ImportEntry { id, state, file_name, digest, bytes, captured_at, imported_at, undone_at, .. } =
            entry;
        Ok(Self { id, state, file_name, digest, bytes, captured_at, imported_at, undone_at, report })
    }
}

impl From<ImportReport> for ImportReportOut {
    fn from(report: ImportReport) -> Self {
        let skipped = report.skipped.into_iter();
        let totals = report.file_totals.into_iter();
        Self {
            import_id: report.import_id,
            file_name: report.file_name,
            dry_run: report.dry_run,
            already_imported: report.already_imported,
            recognised_as: report.recognised_as,
            platform: report.platform,
            level: report.level,
            account: report.account,
            accounts: report.accounts,
            currency: report.currency,
            days: report.days.map(|days| DayRangeOut { from: days.from, to: days.to }),
            captured_at: report.captured_at,
            rows: ImportRowsOut {
                read: report.rows.read,
                used: report.rows.used,
                skipped: report.rows.skipped,
            },
            skipped: skipped.map(|skip| SkippedOut { line: skip.line, reason: skip.reason }).collect(),
            sums: ImportSumsOut {
                spend_micros: report.sums.spend_micros,
                impressions: report.sums.impressions,
                clicks: report.sums.clicks,
                conversions: report.sums.conversions,
                revenue_micros: report.sums.revenue_micros,
            },
            file_totals: totals
                .map(|total| FileTotalOut {
                    label: total.label,
                    spend_micros: total.spend_micros,
                    difference_micros: total.difference_micros,
                })
                .collect(),
            replaced_rows: report.replaced_rows,
            provisional_days: report.provisional_days,
            attribution: report.attribution,
            warnings: report.warnings,
        }
    }
}
