//! Campaigns that may have been renamed, and decisions about them.

use insight::renames::Renames;
use jiff::Timestamp;
use store::facts::Rename;
use tokio::runtime::Handle;

use crate::access::Seen;
use crate::admission::Load;
use crate::{AppState, WebError};

/// What is decided of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// They are one campaign: its figures are read as one, under the newer name.
    Accept,
    /// They are two, and are not proposed again.
    Reject,
    /// What was decided before is taken back.
    Undo,
}

/// What is proposed and what was decided.
pub(crate) async fn renames(state: &AppState, workspace: &Seen) -> Result<Renames, WebError> {
    let (id, bound) = (workspace.id, workspace.bound());
    state.ask(Load::Heavy, id, move |insight| insight.renames(&bound)).await
}

/// Decides about a pair of campaigns.
pub(crate) async fn decide(
    state: &AppState,
    workspace: Seen,
    (old, new): (u32, u32),
    decision: Decision,
) -> Result<(), WebError> {
    let found = renames(state, &workspace).await?;
    let is_decided = found.decided.iter().any(|(rename, _, _)| (rename.old, rename.new) == (old, new));
    let is_proposed =
        found.proposals.iter().any(|proposal| (proposal.old.about.id, proposal.new.about.id) == (old, new));
    if !is_decided && (decision == Decision::Undo || !is_proposed) {
        return Err(WebError::not_found(format!("campaigns {old} and {new} are not proposed as one")));
    }
    let leads_back = |rename: &Rename| rename.is_accepted && (rename.old, rename.new) == (new, old);
    if decision == Decision::Accept && found.decided.iter().any(|(rename, _, _)| leads_back(rename)) {
        return Err(WebError::parameter("new", "it goes on as the other one already", "undo that first"));
    }
    let (ledger, handle) = (state.ledger.clone(), Handle::current());
    let kept = tokio::task::spawn_blocking(move || match decision {
        Decision::Undo => ledger.forget_rename(&handle, &workspace, old, new).map(|_| ()),
        _ => {
            let is_accepted = decision == Decision::Accept;
            let rename = Rename { old, new, is_accepted, decided_at: Timestamp::now() };
            ledger.decide_rename(&handle, &workspace, &rename)
        }
    });
    Ok(kept.await.map_err(WebError::internal)??)
}
