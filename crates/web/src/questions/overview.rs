//! The overview of a period.

use domain::Comparison;
use insight::overview::Overview;

use super::View;
use crate::WebError;
use crate::access::Asked;
use crate::admission::Load;
use crate::params::Params;

/// Reads the question and answers it.
pub(crate) async fn overview(state: &Asked, params: Params) -> Result<(View, Overview), WebError> {
    let view = read(state, params).await?;
    let overview = answer(state, &view).await?;
    Ok((view, overview))
}

/// Reads the question.
pub(crate) async fn read(state: &Asked, mut params: Params) -> Result<View, WebError> {
    let view = View::read(state, &mut params, Some(Comparison::Previous)).await?;
    params.done()?;
    Ok(view)
}

/// Answers it.
pub(crate) async fn answer(state: &Asked, view: &View) -> Result<Overview, WebError> {
    let (asker, period, as_of) = (view.asker(), view.period, view.as_of);
    let compare = view.compare.unwrap_or(Comparison::Previous);
    state
        .ask(Load::Light, asker.workspace(), move |insight| insight.overview(&asker, period, compare, as_of))
        .await
}
