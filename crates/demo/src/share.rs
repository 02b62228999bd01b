//! Divides a campaign's day among its ad groups, ads, keywords or terms, so that the parts sum to the whole.

use crate::figures::{Counting, Figures};

/// A part's usual share among its siblings, and a number of its own that its days differ by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weight {
    pub usual: u64,
    pub salt: u64,
}

impl Weight {
    /// The share on the day with this number: the usual one, a fifth more or less.
    fn on(self, day: u64) -> u64 {
        self.usual * (800 + mix(self.salt ^ (day << 32)) % 401)
    }
}

/// Gives `part` each part's number and figures of the day. The parts of each figure sum to `whole`.
pub(crate) fn divide<'a>(
    whole: Figures,
    day: u64,
    counting: Counting,
    weights: impl Iterator<Item = &'a Weight> + Clone,
    mut part: impl FnMut(usize, Figures),
) {
    let all = weights.clone().map(|weight| weight.on(day)).sum::<u64>().max(1);
    let mut weight_so_far = 0;
    let mut given = Figures::default();
    for (number, weight) in weights.enumerate() {
        weight_so_far += weight.on(day);
        let up_to = |total: u64| total * weight_so_far / all;
        let conversions = counting.floor(up_to(whole.conversions));
        let until_here = Figures {
            cost: up_to(whole.cost),
            clicks: up_to(whole.clicks),
            impressions: up_to(whole.impressions),
            conversions,
            value: (whole.value * conversions).checked_div(whole.conversions).unwrap_or(0),
        };
        part(
            number,
            Figures {
                cost: until_here.cost - given.cost,
                clicks: until_here.clicks - given.clicks,
                impressions: until_here.impressions - given.impressions,
                conversions: until_here.conversions - given.conversions,
                value: until_here.value - given.value,
            },
        );
        given = until_here;
    }
}

/// Scatters a number's bits (SplitMix64's last step).
pub(crate) fn mix(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_sum_to_the_whole() {
        let whole =
            Figures { cost: 123_457, clicks: 901, impressions: 33_333, conversions: 700, value: 77_777 };
        let weights = [3, 1, 7, 2].map(|usual| Weight { usual, salt: usual });
        for day in 0..50 {
            let mut sum = Figures::default();
            divide(whole, day, Counting::Whole, weights.iter(), |_, part| {
                assert_eq!(part.conversions % 100, 0);
                sum += part;
            });
            assert_eq!(sum, whole);
        }
    }
}
