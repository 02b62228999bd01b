//! What a request asks, read from its parameters, and the answer. Pages and API ask through the same functions.

pub(crate) mod account;
pub(crate) mod account_ways;
pub(crate) mod activity;
pub(crate) mod alerts;
pub(crate) mod analytics;
pub(crate) mod audit;
pub(crate) mod campaigns;
pub(crate) mod client_accounts;
pub(crate) mod columns;
pub(crate) mod demanded;
pub(crate) mod duplicates;
mod figures;
pub(crate) mod imports;
mod mentions;
pub(crate) mod notes;
pub(crate) mod overview;
pub(crate) mod people;
pub(crate) mod plans;
pub(crate) mod rates;
pub(crate) mod renames;
pub(crate) mod retention;
pub(crate) mod search;
pub(crate) mod sources;
pub(crate) mod status;
pub(crate) mod tokens;
pub(crate) mod utm;
mod view;
pub(crate) mod views;
pub(crate) mod who;
mod workspace;

pub(crate) use figures::{Figures, read};
pub(crate) use view::{VIEW_PARAMETERS, View};
pub(crate) use workspace::{chosen, named};
