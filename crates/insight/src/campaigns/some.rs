//! Some campaigns by themselves, without figures: by their numbers, or by what they are called.

use store::facts::{AccountId, EntityId};

use super::{CampaignAbout, about};
use crate::{Asker, Insight, InsightError, entity};

impl Insight {
    /// What is known of these campaigns of a workspace, by number. Numbers that are none of its campaigns are left out.
    ///
    /// # Errors
    /// If the facts can't be read.
    pub fn about_campaigns(&self, asker: &Asker, ids: &[u32]) -> Result<Vec<CampaignAbout>, InsightError> {
        self.view(|view| {
            let known = view.known(&asker.bound, None)?;
            let found = view.entities(asker, ids)?;
            let mut campaigns: Vec<CampaignAbout> = found
                .iter()
                .filter(|(_, entity)| entity.is_campaign())
                .map(|(id, entity)| about(*id, entity, &known))
                .collect();
            campaigns.sort_unstable_by_key(|campaign| campaign.id);
            Ok(campaigns)
        })
    }

    /// The campaign that a number stands for, and the account that it is of; nothing if it may not be seen.
    ///
    /// # Errors
    /// If the facts can't be read.
    pub fn campaign_and_account(
        &self,
        asker: &Asker,
        id: EntityId,
    ) -> Result<Option<(EntityId, AccountId)>, InsightError> {
        self.view(|view| {
            let known = view.known(&asker.bound, None)?;
            let id = known.campaign(id);
            let found = view.entities(asker, &[id])?;
            let found = found.get(&id).filter(|entity| entity.is_campaign());
            Ok(found.filter(|of| known.account(of.account).is_some()).map(|of| (id, of.account)))
        })
    }

    /// The campaigns of a workspace that are called like one of these names, whatever the case; by number.
    ///
    /// # Errors
    /// If the facts can't be read.
    pub fn campaigns_called(
        &self,
        asker: &Asker,
        names: &[String],
    ) -> Result<Vec<CampaignAbout>, InsightError> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        self.view(|view| {
            let known = view.known(&asker.bound, None)?;
            let found = entity::campaigns_called(view.connection, &asker.bound, names)?;
            let mut campaigns: Vec<CampaignAbout> =
                found.iter().map(|(id, entity)| about(*id, entity, &known)).collect();
            campaigns.sort_unstable_by_key(|campaign| campaign.id);
            Ok(campaigns)
        })
    }
}
