//! One state of the facts: all that an answer is made of is read while no commit can come between.

use std::collections::HashMap;

use duckdb::Connection;

use crate::entity::{self, EntityAbout};
use crate::{Asker, Insight, InsightError};

/// One state of the facts, as long as it is looked at.
pub(crate) struct View<'v> {
    pub insight: &'v Insight,
    pub connection: &'v Connection,
}

impl Insight {
    /// Looks at one state of the facts.
    pub(crate) fn view<T>(
        &self,
        look: impl FnOnce(&View<'_>) -> Result<T, InsightError>,
    ) -> Result<T, InsightError> {
        self.facts().read(|connection| look(&View { insight: self, connection }))
    }
}

impl View<'_> {
    /// The entities of these numbers, by number.
    pub fn entities(&self, asker: &Asker, ids: &[u32]) -> Result<HashMap<u32, EntityAbout>, InsightError> {
        let mut found = self.recent_campaigns(&asker.bound, ids);
        let others: Vec<u32> = ids.iter().copied().filter(|id| !found.contains_key(id)).collect();
        if !others.is_empty() {
            found.extend(entity::entities(self.connection, &asker.bound, &others)?);
        }
        Ok(found)
    }
}
