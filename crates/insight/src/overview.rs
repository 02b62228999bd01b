//! The overview: what was spent, what came back, what changed.

use std::collections::HashMap;

use domain::{Comparison, Grain, Metric, Period};
use jiff::Timestamp;

use crate::answer::{AnswerRow, DayKnown, Figures, Freshness, KeyValue, Provenance};
use crate::campaigns::{CampaignRow, described};
use crate::entity::EntityAbout;
use crate::grid::{self, Row};
use crate::query::ask::{key_value, notes};
use crate::query::{Dimension, Query};
use crate::view::View;
use crate::{Asker, Insight, InsightError};

/// How many campaigns the overview names as the largest.
const NAMED: usize = 5;

/// How many campaigns it names of those that rose most, and of those that fell most.
const MOVED: usize = 5;

/// The metrics of the overview's tiles, in order.
pub const TILES: [Metric; 8] = [
    Metric::Spend,
    Metric::Revenue,
    Metric::Roas,
    Metric::Conversions,
    Metric::Cpa,
    Metric::Clicks,
    Metric::Ctr,
    Metric::Impressions,
];

/// The metrics that the overview knows of single campaigns.
pub const CAMPAIGN_METRICS: [Metric; 5] =
    [Metric::Spend, Metric::Revenue, Metric::Roas, Metric::Conversions, Metric::Cpa];

/// The metrics of what was sold.
pub const SOLD: [Metric; 4] =
    [Metric::RecordRevenue, Metric::RecordOrders, Metric::BlendedRoas, Metric::ClaimedShare];

/// What was sold, as sources of record tell it, with [`SOLD`].
#[derive(Debug, Clone, PartialEq)]
pub struct Sold {
    /// Everything added up.
    pub totals: Figures,
    /// By day, each with the compared period's day at the same place.
    pub series: Vec<AnswerRow>,
}

/// The overview of a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// The days.
    pub period: Period,
    /// What they are compared with.
    pub compared: (Comparison, Period),
    /// As of when, if not now.
    pub as_of: Option<Timestamp>,
    /// Everything added up; the tiles are [`TILES`] of it.
    pub totals: Figures,
    /// By day, each with the compared period's day at the same place. Days without delivery are missing.
    pub series: Vec<AnswerRow>,
    /// By platform, from the largest spend.
    pub platforms: Vec<AnswerRow>,
    /// The campaigns with the largest spend, with [`CAMPAIGN_METRICS`].
    pub top_campaigns: Vec<CampaignRow>,
    /// The campaigns whose revenue changed most, in the leading currency, with [`CAMPAIGN_METRICS`]: those that rose, from
    /// the largest rise, then those that fell, from the largest fall.
    pub movers: Vec<CampaignRow>,
    /// What was sold, as sources of record tell it, beside what was spent; `None` if there is no such source.
    pub sold: Option<Sold>,
    /// How much is known of each day of the period, in order.
    pub days_known: Vec<DayKnown>,
    /// How old the figures are.
    pub freshness: Vec<Freshness>,
    /// What they rest on.
    pub provenance: Provenance,
    /// What a reader must know, in sentences.
    pub notes: Vec<String>,
}

impl Insight {
    /// The overview of a workspace: one grid of day by platform gives tiles, series and split; the campaigns come from a second
    /// question.
    ///
    /// # Errors
    /// If the facts can't be read.
    pub fn overview(
        &self,
        asker: &Asker,
        period: Period,
        compare: Comparison,
        as_of: Option<Timestamp>,
    ) -> Result<Overview, InsightError> {
        self.view(|view| overview(view, asker, period, compare, as_of))
    }
}

