//! What is known of a workspace: its accounts, the days known of each, and what that means for a period.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

use domain::period::days_between;
use domain::{Additive, ImportId, Level, Period, Platform};
use jiff::Timestamp;
use jiff::civil::Date;
use store::WorkspaceId;
use store::facts::{
    Account, AccountId, Duplicate, EntityId, KnownScope, KnownSegment, Rename, accounts_of, chosen_levels,
    duplicates_of, known_scopes, renames_of,
};

use crate::answer::{DayKnown, Freshness, Provenance};
use crate::view::View;
use crate::{Bound, Insight, InsightError};

/// Most imports that a provenance names.
const MOST_IMPORTS: usize = 100;

/// What is known of a workspace's accounts, now or as it was known at a time.
#[derive(Debug)]
pub struct Known {
    changes: u64,
    /// The accounts, in the order of their numbers.
    pub accounts: Vec<Account>,
    /// What is known of each at each level.
    pub scopes: Vec<KnownScope>,
    /// For each account the level that tells each day of its campaigns.
    pub chosen: BTreeMap<AccountId, Vec<(Level, KnownSegment)>>,
    /// Campaigns that go on under another name, each with the one that it is read as.
    pub renamed: BTreeMap<EntityId, EntityId>,
    /// What was decided of accounts that came in twice, oldest first.
    pub duplicates: Vec<Duplicate>,
}

/// Days of an account as one import tells them at one level.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    pub account: AccountId,
    pub level: Level,
    pub segment: KnownSegment,
}

impl View<'_> {
    /// What is known of a workspace now, or was known at `as_of`, as far as it may be seen.
    pub fn known(&self, bound: &Bound, as_of: Option<Timestamp>) -> Result<Arc<Known>, InsightError> {
        Ok(bound.of_known(&self.all_known(bound.workspace(), as_of)?))
    }

    fn all_known(
        &self,
        workspace: WorkspaceId,
        as_of: Option<Timestamp>,
    ) -> Result<Arc<Known>, InsightError> {
        let changes = self.insight.facts().changes();
        let cache = || self.insight.known.lock().unwrap_or_else(PoisonError::into_inner);
        if as_of.is_none() {
            let cached = cache().get(&workspace).cloned();
            if let Some(known) = cached.filter(|known| known.changes == changes) {
                return Ok(known);
            }
        }
        let accounts = accounts_of(self.connection, workspace)?;
        let scopes = known_scopes(self.connection, workspace, as_of)?;
        let of = |account: &Account| {
            let own: Vec<KnownScope> =
                scopes.iter().filter(|scope| scope.account == account.account).cloned().collect();
            (account.account, chosen_levels(&own))
        };
        let chosen = accounts.iter().map(of).collect();
        let renamed = last_names(&renames_of(self.connection, workspace)?);
        let duplicates = duplicates_of(self.connection, workspace)?;
        let known = Arc::new(Known { changes, accounts, scopes, chosen, renamed, duplicates });
        if as_of.is_none() {
            cache().insert(workspace, known.clone());
        }
        Ok(known)
    }
}

impl View<'_> {
    /// What is known to a question about these figures: of sources of record only if it asks what they tell.
    pub fn known_to(
        &self,
        bound: &Bound,
        as_of: Option<Timestamp>,
        figures: &[Additive],
    ) -> Result<Arc<Known>, InsightError> {
        let known = self.known(bound, as_of)?;
        let is_record = |account: &Account| account.platform.is_record();
        match figures.iter().any(|what| what.is_record()) || !known.accounts.iter().any(is_record) {
            true => Ok(known),
            false => Ok(Arc::new(known.of(|account| !is_record(account)))),
        }
    }
}

/// Where each chain of accepted renames leads; one that leads back is not followed.
fn last_names(decided: &[Rename]) -> BTreeMap<EntityId, EntityId> {
    let next: BTreeMap<EntityId, EntityId> =
        decided.iter().filter(|rename| rename.is_accepted).map(|rename| (rename.old, rename.new)).collect();
    let last = |old: EntityId| {
        let mut id = old;
        for _ in 0..=next.len() {
            match next.get(&id) {
                Some(new) => id = *new,
                None => return Some(id),
            }
        }
        None
    };
    next.keys().filter_map(|old| Some((*old, last(*old)?))).collect()
}

