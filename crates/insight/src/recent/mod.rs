//! Recent days in memory: the roll-ups and the newest days below campaigns in columns, so that the questions that are asked
//! all day need no engine.
//!
//! A copy belongs to one state of the facts and is used for that state only; after a change the engine answers until a new
//! copy is there, which is read in the background. What the copy does not hold - days before it, names below campaigns, the
//! past as it was believed - is asked of the engine. Both give the same rows; a test holds them against each other.

mod add_up;
mod columns;
mod meant;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::Level;
use duckdb::Connection;
use store::facts::EntityId;
use store::{Facts, WorkspaceId};

use self::columns::{Columns, Source};
use crate::entity::{self, EntityAbout};
use crate::filter::Filter;
use crate::grid::Row;
use crate::known::Known;
use crate::query::Query;
use crate::sql::Figures;
use crate::view::View;
use crate::{Bound, InsightError, sql};

/// The copies of a data folder's workspaces, within a budget of memory.
pub(crate) struct Recent {
    budget: usize,
    kept: Mutex<Copies>,
    answered: AtomicU64,
}

#[derive(Default)]
struct Copies {
    of: HashMap<WorkspaceId, Copy>,
    /// One copy is read at a time: reading takes as much of the machine as several questions.
    is_reading: bool,
}

struct Copy {
    changes: u64,
    days: Arc<Days>,
    used: Instant,
}

/// Days in memory.
struct Days {
    by_campaign: Columns,
    by_account: Columns,
    /// The levels below campaigns, as far as there is room.
    below: Vec<(Level, Columns)>,
    /// What is known of the workspace's campaigns.
    about: HashMap<EntityId, EntityAbout>,
}

const BELOW: [Level; 4] = [Level::AdGroup, Level::Ad, Level::Keyword, Level::SearchTerm];

/// For so long nothing has changed before a copy is read: imports often come one after the other.
const QUIET: Duration = Duration::from_millis(250);

/// What a campaign's names take in memory, about.
const CAMPAIGN_BYTES: usize = 320;

impl Days {
    /// Reads as many of the newest days as fit into `budget` bytes, all of this state of the facts; nothing if they change
    /// meanwhile. One thing at a time: who writes waits for those who read.
    fn read(
        facts: &Facts,
        changes: u64,
        workspace: WorkspaceId,
        budget: usize,
    ) -> Result<Option<Self>, InsightError> {
        let Some(about) =
            unchanged(facts, changes, |facts| entity::campaigns(facts, &Bound::whole(workspace)))?
        else {
            return Ok(None);
        };
        let mut left = budget.saturating_sub(about.len() * CAMPAIGN_BYTES);
        let mut read = |source| -> Result<Option<Columns>, InsightError> {
            let columns = unchanged(facts, changes, |facts| Columns::read(facts, source, workspace, left))?;
            left = left.saturating_sub(columns.as_ref().map_or(0, Columns::bytes));
            Ok(columns)
        };
        let Some(by_account) = read(Source::Accounts)? else { return Ok(None) };
        let Some(by_campaign) = read(Source::Campaigns)? else { return Ok(None) };
        let mut below = Vec::new();
        for level in BELOW {
            let Some(columns) = read(Source::Level(level))? else { return Ok(None) };
            below.push((level, columns));
        }
        Ok(Some(Self { by_campaign, by_account, below, about }))
    }

    fn bytes(&self) -> usize {
        let below: usize = self.below.iter().map(|(_, columns)| columns.bytes()).sum();
        self.by_campaign.bytes() + self.by_account.bytes() + below + self.about.len() * CAMPAIGN_BYTES
    }

    /// The columns that can answer a question, if any can.
    fn for_question(&self, query: &Query) -> Option<&Columns> {
        let columns = match query.reads() {
            None if sql::is_about_accounts(query) => &self.by_account,
            None => &self.by_campaign,
            Some(level) => {
                let (_, columns) = self.below.iter().find(|(below, _)| *below == level)?;
                // Rows know what they are about and their campaign, not what stands between, and no names.
                let is_known =
                    query.dimensions.iter().all(|of| of.needs().is_none_or(|needs| needs == level));
                let is_named = query.filter.dimensions().iter().any(|of| of.needs().is_some());
                (is_known && !is_named).then_some(columns)?
            }
        };
        columns.hold(query).then_some(columns)
    }
}

