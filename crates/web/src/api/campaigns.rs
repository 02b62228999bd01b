//! `GET /api/v1/campaigns` and `GET /api/v1/campaigns/{id}`.

use axum::Json;
use axum::extract::Path;
use domain::{Grain, Level, Metric, Micros, Platform};
use insight::Dimension;
use insight::campaign::{Campaign, Children};
use insight::campaigns::{CampaignAbout, CampaignList, CampaignRow};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::parameters::{CampaignsIn, ViewIn};
use super::{ColumnOut, ComparedOut, FreshnessOut, PeriodOut, ProvenanceOut, RowOut};
use crate::WebError;
use crate::access::{May, SeeFigures};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions;

/// A campaign with its figures, in its own currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CampaignRowOut {
    /// Its name, else its id at the platform.
    pub campaign: String,
    /// Its number here; 0 stands for delivery that is told only for a whole account.
    pub campaign_id: u32,
    /// Its id at the platform.
    pub external_id: Option<String>,
    /// Where it runs.
    #[schema(value_type = Option<String>, example = "google_ads")]
    pub platform: Option<Platform>,
    /// The name of its account.
    pub account: String,
    /// Its state as last imported.
    pub status: Option<String>,
    /// Its type, for example `Search`.
    pub kind: Option<String>,
    /// Its budget at the platform as last imported, in micros.
    pub budget_micros: Option<Micros>,
    /// Its figures.
    #[serde(flatten)]
    pub figures: RowOut,
}

/// A page of the campaign list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CampaignsOut {
    /// The days.
    pub period: PeriodOut,
    /// What they are compared with.
    pub compared: Option<ComparedOut>,
    /// As of when, if not now.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub as_of: Option<Timestamp>,
    /// The metrics of all rows.
    pub columns: Vec<ColumnOut>,
    /// The campaigns of this page.
    pub rows: Vec<CampaignRowOut>,
    /// All campaigns of the selection added up, not just this page's.
    pub totals: RowOut,
    /// How many campaigns the selection has.
    pub row_count: u64,
    /// The `after` of the next page; null on the last.
    pub next: Option<String>,
    /// How old the figures are.
    pub freshness: Vec<FreshnessOut>,
    /// What they rest on.
    pub provenance: ProvenanceOut,
    /// What a reader must know, in sentences.
    pub notes: Vec<String>,
}

/// One campaign over a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CampaignOut {
    /// The days.
    pub period: PeriodOut,
    /// What they are compared with.
    pub compared: Option<ComparedOut>,
    /// As of when, if not now.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub as_of: Option<Timestamp>,
    /// The metrics of all rows.
    pub columns: Vec<ColumnOut>,
    /// What it is, and its figures.
    pub campaign: CampaignRowOut,
    /// By day, under `day`. Days without delivery are missing.
    pub series: Vec<RowOut>,
    /// What is below it, as far as it was reported.
    pub children: Vec<ChildrenOut>,
    /// How old the figures are.
    pub freshness: Vec<FreshnessOut>,
    /// What they rest on.
    pub provenance: ProvenanceOut,
    /// What a reader must know, in sentences.
    pub notes: Vec<String>,
}

/// What is below a campaign at one level. It need not add up to the campaign: platforms withhold and remove parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChildrenOut {
    /// The level, under whose name rows carry theirs.
    #[schema(value_type = String, example = "ad_group")]
    pub level: Level,
    /// At most 100 rows, from the largest spend.
    pub rows: Vec<RowOut>,
    /// How many there are.
    pub row_count: u64,
    /// All of them added up.
    pub totals: RowOut,
}

