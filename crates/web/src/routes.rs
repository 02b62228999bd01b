//! Every address, in one flat list.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::middleware::from_fn_with_state;
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate, SizeAbove};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::access::{Door, Doors, Place, delete, get, patch, post, put};
use crate::encoding::known_to_packer;
use crate::pages::door;
use crate::questions::Figures;
use crate::{
    AppState, api, assets, brand, cache, explain, export, front, local, logo, pages, problem, sharing, vitals,
};

/// The pages and the API, for a server that people and programs reach over the network.
pub fn router(state: AppState) -> Router {
    let router = whole(doors(&state));
    let front = from_fn_with_state(state.clone(), front::from_network);
    // What the cache serves is packed already.
    let router = match state.limits.keeping.pack {
        true => {
            router.layer(ServiceBuilder::new().map_request(known_to_packer).layer(packing()).layer(front))
        }
        false => router.layer(front),
    };
    router.with_state(state)
}

/// Packs what is more than fits into one packet, which arrives no sooner packed. Refusals do, and then cost next to nothing.
fn packing() -> CompressionLayer<impl Predicate> {
    let layer = CompressionLayer::new().quality(CompressionLevel::Precise(5));
    layer.compress_when(DefaultPredicate::new().and(SizeAbove::new(1024)))
}

/// The same, and what only the command line may ask. Serve it on a local socket in the data folder, never on the network:
/// who can reach it may read any file that the server may read.
pub fn local_router(state: AppState) -> Router {
    let doors = doors(&state)
        .route("/local/explain", get(explain::explain))
        .route("/local/import", post(local::import))
        .route("/local/login-link", post(local::people::login_link))
        .route("/local/tokens", post(local::people::make_token))
        .route("/local/workspaces", post(local::ensure_workspace));
    whole(doors).layer(from_fn_with_state(state.clone(), front::from_here)).with_state(state)
}

/// What stands where for people and programs on the network, and what it needs.
pub fn places(state: &AppState) -> Vec<Place> {
    doors(state).places()
}

