//! What is believed about each day: per scope (one account at one level), the latest capture that covers the day.
//!
//! Nothing is overwritten. The present, and every past, is a view of the imports: [`believed`] computes it.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::period::Period;

/// The number of an import, unique within a data folder and growing.
pub type ImportId = u32;

/// One import's claim to know a scope's days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// Which import.
    pub import: ImportId,
    /// When the platform was asked.
    pub captured_at: Timestamp,
    /// The days it covers. A covered day without rows was a day without delivery.
    pub period: Period,
}

/// Days whose figures come from one import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// The days.
    pub period: Period,
    /// The import that is believed for them.
    pub import: ImportId,
}

/// For each covered day the import with the latest capture at or before `as_of` (the later import where captures are
/// equal), as segments in order of days, neighbours of the same import joined. All `coverages` are of one scope.
pub fn believed(coverages: &[Coverage], as_of: Option<Timestamp>) -> Vec<Segment> {
    let mut known: Vec<&Coverage> =
        coverages.iter().filter(|coverage| as_of.is_none_or(|time| coverage.captured_at <= time)).collect();
    known.sort_by_key(|coverage| (coverage.captured_at, coverage.import));

    let mut starts: Vec<Date> =
        known.iter().flat_map(|coverage| [coverage.period.from(), day_after(coverage.period.to())]).collect();
    starts.sort_unstable();
    starts.dedup();

    let mut segments: Vec<Segment> = Vec::new();
    for pair in starts.windows(2) {
        let Some(latest) = known.iter().rev().find(|coverage| coverage.period.contains(pair[0])) else {
            continue;
        };
        let Ok(period) = Period::new(pair[0], day_before(pair[1])) else { continue };
        match segments.last_mut() {
            Some(last) if last.import == latest.import && day_after(last.period.to()) == period.from() => {
                last.period = last.period.hull(period);
            }
            _ => segments.push(Segment { period, import: latest.import }),
        }
    }
    segments
}

fn day_after(day: Date) -> Date {
    day.tomorrow().unwrap_or(day)
}

fn day_before(day: Date) -> Date {
    day.yesterday().unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use jiff::civil::date;
    use proptest::prelude::*;

    const START: Date = date(2026, 1, 1);

    fn coverage(import: ImportId, captured: i64, from: i32, to: i32) -> Coverage {
        let day = |n: i32| START.saturating_add(n.days());
        Coverage {
            import,
            captured_at: Timestamp::from_second(captured).unwrap(),
            period: Period::new(day(from), day(to)).unwrap(),
        }
    }

    fn shown(segments: &[Segment]) -> Vec<(i32, i32, ImportId)> {
        let n = |day| crate::period::days_between(START, day);
        segments.iter().map(|s| (n(s.period.from()), n(s.period.to()), s.import)).collect()
    }

    #[test]
    fn a_later_capture_replaces_the_days_it_covers_and_no_others() {
        let first = coverage(1, 100, 0, 29);
        let second = coverage(2, 200, 10, 39);
        assert_eq!(shown(&believed(&[first, second], None)), [(0, 9, 1), (10, 39, 2)]);
        assert_eq!(shown(&believed(&[second, first], None)), [(0, 9, 1), (10, 39, 2)]);
        assert_eq!(shown(&believed(&[first, second], Timestamp::from_second(199).ok())), [(0, 29, 1)]);
        assert_eq!(shown(&believed(&[first, second], Timestamp::from_second(99).ok())), []);
    }

    #[test]
    fn an_older_capture_that_comes_late_only_fills_gaps() {
        let newer = coverage(1, 200, 10, 19);
        let older = coverage(2, 100, 0, 29);
        assert_eq!(shown(&believed(&[newer, older], None)), [(0, 9, 2), (10, 19, 1), (20, 29, 2)]);
    }

    #[test]
    fn of_equal_captures_the_later_import_counts() {
        assert_eq!(
            shown(&believed(&[coverage(2, 5, 0, 0), coverage(1, 5, 0, 1)], None)),
            [(0, 0, 2), (1, 1, 1)]
        );
    }

    #[test]
    fn days_between_two_coverages_are_unknown() {
        assert_eq!(
            shown(&believed(&[coverage(1, 1, 0, 1), coverage(1, 1, 4, 4)], None)),
            [(0, 1, 1), (4, 4, 1)]
        );
    }

    proptest! {
        #[test]
        fn every_day_is_believed_as_the_latest_capture_says(
            given in proptest::collection::vec((0i64..20, 0i32..40, 0i32..15), 0..12)
        ) {
            let coverages: Vec<_> = given.iter().enumerate()
                .map(|(import, (captured, from, days))| coverage(import as u32, *captured, *from, from + days))
                .collect();
            let segments = believed(&coverages, None);
            for offset in 0..60 {
                let day = START.saturating_add(offset.days());
                let expected = coverages.iter()
                    .filter(|coverage| coverage.period.contains(day))
                    .max_by_key(|coverage| (coverage.captured_at, coverage.import))
                    .map(|coverage| coverage.import);
                let holding: Vec<_> = segments.iter().filter(|segment| segment.period.contains(day)).collect();
                prop_assert!(holding.len() <= 1);
                prop_assert_eq!(holding.first().map(|segment| segment.import), expected);
            }
        }
    }
}
