//! What one thing delivered on one day, in whole numbers.

use std::ops::AddAssign;

/// Additive figures of a day, or a sum of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    /// Hundredths of the account's currency.
    pub cost: u64,
    pub clicks: u64,
    pub impressions: u64,
    /// Hundredths of a conversion.
    pub conversions: u64,
    /// Hundredths of the account's currency.
    pub value: u64,
}

impl Figures {
    /// Nothing was shown: such a day has no row in an export.
    pub fn is_empty(&self) -> bool {
        self.impressions == 0
    }
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.cost += other.cost;
        self.clicks += other.clicks;
        self.impressions += other.impressions;
        self.conversions += other.conversions;
        self.value += other.value;
    }
}

/// How finely conversions are counted, in hundredths: Google shares one sale between ads, Meta does not.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Counting {
    Shared = 1,
    Whole = 100,
}

impl Counting {
    /// `hundredths` rounded down to what this counting can say.
    pub fn floor(self, hundredths: u64) -> u64 {
        hundredths - hundredths % self as u64
    }
}
