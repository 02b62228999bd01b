//! Any question: metrics cut by dimensions.

use insight::overview::TILES;
use insight::{Answer, Query};

use super::View;
use super::campaigns::filter;
use crate::WebError;
use crate::access::Asked;
use crate::admission::Load;
use crate::params::Params;

/// Rows of an answer if nothing is said.
const USUAL_ROWS: u32 = 100;

/// Reads the question and answers it.
pub(crate) async fn analytics(state: &Asked, params: Params) -> Result<(View, Query, Answer), WebError> {
    let (view, query) = read(state, params).await?;
    let answer = answer(state, &view, &query).await?;
    Ok((view, query, answer))
}

/// Reads the question.
pub(crate) async fn read(state: &Asked, mut params: Params) -> Result<(View, Query), WebError> {
    let view = View::read(state, &mut params, None).await?;
    let query = query(&view, &mut params)?;
    params.done()?;
    Ok((view, query))
}

/// Answers it.
pub(crate) async fn answer(state: &Asked, view: &View, query: &Query) -> Result<Answer, WebError> {
    let (asker, asked) = (view.asker(), query.clone());
    state.ask(Load::Heavy, asker.workspace(), move |insight| insight.ask(&asker, &asked)).await
}

fn query(view: &View, params: &mut Params) -> Result<Query, WebError> {
    let metrics = match params.list("metrics")? {
        none if none.is_empty() => TILES.to_vec(),
        some => some,
    };
    for (n, metric) in metrics.iter().enumerate() {
        if metrics[..n].contains(metric) {
            return Err(WebError::parameter(
                "metrics",
                &format!("'{metric}' stands twice"),
                "name each metric once",
            ));
        }
    }
    let query = Query {
        metrics,
        dimensions: params.list("by")?,
        level: params.parsed("level")?,
        filter: filter(params)?,
        period: view.period,
        compare: view.compare,
        sort: params.parsed("sort")?,
        limit: params.parsed_as("limit", "use a number of rows, such as 100")?.unwrap_or(USUAL_ROWS),
        after: params.text("after")?,
        as_of: view.as_of,
    };
    query.check()?;
    Ok(query)
}
