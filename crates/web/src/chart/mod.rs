//! Charts as SVG, made on the server: few round ticks, gaps where days are missing, no style attributes.

mod bars;
mod pace;
mod plot;
mod scale;
mod spark;

pub(crate) use bars::{Bars, Named};
pub(crate) use pace::PaceBar;
pub(crate) use plot::{Canvas, Line, Piece, Plot, Shape, multiple_axis, percent_axis, plain_axis};
pub(crate) use spark::{Spark, spark};
