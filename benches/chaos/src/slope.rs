//! Whether something grows: the line of least squares through what was sampled.

/// By how much it grows in one unit of the first of each pair; none of fewer than two moments.
pub(crate) fn slope(samples: &[(f64, f64)]) -> Option<f64> {
    let count = samples.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| samples.iter().map(of).sum::<f64>() / count;
    let (at, value) = (mean(|sample| sample.0), mean(|sample| sample.1));
    let spread: f64 = samples.iter().map(|sample| (sample.0 - at).powi(2)).sum();
    let together: f64 = samples.iter().map(|sample| (sample.0 - at) * (sample.1 - value)).sum();
    (spread > 0.0).then(|| together / spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_slope() {
        let line: Vec<(f64, f64)> = (0..10).map(|n| (f64::from(n), 3.0 + 2.5 * f64::from(n))).collect();
        assert!((slope(&line).unwrap() - 2.5).abs() < 1e-9);
        // One that rises and falls again does not grow.
        assert_eq!(slope(&[(0.0, 1.0), (1.0, 5.0), (2.0, 1.0)]), Some(0.0));
        assert_eq!(slope(&[(1.0, 1.0)]), None);
        assert_eq!(slope(&[(1.0, 1.0), (1.0, 2.0)]), None);
    }
}
