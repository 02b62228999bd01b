//! The rows of an export, read from the engine a page at a time.

use domain::{Metric, Unit};
use insight::Query;
use insight::campaigns::{CampaignQuery, MOST_CAMPAIGNS};
use insight::query::MOST_ROWS;

use store::parquet::{Cell, Column, Kind};

use super::Wanted;
use super::cells::{cells, head, heads, text};
use crate::access::Asked;
use crate::admission::Load;
use crate::api::{AnalyticsOut, CampaignRowOut, CampaignsOut, ColumnOut, FreshnessOut, ProvenanceOut};
use crate::params::Params;
use crate::questions::{self, Figures, View};
use crate::{AppState, WebError};

/// The rows of an export.
pub(super) struct Rows {
    view: View,
    asked: Question,
    /// Whether all rows are wanted, or only as many as the question says.
    all: bool,
    /// Where the next page begins.
    after: Option<String>,
    /// What the figures rest on, once a page was read.
    basis: Option<Basis>,
}

/// What figures rest on.
struct Basis {
    freshness: Vec<FreshnessOut>,
    provenance: ProvenanceOut,
    notes: Vec<String>,
}

#[derive(Debug)]
enum Question {
    Campaigns(CampaignQuery),
    Analytics(Query),
}

impl Rows {
    /// Reads what is asked.
    pub async fn read(state: &Asked, figures: Figures, params: Params) -> Result<Self, WebError> {
        let all = !params.has("limit");
        let (view, asked) = match figures {
            Figures::Analytics => {
                let (view, query) = questions::analytics::read(state, params).await?;
                (view, Question::Analytics(query))
            }
            _ => {
                let (view, question) = questions::campaigns::read(state, params).await?;
                (view, Question::Campaigns(question.query))
            }
        };
        Ok(Self { view, asked, all, after: None, basis: None })
    }

    /// The first page.
    pub async fn first(&mut self, state: &AppState) -> Result<Vec<Vec<Cell>>, WebError> {
        self.page(state).await
    }

    /// The next page; none behind the last.
    pub async fn next(&mut self, state: &AppState) -> Result<Option<Vec<Vec<Cell>>>, WebError> {
        let Some(after) = self.after.take().filter(|_| self.all) else { return Ok(None) };
        let workspaces = state.catalog().workspaces().await?;
        if !workspaces.contains(&self.view.workspace) {
            return Err(WebError::internal("the data changed while it was exported"));
        }
        match &mut self.asked {
            Question::Campaigns(query) => query.after = Some(after),
            Question::Analytics(query) => query.after = Some(after),
        }
        self.page(state).await.map(Some)
    }

    /// What the file depends on: of equal ones the bytes are equal.
    pub fn key(&self) -> String {
        format!("{:?} {:?} {:?} {}", self.view.workspace, self.view.convert, self.asked, self.all)
    }

    pub fn file_name(&self, wanted: Wanted) -> String {
        let what = match self.asked {
            Question::Campaigns(_) => "campaigns",
            Question::Analytics(_) => "analytics",
        };
        format!("{what}-{}-{}.{}", self.view.period.from(), self.view.period.to(), wanted.key())
    }

    /// The columns of the file.
    pub fn columns(&self) -> Vec<Column> {
        let with_change = self.view.compare.is_some();
        let mut columns = match &self.asked {
            Question::Analytics(query) => heads(&columns(query), with_change),
            Question::Campaigns(_) => ABOUT
                .map(|(name, kind)| head(name, kind))
                .into_iter()
                .chain(heads(&metrics(), with_change))
                .collect(),
        };
        columns.extend(self.view.convert.map(|_| head("converted_to", Kind::Text)));
        columns
    }

