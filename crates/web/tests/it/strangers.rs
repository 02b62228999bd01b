//! People of several workspaces ask for everything, with each other's numbers wherever a number can stand: nobody reads what is
//! not theirs, and nothing of a workspace changes by who may only read it.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header};
use http_body_util::BodyExt;
use people::Role;
use rand::prelude::*;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use tower::ServiceExt;
use web::{Place, places, router};

use crate::app::{GOOGLE, TAKEN, TestApp};
use crate::matrix::{filled, session_of};

/// Each workspace, and a word that stands in all that is its own.
const WORKSPACES: [(&str, &str); 3] = [("alpha", "Zanzibar"), ("beta", "Quibble"), ("gamma", "Mulberry")];
const REQUESTS: usize = 20_000;

struct Person {
    cookie: String,
    /// The workspaces that they are a member of.
    sees: Vec<usize>,
}

#[tokio::test]
async fn nobody_reads_what_is_not_theirs() {
    let app = TestApp::empty().await;
    let mut ids = Vec::new();
    for (name, word) in WORKSPACES {
        ids.push(app.state.ledger.catalog().ensure_workspace(name).await.unwrap().id);
        fill(&app, name, word).await;
    }
    let app = app.closing().await;
    let mut people = Vec::new();
    for memberships in [
        &[(0, Role::Editor)][..],
        &[(1, Role::Viewer)],
        &[(0, Role::Admin), (2, Role::Client)],
        &[(2, Role::Analyst)],
    ] {
        let ((first, role), rest) = memberships.split_first().unwrap();
        let email = format!("p{}@example.org", people.len());
        let person = app.person(&email, *role, Some(ids[*first])).await;
        for (workspace, role) in rest {
            let grant = store::catalog::Grant {
                role: *role,
                organisation: 1,
                workspace: Some(ids[*workspace]),
                accounts: None,
            };
            let by = store::catalog::Actor::this_machine();
            app.state.ledger.catalog().add_membership(&by, person, &grant).await.unwrap();
        }
        let sees = memberships.iter().map(|(workspace, _)| *workspace).collect();
        people.push(Person { cookie: session_of(&app, person).await, sees });
    }
    let before = everything(&app, ids[1]).await;
    let (router, places) = (router(app.state.clone()), asked(&app));
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut told = [0usize; 3];
    for _ in 0..REQUESTS {
        let person = people.choose(&mut random).unwrap();
        let place = places.choose(&mut random).unwrap();
        let (path, body) = request(place, &mut random);
        let answer = send(&router, &person.cookie, place, &path, body).await;
        for (at, (_, word)) in WORKSPACES.iter().enumerate() {
            let is_there = answer.contains(word);
            told[at] += usize::from(is_there);
            assert!(!is_there || person.sees.contains(&at), "{word}: {place:?} {path}: {answer}");
        }
    }
    assert!(told.iter().all(|times| *times > 100), "the questions do ask for what is there: {told:?}");
    // In the second workspace there is only a viewer.
    assert_eq!(everything(&app, ids[1]).await, before);
}

/// What is the workspace's own: campaigns, an import, a plan, a view, a rule, a channel.
async fn fill(app: &TestApp, name: &str, word: &str) {
    let report = GOOGLE.replace("Brand", &format!("{word} Brand"));
    app.import(&format!("{word}.csv"), &report, &[("captured_at", TAKEN), ("workspace", name)]).await;
    for (path, body) in [
        ("plans", json!({"label": word, "notes": word})),
        ("views", json!({"name": word, "address": "/campaigns"})),
        ("notes", json!({"text": word, "from": "2026-11-01"})),
        (
            "alert-channels",
            json!({"name": word, "kind": "slack", "address": format!("https://hooks.slack.com/services/{word}")}),
        ),
    ] {
        let path = format!("/api/v1/{path}?workspace={name}");
        let made = app.send_as("", Method::POST, &path, Some(body)).await;
        assert!(made.status.is_success(), "{path}: {}", made.text);
    }
}

/// All that is kept of a workspace but when something was last looked at.
async fn everything(app: &TestApp, workspace: u32) -> Value {
    Value::Object(app.state.ledger.catalog().everything_of(workspace).await.unwrap())
}

/// What is asked: all of it, but what ends the session that asks, and streams that do not end.
fn asked(app: &TestApp) -> Vec<Place> {
    let is_asked = |place: &Place| {
        !["/sign-out", "/account", "/api/v1/status/live", "/api/v1/imports/progress", "/assets", "/sign-in"]
            .iter()
            .any(|start| place.path.starts_with(start))
    };
    places(&app.state).into_iter().filter(is_asked).collect()
}

fn request(place: &Place, random: &mut ChaCha8Rng) -> (String, Body) {
    let id = random.random_range(1..12u32).to_string();
    let mut path = filled(&place.path, &id);
    let workspace = [None, Some("alpha"), Some("beta"), Some("gamma")].choose(random).copied().flatten();
    let rest = ["", "range=all", "by=campaign&range=all", "q=Brand", "filter=campaign%20%3D%20x", "text=a"];
    let rest = rest.choose(random).unwrap();
    let named = workspace.map(|name| format!("workspace={name}")).unwrap_or_default();
    let query: Vec<&str> = [named.as_str(), rest].into_iter().filter(|part| !part.is_empty()).collect();
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    let other = random.random_range(1..12u32);
    let body = match place.method {
        Method::GET | Method::DELETE => Body::empty(),
        _ if random.random_bool(0.5) => Body::from(
            json!({"workspace": workspace, "about": {"campaign": other}, "campaigns": [other], "name": "x",
                   "role": "viewer", "email": "x@example.org", "address": "/", "channels": [other]})
            .to_string(),
        ),
        _ => Body::from(format!(
            "name=x&address=%2F&campaign={other}&campaigns={other}&about=campaign&role=viewer&version=1&workspace={}",
            workspace.unwrap_or_default()
        )),
    };
    (path, body)
}

async fn send(router: &Router, cookie: &str, place: &Place, path: &str, body: Body) -> String {
    let is_json = place.path.starts_with("/api");
    let kind = if is_json { "application/json" } else { "application/x-www-form-urlencoded" };
    let request = Request::builder()
        .method(place.method.clone())
        .uri(path)
        .header(header::COOKIE, cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, kind);
    let answer = router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
    assert!(answer.status() != 500, "{place:?} {path}");
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8_lossy(&bytes).into_owned()
}
