//! What a source says beside its records: the last lines, each of bounded length.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// Lines that are kept.
const LINES: usize = 300;
/// Longest part of a line that is kept, in bytes.
const LONGEST: usize = 1000;

/// A log that several threads write to.
#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<LogTail>);

/// The end of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogTail {
    /// How many lines there were.
    pub lines: u64,
    /// The last of them.
    pub last: VecDeque<String>,
}

impl Log {
    /// Adds a line.
    pub(crate) fn add(&self, line: &str) {
        let line = line.trim_end();
        if line.is_empty() {
            return;
        }
        let mut tail = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tail.lines += 1;
        if tail.last.len() == LINES {
            tail.last.pop_front();
        }
        tail.last.push_back(shortened(line, LONGEST));
    }

    /// The end of it.
    pub(crate) fn tail(&self) -> LogTail {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A text without control characters, of at most so many bytes.
pub(crate) fn shortened(text: &str, longest: usize) -> String {
    let mut end = text.len().min(longest);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let short: String = text[..end].chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if end < text.len() { short + "…" } else { short }
}
