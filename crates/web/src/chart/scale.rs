//! The scale of an axis: from zero, to a round number, in round steps.

/// Round ticks from zero (or below, where figures are) to at least the largest figure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scale {
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) ticks: Vec<f64>,
}

impl Scale {
    /// A scale for figures between `least` and `most`, with about `wanted` steps.
    pub(crate) fn over(least: f64, most: f64, wanted: u32) -> Self {
        let (least, most) = (least.min(0.0), most.max(0.0));
        let most = if most - least > 0.0 { most } else { 1.0 };
        let step = round_step((most - least) / f64::from(wanted.max(1)));
        let (first, last) = ((least / step).floor(), (most / step).ceil().max(1.0));
        let count = (last - first).clamp(1.0, 20.0) as u32;
        let ticks = (0..=count).map(|n| (first + f64::from(n)) * step).collect();
        Self { from: first * step, to: (first + f64::from(count)) * step, ticks }
    }

    /// Where a figure stands between the ends, from 0 to 1.
    pub(crate) fn place(&self, figure: f64) -> f64 {
        ((figure - self.from) / (self.to - self.from)).clamp(0.0, 1.0)
    }
}

/// The smallest of 1, 2, 2.5 and 5 times a power of ten that is at least `step`.
fn round_step(step: f64) -> f64 {
    let power = 10f64.powf(step.log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|n| n * power)
        .find(|round| *round >= step * 0.999)
        .unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_few_and_round() {
        for (least, most, ticks) in [
            (0.0, 34_100.0, vec![0.0, 10_000.0, 20_000.0, 30_000.0, 40_000.0]),
            (0.0, 0.0, vec![0.0, 0.25, 0.5, 0.75, 1.0]),
            (5.0, 9.0, vec![0.0, 2.5, 5.0, 7.5, 10.0]),
            (-3.0, 9.0, vec![-5.0, 0.0, 5.0, 10.0]),
            (0.0, 1e12, vec![0.0, 2.5e11, 5e11, 7.5e11, 1e12]),
        ] {
            let scale = Scale::over(least, most, 4);
            assert_eq!(scale.ticks, ticks);
            assert!(scale.from <= least && scale.to >= most);
        }
        let scale = Scale::over(0.0, 10.0, 4);
        assert_eq!((scale.place(0.0), scale.place(5.0), scale.place(99.0)), (0.0, 0.5, 1.0));
    }
}
