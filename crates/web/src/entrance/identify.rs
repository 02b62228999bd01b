//! Who asks, found out once for each request: by the session in a cookie, or by a token.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use people::{Digest, SESSION, Secret, TOKEN};
use store::WorkspaceId;
use store::catalog::{CatalogError, Grant, Membership, SessionRecord, Workspace};

use super::Cookies;
use crate::AppState;
use crate::access::{Held, Sight, Visitor, Who};
use crate::guard::{asked_host, without_port};
use crate::server::Standing;
use crate::sharing;

/// For so long what was read of a session or token holds, if nobody's rights changed.
const HOLDS: SignedDuration = SignedDuration::from_secs(60);
/// How exactly it is noted when a session or token was last used.
const NOTED: SignedDuration = SignedDuration::from_mins(5);
/// After so long a session gets another secret.
const ROTATED: SignedDuration = SignedDuration::from_hours(24);
/// After how many seconds without a request a session ends, and after how many in any case.
pub(super) const IDLE: u32 = 7 * 24 * 3600;
pub(crate) const LONGEST: u32 = 30 * 24 * 3600;

/// Where a connection comes from. The server puts it beside each request.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// Where a request comes from, through proxies that are believed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Origin(pub(crate) Option<IpAddr>);

/// Stands beside a request under the host of a workspace's own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OwnHost;

/// Whom a secret is, as it was read.
#[derive(Clone)]
pub(super) struct Known {
    people: u64,
    until: Timestamp,
    visitor: Visitor,
    /// The session's times, if it is one.
    session: Option<Arc<SessionRecord>>,
}

/// Says with the request who asks and where they come from. Returns the secret of a session that was given another one.
pub(crate) async fn identify(state: &AppState, request: &mut Request) -> Option<Secret> {
    let rules = state.entrance.rules();
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0);
    let from = Origin(origin(request.headers(), peer, &rules.proxies));
    request.extensions_mut().insert(from);
    let host = asked_host(request.headers(), request.uri()).map(without_port);
    let own = own_workspace(state, host).await;
    if own.is_some() {
        request.extensions_mut().insert(OwnHost);
    }
    if sharing::is_shared(request.uri().path()) {
        // The same for everybody who has the link, whoever they are elsewhere.
        request.extensions_mut().insert(Visitor::nobody());
        return None;
    }
    let within = |visitor: Visitor| match own {
        Some(own) => visitor.only_in(own),
        None => visitor,
    };
    if rules.is_open {
        request.extensions_mut().insert(within(Visitor::anybody()));
        return None;
    }
    let cookies = Cookies { is_secure: rules.is_secure };
    let (visitor, renewed) = found(state, cookies, request.headers(), request.method()).await;
    if matches!(visitor.who, Who::Person { .. } | Who::Token(_))
        && let Some(standing) = request.extensions().get::<Standing>()
    {
        standing.is_known();
    }
    request.extensions_mut().insert(within(visitor));
    renewed
}

/// Gives the browser the other secret of its session. Whoever signs in or out with this very request has said so already.
pub(crate) fn give_renewed(state: &AppState, secret: &Secret, response: &mut Response) {
    let cookies = Cookies { is_secure: state.entrance.rules().is_secure };
    if !response.headers().contains_key(header::SET_COOKIE)
        && let Some(cookie) = cookies.keep(secret.text(), i64::from(LONGEST))
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// The workspace whose own host a request asks under: nothing else is there under it.
async fn own_workspace(state: &AppState, host: Option<&str>) -> Option<WorkspaceId> {
    let host = host?;
    let workspaces = state.catalog().workspaces().await.ok()?;
    let is_own = |workspace: &&Workspace| {
        workspace.brand.host.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(host))
    };
    workspaces.iter().find(is_own).map(|workspace| workspace.id)
}

async fn found(
    state: &AppState,
    cookies: Cookies,
    headers: &HeaderMap,
    method: &Method,
) -> (Visitor, Option<Secret>) {
    let now = Timestamp::now();
    // A program says who it is with each request; a cookie beside it is nobody's.
    let asked = match bearer(headers) {
        Some(token) => by_token(state, token, now).await.map(|visitor| (visitor, None)),
        None => match cookies.secret(headers) {
            Some(secret) => by_session(state, &secret, method, now).await,
            None => Ok((Visitor::nobody(), None)),
        },
    };
    asked.unwrap_or_else(|error| {
        tracing::error!(error = crate::problem::causes(&error), "who asks can't be found out");
        (Visitor::unknown(), None)
    })
}

async fn by_session(
    state: &AppState,
    secret: &str,
    method: &Method,
    now: Timestamp,
) -> Result<(Visitor, Option<Secret>), CatalogError> {
    if !secret.starts_with(SESSION) {
        return Ok((Visitor::nobody(), None));
    }
    let digest = Digest::of(secret);
    let known = match held(state, &digest, now) {
        Some(known) => known,
        None => {
            let people = state.catalog().people_version();
            let Some(session) = state.catalog().session(digest.as_bytes(), now).await? else {
                return Ok((Visitor::nobody(), None));
            };
            let mut grants = state.catalog().memberships(session.person).await?;
            let lacks_factor = without_demanding(state, session.person, &mut grants).await?;
            let sight = sight(grants.iter().map(|membership| &membership.grant));
            let who = Who::Person { person: session.person, session: session.id };
            let until = later(now, HOLDS).min(session.idle_until).min(session.expires_at);
            let visitor = Visitor { who, sight: Arc::new(sight), lacks_factor };
            if session.seen_at < earlier(now, NOTED) {
                let idle = later(now, SignedDuration::from_secs(i64::from(IDLE)));
                let (catalog, id) = (state.catalog().clone(), session.id);
                tokio::spawn(async move { catalog.touch_session(id, now, idle).await });
            }
            let known = Known { people, until, visitor, session: Some(Arc::new(session)) };
            state.entrance.known.insert(*digest.as_bytes(), known.clone());
            known
        }
    };
    let due = |session: &&Arc<SessionRecord>| {
        !session.is_rotated && session.rotated_at < earlier(now, ROTATED) && *method == Method::GET
    };
    let mut renewed = None;
    if let Some(session) = known.session.as_ref().filter(due) {
        let secret = Secret::new(SESSION);
        let fresh = Digest::of(secret.text());
        // Of several requests at once, one renews it.
        let done =
            state.catalog().rotate_session(session.id, digest.as_bytes(), fresh.as_bytes(), now).await?;
        renewed = done.then_some(secret);
    }
    Ok((known.visitor, renewed))
}

