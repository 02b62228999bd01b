//! A problem as a page: what is wrong, what would be right, and the id under which the log has it.

use std::time::Duration;

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use super::shell::Shell;
use super::written;
use crate::access::Asked;
use crate::link::Link;
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions;
use crate::theme::Theme;

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    shell: Shell,
    problem: ProblemOut,
    /// Where it can be asked again, if that may help.
    again: Option<String>,
}
in_shell!(ProblemPage: NOTICE);

/// For so long the usual shell is waited for: what failed may be what it needs.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);
/// Statuses that pass by themselves.
const PASSING: [u16; 6] = [408, 429, 500, 502, 503, 504];

/// The page. The shell around it is the usual one, unless nobody signed in, or even that can't be had.
pub(crate) async fn page(
    state: Option<&Asked>,
    theme: Theme,
    problem: ProblemOut,
    again: Option<String>,
) -> Response {
    let usual = async {
        let state = state?;
        let workspace = questions::chosen(state, &mut Params::default()).await.ok()?;
        Shell::of(state, theme, &problem.title, None, &Link::to("/"), &workspace).await.ok()
    };
    let shell = tokio::time::timeout(PATIENCE, usual).await.ok().flatten();
    let shell = shell.unwrap_or_else(|| Shell::bare(theme, &problem.title));
    let again = again.filter(|_| PASSING.contains(&problem.status));
    match written(&ProblemPage { shell, problem: problem.clone(), again }) {
        Ok(page) => page.into_response(),
        Err(_) => Html(format!("<!doctype html><title>Problem</title><p>Error {}</p>", problem.error_id))
            .into_response(),
    }
}
