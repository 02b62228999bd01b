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
        of_server => server_words(of_server),
    }
}

/// A condition on the server in words.
fn server_words(condition: &Condition) -> String {
    let within = |minutes: u32| match minutes {
        60 => "an hour".to_owned(),
        minutes if minutes % 1440 == 0 => format!("{} days", minutes / 1440),
        minutes if minutes % 60 == 0 => format!("{} h", minutes / 60),
        minutes => format!("{minutes} min"),
    };
    match condition {
        Condition::Burn { rate, long_minutes, short_minutes, .. } => format!(
            "The error budget is spent {rate} times too fast over {}, and still over {}",
            within(*long_minutes),
            within(*short_minutes)
        ),
        Condition::ErrorRate { above, minutes, least } => format!(
            "More than {:.1} % of the requests, and {least} or more, failed within {}",
            above * 100.0,
            within(*minutes)
        ),
        Condition::Latency { above_millis, minutes, least, .. } => format!(
            "95 of 100 requests, of {least} or more, took more than {above_millis} ms within {}",
            within(*minutes)
        ),
        Condition::Vitals { vital, above, days, least, .. } => format!(
            "{} above {} for a quarter of {least} or more visits in {days} days",
            vital.label(),
            vital.words(*above)
        ),
        Condition::FailedImports { least, minutes } => match least {
            1 => format!("An import failed within {}", within(*minutes)),
            least => format!("{least} imports failed within {}", within(*minutes)),
        },
        _ => "A self-check fails".to_owned(),
    }
}

/// What a rule is about, in words.
pub(crate) fn scope_words(rule: &Rule) -> String {
    let platform =
        rule.scope.platform.map(|platform| format!(" of {}", platform.label())).unwrap_or_default();
    match (&rule.condition, rule.scope.campaign, &rule.scope.label) {
        (Condition::Disk { .. }, ..) => "the data folder".to_owned(),
        (Condition::Burn { objective, .. }, ..) => {
            objective.map_or_else(|| "each objective".to_owned(), |objective| objective.label().to_owned())
        }
        (Condition::ErrorRate { .. }, ..) => "pages and API".to_owned(),
        (Condition::Latency { route, .. }, ..) => route.clone().unwrap_or_else(|| "each route".to_owned()),
        (Condition::Vitals { page, .. }, ..) => page.clone().unwrap_or_else(|| "each page".to_owned()),
        (Condition::Check { check }, ..) => check.clone().unwrap_or_else(|| "each check".to_owned()),
        (Condition::FailedImports { .. }, ..) => "imports of the server".to_owned(),
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
