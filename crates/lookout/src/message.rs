//! What is told of alerts, in words and for programs.

use alert::{Event, Severity};
use jiff::Timestamp;
use notify::Message;
use serde_json::json;
use store::catalog::{AlertChange, KeptRule, Workspace};

use crate::Lookout;

/// Most subjects that a message names; it says how many more there are.
const MOST_NAMED: usize = 20;

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
    lines.push(format!("Workspace {}, {} UTC.", workspace.name, now.strftime("%Y-%m-%d %H:%M")));
    let alert = |change: &&AlertChange| json!({ "subject": change.subject, "subject_key": change.subject_key, "words": change.words });
    Message {
        title: format!("{word}: {} – {subjects}", rule.name),
        text: lines.join("\n"),
        link: lookout.home.as_ref().map(|home| format!("{home}/alerts")),
        body: json!({
            "type": format!("alert.{}", event.key()),
            "timestamp": now.to_string(),
            "workspace": workspace.name,
            "rule": { "id": kept.id, "name": rule.name, "severity": rule.severity },
            "alerts": of.iter().take(MOST_NAMED * 5).map(alert).collect::<Vec<_>>(),
        }),
    }
}
