//! People, tokens and the audit log: who may decide about whom, over pages and API.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use axum::body::Body;
use axum::http::{Method, Request, header};
use people::{Cost, Password, Role};
use serde_json::{Value, json};
use store::catalog::{Actor, Grant, NewPerson};

use crate::app::{ADA, Answer, PASSWORD, TestApp, part};

/// Somebody whose name a spreadsheet would run.
const FORMULA: &str = "=cmd|' /C calc'!A0";

/// Two workspaces of one organisation, and their numbers.
async fn with_two() -> (TestApp, u32, u32) {
    let app = TestApp::closed().await;
    let catalog = app.state.ledger.catalog();
    let north = catalog.ensure_workspace("north").await.unwrap().id;
    let south = catalog.ensure_workspace("south").await.unwrap().id;
    (app, north, south)
}

/// The people that somebody is told of, seen from a workspace.
async fn people_of(app: &TestApp, cookie: &str, workspace: &str) -> Vec<Value> {
    let answer = app.get_as(cookie, &format!("/api/v1/people?workspace={workspace}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["people"].as_array().unwrap().clone()
}

fn emails(people: &[Value]) -> Vec<&str> {
    people.iter().map(|person| person["email"].as_str().unwrap()).collect()
}

/// The number of somebody's first membership.
fn membership(people: &[Value], email: &str) -> u64 {
    let person = people.iter().find(|person| person["email"] == email).unwrap();
    person["memberships"][0]["id"].as_u64().unwrap()
}

async fn set_role(app: &TestApp, cookie: &str, membership: u64, role: &str, workspace: &str) -> u16 {
    let path = format!("/api/v1/memberships/{membership}?workspace={workspace}");
    let answer = app.send_as(cookie, Method::PATCH, &path, Some(json!({ "role": role }))).await;
    answer.status.as_u16()
}

async fn make_token(app: &TestApp, cookie: &str, role: &str, scope: &str) -> Answer {
    let body = json!({"name": "Nightly", "role": role, "scope": scope});
    app.send_as(cookie, Method::POST, "/api/v1/tokens?workspace=north", Some(body)).await
}

async fn with_token(app: &TestApp, token: &str, method: Method, path: &str, body: Value) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json");
    app.send(request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn somebody_is_invited_comes_in_and_is_in_the_list() {
    let (app, ..) = with_two().await;
    let ada = app.sign_in(ADA, PASSWORD).await;
    let fields = [("email", " Bob@Example.org"), ("role", "editor"), ("scope", "workspace")];
    let made = app.post_as(&ada, "/people/invitations?workspace=north", &fields).await;
    assert_eq!((made.status.as_u16(), made.header("cache-control")), (200, "no-store"), "{}", made.text);
    assert!(made.text.contains("it is not shown again"));
    assert!(!made.text.contains("style=") && made.text.matches("<script").count() == 1);
    let link = part(&made.text, "/invitations/adi_", "</code>");

    let page = app.get_as(&ada, "/people?workspace=north").await.text;
    assert!(page.contains("<bdi>bob@example.org</bdi>") && !page.contains("adi_"), "{page}");
    let open = app.get_as(&ada, "/api/v1/invitations?workspace=north").await.json();
    let one = &open["invitations"][0];
    assert_eq!(
        (&one["role"], &one["workspace"], &one["link"]),
        (&"editor".into(), &"north".into(), &Value::Null)
    );

    let taken = app.post_as("", link, &[("name", "Bob"), ("password", PASSWORD)]).await;
    assert_eq!(taken.status, 303, "{}", taken.text);
    let people = people_of(&app, &ada, "north").await;
    assert_eq!(emails(&people), [ADA, "bob@example.org"]);
    let role = &people[1]["memberships"][0];
    assert_eq!(
        (&role["role"], &role["scope"], &role["workspace"]),
        (&"editor".into(), &"workspace".into(), &"north".into())
    );
    let open = app.get_as(&ada, "/api/v1/invitations?workspace=north").await.json();
    assert_eq!(open["invitations"], json!([]));
    let again = app.post_as(&ada, "/people/invitations?workspace=north", &fields).await;
    assert_eq!(again.status, 409);
    assert!(
        again.text.contains("a member already") && again.text.contains("value=\"Bob@Example.org\""),
        "{}",
        again.text
    );
    // An editor neither sees who is here nor invites.
    let bob = app.sign_in("bob@example.org", PASSWORD).await;
    for path in ["/people", "/tokens", "/audit", "/api/v1/people", "/api/v1/audit"] {
        assert_eq!(app.get_as(&bob, path).await.status, 403, "{path}");
    }
    assert!(app.get_as(&ada, "/workspace").await.text.contains("/people?workspace="));
    assert!(!app.get_as(&bob, "/workspace").await.text.contains("/people?workspace="));
}

#[tokio::test]
async fn an_invitation_can_be_taken_back_and_what_is_no_address_is_told() {
    let (app, ..) = with_two().await;
    let ada = app.sign_in(ADA, PASSWORD).await;
    let body = json!({"email": "bob@example.org", "role": "viewer", "scope": "organisation"});
    let made = app.send_as(&ada, Method::POST, "/api/v1/invitations?workspace=north", Some(body)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made = made.json();
    let link = made["link"].as_str().unwrap();
    assert_eq!((&made["scope"], &made["workspace"]), (&"organisation".into(), &Value::Null));
    let one = format!("/api/v1/invitations/{}?workspace=north", made["id"]);
    assert_eq!(app.send_as(&ada, Method::DELETE, &one, None).await.status, 204);
    assert_eq!(app.send_as(&ada, Method::DELETE, &one, None).await.status, 404);
    app.post_as("", link, &[("name", "Bob"), ("password", PASSWORD)]).await;
    assert_eq!(emails(&people_of(&app, &ada, "north").await), [ADA]);
    for (email, role) in [("bob", "viewer"), ("", "viewer"), ("bob@example.org", "root"), ("a@b.example", "")]
    {
        let fields = [("email", email), ("role", role), ("scope", "workspace")];
        let refused = app.post_as(&ada, "/people/invitations?workspace=north", &fields).await;
        assert_eq!(refused.status, 400, "{email} {role}: {}", refused.text);
    }
}

#[tokio::test]
async fn an_admin_of_one_workspace_neither_sees_nor_touches_another() {
    let (app, north, south) = with_two().await;
    app.person("nora@example.org", Role::Admin, Some(north)).await;
    app.person("sam@example.org", Role::Viewer, Some(south)).await;
    let (ada, nora) = (app.sign_in(ADA, PASSWORD).await, app.sign_in("nora@example.org", PASSWORD).await);
    let all = people_of(&app, &ada, "north").await;
    assert_eq!(emails(&all), [ADA, "nora@example.org", "sam@example.org"]);
    assert_eq!(emails(&people_of(&app, &nora, "north").await), ["nora@example.org"]);
    let page = app.get_as(&nora, "/people?workspace=north").await.text;
    assert!(page.contains("nora@example.org") && !page.contains("sam@") && !page.contains(ADA), "{page}");

    let sam = membership(&all, "sam@example.org");
    for (workspace, status) in [("north", 404), ("south", 400)] {
        assert_eq!(set_role(&app, &nora, sam, "client", workspace).await, status);
        let remove = format!("/people/{sam}/remove?workspace={workspace}");
        assert_eq!(app.post_as(&nora, &remove, &[]).await.status, status);
    }
    for path in ["/people?workspace=south", "/tokens?workspace=south", "/audit?workspace=south"] {
        assert_eq!(app.get_as(&nora, path).await.status, 400, "{path}");
    }
    let body = json!({"email": "x@example.org", "role": "viewer", "scope": "organisation"});
    let wide = app.send_as(&nora, Method::POST, "/api/v1/invitations?workspace=north", Some(body)).await;
    assert_eq!(wide.status, 403, "{}", wide.text);
    assert_eq!(make_token(&app, &nora, "viewer", "organisation").await.status, 403);
    let token = make_token(&app, &ada, "viewer", "organisation").await.json();
    let tokens = app.get_as(&nora, "/api/v1/tokens?workspace=north").await.json();
    assert_eq!(tokens["tokens"], json!([]));
    let one = format!("/api/v1/tokens/{}?workspace=north", token["id"]);
    assert_eq!(app.send_as(&nora, Method::DELETE, &one, None).await.status, 404);
    // Closing an account is about all of the organisation.
    let own = app.person("will@example.org", Role::Viewer, Some(north)).await;
    assert_eq!(app.post_as(&nora, &format!("/people/{own}/disable?workspace=north"), &[]).await.status, 403);

    let log = app.get_as(&nora, "/api/v1/audit?workspace=north").await.json();
    let entries = log["entries"].as_array().unwrap();
    assert!(!entries.is_empty() && entries.iter().all(|entry| entry["workspace"] == "north"), "{log}");
    assert!(!app.get_as(&nora, "/audit?workspace=north").await.text.contains("is whole"));
}

#[tokio::test]
async fn nobody_gives_a_role_above_their_own() {
    let (app, north, _) = with_two().await;
    app.person("nora@example.org", Role::Admin, Some(north)).await;
    app.person("olga@example.org", Role::Admin, None).await;
    app.person("own@example.org", Role::Owner, Some(north)).await;
    let ada = app.sign_in(ADA, PASSWORD).await;
    let all = people_of(&app, &ada, "north").await;
    let of = |email: &str| membership(&all, email);
    for who in ["nora@example.org", "olga@example.org", "own@example.org"] {
        let cookie = app.sign_in(who, PASSWORD).await;
        let status = set_role(&app, &cookie, of("nora@example.org"), "owner", "north").await;
        assert_eq!(status, 403, "{who} makes no owners");
        assert_eq!(set_role(&app, &cookie, of("own@example.org"), "viewer", "north").await, 403, "{who}");
        let body = json!({"email": "x@example.org", "role": "owner", "scope": "workspace"});
        let path = "/api/v1/invitations?workspace=north";
        assert_eq!(app.send_as(&cookie, Method::POST, path, Some(body)).await.status, 403, "{who}");
        assert_eq!(make_token(&app, &cookie, "owner", "workspace").await.status, 403, "{who}");
        let page = app.get_as(&cookie, "/people?workspace=north").await.text;
        assert!(!page.contains("value=\"owner\""), "{who} is not offered it: {page}");
    }
    let olga = app.sign_in("olga@example.org", PASSWORD).await;
    assert_eq!(set_role(&app, &olga, of("olga@example.org"), "owner", "north").await, 403);
    assert_eq!(set_role(&app, &olga, of(ADA), "viewer", "north").await, 403);
    let remove = format!("/api/v1/memberships/{}?workspace=north", of(ADA));
    assert_eq!(app.send_as(&olga, Method::DELETE, &remove, None).await.status, 403);
    assert_eq!(app.post_as(&olga, "/people/1/disable?workspace=north", &[]).await.status, 403);
    // What is theirs they do.
    assert_eq!(set_role(&app, &olga, of("nora@example.org"), "viewer", "north").await, 200);
    assert_eq!(set_role(&app, &ada, of("own@example.org"), "viewer", "north").await, 200);
    assert_eq!(set_role(&app, &ada, of("olga@example.org"), "root", "north").await, 400);
}

#[tokio::test]
async fn the_last_owner_stays_and_who_is_kept_out_is_out_at_once() {
    let (app, north, _) = with_two().await;
    app.person("olga@example.org", Role::Admin, None).await;
    let sam = app.person("sam@example.org", Role::Viewer, Some(north)).await;
    let ada = app.sign_in(ADA, PASSWORD).await;
    let all = people_of(&app, &ada, "north").await;
    let (own, olga) = (membership(&all, ADA), membership(&all, "olga@example.org"));
    assert_eq!(set_role(&app, &ada, own, "admin", "north").await, 409);
    let remove = format!("/people/{own}/remove?workspace=north");
    assert_eq!(app.post_as(&ada, &remove, &[]).await.status, 409);
    assert_eq!(app.post_as(&ada, "/people/1/disable?workspace=north", &[]).await.status, 409);

    let cookie = app.sign_in("sam@example.org", PASSWORD).await;
    assert_eq!(app.get_as(&cookie, "/api/v1/workspaces").await.status, 200);
    let door = |way: &str| format!("/people/{sam}/{way}?workspace=north");
    let olgas = app.sign_in("olga@example.org", PASSWORD).await;
    assert_eq!(app.post_as(&olgas, &door("disable"), &[]).await.status, 303);
    assert_eq!(app.get_as(&cookie, "/api/v1/workspaces").await.status, 401);
    assert!(app.get_as(&olgas, "/people?workspace=north").await.text.contains("kept out"));
    assert_eq!(app.post_as(&olgas, &door("enable"), &[]).await.status, 303);
    app.sign_in("sam@example.org", PASSWORD).await;

    // With another owner the first may go.
    let change = format!("/people/{olga}/role?workspace=north");
    assert_eq!(
        app.post_as(&ada, &change, &[("role", "owner")]).await.header("location"),
        "/people?workspace=north"
    );
    let gone = app.post_as(&ada, &format!("/people/{own}/role?workspace=north"), &[("role", "viewer")]).await;
    assert_eq!((gone.status.as_u16(), gone.header("location")), (303, "/"), "{}", gone.text);
    assert_eq!(app.get_as(&ada, "/people?workspace=north").await.status, 403);
}

#[tokio::test]
async fn a_token_does_what_its_role_does_until_it_is_revoked() {
    let (app, ..) = with_two().await;
    let ada = app.sign_in(ADA, PASSWORD).await;
    let fields = [("name", " Nightly  import "), ("role", "viewer"), ("scope", "workspace"), ("days", "30")];
    let made = app.post_as(&ada, "/tokens?workspace=north", &fields).await;
    assert_eq!((made.status.as_u16(), made.header("cache-control")), (200, "no-store"), "{}", made.text);
    let token = part(&made.text, "<code>adt_", "</code>").trim_start_matches("<code>").to_owned();
    let shown = format!("Authorization: Bearer {token}");
    assert!(made.text.contains(&shown) && made.text.contains("not shown again"), "{}", made.text);

    let seen = app.get_with_token(&token, "/api/v1/workspaces").await;
    assert_eq!(seen.status, 200, "{}", seen.text);
    let seen = seen.json();
    let names: Vec<_> = seen["workspaces"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["north"]);
    assert_eq!(app.get_with_token(&token, "/api/v1/people?workspace=north").await.status, 403);
    let body = json!({"name": "Mine", "role": "viewer"});
    let path = "/api/v1/tokens?workspace=north";
    assert_eq!(with_token(&app, &token, Method::POST, path, body.clone()).await.status, 403);

    // A program that administers makes others, none above itself, and is named in the log.
    let admin = make_token(&app, &ada, "admin", "workspace").await;
    assert_eq!(admin.status, 201, "{}", admin.text);
    let admin = admin.json();
    let secret = admin["secret"].as_str().unwrap();
    assert_eq!(with_token(&app, secret, Method::POST, path, body).await.status, 201);
    let above = json!({"name": "More", "role": "owner"});
    assert_eq!(with_token(&app, secret, Method::POST, path, above).await.status, 403);
    let log = app.get_as(&ada, "/api/v1/audit?workspace=north&limit=1").await.json();
    assert_eq!(
        (&log["entries"][0]["action"], &log["entries"][0]["who_name"]),
        (&"token_made".into(), &"Nightly".into())
    );

    let list = app.get_as(&ada, "/api/v1/tokens?workspace=north").await;
    assert!(!list.text.contains(&token) && !list.text.contains(secret) && !list.text.contains("digest"));
    let list = list.json();
    let first = list["tokens"].as_array().unwrap().last().unwrap();
    assert_eq!(first["name"], "Nightly import");
    assert!(first["expires_at"].is_string() && token.starts_with(first["shown"].as_str().unwrap()));
    let revoke = format!("/tokens/{}/revoke?workspace=north", first["id"]);
    assert_eq!(app.post_as(&ada, &revoke, &[]).await.status, 303);
    assert_eq!(app.get_with_token(&token, "/api/v1/workspaces").await.status, 401);
    assert_eq!(app.post_as(&ada, &revoke, &[]).await.status, 404);
    assert!(app.get_as(&ada, "/tokens?workspace=north").await.text.contains(">revoked<"));

    for (name, days) in [("", "30"), ("x", "0"), ("x", "4000"), ("x", ""), ("x", "soon")] {
        let fields = [("name", name), ("role", "viewer"), ("scope", "workspace"), ("days", days)];
        let refused = app.post_as(&ada, "/tokens?workspace=north", &fields).await;
        assert_eq!(refused.status, 400, "{name} {days}: {}", refused.text);
    }
}

#[tokio::test]
async fn the_audit_log_is_read_by_page_as_json_and_as_a_harmless_file() {
    let (app, north, _) = with_two().await;
    let hash = Password::hash(PASSWORD, Cost::LEAST).unwrap();
    let grant = Grant { role: Role::Admin, organisation: 1, workspace: Some(north), accounts: None };
    let eve = NewPerson { email: "eve@example.org", name: FORMULA, password_hash: Some(&hash), grant };
    app.state.ledger.catalog().add_person(&Actor::this_machine(), &eve).await.unwrap();
    let (ada, eve) = (app.sign_in(ADA, PASSWORD).await, app.sign_in("eve@example.org", PASSWORD).await);
    assert_eq!(make_token(&app, &eve, "viewer", "workspace").await.status, 201);

    let log = app.get_as(&ada, "/api/v1/audit?workspace=north").await;
    assert_eq!((log.status.as_u16(), log.header("cache-control")), (200, "no-store"));
    let log = log.json();
    let entries = log["entries"].as_array().unwrap();
    assert_eq!((&entries[0]["action"], &entries[0]["who_name"]), (&"token_made".into(), &FORMULA.into()));
    assert_eq!(entries[0]["object_name"], "Nightly");
    let ids: Vec<_> = entries.iter().map(|entry| entry["id"].as_u64().unwrap()).collect();
    assert!(ids.windows(2).all(|pair| pair[0] > pair[1]), "newest first: {ids:?}");
    let mut read = Vec::new();
    let mut next = Some(String::new());
    while let Some(before) = next {
        let page =
            app.get_as(&ada, &format!("/api/v1/audit?workspace=north&limit=2&before={before}")).await.json();
        read.extend(page["entries"].as_array().unwrap().iter().map(|entry| entry["id"].as_u64().unwrap()));
        next = page["next_before"].as_u64().map(|id| id.to_string());
    }
    assert_eq!(read, ids, "pages miss nothing and repeat nothing");
    for wrong in ["limit=0", "limit=501", "format=xml", "before=x", "format=csv&limit=5", "page=2"] {
        let answer = app.get_as(&ada, &format!("/api/v1/audit?workspace=north&{wrong}")).await;
        assert_eq!(answer.status, 400, "{wrong}: {}", answer.text);
    }

    let file = app.get_as(&ada, "/api/v1/audit?workspace=north&format=csv").await;
    assert!(file.header("content-type").starts_with("text/csv"), "{}", file.header("content-type"));
    assert!(file.header("content-disposition").contains("adroit-audit.csv"));
    assert!(file.text.starts_with("id,at,who,who_name,action,object,object_name,"), "{}", file.text);
    assert_eq!(file.text.lines().count(), 1 + ids.len());
    assert!(file.text.contains(&format!(",'{FORMULA},")) && !file.text.contains(",=cmd"), "{}", file.text);

    let page = app.get_as(&ada, "/audit?workspace=north").await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(
        page.text.contains("entries on this server is whole") && page.text.contains("made a token"),
        "{}",
        page.text
    );
    assert!(page.text.contains("format=csv"));
    let older = app.get_as(&ada, "/audit?workspace=north&before=2").await.text;
    assert!(older.contains("set up the server") && older.contains(">Newest<"), "{older}");
}
