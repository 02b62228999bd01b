//! Everything by its name: pages, what can be done, campaigns.

use domain::Metric;
use insight::answer::KeyValue;
use insight::filter::{Field, Filter, WordTest};
use insight::{Dimension, Query, Sort};

use super::{VIEW_PARAMETERS, View, views};
use crate::WebError;
use crate::access::Asked;
use crate::admission::Load;
use crate::link::Link;
use crate::params::Params;
use crate::range::Preset;
use people::Permission;

/// Most that is listed.
const MOST: usize = 50;
/// What is listed if nothing is said.
const USUAL: usize = 12;
/// Longest text that is looked for, in bytes.
const LONGEST: usize = 200;
/// Campaigns among which those are chosen whose names fit best.
const CANDIDATES: u32 = 100;

/// What kind of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Page,
    View,
    Action,
    Campaign,
}

/// Something found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    pub(crate) title: String,
    pub(crate) about: String,
    pub(crate) href: String,
}

/// Pages and actions: their kind, title, other words for them, and address. What begins with `#` is done without leaving the page.
const PLACES: [Place; 23] = [
    (Kind::Page, Permission::SeeFigures, "Overview", "home dashboard tiles", "/"),
    (Kind::Page, Permission::SeeFigures, "Campaigns", "list table", "/campaigns"),
    (Kind::Page, Permission::SeeFigures, "Analytics", "explore report cut pivot", "/analytics"),
    (Kind::Page, Permission::SeeWork, "Alerts", "alarm notify incidents firing", "/alerts"),
    (Kind::Page, Permission::SeeWork, "Alert rules", "threshold watch alarm", "/alerts/rules"),
    (
        Kind::Page,
        Permission::SeeWork,
        "Alert channels",
        "email slack teams webhook notify",
        "/alerts/channels",
    ),
    (Kind::Page, Permission::SeeWork, "Imports", "ledger files history undo", "/imports"),
    (
        Kind::Page,
        Permission::SeeWork,
        "Sources",
        "accounts gaps age restatement trust renames duplicates",
        "/sources",
    ),
    (Kind::Page, Permission::SeeWork, "Tracking", "utm landing url tags parameters", "/utm"),
    (Kind::Page, Permission::SeeWork, "Exchange rates", "currency convert ecb money", "/rates"),
    (Kind::Page, Permission::SeeWork, "Plans", "budget target pacing label owner", "/plans"),
    (Kind::Page, Permission::SeeFigures, "Notes", "annotations comments mentions write", "/notes"),
    (Kind::Page, Permission::SeeWork, "Activity", "feed history news happened", "/activity"),
    (Kind::Page, Permission::SeeWork, "Saved views", "bookmark rename delete", "/views"),
    (Kind::Page, Permission::SeeWork, "Workspace", "logo name currency", "/workspace"),
    (Kind::Page, Permission::Administer, "People", "members roles invite users team", "/people"),
    (Kind::Page, Permission::Administer, "Tokens", "api service accounts keys", "/tokens"),
    (Kind::Page, Permission::Administer, "Audit log", "history who changed security", "/audit"),
    (Kind::Page, Permission::Operate, "Status", "health errors latency vitals", "/status"),
    (Kind::Action, Permission::Import, "Import a report", "upload file csv add data", "/imports"),
    (
        Kind::Action,
        Permission::SeeFigures,
        "Spend by month and platform",
        "analytics trend",
        "/analytics?metrics=spend&by=platform%2Cmonth",
    ),
    (Kind::Action, Permission::SeeFigures, "Change the theme", "dark light mode", "#theme"),
    (Kind::Action, Permission::SeeFigures, "Show the keys", "keyboard shortcuts help", "#shortcuts"),
];

/// A page or action: who is offered it, its title, other words for it, and its address.
type Place = (Kind, Permission, &'static str, &'static str, &'static str);

/// Reads what is looked for and finds it: pages and actions first, then saved views, then campaigns, those whose names begin with it before
/// others, and those that spent more before those that spent less. Addresses keep the days of the view.
pub(crate) async fn search(state: &Asked, mut params: Params) -> Result<(String, Vec<Found>), WebError> {
    let remedy = "use 1 to 50";
    let text = params.text("q")?.unwrap_or_default();
    let limit = params.parsed_as("limit", remedy)?.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(WebError::parameter("limit", &format!("{limit} is out of range"), remedy));
    }
    if text.len() > LONGEST {
        return Err(WebError::parameter("q", "it is too long", "use at most 200 bytes"));
    }
    let kept = params.given(&VIEW_PARAMETERS);
    let view = View::read(state, &mut params, None).await?;
    params.done()?;
    let words = text.to_lowercase();
    let is_offered = |(_, needs, ..): &Place| match needs {
        Permission::Operate => state.by.sight.may_somewhere(*needs),
        _ => state.may(*needs, &view.workspace),
    };
    let mut found: Vec<Found> = PLACES
        .iter()
        .filter(|place| is_offered(place) && fits(place, &words))
        .map(|place| place_of(place, &kept))
        .collect();
    let saved = match state.may(Permission::SeeWork, &view.workspace) {
        true => state.catalog().views(view.workspace.id).await?,
        false => Vec::new(),
    };
    found.extend(saved.iter().filter(|saved| is_named(&saved.name, &words)).map(|saved| Found {
        kind: Kind::View,
        title: saved.name.clone(),
        about: "Saved view".to_owned(),
        href: views::place(saved, &view.workspace.name),
    }));
    if !text.is_empty() && view.has_data() {
        found.extend(campaigns(state, &view, &text, &kept).await?);
    }
    found.truncate(limit);
    Ok((text, found))
}

