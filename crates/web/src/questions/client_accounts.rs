//! The accounts that clients are held to: those there are to choose from, and what may be chosen.

use domain::{Currency, Platform};
use people::Role;
use store::WorkspaceId;
use store::catalog::Workspace;
use store::facts::{Account, AccountId};

use crate::WebError;
use crate::access::Asked;

/// An advertising account that a client may be let see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offered {
    pub(crate) id: AccountId,
    pub(crate) workspace: WorkspaceId,
    pub(crate) platform: Platform,
    pub(crate) label: String,
    pub(crate) currency: Currency,
}

impl Offered {
    fn of(workspace: &Workspace, account: &Account) -> Self {
        Self {
            id: account.account,
            workspace: workspace.id,
            platform: account.platform,
            label: account.label().to_owned(),
            currency: account.currency,
        }
    }
}

/// The advertising accounts of a workspace, or with none of all workspaces of an organisation, as far as whoever asks sees them.
pub(crate) async fn offered(
    state: &Asked,
    organisation: u32,
    place: Option<WorkspaceId>,
) -> Result<Vec<Offered>, WebError> {
    let mut offered = Vec::new();
    for workspace in state.seen().await? {
        if workspace.organisation != organisation || place.is_some_and(|id| id != workspace.id) {
            continue;
        }
        let seen = state.sees(workspace);
        let known = state.known_now(&seen).await?;
        // What a shop sold is of no account in particular.
        let advertise = known.accounts.iter().filter(|account| !account.platform.is_record());
        offered.extend(advertise.map(|account| Offered::of(&seen, account)));
    }
    Ok(offered)
}

/// The accounts of a grant as they are kept: for a client those that were chosen, if they can be; for every other role none.
///
/// # Errors
/// If another role is held to accounts, or one is not there to be chosen.
pub(crate) async fn chosen(
    state: &Asked,
    role: Role,
    (organisation, place): (u32, Option<WorkspaceId>),
    accounts: Vec<AccountId>,
) -> Result<Option<Vec<AccountId>>, WebError> {
    match role {
        Role::Client => {
            let offered = match accounts.is_empty() {
                true => Vec::new(),
                false => offered(state, organisation, place).await?,
            };
            kept(&offered, accounts).map(Some)
        }
        _ if accounts.is_empty() => Ok(None),
        _ => {
            let remedy = "leave it out, or use the role client";
            Err(WebError::parameter("accounts", "only a client is held to chosen accounts", remedy))
        }
    }
}

/// Accounts in order, each once, if all of them are offered.
fn kept(offered: &[Offered], mut accounts: Vec<AccountId>) -> Result<Vec<AccountId>, WebError> {
    accounts.sort_unstable();
    accounts.dedup();
    match accounts.iter().find(|id| !offered.iter().any(|one| one.id == **id)) {
        Some(id) => {
            let detail = format!("there is no advertising account {id} to be chosen there");
            Err(WebError::parameter("accounts", &detail, "use the numbers that /api/v1/accounts gives"))
        }
        None => Ok(accounts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_offered_is_chosen_in_order_and_once() {
        let one = |id| Offered {
            id,
            workspace: 1,
            platform: Platform::GoogleAds,
            label: format!("Account {id}"),
            currency: Currency::UNKNOWN,
        };
        let offered = [one(2), one(5), one(9)];
        assert_eq!(kept(&offered, vec![9, 2, 9]).unwrap(), [2, 9]);
        assert_eq!(kept(&offered, Vec::new()).unwrap(), Vec::<u32>::new());
        let refused = kept(&offered, vec![2, 3]).unwrap_err().problem();
        assert_eq!(refused.parameter.as_deref(), Some("accounts"));
        assert!(refused.detail.contains('3'), "{}", refused.detail);
    }
}
