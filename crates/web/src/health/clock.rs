//! The clock: whether it jumped, and whether it stands before what was written down last.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::Finding;

/// A step this small is the clock being set right.
const STEP: SignedDuration = SignedDuration::from_secs(5);
/// For so long a jump is told.
const TOLD: Duration = Duration::from_secs(600);
/// So far may the clock stand before what was written last, as rows end on a whole ten seconds.
const BEFORE: SignedDuration = SignedDuration::from_secs(30);

/// When the clock was last looked at, and its last jump.
#[derive(Debug, Default)]
pub(super) struct Clock {
    last: Option<(Instant, Timestamp)>,
    jump: Option<(Instant, SignedDuration)>,
}

impl Clock {
    /// Looks at it.
    pub fn look(&mut self, steady: Instant, now: Timestamp, last_kept: Option<Timestamp>) -> Finding {
        if let Some((then_steady, then)) = self.last {
            let passed = SignedDuration::try_from(steady - then_steady).unwrap_or(SignedDuration::MAX);
            let jump = now.duration_since(then).saturating_sub(passed);
            if jump.abs() > STEP {
                self.jump = Some((steady, jump));
            }
        }
        self.last = Some((steady, now));
        if let Some(behind) = last_kept.map(|kept| kept.duration_since(now)).filter(|behind| *behind > BEFORE)
        {
            return Finding::warning(
                format!("stands {} s before what was written down last", behind.as_secs()),
                "set the clock; until it has caught up, what is measured is added to times that are past",
            );
        }
        match self.jump {
            Some((at, jump)) if steady - at < TOLD => Finding::warning(
                format!("jumped by {} s", jump.as_secs()),
                "see that the machine's time is kept by one service; after sleep this passes by itself",
            ),
            _ => Finding::ok("steady"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::Condition;

    #[test]
    fn jumps_are_told_for_a_while_and_small_steps_are_not() {
        let (begin, first) = (Instant::now(), Timestamp::from_second(1_795_363_200).unwrap());
        let mut clock = Clock::default();
        for (steady, wall, kept, condition, says) in [
            (0, 0, None, Condition::Ok, "steady"),
            (10, 12, None, Condition::Ok, "steady"),
            (20, 3622, None, Condition::Warning, "jumped by 3600 s"),
            (30, 3632, None, Condition::Warning, "jumped by 3600 s"),
            (700, 4302, Some(4310), Condition::Ok, "steady"),
            (710, 712, None, Condition::Warning, "jumped by -3600 s"),
            (1400, 1402, Some(4310), Condition::Warning, "stands 2908 s before"),
        ] {
            let kept = kept.map(|kept| first + SignedDuration::from_secs(kept));
            let now = first + SignedDuration::from_secs(wall);
            let finding = clock.look(begin + Duration::from_secs(steady), now, kept);
            assert_eq!(finding.condition, condition, "{steady}");
            assert!(finding.says.starts_with(says), "{steady}: {}", finding.says);
        }
    }
}