/// Whether each word of a text begins a word of the place's title or of the other words for it.
fn fits((_, _, title, other, _): &Place, words: &str) -> bool {
    is_named(&format!("{title} {other}"), words)
}

/// Whether each word of a text begins a word of a name.
fn is_named(name: &str, words: &str) -> bool {
    let name = name.to_lowercase();
    words.split_whitespace().all(|word| name.split(' ').any(|name| name.starts_with(word)))
}

fn place_of((kind, _, title, _, href): &Place, kept: &[(String, String)]) -> Found {
    let about = if *kind == Kind::Page { "Page" } else { "Action" };
    let href = match href.parse() {
        Ok(uri) if href.starts_with('/') => {
            let days = |(name, _): &&(String, String)| {
                ![
                    "/imports",
                    "/notes",
                    "/activity",
                    "/views",
                    "/workspace",
                    "/people",
                    "/tokens",
                    "/audit",
                    "/status",
                ]
                .contains(href)
                    || name == "workspace"
            };
            kept.iter()
                .filter(days)
                .fold(Link::of(&uri), |link, (name, value)| link.with(name, value))
                .to_string()
        }
        _ => (*href).to_owned(),
    };
    Found { kind: *kind, title: (*title).to_owned(), about: about.to_owned(), href }
}

async fn campaigns(
    state: &Asked,
    view: &View,
    text: &str,
    kept: &[(String, String)],
) -> Result<Vec<Found>, WebError> {
    let asker = view.asker();
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let filter = Filter::Words {
        field: Field::Dimension(Dimension::Campaign),
        test: WordTest::Like,
        words: vec![format!("%{escaped}%")],
    };
    let answer = state
        .ask(Load::Light, asker.workspace(), move |insight| {
            // A campaign of long ago is found as well.
            let known = insight.known(&asker.bound, None)?;
            let days = known.scopes.iter().flat_map(|scope| &scope.segments).map(|segment| segment.period);
            let (oldest, newest) =
                (days.clone().map(|days| days.from()).min(), days.map(|days| days.to()).max());
            let Some((oldest, newest)) = oldest.zip(newest) else { return Ok(None) };
            let query = Query {
                filter,
                sort: Some(Sort::descending(Metric::Spend)),
                limit: CANDIDATES,
                ..Query::new(Preset::All.period(oldest, newest), [Metric::Spend])
                    .by([Dimension::Campaign, Dimension::Platform])
            };
            insight.ask(&asker, &query).map(Some)
        })
        .await?;
    let mut found: Vec<(usize, Found)> = Vec::new();
    for row in answer.into_iter().flat_map(|answer| answer.rows) {
        let [KeyValue::Entity(id, name), platform, ..] = row.keys.as_slice() else { continue };
        let href = format!("/campaigns/{id}");
        // Delivery that is told only for a whole account is no campaign that could be shown.
        if *id == 0 || found.iter().any(|(_, known)| known.href.split('?').next() == Some(&href)) {
            continue;
        }
        let href = kept.iter().fold(Link::to(href), |link, (name, value)| link.with(name, value)).to_string();
        found.push((
            place_in(name, text),
            Found { kind: Kind::Campaign, title: name.clone(), about: platform.label(), href },
        ));
    }
    found.sort_by_key(|(place, _)| *place);
    Ok(found.into_iter().map(|(_, found)| found).collect())
}

/// How well a name fits: 0 if it begins with the text, 1 if one of its words does, else 2.
fn place_in(name: &str, text: &str) -> usize {
    let (name, text) = (name.to_lowercase(), text.to_lowercase());
    let begins_a_word = name.match_indices(&text).any(|(at, _)| !name[..at].ends_with(char::is_alphanumeric));
    if name.starts_with(&text) {
        0
    } else if begins_a_word {
        1
    } else {
        2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_by_the_beginnings_of_their_words() {
        for (words, titles) in [
            ("camp", vec!["Campaigns"]),
            ("import", vec!["Imports", "Import a report"]),
            ("dark", vec!["Change the theme"]),
            ("report imp", vec!["Import a report"]),
            ("nothing like it", vec![]),
        ] {
            let found: Vec<&str> =
                PLACES.iter().filter(|place| fits(place, words)).map(|place| place.2).collect();
            assert_eq!(found, titles, "{words}");
        }
    }

    #[test]
    fn names_that_begin_with_the_text_come_first() {
        for (name, place) in [("Brand | DE", 0), ("DE | Brand", 1), ("Rebrand", 2), ("Ünter brand", 1)] {
            assert_eq!(place_in(name, "BRAND"), place, "{name}");
        }
    }
}
