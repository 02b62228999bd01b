//! A rule on the past: when it would have fired in the last days.

use std::collections::HashSet;

use alert::preview::Subject;
use alert::{Captures, Each, Rule, replay};
use domain::Period;
use insight::{Insight, InsightError, Watched};
use jiff::ToSpan;
use jiff::civil::Date;
use store::catalog::Workspace;

use crate::subjects::{asker, is_meant};

/// Most subjects that are replayed: those with the most spend.
pub const MOST_REPLAYED: usize = 50;

/// When a rule would have fired.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// The days on which it would have looked.
    pub days: Period,
    /// How many accounts or campaigns it is about, and how many of them were replayed.
    pub about: usize,
    /// How many were replayed: those with the most spend.
    pub replayed: usize,
    /// The day from which reports were kept; before it days are judged as they were first reported later.
    pub kept_from: Option<Date>,
    /// The times in which it would have fired, oldest first.
    pub episodes: Vec<PreviewEpisode>,
}

/// A time in which a rule would have fired.
#[derive(Debug, Clone, PartialEq)]
pub struct PreviewEpisode {
    /// About what.
    pub subject: String,
    /// The first and, if it would be over, the last day.
    pub fired: Date,
    /// The day on which it would have been over.
    pub resolved: Option<Date>,
    /// What it would have said.
    pub words: String,
}

/// Replays a rule on figures over the last `days` days before the newest that is known. Blocking.
///
/// # Errors
/// If the facts can't be read.
pub fn preview(
    insight: &Insight,
    workspace: &Workspace,
    rule: &Rule,
    labelled: Option<&HashSet<u32>>,
    days: i32,
) -> Result<Option<Preview>, InsightError> {
    let asker = asker(workspace);
    if rule.condition.days_needed() == 0 {
        return Ok(None);
    }
    let Some(newest) = insight.newest_day(&asker.bound)? else { return Ok(None) };
    let last = newest.saturating_add(1.day());
    let looked = Period::ending(last, days);
    let back = i64::from(rule.condition.days_needed()) + 60;
    let Ok(read) = Period::new(looked.from().saturating_sub(back.days()), last) else { return Ok(None) };
    let mut about: Vec<Watched> = insight.watched(&asker, rule.scope.each == Each::Campaign, read)?;
    about.retain(|watched| is_meant(rule, watched, labelled));
    let spend = |watched: &Watched| {
        let days = watched.course.days.iter().filter(|day| looked.contains(day.day));
        days.filter_map(|day| day.sums.spend_micros).sum::<i64>()
    };
    about.sort_by_key(|watched| std::cmp::Reverse(spend(watched)));
    let all = about.len();
    about.truncate(MOST_REPLAYED);
    let ids: Vec<u32> = about.iter().map(|watched| watched.campaign).filter(|id| *id > 0).collect();
    let reported = insight.captures(&asker, &ids, read)?;
    let nothing = Captures::default();
    let mut episodes = Vec::new();
    for watched in &about {
        let account = reported.accounts.get(&watched.account).unwrap_or(&nothing);
        let own = match watched.campaign {
            0 => account,
            id => reported.campaigns.get(&id).unwrap_or(&nothing),
        };
        let found = replay(rule, &Subject { own, account, currency: watched.currency }, looked);
        episodes.extend(found.into_iter().map(|episode| PreviewEpisode {
            subject: watched.name.clone(),
            fired: episode.fired,
            resolved: episode.resolved,
            words: episode.words,
        }));
    }
    episodes.sort_by(|one, other| (one.fired, &one.subject).cmp(&(other.fired, &other.subject)));
    let kept_from = about
        .iter()
        .filter_map(|watched| reported.accounts.get(&watched.account)?.first_on())
        .max()
        .filter(|first| *first > looked.from());
    Ok(Some(Preview { days: looked, about: all, replayed: about.len(), kept_from, episodes }))
}
