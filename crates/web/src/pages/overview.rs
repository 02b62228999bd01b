//! `GET /`: what was spent, what came back, what changed.

use askama::Template;
use axum::extract::{OriginalUri, State};
use axum::response::Html;
use domain::Metric;
use insight::campaigns::CampaignRow;
use insight::overview::{CAMPAIGN_METRICS, TILES};

use super::series::Series;
use super::shell::{Section, Shell};
use super::sources::Sources;
use super::table::{Head, Metrics, Name, Row, Table, put_bars};
use super::tile::Tile;
use super::{campaigns, empty, written};
use crate::chart::Plot;
use crate::link::Link;
use crate::params::Params;
use crate::questions::{self, VIEW_PARAMETERS};
use crate::{AppState, WebError};

/// The metrics of the tables beside each other.
const BRIEF: [Metric; 3] = [Metric::Spend, Metric::Revenue, Metric::Roas];

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    shell: Shell,
    tiles: Vec<Tile>,
    chart: Option<Plot>,
    by_day: Option<Table>,
    by_day_href: String,
    platforms: Table,
    movers: Table,
    top_campaigns: Table,
    campaigns_href: String,
    sources: Sources,
}

/// The page.
pub(crate) async fn show(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Result<Html<String>, WebError> {
    let (view, overview) = questions::overview::overview(&state, params).await?;
    let link = Link::of(&uri);
    if !view.has_data {
        return empty::page(&state, "Overview", Section::Overview, &link, &view).await;
    }
    let with_change = view.compare.is_some();
    let series = Series::of(overview.period, overview.totals.currency, &overview.series, &overview.freshness);
    let tiles = TILES.map(|metric| Tile::of(metric, &overview.totals, with_change, series.spark(metric)));

    let platform_figures: Vec<_> = overview.platforms.iter().map(|row| &row.figures).collect();
    let shown = Metrics::over(&BRIEF, with_change, platform_figures.iter().copied());
    let platform = |row: &insight::answer::AnswerRow| {
        let key = row.keys.first();
        let filter = key.map(|key| format!("platform = {}", key.text())).unwrap_or_default();
        let href = link.at("/campaigns").only(&VIEW_PARAMETERS).with("filter", filter).to_string();
        let text = key.map(|key| key.label()).unwrap_or_default();
        Row {
            names: vec![Name { text, href: Some(href), about: String::new() }],
            cells: shown.cells(&row.figures),
        }
    };
    let mut rows: Vec<Row> = overview.platforms.iter().map(platform).collect();
    put_bars(&mut rows, 0, Metric::Spend, &platform_figures);
    let platforms = Table {
        caption: "Spend by platform".to_owned(),
        names: vec![Head::text("Platform")],
        heads: shown.heads(),
        rows,
        totals: None,
    };

    let page = OverviewPage {
        shell: Shell::of_view(&state, "Overview", Section::Overview, &link, &view).await?,
        tiles: tiles.into(),
        chart: series.chart(with_change),
        by_day: series.table(with_change),
        by_day_href: link.at("/analytics").only(&VIEW_PARAMETERS).with("by", "day").to_string(),
        platforms,
        movers: campaign_table("Campaigns whose revenue changed most", &overview.movers, &BRIEF, true, &link),
        top_campaigns: campaign_table(
            "Campaigns with the largest spend",
            &overview.top_campaigns,
            &CAMPAIGN_METRICS,
            with_change,
            &link,
        ),
        campaigns_href: link.at("/campaigns").only(&VIEW_PARAMETERS).to_string(),
        sources: Sources::of(
            overview.period,
            overview.as_of,
            &overview.totals,
            &overview.freshness,
            &overview.provenance,
            &overview.notes,
            &link,
        ),
    };
    written(&page)
}

fn campaign_table(
    caption: &str,
    campaigns: &[CampaignRow],
    metrics: &[Metric],
    with_change: bool,
    link: &Link,
) -> Table {
    let shown = Metrics::over(metrics, with_change, campaigns.iter().map(|campaign| &campaign.figures));
    let row = |campaign: &CampaignRow| Row {
        names: vec![campaigns::name(&campaign.about, link)],
        cells: shown.cells(&campaign.figures),
    };
    Table {
        caption: caption.to_owned(),
        names: vec![Head::text("Campaign")],
        heads: shown.heads(),
        rows: campaigns.iter().map(row).collect(),
        totals: None,
    }
}
