//! How much may be unpacked, so that a small file can't fill disk or memory.

use std::fmt;

/// Bounds of unpacking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes unpacked in all.
    pub bytes: u64,
    /// How many times larger something may be than it was packed. Reports are rarely packed to less than a fiftieth.
    pub ratio: u64,
    /// Files and sheets in all.
    pub entries: u32,
    /// Archives within archives.
    pub nesting: u8,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { bytes: 20 << 30, ratio: 250, entries: 2_000, nesting: 3 }
    }
}

/// Below this much, a high ratio is no danger.
const HARMLESS: u64 = 16 << 20;

/// What is left of the bounds.
pub(super) struct Budget {
    bounds: Bounds,
    bytes: u64,
    entries: u32,
}

/// A bound that was crossed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TooMuch {
    Bytes(u64),
    Ratio(u64),
    Entries(u32),
}

impl fmt::Display for TooMuch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(most) => write!(f, "holds more than {} MiB", most >> 20),
            Self::Ratio(most) => {
                write!(f, "unpacks to more than {most} times its size, which no report does")
            }
            Self::Entries(most) => write!(f, "holds more than {most} files"),
        }
    }
}

impl Budget {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { bounds, bytes: 0, entries: 0 }
    }

    pub(super) fn nesting(&self) -> u8 {
        self.bounds.nesting
    }

    /// Counts one more file or sheet.
    pub(super) fn entry(&mut self) -> Result<(), TooMuch> {
        self.entries += 1;
        if self.entries > self.bounds.entries { Err(TooMuch::Entries(self.bounds.entries)) } else { Ok(()) }
    }

    /// Begins to count what comes of `packed` bytes.
    pub(super) fn meter(&mut self, packed: u64) -> Meter<'_> {
        Meter { budget: self, packed, bytes: 0 }
    }
}

/// Counts what comes of one packed stream.
pub(super) struct Meter<'a> {
    budget: &'a mut Budget,
    packed: u64,
    bytes: u64,
}

impl Meter<'_> {
    pub(super) fn take(&mut self, bytes: u64) -> Result<(), TooMuch> {
        let bounds = self.budget.bounds;
        self.bytes += bytes;
        self.budget.bytes += bytes;
        if self.budget.bytes > bounds.bytes {
            return Err(TooMuch::Bytes(bounds.bytes));
        }
        if self.bytes > HARMLESS && self.bytes > self.packed.saturating_mul(bounds.ratio) {
            return Err(TooMuch::Ratio(bounds.ratio));
        }
        Ok(())
    }
}
