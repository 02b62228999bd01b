//! `GET /api/openapi.json`: the description of everything here.

use axum::Json;
use utoipa::OpenApi;
use utoipa::openapi;

use super::{
    alert_channels, alert_rules, alerts, analytics, audit, campaigns, duplicates, health, imports,
    invitations, logo, mappings, me, metrics, overview, people, plans, plans_bulk, progress, rates, renames,
    search, shared_links, sources, status, tokens, utm, views, workspaces,
};
use crate::access::{Anybody, May};

/// The description of the API.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Adroit",
        version = "1",
        description = "Figures of advertising campaigns, and the ledger of imports they come from. Money is an integer count of \
                       micros plus a currency; ratios are computed from sums; null is unknown, never zero. Money of several \
                       currencies is never added: what a total leaves out stands in `left_out`.",
        license(name = "Apache-2.0 OR MIT", identifier = "Apache-2.0 OR MIT"),
    ),
    tags(
        (name = "figures", description = "Questions and answers"),
        (name = "plans", description = "What a team decided about campaigns. A change names the version it was read at"),
        (name = "views", description = "Pages with their choices, under a name"),
        (name = "alerts", description = "What is watched, what fires, and who is told"),
        (name = "imports", description = "The one door data comes in by"),
        (name = "sharing", description = "Links by which anybody may see a view"),
        (name = "people", description = "Who may do what: people, invitations, tokens, and the log of what was done"),
        (name = "workspaces", description = "Whose data it is"),
        (name = "account", description = "Who asks, and what they may do"),
        (name = "health", description = "Whether the server can answer"),
    ),
    paths(
        overview::show,
        campaigns::list,
        campaigns::show,
        analytics::show,
        utm::show,
        imports::list,
        imports::create,
        imports::show,
        imports::undo,
        mappings::guess,
        mappings::list,
        mappings::delete,
        progress::follow,
        plans::list,
        plans::create,
        plans::show,
        plans::replace,
        plans::change,
        plans::delete,
        plans::changes,
        plans::undo,
        plans_bulk::edit,
        plans_bulk::undo,
        views::list,
        views::save,
        views::rename,
        views::delete,
        views::undelete,
        rates::list,
        rates::set,
        rates::load,
        rates::sources,
        rates::forget,
        renames::list,
        renames::put,
        duplicates::list,
        duplicates::put,
        alerts::list,
        alerts::acknowledge,
        alerts::mute,
        alert_rules::list,
        alert_rules::create,
        alert_rules::show,
        alert_rules::replace,
        alert_rules::delete,
        alert_rules::mute,
        alert_rules::preview,
        alert_channels::list,
        alert_channels::create,
        alert_channels::delete,
        alert_channels::test,
        search::find,
        shared_links::list,
        shared_links::create,
        shared_links::revoke,
        sources::list,
        people::list,
        people::change,
        people::remove,
        invitations::list,
        invitations::create,
        invitations::revoke,
        tokens::list,
        tokens::create,
        tokens::revoke,
        audit::list,
        workspaces::list,
        logo::set,
        logo::delete,
        me::show,
        metrics::show,
        status::show,
        status::follow,
        crate::vitals::take,
        health::healthz,
        health::readyz,
        health::livez,
        document,
    )
)]
struct Document;

/// This description.
#[utoipa::path(get, path = "/api/openapi.json", tag = "health", responses(
    (status = 200, description = "OpenAPI 3.1", body = Object),
))]
pub(crate) async fn document(_: May<Anybody>) -> Json<openapi::OpenApi> {
    Json(Document::openapi())
}
