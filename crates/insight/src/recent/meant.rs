//! Which campaigns a filter on words means.

use std::collections::HashSet;

use domain::{Currency, Platform};
use store::facts::{Account, AccountId, EntityId};

use crate::filter::{Field, Filter};
use crate::known::Known;
use crate::query::Dimension;
use crate::view::View;
use crate::{Accounts, Bound, InsightError, sql};

/// The campaigns that a filter means.
pub(super) enum Meant {
    All,
    Campaigns(HashSet<EntityId>),
    Accounts(HashSet<AccountId>),
    Both(Vec<Meant>),
    Either(Vec<Meant>),
    Not(Box<Meant>),
    /// As the engine said: names are compared there only, so that they are always compared alike.
    Named(HashSet<(EntityId, AccountId)>),
}

impl Meant {
    /// Whether a campaign of an account is meant; campaign 0 is what is told of the whole account.
    pub fn holds(&self, campaign: EntityId, account: AccountId) -> bool {
        match self {
            Self::All => true,
            Self::Campaigns(campaigns) => campaigns.contains(&campaign),
            Self::Accounts(accounts) => accounts.contains(&account),
            Self::Both(parts) => parts.iter().all(|part| part.holds(campaign, account)),
            Self::Either(parts) => parts.iter().any(|part| part.holds(campaign, account)),
            Self::Not(part) => !part.holds(campaign, account),
            Self::Named(named) => named.contains(&(campaign, account)),
        }
    }

    /// What a filter means that no name stands in; `None` if one does.
    fn without_names(filter: &Filter, known: &Known) -> Option<Self> {
        let of = |parts: &[Filter]| -> Option<Vec<Self>> {
            parts.iter().map(|part| Self::without_names(part, known)).collect()
        };
        let accounts = |is_meant: &dyn Fn(&Account) -> bool| {
            let meant = known.accounts.iter().filter(|account| is_meant(account));
            Self::Accounts(meant.map(|account| account.account).collect())
        };
        match filter {
            Filter::All | Filter::Figure { .. } => Some(Self::All),
            Filter::And(parts) => Some(Self::Both(of(parts)?)),
            Filter::Or(parts) => Some(Self::Either(of(parts)?)),
            Filter::Not(part) => Some(Self::Not(Box::new(Self::without_names(part, known)?))),
            Filter::Words { field: Field::CampaignId, words, .. } => {
                let campaigns = words.iter().filter_map(|word| word.parse::<EntityId>().ok());
                Some(Self::Campaigns(campaigns.collect()))
            }
            Filter::Words { field: Field::Dimension(Dimension::Platform), words, .. } => {
                let wanted: Vec<Platform> = words.iter().filter_map(|word| word.parse().ok()).collect();
                Some(accounts(&|account| wanted.contains(&account.platform)))
            }
            Filter::Words { field: Field::Dimension(Dimension::Currency), words, .. } => {
                let wanted: Vec<Currency> = words.iter().filter_map(|word| word.parse().ok()).collect();
                Some(accounts(&|account| wanted.contains(&account.currency)))
            }
            Filter::Words { .. } => None,
        }
    }
}

impl View<'_> {
    /// The campaigns that a filter on words means, of those that may be seen.
    pub(super) fn campaigns_meant(
        &self,
        bound: &Bound,
        words: &Filter,
        known: &Known,
    ) -> Result<Meant, InsightError> {
        let meant = self.meant(bound, words, known)?;
        Ok(match bound.accounts() {
            Accounts::All => meant,
            Accounts::Only(accounts) => {
                Meant::Both(vec![Meant::Accounts(accounts.iter().copied().collect()), meant])
            }
        })
    }

    fn meant(&self, bound: &Bound, words: &Filter, known: &Known) -> Result<Meant, InsightError> {
        if let Some(meant) = Meant::without_names(words, known) {
            return Ok(meant);
        }
        let statement = sql::campaigns_meant(&sql::DuckDb, bound, words, known);
        let mut prepared = self.connection.prepare_cached(&statement.sql)?;
        let named = prepared
            .query_map(duckdb::params_from_iter(&statement.words), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Meant::Named(named.collect::<Result<_, _>>()?))
    }
}
