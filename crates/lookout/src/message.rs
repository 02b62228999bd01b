//! What is told of alerts, in words and for programs.

use alert::{Event, Severity};
use jiff::Timestamp;
use notify::Message;
use serde_json::json;
use store::catalog::{AlertChange, KeptRule, Workspace};

use crate::Lookout;

/// Most subjects that a message names; it says how many more there are.
const MOST_NAMED: usize = 20;

/// Where the alerts of a workspace, or of the server, are shown.
pub(crate) fn link(lookout: &Lookout, workspace: &Workspace, page: &str) -> Option<String> {
    let whose = if workspace.is_server() { "/status" } else { "" };
    lookout.home.as_ref().map(|home| format!("{home}{whose}/alerts{page}"))
}

/// The name of a workspace; the server has none.
pub(crate) fn named(workspace: &Workspace) -> Option<&str> {
    (!workspace.is_server()).then_some(workspace.name.as_str())
}

/// The message that tells of one kind of event of a rule.
pub(crate) fn message(
    lookout: &Lookout,
    workspace: &Workspace,
    kept: &KeptRule,
    event: Event,
    of: &[&AlertChange],
    now: Timestamp,
) -> Message {
    let rule = &kept.rule;
    let word = match (event, rule.severity) {
        (Event::Fired, Severity::Urgent) => "URGENT",
        (Event::Fired, Severity::Normal) => "Alert",
        (Event::Escalated, _) => "NOT ACKNOWLEDGED",
        (Event::Resolved, _) => "Resolved",
    };
    let subjects = match of {
        [only] => only.subject.clone(),
        several => format!("{} at once", several.len()),
    };
    let line = |change: &&AlertChange| format!("{}: {}", change.subject, change.words);
    let mut lines: Vec<String> = of.iter().take(MOST_NAMED).map(line).collect();
    if of.len() > MOST_NAMED {
        lines.push(format!("and {} more", of.len() - MOST_NAMED));
    }
    let whose = match workspace.is_server() {
        true => "About the server itself".to_owned(),
        false => format!("Workspace {}", workspace.name),
    };
    lines.push(format!("{whose}, {} UTC.", now.strftime("%Y-%m-%d %H:%M")));
    let alert = |change: &&AlertChange| json!({ "subject": change.subject, "subject_key": change.subject_key, "words": change.words });
    Message {
        title: format!("{word}: {} – {subjects}", rule.name),
        text: lines.join("\n"),
        link: link(lookout, workspace, ""),
        body: json!({
            "type": format!("alert.{}", event.key()),
            "timestamp": now.to_string(),
            "workspace": named(workspace),
            "rule": { "id": kept.id, "name": rule.name, "severity": rule.severity },
            "alerts": of.iter().take(MOST_NAMED * 5).map(alert).collect::<Vec<_>>(),
        }),
        from_name: workspace.brand.mail_name.clone(),
    }
}
