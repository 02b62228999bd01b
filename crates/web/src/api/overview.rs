//! `GET /api/v1/overview`.

use axum::Json;
use domain::Grain;
use insight::Dimension;
use insight::overview::{CAMPAIGN_METRICS, Overview, SOLD, TILES};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::parameters::ViewIn;
use super::{CampaignRowOut, ColumnOut, ComparedOut, FreshnessOut, PeriodOut, ProvenanceOut, RowOut};
use crate::WebError;
use crate::access::{May, SeeFigures};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions;

/// What was spent, what came back, what changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OverviewOut {
    /// The days.
    pub period: PeriodOut,
    /// What they are compared with.
    pub compared: Option<ComparedOut>,
    /// As of when, if not now.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub as_of: Option<Timestamp>,
    /// The metrics of the rows; those of campaigns have the money metrics and conversions only.
    pub columns: Vec<ColumnOut>,
    /// Everything added up.
    pub totals: RowOut,
    /// By day, under `day`. Days without delivery are missing.
    pub series: Vec<RowOut>,
    /// By platform, under `platform`, from the largest spend.
    pub platforms: Vec<RowOut>,
    /// The campaigns with the largest spend.
    pub top_campaigns: Vec<CampaignRowOut>,
    /// The campaigns whose revenue changed most, up and down.
    pub movers: Vec<CampaignRowOut>,
    /// What was sold, as sources of record (a shop, analytics, your own books) tell it; null if there is none.
    pub sold: Option<SoldOut>,
    /// How old the figures are.
    pub freshness: Vec<FreshnessOut>,
    /// What they rest on.
    pub provenance: ProvenanceOut,
    /// What a reader must know, in sentences.
    pub notes: Vec<String>,
}

/// What was sold, beside what was spent: two different revenues, and ROAS of both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SoldOut {
    /// The metrics of the rows.
    pub columns: Vec<ColumnOut>,
    /// Everything added up.
    pub totals: RowOut,
    /// By day, under `day`.
    pub series: Vec<RowOut>,
}

/// What was spent, what came back, what changed.
#[utoipa::path(get, path = "/api/v1/overview", tag = "figures", params(ViewIn), responses(
    (status = 200, description = "The overview", body = OverviewOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
    (status = 503, description = "Too much is asked at once, or this takes too long; Retry-After says when to try again", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn show(state: May<SeeFigures>, params: Params) -> Result<Json<OverviewOut>, WebError> {
    let (view, overview) = questions::overview::overview(&state, params).await?;
    Ok(Json(OverviewOut::of(overview, view.compare.is_some())))
}

impl OverviewOut {
    fn of(overview: Overview, with_change: bool) -> Self {
        let row = |dimension| move |row| RowOut::of_answer(row, &[dimension], &TILES, with_change);
        let campaign = |row| CampaignRowOut::of(row, &CAMPAIGN_METRICS, with_change);
        Self {
            period: overview.period.into(),
            compared: with_change.then(|| ComparedOut::of(overview.compared)),
            as_of: overview.as_of,
            columns: TILES.into_iter().map(ColumnOut::metric).collect(),
            totals: RowOut::of(&overview.totals, &TILES, with_change),
            series: overview.series.iter().map(row(Dimension::Time(Grain::Day))).collect(),
            platforms: overview.platforms.iter().map(row(Dimension::Platform)).collect(),
            top_campaigns: overview.top_campaigns.iter().map(campaign).collect(),
            movers: overview.movers.iter().map(campaign).collect(),
            sold: overview.sold.as_ref().map(|sold| SoldOut {
                columns: SOLD.into_iter().map(ColumnOut::metric).collect(),
                totals: RowOut::of(&sold.totals, &SOLD, with_change),
                series: sold
                    .series
                    .iter()
                    .map(|row| RowOut::of_answer(row, &[Dimension::Time(Grain::Day)], &SOLD, with_change))
                    .collect(),
            }),
            freshness: overview.freshness.iter().map(FreshnessOut::from).collect(),
            provenance: overview.provenance.into(),
            notes: overview.notes,
        }
    }
}
