//! Accounts that came in twice: an export that names its account by no id, imported under two names, counts its spend twice. Two
//! accounts that tell the same of the same campaigns are proposed; people decide.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, PoisonError};

use domain::{Level, Micros, Period};
use jiff::civil::Date;
use store::WorkspaceId;
use store::facts::{Account, AccountId, Duplicate};

use crate::known::Known;
use crate::view::View;
use crate::{Bound, Insight, InsightError, sql};

/// Fewest rows of one day and campaign that must be equal.
const LEAST_EQUAL: u64 = 7;
/// At least so many in a hundred of the rows of one day and campaign must be equal.
const EQUAL_PERCENT: u64 = 90;
/// Most proposals at once.
const MOST: usize = 100;

/// One of two accounts that tell the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twin {
    /// The account.
    pub account: Account,
    /// From its first to its last known day; absent if none is known any more.
    pub days: Option<Period>,
    /// How many days of it are known.
    pub known_days: u32,
    /// The levels that it is known at.
    pub levels: Vec<Level>,
}

/// Two accounts that look like one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicateProposal {
    /// The one whose figures would count: with an id, else of which more is known.
    pub kept: Twin,
    /// The one that would count only on days that the other does not tell.
    pub other: Twin,
    /// Rows of one day and campaign that both have.
    pub shared_rows: u64,
    /// How many of these are equal in spend and impressions.
    pub equal_rows: u64,
    /// The spend of the equal rows, which counts twice, in micros of the accounts' currency.
    pub twice_micros: Micros,
    /// Days of the other account that would be set aside.
    pub aside_days: u64,
    /// What was spent on these days by the other account, in micros: so much would disappear from totals. It is more than what
    /// counts twice where the other account has more campaigns.
    pub aside_micros: Option<Micros>,
    /// What the kept account tells of the same days, in micros.
    pub kept_micros: Option<Micros>,
    /// Levels of which the other account alone tells these days: their figures would not be seen any more.
    pub levels_hidden: Vec<Level>,
}

/// What is proposed and what was decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Duplicates {
    /// From the largest spend that counts twice.
    pub proposals: Vec<DuplicateProposal>,
    /// Oldest first, each with the two accounts.
    pub decided: Vec<(Duplicate, Twin, Twin)>,
}

/// Equal rows of two accounts, the lower number first.
pub(crate) struct Equal {
    pub accounts: (AccountId, AccountId),
    pub rows: u64,
    pub spend_micros: Micros,
}

/// What was spent on some days, and on how many of them.
pub(crate) struct Spent {
    pub days: u64,
    pub spend_micros: Option<Micros>,
}

impl Insight {
    /// The accounts of a workspace that may have come in twice, and what was decided of such.
    ///
    /// # Errors
    /// If the facts can't be read.
    pub fn duplicates(&self, bound: &Bound) -> Result<Arc<Duplicates>, InsightError> {
        self.view(|view| {
            // Every row of an account is looked at, so what was found is kept until the facts change.
            let changes = view.insight.facts().changes();
            let kept = || view.insight.duplicates.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, found)) = kept().get(bound).filter(|(at, _)| *at == changes) {
                return Ok(found.clone());
            }
            let found = Arc::new(duplicates(view, bound)?);
            // One for each bound that is asked about; those of another state of the facts are of no use.
            kept().retain(|_, (at, _)| *at == changes);
            kept().insert(bound.clone(), (changes, found.clone()));
            Ok(found)
        })
    }
}

fn duplicates(view: &View<'_>, bound: &Bound) -> Result<Duplicates, InsightError> {
    let known = view.known(bound, None)?;
    let decided = known
        .duplicates
        .iter()
        .filter_map(|pair| Some((*pair, twin(&known, pair.kept)?, twin(&known, pair.other)?)));
    let mut found = Duplicates { proposals: Vec::new(), decided: decided.collect() };
    let (workspace, accounts) = (bound.workspace(), suspects(&known));
    if accounts.is_empty() {
        return Ok(found);
    }
    let settled: HashSet<(AccountId, AccountId)> =
        known.duplicates.iter().flat_map(|pair| [(pair.kept, pair.other), (pair.other, pair.kept)]).collect();
    for equal in sql::equal_rows(view.connection, workspace, &accounts, LEAST_EQUAL)? {
        let pair = equal.accounts;
        let is_suspect =
            known.account(pair.0).zip(known.account(pair.1)).is_some_and(|(a, b)| may_be_one(a, b));
        if !is_suspect || settled.contains(&pair) || found.proposals.len() == MOST {
            continue;
        }
        let shared_rows = sql::shared_rows(view.connection, workspace, pair)?;
        if equal.rows * 100 < shared_rows * EQUAL_PERCENT {
            continue;
        }
        if let Some(proposal) = proposal(view, workspace, &known, &equal, shared_rows)? {
            found.proposals.push(proposal);
        }
    }
    found
        .proposals
        .sort_by_key(|pair| (-pair.twice_micros, pair.kept.account.account, pair.other.account.account));
    Ok(found)
}

