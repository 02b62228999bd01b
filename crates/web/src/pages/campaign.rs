//! `GET /campaigns/{id}`: one campaign, its state, its figures over time, and what is below it.

use askama::Template;
use axum::extract::{OriginalUri, Path};
use axum::response::Html;
use domain::{Level, Metric, PlanAbout, Target};
use insight::answer::AnswerRow;
use insight::campaign::{Campaign, Children};
use insight::overview::TILES;

use super::arrivals;
use super::basis::Basis;
use super::campaigns::{delivers, words};
use super::charted::Charted;
use super::failed::Failed;
use super::figure::{Delta, Figure};
use super::frame::Page;
use super::notes::UnderCampaign;
use super::plan_panel::PlanPanel;
use super::plans::deleted_about;
use super::series::Series;
use super::shell::{Section, Shell};
use super::table::{Head, Metrics, Name, Row, Table};
use super::tile::{Tile, Tiles};
use super::{shared, written};
use crate::WebError;
use crate::access::{Asked, May, SeeFigures};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::notes::annotations;
use crate::questions::who::with_names;
use crate::questions::{self, VIEW_PARAMETERS, View, plans};
use people::Permission;

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
    about: About,
    plan: Result<PlanPanel, Failed>,
    notes: Result<UnderCampaign, Failed>,
    tiles: Tiles,
    chart: Option<Charted>,
    tabs: Vec<Tab>,
    below: Option<Below>,
    sources: Basis,
}
in_shell!(CampaignPage: LISTS, FACTS, FIGURES, FORMS, PLANS);

/// What the campaign is.
struct About {
    name: String,
    list_href: String,
    mark: &'static str,
    platform: &'static str,
    account: String,
    status: String,
    is_on: bool,
    kind: String,
    external_id: String,
    budget: Option<Figure>,
}

/// A way to what is below the campaign at one level.
struct Tab {
    label: String,
    count: String,
    href: String,
    is_chosen: bool,
}

/// What is below the campaign at the chosen level.
struct Below {
    title: String,
    /// What is not listed; empty if all is.
    cut: String,
    table: Table,
}

/// The page.
pub(crate) async fn show(
    state: May<SeeFigures>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let tab: Option<Level> = params.parsed("tab")?;
    let (view, campaign) = questions::campaigns::campaign(&state, &id, params).await?;
    let link = Link::of(&uri);
    let with_change = view.compare.is_some();
    let totals = &campaign.totals;
    // Without the ledger's lines the figures are as true; only the marks are missing.
    let arrivals = arrivals::newest(&state, &view).await.unwrap_or_default();
    let own = arrivals.iter().filter(|arrival| campaign.provenance.imports.contains(&arrival.id));
    let told = annotations(&state, &view.workspace, view.period, Some(campaign.about.id)).await;
    let series = series(&campaign).marked(own).annotated(&told.unwrap_or_default());
    let notes = UnderCampaign::read(&state, &view.workspace, campaign.about.id).await;
    let chosen = chosen(&campaign, tab);
    let (plan, target) = match plan(&state, &view, &campaign, &link).await {
        // What was decided is for those who work with it.
        Ok((panel, target)) => {
            (Ok(panel), target.filter(|_| state.may(Permission::SeeWork, &view.workspace)))
        }
        Err(error) => (Err(Failed::of(error, &link)?), None),
    };
    let tile = |metric: &Metric| Tile {
        goal: Delta::goal(*metric, totals, target),
        ..Tile::of(*metric, totals, with_change, series.spark(*metric))
    };
    let name = &campaign.about.name;
    let page = CampaignPage {
        shell: Shell::of_view(&state, theme, name, Section::Campaigns, &link, &view).await?,
        about: about(&campaign, &link),
        plan,
        notes: match notes {
            Ok(notes) => Ok(notes),
            Err(error) => Err(Failed::of(error, &link)?),
        },
        tiles: Tiles { tiles: TILES.iter().map(tile).collect() },
        chart: series.chart(with_change),
        tabs: campaign.children.iter().map(|of| tab_of(of, chosen, &link)).collect(),
        below: chosen.map(|children| below(children, with_change)),
        sources: Basis::of(campaign.as_of, totals, &campaign.provenance, &campaign.notes, &link)
            .for_who(state.may(Permission::SeeWork, &view.workspace)),
    };
    written(&page)
}

/// The campaign as those see it with whom it is shared.
#[derive(Template)]
#[template(path = "shared/campaign.html")]
struct SharedCampaign {
    about: About,
    tiles: Tiles,
    chart: Option<Charted>,
    tabs: Vec<Tab>,
    below: Option<Below>,
    sources: Basis,
}

