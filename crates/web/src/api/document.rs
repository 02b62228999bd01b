//! `GET /api/openapi.json`: the description of everything here.

use axum::Json;
use utoipa::{Modify, OpenApi};

use super::{
    accounts, activity, alert_channels, alert_rules, alerts, analytics, audit, campaigns, demanded,
    duplicates, health, imports, invitations, logo, mappings, me, metrics, notes, overview, people, plans,
    plans_bulk, progress, rates, renames, retention, search, server_alert_channels, server_alert_rules,
    server_alerts, shared_links, sources, status, tokens, utm, views, workspaces,
};
use crate::WebError;
use crate::access::{Anybody, May};
use crate::params::Params;
use crate::problem::ProblemOut;

/// The description of the API.
#[derive(OpenApi)]
#[openapi(
    modifiers(&NamedByPath),
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
        (name = "notes", description = "Annotations on days, comments under campaigns, and what happened"),
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
        server_alerts::list,
        server_alerts::acknowledge,
        server_alerts::mute,
        server_alert_rules::list,
        server_alert_rules::create,
        server_alert_rules::show,
        server_alert_rules::replace,
        server_alert_rules::delete,
        server_alert_rules::mute,
        server_alert_rules::preview,
        server_alert_channels::list,
        server_alert_channels::create,
        server_alert_channels::delete,
        server_alert_channels::test,
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
        demanded::read,
        demanded::set,
        retention::show,
        retention::set,
        notes::list,
        notes::create,
        notes::change,
        notes::delete,
        activity::list,
        workspaces::list,
        accounts::list,
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

/// Gives each operation an id of its own: a handler is called `list` wherever something is listed, but clients that are made
/// from the document need names that differ.
struct NamedByPath;

impl Modify for NamedByPath {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for (path, item) in &mut document.paths.paths {
            let methods = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
            for operation in methods.into_iter().flatten() {
                operation.operation_id = operation.operation_id.take().map(|handler| named(path, &handler));
            }
        }
    }
}

/// `/api/v1/campaigns/{id}` and `show` make `campaigns_show`; what the path ends with is not said twice.
fn named(path: &str, handler: &str) -> String {
    let path = path.trim_start_matches("/api").trim_start_matches("/v1");
    let mut words: Vec<String> = path
        .split('/')
        .filter(|piece| !piece.is_empty() && !piece.starts_with('{'))
        .map(|piece| piece.replace(|c: char| !c.is_ascii_alphanumeric(), "_"))
        .collect();
    if words.last().is_none_or(|last| last != handler) {
        words.push(handler.to_owned());
    }
    words.join("_")
}

/// This description.
#[utoipa::path(get, path = "/api/openapi.json", tag = "health", responses(
    (status = 200, description = "OpenAPI 3.1", body = Object),
    (status = 400, description = "A parameter is wrong", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn document(
    _: May<Anybody>,
    params: Params,
) -> Result<Json<utoipa::openapi::OpenApi>, WebError> {
    params.done()?;
    Ok(Json(Document::openapi()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_named_by_where_they_stand() {
        for (path, handler, name) in [
            ("/api/v1/campaigns", "list", "campaigns_list"),
            ("/api/v1/campaigns/{id}", "show", "campaigns_show"),
            ("/api/v1/imports/{id}/undo", "undo", "imports_undo"),
            ("/api/v1/plans/{id}/changes/{version}/undo", "undo", "plans_changes_undo"),
            ("/api/v1/alert-rules", "create", "alert_rules_create"),
            ("/api/openapi.json", "document", "openapi_json_document"),
            ("/healthz", "healthz", "healthz"),
        ] {
            assert_eq!(named(path, handler), name, "{path}");
        }
    }
}
