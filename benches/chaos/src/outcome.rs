//! What came of breaking something, and the table of all that.

use std::time::Duration;

use crate::load::Seen;

const HEADERS: [&str; 6] =
    ["what", "users saw", "nothing lost", "who told", "well again after", "as expected"];

/// What came of breaking something.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub what: &'static str,
    /// What users saw meanwhile.
    pub seen: Seen,
    /// More that they saw, such as what an upload was answered with.
    pub also: Vec<String>,
    /// What was there before and after.
    pub kept: String,
    /// The health component or alert that told of it, and how soon.
    pub told: Vec<String>,
    /// From the end of the fault until all was well, unless that is told in words.
    pub recovery: Option<Duration>,
    /// What was not as expected.
    pub wrong: Vec<String>,
    /// Why it was not tried.
    pub skipped: Option<String>,
}

impl Outcome {
    pub fn of(what: &'static str) -> Self {
        Self { what, ..Self::default() }
    }

    /// Holds something against what was expected of it.
    pub fn expect(&mut self, is_so: bool, otherwise: impl FnOnce() -> String) {
        if !is_so {
            self.wrong.push(otherwise());
        }
    }

    fn cells(&self) -> [String; 6] {
        if let Some(why) = &self.skipped {
            let [none, other, more, last] = ["-"; 4].map(str::to_owned);
            return [self.what.to_owned(), none, other, more, last, format!("SKIPPED: {why}")];
        }
        let mut seen = self.seen.words();
        if let Some(p99) = self.seen.quantile(0.99) {
            seen.push_str(&format!(" (99 of 100 good ones within {:.0} ms)", millis(p99)));
        }
        let seen: Vec<String> = [seen].into_iter().chain(self.also.iter().cloned()).collect();
        [
            self.what.to_owned(),
            seen.join("; "),
            self.kept.clone(),
            if self.told.is_empty() { "-".to_owned() } else { self.told.join("; ") },
            self.recovery.map_or_else(|| "-".to_owned(), |took| format!("{:.0} ms", millis(took))),
            match self.wrong.as_slice() {
                [] => "yes".to_owned(),
                wrong => format!("NO: {}", wrong.join("; ")),
            },
        ]
    }
}

pub(crate) fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1e3
}

/// All of it, for a document.
pub(crate) fn table(outcomes: &[Outcome]) -> String {
    markdown(&HEADERS, outcomes.iter().map(Outcome::cells))
}

/// A table for a document.
pub(crate) fn markdown<const N: usize>(
    headers: &[&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> String {
    let line = |cells: &[String; N]| {
        let cells = cells.iter().map(|cell| cell.replace('|', "\\|").replace('\n', " "));
        format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
    };
    let mut text = line(&headers.map(str::to_owned));
    text.push_str(&format!("|{}\n", "---|".repeat(N)));
    text.extend(rows.map(|row| line(&row)));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_what_was_wrong_or_why_it_was_not_tried() {
        let mut outcome = Outcome::of("A thing");
        outcome.expect(true, || "nothing".to_owned());
        assert!(outcome.cells()[5] == "yes");
        outcome.expect(1 > 2, || "one | two".to_owned());
        let text =
            table(&[outcome, Outcome { skipped: Some("not here".to_owned()), ..Outcome::of("Another") }]);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[2].contains("NO: one \\| two"), "{text}");
        assert!(lines[3].ends_with("SKIPPED: not here |"), "{text}");
        assert!(lines.iter().all(|line| line.replace("\\|", "").matches('|').count() == 7), "{text}");
    }
}