/// The page for those with whom it is shared.
pub(super) async fn shared(state: &Asked, link: &Link, mut params: Params) -> Result<Html<String>, WebError> {
    let tab: Option<Level> = params.parsed("tab")?;
    let id = link.path().rsplit('/').next().unwrap_or_default().to_owned();
    let (view, campaign) = questions::campaigns::campaign(state, &id, params).await?;
    let (with_change, totals) = (view.compare.is_some(), &campaign.totals);
    let series = series(&campaign);
    let chosen = chosen(&campaign, tab);
    let page = SharedCampaign {
        about: about(&campaign, link),
        tiles: Tiles {
            tiles: TILES
                .iter()
                .map(|metric| Tile::of(*metric, totals, with_change, series.spark(*metric)))
                .collect(),
        },
        chart: series.chart(with_change),
        tabs: campaign.children.iter().map(|of| tab_of(of, chosen, link)).collect(),
        below: chosen.map(|children| below(children, with_change)),
        sources: Basis::of(campaign.as_of, totals, &campaign.provenance, &campaign.notes, link)
            .for_who(false),
    };
    shared::framed(&campaign.about.name, &view, CampaignPage::SHEETS, &page)
}

/// Its figures over time.
fn series(campaign: &Campaign) -> Series {
    let Campaign { period, totals, series, days_known, freshness, .. } = campaign;
    Series::of(*period, totals.currency, series, days_known, freshness)
}

/// What is below it at a level, else at the first that there is.
fn chosen(campaign: &Campaign, tab: Option<Level>) -> Option<&Children> {
    let of_tab = campaign.children.iter().find(|children| Some(children.level) == tab);
    of_tab.or_else(|| campaign.children.first())
}

/// What was decided about the campaign, and its target.
async fn plan(
    state: &Asked,
    view: &View,
    campaign: &Campaign,
    link: &Link,
) -> Result<(PlanPanel, Option<Target>), WebError> {
    let (workspace, about) = (&view.workspace, PlanAbout::Campaign(campaign.about.id));
    let usual = campaign.about.currency.or(workspace.currency);
    let can_decide = state.may(Permission::Decide, workspace);
    let Some(plan) = plans::about(state, workspace, about.clone()).await? else {
        let deleted = with_names(state, deleted_about(state, workspace, &about).await?).await?;
        return Ok((PlanPanel::none(&about, &deleted, link, usual).for_who(can_decide), None));
    };
    let target = plan.state.decision.target();
    let changes = with_names(state, state.catalog().plan_changes(workspace.id, plan.id).await?).await?;
    let shown = plans::shown(state, workspace, vec![plan]).await?.pop();
    let shown = shown.ok_or_else(|| WebError::internal("a plan is lost"))?;
    Ok((PlanPanel::of(&shown, &changes, link, usual).for_who(can_decide), target))
}

fn about(campaign: &Campaign, link: &Link) -> About {
    let about = &campaign.about;
    let currency = about.currency;
    let budget = about.budget_micros.map(|micros| {
        let unit = currency.map(format::currency).unwrap_or_default();
        Figure::plain(Some(format::money(micros, currency)), unit, "")
    });
    About {
        name: about.name.clone(),
        list_href: link.at("/campaigns").only(&VIEW_PARAMETERS).to_string(),
        mark: about.platform.map_or("", format::platform_sign),
        platform: about.platform.map_or("", |platform| platform.label()),
        account: about.account.clone(),
        status: about.status.as_deref().map(words).unwrap_or_default(),
        is_on: about.status.as_deref().is_some_and(delivers),
        kind: about.kind.clone().unwrap_or_default(),
        external_id: about.external_id.clone().unwrap_or_default(),
        budget,
    }
}

fn tab_of(children: &Children, chosen: Option<&Children>, link: &Link) -> Tab {
    Tab {
        label: format!("{}s", words(children.level.label())),
        count: format::count(children.count),
        href: link.clone().with("tab", children.level.key()).to_string(),
        is_chosen: chosen.is_some_and(|chosen| chosen.level == children.level),
    }
}

fn below(children: &Children, with_change: bool) -> Below {
    let figures = children.rows.iter().map(|row| &row.figures).chain([&children.totals]);
    let shown = Metrics::over(&LISTED, with_change, figures);
    let label = words(children.level.label());
    let listed = children.rows.len() as u64;
    let row = |row: &AnswerRow| Row {
        names: row.keys.last().map(|key| Name::text(key.label())).into_iter().collect(),
        cells: shown.cells(&row.figures),
        ..Row::default()
    };
    Below {
        title: format!("{label}s"),
        cut: match children.count > listed {
            true => format!(
                "The {} with the largest spend of {}.",
                format::count(listed),
                format::count(children.count)
            ),
            false => String::new(),
        },
        table: Table {
            caption: format!("{label}s of this campaign"),
            names: vec![Head::text(&label)],
            heads: shown.heads(),
            rows: children.rows.iter().map(row).collect(),
            totals: Some(Row {
                names: vec![Name::text(format!("All {}s", children.level.label()))],
                cells: shown.cells(&children.totals),
                ..Row::default()
            }),
            ..Table::default()
        },
    }
}
