//! Planned campaigns that have appeared on their platform. That is proposed, and a person says yes: names are no identity, a
//! platform lets several campaigns share one, and a wrong match would hold a budget against another campaign's spend.

use domain::{PlanAbout, PlannedCampaign};
use insight::campaigns::CampaignAbout;
use store::catalog::{Plan, PlanId};

use super::campaign_of;
use crate::access::Seen;
use crate::admission::Load;
use crate::{AppState, WebError};

/// A campaign that may be the one that was planned.
#[derive(Debug, Clone)]
pub(crate) struct Proposal {
    /// The plan of the campaign that was to come.
    pub(crate) plan: PlanId,
    /// The campaign that has the name, on the platform and, if one was named, in the account.
    pub(crate) campaign: CampaignAbout,
    /// Whether the campaign has a plan of its own already, which would be in the way.
    pub(crate) has_plan: bool,
}

/// For each planned campaign those that it may be.
pub(crate) async fn proposals(
    state: &AppState,
    workspace: &Seen,
    plans: &[Plan],
) -> Result<Vec<Proposal>, WebError> {
    let planned: Vec<(PlanId, &PlannedCampaign)> = plans
        .iter()
        .filter_map(|plan| match &plan.state.about {
            PlanAbout::Planned(planned) => Some((plan.id, planned)),
            _ => None,
        })
        .collect();
    if planned.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<String> = planned.iter().map(|(_, planned)| planned.name.clone()).collect();
    let asker = workspace.asker();
    let called = state
        .ask(Load::Light, asker.workspace(), move |insight| insight.campaigns_called(&asker, &names))
        .await?;
    let own: Vec<PlanAbout> = called.iter().map(|campaign| PlanAbout::Campaign(campaign.id)).collect();
    let taken = state.catalog().plans_about(workspace.id, &own).await?;
    let taken: Vec<u32> = taken.iter().filter_map(|plan| campaign_of(&plan.state.about)).collect();
    let of = |(plan, planned): &(PlanId, &PlannedCampaign)| {
        let fitting = called.iter().filter(|campaign| fits(planned, campaign)).cloned();
        let propose = |campaign: CampaignAbout| Proposal {
            plan: *plan,
            has_plan: taken.contains(&campaign.id),
            campaign,
        };
        fitting.map(propose).collect::<Vec<_>>()
    };
    Ok(planned.iter().flat_map(of).collect())
}

fn fits(planned: &PlannedCampaign, campaign: &CampaignAbout) -> bool {
    let same = |one: &str, other: &str| one.trim().to_lowercase() == other.trim().to_lowercase();
    campaign.platform == Some(planned.platform)
        && same(&planned.name, &campaign.name)
        && planned.account.as_deref().is_none_or(|account| same(account, &campaign.account))
}
