//! `GET /api/v1/rates`: what each day's money is converted at.

use axum::Json;
use domain::Currency;
use insight::UsedRate;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PeriodOut;
use super::parameters::ViewIn;
use crate::WebError;
use crate::access::{May, SeeWork};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions;

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

impl From<UsedRate> for RateOut {
    fn from(UsedRate { currency, day, rate_e12, told, source }: UsedRate) -> Self {
        Self { currency, day, rate_e12, rate_of: told, source }
    }
}
