//! The pages: complete HTML from the server, which works with links and forms alone.

pub(crate) mod analytics;
pub(crate) mod campaign;
pub(crate) mod campaigns;
mod empty;
mod figure;
pub(crate) mod import;
mod import_report;
pub(crate) mod imports;
pub(crate) mod offline;
pub(crate) mod overview;
mod paging;
pub(crate) mod problem;
mod range_bar;
mod series;
mod shell;
mod sources;
mod table;
mod tile;

use askama::Template;
use axum::response::Html;

use crate::WebError;

/// Writes a page down.
fn written(page: &impl Template) -> Result<Html<String>, WebError> {
    page.render().map(Html).map_err(WebError::internal)
}
