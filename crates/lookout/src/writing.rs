//! One look at the rules of a workspace, or of the server: judged, stepped, and written with what is to be told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use alert::{Event, Reading, Rule, Severity, State, step};
use jiff::Timestamp;
use store::catalog::{AlertChange, KeptRule, OpenAlert, Told, Workspace};

use crate::message::message;
use crate::server::Measuring;
use crate::subjects::{Figures, Seen, Sight, see, today};
use crate::{LookError, Looked, Lookout};

/// Most subjects of one rule that fire at once: more is one thing that is wrong, not many.
const MOST_FIRING: usize = 100;

/// Looks at the rules of a workspace. A rule that can't be judged is told in the log and does not keep others from being.
///
/// # Errors
/// If the figures or the catalog can't be read at all.
pub async fn look(
    lookout: &Lookout,
    workspace: &Workspace,
    looked: Looked,
    now: Timestamp,
) -> Result<(), LookError> {
    let rules = lookout.catalog.alert_rules(workspace.id).await?;
    let is_meant = |kept: &&KeptRule| {
        kept.rule.is_on && kept.rule.condition.is_of_machine() == (looked == Looked::Machine)
    };
    let rules: Vec<KeptRule> = rules.iter().filter(is_meant).cloned().collect();
    if rules.is_empty() {
        return Ok(());
    }
    if workspace.is_server() {
        let mut measuring = Measuring::at(lookout, now);
        for kept in &rules {
            let sight = measuring.see(&kept.rule).await;
            judged(lookout, workspace, kept, sight, now).await?;
        }
        return Ok(());
    }
    let (insight, of, asked) = (lookout.insight.clone(), workspace.clone(), Arc::new(rules));
    let read = asked.clone();
    let figures = tokio::task::spawn_blocking(move || {
        let rules: Vec<&Rule> = read.iter().map(|kept| &kept.rule).collect();
        Figures::read(&insight, &of, &rules, today(now))
    })
    .await
    .map_err(|_| LookError::Ending)??;
    for kept in asked.iter() {
        let sight = see(lookout, workspace, &kept.rule, &figures).await.map(Sight::Seen);
        judged(lookout, workspace, kept, sight, now).await?;
    }
    Ok(())
}

/// Writes what a rule saw. One that can't be judged does not keep others from being.
async fn judged(
    lookout: &Lookout,
    workspace: &Workspace,
    kept: &KeptRule,
    sight: Result<Sight, LookError>,
    now: Timestamp,
) -> Result<(), LookError> {
    match sight {
        Ok(Sight::Seen(seen)) => write(lookout, workspace, kept, seen, now).await,
        Ok(Sight::Nothing(why)) => {
            let rule = (kept.id, kept.version);
            lookout.catalog.write_alerts(workspace.id, rule, &[], &[], Some(&why), now).await?;
            Ok(())
        }
        Err(error) => {
            tracing::warn!(%error, rule = kept.id, workspace = workspace.id, "an alert rule could not be judged");
            Ok(())
        }
    }
}

async fn write(
    lookout: &Lookout,
    workspace: &Workspace,
    kept: &KeptRule,
    seen: Vec<Seen>,
    now: Timestamp,
) -> Result<(), LookError> {
    let rule = &kept.rule;
    let open = lookout.catalog.open_alerts(kept.id, rule.cooldown()).await?;
    let changes = changes(rule, &open, &seen, now);
    let told = told(lookout, workspace, kept, &open, &changes, now);
    let line = line(&seen);
    lookout
        .catalog
        .write_alerts(workspace.id, (kept.id, kept.version), &changes, &told, Some(&line), now)
        .await?;
    Ok(())
}

