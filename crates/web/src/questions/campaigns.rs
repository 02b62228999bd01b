//! The list of campaigns, and one of them.

use domain::{Comparison, Metric, Platform};
use insight::campaign::Campaign;
use insight::campaigns::{CampaignList, CampaignQuery, CampaignWords};
use insight::filter::{Field, WordTest};
use insight::query::SortBy;
use insight::{Dimension, Filter, Sort};

use super::View;
use crate::WebError;
use crate::access::Asked;
use crate::admission::Load;
use crate::params::Params;

/// Most campaigns on one page of the list.
const MOST: u32 = 500;

/// How a page of the list is picked by words, besides its filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Picked {
    pub(crate) platform: Option<Platform>,
    pub(crate) status: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) label: Option<String>,
    /// The campaigns that have the label.
    labelled: Vec<u32>,
}

/// A question for a page of the list.
#[derive(Debug, Clone)]
pub(crate) struct ListQuestion {
    pub(crate) picked: Picked,
    /// The filter as it was written, without what was picked.
    pub(crate) filter: Filter,
    pub(crate) query: CampaignQuery,
}

/// Reads the question for a page of the list and answers it.
pub(crate) async fn campaigns(state: &Asked, params: Params) -> Result<(View, CampaignList), WebError> {
    let (view, question) = read(state, params).await?;
    let list = answer(state, &view, &question).await?;
    Ok((view, list))
}

/// Answers the question for a page of the list.
pub(crate) async fn answer(
    state: &Asked,
    view: &View,
    question: &ListQuestion,
) -> Result<CampaignList, WebError> {
    let (asker, asked) = (view.asker(), question.query.clone());
    state.ask(Load::Light, asker.workspace(), move |insight| insight.campaigns(&asker, &asked)).await
}

/// The words by which campaigns can be picked.
pub(crate) async fn words(state: &Asked, view: &View) -> Result<CampaignWords, WebError> {
    let asker = view.asker();
    state.ask(Load::Light, asker.workspace(), move |insight| insight.campaign_words(&asker)).await
}

/// Reads the question for a page of the list.
pub(crate) async fn read(state: &Asked, mut params: Params) -> Result<(View, ListQuestion), WebError> {
    let view = View::read(state, &mut params, None).await?;
    let (filter, mut picked) = (filter(&mut params)?, picked(&mut params)?);
    if let Some(label) = &picked.label {
        let plans = state.catalog().plans_labelled(view.workspace.id, label).await?;
        picked.labelled =
            plans.iter().filter_map(|plan| super::plans::campaign_of(&plan.state.about)).collect();
    }
    let query = CampaignQuery {
        period: view.period,
        filter: filter.clone().and(picked.filter()),
        text: params.text("text")?,
        compare: view.compare,
        sort: sort(&mut params)?,
        limit: limit(&mut params)?,
        after: params.text("after")?,
        as_of: view.as_of,
        with_course: false,
    };
    params.done()?;
    Ok((view, ListQuestion { picked, filter, query }))
}

fn picked(params: &mut Params) -> Result<Picked, WebError> {
    Ok(Picked {
        platform: params.parsed("platform")?,
        status: params.text("status")?,
        kind: params.text("type")?,
        label: params.text("label")?,
        labelled: Vec::new(),
    })
}

impl Picked {
    fn filter(&self) -> Filter {
        let is = |field: Field, word: Option<String>| match word {
            Some(word) => Filter::Words { field, test: WordTest::Is, words: vec![word] },
            None => Filter::All,
        };
        let platform = self.platform.map(|platform| platform.key().to_owned());
        is(Field::Dimension(Dimension::Platform), platform)
            .and(is(Field::Status, self.status.clone()))
            .and(is(Field::CampaignType, self.kind.clone()))
            .and(match self.label {
                Some(_) => Filter::Words {
                    field: Field::CampaignId,
                    test: WordTest::Is,
                    words: self.labelled.iter().map(u32::to_string).collect(),
                },
                None => Filter::All,
            })
    }
}

/// The number of a campaign, as an address gives it.
pub(super) fn number(id: &str) -> Result<u32, WebError> {
    id.parse().map_err(|_| WebError::not_found(format!("there is no campaign '{id}'")))
}

/// Reads the question for one campaign and answers it.
pub(crate) async fn campaign(
    state: &Asked,
    id: &str,
    mut params: Params,
) -> Result<(View, Campaign), WebError> {
    let id = number(id)?;
    let view = View::read(state, &mut params, Some(Comparison::Previous)).await?;
    params.done()?;
    let (asker, period, as_of) = (view.asker(), view.period, view.as_of);
    let compare = view.compare.unwrap_or(Comparison::Previous);
    let campaign = state
        .ask(Load::Light, asker.workspace(), move |insight| {
            insight.campaign(&asker, id, period, compare, as_of)
        })
        .await?;
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
