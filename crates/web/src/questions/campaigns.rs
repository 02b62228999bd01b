//! The list of campaigns, and one of them.

use domain::{Comparison, Metric};
use insight::campaign::Campaign;
use insight::campaigns::{CampaignList, CampaignQuery};
use insight::query::SortBy;
use insight::{Dimension, Filter, Sort};

use super::View;
use crate::params::Params;
use crate::{AppState, WebError};

/// Most campaigns on one page of the list.
const MOST: u32 = 500;

/// Reads the question for a page of the list and answers it.
pub(crate) async fn campaigns(
    state: &AppState,
    mut params: Params,
) -> Result<(View, CampaignQuery, CampaignList), WebError> {
    let view = View::read(state, &mut params, None).await?;
    let query = CampaignQuery {
        period: view.period,
        filter: filter(&mut params)?,
        text: params.text("text")?,
        compare: view.compare,
        sort: sort(&mut params)?,
        limit: limit(&mut params)?,
        after: params.text("after")?,
        as_of: view.as_of,
    };
    params.done()?;
    let (asker, asked) = (view.asker(), query.clone());
    let list = state.ask(move |insight| insight.campaigns(asker, &asked)).await?;
    Ok((view, query, list))
}

/// Reads the question for one campaign and answers it.
pub(crate) async fn campaign(
    state: &AppState,
    id: &str,
    mut params: Params,
) -> Result<(View, Campaign), WebError> {
    let id: u32 = id.parse().map_err(|_| WebError::not_found(format!("there is no campaign '{id}'")))?;
    let view = View::read(state, &mut params, Some(Comparison::Previous)).await?;
    params.done()?;
    let (asker, period, as_of) = (view.asker(), view.period, view.as_of);
    let compare = view.compare.unwrap_or(Comparison::Previous);
    let campaign = state.ask(move |insight| insight.campaign(asker, id, period, compare, as_of)).await?;
    Ok((view, campaign))
}

pub(super) fn filter(params: &mut Params) -> Result<Filter, WebError> {
    match params.text("filter")? {
        Some(text) => Ok(text.parse::<Filter>()?),
        None => Ok(Filter::All),
    }
}

fn sort(params: &mut Params) -> Result<Sort, WebError> {
    let sort: Option<Sort> = params.parsed("sort")?;
    match sort {
        Some(Sort { by: SortBy::Dimension(other), .. }) if other != Dimension::Campaign => {
            let detail = format!("campaigns can't be sorted by {}", other.key());
            Err(WebError::parameter(
                "sort",
                &detail,
                "use campaign or a metric, with - before it for largest first",
            ))
        }
        sort => Ok(sort.unwrap_or(Sort::descending(Metric::Spend))),
    }
}

fn limit(params: &mut Params) -> Result<u32, WebError> {
    let remedy = "use 1 to 500";
    match params.parsed_as("limit", remedy)? {
        Some(limit) if !(1..=MOST).contains(&limit) => {
            Err(WebError::parameter("limit", &format!("{limit} is out of range"), remedy))
        }
        limit => Ok(limit.unwrap_or(100)),
    }
}
