//! Accounts that may have come in twice, and decisions about them.

use std::sync::Arc;

use insight::duplicates::Duplicates;
use jiff::Timestamp;
use store::facts::{AccountId, Duplicate};
use tokio::runtime::Handle;

use super::renames::Decision;
use crate::access::Seen;
use crate::admission::Load;
use crate::{AppState, WebError};

/// What is proposed and what was decided, asked as a part of a page that waits for so much.
pub(crate) async fn duplicates(
    state: &AppState,
    workspace: &Seen,
    load: Load,
) -> Result<Arc<Duplicates>, WebError> {
    let (id, bound) = (workspace.id, workspace.bound());
    state.ask(load, id, move |insight| insight.duplicates(&bound)).await
}

/// Decides about a pair of accounts: which of them is kept, if they are one, is for who decides to say.
pub(crate) async fn decide(
    state: &AppState,
    workspace: Seen,
    (kept, other): (AccountId, AccountId),
    decision: Decision,
) -> Result<(), WebError> {
    let found = duplicates(state, &workspace, Load::Heavy).await?;
    let is_meant =
        |one: AccountId, two: AccountId| (one, two) == (kept, other) || (two, one) == (kept, other);
    let is_decided = found.decided.iter().any(|(pair, ..)| is_meant(pair.kept, pair.other));
    let mut proposed = found.proposals.iter();
    let is_proposed = proposed.any(|pair| is_meant(pair.kept.account.account, pair.other.account.account));
    if !is_decided && (decision == Decision::Undo || !is_proposed) {
        return Err(WebError::not_found(format!("accounts {kept} and {other} are not proposed as one")));
    }
    // Of accounts that count for one another in a circle, or in a row, none would be kept.
    let stands_in_the_way = |pair: &Duplicate| {
        let is_another = !is_meant(pair.kept, pair.other);
        pair.is_accepted && is_another && (pair.kept == other || pair.other == kept || pair.other == other)
    };
    if decision == Decision::Accept && found.decided.iter().any(|(pair, ..)| stands_in_the_way(pair)) {
        let remedy = "undo what was decided of it before, then decide anew";
        return Err(WebError::parameter(
            "other",
            "one of the two counts with a third account already",
            remedy,
        ));
    }
    let (ledger, handle) = (state.ledger.clone(), Handle::current());
    let kept = tokio::task::spawn_blocking(move || match decision {
        Decision::Undo => ledger.forget_duplicate(&handle, &workspace, kept, other).map(|_| ()),
        _ => {
            let is_accepted = decision == Decision::Accept;
            let pair = Duplicate { kept, other, is_accepted, decided_at: Timestamp::now() };
            ledger.decide_duplicate(&handle, &workspace, &pair)
        }
    });
    Ok(kept.await.map_err(WebError::internal)??)
}
