//! Tracking: whether visits can be assigned to campaigns, by the addresses that ads lead to.

use insight::utm::{MOST_TAGGED, Problem, Tracking, TrackingQuery};

use super::View;
use crate::WebError;
use crate::access::Asked;
use crate::admission::Load;
use crate::params::Params;

/// Rows of a page, if nothing else is said.
const USUAL_ROWS: u32 = 50;

/// How campaigns can be traced, and which part of it was asked for.
pub(crate) struct Asking {
    pub(crate) view: View,
    pub(crate) problem: Option<Problem>,
    pub(crate) tracking: Tracking,
}

/// Reads the question and answers it.
pub(crate) async fn tracking(state: &Asked, mut params: Params) -> Result<Asking, WebError> {
    let view = View::read(state, &mut params, None).await?;
    let remedy = "use 1 to 500";
    let limit = params.parsed_as("limit", remedy)?.unwrap_or(USUAL_ROWS);
    if !(1..=MOST_TAGGED).contains(&limit) {
        return Err(WebError::parameter("limit", &format!("{limit} is out of range"), remedy));
    }
    let problem = params.parsed("problem")?;
    let after = params.text("after")?;
    params.done()?;
    let query = TrackingQuery { period: view.period, problem, limit, after, as_of: view.as_of };
    let asker = view.asker();
    let tracking =
        state.ask(Load::Heavy, asker.workspace(), move |insight| insight.tracking(&asker, &query)).await?;
    Ok(Asking { view, problem, tracking })
}
