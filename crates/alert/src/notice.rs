//! When somebody is told: not in quiet hours, and more people if nobody answers.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::rule::{NotARule, Rule, Severity};

/// Hours in which nobody is told. What happens is recorded all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// When they begin.
    pub from: Time,
    /// When they end: the next day, if that is not later.
    pub to: Time,
    /// Where that is: a name such as Europe/Berlin.
    pub zone: String,
}

impl QuietHours {
    /// Whether there are such hours.
    ///
    /// # Errors
    /// If not: what is wrong, and what would be right.
    pub fn check(&self) -> Result<(), NotARule> {
        if self.from == self.to {
            return Err(NotARule {
                field: "quiet_hours",
                detail: "they end when they begin".to_owned(),
                remedy: "use two different times, or none",
            });
        }
        TimeZone::get(&self.zone).map(|_| ()).map_err(|_| NotARule {
            field: "quiet_hours",
            detail: format!("the time zone '{}' is not known", self.zone),
            remedy: "use a name such as Europe/Berlin or UTC",
        })
    }

    /// When the quiet hours end in which this time lies; `None` if it lies in none.
    pub fn end(&self, at: Timestamp) -> Option<Timestamp> {
        let zone = TimeZone::get(&self.zone).ok()?;
        let here = at.to_zoned(zone.clone());
        let (time, day) = (here.time(), here.date());
        let last = match self.from < self.to {
            true if self.from <= time && time < self.to => day,
            false if time < self.to => day,
            false if self.from <= time => day.saturating_add(1.day()),
            _ => return None,
        };
        let end = last.to_datetime(self.to).to_zoned(zone).ok()?;
        // Where clocks are put forward the hour may be over already.
        Some(end.timestamp()).filter(|end| *end > at)
    }
}

impl Rule {
    /// When channels are told of what happens at `at`.
    pub fn told_at(&self, at: Timestamp) -> Timestamp {
        let quiet = self.quiet_hours.as_ref().filter(|_| self.severity == Severity::Normal);
        quiet.and_then(|quiet| quiet.end(at)).unwrap_or(at)
    }

    /// Whether more people are to be told of an alert that fires since `since` and that nobody acknowledged.
    pub fn is_to_escalate(&self, since: Timestamp, now: Timestamp) -> bool {
        let after = self.escalate_after_minutes.map(|minutes| SignedDuration::from_mins(i64::from(minutes)));
        after.is_some_and(|after| now.duration_since(since) >= after)
    }

    /// How long its condition must hold.
    pub fn hold(&self) -> SignedDuration {
        SignedDuration::from_mins(i64::from(self.hold_minutes))
    }

    /// How long after an alert there is no other.
    pub fn cooldown(&self) -> SignedDuration {
        SignedDuration::from_mins(i64::from(self.cooldown_minutes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn quiet_hours_end() {
        let quiet = |from: &str, to: &str| QuietHours {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
            zone: "Europe/Berlin".to_owned(),
        };
        let night = quiet("22:00", "07:00");
        for (hours, at, end) in [
            (&night, "2026-11-23T20:59:00Z", None),
            (&night, "2026-11-23T21:00:00Z", Some("2026-11-24T06:00:00Z")),
            (&night, "2026-11-24T05:59:00Z", Some("2026-11-24T06:00:00Z")),
            (&night, "2026-11-24T06:00:00Z", None),
            // In summer the same hours are others.
            (&night, "2026-07-01T20:00:00Z", Some("2026-07-02T05:00:00Z")),
            (&quiet("12:00", "13:00"), "2026-11-23T11:30:00Z", Some("2026-11-23T12:00:00Z")),
            (&quiet("12:00", "13:00"), "2026-11-23T12:00:00Z", None),
        ] {
            assert_eq!(hours.end(time(at)), end.map(time), "{at}");
        }
        assert!(night.check().is_ok());
        assert!(QuietHours { zone: "Mars/Base".to_owned(), ..night.clone() }.check().is_err());
        assert!(quiet("07:00", "07:00").check().is_err());
    }
}
