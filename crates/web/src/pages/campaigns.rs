//! `GET /campaigns`: every campaign of a selection with its state and figures.

use std::collections::HashMap;

use askama::Template;
use axum::extract::OriginalUri;
use axum::response::Html;
use domain::Metric;
use insight::campaigns::{CampaignAbout, CampaignList, CampaignRow, CampaignWords};
use insight::{Dimension, Filter, SortBy};
use people::Permission;
use store::catalog::Plan;

use super::basis::Basis;
use super::failed::Failed;
use super::figure::{Delta, Figure};
use super::frame::Page;
use super::paging::Paging;
use super::picker::Picker;
use super::shell::{Can, Section, Shell};
use super::table::{Cell, Head, Metrics, Name, Row, Table, sorting};
use super::{empty, pace, shared, written};
use crate::WebError;
use crate::access::{Asked, May, SeeFigures};
use crate::chart::{Spark, spark};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::campaigns::{ListQuestion, Picked};
use crate::questions::plans::{self, Going};
use crate::questions::{self, VIEW_PARAMETERS, View};

/// The metrics of the list, if no others are chosen.
pub(crate) const USUAL: [Metric; 7] = [
    Metric::Spend,
    Metric::Revenue,
    Metric::Roas,
    Metric::Conversions,
    Metric::Cpa,
    Metric::Clicks,
    Metric::Ctr,
];
/// Campaigns of a page, if nothing else is said: as many as come quickly.
const USUAL_ROWS: u32 = 40;
/// Most points of a course in the list.
const MOST_POINTS: usize = 16;

/// The plans of a page's campaigns and how they go, by campaign.
type Plans = HashMap<u32, (Plan, Going)>;

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
    plans_href: String,
    /// What the form that edits chosen plans keeps of the address.
    kept: Vec<(String, String)>,
    list: Result<List, Failed>,
}
in_shell!(CampaignsPage: FIELDS, LISTS, QUESTIONS);

/// The list itself.
struct List {
    table: Table,
    paging: Paging,
    sources: Basis,
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
    state: May<SeeFigures>,
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
    let (words, labels, asked) = tokio::join!(
        questions::campaigns::words(&state, &view),
        state.catalog().labels(view.workspace.id),
        answer(&state, &view, &question)
    );
    let with_change = view.compare.is_some();
    let shell = Shell::of_view(&state, theme, "Campaigns", Section::Campaigns, &link, &view).await?;
    let list = match asked {
        Ok((list, plans)) => Ok(shown(&list, &plans, &question, &columns, with_change, &link, &shell.can)),
        Err(error) => Err(Failed::of(error, &link)?),
    };
    // Labels are given in plans.
    let labels = labels.ok().filter(|_| shell.can.see_work).unwrap_or_default();
    let picked_names = ["text", "filter", "platform", "status", "type", "label", "after"];
    let plain = link.clone().without(&picked_names);
    let picker = Picker::of(&link, &columns);
    let ListQuestion { picked, filter, query } = question;
    let page = CampaignsPage {
        shell,
        text: query.text.clone().unwrap_or_default(),
        filter: filter.to_string(),
        hidden: plain.pairs().to_vec(),
        cleared: (query.filter != Filter::All || query.text.is_some()).then(|| plain.to_string()),
        // Without the words the list can still be picked by its filter.
        picks: picks(&words.unwrap_or_default(), &labels, &picked),
        picker,
        plans_href: link.at("/plans").only(&VIEW_PARAMETERS).to_string(),
        kept: link.clone().only(&VIEW_PARAMETERS).pairs().to_vec(),
        list,
    };
    written(&page)
}

/// The list as those see it with whom it is shared.
#[derive(Template)]
#[template(path = "shared/campaigns.html")]
struct SharedCampaigns {
    /// What was picked, in words.
    chosen: Vec<String>,
    list: List,
}

/// The page for those with whom it is shared.
pub(super) async fn shared(state: &Asked, link: Link, mut params: Params) -> Result<Html<String>, WebError> {
    let columns = Picker::read(&mut params, &USUAL)?;
    let (view, mut question) = questions::campaigns::read(state, params).await?;
    let link = Picker::tidy(link, &columns);
    if !view.has_data() {
        return shared::empty("Campaigns", &view);
    }
    question.query.with_course = true;
    if !link.has("limit") {
        question.query.limit = USUAL_ROWS;
    }
    let list = questions::campaigns::answer(state, &view, &question).await?;
    let with_change = view.compare.is_some();
    let list = shown(&list, &Plans::new(), &question, &columns, with_change, &link, &Can::default());
    let ListQuestion { picked, filter, query } = &question;
    let text = query.text.as_ref().map(|text| format!("name contains {text}"));
    let filter = Some(filter.to_string()).filter(|filter| !filter.is_empty());
    let platform = picked.platform.map(|platform| platform.label().to_owned());
    let of_platform = [&picked.status, &picked.kind].map(|word| word.as_deref().map(words));
    let chosen = [text, filter, platform, picked.label.clone()].into_iter().chain(of_platform).flatten();
    let page = SharedCampaigns { chosen: chosen.collect(), list };
    shared::framed("Campaigns", &view, CampaignsPage::SHEETS, &page)
}