fn doors(state: &AppState) -> Doors {
    // Figures are served by the cache; their handlers are asked only for what it does not have.
    let kept = |of: Figures, form: cache::Form, door: Door| {
        let figures = cache::Figures { of, form };
        door.behind(|methods| {
            methods.route_layer(from_fn_with_state((state.clone(), figures), cache::answer))
        })
    };
    let page = |of, door| kept(of, cache::Form::Page, door);
    let api = |of, door| kept(of, cache::Form::Api, door);
    // Whoever has the link; what is behind it is said by the link.
    let shared = |door: Door| {
        door.behind(|methods| methods.route_layer(from_fn_with_state(state.clone(), sharing::open)))
    };
    // The same figures as a file, which is not kept.
    let file = |of: Figures, door: Door| {
        door.behind(|methods| methods.route_layer(from_fn_with_state((state.clone(), of), export::or_answer)))
    };
    // Uploads count their own bytes.
    let any_size = |door: Door| door.behind(|methods| methods.layer(DefaultBodyLimit::disable()));
    // With room for the form around it.
    let most = |bytes: usize, door: Door| door.behind(|methods| methods.layer(DefaultBodyLimit::max(bytes)));
    let picture = |door| most(logo::MOST_BYTES + (64 << 10), door);
    Doors::default()
        .route("/", page(Figures::Overview, get(pages::overview::show)))
        .route("/campaigns", page(Figures::Campaigns, get(pages::campaigns::list)))
        .route("/campaigns/{id}", page(Figures::Campaign, get(pages::campaign::show)))
        .route("/plans", get(pages::plans::list).post(pages::plans::create))
        .route("/plans/bulk", get(pages::bulk::ask).post(pages::bulk::edit))
        .route("/plans/bulk/{id}", get(pages::bulk::done))
        .route("/plans/bulk/{id}/undo", post(pages::bulk::undo))
        .route("/plans/{id}", get(pages::plan::show).post(pages::plan::change))
        .route("/plans/{id}/delete", post(pages::plan::delete))
        .route("/plans/{id}/match", post(pages::plan::matched_to))
        .route("/plans/{id}/changes/{version}/undo", post(pages::plan::undo))
        .route("/views", get(pages::views::list).post(pages::views::save))
        .route("/views/{id}", post(pages::views::rename))
        .route("/views/{id}/delete", post(pages::views::delete))
        .route("/views/{id}/undelete", post(pages::views::undelete))
        .route("/s/{secret}", shared(get(pages::shared::show).post(pages::shared::unlock)))
        .route("/workspace", get(pages::workspace::show))
        .route("/workspace/logo", picture(post(pages::workspace::set_logo)))
        .route("/workspace/logo/delete", post(pages::workspace::delete_logo))
        .route("/workspace/brand", post(pages::brand::set))
        .route("/workspace/icon", picture(post(pages::brand::set_icon)))
        .route("/workspace/icon/delete", post(pages::brand::delete_icon))
        .route("/brand/{name}", get(brand::style))
        .route("/analytics", page(Figures::Analytics, get(pages::analytics::show)))
        .route("/sources", get(pages::sources::show))
        .route("/sources/renames", post(pages::renames::put))
        .route("/sources/duplicates", post(pages::duplicates::put))
        .route("/utm", get(pages::utm::show))
        .route("/rates", get(pages::rates::show).post(pages::rates::set))
        .route("/rates/lead", post(pages::rates::lead))
        .route("/rates/file", any_size(post(pages::rates_file::look)))
        .route("/rates/source", get(pages::rates_file::ask_forget).post(pages::rates_file::forget))
        .route("/imports", any_size(get(pages::imports::list).post(pages::imports::create)))
        .route("/imports/mappings", get(pages::mappings::list))
        .route("/imports/mappings/{id}/delete", post(pages::mappings::delete))
        .route("/imports/{id}", get(pages::import::show))
        .route("/imports/{id}/undo", get(pages::import::ask_undo).post(pages::import::undo))
        .route("/status", get(pages::status::show))
        .route("/status/retention", get(pages::status::retention::show).post(pages::status::retention::set))
        .route("/api/v1/status/retention", get(api::retention::show).put(api::retention::set))
        .route("/status/public", get(pages::status::show_public))
        .route("/status/errors/{id}/resolve", post(pages::status::resolve))
        .route("/status/errors/{id}/reopen", post(pages::status::reopen))
        .route("/api/v1/overview", api(Figures::Overview, get(api::overview::show)))
        .route(
            "/api/v1/campaigns",
            file(Figures::Campaigns, api(Figures::Campaigns, get(api::campaigns::list))),
        )
        .route("/api/v1/campaigns/{id}", api(Figures::Campaign, get(api::campaigns::show)))
        .route(
            "/api/v1/analytics",
            file(Figures::Analytics, api(Figures::Analytics, get(api::analytics::show))),
        )
        .route("/api/v1/imports", any_size(get(api::imports::list).post(api::imports::create)))
        .route("/api/v1/imports/guess", any_size(post(api::mappings::guess)))
        .route("/api/v1/imports/{id}", get(api::imports::show))
        .route("/api/v1/imports/progress/{token}", get(api::progress::follow))
        .route("/api/v1/imports/{id}/undo", post(api::imports::undo))
        .route("/api/v1/plans", get(api::plans::list).post(api::plans::create))
        .route("/api/v1/plans/bulk", post(api::plans_bulk::edit))
        .route("/api/v1/plans/bulk/{id}/undo", post(api::plans_bulk::undo))
        .route(
            "/api/v1/plans/{id}",
            get(api::plans::show)
                .put(api::plans::replace)
                .patch(api::plans::change)
                .delete(api::plans::delete),
        )
        .route("/api/v1/plans/{id}/changes", get(api::plans::changes))
        .route("/api/v1/plans/{id}/changes/{version}/undo", post(api::plans::undo))
        .route("/api/v1/views", get(api::views::list).post(api::views::save))
        .route("/api/v1/views/{id}", patch(api::views::rename).delete(api::views::delete))
        .route("/api/v1/views/{id}/undelete", post(api::views::undelete))
        .route("/api/v1/mappings", get(api::mappings::list))
        .route("/api/v1/mappings/{id}", delete(api::mappings::delete))
        .route("/api/v1/rates", get(api::rates::list).post(api::rates::set))
        .route("/api/v1/rates/file", any_size(post(api::rates::load)))
        .route("/api/v1/rates/sources", get(api::rates::sources).delete(api::rates::forget))
        .route("/api/v1/status", get(api::status::show))
        .route("/api/v1/status/live", get(api::status::follow))
        .route("/api/v1/vitals", most(vitals::LARGEST, post(vitals::take)))
        .route("/api/v1/search", get(api::search::find))
        .route("/api/v1/renames", get(api::renames::list).post(api::renames::put))
        .route("/api/v1/duplicates", get(api::duplicates::list).post(api::duplicates::put))
        .route("/api/v1/sources", get(api::sources::list))
        .route("/api/v1/utm", get(api::utm::show))
        .route("/api/v1/workspaces", get(api::workspaces::list))
        .route("/api/v1/accounts", get(api::accounts::list))
        .route("/api/v1/logo", picture(put(api::logo::set).delete(api::logo::delete)))
        .route("/workspaces/{id}/logo/{name}", get(api::logo::image))
        .route("/workspaces/{id}/icon/{name}", get(api::logo::icon))
        .route("/api/openapi.json", get(api::document))
        .route("/offline", get(pages::offline::show))
        .route("/assets/{name}", get(assets::file))
        .route("/sw.js", get(assets::worker))
        .route("/metrics", get(api::metrics::show))
        .route("/healthz", get(api::health::healthz))
        .route("/readyz", get(api::health::readyz))
        .route("/livez", get(api::health::livez))
        .merge(held())
        .merge(alerts())
        .merge(people())
        .merge(shared_links())
        .merge(notes())
        .merge(account())
        .merge(entrance_doors())
}

