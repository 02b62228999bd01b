//! The words by which campaigns can be picked: their platforms, states and types, as far as any has them.

use std::collections::BTreeSet;

use domain::{Level, Platform};

use crate::{Asker, Insight, InsightError, sql};

/// The words by which a workspace's campaigns can be picked, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CampaignWords {
    /// Where they run.
    pub platforms: Vec<Platform>,
    /// Their states as last imported.
    pub statuses: Vec<String>,
    /// Their types.
    pub kinds: Vec<String>,
}

impl Insight {
    /// The words by which a workspace's campaigns can be picked.
    ///
    /// # Errors
    /// If the facts can't be read.
    pub fn campaign_words(&self, asker: &Asker) -> Result<CampaignWords, InsightError> {
        self.view(|view| {
            let known = view.known(&asker.bound, None)?;
            let platforms: BTreeSet<Platform> =
                known.accounts.iter().map(|account| account.platform).collect();
            let (mut statuses, mut kinds) = (BTreeSet::new(), BTreeSet::new());
            let statement = sql::states_and_types(&asker.bound.within(&known), Level::Campaign);
            let mut prepared = view.connection.prepare_cached(&statement)?;
            let mut rows = prepared.query([])?;
            while let Some(row) = rows.next()? {
                statuses.extend(row.get::<_, Option<String>>(0)?);
                kinds.extend(row.get::<_, Option<String>>(1)?);
            }
            Ok(CampaignWords {
                platforms: platforms.into_iter().collect(),
                statuses: statuses.into_iter().collect(),
                kinds: kinds.into_iter().collect(),
            })
        })
    }
}
