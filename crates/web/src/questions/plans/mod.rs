//! Plans: what a team decided about campaigns, how that goes, and changing it. Pages and API change them through these.

pub(crate) mod bulk;
pub(crate) mod decide;
mod matching;
mod pace;
mod refused;

use std::collections::HashMap;

use domain::{Decision, PlanAbout};
use insight::campaigns::CampaignAbout;
use store::catalog::{Plan, PlanChange, PlanId, PlanState, PlanWrite};

use super::{chosen, named};
use crate::access::{Asked, Seen};
use crate::admission::Load;
use crate::params::Params;
use crate::{AppState, WebError};

pub(crate) use matching::{Proposal, proposals};
pub(crate) use pace::{Going, Paced, going};
pub(crate) use refused::refused;

/// Most plans that are listed: more than any team has.
const MOST: usize = 20_000;

/// A plan with what it is about.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) plan: Plan,
    /// The campaign that it is about, if it is about one that is known.
    pub(crate) campaign: Option<CampaignAbout>,
    /// How spend goes along with its budget.
    pub(crate) going: Going,
}

/// The plans of a workspace, of all or of one label.
pub(crate) async fn list(state: &Asked, mut params: Params) -> Result<(Seen, Vec<Shown>), WebError> {
    let workspace = chosen(state, &mut params).await?;
    let label = params.text("label")?;
    params.done()?;
    let mut plans = match &label {
        Some(label) => state.catalog().plans_labelled(workspace.id, label).await?,
        None => state.catalog().plans(workspace.id).await?,
    };
    plans.truncate(MOST);
    let shown = shown(state, &workspace, plans).await?;
    Ok((workspace, shown))
}

/// One plan.
pub(crate) async fn one(state: &Asked, id: &str, mut params: Params) -> Result<(Seen, Shown), WebError> {
    let workspace = chosen(state, &mut params).await?;
    params.done()?;
    let plan = find(state, &workspace, id).await?;
    let shown = shown(state, &workspace, vec![plan]).await?.pop();
    Ok((workspace, shown.ok_or_else(|| missing(id))?))
}

/// A plan and its changes, newest first; those of a deleted one too.
pub(crate) async fn changes(
    state: &Asked,
    id: &str,
    mut params: Params,
) -> Result<(Seen, Vec<PlanChange>), WebError> {
    let workspace = chosen(state, &mut params).await?;
    params.done()?;
    let changes = state.catalog().plan_changes(workspace.id, number(id)?).await?;
    match changes.is_empty() {
        true => Err(missing(id)),
        false => Ok((workspace, changes)),
    }
}

/// The plan of a workspace under a number in an address.
pub(crate) async fn find(state: &AppState, workspace: &Seen, id: &str) -> Result<Plan, WebError> {
    state.catalog().plan(workspace.id, number(id)?).await?.ok_or_else(|| missing(id))
}

/// The workspace in which a request changes something; it must be clear which.
pub(crate) async fn changed_in(state: &Asked, params: &mut Params) -> Result<Seen, WebError> {
    let name = params.text("workspace")?;
    named(state, name.as_deref()).await
}

/// Plans with what they are about and how they go.
pub(crate) async fn shown(
    state: &AppState,
    workspace: &Seen,
    plans: Vec<Plan>,
) -> Result<Vec<Shown>, WebError> {
    let ids: Vec<u32> = plans.iter().filter_map(|plan| campaign_of(&plan.state.about)).collect();
    let campaigns = campaigns(state, workspace, ids).await?;
    let mut goings = going(state, workspace, &plans).await?;
    let one = |plan: Plan| {
        let campaign = campaign_of(&plan.state.about)
            .and_then(|id| campaigns.iter().find(|campaign| campaign.id == id))
            .cloned();
        let going = goings.remove(&plan.id).unwrap_or(Going::NoBudget);
        Shown { plan, campaign, going }
    };
    Ok(plans.into_iter().map(one).collect())
}

