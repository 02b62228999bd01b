//! Tiles: metrics of the whole selection, each with its change and its course.

use askama::Template;
use askama::filters::HtmlSafe;
use domain::Metric;
use insight::Figures;

use crate::chart::Spark;

use super::figure::{Delta, Figure};

/// Tiles.
#[derive(Debug, Clone, Template)]
#[template(path = "tiles.html")]
pub(super) struct Tiles {
    pub(super) tiles: Vec<Tile>,
}

impl HtmlSafe for Tiles {}

/// A tile.
#[derive(Debug, Clone)]
pub(super) struct Tile {
    pub(super) label: &'static str,
    pub(super) meaning: &'static str,
    pub(super) figure: Figure,
    pub(super) delta: Option<Delta>,
    /// The compared value, if one was asked for.
    pub(super) before: Option<Figure>,
    /// The target that a plan sets, and whether it is met.
    pub(super) goal: Option<Delta>,
    /// Its course, if there is one to draw.
    pub(super) spark: Option<Spark>,
}

impl Tile {
    pub(super) fn of(metric: Metric, figures: &Figures, with_change: bool, spark: Option<Spark>) -> Self {
        Self {
            label: metric.label(),
            meaning: metric.meaning(),
            figure: Figure::short(metric, figures.value(metric), figures),
            delta: Delta::of(metric, figures).filter(|_| with_change).map(Delta::beside_before),
            before: with_change.then(|| Figure::short(metric, figures.compared(metric), figures)),
            goal: None,
            spark,
        }
    }
}
