//! A panel whose question failed: what to do, a way to ask again, and the id under which the log has it.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::link::Link;
use crate::{WebError, cache};

/// A panel whose question failed.
#[derive(Debug, Clone, Template)]
#[template(path = "failed.html")]
pub(super) struct Failed {
    detail: String,
    remedy: String,
    error_id: String,
    retry: String,
}

impl HtmlSafe for Failed {}

impl Failed {
    /// Logs the error and shows it in its panel.
    ///
    /// # Errors
    /// The error itself, if it is one that the sender can mend, or that passes by itself: then there is nothing to show around it.
    pub(super) fn of(error: WebError, link: &Link) -> Result<Self, WebError> {
        if !error.is_ours() || error.problem().retry_after.is_some() {
            return Err(error);
        }
        cache::not_to_be_kept();
        let problem = error.report(link.path());
        Ok(Self {
            detail: problem.detail,
            remedy: problem.remedy.unwrap_or_default(),
            error_id: problem.error_id,
            retry: link.to_string(),
        })
    }
}
