//! Every route, for every role: what docs/permissions.md says is what happens.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use std::fmt::Write;

use jiff::Timestamp;
use people::{Digest, Permission, Role, SESSION, Secret};
use store::catalog::NewSession;
use web::{Needed, Place, places};

use crate::app::{Answer, TestApp};

/// Objects in paths that no rule of this test is about: whether a role may touch this very person depends on both.
const OF_PEOPLE: [&str; 4] = ["/people/", "/tokens/", "/api/v1/memberships/", "/api/v1/tokens/"];

/// A session of somebody, as a cookie.
pub async fn session_of(app: &TestApp, person: u32) -> String {
    let secret = Secret::new(SESSION);
    let session = NewSession {
        digest: *Digest::of(secret.text()).as_bytes(),
        person,
        now: Timestamp::now(),
        idle_secs: 3600,
        absolute_secs: 3600,
        agent: String::new(),
        address: String::new(),
    };
    app.state.ledger.catalog().make_session(&session).await.unwrap();
    format!("adroit={}", secret.text())
}

/// A path with something in each of its places.
pub fn filled(pattern: &str, id: &str) -> String {
    let part = |part: &str| match part {
        "{token}" => "0123456789abcdef".to_owned(),
        "{secret}" => "adk_none".to_owned(),
        "{name}" => "0123-1.webp".to_owned(),
        part if part.starts_with('{') => id.to_owned(),
        part => part.to_owned(),
    };
    pattern.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn is_api(place: &Place) -> bool {
    ["/api", "/metrics", "/healthz", "/readyz", "/livez"].iter().any(|start| place.path.starts_with(start))
}

fn needs(place: &Place) -> &'static str {
    match place.needed {
        Needed::Nothing => "nothing",
        Needed::SignIn => "sign-in",
        Needed::To(permission) => permission.key(),
    }
}

async fn ask(app: &TestApp, cookie: &str, place: &Place, query: &str) -> Answer {
    let path = format!("{}{query}", filled(&place.path, "1"));
    // Streams of events end when nobody listens.
    if place.path.ends_with("/live") || place.path.contains("/progress/") {
        return Answer::of(app.status_as(cookie, &path).await);
    }
    app.send_as(cookie, place.method.clone(), &path, None).await
}

#[tokio::test]
async fn what_each_route_needs_is_in_the_docs() {
    let app = TestApp::empty().await;
    let mut places = places(&app.state);
    places.sort_by_key(|place| (place.path.clone(), place.method.to_string()));
    let mut table = String::from("| Path | Method | Needs |\n|---|---|---|\n");
    for place in &places {
        writeln!(table, "| `{}` | {} | {} |", place.path, place.method, needs(place)).unwrap();
    }
    let docs = include_str!("../../../../docs/permissions.md");
    assert!(docs.contains(&table), "docs/permissions.md should hold this table:\n\n{table}");
    let roles: String = Role::ALL.iter().fold(String::new(), |mut lines, role| {
        let may: Vec<&str> =
            Permission::ALL.iter().filter(|may| role.may(**may)).map(|may| may.key()).collect();
        writeln!(lines, "| {role} | {} | {} |", role.does(), may.join(", ")).unwrap();
        lines
    });
    assert!(docs.contains(&roles), "docs/permissions.md should hold these lines:\n\n{roles}");
}

#[tokio::test]
async fn each_role_may_do_what_its_permissions_say_and_nothing_else() {
    let app = TestApp::with_google().await.closing().await;
    let places = places(&app.state);
    assert!(places.len() > 150, "{}", places.len());
    for place in &places {
        let nobody = ask(&app, "", place, "").await;
        let shut = match (place.needed, is_api(place)) {
            (Needed::Nothing, _) => nobody.status == 401 && !place.path.starts_with("/sign-in"),
            (_, true) => nobody.status != 401,
            (_, false) => nobody.status != 303 || !nobody.header("location").starts_with("/sign-in"),
        };
        assert!(!shut, "nobody: {place:?}: {} {}", nobody.status, nobody.text);
    }
    for role in Role::ALL {
        let person = app.person(&format!("{role}@example.org"), role, None).await;
        for place in &places {
            // Each time a new session, as some of these end it.
            let cookie = session_of(&app, person).await;
            let answer = ask(&app, &cookie, place, "").await;
            assert!(answer.status.as_u16() != 500, "{role}: {place:?}: {}", answer.text);
            let Needed::To(permission) = place.needed else { continue };
            if !role.may(permission) {
                assert_eq!(answer.status, 403, "{role}: {place:?}: {}", answer.text);
            } else if !OF_PEOPLE.iter().any(|path| place.path.starts_with(path)) {
                assert!(![401, 403].contains(&answer.status.as_u16()), "{role}: {place:?}: {}", answer.text);
            }
        }
    }
}

#[tokio::test]
async fn a_workspace_is_not_there_for_who_is_no_member() {
    let app = TestApp::with_google().await.closing().await;
    let other = app.state.ledger.catalog().ensure_workspace("other").await.unwrap();
    for role in [Role::Viewer, Role::Owner] {
        let person = app.person(&format!("{role}@example.org"), role, Some(other.id)).await;
        for place in places(&app.state) {
            let Needed::To(permission) = place.needed else { continue };
            let cookie = session_of(&app, person).await;
            let answer = ask(&app, &cookie, &place, "?workspace=default").await;
            let is_refused = (400..500).contains(&answer.status.as_u16());
            assert!(is_refused, "{role}: {place:?} for {permission:?}: {} {}", answer.status, answer.text);
            assert!(!answer.text.contains("Brand"), "{role}: {place:?}: {}", answer.text);
        }
        let cookie = session_of(&app, person).await;
        let seen = app.get_as(&cookie, "/api/v1/workspaces").await.json();
        let names: Vec<&str> =
            seen["workspaces"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["other"]);
    }
}
