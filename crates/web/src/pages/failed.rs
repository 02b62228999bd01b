//! A panel whose question failed: what to do, a way to ask again, and the id under which the log has it.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::WebError;
use crate::link::Link;

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
    /// The error itself, if it is one that the sender can mend: then there is nothing to show around it.
    pub(super) fn of(error: WebError, link: &Link) -> Result<Self, WebError> {
        if !error.is_ours() {
            return Err(error);
        }
        let problem = error.report(link.path());
        Ok(Self {
            detail: problem.detail,
            remedy: problem.remedy.unwrap_or_default(),
            error_id: problem.error_id,
            retry: link.to_string(),
        })
    }
}