    /// What was asked, and what the figures rest on, in lines of a name and a text.
    pub fn told(&self) -> Vec<(String, String)> {
        let view = &self.view;
        let mut told: Vec<(String, String)> = Vec::new();
        let mut say = |name: &str, text: String| told.push((name.to_owned(), text));
        say("workspace", view.workspace.name.clone());
        say("days", format!("{} to {}", view.period.from(), view.period.to()));
        if let Some(compare) = view.compare {
            let before = view.period.compared(compare);
            say("compared with", format!("{} to {}", before.from(), before.to()));
        }
        say("as of", view.as_of.map_or("now".to_owned(), |at| at.to_string()));
        if let Some(currency) = view.convert {
            say("converted to", format!("{currency}, at the rate of each day"));
        }
        let (filter, columns) = match &self.asked {
            Question::Analytics(query) => (query.filter.to_string(), columns(query)),
            Question::Campaigns(query) => (query.filter.to_string(), metrics()),
        };
        if !filter.is_empty() {
            say("filter", filter);
        }
        if let Some(basis) = &self.basis {
            for fresh in &basis.freshness {
                let about = format!("taken {}, known to {}", fresh.captured_at, fresh.known_to);
                say(fresh.platform.label(), about);
            }
            let levels: Vec<&str> = basis.provenance.levels.iter().map(|level| level.label()).collect();
            say("levels", levels.join(", "));
            let imports: Vec<String> = basis.provenance.imports.iter().map(u32::to_string).collect();
            say("imports", format!("{} of {}", imports.join(", "), basis.provenance.import_count));
            basis.notes.iter().for_each(|note| say("note", note.clone()));
        }
        for column in columns.iter().filter(|column| column.meaning.is_some()) {
            let unit = match column.unit {
                Some(Unit::Money) => "; money in the currency of its row",
                Some(Unit::Percent) => "; a share, 0.0123 is 1.23 %",
                _ => "",
            };
            let meaning = column.meaning.as_deref().unwrap_or_default();
            say(column.name.trim_end_matches("_micros"), format!("{meaning}{unit}"));
        }
        told
    }

    async fn page(&mut self, state: &AppState) -> Result<Vec<Vec<Cell>>, WebError> {
        let converted = self.view.convert.map(|currency| Cell::Text(currency.code().to_owned()));
        let (asker, with_change, all) = (self.view.asker(), self.view.compare.is_some(), self.all);
        let mut lines: Vec<Vec<Cell>>;
        let basis;
        match &self.asked {
            Question::Analytics(query) => {
                let columns = columns(query);
                let query = Query { limit: if all { MOST_ROWS } else { query.limit }, ..query.clone() };
                let ask =
                    state.ask(Load::Heavy, asker.workspace(), move |insight| insight.ask(&asker, &query));
                let answer = AnalyticsOut::from(ask.await?);
                lines = answer.rows.iter().map(|row| cells(row, &columns, with_change)).collect();
                self.after = answer.next;
                basis =
                    Basis { freshness: answer.freshness, provenance: answer.provenance, notes: answer.notes };
            }
            Question::Campaigns(query) => {
                let limit = if all { MOST_CAMPAIGNS } else { query.limit };
                let query = CampaignQuery { limit, ..query.clone() };
                let ask = state
                    .ask(Load::Heavy, asker.workspace(), move |insight| insight.campaigns(&asker, &query));
                let list = ask.await?;
                let columns = metrics();
                let line = |row| {
                    let row = CampaignRowOut::of(row, &Metric::OF_CAMPAIGNS, with_change);
                    let mut line = about(&row);
                    line.extend(cells(&row.figures, &columns, with_change));
                    line
                };
                lines = list.rows.iter().map(line).collect();
                let list = CampaignsOut::of(list, with_change);
                self.after = list.next;
                basis = Basis { freshness: list.freshness, provenance: list.provenance, notes: list.notes };
            }
        }
        self.basis.get_or_insert(basis);
        for line in &mut lines {
            line.extend(converted.clone());
        }
        Ok(lines)
    }
}

/// The columns that say what a campaign is.
const ABOUT: [(&str, Kind); 8] = [
    ("campaign", Kind::Text),
    ("campaign_id", Kind::Count),
    ("external_id", Kind::Text),
    ("platform", Kind::Text),
    ("account", Kind::Text),
    ("status", Kind::Text),
    ("kind", Kind::Text),
    ("budget", Kind::Money),
];

fn columns(query: &Query) -> Vec<ColumnOut> {
    let dimensions = query.dimensions.iter().copied().map(ColumnOut::dimension);
    dimensions.chain(query.metrics.iter().copied().map(ColumnOut::metric)).collect()
}

fn metrics() -> Vec<ColumnOut> {
    Metric::OF_CAMPAIGNS.into_iter().map(ColumnOut::metric).collect()
}

fn about(row: &CampaignRowOut) -> Vec<Cell> {
    let word = |word: &Option<String>| text(word.clone().unwrap_or_default());
    vec![
        text(row.campaign.clone()),
        Cell::Count(i64::from(row.campaign_id)),
        word(&row.external_id),
        row.platform.map_or(Cell::Nothing, |platform| text(platform.key())),
        text(row.account.clone()),
        word(&row.status),
        word(&row.kind),
        row.budget_micros.map_or(Cell::Nothing, Cell::Money),
    ]
}
