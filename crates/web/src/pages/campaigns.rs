//! `GET /campaigns`: every campaign of a selection with its state and figures.

use askama::Template;
use axum::extract::{OriginalUri, State};
use axum::response::Html;
use domain::Metric;
use insight::campaigns::{CampaignAbout, CampaignRow};
use insight::{Dimension, SortBy};

use super::paging::Paging;
use super::shell::{Section, Shell};
use super::sources::Sources;
use super::table::{Head, Metrics, Name, Row, Table, sorting};
use super::{empty, written};
use crate::link::Link;
use crate::params::Params;
use crate::questions::{self, VIEW_PARAMETERS};
use crate::{AppState, WebError};

/// The metrics of the list.
pub(super) const LISTED: [Metric; 10] = [
    Metric::Spend,
    Metric::Revenue,
    Metric::Roas,
    Metric::Conversions,
    Metric::Cpa,
    Metric::Clicks,
    Metric::Ctr,
    Metric::Cpc,
    Metric::Impressions,
    Metric::Cpm,
];

#[derive(Template)]
#[template(path = "campaigns.html")]
struct CampaignsPage {
    shell: Shell,
    text: String,
    filter: String,
    hidden: Vec<(String, String)>,
    cleared: Option<String>,
    table: Table,
    paging: Paging,
    sources: Sources,
}

/// The page.
pub(crate) async fn list(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Result<Html<String>, WebError> {
    let (view, query, list) = questions::campaigns::campaigns(&state, params).await?;
    let link = Link::of(&uri);
    if !view.has_data {
        return empty::page(&state, "Campaigns", Section::Campaigns, &link, &view).await;
    }
    let figures = list.rows.iter().map(|row| &row.figures).chain([&list.totals]);
    let shown = Metrics::over(&LISTED, view.compare.is_some(), figures);
    let row = |campaign: &CampaignRow| Row {
        names: vec![name(&campaign.about, &link), state_name(&campaign.about)],
        cells: shown.cells(&campaign.figures),
    };
    let mut campaign = Head::text("Campaign");
    sorting(&mut campaign, &link, SortBy::Dimension(Dimension::Campaign), Some(query.sort), false);
    let totals = Row {
        names: vec![Name::text("All of the selection"), Name::default()],
        cells: shown.cells(&list.totals),
    };
    let plain = link.clone().without(&["text", "filter", "after"]);
    let page = CampaignsPage {
        shell: Shell::of_view(&state, "Campaigns", Section::Campaigns, &link, &view).await?,
        text: query.text.clone().unwrap_or_default(),
        filter: query.filter.to_string(),
        hidden: plain.pairs().to_vec(),
        cleared: (link.has("text") || link.has("filter")).then(|| plain.to_string()),
        table: Table {
            caption: "Campaigns".to_owned(),
            names: vec![campaign, Head::text("State")],
            heads: shown.sorting_heads(&link, Some(query.sort)),
            rows: list.rows.iter().map(row).collect(),
            totals: Some(totals),
        },
        paging: Paging::of(&link, "after", list.next.clone(), list.rows.len(), list.count, "campaigns"),
        sources: Sources::of(
            list.period,
            list.as_of,
            &list.totals,
            &list.freshness,
            &list.provenance,
            &list.notes,
            &link,
        ),
    };
    written(&page)
}

/// A campaign's name as a link to it, with its platform and account.
pub(super) fn name(about: &CampaignAbout, link: &Link) -> Name {
    // Delivery that is told for a whole account only has no page of its own.
    let Some(platform) = about.platform else {
        return Name { text: about.name.clone(), href: None, about: about.account.clone() };
    };
    let platform = platform.label();
    let place = if about.account.is_empty() || about.account == platform {
        platform.to_owned()
    } else {
        format!("{platform} · {}", about.account)
    };
    let href = link.at(format!("/campaigns/{}", about.id)).only(&VIEW_PARAMETERS).to_string();
    Name { text: about.name.clone(), href: Some(href), about: place }
}

/// A campaign's state and type.
fn state_name(about: &CampaignAbout) -> Name {
    let text = about.status.as_deref().map(words).unwrap_or_default();
    Name { text, href: None, about: about.kind.clone().unwrap_or_default() }
}

/// A platform's word as people write it: `PAUSED_BY_USER` is Paused by user.
pub(super) fn words(word: &str) -> String {
    let text = word.replace('_', " ").to_lowercase();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
