//! What one check found, and the grade that all of them come to.

use serde::Serialize;

/// The rule by which an installation is graded, as docs/operations.md has it.
pub(super) const RULE: &str = "A: nothing fails and at most two warnings; B: nothing fails; C: one check fails, not a grave one; \
     D: two or three fail, none of them grave; F: a grave one fails, or more than three. What can't be known does not count.";

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    /// It is as it should be.
    Pass,
    /// It could be safer.
    Warn,
    /// It is not safe.
    Fail,
    /// It can't be known from here.
    Unknown,
}

/// What one check found.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Check {
    pub check: &'static str,
    pub verdict: Verdict,
    /// Whether failing it opens the installation to others by itself.
    pub is_grave: bool,
    /// What is so.
    pub says: String,
    /// What to do; empty where nothing is.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub mend: &'static str,
}

impl Check {
    fn of(check: &'static str, verdict: Verdict, says: impl Into<String>, mend: &'static str) -> Self {
        Self { check, verdict, is_grave: false, says: says.into(), mend }
    }

    pub fn pass(check: &'static str, says: impl Into<String>) -> Self {
        Self::of(check, Verdict::Pass, says, "")
    }

    pub fn warn(check: &'static str, says: impl Into<String>, mend: &'static str) -> Self {
        Self::of(check, Verdict::Warn, says, mend)
    }

    pub fn fail(check: &'static str, says: impl Into<String>, mend: &'static str) -> Self {
        Self::of(check, Verdict::Fail, says, mend)
    }

    pub fn grave(check: &'static str, says: impl Into<String>, mend: &'static str) -> Self {
        Self { is_grave: true, ..Self::fail(check, says, mend) }
    }

    pub fn unknown(check: &'static str, says: impl Into<String>, mend: &'static str) -> Self {
        Self::of(check, Verdict::Unknown, says, mend)
    }
}

/// The grade of an installation, by [`RULE`].
pub(super) fn grade(checks: &[Check]) -> char {
    let count = |verdict| checks.iter().filter(|check| check.verdict == verdict).count();
    let is_grave = checks.iter().any(|check| check.is_grave && check.verdict == Verdict::Fail);
    match (is_grave, count(Verdict::Fail), count(Verdict::Warn)) {
        (true, _, _) | (_, 4.., _) => 'F',
        (_, 2..=3, _) => 'D',
        (_, 1, _) => 'C',
        (_, 0, 3..) => 'B',
        (_, 0, _) => 'A',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grade_follows_the_rule() {
        let (pass, warn, fail) = (Check::pass("a", ""), Check::warn("b", "", "x"), Check::fail("c", "", "x"));
        let (grave, unknown) = (Check::grave("d", "", "x"), Check::unknown("e", "", ""));
        for (checks, graded) in [
            (vec![], 'A'),
            (vec![&pass, &unknown, &unknown, &unknown], 'A'),
            (vec![&pass, &warn, &warn], 'A'),
            (vec![&warn, &warn, &warn], 'B'),
            (vec![&fail, &warn, &warn, &warn], 'C'),
            (vec![&fail, &fail], 'D'),
            (vec![&fail, &fail, &fail], 'D'),
            (vec![&fail, &fail, &fail, &fail], 'F'),
            (vec![&pass, &grave], 'F'),
        ] {
            let checks: Vec<Check> = checks.into_iter().cloned().collect();
            assert_eq!(grade(&checks), graded, "{checks:?}");
        }
    }
}