/// Every campaign of a selection with its state and figures.
#[utoipa::path(get, path = "/api/v1/campaigns", tag = "figures", params(ViewIn, CampaignsIn), responses(
    (status = 200, description = "A page of the list", body = CampaignsOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
    (status = 503, description = "Too much is asked at once, or this takes too long; Retry-After says when to try again", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn list(state: May<SeeFigures>, params: Params) -> Result<Json<CampaignsOut>, WebError> {
    let (view, list) = questions::campaigns::campaigns(&state, params).await?;
    Ok(Json(CampaignsOut::of(list, view.compare.is_some())))
}

/// One campaign: its state, its figures by day, and what is below it.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}", tag = "figures",
    params(("id" = u32, Path, description = "The campaign's number here"), ViewIn), responses(
    (status = 200, description = "The campaign", body = CampaignOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 404, description = "There is no such campaign", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
    (status = 503, description = "Too much is asked at once, or this takes too long; Retry-After says when to try again", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn show(
    state: May<SeeFigures>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Json<CampaignOut>, WebError> {
    let (view, campaign) = questions::campaigns::campaign(&state, &id, params).await?;
    Ok(Json(CampaignOut::of(campaign, view.compare.is_some())))
}

impl CampaignRowOut {
    pub(crate) fn of(row: &CampaignRow, metrics: &[Metric], with_change: bool) -> Self {
        Self::about(&row.about, RowOut::of(&row.figures, metrics, with_change))
    }

    fn about(about: &CampaignAbout, figures: RowOut) -> Self {
        let CampaignAbout { id, name, external_id, platform, account, status, kind, budget_micros, .. } =
            about.clone();
        Self {
            campaign: name,
            campaign_id: id,
            external_id,
            platform,
            account,
            status,
            kind,
            budget_micros,
            figures,
        }
    }
}

impl CampaignsOut {
    pub(crate) fn of(list: CampaignList, with_change: bool) -> Self {
        Self {
            period: list.period.into(),
            compared: list.compared.map(ComparedOut::of),
            as_of: list.as_of,
            columns: Metric::OF_CAMPAIGNS.into_iter().map(ColumnOut::metric).collect(),
            rows: list
                .rows
                .iter()
                .map(|row| CampaignRowOut::of(row, &Metric::OF_CAMPAIGNS, with_change))
                .collect(),
            totals: RowOut::of(&list.totals, &Metric::OF_CAMPAIGNS, with_change),
            row_count: list.count,
            next: list.next,
            freshness: list.freshness.iter().map(FreshnessOut::from).collect(),
            provenance: list.provenance.into(),
            notes: list.notes,
        }
    }
}

impl CampaignOut {
    fn of(campaign: Campaign, with_change: bool) -> Self {
        let figures = RowOut::of(&campaign.totals, &Metric::OF_CAMPAIGNS, with_change);
        let day = [Dimension::Time(Grain::Day)];
        Self {
            period: campaign.period.into(),
            compared: with_change.then(|| ComparedOut::of(campaign.compared)),
            as_of: campaign.as_of,
            columns: Metric::OF_CAMPAIGNS.into_iter().map(ColumnOut::metric).collect(),
            campaign: CampaignRowOut::about(&campaign.about, figures),
            series: campaign
                .series
                .iter()
                .map(|row| RowOut::of_answer(row, &day, &Metric::OF_CAMPAIGNS, with_change))
                .collect(),
            children: campaign
                .children
                .iter()
                .map(|children| ChildrenOut::of(children, with_change))
                .collect(),
            freshness: campaign.freshness.iter().map(FreshnessOut::from).collect(),
            provenance: campaign.provenance.into(),
            notes: campaign.notes,
        }
    }
}

impl ChildrenOut {
    fn of(children: &Children, with_change: bool) -> Self {
        let by = children.level.key().parse::<Dimension>().into_iter().collect::<Vec<_>>();
        let row = |row| RowOut::of_answer(row, &by, &Metric::OF_CAMPAIGNS, with_change);
        Self {
            level: children.level,
            rows: children.rows.iter().map(row).collect(),
            row_count: children.count,
            totals: RowOut::of(&children.totals, &Metric::OF_CAMPAIGNS, with_change),
        }
    }
}
