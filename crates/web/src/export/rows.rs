//! The rows of an export, read from the engine a page at a time.

use bytes::Bytes;
use domain::Metric;
use insight::Query;
use insight::campaigns::{CampaignQuery, MOST_CAMPAIGNS};
use insight::query::MOST_ROWS;

use super::cells::{cells, harmless, heads, put};
use crate::admission::Load;
use crate::api::{AnalyticsOut, CampaignRowOut, ColumnOut};
use crate::params::Params;
use crate::questions::{self, Figures, View};
use crate::{AppState, WebError};

/// The rows of an export.
pub(super) struct Rows {
    view: View,
    asked: Asked,
    /// Whether all rows are wanted, or only as many as the question says.
    all: bool,
    /// Where the next page begins.
    after: Option<String>,
}

#[derive(Debug)]
enum Asked {
    Campaigns(CampaignQuery),
    Analytics(Query),
}

impl Rows {
    /// Reads what is asked.
    pub async fn read(state: &AppState, figures: Figures, params: Params) -> Result<Self, WebError> {
        let all = !params.has("limit");
        let (view, asked) = match figures {
            Figures::Analytics => {
                let (view, query) = questions::analytics::read(state, params).await?;
                (view, Asked::Analytics(query))
            }
            _ => {
                let (view, question) = questions::campaigns::read(state, params).await?;
                (view, Asked::Campaigns(question.query))
            }
        };
        Ok(Self { view, asked, all, after: None })
    }

    /// The head and the first page of the file.
    pub async fn first(&mut self, state: &AppState) -> Result<Bytes, WebError> {
        let mut file = Vec::new();
        put(&mut file, &self.heads());
        self.page(state, &mut file).await?;
        Ok(file.into())
    }

    /// The next page of the file; none where it ends.
    pub async fn next(&mut self, state: &AppState) -> Result<Option<Bytes>, WebError> {
        let Some(after) = self.after.take().filter(|_| self.all) else { return Ok(None) };
        let workspaces = state.catalog().workspaces().await?;
        if !workspaces.contains(&self.view.workspace) {
            return Err(WebError::internal("the data changed while it was exported"));
        }
        match &mut self.asked {
            Asked::Campaigns(query) => query.after = Some(after),
            Asked::Analytics(query) => query.after = Some(after),
        }
        let mut file = Vec::new();
        self.page(state, &mut file).await?;
        Ok(Some(file.into()))
    }

    /// What the file depends on: of equal ones the bytes are equal.
    pub fn key(&self) -> String {
        format!("{:?} {:?} {}", self.view.workspace, self.asked, self.all)
    }

    pub fn file_name(&self) -> String {
        let what = match self.asked {
            Asked::Campaigns(_) => "campaigns",
            Asked::Analytics(_) => "analytics",
        };
        format!("{what}-{}-{}.csv", self.view.period.from(), self.view.period.to())
    }

    fn heads(&self) -> Vec<String> {
        let with_change = self.view.compare.is_some();
        match &self.asked {
            Asked::Analytics(query) => heads(&columns(query), with_change),
            Asked::Campaigns(_) => {
                let about = [
                    "campaign",
                    "campaign_id",
                    "external_id",
                    "platform",
                    "account",
                    "status",
                    "kind",
                    "budget",
                ];
                about.map(str::to_owned).into_iter().chain(heads(&metrics(), with_change)).collect()
            }
        }
    }

    async fn page(&mut self, state: &AppState, file: &mut Vec<u8>) -> Result<(), WebError> {
        let (asker, with_change, all) = (self.view.asker(), self.view.compare.is_some(), self.all);
        match &self.asked {
            Asked::Analytics(query) => {
                let columns = columns(query);
                let query = Query { limit: if all { MOST_ROWS } else { query.limit }, ..query.clone() };
                let ask = state.ask(Load::Heavy, asker.workspace, move |insight| insight.ask(asker, &query));
                let answer = AnalyticsOut::from(ask.await?);
                for row in &answer.rows {
                    put(file, &cells(row, &columns, with_change));
                }
                self.after = answer.next;
            }
            Asked::Campaigns(query) => {
                let limit = if all { MOST_CAMPAIGNS } else { query.limit };
                let query = CampaignQuery { limit, ..query.clone() };
                let ask =
                    state.ask(Load::Heavy, asker.workspace, move |insight| insight.campaigns(asker, &query));
                let list = ask.await?;
                let columns = metrics();
                for row in &list.rows {
                    let row = CampaignRowOut::of(row, &Metric::ALL, with_change);
                    let mut line = about(&row);
                    line.extend(cells(&row.figures, &columns, with_change));
                    put(file, &line);
                }
                self.after = list.next;
            }
        }
        Ok(())
    }
}

fn columns(query: &Query) -> Vec<ColumnOut> {
    let dimensions = query.dimensions.iter().copied().map(ColumnOut::dimension);
    dimensions.chain(query.metrics.iter().copied().map(ColumnOut::metric)).collect()
}

fn metrics() -> Vec<ColumnOut> {
    Metric::ALL.into_iter().map(ColumnOut::metric).collect()
}

fn about(row: &CampaignRowOut) -> Vec<String> {
    let word = |word: &Option<String>| harmless(word.clone().unwrap_or_default());
    vec![
        harmless(row.campaign.clone()),
        row.campaign_id.to_string(),
        word(&row.external_id),
        row.platform.map_or(String::new(), |platform| platform.key().to_owned()),
        harmless(row.account.clone()),
        word(&row.status),
        word(&row.kind),
        row.budget_micros.map_or(String::new(), |micros| domain::money::decimal_text(micros, 0)),
    ]
}
