//! What may be seen: a workspace, all of it or only what is told of some of its accounts.

use std::fmt;
use std::sync::Arc;

use store::WorkspaceId;
use store::facts::{Account, AccountId};

use crate::known::Known;

/// Whose data may be seen, and how much of it. There is no question without one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Bound {
    workspace: WorkspaceId,
    accounts: Accounts,
}

/// Accounts that may be seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Accounts {
    /// All of them, and what was sold.
    All,
    /// These only, in order and each once. Sources of record are of no advertising account, so they are not among them, whatever
    /// their numbers.
    Only(Arc<[AccountId]>),
}

impl Accounts {
    /// No account.
    pub fn none() -> Self {
        Self::Only(Arc::default())
    }

    /// These only.
    pub fn only(accounts: impl IntoIterator<Item = AccountId>) -> Self {
        let mut accounts: Vec<AccountId> = accounts.into_iter().collect();
        accounts.sort_unstable();
        accounts.dedup();
        Self::Only(accounts.into())
    }

    /// Whatever either of the two lets see.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Only(one), Self::Only(other)) => Self::only(one.iter().chain(other.iter()).copied()),
            _ => Self::All,
        }
    }

    /// Whether nothing can be seen.
    pub fn are_none(&self) -> bool {
        matches!(self, Self::Only(accounts) if accounts.is_empty())
    }

    /// Whether what is told of an account may be seen.
    pub fn hold(&self, account: AccountId) -> bool {
        match self {
            Self::All => true,
            Self::Only(accounts) => accounts.binary_search(&account).is_ok(),
        }
    }
}

impl Bound {
    /// All of a workspace: for who sees all of it, and for what the server does by itself.
    pub const fn whole(workspace: WorkspaceId) -> Self {
        Self { workspace, accounts: Accounts::All }
    }

    /// What is told of some accounts of a workspace.
    pub const fn of(workspace: WorkspaceId, accounts: Accounts) -> Self {
        Self { workspace, accounts }
    }

    /// The workspace.
    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// The accounts.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// Whether all of the workspace may be seen.
    pub fn is_whole(&self) -> bool {
        self.accounts == Accounts::All
    }

    /// Whether what is told of an account may be seen.
    pub fn sees(&self, account: &Account) -> bool {
        self.is_whole() || (self.accounts.hold(account.account) && !account.platform.is_record())
    }

    /// Of what is known of the workspace, what may be seen.
    pub fn of_known(&self, known: &Arc<Known>) -> Arc<Known> {
        match self.is_whole() {
            true => known.clone(),
            false => Arc::new(known.seen(self)),
        }
    }

    /// The same, without the accounts of which nothing is seen in what is known, such as sources of record.
    pub(crate) fn within(&self, seen: &Known) -> Self {
        match self.is_whole() {
            true => self.clone(),
            false => {
                Self::of(self.workspace, Accounts::only(seen.accounts.iter().map(|account| account.account)))
            }
        }
    }

    /// The condition on rows that have a workspace and an account. `table` stands before the columns: empty, or such as `d.`.
    pub(crate) fn rows<'b>(&'b self, table: &'b str) -> Rows<'b> {
        Rows { bound: self, table }
    }
}

/// The condition that holds rows to a bound.
pub(crate) struct Rows<'b> {
    bound: &'b Bound,
    table: &'b str,
}

impl fmt::Display for Rows<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bound, table } = self;
        write!(f, "{table}workspace = {}", bound.workspace)?;
        match &bound.accounts {
            Accounts::All => Ok(()),
            Accounts::Only(accounts) if accounts.is_empty() => f.write_str(" AND false"),
            Accounts::Only(accounts) => {
                let accounts: Vec<String> = accounts.iter().map(AccountId::to_string).collect();
                write!(f, " AND {table}account IN ({})", accounts.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_a_condition_on_rows() {
        for (accounts, condition) in [
            (Accounts::All, "d.workspace = 3"),
            (Accounts::none(), "d.workspace = 3 AND false"),
            (Accounts::only([9, 2, 9]), "d.workspace = 3 AND d.account IN (2, 9)"),
        ] {
            assert_eq!(Bound::of(3, accounts).rows("d.").to_string(), condition);
        }
    }

    #[test]
    fn several_let_see_what_any_of_them_does() {
        let (one, other) = (Accounts::only([1, 2]), Accounts::only([2, 3]));
        assert_eq!(one.clone().or(&other), Accounts::only([1, 2, 3]));
        assert_eq!(one.clone().or(&Accounts::All), Accounts::All);
        assert_eq!(Accounts::All.or(&other), Accounts::All);
        assert_eq!(Accounts::none().or(&one), one);
        assert!(Accounts::none().are_none() && !Accounts::All.are_none());
        assert!(other.hold(3) && !other.hold(1) && Accounts::All.hold(1) && !Accounts::none().hold(1));
    }
}