/// What becomes of each alert of a rule.
fn changes(
    rule: &Rule,
    open: &BTreeMap<String, OpenAlert>,
    seen: &[Seen],
    now: Timestamp,
) -> Vec<AlertChange> {
    let mut changes = Vec::new();
    let mut firing = open.values().filter(|alert| matches!(alert.state, State::Firing { .. })).count();
    for seen in seen {
        let alert = open.get(&seen.key);
        let before = alert.map_or(State::Calm { until: None }, |alert| alert.state);
        let (state, event) = step(before, seen.judged.reading, rule.hold(), rule.cooldown(), now);
        if event == Some(Event::Fired) {
            if firing >= MOST_FIRING {
                continue;
            }
            firing += 1;
        }
        // Why it fires stays as it was said while it can't be judged or is neither here nor there.
        let is_said = seen.judged.reading == Reading::Beyond && matches!(state, State::Firing { .. });
        if state != before || event.is_some() || is_said {
            changes.push(change(rule, (&seen.key, &seen.name), alert, (state, event), &seen.judged.words));
        }
    }
    // What a rule is not about any more, as after a change of its scope, is over.
    let known: BTreeSet<&str> = seen.iter().map(|seen| seen.key.as_str()).collect();
    for (key, alert) in open.iter().filter(|(key, _)| !known.contains(key.as_str())) {
        let event = matches!(alert.state, State::Firing { .. }).then_some(Event::Resolved);
        if event.is_some() || matches!(alert.state, State::Pending { .. }) {
            let words = "The rule is not about this any more.";
            let over = (State::Calm { until: None }, event);
            changes.push(change(rule, (key, &alert.subject), Some(alert), over, words));
        }
    }
    changes
}

fn change(
    rule: &Rule,
    (key, name): (&str, &str),
    alert: Option<&OpenAlert>,
    (state, event): (State, Option<Event>),
    words: &str,
) -> AlertChange {
    AlertChange {
        alert: alert.filter(|alert| !matches!(alert.state, State::Calm { .. })).map(|alert| alert.id),
        subject_key: key.to_owned(),
        subject: name.to_owned(),
        title: rule.name.clone(),
        is_urgent: rule.severity == Severity::Urgent,
        state,
        event,
        words: words.to_owned(),
    }
}

/// Tells more people of alerts that nobody acknowledged in time.
///
/// # Errors
/// If the catalog fails.
pub async fn escalate(lookout: &Lookout, workspace: &Workspace, now: Timestamp) -> Result<(), LookError> {
    for kept in lookout.catalog.alert_rules(workspace.id).await? {
        if !kept.rule.is_on || kept.rule.escalate_after_minutes.is_none() {
            continue;
        }
        let open = lookout.catalog.open_alerts(kept.id, kept.rule.cooldown()).await?;
        let changes = escalations(&kept.rule, &open, now);
        if changes.is_empty() {
            continue;
        }
        let told = told(lookout, workspace, &kept, &open, &changes, now);
        lookout
            .catalog
            .write_alerts(workspace.id, (kept.id, kept.version), &changes, &told, None, now)
            .await?;
    }
    Ok(())
}

/// The alerts of a rule that nobody acknowledged in time.
fn escalations(rule: &Rule, open: &BTreeMap<String, OpenAlert>, now: Timestamp) -> Vec<AlertChange> {
    let is_due = |alert: &OpenAlert| match alert.state {
        State::Firing { since } => {
            !alert.is_acknowledged && !alert.is_escalated && rule.is_to_escalate(since, now)
        }
        _ => false,
    };
    let due = open.iter().filter(|(_, alert)| is_due(alert));
    due.map(|(key, alert)| {
        let escalated = (alert.state, Some(Event::Escalated));
        change(rule, (key, &alert.subject), Some(alert), escalated, &alert.words)
    })
    .collect()
}