/// What is read of this state of the facts; nothing if they have changed.
fn unchanged<T>(
    facts: &Facts,
    changes: u64,
    read: impl FnOnce(&Connection) -> Result<T, InsightError>,
) -> Result<Option<T>, InsightError> {
    facts.read(|connection| (facts.changes() == changes).then(|| read(connection)).transpose())
}

impl Recent {
    pub fn new(budget: usize) -> Self {
        Self { budget, kept: Mutex::default(), answered: AtomicU64::new(0) }
    }

    /// How many questions were answered from memory.
    pub fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    fn kept(&self) -> MutexGuard<'_, Copies> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The copy of a workspace at this state of the facts, if there is one.
    fn at(&self, workspace: WorkspaceId, changes: u64) -> Option<Arc<Days>> {
        let mut kept = self.kept();
        let copy = kept.of.get_mut(&workspace).filter(|copy| copy.changes == changes)?;
        copy.used = Instant::now();
        Some(copy.days.clone())
    }

    /// Begins to read a copy in the background, once the facts are quiet, unless one is being read already.
    fn read_soon(self: &Arc<Self>, facts: &Arc<Facts>, workspace: WorkspaceId) {
        if std::mem::replace(&mut self.kept().is_reading, true) {
            return;
        }
        let (recent, facts) = (self.clone(), facts.clone());
        std::thread::spawn(move || {
            let mut changes = None;
            while changes.replace(facts.changes()) != Some(facts.changes()) {
                std::thread::sleep(QUIET);
            }
            // Without a copy the engine goes on answering, and says itself what is wrong with the facts.
            drop(recent.read(&facts, workspace));
            recent.kept().is_reading = false;
        });
    }

    /// Reads a copy unless there is one or the facts change meanwhile, and makes room for it by dropping those that were not used for longest.
    pub fn read(&self, facts: &Facts, workspace: WorkspaceId) -> Result<(), InsightError> {
        if self.at(workspace, facts.changes()).is_some() {
            return Ok(());
        }
        let changes = facts.changes();
        let Some(days) = Days::read(facts, changes, workspace, self.budget)? else { return Ok(()) };
        let mut kept = self.kept();
        kept.of.insert(workspace, Copy { changes, days: Arc::new(days), used: Instant::now() });
        while kept.of.values().map(|copy| copy.days.bytes()).sum::<usize>() > self.budget {
            let oldest = kept.of.iter().filter(|(of, _)| **of != workspace).min_by_key(|(_, copy)| copy.used);
            let Some(oldest) = oldest.map(|(of, _)| *of) else { break };
            kept.of.remove(&oldest);
        }
        Ok(())
    }
}

impl View<'_> {
    /// What is added up for a question, if recent days in memory can tell.
    pub fn recent_rows(
        &self,
        bound: &Bound,
        query: &Query,
        words: &Filter,
        figures: Figures<'_>,
        known: &Known,
    ) -> Result<Option<Vec<Row>>, InsightError> {
        if query.as_of.is_some() {
            return Ok(None);
        }
        let Some(recent) = &self.insight.recent else { return Ok(None) };
        let Some(days) = self.copy(bound.workspace()) else {
            recent.read_soon(self.insight.facts(), bound.workspace());
            return Ok(None);
        };
        let Some(columns) = days.for_question(query) else { return Ok(None) };
        let meant = self.campaigns_meant(bound, words, known)?;
        let rows = columns.add_up(query, figures, known, &meant)?;
        recent.answered.fetch_add(u64::from(rows.is_some()), Ordering::Relaxed);
        Ok(rows)
    }

    /// Those of these campaigns that are in memory and may be seen.
    pub fn recent_campaigns(&self, bound: &Bound, ids: &[u32]) -> HashMap<u32, EntityAbout> {
        let Some(days) = self.copy(bound.workspace()) else { return HashMap::new() };
        let seen = |id: &u32| days.about.get(id).filter(|about| bound.accounts().hold(about.account));
        ids.iter().filter_map(|id| Some((*id, seen(id)?.clone()))).collect()
    }

    fn copy(&self, workspace: WorkspaceId) -> Option<Arc<Days>> {
        self.insight.recent.as_ref()?.at(workspace, self.insight.facts().changes())
    }
}
