//! A line without axes, the size of a word.

/// Height of its coordinates.
const HEIGHT: f64 = 16.0;

/// A line without axes: one unit to the right from point to point, between 1 and 15 from the top.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Spark {
    /// Width of its coordinates.
    pub(crate) width: usize,
    /// Steps from point to point, as they are short and much alike.
    pub(crate) path: String,
}

/// The line through the points, with a gap where one is missing; nothing if fewer than two are there.
pub(crate) fn spark(points: &[Option<f64>]) -> Option<Spark> {
    let known = || points.iter().flatten().copied();
    if known().count() < 2 {
        return None;
    }
    let (least, most) =
        known().fold((f64::MAX, f64::MIN), |(least, most), point| (least.min(point), most.max(point)));
    let span = if most > least { most - least } else { 1.0 };
    let height = |point: f64| (HEIGHT - 1.0 - (point - least) / span * (HEIGHT - 2.0)).round() as i32;
    let mut path = String::new();
    let mut pen = None;
    for (n, point) in points.iter().enumerate() {
        let y = point.map(height);
        match (pen, y) {
            (None, Some(y)) => path += &format!("M{n} {y}l"),
            (Some(last), Some(y)) => {
                let gap = if path.ends_with('l') { "" } else { " " };
                path += &format!("{gap}1 {}", y - last).replace(" -", "-");
            }
            (_, None) => {}
        }
        pen = y;
    }
    // A point between two gaps has nowhere to go.
    Some(Spark { width: points.len() - 1, path: path.replace("lM", "h0M").trim_end_matches('l').to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_day_is_a_gap() {
        for (points, path) in [
            (vec![Some(0.0), Some(1.0), None, Some(0.0), Some(1.0)], "M0 15l1-14M3 15l1-14"),
            (vec![Some(3.0), Some(3.0), Some(3.0)], "M0 15l1 0 1 0"),
            (vec![Some(0.0), None, Some(1.0), Some(0.5)], "M0 15h0M2 1l1 7"),
        ] {
            assert_eq!(spark(&points).unwrap(), Spark { width: points.len() - 1, path: path.to_owned() });
        }
        assert_eq!(spark(&[Some(1.0), None]), None);
    }
}
