//! `/imports/mappings`: tables that somebody explained: by which headers they are recognised, what their columns are, how often
//! that served; and forgetting it.

use askama::Template;
use axum::extract::{OriginalUri, Path};
use axum::response::{Html, Redirect};
use ingest::Mapping;
use store::catalog::{MappingRecord, Workspace};

use super::columns::{cut, in_words};
use super::shell::{Section, Shell};
use super::written;
use crate::WebError;
use crate::access::{Import, May, SeeWork};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::columns::{forget, remembered};
use crate::questions::{chosen, plans};

/// Longest header that is shown.
const LONGEST: usize = 80;

#[derive(Template)]
#[template(path = "mappings.html")]
struct MappingsPage {
    shell: Shell,
    imports_href: String,
    lines: Vec<Line>,
}
in_shell!(MappingsPage: FIELDS, LISTS, FACTS, FORMS);

/// A table that is recognised.
struct Line {
    /// What it is read as.
    platform: &'static str,
    /// Its columns: header, and what it is in words; nothing for those of no use.
    columns: Vec<(String, String)>,
    /// How many of them are used.
    used_columns: usize,
    /// What holds for all its rows, in words.
    also: String,
    /// As the command line takes it.
    mapping: String,
    said: String,
    used: String,
    /// The last file; empty before the first.
    last_file: String,
    last_at: String,
    delete: String,
}

/// The page.
pub(crate) async fn list(
    state: May<SeeWork>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let workspace = chosen(&state, &mut params).await?;
    params.done()?;
    let kept = remembered(&state, &workspace).await?;
    let link = Link::of(&uri);
    let title = "Tables that were explained";
    written(&MappingsPage {
        lines: kept.into_iter().map(|(record, mapping)| line(record, mapping.as_ref(), &workspace)).collect(),
        imports_href: link.at("/imports").only(&["workspace"]).to_string(),
        shell: Shell::of(&state, theme, title, Some(Section::Imports), &link, &workspace).await?,
    })
}

/// Forgets what the columns of a table are, and leads back to the others.
pub(crate) async fn delete(
    state: May<Import>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Redirect, WebError> {
    let workspace = plans::changed_in(&state, &mut params).await?;
    params.done()?;
    forget(&state, &workspace, &id).await?;
    Ok(Redirect::to(&Link::to("/imports/mappings").with("workspace", &workspace.name).to_string()))
}

fn line(record: MappingRecord, mapping: Option<&Mapping>, workspace: &Workspace) -> Line {
    let MappingRecord { id, kept, said_at, used, last_use } = record;
    let column = |(place, header): (usize, &str)| {
        let label = match header.is_empty() {
            true => format!("column {}, without a header", place + 1),
            false => cut(header, LONGEST),
        };
        let word = mapping.and_then(|mapping| mapping.usage_at(&kept.headers, place));
        (label, word.map(in_words).unwrap_or_default())
    };
    let columns: Vec<(String, String)> = kept.headers.split('\n').enumerate().map(column).collect();
    let also = mapping.map(|mapping| {
        let parts = [
            mapping.currency().map(|currency| format!("in {}", currency.code())),
            mapping.date_order().map(|order| match order {
                ingest::DateOrder::DayFirst => "dates with the day first".to_owned(),
                ingest::DateOrder::MonthFirst => "dates with the month first".to_owned(),
            }),
            mapping.decimal().map(|mark| format!("decimal {mark}")),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    });
    let (last_file, last_at) = last_use.unzip();
    Line {
        platform: mapping.map_or("not readable by this version", |mapping| mapping.platform().label()),
        used_columns: columns.iter().filter(|(_, word)| !word.is_empty()).count(),
        columns,
        also: also.unwrap_or_default(),
        said: format::moment(said_at, 0),
        used: format::count(u64::from(used)),
        last_file: last_file.unwrap_or_default(),
        last_at: last_at.map(|at| format::moment(at, 0)).unwrap_or_default(),
        delete: Link::to(format!("/imports/mappings/{id}/delete"))
            .with("workspace", &workspace.name)
            .to_string(),
        // Whatever stands in a header, it stays a word of the command.
        mapping: kept.mapping.replace('\'', "'\\''"),
    }
}