/// What waits here for whoever sent it is kept by nobody else.
fn held() -> Doors {
    let kept_by_nobody = HeaderValue::from_static("no-store");
    let said = SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, kept_by_nobody);
    Doors::default()
        .route("/imports/held/{id}", get(pages::columns::show).post(pages::columns::look))
        .route("/imports/held/{id}/import", post(pages::columns::create))
        .route("/imports/held/{id}/discard", post(pages::columns::discard))
        .route("/rates/held/{id}/load", post(pages::rates_file::load))
        .route("/rates/held/{id}/discard", post(pages::rates_file::discard))
        .behind(|router| router.layer(said))
}

/// What fires now is asked for each time, and a secret that is shown once is kept by nobody.
fn alerts() -> Doors {
    let kept_by_nobody = HeaderValue::from_static("no-store");
    let said = SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, kept_by_nobody);
    Doors::default()
        .route("/alerts", get(pages::alerts::list))
        .route("/alerts/{id}/acknowledge", post(pages::alerts::acknowledge))
        .route("/alerts/{id}/mute", post(pages::alerts::mute))
        .route("/alerts/rules", get(pages::alert_rules::list).post(pages::alert_rules::create))
        .route("/alerts/rules/new", get(pages::alert_rules::ask))
        .route("/alerts/rules/{id}", get(pages::alert_rules::show).post(pages::alert_rules::change))
        .route("/alerts/rules/{id}/mute", post(pages::alert_rules::mute))
        .route("/alerts/rules/{id}/delete", post(pages::alert_rules::delete))
        .route("/alerts/channels", get(pages::alert_channels::list).post(pages::alert_channels::create))
        .route("/alerts/channels/{id}/test", post(pages::alert_channels::test))
        .route("/alerts/channels/{id}/delete", post(pages::alert_channels::delete))
        .merge(server_alerts())
        .route("/api/v1/alerts", get(api::alerts::list))
        .route("/api/v1/alerts/{id}/acknowledgement", post(api::alerts::acknowledge))
        .route("/api/v1/alerts/{id}/mute", post(api::alerts::mute))
        .route("/api/v1/alert-rules", get(api::alert_rules::list).post(api::alert_rules::create))
        .route("/api/v1/alert-rules/preview", post(api::alert_rules::preview))
        .route(
            "/api/v1/alert-rules/{id}",
            get(api::alert_rules::show).put(api::alert_rules::replace).delete(api::alert_rules::delete),
        )
        .route("/api/v1/alert-rules/{id}/mute", post(api::alert_rules::mute))
        .route("/api/v1/alert-channels", get(api::alert_channels::list).post(api::alert_channels::create))
        .route("/api/v1/alert-channels/{id}", delete(api::alert_channels::delete))
        .route("/api/v1/alert-channels/{id}/test", post(api::alert_channels::test))
        .behind(|router| router.layer(said))
}

