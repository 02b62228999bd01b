//! `GET /campaigns`: every campaign of a selection with its state and figures.

use askama::Template;
use axum::extract::{OriginalUri, State};
use axum::response::Html;
use domain::Metric;
use insight::campaigns::{CampaignAbout, CampaignList, CampaignRow, CampaignWords};
use insight::{Dimension, Filter, SortBy};

use super::failed::Failed;
use super::paging::Paging;
use super::picker::Picker;
use super::shell::{Section, Shell};
use super::sources::Sources;
use super::table::{Head, Metrics, Name, Row, Table, sorting};
use super::{empty, written};
use crate::chart::{Spark, spark};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::campaigns::{ListQuestion, Picked};
use crate::questions::{self, VIEW_PARAMETERS};
use crate::{AppState, WebError};

/// The metrics of the list, if no others are chosen.
const USUAL: [Metric; 7] = [
    Metric::Spend,
    Metric::Revenue,
    Metric::Roas,
    Metric::Conversions,
    Metric::Cpa,
    Metric::Clicks,
    Metric::Ctr,
];
/// Campaigns of a page, if nothing else is said: as many as come quickly.
const USUAL_ROWS: u32 = 50;
/// Most points of a course in the list.
const MOST_POINTS: usize = 16;

#[derive(Template)]
#[template(path = "campaigns.html")]
struct CampaignsPage {
    shell: Shell,
    text: String,
    filter: String,
    hidden: Vec<(String, String)>,
    cleared: Option<String>,
    picks: Vec<Pick>,
    picker: Picker,
    list: Result<List, Failed>,
}

/// The list itself.
struct List {
    table: Table,
    paging: Paging,
    sources: Sources,
}

/// A choice among words.
struct Pick {
    name: &'static str,
    label: &'static str,
    any: &'static str,
    /// Each with the word for the address, the one for people, and whether it is chosen.
    offers: Vec<(String, String, bool)>,
}

/// The page.
pub(crate) async fn list(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let columns = Picker::read(&mut params, &USUAL)?;
    let (view, mut question) = questions::campaigns::read(&state, params).await?;
    let link = Picker::tidy(Link::of(&uri), &columns);
    if !view.has_data() {
        return empty::page(&state, theme, "Campaigns", Section::Campaigns, &link, &view).await;
    }
    question.query.with_course = true;
    if !link.has("limit") {
        question.query.limit = USUAL_ROWS;
    }
    let (words, asked) = tokio::join!(
        questions::campaigns::words(&state, &view),
        questions::campaigns::answer(&state, &view, &question)
    );
    let with_change = view.compare.is_some();
    let list = match asked {
        Ok(list) => Ok(shown(&list, &question, &columns, with_change, &link)),
        Err(error) => Err(Failed::of(error, &link)?),
    };
    let picked_names = ["text", "filter", "platform", "status", "type", "after"];
    let plain = link.clone().without(&picked_names);
    let picker = Picker::of(&link, &columns);
    let ListQuestion { picked, filter, query } = question;
    let page = CampaignsPage {
        shell: Shell::of_view(&state, theme, "Campaigns", Section::Campaigns, &link, &view).await?,
        text: query.text.clone().unwrap_or_default(),
        filter: filter.to_string(),
        hidden: plain.pairs().to_vec(),
        cleared: (query.filter != Filter::All || query.text.is_some()).then(|| plain.to_string()),
        // Without the words the list can still be picked by its filter.
        picks: picks(&words.unwrap_or_default(), &picked),
        picker,
        list,
    };
    written(&page)
}

