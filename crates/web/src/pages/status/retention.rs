//! `/status/retention`: for how long what is kept is kept.

use askama::Template;
use axum::extract::OriginalUri;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use store::catalog::{Keeping, Retention};

use crate::WebError;
use crate::access::{Asked, May, Operate, Seen};
use crate::format;
use crate::link::Link;
use crate::pages::people::mendable;
use crate::pages::plan::left_out;
use crate::pages::shell::{Section, Shell};
use crate::pages::written;
use crate::params::Params;
use crate::questions::chosen;
use crate::questions::retention::{read, set as said, words};
use crate::theme::Theme;

const HERE: &str = "/status/retention";

#[derive(Template)]
#[template(path = "retention.html")]
struct RetentionPage {
    shell: Shell,
    status: String,
    action: String,
    wrong: String,
    lines: Vec<Line>,
    fewest: u32,
    most: u32,
    /// Where the audit log begins, if it was shortened.
    begins: String,
}
in_shell!(RetentionPage: FIELDS, FORMS, NOTICE);

/// A kind of data.
struct Line {
    key: &'static str,
    label: &'static str,
    about: &'static str,
    /// Days; empty for always.
    days: String,
}

/// The page.
pub(crate) async fn show(
    state: May<Operate>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    // It takes no role in any workspace to look after the server.
    let workspace = chosen(&state, &mut params).await.ok();
    left_out(&mut params)?;
    params.done()?;
    page(&state, theme, &Link::of(&uri), workspace.as_ref(), String::new(), None).await
}

/// Says for how long what is kept is kept.
pub(crate) async fn set(
    state: May<Operate>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    let workspace = chosen(&state, &mut params).await.ok();
    params.done()?;
    let mut form = Params::of(&body);
    // All of it is read before anything is said of it.
    let read = Keeping::ALL
        .map(|kind| (kind, form.parsed_as::<u32>(kind.key(), "use a number of days, or leave it empty")));
    let is_sure: Result<Option<bool>, WebError> = form.parsed_as("sure", "tick it");
    form.done()?;
    let wanted: Result<Vec<Retention>, WebError> =
        read.into_iter().map(|(kind, days)| Ok(Retention { kind, days: days? })).collect();
    let wanted = wanted.and_then(|wanted| match is_sure? {
        Some(true) => Ok(wanted),
        _ => {
            let remedy = "tick that you are sure, and send it again";
            Err(WebError::parameter("sure", "what is removed does not come back", remedy))
        }
    });
    let done = match &wanted {
        Ok(wanted) => said(&state, wanted).await,
        Err(_) => Ok(()),
    };
    match wanted.and(done) {
        Ok(()) => Ok(Redirect::to(&own(workspace.as_ref(), HERE)).into_response()),
        Err(error) => {
            let (status, wrong): (StatusCode, String) = mendable(error)?;
            let link = Link::of(&uri);
            let shown = page(&state, theme, &link, workspace.as_ref(), wrong, Some(&body)).await?;
            Ok((status, shown).into_response())
        }
    }
}

/// An address with the workspace from which the page was reached.
fn own(workspace: Option<&Seen>, path: &str) -> String {
    workspace.iter().fold(Link::to(path), |link, seen| link.with("workspace", &seen.name)).to_string()
}

async fn page(
    state: &Asked,
    theme: Theme,
    link: &Link,
    workspace: Option<&Seen>,
    wrong: String,
    typed: Option<&str>,
) -> Result<Html<String>, WebError> {
    let (all, begins) = read(state).await?;
    let mut form = typed.map(Params::of);
    let lines = all.iter().map(|one| {
        let (label, about) = words(one.kind);
        let kept = one.days.map(|days| days.to_string()).unwrap_or_default();
        let days = match form.as_mut() {
            // What was typed is shown again.
            Some(form) => form.text(one.kind.key()).ok().flatten().unwrap_or_default(),
            None => kept,
        };
        Line { key: one.kind.key(), label, about, days }
    });
    let lines = lines.collect();
    let shell = match workspace {
        Some(seen) => Shell::of(state, theme, "What is kept", Some(Section::Status), link, seen).await?,
        None => Shell::bare(theme, "What is kept"),
    };
    written(&RetentionPage {
        shell,
        status: own(workspace, "/status"),
        action: own(workspace, HERE),
        wrong,
        lines,
        fewest: Keeping::FEWEST_DAYS,
        most: Keeping::MOST_DAYS,
        begins: begins.map_or_else(String::new, |start| {
            let at = format::moment(start.at, 0);
            format!("Entries of the audit log up to no. {} ({at} UTC) were removed by their age.", start.id)
        }),
    })
}