fn overview(
    view: &View<'_>,
    asker: &Asker,
    period: Period,
    compare: Comparison,
    as_of: Option<Timestamp>,
) -> Result<Overview, InsightError> {
    let over = |metrics: &[Metric], dimensions: Vec<Dimension>| Query {
        compare: Some(compare),
        as_of,
        ..Query::new(period, metrics).by(dimensions)
    };
    let grid_query = over(&TILES, vec![Dimension::Time(Grain::Day), Dimension::Platform]);
    let grid = view.rows(asker, &grid_query)?;
    let known = grid.known;
    let totals = grid::total(&grid.rows)?.figures(asker.lead(), true)?;
    let finished = |rows: &[Row], dimension: Dimension, names: &HashMap<u32, EntityAbout>| {
        let row = |row: &Row| -> Result<AnswerRow, InsightError> {
            Ok(AnswerRow {
                keys: vec![key_value(dimension, row.keys[0], names, &known)],
                figures: row.parts.figures(asker.lead(), true)?,
            })
        };
        rows.iter().map(row).collect::<Result<Vec<_>, _>>()
    };
    let nameless = HashMap::new();
    // The same figures by one of their two dimensions.
    let series = finished(&grid::by(&grid.rows, 0)?, Dimension::Time(Grain::Day), &nameless)?;
    let mut platforms = finished(&grid::by(&grid.rows, 1)?, Dimension::Platform, &nameless)?;
    platforms.sort_by_key(|row| std::cmp::Reverse(row.figures.lead.spend_micros));

    let campaigns = view.rows(asker, &over(&CAMPAIGN_METRICS, vec![Dimension::Campaign]))?.rows;
    let (mut by_spend, mut by_change) = (Vec::new(), Vec::new());
    for (n, campaign) in campaigns.iter().enumerate() {
        let figures = campaign.parts.figures(asker.lead(), true)?;
        // Campaigns of different currencies have no common order: the leading currency's are named.
        if figures.currency == totals.currency {
            by_spend.push((figures.lead.spend_micros.unwrap_or(0), n));
            by_change.push((moved(&figures), n));
        }
    }
    let largest = |order: &[(i64, usize)], most: usize, sign: i64| -> Vec<Row> {
        let mut order: Vec<(i64, usize)> = order
            .iter()
            .map(|(size, n)| (size.saturating_mul(sign), *n))
            .filter(|(size, _)| *size > 0)
            .collect();
        order.sort_unstable_by_key(|(size, n)| (std::cmp::Reverse(*size), campaigns[*n].keys));
        order.iter().take(most).map(|(_, n)| campaigns[*n].clone()).collect()
    };
    let top = largest(&by_spend, NAMED, 1);
    let mut moved_most = largest(&by_change, MOVED, 1);
    moved_most.extend(largest(&by_change, MOVED, -1));
    let ids: Vec<u32> = top
        .iter()
        .chain(&moved_most)
        .filter_map(|row| u32::try_from(row.keys[0]).ok())
        .filter(|id| *id > 0)
        .collect();
    let names = match ids.as_slice() {
        [] => HashMap::new(),
        ids => view.entities(asker, ids)?,
    };
    let campaign_rows = |rows: &[Row]| -> Result<Vec<CampaignRow>, InsightError> {
        Ok(described(&names, &known, finished(rows, Dimension::Campaign, &names)?))
    };
    let (top_campaigns, movers) = (campaign_rows(&top)?, campaign_rows(&moved_most)?);

    let sold = match view.known(&asker.bound, as_of)?.has_records() {
        true => Some(sold(view, asker, &over(&SOLD, vec![Dimension::Time(Grain::Day)]))?),
        false => None,
    };
    let freshness = known.freshness(None, period);
    let mut notes = notes(&totals, &freshness, &grid_query, &known);
    notes.extend(grid.notes);
    Ok(Overview {
        period,
        compared: (compare, period.compared(compare)),
        as_of,
        totals,
        series,
        platforms,
        top_campaigns,
        movers,
        sold,
        days_known: known.days_known(None, period),
        freshness,
        provenance: known.provenance(None, period),
        notes,
    })
}

fn sold(view: &View<'_>, asker: &Asker, by_day: &Query) -> Result<Sold, InsightError> {
    let (answer, _) = view.ask(asker, by_day)?;
    Ok(Sold { totals: answer.totals, series: answer.rows })
}

impl Overview {
    /// Whether anything was delivered in the period or the one it is compared with.
    pub fn is_empty(&self) -> bool {
        self.series.is_empty()
    }

    /// The day of a row of the series.
    pub fn day_of(row: &AnswerRow) -> Option<jiff::civil::Date> {
        match row.keys.first() {
            Some(KeyValue::Day(day)) => Some(*day),
            _ => None,
        }
    }
}

/// How far a campaign's revenue moved, in micros of its currency.
pub fn moved(figures: &Figures) -> i64 {
    let before = figures.compared_lead.unwrap_or_default();
    figures.lead.revenue_micros.unwrap_or(0).saturating_sub(before.revenue_micros.unwrap_or(0))
}