fn shown(
    list: &CampaignList,
    question: &ListQuestion,
    columns: &[Metric],
    with_change: bool,
    link: &Link,
) -> List {
    let figures = list.rows.iter().map(|row| &row.figures).chain([&list.totals]);
    let shown = Metrics::over(columns, with_change, figures);
    let row = |campaign: &CampaignRow| Row {
        names: vec![name(&campaign.about, link)],
        course: course(campaign),
        cells: shown.cells(&campaign.figures),
        ..Row::default()
    };
    let sort = Some(question.query.sort);
    let mut campaign = Head::text("Campaign");
    sorting(&mut campaign, link, SortBy::Dimension(Dimension::Campaign), sort, false);
    let (rows, count) = (list.rows.len(), list.count);
    let all = Name {
        text: "All of the selection".to_owned(),
        about: format!("{} campaigns", format::count(count)),
        ..Name::default()
    };
    List {
        table: Table {
            caption: "Campaigns".to_owned(),
            names: vec![campaign],
            course: "Spend",
            heads: shown.sorting_heads(link, sort),
            rows: list.rows.iter().map(row).collect(),
            totals: (rows > 0).then(|| Row {
                names: vec![all],
                cells: shown.cells(&list.totals),
                ..Row::default()
            }),
            nothing: "No campaign is like this in these days. Widen the days or take a filter away.",
        },
        paging: Paging::of(link, "after", list.next.clone(), rows, count, "campaigns"),
        sources: Sources::of(list.as_of, &list.totals, &list.provenance, &list.notes, link),
    }
}

fn course(campaign: &CampaignRow) -> Option<Spark> {
    let per_point = campaign.course.len().div_ceil(MOST_POINTS).max(1);
    let added = |piece: &[Option<i64>]| {
        piece.iter().flatten().copied().reduce(i64::saturating_add).map(|micros| micros as f64)
    };
    spark(&campaign.course.chunks(per_point).map(added).collect::<Vec<_>>())
}

fn picks(words: &CampaignWords, picked: &Picked) -> Vec<Pick> {
    // A word that no campaign has any more still stands in the address.
    let offers = |known: &[String], chosen: Option<&String>| {
        let unknown = chosen.filter(|chosen| !known.contains(chosen));
        let offer = |word: &String| (word.clone(), self::words(word), Some(word) == chosen);
        known.iter().chain(unknown).map(offer).collect::<Vec<_>>()
    };
    let platforms = words.platforms.iter().map(|platform| {
        let is_chosen = picked.platform == Some(*platform);
        (platform.key().to_owned(), platform.label().to_owned(), is_chosen)
    });
    let statuses = offers(&words.statuses, picked.status.as_ref());
    let kinds = offers(&words.kinds, picked.kind.as_ref());
    vec![
        Pick { name: "platform", label: "Platform", any: "All platforms", offers: platforms.collect() },
        Pick { name: "status", label: "State", any: "Any state", offers: statuses },
        Pick { name: "type", label: "Type", any: "Any type", offers: kinds },
    ]
}

/// A campaign's name as a link to it, with its platform, state, account and type.
pub(super) fn name(about: &CampaignAbout, link: &Link) -> Name {
    // Delivery that is told for a whole account only has no page of its own.
    let Some(platform) = about.platform else {
        return Name { text: about.name.clone(), about: about.account.clone(), ..Name::default() };
    };
    let account = Some(about.account.as_str()).filter(|account| !account.is_empty());
    let place = [Some(account.unwrap_or(platform.label())), about.kind.as_deref()];
    let href = link.at(format!("/campaigns/{}", about.id)).only(&VIEW_PARAMETERS).to_string();
    Name {
        text: about.name.clone(),
        href: Some(href),
        mark: format::platform_sign(platform),
        state: about.status.as_deref().map(words).unwrap_or_default(),
        is_on: about.status.as_deref().is_some_and(delivers),
        about: place.into_iter().flatten().collect::<Vec<_>>().join(" · "),
    }
}

/// Whether a state in a platform's words means that ads may be shown.
pub(super) fn delivers(status: &str) -> bool {
    ["enabled", "active", "eligible"].iter().any(|word| status.eq_ignore_ascii_case(word))
}

/// A platform's word as people write it: `PAUSED_BY_USER` is Paused by user.
pub(super) fn words(word: &str) -> String {
    let text = word.replace('_', " ").to_lowercase();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
