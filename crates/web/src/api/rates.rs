//! `GET /api/v1/rates`: what each day's money is converted at. `POST` sets one, `POST /api/v1/rates/file` loads a file of them,
//! `/api/v1/rates/sources` tells where they come from and takes those of one away.

use axum::Json;
use axum::extract::Multipart;
use axum::extract::multipart::MultipartRejection;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use domain::Currency;
use insight::UsedRate;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::facts::RateSource;
use utoipa::ToSchema;

use super::PeriodOut;
use super::parameters::{ViewIn, WorkspaceIn};
use crate::WebError;
use crate::access::{Decide, May, SeeWork};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::rates::{FileOfRates, RateByHand};
use crate::questions::{self, chosen, named, plans};
use crate::upload::Upload;

/// Changed rates that are told of a file.
const MOST_CHANGES: usize = 100;

/// The rates at which money is converted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RatesOut {
    /// The days.
    pub period: PeriodOut,
    /// What is converted into: `convert`, else the leading currency; null before anything was imported.
    #[schema(value_type = Option<String>, example = "EUR")]
    pub to: Option<Currency>,
    /// By currency and day. A day without any rate is missing: its money stays in its own currency.
    pub rates: Vec<RateOut>,
}

/// The rate at which a currency's money of a day is converted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RateOut {
    /// The currency that is converted.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// The day of the money.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// What one unit is worth, in trillionths of one unit of `to`.
    pub rate_e12: i64,
    /// The day of which the rate is: an earlier one where the day has none of its own.
    #[schema(value_type = String, format = Date)]
    pub rate_of: Date,
    /// Where the rate comes from.
    pub source: String,
}

/// A rate that is set by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RateIn {
    /// The currency.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// From which day on it counts, until the next that is known.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// How many units of it one euro buys, more than 0, as a decimal.
    #[schema(example = "1.0861")]
    pub per_euro: String,
}

/// The fields of the form that loads a file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form that Upload::receive reads")]
pub(crate) struct RatesFileIn {
    /// The European Central Bank's `eurofxref-hist.zip` or `.csv`, or a CSV with date, currency, rate.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Where the rates come from; the file's name if it is not said.
    #[schema(example = "European Central Bank")]
    source: Option<String>,
    /// Only say what would happen: `true` or `false`.
    dry_run: Option<bool>,
    /// The workspace. Needed if there are several and none is called `default`.
    workspace: Option<String>,
}

/// What a file of rates holds, and how that compares with the rates that were kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RatesFileOut {
    /// Whether nothing was changed.
    pub dry_run: bool,
    /// Where the rates come from.
    pub source: String,
    /// Of which currencies.
    #[schema(value_type = Vec<String>)]
    pub currencies: Vec<Currency>,
    /// From the first day to the last.
    pub days: PeriodOut,
    /// How many rates it holds.
    pub rates: u64,
    /// Of days and currencies without any before.
    pub new: u64,
    /// Just as they were.
    pub same: u64,
    /// Told otherwise than before.
    pub changed: u64,
    /// The first of those, at most 100.
    pub changes: Vec<RateChangeOut>,
}

/// A rate that is told otherwise than before, in billionths of a unit for one euro.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RateChangeOut {
    /// The currency.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// What was kept.
    pub before_e9: i64,
    /// Where that came from.
    pub before_source: String,
    /// What the file says.
    pub after_e9: i64,
}

/// Where rates come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RateSourcesOut {
    /// By name.
    pub sources: Vec<RateSourceOut>,
}

/// A source of rates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RateSourceOut {
    /// What it is called.
    pub source: String,
    /// Of which currencies.
    #[schema(value_type = Vec<String>)]
    pub currencies: Vec<Currency>,
    /// How many rates of it count.
    pub rates: u64,
    /// From the first day to the last.
    pub days: PeriodOut,
}

/// What came of taking the rates of a source away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RatesForgottenOut {
    /// How many rates there were.
    pub rates: u64,
}

