//! Deciding the same about several campaigns at once: shown first, done as one, undone as one.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use domain::{Decision, PlanAbout};
use insight::campaigns::CampaignAbout;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use store::catalog::{Plan, PlanState, PlanWrite, WrittenPlans};

use super::{campaigns, decide, refused};
use crate::access::{Asked, Seen};
use crate::{AppState, WebError};

/// Most campaigns at once.
pub(crate) const MOST: usize = 1_000;

/// What is to be decided about each campaign.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct BulkEdit {
    /// The fields to set, as in JSON; null takes a field away.
    pub(crate) set: Map<String, Value>,
    pub(crate) add_labels: BTreeSet<String>,
    pub(crate) remove_labels: BTreeSet<String>,
}

/// What a bulk edit does, or would do.
#[derive(Debug, Clone)]
pub(crate) struct BulkEdited {
    pub(crate) written: WrittenPlans,
    /// The campaigns that were chosen, by number.
    pub(crate) campaigns: Vec<CampaignAbout>,
    /// Which versions of which plans it starts from: equal as long as nobody changes one of them.
    pub(crate) tag: String,
}

/// Decides about several campaigns, or says what that would do. `seen` is the tag of what was shown before; it must still be so.
pub(crate) async fn edit(
    state: &Asked,
    workspace: &Seen,
    ids: &BTreeSet<u32>,
    edit: &BulkEdit,
    seen: Option<&str>,
) -> Result<BulkEdited, WebError> {
    let (chosen, plans) = chosen(state, workspace, ids).await?;
    let tag = tag(&chosen, &plans);
    if seen.is_some_and(|seen| seen != tag) {
        let detail = "the plans of these campaigns were changed since this was shown";
        return Err(WebError::told(
            StatusCode::PRECONDITION_FAILED,
            "stale",
            "Somebody else changed them",
            detail,
        )
        .remedy("look again at what it would do, then do it"));
    }
    let mut writes = Vec::new();
    for campaign in &chosen {
        let about = PlanAbout::Campaign(campaign.id);
        let plan = plans.get(&campaign.id);
        let decision = plan.map(|plan| plan.state.decision.clone()).unwrap_or_default();
        let decision = edit.of(decision)?;
        match plan {
            Some(plan) => writes.push(PlanWrite::Set {
                plan: plan.id,
                version: plan.version,
                state: PlanState { about, decision },
            }),
            // Where nothing is decided there is no plan to make.
            None if decision == Decision::default() => {}
            None => writes.push(PlanWrite::Make(PlanState { about, decision })),
        }
    }
    let written = state.catalog().write_plans(workspace.id, &state.by.name(), writes, seen.is_none()).await;
    let written = written.map_err(|error| refused(error, None))?;
    Ok(BulkEdited { written, campaigns: chosen, tag })
}

/// The campaigns that were chosen, and their plans.
async fn chosen(
    state: &AppState,
    workspace: &Seen,
    ids: &BTreeSet<u32>,
) -> Result<(Vec<CampaignAbout>, BTreeMap<u32, Plan>), WebError> {
    if ids.is_empty() || ids.len() > MOST {
        let detail = format!("{} campaigns are chosen", ids.len());
        return Err(WebError::parameter("campaigns", &detail, "choose 1 to 1,000"));
    }
    let found = campaigns(state, workspace, ids.iter().copied().collect()).await?;
    if let Some(missing) = ids.iter().find(|id| found.iter().all(|campaign| campaign.id != **id)) {
        let remedy = "use the campaign_id that /api/v1/campaigns gives";
        return Err(WebError::parameter("campaigns", &format!("there is no campaign {missing}"), remedy));
    }
    let about: Vec<PlanAbout> = ids.iter().map(|id| PlanAbout::Campaign(*id)).collect();
    let plans = state.catalog().plans_about(workspace.id, &about).await?;
    let own = |plan: Plan| Some((super::campaign_of(&plan.state.about)?, plan));
    Ok((found, plans.into_iter().filter_map(own).collect()))
}

fn tag(campaigns: &[CampaignAbout], plans: &BTreeMap<u32, Plan>) -> String {
    let version = |id: u32| plans.get(&id).map_or((0, 0), |plan| (plan.id, plan.version));
    let text: String =
        campaigns.iter().map(|campaign| format!("{} {:?};", campaign.id, version(campaign.id))).collect();
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

impl BulkEdit {
    /// Whether it changes nothing whatever there is.
    pub(crate) fn is_empty(&self) -> bool {
        self.set.is_empty() && self.add_labels.is_empty() && self.remove_labels.is_empty()
    }

    fn of(&self, decision: Decision) -> Result<Decision, WebError> {
        let mut set = self.set.clone();
        // One target takes the place of the other.
        for (one, other) in [("target_cpa_micros", "target_roas"), ("target_roas", "target_cpa_micros")] {
            if set.get(one).is_some_and(|value| !value.is_null()) {
                set.entry(other).or_insert(Value::Null);
            }
        }
        let mut decision = decide::put(decision, set)?;
        decision.labels.retain(|label| !self.remove_labels.contains(label));
        decision.labels.extend(self.add_labels.iter().cloned());
        decide::checked(decision)
    }
}
