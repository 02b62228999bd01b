//! `GET /campaigns/{id}`: one campaign, its state, its figures by day, and what is below it.

use askama::Template;
use axum::extract::{OriginalUri, Path, State};
use axum::response::Html;
use domain::Metric;
use insight::campaign::Children;
use insight::overview::TILES;

use super::campaigns::words;
use super::figure::Figure;
use super::series::Series;
use super::shell::{Section, Shell};
use super::sources::Sources;
use super::table::{Head, Metrics, Name, Row, Table};
use super::tile::Tile;
use super::written;
use crate::chart::Plot;
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::{self, VIEW_PARAMETERS};
use crate::{AppState, WebError};

/// The metrics of what is below a campaign.
const LISTED: [Metric; 8] = [
    Metric::Spend,
    Metric::Revenue,
    Metric::Roas,
    Metric::Conversions,
    Metric::Cpa,
    Metric::Clicks,
    Metric::Ctr,
    Metric::Impressions,
];

#[derive(Template)]
#[template(path = "campaign.html")]
struct CampaignPage {
    shell: Shell,
    name: String,
    list_href: String,
    platform: &'static str,
    account: String,
    status: String,
    kind: String,
    external_id: String,
    budget: Option<Figure>,
    tiles: Vec<Tile>,
    chart: Option<Plot>,
    by_day: Option<Table>,
    children: Vec<Below>,
    sources: Sources,
}

/// What is below the campaign at one level.
struct Below {
    anchor: &'static str,
    title: String,
    count: String,
    table: Table,
}

/// The page.
pub(crate) async fn show(
    State(state): State<AppState>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Result<Html<String>, WebError> {
    let (view, campaign) = questions::campaigns::campaign(&state, &id, params).await?;
    let link = Link::of(&uri);
    let with_change = view.compare.is_some();
    let (about, totals) = (&campaign.about, &campaign.totals);
    let series = Series::of(campaign.period, totals.currency, &campaign.series, &campaign.freshness);
    let currency = totals.currency;
    let budget = about.budget_micros.map(|micros| {
        let unit = currency.map(format::currency).unwrap_or_default();
        Figure::plain(Some(format::money(micros, currency)), unit, "")
    });
    let page = CampaignPage {
        shell: Shell::of_view(&state, &about.name, Section::Campaigns, &link, &view).await?,
        name: about.name.clone(),
        list_href: link.at("/campaigns").only(&VIEW_PARAMETERS).to_string(),
        platform: about.platform.map_or("", |platform| platform.label()),
        account: about.account.clone(),
        status: about.status.as_deref().map(words).unwrap_or_default(),
        kind: about.kind.clone().unwrap_or_default(),
        external_id: about.external_id.clone().unwrap_or_default(),
        budget,
        tiles: TILES
            .iter()
            .map(|metric| Tile::of(*metric, totals, with_change, series.spark(*metric)))
            .collect(),
        chart: series.chart(with_change),
        by_day: series.table(with_change),
        children: campaign.children.iter().map(|children| below(children, with_change)).collect(),
        sources: Sources::of(
            campaign.period,
            campaign.as_of,
            totals,
            &campaign.freshness,
            &campaign.provenance,
            &campaign.notes,
            &link,
        ),
    };
    written(&page)
}

fn below(children: &Children, with_change: bool) -> Below {
    let figures = children.rows.iter().map(|row| &row.figures).chain([&children.totals]);
    let shown = Metrics::over(&LISTED, with_change, figures);
    let label = words(children.level.label());
    let shown_rows = children.rows.len() as u64;
    let count = match children.count > shown_rows {
        true => format!(
            "the {} with the largest spend of {}",
            format::count(shown_rows),
            format::count(children.count)
        ),
        false => format::count(children.count),
    };
    let row = |row: &insight::answer::AnswerRow| Row {
        names: row.keys.last().map(|key| Name::text(key.label())).into_iter().collect(),
        cells: shown.cells(&row.figures),
    };
    Below {
        anchor: children.level.key(),
        title: format!("{label}s"),
        count,
        table: Table {
            caption: format!("{label}s of this campaign"),
            names: vec![Head::text(&label)],
            heads: shown.heads(),
            rows: children.rows.iter().map(row).collect(),
            totals: Some(Row {
                names: vec![Name::text(format!("All {}s", children.level.label()))],
                cells: shown.cells(&children.totals),
            }),
        },
    }
}
