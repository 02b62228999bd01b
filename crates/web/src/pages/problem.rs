//! A problem as a page: what is wrong, what would be right, and the id under which the log has it.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use super::shell::Shell;
use super::written;
use crate::AppState;
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
}

/// The page. The shell around it is the usual one, unless even that can't be had.
pub(crate) async fn page(state: &AppState, theme: Theme, problem: ProblemOut) -> Response {
    let shell = match questions::chosen(state, &mut Params::default()).await {
        Ok(workspace) => Shell::of(state, theme, &problem.title, None, &Link::to("/"), &workspace).await.ok(),
        Err(_) => None,
    };
    let shell = shell.unwrap_or_else(|| Shell::bare(theme, &problem.title));
    match written(&ProblemPage { shell, problem: problem.clone() }) {
        Ok(page) => page.into_response(),
        Err(_) => Html(format!("<!doctype html><title>Problem</title><p>Error {}</p>", problem.error_id))
            .into_response(),
    }
}
