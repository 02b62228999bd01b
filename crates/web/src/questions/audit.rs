//! The audit log as the visitor may read it, and whether its chain is whole.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use people::Permission;
use serde_json::Value;
use store::catalog::{AuditEntry, AuditError, AuditOf, Organisation, Workspace};

use super::people::{Names, Reach};
use crate::access::Asked;
use crate::{AppState, WebError};

/// How old what is said about the chain may be.
const FRESH: SignedDuration = SignedDuration::from_secs(60);
/// For so long a page waits until the chain is followed; a long log is told of on the next page.
const PATIENCE: Duration = Duration::from_millis(500);
/// Longest text of what was before and after, in letters.
const LONGEST: usize = 300;

/// An entry with what is called how.
pub(crate) struct Told {
    pub(crate) entry: AuditEntry,
    /// What it was done to is called now.
    pub(crate) object_name: Option<String>,
    /// In which workspace.
    pub(crate) workspace: Option<String>,
}

/// What came of following the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Checked {
    pub(crate) at: Timestamp,
    /// How many entries there are, or the first that is not what was written.
    pub(crate) found: Result<u64, u32>,
}

/// What was last found of the chain, and who follows it now.
#[derive(Default)]
pub(crate) struct LastCheck {
    busy: Arc<tokio::sync::Mutex<()>>,
    last: Mutex<Option<Checked>>,
}

/// Of what the visitor reads, from a workspace: of its organisation if that is theirs to look after, else of the workspace.
pub(crate) fn of(state: &Asked, workspace: &Workspace) -> AuditOf {
    match Reach::of(state, workspace).is_over_all() {
        true => AuditOf::Organisation(workspace.organisation),
        false => AuditOf::Workspace(workspace.id),
    }
}

/// Entries, newest first, older than `before` if given, and which to give next for older ones.
pub(crate) async fn entries(
    state: &AppState,
    of: AuditOf,
    names: &mut Names,
    before: Option<u32>,
    limit: u32,
) -> Result<(Vec<Told>, Option<u32>), WebError> {
    let mut entries = state.catalog().audit(of, before, limit.saturating_add(1)).await?;
    let has_older = entries.len() > limit as usize;
    entries.truncate(limit as usize);
    let next = entries.last().filter(|_| has_older).map(|last| last.id);
    let mut told = Vec::with_capacity(entries.len());
    for entry in entries {
        told.push(Told {
            object_name: names.called(state, &entry.object).await?,
            workspace: entry.workspace.map(|id| names.workspace(id)),
            entry,
        });
    }
    Ok((told, next))
}

/// Whether the chain is whole, for who operates the server; nothing for others, or if it takes long to find out.
pub(crate) async fn chain(state: &Asked, organisation: &Organisation) -> Option<Checked> {
    let role = state.by.sight.role_over(organisation.id);
    if !organisation.is_host || !role.is_some_and(|role| role.may(Permission::Operate)) {
        return None;
    }
    let check = state.last_audit_check.clone();
    let is_fresh = |checked: &Checked| Timestamp::now().duration_since(checked.at) < FRESH;
    if let Some(fresh) = known(&check).filter(is_fresh) {
        return Some(fresh);
    }
    if let Ok(busy) = check.busy.clone().try_lock_owned() {
        let (app, check) = (state.app.clone(), check.clone());
        // It goes on when nobody waits for the page any more.
        let following = tokio::spawn(async move {
            let found = match app.catalog().check_audit().await {
                Ok(entries) => Ok(entries),
                Err(AuditError::Broken { id }) => {
                    tracing::error!(entry = id, "the audit log was changed behind the server's back");
                    Err(id)
                }
                Err(AuditError::Catalog(error)) => {
                    tracing::warn!(error = crate::problem::causes(&error), "the audit log can't be checked");
                    return;
                }
            };
            let checked = Checked { at: Timestamp::now(), found };
            *check.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(checked);
            drop(busy);
        });
        let _or_later = tokio::time::timeout(PATIENCE, following).await;
    }
    known(&check)
}

