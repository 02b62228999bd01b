//! The rules on the server that are there from the start. They tell nobody until somebody names channels; they can be changed, muted,
//! switched off and deleted like any other.

use std::collections::BTreeSet;

use crate::rule::{Condition, Rule, Scope, Severity};
use crate::server::Vital;

const HOUR: u32 = 60;
const DAY: u32 = 24 * HOUR;

/// Each with a key of its own, under which it is made once.
pub fn built_in() -> Vec<(&'static str, Rule)> {
    let burn = |rate, long_minutes, short_minutes, least| Condition::Burn {
        objective: None,
        rate,
        long_minutes,
        short_minutes,
        least,
    };
    let vitals =
        |vital: Vital| Condition::Vitals { vital, page: None, above: vital.poor(), days: 7, least: 50 };
    let (normal, urgent) = (Severity::Normal, Severity::Urgent);
    vec![
        // As the Site Reliability Workbook recommends ("Alerting on SLOs"): 2 % of the budget of 30 days in an hour, 5 % in six, 10 %
        // in three days; the shorter time is a twelfth of the longer.
        ("burn_hour", rule("Error budget, 2 % in an hour", burn(14.4, HOUR, 5, 5), urgent, 0)),
        ("burn_six_hours", rule("Error budget, 5 % in six hours", burn(6.0, 6 * HOUR, 30, 5), urgent, 0)),
        ("burn_days", rule("Error budget, 10 % in three days", burn(1.0, 3 * DAY, 6 * HOUR, 5), normal, 0)),
        (
            "error_rate",
            rule("Requests fail", Condition::ErrorRate { above: 0.05, minutes: 15, least: 5 }, urgent, 0),
        ),
        (
            "latency",
            rule(
                "A route is slow",
                Condition::Latency { route: None, above_millis: 2000, minutes: 15, least: 20 },
                normal,
                5,
            ),
        ),
        ("lcp", rule("A page comes late for visitors", vitals(Vital::Lcp), normal, 0)),
        ("inp", rule("A page answers late to visitors", vitals(Vital::Inp), normal, 0)),
        ("cls", rule("A page moves under visitors", vitals(Vital::Cls), normal, 0)),
        ("check", rule("A self-check fails", Condition::Check { check: None }, urgent, 1)),
        ("disk", rule("The disk fills up", Condition::Disk { free_below: 0.1 }, normal, 0)),
        ("stale_source", rule("A source is stale", Condition::StaleSource { days: 7 }, normal, 0)),
        (
            "failed_imports",
            rule("An import failed", Condition::FailedImports { least: 1, minutes: HOUR }, normal, 0),
        ),
    ]
}

fn rule(name: &str, condition: Condition, severity: Severity, hold_minutes: u32) -> Rule {
    Rule {
        name: name.to_owned(),
        condition,
        scope: Scope::default(),
        severity,
        hold_minutes,
        cooldown_minutes: 10,
        channels: BTreeSet::new(),
        quiet_hours: None,
        escalate_after_minutes: None,
        escalate_to: BTreeSet::new(),
        is_on: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_a_rule_of_the_server_with_a_key_of_its_own() {
        let rules = built_in();
        let keys: BTreeSet<&str> = rules.iter().map(|(key, _)| *key).collect();
        assert_eq!(keys.len(), rules.len());
        for (key, rule) in &rules {
            assert_eq!((rule.check(), rule.check_owner(true)), (Ok(()), Ok(())), "{key}");
            assert!(rule.channels.is_empty(), "{key} tells nobody unasked");
        }
        // What each of the three spends of the budget before it can fire.
        let spent = |rule: &Rule| match rule.condition {
            Condition::Burn { rate, long_minutes, short_minutes, .. } => {
                assert_eq!(short_minutes * 12, long_minutes);
                Some((rate * f64::from(long_minutes) / f64::from(30 * DAY) * 100.0).round())
            }
            _ => None,
        };
        let spent: Vec<f64> = rules.iter().filter_map(|(_, rule)| spent(rule)).collect();
        assert_eq!(spent, [2.0, 5.0, 10.0]);
    }
}
