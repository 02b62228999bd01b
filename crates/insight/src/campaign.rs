//! One campaign: its state, its figures by day, and what is below it.

use domain::{Comparison, Grain, Level, Metric, Period};
use jiff::Timestamp;

use crate::answer::{AnswerRow, DayKnown, Figures, Freshness, Provenance};
use crate::campaigns::{CampaignAbout, about};
use crate::entity::EntityAbout;
use crate::filter::Filter;
use crate::query::ask::notes;
use crate::query::{Dimension, Query, Sort};
use crate::view::View;
use crate::{Asker, Insight, InsightError};

/// How many rows of each level below a campaign are shown.
const CHILDREN: u32 = 100;

/// One campaign over a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Campaign {
    /// What it is.
    pub about: CampaignAbout,
    /// The days.
    pub period: Period,
    /// What they are compared with.
    pub compared: (Comparison, Period),
    /// As of when, if not now.
    pub as_of: Option<Timestamp>,
    /// Its figures.
    pub totals: Figures,
    /// By day. Days without delivery are missing.
    pub series: Vec<AnswerRow>,
    /// What is below it, by level, as far as it was reported; each with at most 100 rows, from the largest spend.
    pub children: Vec<Children>,
    /// How much is known of each day of the period, in order.
    pub days_known: Vec<DayKnown>,
    /// How old the figures are.
    pub freshness: Vec<Freshness>,
    /// What they rest on.
    pub provenance: Provenance,
    /// What a reader must know, in sentences.
    pub notes: Vec<String>,
}

/// What is below a campaign at one level. It need not add up to the campaign: platforms withhold and remove parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Children {
    /// The level.
    pub level: Level,
    /// The rows, from the largest spend.
    pub rows: Vec<AnswerRow>,
    /// How many there are.
    pub count: u64,
    /// All of them added up.
    pub totals: Figures,
}

impl Insight {
    /// One campaign of a workspace.
    ///
    /// # Errors
    /// If the workspace has no such campaign, or the facts can't be read.
    pub fn campaign(
        &self,
        asker: &Asker,
        id: u32,
        period: Period,
        compare: Comparison,
        as_of: Option<Timestamp>,
    ) -> Result<Campaign, InsightError> {
        self.view(|view| campaign(view, asker, id, period, compare, as_of))
    }
}

fn campaign(
    view: &View<'_>,
    asker: &Asker,
    id: u32,
    period: Period,
    compare: Comparison,
    as_of: Option<Timestamp>,
) -> Result<Campaign, InsightError> {
    let known = view.known(&asker.bound, None)?;
    let id = known.campaign(id);
    let found = view.entities(asker, &[id])?;
    let not_found = || InsightError::NotFound { what: "campaign", id };
    let is_seen = |entity: &&EntityAbout| entity.is_campaign() && known.account(entity.account).is_some();
    let entity = found.get(&id).filter(is_seen).ok_or_else(not_found)?;

    let question = Query {
        filter: Filter::campaign(id),
        compare: Some(compare),
        as_of,
        ..Query::new(period, Metric::OF_CAMPAIGNS).by([Dimension::Time(Grain::Day)])
    };
    let (answer, _) = view.ask(asker, &question)?;
    let mut children = Vec::new();
    for (level, dimension) in [
        (Level::AdGroup, Dimension::AdGroup),
        (Level::Ad, Dimension::Ad),
        (Level::Keyword, Dimension::Keyword),
        (Level::SearchTerm, Dimension::SearchTerm),
    ] {
        let is_known =
            |scope: &&store::facts::KnownScope| scope.account == entity.account && scope.level == level;
        if !known.scopes.iter().any(|scope| is_known(&scope)) {
            continue;
        }
        let (below, _) = view.ask(
            asker,
            &Query {
                filter: Filter::campaign(id),
                compare: Some(compare),
                sort: Some(Sort::descending(Metric::Spend)),
                limit: CHILDREN,
                as_of,
                ..Query::new(period, Metric::OF_CAMPAIGNS).by([dimension])
            },
        )?;
        if below.row_count > 0 {
            children.push(Children { level, rows: below.rows, count: below.row_count, totals: below.totals });
        }
    }
    // What other accounts know is nothing to this campaign.
    let own = view.known(&asker.bound, as_of)?.of_account(entity.account);
    let (totals, freshness) = (answer.totals, own.freshness(None, period));
    let mut notes = notes(&totals, &freshness, &question, &own);
    notes.extend(view.conversion(asker, &question, &own)?.map_or_else(Vec::new, |of| of.notes()));
    Ok(Campaign {
        about: about(id, entity, &known),
        period,
        compared: (compare, period.compared(compare)),
        as_of,
        series: answer.rows,
        children,
        days_known: own.days_known(None, period),
        notes,
        totals,
        provenance: own.provenance(None, period),
        freshness,
    })
}
