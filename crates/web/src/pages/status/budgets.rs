//! What the server is to keep to, what is left of each error budget, and what fires of it.

use alert::objective::BUDGET_DAYS;
use jiff::Timestamp;
use lookout::Kept;
use store::catalog::Alert;

use super::tiles::availability;
use crate::format;
use crate::questions::status::Status;

/// An objective and its budget.
pub(super) struct BudgetLine {
    pub(super) objective: &'static str,
    /// The part that was good; none where nothing was asked.
    pub(super) reached: Option<String>,
    pub(super) is_missed: bool,
    /// The whole budget.
    pub(super) budget: String,
    /// What is spent of it and what is left; none where too little is known.
    pub(super) spent: Option<String>,
    pub(super) left: Option<String>,
    /// Why there is none.
    pub(super) lacks: String,
    pub(super) counted: String,
    pub(super) since: String,
}

/// An alert of the server that fires.
pub(super) struct AlertLine {
    pub(super) title: String,
    pub(super) subject: String,
    pub(super) words: String,
    pub(super) since: String,
    pub(super) is_urgent: bool,
}

pub(super) fn budgets(now: &Status) -> Vec<BudgetLine> {
    now.objectives.iter().map(|kept| line(kept, now.now)).collect()
}

fn line(kept: &Kept, now: Timestamp) -> BudgetLine {
    let all = kept.objective.budget_minutes();
    let of = |minutes: f64| format!("{} ({:.1} %)", minutes_words(minutes), minutes / all * 100.0);
    let spent = kept.budget.spent_minutes;
    BudgetLine {
        objective: kept.objective.label(),
        reached: kept.budget.reached.map(availability),
        is_missed: kept.budget.reached.is_some_and(|reached| reached < kept.objective.target()),
        budget: format!("{} in {BUDGET_DAYS} days", minutes_words(all)),
        spent: spent.map(of),
        left: spent.map(|spent| of(all - spent)),
        lacks: kept.budget.lacks.clone().unwrap_or_default(),
        counted: format::count(kept.counted.asked),
        since: match kept.measured_since {
            Some(since) => format!("{} ({})", format::moment(since, 0), measured(kept, now)),
            None => "nothing was measured yet".to_owned(),
        },
    }
}

/// How much of the time was measured.
fn measured(kept: &Kept, now: Timestamp) -> String {
    let since = kept.measured_since.map_or(0.0, |since| now.duration_since(since).as_secs_f64());
    let share = kept.counted.covered.as_secs_f64() / since.max(1.0);
    match share {
        share if share >= 0.9995 => "without a gap".to_owned(),
        share => format!("{:.1} % of the time since", share.clamp(0.0, 1.0) * 100.0),
    }
}

/// 43.2 min, 36 h.
fn minutes_words(minutes: f64) -> String {
    match minutes.abs() {
        short if short < 600.0 => format!("{minutes:.1} min"),
        _ => format!("{:.1} h", minutes / 60.0),
    }
}

pub(super) fn firing(alerts: &[Alert], now: Timestamp) -> Vec<AlertLine> {
    let line = |alert: &Alert| AlertLine {
        title: alert.title.clone(),
        subject: alert.subject.clone(),
        words: alert.words.clone(),
        since: format::age(alert.fired_at, now),
        is_urgent: alert.is_urgent,
    };
    alerts.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use alert::{Budget, Counted, Objective};
    use jiff::SignedDuration;

    use super::*;

    fn kept(asked: u64, bad: u64, hours: i64) -> Kept {
        let counted = Counted { asked, bad, covered: SignedDuration::from_hours(hours) };
        let objective = Objective::Availability;
        let since = Timestamp::UNIX_EPOCH;
        Kept { objective, counted, budget: Budget::of(objective, counted), measured_since: Some(since) }
    }

    #[test]
    fn a_budget_is_told_in_minutes_and_percent_or_not_at_all() {
        let after = |hours| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours);
        let known = line(&kept(200_000, 100, 720), after(720));
        assert_eq!(known.budget, "43.2 min in 30 days");
        assert_eq!(
            (known.spent.as_deref(), known.left.as_deref()),
            (Some("21.6 min (50.0 %)"), Some("21.6 min (50.0 %)"))
        );
        assert!(!known.is_missed && known.since.ends_with("(without a gap)"), "{}", known.since);
        let over = line(&kept(20_000, 40, 360), after(720));
        assert_eq!(over.left.as_deref(), Some("0.0 min (0.0 %)"));
        assert!(over.is_missed && over.since.ends_with("(50.0 % of the time since)"), "{}", over.since);
        let young = line(&kept(999, 0, 720), after(720));
        assert_eq!((young.spent, young.left), (None, None), "never all of it by default");
        assert!(young.lacks.contains("1000 requests"), "{}", young.lacks);
        assert_eq!(young.reached.as_deref(), Some("100%"));
    }
}
