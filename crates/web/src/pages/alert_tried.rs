//! What came of trying a rule on the past, in words: one of a workspace by day, one of the server by what was measured.

use alert::Rule;
use lookout::{Preview, ServerPreview};

use super::alert_whose::Whose;
use crate::WebError;
use crate::access::Asked;
use crate::format;
use crate::questions::alerts::{self, TRIED_DAYS};

/// Most times in which a rule would have fired that are listed.
const LISTED: usize = 30;

/// What came of trying a rule on the past.
pub(super) struct Tried {
    /// In a sentence.
    pub(super) summary: String,
    pub(super) notes: Vec<String>,
    pub(super) lines: Vec<TriedLine>,
}

/// A time in which it would have fired.
pub(super) struct TriedLine {
    pub(super) subject: String,
    pub(super) fired: String,
    pub(super) resolved: String,
    pub(super) words: String,
}

/// Tries a rule on the past.
pub(super) async fn tried(state: &Asked, whose: &Whose, rule: Rule) -> Result<Tried, WebError> {
    if whose.is_server() {
        let can_be = lookout::can_be_tried(&rule.condition);
        return Ok(of_server(can_be, alerts::preview_of_server(state, rule, TRIED_DAYS).await?));
    }
    let is_about_days = rule.condition.days_needed() > 0;
    Ok(of_workspace(is_about_days, alerts::preview(state, &whose.owner, rule, TRIED_DAYS).await?))
}

fn nothing(summary: &str) -> Tried {
    Tried { summary: summary.to_owned(), notes: Vec::new(), lines: Vec::new() }
}

/// How often, in words.
fn times(episodes: usize) -> String {
    match episodes {
        0 => "not once".to_owned(),
        1 => "once".to_owned(),
        times => format!("{times} times"),
    }
}

fn of_workspace(is_about_days: bool, preview: Option<Preview>) -> Tried {
    let Some(preview) = preview else {
        return nothing(match is_about_days {
            false => "This kind of rule is about how things are now and can't be tried on the past.",
            true => "Nothing was imported yet that it could be tried on.",
        });
    };
    let (count, days) = (preview.episodes.len(), preview.days.len());
    let mut notes = Vec::new();
    if preview.replayed < preview.about {
        notes.push(format!(
            "Tried on the {} with the most spend, of {} that it is about.",
            preview.replayed, preview.about
        ));
    }
    if let Some(first) = preview.kept_from {
        notes.push(format!(
            "Reports were kept from {} on; days before are judged as they were first reported later.",
            format::day(first)
        ));
    }
    notes.extend(listed(count));
    let line = |episode: &lookout::PreviewEpisode| TriedLine {
        subject: episode.subject.clone(),
        fired: format::day(episode.fired),
        resolved: episode.resolved.map(format::day).unwrap_or_default(),
        words: episode.words.clone(),
    };
    Tried {
        summary: match preview.about {
            0 => "There is no account or campaign that it is about.".to_owned(),
            _ => format!(
                "It would have fired {} in {days} days ({}).",
                times(count),
                format::days(preview.days)
            ),
        },
        notes,
        lines: preview.episodes.iter().take(LISTED).map(line).collect(),
    }
}

fn of_server(can_be: bool, preview: Option<ServerPreview>) -> Tried {
    let Some(preview) = preview else {
        return nothing(match can_be {
            false => "This kind of rule is about how things are now and can't be tried on the past.",
            true => "Nothing was measured yet that it could be tried on.",
        });
    };
    let count = preview.episodes.len();
    let moment = |at| format::moment(at, 0);
    let all = preview.to.duration_since(preview.from).as_secs().max(1);
    let share = (preview.covered.as_secs() as f64 / all as f64 * 100.0).min(100.0);
    let mut notes = vec![format!(
        "{share:.0} % of that time was measured. While nothing was, no alert begins and none is over."
    )];
    if preview.exact_from > preview.from {
        notes.push(format!(
            "Looked at every half minute from {} on, every five minutes before: what was shorter then may not be seen.",
            moment(preview.exact_from)
        ));
    }
    notes.extend(listed(count));
    let line = |episode: &lookout::ServerEpisode| TriedLine {
        subject: episode.subject.clone(),
        fired: moment(episode.fired),
        resolved: episode.resolved.map(moment).unwrap_or_default(),
        words: episode.words.clone(),
    };
    Tried {
        summary: match preview.about {
            0 => format!("Nothing was measured since {} that it is about.", moment(preview.from)),
            _ => format!("It would have fired {} since {}.", times(count), moment(preview.from)),
        },
        notes,
        lines: preview.episodes.iter().take(LISTED).map(line).collect(),
    }
}

fn listed(count: usize) -> Option<String> {
    (count > LISTED).then(|| format!("The first {LISTED} are listed."))
}
