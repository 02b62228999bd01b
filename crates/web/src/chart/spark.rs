//! A line without axes, the size of a word.

/// Width of its coordinates.
const WIDTH: f64 = 96.0;
/// Height of its coordinates.
const HEIGHT: f64 = 24.0;

/// The path of a line through the points, with a gap where one is missing; empty if fewer than two are there.
pub(crate) fn spark(points: &[Option<f64>]) -> String {
    let known = || points.iter().flatten().copied();
    if known().count() < 2 {
        return String::new();
    }
    let (least, most) =
        known().fold((f64::MAX, f64::MIN), |(least, most), point| (least.min(point), most.max(point)));
    let span = if most > least { most - least } else { 1.0 };
    let step = WIDTH / (points.len() - 1) as f64;
    let mut path = String::new();
    let mut pen_is_down = false;
    for (n, point) in points.iter().enumerate() {
        if let Some(point) = point {
            let (x, y) = (step * n as f64, HEIGHT - 1.0 - (point - least) / span * (HEIGHT - 2.0));
            let letter = if pen_is_down { 'L' } else { 'M' };
            path += &format!("{letter}{x:.0} {y:.0}");
        }
        pen_is_down = point.is_some();
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_day_is_a_gap() {
        assert_eq!(spark(&[Some(0.0), Some(1.0), None, Some(0.0), Some(1.0)]), "M0 23L24 1M72 23L96 1");
        assert_eq!(spark(&[Some(1.0), None]), "");
        assert_eq!(spark(&[Some(3.0), Some(3.0)]), "M0 23L96 23");
    }
}