/// The rates at which the money of these days is converted.
#[utoipa::path(get, path = "/api/v1/rates", tag = "figures", params(ViewIn), responses(
    (status = 200, description = "The rates", body = RatesOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
    (status = 503, description = "Too much is asked at once, or this takes too long; Retry-After says when to try again", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(state: May<SeeWork>, params: Params) -> Result<Json<RatesOut>, WebError> {
    let asked = questions::rates::rates(&state, params).await?;
    Ok(Json(RatesOut {
        period: asked.view.period.into(),
        to: asked.to,
        rates: asked.rates.into_iter().map(RateOut::from).collect(),
    }))
}

/// Sets a rate by hand, in place of one of the same currency and day.
#[utoipa::path(post, path = "/api/v1/rates", tag = "figures", params(WorkspaceIn), request_body = RateIn, responses(
    (status = 204, description = "It counts"),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn set(
    state: May<Decide>,
    mut params: Params,
    asked: Result<Json<RateIn>, JsonRejection>,
) -> Result<StatusCode, WebError> {
    let workspace = plans::changed_in(&state, &mut params).await?;
    params.done()?;
    let Json(RateIn { currency, day, per_euro }) =
        asked.map_err(|rejection| WebError::body(rejection.body_text()))?;
    let set = RateByHand { currency: Some(currency), day: Some(day), rate: &per_euro };
    questions::rates::set(&state, workspace, set).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Loads a file of rates, in place of those of the same currencies and days, or says what that would do.
#[utoipa::path(post, path = "/api/v1/rates/file", tag = "figures",
    request_body(content = inline(RatesFileIn), content_type = "multipart/form-data"), responses(
    (status = 200, description = "What it holds, and what changes", body = RatesFileOut),
    (status = 400, description = "A field is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 413, description = "The file is too large", body = ProblemOut, content_type = "application/problem+json"),
    (status = 422, description = "It is no file of rates", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn load(
    state: May<Decide>,
    params: Params,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Json<RatesFileOut>, WebError> {
    params.done()?;
    let mut upload = Upload::receive(&state, form).await?;
    let workspace = named(&state, upload.text("workspace").as_deref()).await?;
    let (file, file_name) = upload.file()?;
    let source = questions::rates::source_name(upload.text("source"), &file_name)?;
    let dry_run = upload.is_dry_run()?;
    upload.done("file, source, dry_run and workspace")?;
    let path = file.path().to_owned();
    let found = match dry_run {
        true => questions::rates::look(&state, &workspace, path, source).await?,
        false => questions::rates::load(&state, &workspace, path, source).await?,
    };
    Ok(Json(RatesFileOut::of(found, dry_run)))
}

/// Where the rates come from.
#[utoipa::path(get, path = "/api/v1/rates/sources", tag = "figures", params(WorkspaceIn), responses(
    (status = 200, description = "The sources", body = RateSourcesOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
    (status = 503, description = "Too much is asked at once, or this takes too long; Retry-After says when to try again", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn sources(
    state: May<SeeWork>,
    mut params: Params,
) -> Result<Json<RateSourcesOut>, WebError> {
    let workspace = chosen(&state, &mut params).await?;
    params.done()?;
    let sources = questions::rates::sources(&state, &workspace).await?.into_iter();
    let out = |found: RateSource| RateSourceOut {
        source: found.source,
        currencies: found.currencies,
        rates: found.rates,
        days: found.days.into(),
    };
    Ok(Json(RateSourcesOut { sources: sources.map(out).collect() }))
}

/// Takes all rates of a source away. What they had replaced does not come back.
#[utoipa::path(delete, path = "/api/v1/rates/sources", tag = "figures", params(
    ("source" = String, Query, description = "The source, as it is listed"), WorkspaceIn,
), responses(
    (status = 200, description = "They are gone", body = RatesForgottenOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There are no rates of it", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn forget(
    state: May<Decide>,
    mut params: Params,
) -> Result<Json<RatesForgottenOut>, WebError> {
    let workspace = plans::changed_in(&state, &mut params).await?;
    let name = params.text("source")?;
    params.done()?;
    let source = questions::rates::source(&state, &workspace, name).await?;
    let rates = questions::rates::forget(&state, workspace, source.source).await?;
    Ok(Json(RatesForgottenOut { rates }))
}

impl RatesFileOut {
    fn of(found: FileOfRates, dry_run: bool) -> Self {
        let changes = found.compared.changed.iter().take(MOST_CHANGES).map(|(told, kept)| RateChangeOut {
            currency: told.currency,
            day: told.day,
            before_e9: kept.per_euro_e9,
            before_source: kept.source.clone(),
            after_e9: told.per_euro_e9,
        });
        Self {
            dry_run,
            changes: changes.collect(),
            source: found.source,
            currencies: found.currencies,
            days: found.days.into(),
            rates: found.count as u64,
            new: found.compared.new,
            same: found.compared.same,
            changed: found.compared.changed.len() as u64,
        }
    }
}

impl From<UsedRate> for RateOut {
    fn from(UsedRate { currency, day, rate_e12, told, source }: UsedRate) -> Self {
        Self { currency, day, rate_e12, rate_of: told, source }
    }
}
