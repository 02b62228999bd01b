//! `/utm`: tracking. Whether visits can be assigned to campaigns, and what was spent where they can't.

use askama::Template;
use axum::extract::OriginalUri;
use axum::response::Html;
use domain::Metric;
use insight::Figures;
use insight::utm::{Found, Problem, TrackedRow, TrackedSum, Tracking};

use super::campaigns::name;
use super::figure::Figure;
use super::shell::{Section, Shell};
use super::table::Name;
use super::{empty, written};
use crate::access::{May, SeeWork};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::VIEW_PARAMETERS;
use crate::{WebError, questions};

/// Letters of an address that are shown; the rest is said when it is pointed at.
const SHOWN: usize = 80;

#[derive(Template)]
#[template(path = "utm.html")]
struct UtmPage {
    shell: Shell,
    sources_href: String,
    /// Without any, there is nothing to look at.
    has_addresses: bool,
    /// What is asked for, if not everything.
    only: &'static str,
    sums: Vec<Sum>,
    rows: Vec<Line>,
    label: String,
    first: Option<String>,
    next: Option<String>,
    notes: Vec<String>,
    imports_href: String,
}
in_shell!(UtmPage: FIELDS, LISTS, FACTS, ATTENTION, FORMS, NOTICE);

/// What was spent where something is so.
struct Sum {
    label: &'static str,
    meaning: &'static str,
    /// The same page with these rows only.
    href: Option<String>,
    is_here: bool,
    count: String,
    spend: Figure,
    left_out: String,
}

/// An ad, or what else an address stands at.
struct Line {
    level: &'static str,
    name: String,
    campaign: Name,
    /// What stands before the parameters, cut.
    address: String,
    /// All of it.
    full: String,
    found: Vec<Found>,
    spend: Figure,
    left_out: String,
}

/// The page.
pub(crate) async fn show(
    state: May<SeeWork>,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let link = Link::of(&uri);
    let asked = questions::utm::tracking(&state, params).await?;
    let (view, tracking) = (&asked.view, &asked.tracking);
    if !view.has_data() {
        return empty::page(&state, theme, "Tracking", Section::Sources, &link, view).await;
    }
    let shown = format::count(tracking.rows.len() as u64);
    let has_more = tracking.next.is_some() || link.has("after");
    written(&UtmPage {
        sources_href: link.at("/sources").only(&VIEW_PARAMETERS).to_string(),
        has_addresses: tracking.has_addresses,
        only: asked.problem.map_or("", Problem::label),
        sums: sums(tracking, asked.problem, &link),
        rows: tracking.rows.iter().map(|row| line(row, &link)).collect(),
        label: match has_more {
            true => format!("{shown} of {}", format::count(tracking.count)),
            false => format!("{shown} in all"),
        },
        first: link.has("after").then(|| link.clone().without(&["after"]).to_string()),
        next: tracking.next.as_ref().map(|next| link.clone().with("after", next).to_string()),
        notes: tracking.notes.clone(),
        imports_href: link.at("/imports").only(&["workspace"]).to_string(),
        shell: Shell::of_view(&state, theme, "Tracking", Section::Sources, &link, view).await?,
    })
}

fn sums(tracking: &Tracking, asked: Option<Problem>, link: &Link) -> Vec<Sum> {
    let all = link.clone().without(&["after", "problem"]);
    let of_problem = |(problem, sum): &(Problem, TrackedSum)| Sum {
        is_here: asked == Some(*problem),
        href: (sum.count > 0).then(|| all.clone().with("problem", problem.key()).to_string()),
        ..self::sum(problem.label(), problem.meaning(), sum)
    };
    let mut sums: Vec<Sum> = tracking.problems.iter().map(of_problem).collect();
    sums.push(Sum {
        is_here: asked.is_none(),
        href: Some(all.to_string()),
        ..sum("Any of these", "Each ad once, whatever is wrong with it", &tracking.untraceable)
    });
    sums.push(sum("Looked at", "All of which an address is known", &tracking.checked));
    sums.push(sum(
        "No address known",
        "No import told where these lead, which says nothing about their tags",
        &tracking.unknown,
    ));
    sums
}

fn sum(label: &'static str, meaning: &'static str, sum: &TrackedSum) -> Sum {
    let spend = match sum.count {
        0 => Figure::plain(None, "", "There is none"),
        _ => Figure::full(Metric::Spend, &sum.figures, true),
    };
    Sum {
        label,
        meaning,
        href: None,
        is_here: false,
        count: format::count(sum.count),
        spend,
        left_out: left_out(&sum.figures),
    }
}

/// Spend in other currencies, in words.
fn left_out(figures: &Figures) -> String {
    let amounts = figures.left_out.iter().filter_map(|other| {
        let amount = format::money(other.spend_micros?, Some(other.currency));
        Some(format!("{amount} {}", format::currency(other.currency)))
    });
    amounts.collect::<Vec<_>>().join(", ")
}

fn line(row: &TrackedRow, link: &Link) -> Line {
    let full = row.address.clone().unwrap_or_default();
    let place = full.split(['?', '#']).next().unwrap_or_default();
    let place = place.trim_start_matches("https://").trim_start_matches("http://");
    let mut address: String = place.chars().take(SHOWN).collect();
    if place.chars().count() > SHOWN {
        address.push('…');
    }
    Line {
        level: row.level.label(),
        name: row.name.clone(),
        campaign: name(&row.campaign, link),
        address,
        full,
        found: row.found.clone(),
        spend: Figure::full(Metric::Spend, &row.figures, true),
        left_out: left_out(&row.figures),
    }
}
