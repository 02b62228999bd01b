//! The pages: complete HTML from the server, which works with links and forms alone.

#[macro_use]
mod frame;

pub(crate) mod account;
pub(crate) mod activity;
pub(crate) mod alert_channels;
mod alert_form;
mod alert_form_server;
mod alert_kind;
pub(crate) mod alert_rules;
pub(crate) mod alert_server;
mod alert_tried;
mod alert_whose;
mod alert_words;
pub(crate) mod alerts;
pub(crate) mod analytics;
mod answer_chart;
mod arrivals;
mod attention;
pub(crate) mod audit;
mod basis;
pub(crate) mod brand;
pub(crate) mod bulk;
pub(crate) mod campaign;
pub(crate) mod campaigns;
mod charted;
pub(crate) mod columns;
pub(crate) mod door;
pub(crate) mod duplicates;
mod empty;
mod failed;
mod figure;
mod icon;
pub(crate) mod import;
mod import_report;
pub(crate) mod imports;
mod logo;
mod look;
pub(crate) mod mappings;
mod movers;
pub(crate) mod notes;
pub(crate) mod offline;
pub(crate) mod overview;
mod pace;
mod paging;
pub(crate) mod people;
pub(crate) mod people_accounts;
mod picker;
pub(crate) mod plan;
mod plan_form;
mod plan_panel;
pub(crate) mod plans;
pub(crate) mod problem;
mod query_text;
mod range_bar;
pub(crate) mod rates;
pub(crate) mod rates_file;
pub(crate) mod renames;
mod series;
pub(crate) mod shared;
pub(crate) mod shared_links;
mod shell;
mod slots;
pub(crate) mod sources;
mod split;
pub(crate) mod status;
mod table;
mod tile;
pub(crate) mod tokens;
pub(crate) mod utm;
pub(crate) mod views;
pub(crate) mod workspace;

use askama::Template;
use axum::response::Html;

use self::frame::{Framed, Page};
use crate::WebError;

/// Writes a page down, with the shell around it.
fn written(page: &impl Page) -> Result<Html<String>, WebError> {
    alone(&Framed::of(page))
}

/// Writes a page down that is a whole document by itself.
fn alone(page: &impl Template) -> Result<Html<String>, WebError> {
    page.render().map(Html).map_err(WebError::internal)
}