/// A page of the list, and the plans of its campaigns.
async fn answer(
    state: &Asked,
    view: &View,
    question: &ListQuestion,
) -> Result<(CampaignList, Plans), WebError> {
    let list = questions::campaigns::answer(state, view, question).await?;
    let ids: Vec<u32> = list.rows.iter().map(|row| row.about.id).collect();
    let plans = match state.may(Permission::SeeWork, &view.workspace) {
        true => plans::of_campaigns(state, &view.workspace, &ids).await?,
        false => HashMap::new(),
    };
    Ok((list, plans))
}

fn shown(
    list: &CampaignList,
    plans: &Plans,
    question: &ListQuestion,
    columns: &[Metric],
    with_change: bool,
    link: &Link,
    can: &Can,
) -> List {
    let figures = list.rows.iter().map(|row| &row.figures).chain([&list.totals]);
    let shown = Metrics::over(columns, with_change, figures);
    let has_budgets = list
        .rows
        .iter()
        .any(|row| plans.get(&row.about.id).is_some_and(|(plan, _)| plan.state.decision.budget().is_some()));
    let row = |campaign: &CampaignRow| {
        let plan = plans.get(&campaign.about.id);
        let mut cells = shown.cells(&campaign.figures);
        let target = plan.and_then(|(plan, _)| plan.state.decision.target());
        for (cell, metric) in cells.iter_mut().zip(shown.metrics) {
            cell.goal = Delta::goal(*metric, &campaign.figures, target);
        }
        if has_budgets {
            cells.insert(0, pace::cell(plan.map_or(&Going::NoBudget, |(_, going)| going)));
        }
        let labels = plan.map(|(plan, _)| plan.state.decision.labels.iter().cloned().collect());
        let choice = Some(campaign.about.id).filter(|id| *id != 0 && can.decide);
        let name = Name { labels: labels.unwrap_or_default(), choice, ..name(&campaign.about, link) };
        Row { names: vec![name], course: course(campaign), cells, ..Row::default() }
    };
    let mut heads = shown.sorting_heads(link, Some(question.query.sort));
    let mut totals = shown.cells(&list.totals);
    if has_budgets {
        let meaning = "Of the month's planned budget, in the month that the figures have reached".to_owned();
        heads.insert(0, Head { meaning, ..Head::text("Budget used") });
        totals.insert(0, Cell::of(Figure::plain(None, "", "Each campaign has its own budget")));
    }
    let sort = Some(question.query.sort);
    let mut campaign = Head::text("Campaign");
    sorting(&mut campaign, link, SortBy::Dimension(Dimension::Campaign), sort, false);
    let (rows, count) = (list.rows.len(), list.count);
    let all = Name {
        text: "All of the selection".to_owned(),
        about: format::counted(count, "campaign"),
        ..Name::default()
    };
    List {
        table: Table {
            caption: "Campaigns".to_owned(),
            names: vec![campaign],
            course: "Spend",
            heads,
            rows: list.rows.iter().map(row).collect(),
            totals: (rows > 0).then(|| Row { names: vec![all], cells: totals, ..Row::default() }),
            nothing: "No campaign is like this in these days. Widen the days or take a filter away.",
        },
        paging: Paging::of(link, "after", list.next.clone(), rows, count, "campaign"),
        sources: Basis::of(list.as_of, &list.totals, &list.provenance, &list.notes, link)
            .for_who(can.see_work),
    }
}

fn course(campaign: &CampaignRow) -> Option<Spark> {
    let per_point = campaign.course.len().div_ceil(MOST_POINTS).max(1);
    let added = |piece: &[Option<i64>]| {
        piece.iter().flatten().copied().reduce(i64::saturating_add).map(|micros| micros as f64)
    };
    spark(&campaign.course.chunks(per_point).map(added).collect::<Vec<_>>())
}

fn picks(words: &CampaignWords, labels: &[(String, u32)], picked: &Picked) -> Vec<Pick> {
    // A word that no campaign has any more still stands in the address.
    let offers = |known: &[String], chosen: Option<&String>| {
        let unknown = chosen.filter(|chosen| !known.contains(chosen));
        let offer = |word: &String| (word.clone(), self::words(word), Some(word) == chosen);
        known.iter().chain(unknown).map(offer).collect::<Vec<_>>()
    };
    let platforms = words.platforms.iter().filter(|platform| !platform.is_record()).map(|platform| {
        let is_chosen = picked.platform == Some(*platform);
        (platform.key().to_owned(), platform.label().to_owned(), is_chosen)
    });
    let statuses = offers(&words.statuses, picked.status.as_ref());
    let kinds = offers(&words.kinds, picked.kind.as_ref());
    let unknown = picked.label.iter().filter(|chosen| labels.iter().all(|(label, _)| label != *chosen));
    let labels = labels.iter().map(|(label, _)| label).chain(unknown);
    let labels = labels.map(|label| (label.clone(), label.clone(), Some(label) == picked.label.as_ref()));
    vec![
        Pick { name: "platform", label: "Platform", any: "All platforms", offers: platforms.collect() },
        Pick { name: "status", label: "State", any: "Any state", offers: statuses },
        Pick { name: "type", label: "Type", any: "Any type", offers: kinds },
        Pick { name: "label", label: "Label", any: "Any label", offers: labels.collect() },
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
    let href = link.at(format!("/campaigns/{}", about.id)).only(&VIEW_PARAMETERS).leads();
    Name {
        text: about.name.clone(),
        href,
        mark: format::platform_sign(platform),
        state: about.status.as_deref().map(words).unwrap_or_default(),
        is_on: about.status.as_deref().is_some_and(delivers),
        about: place.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        ..Name::default()
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
