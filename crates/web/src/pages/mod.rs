//! The pages: complete HTML from the server, which works with links and forms alone.

pub(crate) mod account;
pub(crate) mod alert_channels;
mod alert_form;
pub(crate) mod alert_rules;
mod alert_words;
pub(crate) mod alerts;
pub(crate) mod analytics;
mod answer_chart;
mod arrivals;
mod attention;
pub(crate) mod audit;
mod basis;
pub(crate) mod bulk;
pub(crate) mod campaign;
pub(crate) mod campaigns;
mod charted;
pub(crate) mod door;
mod empty;
mod failed;
mod figure;
pub(crate) mod import;
mod import_report;
pub(crate) mod imports;
mod logo;
mod movers;
pub(crate) mod offline;
pub(crate) mod overview;
mod pace;
mod paging;
pub(crate) mod people;
mod picker;
pub(crate) mod plan;
mod plan_form;
mod plan_panel;
pub(crate) mod plans;
pub(crate) mod problem;
mod query_text;
mod range_bar;
pub(crate) mod rates;
pub(crate) mod renames;
mod series;
mod shell;
mod slots;
pub(crate) mod sources;
mod split;
pub(crate) mod status;
mod table;
mod tile;
pub(crate) mod tokens;
pub(crate) mod views;
pub(crate) mod workspace;

use askama::Template;
use axum::response::Html;

use crate::WebError;

/// Writes a page down.
fn written(page: &impl Template) -> Result<Html<String>, WebError> {
    page.render().map(Html).map_err(WebError::internal)
}
