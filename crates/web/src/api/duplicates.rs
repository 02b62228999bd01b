//! `GET /api/v1/duplicates`, and deciding about them: accounts that came in twice, under two names.

use axum::Json;
use axum::http::StatusCode;
use domain::{Currency, Level, Micros, Platform};
use insight::duplicates::{DuplicateProposal, Twin};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PeriodOut;
use crate::WebError;
use crate::access::{Decide, May, SeeWork};
use crate::admission::Load;
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::duplicates::{decide, duplicates};
use crate::questions::renames::Decision;
use crate::questions::{chosen, plans};

/// What is proposed and what was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DuplicatesOut {
    /// Pairs of accounts that tell the same of the same campaigns, from the largest spend that counts twice, at most 100.
    pub proposals: Vec<DuplicateProposalOut>,
    /// What was decided, oldest first.
    pub decided: Vec<DecidedDuplicateOut>,
}

/// Two accounts that look like one, and what would come of it: nothing is changed by proposing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DuplicateProposalOut {
    /// The one whose figures would count: with an id, else of which more is known.
    pub kept: TwinOut,
    /// The one that would count only on days that the other does not tell.
    pub other: TwinOut,
    /// Rows of one day and campaign that both have.
    pub shared_rows: u64,
    /// How many of these are equal in spend and impressions.
    pub equal_rows: u64,
    /// The spend of the equal rows, which counts twice, in micros.
    pub twice_micros: Micros,
    /// Days of the other account that would be set aside.
    pub aside_days: u64,
    /// What the other account spent on these days, in micros: so much would disappear from totals.
    pub aside_micros: Option<Micros>,
    /// What the kept account tells of the same days, in micros.
    pub kept_micros: Option<Micros>,
    /// Levels of which only the other account tells these days; their figures would be set aside too.
    #[schema(value_type = Vec<String>)]
    pub levels_hidden: Vec<Level>,
}

/// One of two accounts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TwinOut {
    /// Its number here.
    pub account_id: u32,
    /// Its name.
    pub account: String,
    /// Its id at the platform, if it was told.
    pub external_id: Option<String>,
    /// Where it advertises.
    #[schema(value_type = String, example = "meta_ads")]
    pub platform: Platform,
    /// What its money is counted in.
    #[schema(value_type = String, example = "EUR")]
    pub currency: Currency,
    /// From its first to its last known day; null if none counts any more.
    pub days: Option<PeriodOut>,
    /// How many days of it are known.
    pub known_days: u32,
}

/// A decision about a pair of accounts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DecidedDuplicateOut {
    /// The account whose figures count.
    pub kept: TwinOut,
    /// The other one.
    pub other: TwinOut,
    /// Whether they are one, so that days of the other are set aside.
    pub accepted: bool,
    /// When it was decided.
    #[schema(value_type = String, format = DateTime)]
    pub decided_at: Timestamp,
}

/// A decision to be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DuplicateIn {
    /// The account whose figures count.
    pub kept_id: u32,
    /// The other one.
    pub other_id: u32,
    /// `true`: they are one, and days of the other that the kept one tells are set aside; `false`: they are two; null: what was decided
    /// is taken back, and everything that was set aside counts again.
    pub accepted: Option<bool>,
}

/// Accounts that may have come in twice, and what was decided of such.
#[utoipa::path(get, path = "/api/v1/duplicates", tag = "imports", params(
    ("workspace" = Option<String>, Query, description = "The name of the workspace"),
), responses(
    (status = 200, description = "Proposals and decisions", body = DuplicatesOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
    (status = 503, description = "Too much is asked at once, or this takes too long; Retry-After says when to try again", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(state: May<SeeWork>, mut params: Params) -> Result<Json<DuplicatesOut>, WebError> {
    let workspace = chosen(&state, &mut params).await?;
    params.done()?;
    let found = duplicates(&state, &workspace, Load::Heavy).await?;
    let decided = found.decided.iter().map(|(pair, kept, other)| DecidedDuplicateOut {
        kept: kept.into(),
        other: other.into(),
        accepted: pair.is_accepted,
        decided_at: pair.decided_at,
    });
    Ok(Json(DuplicatesOut {
        proposals: found.proposals.iter().map(DuplicateProposalOut::from).collect(),
        decided: decided.collect(),
    }))
}

/// Decides about a pair of accounts.
#[utoipa::path(post, path = "/api/v1/duplicates", tag = "imports", params(
    ("workspace" = Option<String>, Query, description = "The name of the workspace"),
), request_body = DuplicateIn, responses(
    (status = 204, description = "It is decided"),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "The pair is not proposed", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn put(
    state: May<Decide>,
    mut params: Params,
    Json(asked): Json<DuplicateIn>,
) -> Result<StatusCode, WebError> {
    let workspace = plans::changed_in(&state, &mut params).await?;
    params.done()?;
    let decision = match asked.accepted {
        Some(true) => Decision::Accept,
        Some(false) => Decision::Reject,
        None => Decision::Undo,
    };
    decide(&state, workspace, (asked.kept_id, asked.other_id), decision).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<&DuplicateProposal> for DuplicateProposalOut {
    fn from(pair: &DuplicateProposal) -> Self {
        Self {
            kept: (&pair.kept).into(),
            other: (&pair.other).into(),
            shared_rows: pair.shared_rows,
            equal_rows: pair.equal_rows,
            twice_micros: pair.twice_micros,
            aside_days: pair.aside_days,
            aside_micros: pair.aside_micros,
            kept_micros: pair.kept_micros,
            levels_hidden: pair.levels_hidden.clone(),
        }
    }
}

impl From<&Twin> for TwinOut {
    fn from(twin: &Twin) -> Self {
        Self {
            account_id: twin.account.account,
            account: twin.account.label().to_owned(),
            external_id: twin.account.external_id.clone(),
            platform: twin.account.platform,
            currency: twin.account.currency,
            days: twin.days.map(PeriodOut::from),
            known_days: twin.known_days,
        }
    }
}
