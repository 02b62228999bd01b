//! The campaign list from one question: cut by campaign, all metrics, totals over the whole selection.

use std::collections::HashMap;

use domain::Metric;

use super::course::put_courses;
use super::{CampaignAbout, CampaignList, CampaignQuery, CampaignRow, MOST_CAMPAIGNS};
use crate::answer::{AnswerRow, KeyValue};
use crate::entity::EntityAbout;
use crate::filter::{Field, Filter, WordTest};
use crate::known::Known;
use crate::query::{Dimension, Query, SortBy};
use crate::{Asker, Insight, InsightError};

impl Insight {
    /// A page of the campaigns of a workspace.
    ///
    /// # Errors
    /// If the question can't be asked like this, or the facts can't be read.
    pub fn campaigns(&self, asker: &Asker, query: &CampaignQuery) -> Result<CampaignList, InsightError> {
        if query.limit == 0 || query.limit > MOST_CAMPAIGNS {
            return Err(InsightError::wrong("limit", format!("use 1 to {MOST_CAMPAIGNS}")));
        }
        let text = query.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let filter = query.filter.clone().and(text.map_or(Filter::All, contains));
        if filter.dimensions().iter().any(|dimension| dimension.needs().is_some()) {
            return Err(InsightError::wrong(
                "filter",
                "the list knows campaigns only; ask analytics about what is below them",
            ));
        }
        let mut asked = filter.metrics().into_iter().chain(match query.sort.by {
            SortBy::Metric(metric) => Some(metric),
            SortBy::Dimension(_) => None,
        });
        if let Some(metric) = asked.find(|metric| metric.is_record()) {
            let remedy = format!("'{metric}' is known of no campaign; ask analytics, by day or in all");
            return Err(InsightError::wrong("filter", remedy));
        }
        let question = Query {
            filter,
            compare: query.compare,
            sort: Some(query.sort),
            limit: query.limit,
            after: query.after.clone(),
            as_of: query.as_of,
            ..Query::new(query.period, Metric::OF_CAMPAIGNS).by([Dimension::Campaign])
        };
        let (mut answer, rows) = self.view(|view| {
            let (mut answer, names) = view.ask(asker, &question)?;
            let known = view.known(&asker.bound, query.as_of)?;
            let mut rows = described(&names, &known, std::mem::take(&mut answer.rows));
            if query.with_course {
                let account = |id: u32| names.get(&id).map(|entity| entity.account);
                put_courses(view, asker, query, &known, &mut rows, account)?;
            }
            Ok((answer, rows))
        })?;
        let mut notes = std::mem::take(&mut answer.notes);
        let mut currencies: Vec<_> = rows.iter().filter_map(|row| row.figures.currency).collect();
        currencies.sort_unstable();
        currencies.dedup();
        if currencies.len() > 1 {
            notes.push(
                "Each campaign's money is in its own currency; sorting by money compares the plain figures."
                    .to_owned(),
            );
        }
        Ok(CampaignList {
            period: answer.period,
            compared: answer.compared,
            as_of: answer.as_of,
            rows,
            totals: answer.totals,
            count: answer.row_count,
            next: answer.next,
            freshness: answer.freshness,
            provenance: answer.provenance,
            notes,
        })
    }
}

/// Campaign rows from answer rows that are cut by campaign.
pub(crate) fn described(
    names: &HashMap<u32, EntityAbout>,
    known: &Known,
    rows: Vec<AnswerRow>,
) -> Vec<CampaignRow> {
    let row = |row: AnswerRow| {
        let (id, name) = match row.keys.first() {
            Some(KeyValue::Entity(id, name)) => (*id, name.clone()),
            _ => (0, String::new()),
        };
        let about = match names.get(&id) {
            Some(entity) => about(id, entity, known),
            None => CampaignAbout {
                id: 0,
                name,
                external_id: None,
                platform: None,
                account: String::new(),
                status: None,
                kind: None,
                budget_micros: None,
                currency: None,
            },
        };
        CampaignRow { about, figures: row.figures, course: Vec::new() }
    };
    rows.into_iter().map(row).collect()
}

/// What is known of a campaign.
pub(crate) fn about(id: u32, entity: &EntityAbout, known: &Known) -> CampaignAbout {
    let account = known.account(entity.account);
    CampaignAbout {
        id,
        name: entity.name.clone(),
        external_id: entity.external_id.clone(),
        platform: account.map(|account| account.platform),
        account: account.map_or(String::new(), |account| account.label().to_owned()),
        status: entity.status.clone(),
        kind: entity.kind.clone(),
        budget_micros: entity.budget_micros,
        currency: account.map(|account| account.currency),
    }
}

/// The filter for names that contain a text.
fn contains(text: &str) -> Filter {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    Filter::Words {
        field: Field::Dimension(Dimension::Campaign),
        test: WordTest::Like,
        words: vec![format!("%{escaped}%")],
    }
}