/// What channels are told: what happened at one look is one message for each of them.
fn told(
    lookout: &Lookout,
    workspace: &Workspace,
    kept: &KeptRule,
    open: &BTreeMap<String, OpenAlert>,
    changes: &[AlertChange],
    now: Timestamp,
) -> Vec<Told> {
    let rule = &kept.rule;
    let is_over = |until: Option<Timestamp>| until.is_none_or(|until| until <= now);
    if !is_over(kept.muted_until) {
        return Vec::new();
    }
    let mut told = Vec::new();
    for event in [Event::Fired, Event::Escalated, Event::Resolved] {
        let happened: Vec<usize> = (0..changes.len())
            .filter(|n| changes[*n].event == Some(event))
            .filter(|n| open.get(&changes[*n].subject_key).is_none_or(|alert| is_over(alert.muted_until)))
            .collect();
        if happened.is_empty() {
            continue;
        }
        let channels = if event == Event::Escalated { &rule.escalate_to } else { &rule.channels };
        let of: Vec<&AlertChange> = happened.iter().map(|n| &changes[*n]).collect();
        let message = message(lookout, workspace, kept, event, &of, now);
        let Ok(text) = serde_json::to_string(&message) else { continue };
        for channel in channels {
            told.push(Told {
                channel: *channel,
                due: rule.told_at(now),
                message: text.clone(),
                of: happened.iter().map(|n| (*n, event)).collect(),
            });
        }
    }
    told
}

/// What looking came to, in a line.
fn line(seen: &[Seen]) -> String {
    let count = |reading: Reading| seen.iter().filter(|seen| seen.judged.reading == reading).count();
    let (beyond, unknown) = (count(Reading::Beyond), count(Reading::Unknown));
    match seen {
        [] => "There is nothing that it is about.".to_owned(),
        [only] => only.judged.words.clone(),
        _ => {
            let unjudged = match unknown {
                0 => String::new(),
                some => format!(" {some} can't be judged."),
            };
            format!("{beyond} of {} beyond.{unjudged}", seen.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use alert::Judged;

    use super::*;

    fn rule() -> Rule {
        let text = r#"{"name":"Disk","condition":{"kind":"disk","free_below":0.1},"escalate_after_minutes":10,"escalate_to":[1]}"#;
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}"))
    }

    fn seen(key: &str, reading: Reading) -> Seen {
        Seen {
            key: key.to_owned(),
            name: key.to_owned(),
            judged: Judged::plain(reading, "so".to_owned(), 1.0, 2.0),
        }
    }

    fn minute(n: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_mins(n)
    }

    fn open(state: State) -> BTreeMap<String, OpenAlert> {
        let alert = OpenAlert {
            id: 7,
            state,
            is_acknowledged: false,
            is_escalated: false,
            muted_until: None,
            subject: "Disk".to_owned(),
            words: String::new(),
        };
        BTreeMap::from([("disk".to_owned(), alert)])
    }

    fn events(open: &BTreeMap<String, OpenAlert>, seen: &[Seen], at: i64) -> Vec<Option<Event>> {
        changes(&rule(), open, seen, minute(at)).iter().map(|change| change.event).collect()
    }

    #[test]
    fn alerts_escalate_once_unless_somebody_saw_them() {
        let firing = open(State::Firing { since: minute(0) });
        let events = |open: &BTreeMap<String, OpenAlert>, at: i64| {
            escalations(&rule(), open, minute(at)).iter().map(|change| change.event).collect::<Vec<_>>()
        };
        assert_eq!(events(&firing, 9), []);
        assert_eq!(events(&firing, 10), [Some(Event::Escalated)]);
        for change in [
            |alert: &mut OpenAlert| alert.is_acknowledged = true,
            |alert: &mut OpenAlert| alert.is_escalated = true,
        ] {
            let mut other = firing.clone();
            other.values_mut().for_each(change);
            assert_eq!(events(&other, 10), []);
        }
    }

    #[test]
    fn what_a_rule_is_not_about_any_more_is_over() {
        let firing = open(State::Firing { since: minute(0) });
        assert_eq!(events(&firing, &[seen("other", Reading::Clear)], 1), [Some(Event::Resolved)]);
        assert_eq!(events(&firing, &[seen("disk", Reading::Unknown)], 1), [], "what can't be judged stays");
    }
}
