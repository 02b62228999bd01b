//! Charts as SVG, made on the server: few round ticks, gaps where days are missing, no style attributes.

mod plot;
mod scale;
mod spark;

pub(crate) use plot::{Line, Plot, Shape};
pub(crate) use spark::spark;
