//! What happened in a workspace, for those who work there: imports, plans, alerts, notes, shares. It is read from the audit log,
//! without what is for admins only, and page by page from the newest entry on.

use std::collections::HashMap;

use jiff::Timestamp;
use store::catalog::{AuditEntry, AuditOf};

use super::notes::{self, Shown};
use super::people::Names;
use crate::WebError;
use crate::access::{Asked, Seen};

/// Entries of the log that are read for a page at a time.
const READ: u32 = 200;
/// How often that is done for one page; what is left is on the next.
const MOST_READS: u32 = 10;

/// Something that happened.
#[derive(Debug, Clone)]
pub(crate) struct Happened {
    /// The entry's number.
    pub(crate) id: u32,
    pub(crate) at: Timestamp,
    /// Who did it.
    pub(crate) who: String,
    /// What was done, in words.
    pub(crate) what: &'static str,
    /// The address, without the workspace, where more is said of it.
    pub(crate) path: Option<String>,
    /// The note that it was about, if it is still there.
    pub(crate) note: Option<Shown>,
}

/// What happened, newest first, before an entry if one is given; and before which to ask next for older.
pub(crate) async fn page(
    state: &Asked,
    workspace: &Seen,
    before: Option<u32>,
    limit: usize,
) -> Result<(Vec<Happened>, Option<u32>), WebError> {
    let mut found: Vec<(AuditEntry, &'static str)> = Vec::new();
    let (mut from, mut next) = (before, None);
    'reading: for turn in 1..=MOST_READS {
        let read = state.catalog().audit(AuditOf::Workspace(workspace.id), from, READ).await?;
        let is_last = read.len() < READ as usize;
        for entry in read {
            let Some(what) = words(&entry.action) else {
                from = Some(entry.id);
                continue;
            };
            if found.len() == limit {
                next = from;
                break 'reading;
            }
            from = Some(entry.id);
            found.push((entry, what));
        }
        if is_last {
            break;
        }
        if turn == MOST_READS {
            next = from;
        }
    }
    let ids: Vec<u32> = found.iter().filter_map(|(entry, _)| note_of(entry)).collect();
    let notes = notes::by_number(state, workspace, &ids).await?;
    let mut names = Names::of(state, workspace.organisation).await?;
    let mut happened = Vec::with_capacity(found.len());
    for (entry, what) in found {
        happened.push(told(state, &mut names, &notes, entry, what).await?);
    }
    Ok((happened, next))
}

async fn told(
    state: &Asked,
    names: &mut Names,
    notes: &HashMap<u32, Shown>,
    entry: AuditEntry,
    what: &'static str,
) -> Result<Happened, WebError> {
    let note = note_of(&entry).and_then(|id| notes.get(&id)).cloned();
    Ok(Happened {
        id: entry.id,
        at: entry.at,
        who: match entry.who_name.filter(|name| !name.is_empty()) {
            Some(name) => name,
            None => names.shown(state, &entry.who).await?,
        },
        what,
        path: path(&entry.action, &entry.object),
        note,
    })
}

/// The note that an entry is about.
fn note_of(entry: &AuditEntry) -> Option<u32> {
    let is_there = entry.action == "note_made" || entry.action == "note_changed";
    entry.object.strip_prefix("note ").filter(|_| is_there)?.parse().ok()
}

