//! `GET /api/v1/utm`: whether visits can be assigned to campaigns, by the addresses that ads lead to.

use axum::Json;
use domain::{Currency, Level, Metric, Micros, Platform, Value};
use insight::Figures;
use insight::utm::{Found, Problem, TrackedRow, TrackedSum, Tracking};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::parameters::{UtmIn, ViewIn};
use super::{LeftOutOut, PeriodOut};
use crate::access::{May, SeeWork};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::{WebError, questions};

/// How campaigns can be traced in some days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UtmOut {
    /// The days.
    pub period: PeriodOut,
    /// As of when the spend was believed, if not now; addresses are as last told.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub as_of: Option<Timestamp>,
    /// Whether any import or source ever told an address.
    pub has_addresses: bool,
    /// What was looked at, because an address is known.
    pub checked: UtmSumOut,
    /// What something is wrong with: each once, whatever is wrong with it.
    pub untraceable: UtmSumOut,
    /// What no address is known of, which says nothing about its tags.
    pub unknown: UtmSumOut,
    /// The same by problem; who has two stands in both, so these do not add up to `untraceable`.
    pub problems: Vec<UtmProblemOut>,
    /// What something is wrong with, from the largest spend.
    pub rows: Vec<UtmRowOut>,
    /// How many such rows there are.
    pub row_count: u64,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
    /// What a reader must know, in sentences.
    pub notes: Vec<String>,
}

/// Spend of some ads, or of what else addresses stand at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UtmSumOut {
    /// How many there are.
    pub count: u64,
    /// Their spend, in micros; null if none was reported.
    pub spend_micros: Option<Micros>,
    /// The currency of the spend.
    #[schema(value_type = Option<String>, example = "EUR")]
    pub currency: Option<Currency>,
    /// Spend in other currencies, which is not contained.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOutOut>,
}

/// A problem, and what was spent where it is found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UtmProblemOut {
    /// Its word.
    #[schema(example = "missing")]
    pub problem: String,
    /// What it is, in a line.
    pub meaning: String,
    /// Where it is found.
    #[serde(flatten)]
    pub sum: UtmSumOut,
}

/// An ad, or what else an address stands at, with what is wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UtmRowOut {
    /// What it is: `ad`, `keyword`, `ad_group` or `campaign`.
    #[schema(value_type = String, example = "ad")]
    pub level: Level,
    /// Its number here.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// The number of its campaign.
    pub campaign_id: u32,
    /// The name of its campaign.
    pub campaign: String,
    /// The name of its account.
    pub account: String,
    /// Where it runs.
    #[schema(value_type = Option<String>, example = "meta_ads")]
    pub platform: Option<Platform>,
    /// Its address as it was told; null if only what is appended to it is known.
    pub address: Option<String>,
    /// What is wrong, worst first.
    pub found: Vec<UtmFoundOut>,
    /// Its spend, in micros; null if none was reported.
    pub spend_micros: Option<Micros>,
    /// The currency of the spend.
    #[schema(value_type = Option<String>, example = "EUR")]
    pub currency: Option<Currency>,
    /// Spend of it that could not be converted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOutOut>,
}

/// Something that is wrong with an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UtmFoundOut {
    /// What: `missing`, `click_id_only`, `misspelt`, `case` or `several`.
    #[schema(example = "misspelt")]
    pub problem: String,
    /// Of which parameter; null if of all.
    #[schema(example = "utm_campaign")]
    pub parameter: Option<String>,
    /// What stands there.
    pub value: Option<String>,
    /// What was probably meant.
    pub expected: Option<String>,
    /// The same in words.
    pub detail: String,
}

/// Whether visits can be assigned to campaigns, and what was spent where they can't.
#[utoipa::path(get, path = "/api/v1/utm", tag = "figures", params(ViewIn, UtmIn), responses(
    (status = 200, description = "What is wrong with the addresses that ads lead to", body = UtmOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
    (status = 503, description = "Too much is asked at once, or this takes too long; Retry-After says when to try again", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn show(state: May<SeeWork>, params: Params) -> Result<Json<UtmOut>, WebError> {
    let asked = questions::utm::tracking(&state, params).await?;
    Ok(Json(UtmOut::of(asked.tracking)))
}

impl UtmOut {
    fn of(tracking: Tracking) -> Self {
        Self {
            period: tracking.period.into(),
            as_of: tracking.as_of,
            has_addresses: tracking.has_addresses,
            checked: UtmSumOut::of(&tracking.checked),
            untraceable: UtmSumOut::of(&tracking.untraceable),
            unknown: UtmSumOut::of(&tracking.unknown),
            problems: tracking.problems.iter().map(UtmProblemOut::of).collect(),
            rows: tracking.rows.into_iter().map(UtmRowOut::of).collect(),
            row_count: tracking.count,
            next: tracking.next,
            notes: tracking.notes,
        }
    }
}

/// What was spent, exactly.
fn spend(figures: &Figures) -> Option<Micros> {
    match figures.value(Metric::Spend) {
        Some(Value::Integer(micros)) => Some(micros),
        _ => None,
    }
}

fn left_out(figures: &Figures) -> Vec<LeftOutOut> {
    figures.left_out.iter().map(LeftOutOut::of).collect()
}

impl UtmSumOut {
    fn of(sum: &TrackedSum) -> Self {
        let TrackedSum { count, figures } = sum;
        Self {
            count: *count,
            spend_micros: spend(figures),
            currency: figures.currency,
            left_out: left_out(figures),
        }
    }
}

impl UtmProblemOut {
    fn of((problem, sum): &(Problem, TrackedSum)) -> Self {
        Self {
            problem: problem.key().to_owned(),
            meaning: problem.meaning().to_owned(),
            sum: UtmSumOut::of(sum),
        }
    }
}

impl UtmRowOut {
    fn of(row: TrackedRow) -> Self {
        Self {
            level: row.level,
            id: row.id,
            name: row.name,
            campaign_id: row.campaign.id,
            campaign: row.campaign.name,
            account: row.campaign.account,
            platform: row.campaign.platform,
            address: row.address,
            found: row.found.into_iter().map(UtmFoundOut::of).collect(),
            spend_micros: spend(&row.figures),
            currency: row.figures.currency,
            left_out: left_out(&row.figures),
        }
    }
}

impl UtmFoundOut {
    fn of(found: Found) -> Self {
        Self {
            problem: found.problem.key().to_owned(),
            parameter: found.parameter.map(|parameter| parameter.key().to_owned()),
            value: found.value,
            expected: found.expected,
            detail: found.detail,
        }
    }
}
