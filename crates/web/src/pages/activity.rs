//! `/activity`: what happened in a workspace.

use askama::Template;
use axum::extract::OriginalUri;
use axum::response::Html;

use super::notes::NoteLine;
use super::plan::left_out;
use super::shell::Shell;
use super::written;
use crate::WebError;
use crate::access::{May, SeeWork};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::activity::page;
use crate::questions::chosen;

/// Entries on a page.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "activity.html")]
struct ActivityPage {
    shell: Shell,
    lines: Vec<Line>,
    notes: String,
    newest: Option<String>,
    older: Option<String>,
}
in_shell!(ActivityPage: FIELDS, LISTS, FORMS, PLANS);

/// Something that happened.
struct Line {
    at: String,
    at_exact: String,
    who: String,
    what: &'static str,
    /// Where more is said of it.
    href: Option<String>,
    note: Option<NoteLine>,
}

/// The page.
pub(crate) async fn list(
    state: May<SeeWork>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let workspace = chosen(&state, &mut params).await?;
    left_out(&mut params)?;
    let before = params.parsed_as("before", "use the link to what is older")?;
    params.done()?;
    let (happened, next) = page(&state, &workspace, before, SHOWN).await?;
    let own = |path: String| Link::to(path).with("workspace", &workspace.name);
    let lines = happened.into_iter().map(|happened| Line {
        at: format::moment(happened.at, 0),
        at_exact: happened.at.to_string(),
        who: happened.who,
        what: happened.what,
        href: happened.path.map(|path| own(path).to_string()),
        note: happened.note.map(|note| NoteLine::of(&note, &workspace.name, true, false)),
    });
    written(&ActivityPage {
        lines: lines.collect(),
        notes: own("/notes".to_owned()).to_string(),
        newest: before.map(|_| own("/activity".to_owned()).to_string()),
        older: next.map(|next| own("/activity".to_owned()).with("before", next.to_string()).to_string()),
        shell: Shell::of(&state, theme, "Activity", None, &Link::of(&uri), &workspace).await?,
    })
}
