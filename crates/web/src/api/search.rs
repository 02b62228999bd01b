//! `GET /api/v1/search`.

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::parameters::{SearchIn, ViewIn};
use crate::WebError;
use crate::access::{May, SeeFigures};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::questions::search::{self, Found, Kind};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SearchOut {
    /// What was looked for.
    pub query: String,
    /// Pages and actions, then saved views, then campaigns; the best first.
    pub results: Vec<FoundOut>,
}

/// Something found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FoundOut {
    /// What it is.
    pub kind: FoundKind,
    /// Its name.
    pub title: String,
    /// The platform of a campaign; the kind in words otherwise.
    pub about: String,
    /// Where it is, with the days that were asked with. What begins with `#` is done by the page itself.
    #[schema(example = "/campaigns/7?range=last_7_days")]
    pub href: String,
}

/// What kind of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FoundKind {
    /// A page.
    Page,
    /// A saved view.
    View,
    /// Something that can be done.
    Action,
    /// A campaign.
    Campaign,
}

/// Everything by its name: pages, actions, campaigns of all days.
#[utoipa::path(get, path = "/api/v1/search", tag = "figures", params(ViewIn, SearchIn), responses(
    (status = 200, description = "What was found", body = SearchOut),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
    (status = 500, description = "Something failed here", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn find(state: May<SeeFigures>, params: Params) -> Result<Json<SearchOut>, WebError> {
    let (query, found) = search::search(&state, params).await?;
    Ok(Json(SearchOut { query, results: found.into_iter().map(FoundOut::from).collect() }))
}

impl From<Found> for FoundOut {
    fn from(Found { kind, title, about, href }: Found) -> Self {
        let kind = match kind {
            Kind::Page => FoundKind::Page,
            Kind::View => FoundKind::View,
            Kind::Action => FoundKind::Action,
            Kind::Campaign => FoundKind::Campaign,
        };
        Self { kind, title, about, href }
    }
}