impl Insight {
    /// What is known of a workspace now, or was known at `as_of`, as far as it may be seen.
    ///
    /// # Errors
    /// If the facts can't be read.
    pub fn known(&self, bound: &Bound, as_of: Option<Timestamp>) -> Result<Arc<Known>, InsightError> {
        self.view(|view| view.known(bound, as_of))
    }

    /// The last day that is known of any account: where ranges without an end of their own end.
    ///
    /// # Errors
    /// If the facts can't be read.
    pub fn newest_day(&self, bound: &Bound) -> Result<Option<Date>, InsightError> {
        Ok(self.known(bound, None)?.days().map(Period::to))
    }

    /// From the first to the last day that is known of any account.
    ///
    /// # Errors
    /// If the facts can't be read.
    pub fn known_days(&self, bound: &Bound) -> Result<Option<Period>, InsightError> {
        Ok(self.known(bound, None)?.days())
    }
}

impl Known {
    /// The account of this number.
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        let place = self.accounts.binary_search_by_key(&id, |account| account.account).ok()?;
        self.accounts.get(place)
    }

    pub(crate) fn days(&self) -> Option<Period> {
        let periods = self.scopes.iter().flat_map(|scope| &scope.segments).map(|segment| segment.period);
        periods.reduce(Period::hull)
    }

    /// The accounts' days within `period`, at `level` or, without one, at the level chosen for each day.
    pub(crate) fn told(&self, level: Option<Level>, period: Period) -> Vec<Told> {
        let mut told: Vec<Told> = Vec::new();
        let mut add = |account, level, segment: &KnownSegment| {
            if let Some(period) = segment.period.overlap(period) {
                let provisional_from = segment
                    .provisional_from
                    .filter(|day| *day <= period.to())
                    .map(|day| day.max(period.from()));
                told.push(Told {
                    account,
                    level,
                    segment: KnownSegment { period, provisional_from, ..*segment },
                });
            }
        };
        match level {
            None => {
                for (account, segments) in &self.chosen {
                    segments.iter().for_each(|(level, segment)| add(*account, *level, segment));
                }
            }
            Some(level) => {
                for scope in self.scopes.iter().filter(|scope| scope.level == level) {
                    scope.segments.iter().for_each(|segment| add(scope.account, level, segment));
                }
            }
        }
        told
    }

    /// What may be seen of it.
    pub(crate) fn seen(&self, bound: &Bound) -> Self {
        let mut seen = self.of(|account| bound.sees(account));
        // What was decided of an account that is not seen is not seen either.
        let sees = |id: AccountId| self.account(id).is_some_and(|account| bound.sees(account));
        seen.duplicates.retain(|pair| sees(pair.kept) && sees(pair.other));
        seen
    }

    /// The same, of one account only.
    pub(crate) fn of_account(&self, account: AccountId) -> Self {
        self.of(|known| known.account == account)
    }

    /// The same, of some accounts only.
    pub(crate) fn of(&self, is_meant: impl Fn(&Account) -> bool) -> Self {
        let accounts: Vec<Account> =
            self.accounts.iter().filter(|account| is_meant(account)).cloned().collect();
        let holds = |of: AccountId| accounts.binary_search_by_key(&of, |account| account.account).is_ok();
        Self {
            changes: self.changes,
            scopes: self.scopes.iter().filter(|scope| holds(scope.account)).cloned().collect(),
            chosen: self
                .chosen
                .iter()
                .filter(|(of, _)| holds(**of))
                .map(|(of, told)| (*of, told.clone()))
                .collect(),
            accounts,
            renamed: self.renamed.clone(),
            duplicates: self.duplicates.clone(),
        }
    }

    /// The campaign that a campaign is read as.
    pub(crate) fn campaign(&self, id: EntityId) -> EntityId {
        self.renamed.get(&id).copied().unwrap_or(id)
    }

    /// The account whose figures count in place of an account's, itself if none do: what the two tell is what is known of one.
    fn stands_for(&self, account: AccountId) -> AccountId {
        let aside = self.duplicates.iter().find(|pair| pair.is_accepted && pair.other == account);
        aside.map(|pair| pair.kept).filter(|kept| self.account(*kept).is_some()).unwrap_or(account)
    }

    /// Whether any source of record is known.
    pub fn has_records(&self) -> bool {
        self.accounts.iter().any(|account| account.platform.is_record())
    }

    /// How much is known of each day of `period`, over the accounts of which anything is known.
    pub(crate) fn days_known(&self, level: Option<Level>, period: Period) -> Vec<DayKnown> {
        let accounts: BTreeSet<AccountId> = match level {
            None => {
                let told = self.chosen.iter().filter(|(_, told)| !told.is_empty());
                told.map(|(of, _)| self.stands_for(*of)).collect()
            }
            Some(level) => {
                let tells = |scope: &&KnownScope| scope.level == level && !scope.segments.is_empty();
                self.scopes.iter().filter(tells).map(|scope| self.stands_for(scope.account)).collect()
            }
        };
        let mut told_by = vec![0; usize::try_from(period.len()).unwrap_or(0)];
        for told in self.told(level, period) {
            let first = usize::try_from(days_between(period.from(), told.segment.period.from()));
            let days = usize::try_from(told.segment.period.len());
            let (Ok(first), Ok(days)) = (first, days) else { continue };
            told_by.iter_mut().skip(first).take(days).for_each(|count| *count += 1);
        }
        let known = |count| match count {
            0 => DayKnown::Nothing,
            some if some < accounts.len() => DayKnown::Part,
            _ => DayKnown::All,
        };
        told_by.into_iter().map(known).collect()
    }

    /// How old the figures of `period` are, by platform.
    pub fn freshness(&self, level: Option<Level>, period: Period) -> Vec<Freshness> {
        let everything = self.told(level, Period::ending(Date::constant(2190, 12, 31), 73_000));
        let mut platforms: BTreeMap<Platform, Freshness> = BTreeMap::new();
        // Who is set aside is told of with the one that counts.
        for account in self.accounts.iter().filter(|of| self.stands_for(of.account) == of.account) {
            let own: Vec<&Told> =
                everything.iter().filter(|told| self.stands_for(told.account) == account.account).collect();
            let (Some(captured_at), Some(known_to)) = (
                own.iter().map(|told| told.segment.captured_at).max(),
                own.iter().map(|told| told.segment.period.to()).max(),
            ) else {
                continue;
            };
            let known: i32 =
                own.iter().filter_map(|told| told.segment.period.overlap(period)).map(Period::len).sum();
            let provisional = own.iter().filter_map(|told| {
                let from = told.segment.provisional_from?;
                Period::new(from, told.segment.period.to()).ok()?.overlap(period)
            });
            let line = platforms.entry(account.platform).or_insert(Freshness {
                platform: account.platform,
                captured_at,
                known_to,
                provisional: Vec::new(),
                unknown_days: 0,
            });
            line.captured_at = line.captured_at.min(captured_at);
            line.known_to = line.known_to.min(known_to);
            line.unknown_days = line.unknown_days.max(u32::try_from(period.len() - known).unwrap_or(0));
            line.provisional.extend(provisional.flat_map(Period::days));
            line.provisional.sort_unstable();
            line.provisional.dedup();
        }
        platforms.into_values().collect()
    }

    /// What the figures of `period` rest on.
    pub(crate) fn provenance(&self, level: Option<Level>, period: Period) -> Provenance {
        let told = self.told(level, period);
        let mut imports: Vec<ImportId> = told.iter().map(|told| told.segment.import).collect();
        imports.sort_unstable_by(|a, b| b.cmp(a));
        imports.dedup();
        let mut levels: Vec<Level> = told.iter().map(|told| told.level).collect();
        levels.sort_unstable();
        levels.dedup();
        let import_count = imports.len() as u32;
        imports.truncate(MOST_IMPORTS);
        Provenance { levels, imports, import_count }
    }
}