/// What was done, in words; nothing where it is not for everybody who works there.
fn words(action: &str) -> Option<&'static str> {
    Some(match action {
        "note_made" => "wrote a note",
        "note_changed" => "changed a note",
        "note_deleted" => "deleted a note",
        "shared_link_made" => "shared a view by a link",
        "shared_link_revoked" => "ended a shared link",
        _ => {
            let (method, route) = action.split_once(' ')?;
            let route = route.strip_prefix("/api/v1").or(route.strip_prefix("/local")).unwrap_or(route);
            match (method, route) {
                ("POST", "/imports" | "/import" | "/imports/held/{id}/import") => "imported a report",
                ("POST", "/imports/{id}/undo") => "took an import back",
                ("POST", "/plans") => "made a plan",
                ("POST" | "PUT" | "PATCH", "/plans/{id}") => "changed a plan",
                ("POST", "/plans/{id}/delete") | ("DELETE", "/plans/{id}") => "deleted a plan",
                ("POST", "/plans/{id}/match") => "found the campaign of a plan",
                ("POST", "/plans/{id}/changes/{version}/undo") => "undid a change of a plan",
                ("POST", "/plans/bulk") => "changed several plans",
                ("POST", "/plans/bulk/{id}/undo") => "undid a change of several plans",
                ("POST", "/alerts/{id}/acknowledge" | "/alerts/{id}/acknowledgement") => {
                    "acknowledged an alert"
                }
                ("POST", "/alerts/{id}/mute") => "muted an alert",
                ("POST", "/alerts/rules" | "/alert-rules") => "made an alert rule",
                ("POST", "/alerts/rules/{id}") | ("PUT", "/alert-rules/{id}") => "changed an alert rule",
                ("POST", "/alerts/rules/{id}/delete") | ("DELETE", "/alert-rules/{id}") => {
                    "deleted an alert rule"
                }
                ("POST", "/alerts/rules/{id}/mute" | "/alert-rules/{id}/mute") => "muted an alert rule",
                ("POST", "/sources/renames" | "/renames") => "decided about a renamed campaign",
                ("POST", "/sources/duplicates" | "/duplicates") => {
                    "decided about accounts that came in twice"
                }
                ("POST", "/rates" | "/rates/held/{id}/load" | "/rates/file") => "loaded exchange rates",
                _ => return None,
            }
        }
    })
}

/// Where more is said of what an entry is about. Of what was deleted nothing is.
fn path(action: &str, object: &str) -> Option<String> {
    let route = action.split_once(' ').map_or("", |(_, route)| route);
    if action.starts_with("DELETE ") || route.ends_with("/delete") {
        return None;
    }
    let object = object.strip_prefix("/api/v1").or(object.strip_prefix("/local")).unwrap_or(object);
    let mut parts = object.trim_start_matches('/').split('/');
    let (kind, id) = (parts.next()?, parts.next().filter(|id| id.bytes().all(|byte| byte.is_ascii_digit())));
    match (kind, id) {
        ("imports", Some(id)) => Some(format!("/imports/{id}")),
        ("imports" | "import", None) => Some("/imports".to_owned()),
        ("plans", Some(id)) if !route.contains("/bulk") => Some(format!("/plans/{id}")),
        ("plans", _) => Some("/plans".to_owned()),
        ("alert-rules", Some(id)) => Some(format!("/alerts/rules/{id}")),
        ("alerts" | "alert-rules", _) => Some("/alerts".to_owned()),
        ("sources" | "renames" | "duplicates", _) => Some("/sources".to_owned()),
        ("rates", _) => Some("/rates".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_together_is_told_and_what_is_for_admins_is_not() {
        for (action, what) in [
            ("POST /api/v1/imports", Some("imported a report")),
            ("POST /local/import", Some("imported a report")),
            ("POST /imports/{id}/undo", Some("took an import back")),
            ("PATCH /api/v1/plans/{id}", Some("changed a plan")),
            ("note_made", Some("wrote a note")),
            ("shared_link_made", Some("shared a view by a link")),
            ("POST /api/v1/alerts/{id}/acknowledgement", Some("acknowledged an alert")),
            ("role_changed", None),
            ("signed_in", None),
            ("token_made", None),
            ("sign_in_refused", None),
            ("POST /alerts/channels", None),
            ("POST /views", None),
        ] {
            assert_eq!(words(action), what, "{action}");
        }
    }

    #[test]
    fn it_leads_to_what_it_is_about() {
        for (action, object, place) in [
            ("POST /imports/{id}/undo", "/imports/7/undo", Some("/imports/7")),
            ("POST /api/v1/imports", "/api/v1/imports", Some("/imports")),
            ("POST /local/import", "/local/import", Some("/imports")),
            ("PATCH /api/v1/plans/{id}", "/api/v1/plans/3", Some("/plans/3")),
            ("POST /plans/{id}/delete", "/plans/3/delete", None),
            ("DELETE /api/v1/plans/{id}", "/api/v1/plans/3", None),
            ("POST /plans/bulk/{id}/undo", "/plans/bulk/3/undo", Some("/plans")),
            ("PUT /api/v1/alert-rules/{id}", "/api/v1/alert-rules/2", Some("/alerts/rules/2")),
            ("POST /alerts/{id}/mute", "/alerts/5/mute", Some("/alerts")),
            ("note_made", "note 4", None),
        ] {
            assert_eq!(path(action, object).as_deref(), place, "{action}");
        }
    }
}