/// The server's own.
fn server_alerts() -> Doors {
    use pages::alert_server::{
        ask_rule, change_rule, channels, delete_channel, delete_rule, make_channel, make_rule, mute_rule,
        rule, rules, test_channel,
    };
    Doors::default()
        .route("/status/alerts", get(pages::alerts::list_server))
        .route("/status/alerts/{id}/acknowledge", post(pages::alerts::acknowledge_server))
        .route("/status/alerts/{id}/mute", post(pages::alerts::mute_server))
        .route("/status/alerts/rules", get(rules).post(make_rule))
        .route("/status/alerts/rules/new", get(ask_rule))
        .route("/status/alerts/rules/{id}", get(rule).post(change_rule))
        .route("/status/alerts/rules/{id}/mute", post(mute_rule))
        .route("/status/alerts/rules/{id}/delete", post(delete_rule))
        .route("/status/alerts/channels", get(channels).post(make_channel))
        .route("/status/alerts/channels/{id}/test", post(test_channel))
        .route("/status/alerts/channels/{id}/delete", post(delete_channel))
        .route("/api/v1/status/alerts", get(api::server_alerts::list))
        .route("/api/v1/status/alerts/{id}/acknowledgement", post(api::server_alerts::acknowledge))
        .route("/api/v1/status/alerts/{id}/mute", post(api::server_alerts::mute))
        .route(
            "/api/v1/status/alert-rules",
            get(api::server_alert_rules::list).post(api::server_alert_rules::create),
        )
        .route("/api/v1/status/alert-rules/preview", post(api::server_alert_rules::preview))
        .route(
            "/api/v1/status/alert-rules/{id}",
            get(api::server_alert_rules::show)
                .put(api::server_alert_rules::replace)
                .delete(api::server_alert_rules::delete),
        )
        .route("/api/v1/status/alert-rules/{id}/mute", post(api::server_alert_rules::mute))
        .route(
            "/api/v1/status/alert-channels",
            get(api::server_alert_channels::list).post(api::server_alert_channels::create),
        )
        .route("/api/v1/status/alert-channels/{id}", delete(api::server_alert_channels::delete))
        .route("/api/v1/status/alert-channels/{id}/test", post(api::server_alert_channels::test))
}

/// Who may do what now is asked for each time, and a secret that is shown once is kept by nobody.
fn people() -> Doors {
    let kept_by_nobody = HeaderValue::from_static("no-store");
    let said = SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, kept_by_nobody);
    Doors::default()
        .route("/people", get(pages::people::list))
        .route("/people/invitations", post(pages::people::invited))
        .route("/people/invitations/{id}/revoke", post(pages::people::revoke))
        .route("/people/second-factor", post(pages::people::demand))
        .route("/people/{id}/role", post(pages::people::change))
        .route("/people/{id}/accounts", post(pages::people_accounts::choose))
        .route("/people/{id}/remove", post(pages::people::remove))
        .route("/people/{id}/disable", post(pages::people::close))
        .route("/people/{id}/enable", post(pages::people::open))
        .route("/tokens", get(pages::tokens::list).post(pages::tokens::create))
        .route("/tokens/{id}/revoke", post(pages::tokens::end))
        .route("/audit", get(pages::audit::list))
        .route("/api/v1/organisation/second-factor", get(api::demanded::read).put(api::demanded::set))
        .route("/api/v1/people", get(api::people::list))
        .route("/api/v1/memberships/{id}", patch(api::people::change).delete(api::people::remove))
        .route("/api/v1/invitations", get(api::invitations::list).post(api::invitations::create))
        .route("/api/v1/invitations/{id}", delete(api::invitations::revoke))
        .route("/api/v1/tokens", get(api::tokens::list).post(api::tokens::create))
        .route("/api/v1/tokens/{id}", delete(api::tokens::revoke))
        .route("/api/v1/audit", get(api::audit::list))
        .behind(|router| router.layer(said))
}

