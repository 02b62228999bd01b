//! The overview of a period.

use domain::Comparison;
use insight::overview::Overview;

use super::View;
use crate::params::Params;
use crate::{AppState, WebError};

/// Reads the question and answers it.
pub(crate) async fn overview(state: &AppState, mut params: Params) -> Result<(View, Overview), WebError> {
    let view = View::read(state, &mut params, Some(Comparison::Previous)).await?;
    params.done()?;
    let (asker, period, as_of) = (view.asker(), view.period, view.as_of);
    let compare = view.compare.unwrap_or(Comparison::Previous);
    let overview = state.ask(move |insight| insight.overview(asker, period, compare, as_of)).await?;
    Ok((view, overview))
}