async fn by_token(state: &AppState, token: &str, now: Timestamp) -> Result<Visitor, CatalogError> {
    if !token.starts_with(TOKEN) {
        return Ok(Visitor::nobody());
    }
    let digest = Digest::of(token);
    if let Some(known) = held(state, &digest, now) {
        return Ok(known.visitor);
    }
    let people = state.catalog().people_version();
    let Some(token) = state.catalog().token(digest.as_bytes(), now).await? else {
        return Ok(Visitor::nobody());
    };
    let visitor =
        Visitor { who: Who::Token(token.id), sight: Arc::new(sight([&token.grant])), lacks_factor: false };
    if token.used_at.is_none_or(|used| used < earlier(now, NOTED)) {
        let (catalog, id) = (state.catalog().clone(), token.id);
        tokio::spawn(async move { catalog.touch_token(id, now).await });
    }
    let until = token.expires_at.map_or(later(now, HOLDS), |end| later(now, HOLDS).min(end));
    let known = Known { people, until, visitor: visitor.clone(), session: None };
    state.entrance.known.insert(*digest.as_bytes(), known);
    Ok(visitor)
}

/// Takes away what somebody holds where a second factor is demanded that they do not have. Says whether there was such.
async fn without_demanding(
    state: &AppState,
    person: u32,
    grants: &mut Vec<Membership>,
) -> Result<bool, CatalogError> {
    let mut organisations: Vec<u32> = grants.iter().map(|held| held.grant.organisation).collect();
    organisations.sort_unstable();
    organisations.dedup();
    let mut lacks = false;
    for organisation in organisations {
        if state.catalog().lacks_second_factor(person, organisation).await? {
            grants.retain(|held| held.grant.organisation != organisation);
            lacks = true;
        }
    }
    Ok(lacks)
}

/// What was read of a secret, if it still holds.
fn held(state: &AppState, digest: &Digest, now: Timestamp) -> Option<Known> {
    let known = state.entrance.known.get(digest.as_bytes())?;
    (known.people == state.catalog().people_version() && known.until > now).then_some(known)
}

fn sight<'g>(grants: impl IntoIterator<Item = &'g Grant>) -> Sight {
    let mut sight = Sight::default();
    for grant in grants {
        match grant.workspace {
            None => sight.organisations.push((grant.organisation, Held::of(grant))),
            Some(workspace) => sight.workspaces.push((workspace, Held::of(grant))),
        }
    }
    sight.organisations.sort_unstable();
    sight.workspaces.sort_unstable();
    sight
}

/// The token that a program sends.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (kind, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    kind.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Where a request comes from: the last one in the chain of those who passed it on that is no proxy of ours.
fn origin(headers: &HeaderMap, peer: Option<IpAddr>, proxies: &[IpAddr]) -> Option<IpAddr> {
    let mut origin = peer?;
    let passed = headers.get_all("x-forwarded-for").into_iter().filter_map(|text| text.to_str().ok());
    let chain: Vec<&str> = passed.flat_map(|text| text.split(',')).map(str::trim).collect();
    for before in chain.into_iter().rev() {
        if !proxies.contains(&origin) {
            break;
        }
        let Ok(address) = before.parse() else { break };
        origin = address;
    }
    Some(origin)
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.saturating_add(by).unwrap_or(Timestamp::MAX)
}

fn earlier(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.saturating_sub(by).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_proxies_of_ours_are_believed() {
        let (near, far, client) =
            (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]), IpAddr::from([198, 51, 100, 7]));
        let headers =
            |text: &str| HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), text.parse().unwrap())]);
        let chain = headers("203.0.113.9, 198.51.100.7, 10.0.0.2");
        assert_eq!(origin(&chain, Some(near), &[near, far]), Some(client));
        assert_eq!(origin(&chain, Some(near), &[near]), Some(far));
        assert_eq!(origin(&chain, Some(near), &[]), Some(near));
        assert_eq!(origin(&headers("rubbish"), Some(near), &[near]), Some(near));
        assert_eq!(origin(&chain, None, &[near]), None);
    }

    #[test]
    fn tokens_are_sent_as_rfc_6750_says() {
        for (text, token) in [
            ("Bearer adt_x", Some("adt_x")),
            ("bearer adt_x", Some("adt_x")),
            ("Basic eDp5", None),
            ("adt_x", None),
        ] {
            let headers = HeaderMap::from_iter([(header::AUTHORIZATION, text.parse().unwrap())]);
            assert_eq!(bearer(&headers), token, "{text}");
        }
    }
}