/// Whether accounts may have come in twice at all, without a look at their figures.
pub fn may_be_found(known: &Known) -> bool {
    !suspects(known).is_empty()
}

/// Accounts that may be another one too.
fn suspects(known: &Known) -> Vec<AccountId> {
    // What is set aside already counts with the account that is kept; a third one is held against that.
    let is_aside = |account: &&Account| {
        known.duplicates.iter().any(|pair| pair.is_accepted && pair.other == account.account)
    };
    let left: Vec<&Account> = known.accounts.iter().filter(|account| !is_aside(account)).collect();
    let is_suspect =
        |one: &&&Account| left.iter().any(|other| other.account != one.account && may_be_one(one, other));
    left.iter().filter(is_suspect).map(|account| account.account).collect()
}

/// An id is an identity: only where one is missing may two accounts be one.
fn may_be_one(one: &Account, other: &Account) -> bool {
    one.platform == other.platform
        && one.currency == other.currency
        && !one.platform.is_record()
        && (one.external_id.is_none() || other.external_id.is_none())
}

fn twin(known: &Known, account: AccountId) -> Option<Twin> {
    let scopes = || known.scopes.iter().filter(|scope| scope.account == account);
    let segments = scopes().flat_map(|scope| &scope.segments).map(|segment| segment.period);
    Some(Twin {
        account: known.account(account)?.clone(),
        days: segments.reduce(Period::hull),
        known_days: days_told(known, account).len() as u32,
        levels: scopes().map(|scope| scope.level).collect(),
    })
}

/// The days that an account tells at any level.
fn days_told(known: &Known, account: AccountId) -> BTreeSet<Date> {
    let scopes = known.scopes.iter().filter(|scope| scope.account == account);
    scopes.flat_map(|scope| &scope.segments).flat_map(|segment| segment.period.days()).collect()
}

fn proposal(
    view: &View<'_>,
    workspace: WorkspaceId,
    known: &Known,
    equal: &Equal,
    shared_rows: u64,
) -> Result<Option<DuplicateProposal>, InsightError> {
    let (Some(one), Some(two)) = (twin(known, equal.accounts.0), twin(known, equal.accounts.1)) else {
        return Ok(None);
    };
    let weight = |twin: &Twin| (twin.account.external_id.is_some(), twin.known_days, twin.levels.len());
    let (kept, other) = if weight(&two) > weight(&one) { (two, one) } else { (one, two) };
    let told = days_told(known, kept.account.account);
    let shared: Vec<Date> = days_told(known, other.account.account).intersection(&told).copied().collect();
    let mut days: Vec<Period> = Vec::new();
    for day in shared.iter().filter_map(|day| Period::day(*day).ok()) {
        match days.last_mut() {
            Some(last) if last.to().tomorrow().ok() == Some(day.from()) => *last = last.hull(day),
            _ => days.push(day),
        }
    }
    let spent = |account| sql::spend_within(view.connection, workspace, account, &days);
    let (kept_spent, other_spent) = (spent(kept.account.account)?, spent(other.account.account)?);
    let levels_hidden = other.levels.iter().copied().filter(|level| !kept.levels.contains(level)).collect();
    Ok(Some(DuplicateProposal {
        shared_rows,
        equal_rows: equal.rows,
        twice_micros: equal.spend_micros,
        aside_days: other_spent.days,
        aside_micros: other_spent.spend_micros,
        kept_micros: kept_spent.spend_micros,
        levels_hidden,
        kept,
        other,
    }))
}
