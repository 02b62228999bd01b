//! `GET /analytics`: any question, as a form, and its answer as a table.

use askama::Template;
use axum::extract::OriginalUri;
use axum::response::Html;
use domain::{Level, Metric};
use insight::answer::{AnswerRow, KeyValue};
use insight::query::{MOST_ROWS, SortBy};
use insight::{Answer, Dimension, Query};

use super::answer_chart::AnswerChart;
use super::basis::Basis;
use super::failed::Failed;
use super::frame::Page;
use super::paging::Paging;
use super::query_text::QueryText;
use super::shell::{Section, Shell};
use super::table::{Head, Metrics, Name, Row, Table, put_bars, sorting};
use super::{empty, shared, written};
use crate::WebError;
use crate::access::{Asked, May, SeeFigures};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::{self, VIEW_PARAMETERS, View};
use people::Permission;

#[derive(Template)]
#[template(path = "analytics.html")]
struct AnalyticsPage {
    shell: Shell,
    hidden: Vec<(String, String)>,
    metrics: Vec<Offer>,
    by: Vec<Vec<Offer>>,
    levels: Vec<Offer>,
    filter: String,
    query: QueryText,
    answer: Result<Shown, Failed>,
}
in_shell!(AnalyticsPage: FIELDS, LISTS, FIGURES, FORMS, BARS);

/// The answer as it is shown.
struct Shown {
    chart: Option<AnswerChart>,
    table: Table,
    paging: Paging,
    sources: Basis,
}

/// A value that the form offers.
struct Offer {
    key: &'static str,
    label: String,
    meaning: &'static str,
    is_chosen: bool,
}

/// The page.
pub(crate) async fn show(
    state: May<SeeFigures>,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let (view, query) = questions::analytics::read(&state, params).await?;
    let link = Link::of(&uri);
    if !view.has_data() {
        return empty::page(&state, theme, "Analytics", Section::Analytics, &link, &view).await;
    }
    let answer = match answer(&state, &view, &query, &link).await {
        Ok(answer) => Ok(answer),
        Err(error) => Err(Failed::of(error, &link)?),
    };
    let page = AnalyticsPage {
        shell: Shell::of_view(&state, theme, "Analytics", Section::Analytics, &link, &view).await?,
        hidden: link.clone().only(&VIEW_PARAMETERS).pairs().to_vec(),
        metrics: Metric::ALL.iter().map(|metric| metric_option(*metric, &query)).collect(),
        by: (0..3).map(|place| dimension_options(query.dimensions.get(place).copied())).collect(),
        levels: level_options(query.level),
        filter: query.filter.to_string(),
        query: QueryText::of(&link, &query),
        answer,
    };
    written(&page)
}

/// The answer as those see it with whom it is shared.
#[derive(Template)]
#[template(path = "shared/analytics.html")]
struct SharedAnalytics {
    filter: String,
    answer: Shown,
}

/// The page for those with whom it is shared.
pub(super) async fn shared(state: &Asked, link: &Link, params: Params) -> Result<Html<String>, WebError> {
    let (view, query) = questions::analytics::read(state, params).await?;
    if !view.has_data() {
        return shared::empty("Analytics", &view);
    }
    let answer = answer(state, &view, &query, link).await?;
    let page = SharedAnalytics { filter: query.filter.to_string(), answer };
    shared::framed("Analytics", &view, AnalyticsPage::SHEETS, &page)
}

