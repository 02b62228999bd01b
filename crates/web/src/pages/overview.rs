//! `GET /`: what was spent, what came back, what changed, what needs attention.

use std::sync::Arc;

use askama::Template;
use axum::extract::OriginalUri;
use axum::response::Html;
use domain::Metric;
use insight::campaigns::CampaignRow;
use insight::duplicates::Duplicates;
use insight::overview::{CAMPAIGN_METRICS, Overview, SOLD, TILES};
use jiff::Timestamp;
use people::Permission;

use super::arrivals::{self, Arrival};
use super::attention::Attention;
use super::basis::Basis;
use super::charted::Charted;
use super::failed::Failed;
use super::frame::Page;
use super::movers::Movers;
use super::series::Series;
use super::shell::{Section, Shell};
use super::split::Split;
use super::table::{Head, Metrics, Row, Table};
use super::tile::{Tile, Tiles};
use super::{campaigns, empty, shared, written};
use crate::WebError;
use crate::access::{Asked, May, SeeFigures};
use crate::admission::Load;
use crate::link::Link;
use crate::params::Params;
use crate::questions::notes::{Shown, annotations};
use crate::questions::{self, VIEW_PARAMETERS, View};

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    shell: Shell,
    figures: Result<Figures, Failed>,
    attention: Result<Attention, Failed>,
}
in_shell!(OverviewPage: FIGURES, ATTENTION, OVERVIEW);

/// What comes from the one question of the page.
struct Figures {
    tiles: Tiles,
    /// What was sold, if a source of record tells.
    sold: Option<Tiles>,
    chart: Option<Charted>,
    split: Split,
    /// What moved, if there is something to compare with.
    movers: Option<Movers>,
    top_campaigns: Table,
    campaigns_href: String,
    /// Where notes on days are written and read.
    notes_href: String,
    sources: Basis,
}

/// The page.
pub(crate) async fn show(
    state: May<SeeFigures>,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let view = questions::overview::read(&state, params).await?;
    let link = Link::of(&uri);
    if !view.has_data() {
        return empty::page(&state, theme, "Overview", Section::Overview, &link, &view).await;
    }
    let (asked, arrivals, twice, notes) = tokio::join!(
        questions::overview::answer(&state, &view),
        arrivals::newest(&state, &view),
        twice(&state, &view),
        annotations(&state, &view.workspace, view.period, None)
    );
    // Without what was written the figures are as true.
    let notes = notes.unwrap_or_default();
    let freshness = view.known.freshness(None, view.period);
    let known = arrivals.as_deref().unwrap_or_default();
    let sees_work = state.may(Permission::SeeWork, &view.workspace);
    let figures = match asked {
        Ok(overview) => Ok(figures(&overview, (known, &notes), &view, &link, sees_work)),
        Err(error) => Err(Failed::of(error, &link)?),
    };
    let attention = match arrivals.and_then(|arrivals| Ok((arrivals, twice?))) {
        Ok((arrivals, twice)) => {
            let attention = Attention::of(view.period, &freshness, &arrivals, &link, Timestamp::now());
            let twice = twice.as_ref().map(|found| found.proposals.as_slice()).unwrap_or_default();
            Ok(attention.with_duplicates(twice, &link).for_who(sees_work))
        }
        Err(error) => Err(Failed::of(error, &link)?),
    };
    let shell = Shell::of_view(&state, theme, "Overview", Section::Overview, &link, &view).await?;
    written(&OverviewPage { shell, figures, attention })
}

/// The accounts that may have come in twice, for who sees them; nothing where none can.
async fn twice(state: &Asked, view: &View) -> Result<Option<Arc<Duplicates>>, WebError> {
    if !state.may(Permission::SeeWork, &view.workspace) || !insight::duplicates::may_be_found(&view.known) {
        return Ok(None);
    }
    questions::duplicates::duplicates(state, &view.workspace, Load::Light).await.map(Some)
}

/// The overview as those see it with whom it is shared.
#[derive(Template)]
#[template(path = "shared/overview.html")]
struct SharedOverview {
    figures: Figures,
}

/// The page for those with whom it is shared.
pub(super) async fn shared(state: &Asked, link: &Link, params: Params) -> Result<Html<String>, WebError> {
    let view = questions::overview::read(state, params).await?;
    if !view.has_data() {
        return shared::empty("Overview", &view);
    }
    let overview = questions::overview::answer(state, &view).await?;
    let page = SharedOverview { figures: figures(&overview, (&[], &[]), &view, link, false) };
    shared::framed("Overview", &view, OverviewPage::SHEETS, &page)
}

fn figures(
    overview: &Overview,
    (arrivals, notes): (&[Arrival], &[Shown]),
    view: &View,
    link: &Link,
    sees_work: bool,
) -> Figures {
    let with_change = view.compare.is_some();
    let totals = &overview.totals;
    let series = Series::of(
        overview.period,
        totals.currency,
        &overview.series,
        &overview.days_known,
        &overview.freshness,
    )
    .marked(arrivals.iter())
    .annotated(notes);
    let tile = |metric: Metric| Tile::of(metric, totals, with_change, series.spark(metric));
    let largest = "Campaigns with the largest spend";
    Figures {
        tiles: Tiles { tiles: TILES.map(tile).into() },
        sold: overview.sold.as_ref().map(|sold| {
            let tile = |metric: Metric| Tile::of(metric, &sold.totals, with_change, None);
            Tiles { tiles: SOLD.map(tile).into() }
        }),
        chart: series.chart(with_change),
        split: Split::of(&overview.platforms, totals, with_change, link),
        movers: with_change.then(|| Movers::of(&overview.movers, link)),
        top_campaigns: campaign_table(largest, &overview.top_campaigns, with_change, link),
        notes_href: link.at("/notes").only(&["workspace"]).to_string(),
        campaigns_href: link.at("/campaigns").only(&VIEW_PARAMETERS).to_string(),
        sources: Basis::of(overview.as_of, totals, &overview.provenance, &overview.notes, link)
            .for_who(sees_work),
    }
}

fn campaign_table(caption: &str, campaigns: &[CampaignRow], with_change: bool, link: &Link) -> Table {
    let figures = campaigns.iter().map(|campaign| &campaign.figures);
    let shown = Metrics::over(&CAMPAIGN_METRICS, with_change, figures);
    let row = |campaign: &CampaignRow| Row {
        names: vec![campaigns::name(&campaign.about, link)],
        cells: shown.cells(&campaign.figures),
        ..Row::default()
    };
    Table {
        caption: caption.to_owned(),
        names: vec![Head::text("Campaign")],
        heads: shown.heads(),
        rows: campaigns.iter().map(row).collect(),
        nothing: "Nothing was spent in these days.",
        ..Table::default()
    }
}