/// What is known of these campaigns.
pub(crate) async fn campaigns(
    state: &AppState,
    workspace: &Seen,
    ids: Vec<u32>,
) -> Result<Vec<CampaignAbout>, WebError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let asker = workspace.asker();
    state.ask(Load::Light, asker.workspace(), move |insight| insight.about_campaigns(&asker, &ids)).await
}

/// The plan about a thing, if there is one.
pub(crate) async fn about(
    state: &AppState,
    workspace: &Seen,
    about: PlanAbout,
) -> Result<Option<Plan>, WebError> {
    Ok(state.catalog().plans_about(workspace.id, &[about]).await?.pop())
}

/// The plans of these campaigns, by campaign.
pub(crate) async fn of_campaigns(
    state: &AppState,
    workspace: &Seen,
    ids: &[u32],
) -> Result<HashMap<u32, (Plan, Going)>, WebError> {
    let about: Vec<PlanAbout> = ids.iter().map(|id| PlanAbout::Campaign(*id)).collect();
    let plans = state.catalog().plans_about(workspace.id, &about).await?;
    let mut goings = going(state, workspace, &plans).await?;
    let one = |plan: Plan| {
        let going = goings.remove(&plan.id).unwrap_or(Going::NoBudget);
        Some((campaign_of(&plan.state.about)?, (plan, going)))
    };
    Ok(plans.into_iter().filter_map(one).collect())
}

/// Makes a plan.
pub(crate) async fn make(
    state: &Asked,
    workspace: &Seen,
    about: PlanAbout,
    decision: Decision,
) -> Result<Plan, WebError> {
    about.check()?;
    if let PlanAbout::Campaign(id) = about
        && campaigns(state, workspace, vec![id]).await?.is_empty()
    {
        let remedy = "use the campaign_id that /api/v1/campaigns gives";
        return Err(WebError::parameter("campaign", &format!("there is no campaign {id}"), remedy));
    }
    let wanted = PlanState { about, decision };
    let written =
        state.catalog().write_plan(workspace.id, &state.by.name(), PlanWrite::Make(wanted.clone())).await;
    let (_, plan) = written.map_err(|error| refused(error, Some(&wanted)))?;
    plan.ok_or_else(|| WebError::internal("a plan that was made is not there"))
}

/// Decides anew about what a plan is about, from the version that was read.
pub(crate) async fn set(
    state: &Asked,
    workspace: &Seen,
    plan: PlanId,
    version: u32,
    wanted: PlanState,
) -> Result<Plan, WebError> {
    let write = PlanWrite::Set { plan, version, state: wanted.clone() };
    let written = state.catalog().write_plan(workspace.id, &state.by.name(), write).await;
    let (_, plan) = written.map_err(|error| refused(error, Some(&wanted)))?;
    plan.ok_or_else(|| WebError::internal("a plan that was changed is not there"))
}

/// Deletes a plan.
pub(crate) async fn delete(
    state: &Asked,
    workspace: &Seen,
    plan: PlanId,
    version: u32,
) -> Result<(), WebError> {
    let written =
        state.catalog().write_plan(workspace.id, &state.by.name(), PlanWrite::Delete { plan, version }).await;
    written.map(|_| ()).map_err(|error| refused(error, None))
}

/// Undoes a change; gives the plan as it is then, `None` if that deletes it.
pub(crate) async fn undo(
    state: &Asked,
    workspace: &Seen,
    plan: PlanId,
    version: Option<u32>,
    change: u32,
) -> Result<Option<Plan>, WebError> {
    let write = PlanWrite::Undo { plan, version, change };
    let written = state.catalog().write_plan(workspace.id, &state.by.name(), write).await;
    written.map(|(_, plan)| plan).map_err(|error| refused(error, None))
}

/// The campaign that a plan is about.
pub(crate) fn campaign_of(about: &PlanAbout) -> Option<u32> {
    match about {
        PlanAbout::Campaign(id) => Some(*id),
        _ => None,
    }
}

pub(crate) fn number(id: &str) -> Result<PlanId, WebError> {
    id.parse().map_err(|_| missing(id))
}

fn missing(id: &str) -> WebError {
    WebError::not_found(format!("there is no plan {id} in this workspace"))
}
