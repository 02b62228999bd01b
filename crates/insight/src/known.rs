//! What is known of a workspace: its accounts, the days known of each, and what that means for a period.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

use domain::period::days_between;
use domain::{ImportId, Level, Period, Platform};
use jiff::Timestamp;
use jiff::civil::Date;
use store::WorkspaceId;
use store::facts::{Account, AccountId, KnownScope, KnownSegment, accounts_of, chosen_levels, known_scopes};

use crate::answer::{DayKnown, Freshness, Provenance};
use crate::view::View;
use crate::{Insight, InsightError};

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
}

/// Days of an account as one import tells them at one level.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    pub account: AccountId,
    pub level: Level,
    pub segment: KnownSegment,
}

impl View<'_> {
    /// What is known of a workspace now, or was known at `as_of`.
    pub fn known(
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
        let known = Arc::new(Known { changes, accounts, scopes, chosen });
        if as_of.is_none() {
            cache().insert(workspace, known.clone());
        }
        Ok(known)
    }
}

impl Insight {
    /// What is known of a workspace now, or was known at `as_of`.
    ///
    /// # Errors
    /// If the facts can't be read.
    pub fn known(
        &self,
        workspace: WorkspaceId,
        as_of: Option<Timestamp>,
    ) -> Result<Arc<Known>, InsightError> {
        self.view(|view| view.known(workspace, as_of))
    }

    /// The last day that is known of any account: where ranges without an end of their own end.
    ///
    /// # Errors
    /// If the facts can't be read.
    pub fn newest_day(&self, workspace: WorkspaceId) -> Result<Option<Date>, InsightError> {
        Ok(self.known(workspace, None)?.days().map(Period::to))
    }

    /// From the first to the last day that is known of any account.
    ///
    /// # Errors
    /// If the facts can't be read.
    pub fn known_days(&self, workspace: WorkspaceId) -> Result<Option<Period>, InsightError> {
        Ok(self.known(workspace, None)?.days())
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

    /// The same, of one account only.
    pub(crate) fn of_account(&self, account: AccountId) -> Self {
        Self {
            changes: self.changes,
            accounts: self.accounts.iter().filter(|known| known.account == account).cloned().collect(),
            scopes: self.scopes.iter().filter(|scope| scope.account == account).cloned().collect(),
            chosen: self
                .chosen
                .iter()
                .filter(|(of, _)| **of == account)
                .map(|(of, told)| (*of, told.clone()))
                .collect(),
        }
    }

    /// How much is known of each day of `period`, over the accounts of which anything is known.
    pub(crate) fn days_known(&self, level: Option<Level>, period: Period) -> Vec<DayKnown> {
        let accounts: BTreeSet<AccountId> = match level {
            None => self.chosen.iter().filter(|(_, told)| !told.is_empty()).map(|(of, _)| *of).collect(),
            Some(level) => {
                let tells = |scope: &&KnownScope| scope.level == level && !scope.segments.is_empty();
                self.scopes.iter().filter(tells).map(|scope| scope.account).collect()
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
        for account in &self.accounts {
            let own: Vec<&Told> = everything.iter().filter(|told| told.account == account.account).collect();
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
