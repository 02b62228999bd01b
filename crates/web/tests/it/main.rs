//! The pages and the API through the real router, over real stores in a temporary folder.

mod analytics;
mod app;
mod assets;
mod cache;
mod campaigns;
mod document;
mod export;
mod imports;
mod local;
mod looks;
mod overload;
mod overview;
mod palette;
mod panels;
mod parameters;
mod plan_pages;
mod plans;
mod progress;
mod safety;
mod search;
mod statements;
mod varnish;
mod wire;
