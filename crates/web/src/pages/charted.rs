//! A chart with the table behind it: what is drawn, in figures to read and to copy.

use askama::Template;
use askama::filters::HtmlSafe;

use super::table::Table;
use crate::chart::Plot;

/// A chart with the table behind it. The table has one row for each point, in order.
#[derive(Debug, Clone, Template)]
#[template(path = "charted.html")]
pub(super) struct Charted {
    pub(super) plot: Plot,
    pub(super) table: Table,
}

impl HtmlSafe for Charted {}
