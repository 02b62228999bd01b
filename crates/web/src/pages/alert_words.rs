//! Alert rules in words: when they fire, and what they are about.

use alert::{Condition, Direction, Each, Rule};
use domain::Unit;

use crate::format;

/// A condition in words.
pub(crate) fn condition_words(condition: &Condition) -> String {
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    let over = |days: &u32| if *days == 1 { "a day".to_owned() } else { format!("{days} days") };
    let way = |is: Direction, above: &'static str, below: &'static str| {
        if is == Direction::Above { above } else { below }
    };
    match condition {
        Condition::Threshold { metric, is, value, currency, days, .. } => {
            let value = match metric.unit() {
                Unit::Money => format::money(value.round() as i64, *currency),
                Unit::Percent => format!("{:.2} %", value * 100.0),
                Unit::Multiple => format!("{value:.2}×"),
                Unit::Count | Unit::Decimal => format!("{value}"),
            };
            format!("{} {} {value} over {}", metric.label(), way(*is, "above", "below"), over(days))
        }
        Condition::Change { metric, is, by, days, baseline_days, .. } => format!(
            "{} {} by {} within {}, against the {baseline_days} days before",
            metric.label(),
            way(*is, "up", "down"),
            percent(*by),
            over(days)
        ),
        Condition::NoConversions { spend_micros, currency, days } => {
            format!(
                "No conversions for {} over {}",
                format::money(*spend_micros, Some(*currency)),
                over(days)
            )
        }
        Condition::Tracking { days } => format!("Clicks without conversions within {}", over(days)),
        Condition::Pacing { over, under } => {
            let told = [
                over.map(|over| format!("{} over", percent(over))),
                under.map(|under| format!("{} under", percent(under))),
            ];
            format!(
                "A month that leads to {} its budget",
                told.into_iter().flatten().collect::<Vec<_>>().join(" or ")
            )
        }
        Condition::StaleSource { days } => format!("Not reported for {}", over(days)),
        Condition::Disk { free_below } => format!("Less than {} of the disk free", percent(*free_below)),
    }
}

/// What a rule is about, in words.
pub(crate) fn scope_words(rule: &Rule) -> String {
    let platform =
        rule.scope.platform.map(|platform| format!(" of {}", platform.label())).unwrap_or_default();
    match (&rule.condition, rule.scope.campaign, &rule.scope.label) {
        (Condition::Disk { .. }, ..) => "the data folder".to_owned(),
        (Condition::StaleSource { .. }, ..) => match rule.scope.platform {
            Some(platform) => platform.label().to_owned(),
            None => "each platform".to_owned(),
        },
        (_, Some(id), _) => format!("campaign {id}"),
        (Condition::Pacing { .. }, None, Some(label)) => format!("plans with the label {label}"),
        (Condition::Pacing { .. }, None, None) => "each plan with a budget".to_owned(),
        (_, None, Some(label)) => format!("each campaign{platform} with the label {label}"),
        (_, None, None) if rule.scope.each == Each::Campaign => format!("each campaign{platform}"),
        _ => format!("each account{platform}"),
    }
}
