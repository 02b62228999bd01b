//! `GET /api/v1/renames`, and deciding about them: campaigns without an id that go on under another name.

use axum::Json;
use axum::http::StatusCode;
use domain::{Micros, Platform};
use insight::campaigns::CampaignAbout;
use insight::renames::{Named, Proposal};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::WebError;
use crate::access::{Decide, May, SeeWork};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::renames::{Decision, decide, renames};
use crate::questions::{chosen, plans};

/// What is proposed and what was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RenamesOut {
    /// Pairs of which one name ended where a similar one began, from the most alike, at most 100.
    pub proposals: Vec<ProposalOut>,
    /// What was decided, oldest first.
    pub decided: Vec<DecidedRenameOut>,
}

/// A pair that looks like one campaign under two names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProposalOut {
    /// The name that ended.
    pub old: NamedOut,
    /// The name that began.
    pub new: NamedOut,
    /// How alike the names are, of 1.
    pub alike: f64,
}

/// A campaign with the days on which it delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NamedOut {
    /// Its number here.
    pub campaign_id: u32,
    /// Its name.
    pub campaign: String,
    /// The name of its account.
    pub account: String,
    /// Where it runs.
    #[schema(value_type = Option<String>, example = "meta_ads")]
    pub platform: Option<Platform>,
    /// Its first day.
    #[schema(value_type = String, format = Date)]
    pub first_day: Date,
    /// Its last day.
    #[schema(value_type = String, format = Date)]
    pub last_day: Date,
    /// What was spent on it in all, in micros of its account's currency.
    pub spend_micros: Option<Micros>,
}

/// A decision about a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DecidedRenameOut {
    /// The campaign whose name ended.
    pub old_id: u32,
    /// Its name.
    pub old: String,
    /// The one that began.
    pub new_id: u32,
    /// Its name.
    pub new: String,
    /// Whether they are read as one.
    pub accepted: bool,
    /// When it was decided.
    #[schema(value_type = String, format = DateTime)]
    pub decided_at: Timestamp,
}

/// A decision to be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenameIn {
    /// The campaign whose name ended.
    pub old_id: u32,
    /// The one that began.
    pub new_id: u32,
    /// `true`: they are one; `false`: they are two; null: what was decided is taken back.
    pub accepted: Option<bool>,
}

/// Campaigns that may have been renamed, and what was decided of such.
#[utoipa::path(get, path = "/api/v1/renames", tag = "imports", params(
    ("workspace" = Option<String>, Query, description = "The name of the workspace"),
), responses(
    (status = 200, description = "Proposals and decisions", body = RenamesOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(state: May<SeeWork>, mut params: Params) -> Result<Json<RenamesOut>, WebError> {
    let workspace = chosen(&state, &mut params).await?;
    params.done()?;
    let found = renames(&state, &workspace).await?;
    let decided = found.decided.iter().map(|(rename, old, new)| DecidedRenameOut {
        old_id: rename.old,
        old: old.name.clone(),
        new_id: rename.new,
        new: new.name.clone(),
        accepted: rename.is_accepted,
        decided_at: rename.decided_at,
    });
    Ok(Json(RenamesOut {
        proposals: found.proposals.iter().map(ProposalOut::from).collect(),
        decided: decided.collect(),
    }))
}

/// Decides about a pair of campaigns.
#[utoipa::path(post, path = "/api/v1/renames", tag = "imports", params(
    ("workspace" = Option<String>, Query, description = "The name of the workspace"),
), request_body = RenameIn, responses(
    (status = 204, description = "It is decided"),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "The pair is not proposed", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn put(
    state: May<Decide>,
    mut params: Params,
    Json(asked): Json<RenameIn>,
) -> Result<StatusCode, WebError> {
    let workspace = plans::changed_in(&state, &mut params).await?;
    params.done()?;
    let decision = match asked.accepted {
        Some(true) => Decision::Accept,
        Some(false) => Decision::Reject,
        None => Decision::Undo,
    };
    decide(&state, workspace, (asked.old_id, asked.new_id), decision).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<&Proposal> for ProposalOut {
    fn from(proposal: &Proposal) -> Self {
        Self { old: (&proposal.old).into(), new: (&proposal.new).into(), alike: proposal.alike }
    }
}

impl From<&Named> for NamedOut {
    fn from(named: &Named) -> Self {
        let CampaignAbout { id, name, account, platform, .. } = named.about.clone();
        Self {
            campaign_id: id,
            campaign: name,
            account,
            platform,
            first_day: named.first,
            last_day: named.last,
            spend_micros: named.spend_micros,
        }
    }
}
