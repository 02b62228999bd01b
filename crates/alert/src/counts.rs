//! Whether a count differs from what was to be expected, or only as counts do: exact tests on small and large counts.
//!
//! Counts may have decimals, as attribution splits conversions and as [`dispersed`] shrinks them; the two distributions are
//! continued to them by the incomplete gamma and beta functions.

use statrs::function::beta::beta_reg;
use statrs::function::gamma::{gamma_lr, gamma_ur};

/// Larger counts are tested as if they were this large: nothing is surer than sure, and the functions stay quick and exact.
const LARGEST: f64 = 5_000.0;

/// How likely it is to count `seen` or fewer where `expected` was to be expected (Poisson).
pub fn at_most(seen: f64, expected: f64) -> f64 {
    let [seen, expected] = bounded([seen, expected]);
    if expected <= 0.0 {
        return 1.0;
    }
    gamma_ur(seen + 1.0, expected)
}

/// How likely it is to count `seen` or more where `expected` was to be expected (Poisson).
pub fn at_least(seen: f64, expected: f64) -> f64 {
    let [seen, expected] = bounded([seen, expected]);
    match (seen > 0.0, expected > 0.0) {
        (false, _) => 1.0,
        (true, false) => 0.0,
        (true, true) => gamma_lr(seen, expected),
    }
}

/// How likely it is that of two counts the first has `seen` or fewer, where it had `share` of the chances: the exact test of two
/// Poisson rates, given their sum (Przyborowski and Wilenski, 1940). What was expected is itself only counted here.
pub fn at_most_of(seen: f64, others: f64, share: f64) -> f64 {
    let [seen, others] = bounded([seen, others]);
    match share {
        share if share <= 0.0 || others <= 0.0 => 1.0,
        share if share >= 1.0 => 0.0,
        share => beta_reg(others, seen + 1.0, 1.0 - share),
    }
}

/// The same for `seen` or more.
pub fn at_least_of(seen: f64, others: f64, share: f64) -> f64 {
    let [seen, others] = bounded([seen, others]);
    match share {
        _ if seen <= 0.0 => 1.0,
        share if share >= 1.0 => 1.0,
        share if share <= 0.0 => 0.0,
        share => beta_reg(seen, others + 1.0, share),
    }
}

/// How much more days vary than counts alone would: the variance of `(seen, expected)` by the mean, at least `least`. With fewer
/// than a week of days it can't be told and is taken as twice the least.
pub fn dispersed(days: &[(f64, f64)], least: f64) -> f64 {
    let told: Vec<&(f64, f64)> = days.iter().filter(|(_, expected)| *expected > 0.0).collect();
    if told.len() < 7 {
        return 2.0 * least;
    }
    let sum: f64 = told.iter().map(|(seen, expected)| (seen - expected).powi(2) / expected).sum();
    (sum / (told.len() - 1) as f64).max(least)
}

fn bounded(counts: [f64; 2]) -> [f64; 2] {
    let [a, b] = counts.map(|count| count.max(0.0));
    let scale = (LARGEST / a.max(b)).min(1.0);
    [a * scale, b * scale]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_tested_exactly() {
        // By hand: sums of Poisson and binomial terms.
        for (told, is) in [
            (at_most(0.0, 3.0), (-3f64).exp()),
            (at_most(1.0, 2.0), 3.0 * (-2f64).exp()),
            (at_least(1.0, 2.0), 1.0 - (-2f64).exp()),
            (at_least(0.0, 2.0), 1.0),
            (at_most_of(0.0, 3.0, 0.5), 0.125),
            (at_most_of(1.0, 3.0, 0.5), 5.0 / 16.0),
            (at_least_of(3.0, 1.0, 0.5), 5.0 / 16.0),
            (at_least_of(4.0, 0.0, 0.5), 1.0 / 16.0),
        ] {
            assert!((told - is).abs() < 1e-9, "{told} is not {is}");
        }
    }

    #[test]
    fn large_counts_are_told_too() {
        assert!(at_most(900_000.0, 1_000_000.0) < 1e-6);
        assert!(at_most(1_000_000.0, 1_000_000.0) > 0.4);
        assert!(at_least_of(3e9, 1e9, 0.5) < 1e-6);
    }

    #[test]
    fn days_vary_more_than_counts() {
        let steady: Vec<_> = (0..14).map(|n| (if n % 2 == 0 { 101.0 } else { 99.0 }, 100.0)).collect();
        let wild: Vec<_> = (0..14).map(|n| (if n % 2 == 0 { 140.0 } else { 60.0 }, 100.0)).collect();
        assert!((dispersed(&steady, 1.0) - 1.0).abs() < 1e-9);
        assert!((dispersed(&wild, 1.0) - 224.0 / 13.0).abs() < 1e-9);
        assert!((dispersed(&steady[..3], 1.0) - 2.0).abs() < 1e-9);
    }
}
