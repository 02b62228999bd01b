//! Bars for named things: the name, a bar from zero, the figure. Names and figures are text, so they stay readable at any width.

use askama::Template;
use askama::filters::HtmlSafe;

/// A named thing and its figure.
#[derive(Debug, Clone, Default)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) href: Option<String>,
    /// The figure as it is written; empty if it is not known.
    pub(crate) text: String,
    /// The figure; `None` if it is not known.
    pub(crate) figure: Option<f64>,
    /// What it is compared with, if with anything.
    pub(crate) before: Option<f64>,
}

/// A bar as it is drawn, in percent of the width.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bar {
    pub(crate) name: String,
    pub(crate) href: Option<String>,
    pub(crate) text: String,
    pub(crate) x: String,
    pub(crate) width: String,
    /// Where the compared figure stands; empty for none.
    pub(crate) before: String,
}

/// Bars, ready to be written down.
#[derive(Debug, Clone, Template)]
#[template(path = "bars.html")]
pub(crate) struct Bars {
    pub(crate) title: String,
    pub(crate) bars: Vec<Bar>,
    /// Where zero is, in percent, if there are figures on both sides of it; empty if it is the left edge.
    pub(crate) zero: String,
    pub(crate) has_before: bool,
}

impl HtmlSafe for Bars {}

impl Bars {
    /// Bars of `things`. Nothing if there is no figure.
    pub(crate) fn of(title: impl Into<String>, things: Vec<Named>) -> Option<Self> {
        things.iter().find_map(|thing| thing.figure)?;
        let ends = || things.iter().flat_map(|thing| [thing.figure, thing.before]).flatten();
        let (least, most) = (ends().fold(0.0, f64::min), ends().fold(0.0, f64::max));
        let span = if most > least { most - least } else { 1.0 };
        let percent = |figure: f64| format!("{:.1}", (figure - least) / span * 100.0);
        let has_before = things.iter().any(|thing| thing.before.is_some());
        let bar = |thing: Named| {
            let figure = thing.figure.unwrap_or(0.0);
            Bar {
                x: percent(figure.min(0.0)),
                width: format!("{:.1}", figure.abs() / span * 100.0),
                before: thing.before.map(percent).unwrap_or_default(),
                name: thing.name,
                href: thing.href,
                text: thing.text,
            }
        };
        let zero = if least < 0.0 { percent(0.0) } else { String::new() };
        Some(Self { title: title.into(), zero, has_before, bars: things.into_iter().map(bar).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_begin_at_zero_on_either_side() {
        let thing = |figure, before| Named { figure, before, ..Named::default() };
        let bars =
            Bars::of("", vec![thing(Some(30.0), Some(15.0)), thing(Some(-10.0), None), thing(None, None)])
                .unwrap();
        let drawn: Vec<_> =
            bars.bars.iter().map(|bar| (bar.x.as_str(), bar.width.as_str(), bar.before.as_str())).collect();
        assert_eq!(drawn, [("25.0", "75.0", "62.5"), ("0.0", "25.0", ""), ("25.0", "0.0", "")]);
        assert_eq!(bars.zero, "25.0");
        assert!(Bars::of("", vec![thing(None, None)]).is_none());
    }
}