/// A link is shown once, and kept by nobody but who made it.
fn shared_links() -> Doors {
    let kept_by_nobody = HeaderValue::from_static("no-store");
    let said = SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, kept_by_nobody);
    Doors::default()
        .route("/shared-links", get(pages::shared_links::list).post(pages::shared_links::create))
        .route("/shared-links/{id}/revoke", post(pages::shared_links::end))
        .route("/api/v1/shared-links", get(api::shared_links::list).post(api::shared_links::create))
        .route("/api/v1/shared-links/{id}", delete(api::shared_links::revoke))
        .behind(|router| router.layer(said))
}

/// What somebody wrote is theirs to change, so these are made for who asks.
fn notes() -> Doors {
    let kept_by_nobody = HeaderValue::from_static("no-store");
    let said = SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, kept_by_nobody);
    Doors::default()
        .route("/notes", get(pages::notes::list).post(pages::notes::create))
        .route("/notes/{id}", post(pages::notes::change))
        .route("/notes/{id}/delete", post(pages::notes::delete))
        .route("/activity", get(pages::activity::list))
        .route("/api/v1/notes", get(api::notes::list).post(api::notes::create))
        .route("/api/v1/notes/{id}", patch(api::notes::change).delete(api::notes::delete))
        .route("/api/v1/activity", get(api::activity::list))
        .behind(|router| router.layer(said))
}

/// What is in front of everything.
fn entrance_doors() -> Doors {
    Doors::default()
        .route("/sign-in", get(door::sign_in::show).post(door::sign_in::enter))
        .route("/sign-in/code", post(door::sign_in::code))
        .route("/sign-in/passkey", post(door::passkey::enter))
        .route("/sign-in/provider", get(door::provider::begin))
        .route("/sign-in/provider/back", get(door::provider::back))
        .route("/sign-in/forgotten", get(door::reset::ask).post(door::reset::send))
        .route("/sign-in/reset/{secret}", get(door::reset::show).post(door::reset::set))
        .route("/sign-in/link/{secret}", get(door::link::show).post(door::link::enter))
        .route("/sign-out", post(door::sign_in::leave))
        .route("/set-up", get(door::set_up::show).post(door::set_up::make))
        .route("/invitations/{secret}", get(door::invitation::show).post(door::invitation::take))
}

/// What somebody sees of themselves and changes is kept by nobody.
fn account() -> Doors {
    let kept_by_nobody = HeaderValue::from_static("no-store");
    let said = SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, kept_by_nobody);
    Doors::default()
        .route("/account", get(pages::account::show))
        .route("/account/name", post(pages::account::rename))
        .route("/account/password", post(pages::account::password::change))
        .route("/account/sessions/{id}/end", post(pages::account::sessions::end))
        .route("/account/sessions/end", post(pages::account::sessions::end_others))
        .route(
            "/account/second-factor",
            get(pages::account::second_factor::ask).post(pages::account::second_factor::confirm),
        )
        .route("/account/second-factor/codes", post(pages::account::second_factor::codes))
        .route("/account/second-factor/delete", post(pages::account::second_factor::delete))
        .route("/account/passkeys", get(pages::account::passkeys::ask).post(pages::account::passkeys::add))
        .route("/account/passkeys/{id}/remove", post(pages::account::passkeys::remove))
        .route("/account/providers/{id}/unlink", post(pages::account::providers::unlink))
        .route("/account/export", get(pages::account::export))
        .route("/account/erase", post(pages::account::erase))
        .route("/api/v1/me", get(api::me::show))
        .behind(|router| router.layer(said))
}

/// With what is said of addresses that nobody serves.
fn whole(doors: Doors) -> Router<AppState> {
    doors.router().fallback(problem::nothing_here).method_not_allowed_fallback(problem::not_like_this)
}