async fn answer(state: &Asked, view: &View, query: &Query, link: &Link) -> Result<Shown, WebError> {
    let answer = questions::analytics::answer(state, view, query).await?;
    // Names are drawn as they are listed; time is drawn as a whole, however it is listed.
    let is_whole = answer.rows.len() as u64 == answer.row_count;
    let chart = match answer.dimensions.iter().any(|dimension| matches!(dimension, Dimension::Time(_))) {
        true if !is_whole && answer.row_count <= u64::from(MOST_ROWS) => {
            let whole = Query { limit: MOST_ROWS, after: None, sort: None, ..query.clone() };
            AnswerChart::of(&questions::analytics::answer(state, view, &whole).await?, link)
        }
        true if !is_whole => None,
        _ => AnswerChart::of(&answer, link),
    };
    let (rows, count) = (answer.rows.len(), answer.row_count);
    let sees_work = state.may(Permission::SeeWork, &view.workspace);
    Ok(Shown {
        chart,
        table: table(&answer, query, link),
        paging: Paging::of(link, "after", answer.next.clone(), rows, count, "row"),
        sources: Basis::of(answer.as_of, &answer.totals, &answer.provenance, &answer.notes, link)
            .for_who(sees_work),
    })
}

fn metric_option(metric: Metric, query: &Query) -> Offer {
    Offer {
        key: metric.key(),
        label: metric.label().to_owned(),
        meaning: metric.meaning(),
        is_chosen: query.metrics.contains(&metric),
    }
}

fn dimension_options(chosen: Option<Dimension>) -> Vec<Offer> {
    let nothing = Offer { key: "", label: "–".to_owned(), meaning: "", is_chosen: chosen.is_none() };
    let offer = |dimension: Dimension| Offer {
        key: dimension.key(),
        label: dimension.label().to_owned(),
        meaning: "",
        is_chosen: chosen == Some(dimension),
    };
    [nothing].into_iter().chain(Dimension::ALL.map(offer)).collect()
}

fn level_options(chosen: Option<Level>) -> Vec<Offer> {
    let any =
        Offer { key: "", label: "whichever tells most".to_owned(), meaning: "", is_chosen: chosen.is_none() };
    let offer = |level: Level| Offer {
        key: level.key(),
        label: level.label().to_owned(),
        meaning: "",
        is_chosen: chosen == Some(level),
    };
    [any].into_iter().chain(Level::ALL.map(offer)).collect()
}

fn table(answer: &Answer, query: &Query, link: &Link) -> Table {
    let figures: Vec<_> = answer.rows.iter().map(|row| &row.figures).collect();
    let with_change = answer.compared.is_some();
    let shown = Metrics::over(&answer.metrics, with_change, figures.iter().copied().chain([&answer.totals]));
    let name = |dimension: Dimension| {
        let mut head = Head::text(dimension.label());
        sorting(&mut head, link, SortBy::Dimension(dimension), query.sort, false);
        head
    };
    let row = |row: &AnswerRow| Row {
        names: answer
            .dimensions
            .iter()
            .zip(&row.keys)
            .map(|(dimension, key)| key_name(*dimension, key, link))
            .collect(),
        cells: shown.cells(&row.figures),
        ..Row::default()
    };
    let mut rows: Vec<Row> = answer.rows.iter().map(row).collect();
    if answer.dimensions.len() == 1 {
        put_bars(&mut rows, 0, answer.metrics[0], &figures);
    }
    let all = answer.dimensions.iter().enumerate().map(|(n, _)| Name::text(if n == 0 { "All" } else { "" }));
    Table {
        caption: "The answer".to_owned(),
        names: answer.dimensions.iter().copied().map(name).collect(),
        heads: shown.sorting_heads(link, query.sort),
        rows,
        totals: (!answer.dimensions.is_empty()).then(|| Row {
            names: all.collect(),
            cells: shown.cells(&answer.totals),
            ..Row::default()
        }),
        ..Table::default()
    }
}

/// A row's place in a dimension; campaigns lead to their page.
pub(super) fn key_name(dimension: Dimension, key: &KeyValue, link: &Link) -> Name {
    match (dimension, key) {
        (Dimension::Time(grain), KeyValue::Day(day)) => Name::text(format::piece(grain, *day)),
        (Dimension::Campaign, KeyValue::Entity(id, name)) => {
            let href = link.at(format!("/campaigns/{id}")).only(&VIEW_PARAMETERS).leads();
            Name { text: name.clone(), href, ..Name::default() }
        }
        (_, KeyValue::Currency(currency)) => Name::text(format::currency(*currency)),
        (_, key) => Name::text(key.label()),
    }
}