fn known(check: &LastCheck) -> Option<Checked> {
    *check.last.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was done, in words.
pub(crate) fn words(action: &str) -> String {
    let words = match action {
        "set_up" => "set up the server",
        "signed_in" => "signed in",
        "signed_in_by_link" => "signed in by a link",
        "signed_in_with_second_factor" => "signed in with a second factor",
        "signed_in_by_provider" => "signed in by the identity provider",
        "signed_in_by_passkey" => "signed in by a passkey",
        "sign_in_refused" => "was refused at sign-in",
        "session_ended" => "ended a session",
        "sessions_ended" => "ended sessions",
        "password_changed" => "changed a password",
        "second_factor_set" => "set a second factor",
        "second_factor_removed" => "removed a second factor",
        "provider_linked" => "came by the identity provider for the first time",
        "provider_unlinked" => "took an account at the identity provider away",
        "passkey_added" => "added a passkey",
        "passkey_removed" => "removed a passkey",
        "email_changed" => "changed an e-mail address",
        "person_added" => "added somebody",
        "person_renamed" => "changed a name",
        "person_disabled" => "kept somebody out",
        "person_enabled" => "let somebody in again",
        "person_erased" => "erased somebody",
        "membership_added" => "added a membership",
        "membership_removed" => "removed a membership",
        "role_changed" => "changed a role",
        "invitation_made" => "invited somebody",
        "invitation_accepted" => "accepted an invitation",
        "invitation_revoked" => "took an invitation back",
        "token_made" => "made a token",
        "token_revoked" => "revoked a token",
        "second_factor_demanded" => "decided whether a second factor is demanded",
        "retention_changed" => "changed how long data is kept",
        "retention_carried_out" => "removed what was kept long enough",
        "note_made" => "wrote a note",
        "note_changed" => "changed a note",
        "note_deleted" => "deleted a note",
        "shared_link_made" => "made a shared link",
        "shared_link_revoked" => "revoked a shared link",
        other => return other.replace('_', " "),
    };
    words.to_owned()
}

/// What something was before or is after, in a few words. What is not set is left out.
pub(crate) fn few_words(value: Option<&Value>) -> String {
    let mut parts = Vec::new();
    if let Some(value) = value {
        put(&mut parts, "", value);
    }
    let text = parts.join(", ");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn put(parts: &mut Vec<String>, name: &str, value: &Value) {
    let named = |text: String| match name.is_empty() {
        true => text,
        false => format!("{} {text}", name.replace('_', " ")),
    };
    match value {
        Value::Null => {}
        Value::Object(fields) => fields.iter().for_each(|(name, value)| put(parts, name, value)),
        Value::Array(values) => {
            let mut inner = Vec::new();
            values.iter().for_each(|value| put(&mut inner, "", value));
            parts.push(named(inner.join(" ")));
        }
        Value::String(text) => parts.push(named(text.clone())),
        Value::Bool(is_so) => parts.push(named(if *is_so { "yes" } else { "no" }.to_owned())),
        Value::Number(number) => parts.push(named(number.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn changes_are_told_in_few_words() {
        let value = json!({
            "is": {"accounts": null, "organisation": 1, "role": "admin", "workspace": null}, "is_new": true, "membership": 3,
        });
        assert_eq!(few_words(Some(&value)), "organisation 1, role admin, is new yes, membership 3");
        assert_eq!(few_words(Some(&json!({"accounts": [4, 5]}))), "accounts 4 5");
        assert_eq!(few_words(None), "");
        assert_eq!(few_words(Some(&json!("ä".repeat(1000)))).chars().count(), LONGEST + 1);
    }

    #[test]
    fn an_action_that_has_no_words_yet_is_its_own() {
        assert_eq!(words("role_changed"), "changed a role");
        assert_eq!(words("plan_deleted"), "plan deleted");
    }
}
