//! Coming in: by password, by link, at the very first; and what is shown to who did not.

use axum::body::Body;
use axum::http::{Method, Request, header};
use jiff::{SignedDuration, Timestamp};
use people::{Digest, Role, Secret, TICKET, TOKEN};
use store::catalog::{Actor, Grant, NewTicket, NewToken, TicketKind};
use web::{Peer, Rules};

use crate::app::{ADA, PASSWORD, TestApp};

#[tokio::test]
async fn who_did_not_sign_in_is_led_to_where_they_can() {
    let app = TestApp::with_google().await.closing().await;
    let page = app.get("/campaigns?sort=-spend").await;
    assert_eq!(page.status, 303);
    assert_eq!(page.header("location"), "/sign-in?next=%2Fcampaigns%3Fsort%3D-spend");
    let api = app.get("/api/v1/campaigns").await;
    assert_eq!((api.status.as_u16(), api.header("www-authenticate")), (401, "Bearer"));
    assert_eq!(api.json()["type"], "urn:adroit:sign-in");
    // Files and answers that are kept already are no way round.
    let ada = app.sign_in(ADA, PASSWORD).await;
    let kept = app.get_as(&ada, "/api/v1/campaigns").await;
    assert_eq!(kept.status, 200, "{}", kept.text);
    let tagged = Request::get("/api/v1/campaigns").header(header::IF_NONE_MATCH, kept.header("etag"));
    for request in [tagged, Request::get("/api/v1/campaigns"), Request::get("/api/v1/campaigns?format=csv")] {
        assert_eq!(app.send(request.body(Body::empty()).unwrap()).await.status, 401);
    }
}

#[tokio::test]
async fn a_password_lets_in_and_out_again() {
    let app = TestApp::with_google().await.closing().await;
    let form = app.get("/sign-in?next=/campaigns").await;
    assert!(form.text.contains("value=\"/campaigns\""), "{}", form.text);
    assert_eq!((form.header("cache-control"), form.header("referrer-policy")), ("no-store", "no-referrer"));
    let fields = [("email", "ADA@example.org"), ("password", PASSWORD), ("next", "/campaigns")];
    let entered = app.post_as("", "/sign-in", &fields).await;
    assert_eq!((entered.status.as_u16(), entered.header("location")), (303, "/campaigns"));
    let said = entered.header("set-cookie").to_owned();
    assert!(said.contains("HttpOnly") && said.contains("SameSite=Lax"), "{said}");
    let cookie = entered.cookie();
    assert_eq!(app.get_as(&cookie, "/campaigns").await.status, 200);
    let left = app.post_as(&cookie, "/sign-out", &[]).await;
    assert!(left.header("clear-site-data").contains("storage"));
    assert_eq!(app.get_as(&cookie, "/campaigns").await.status, 303);
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_look_the_same() {
    let app = TestApp::closed().await;
    let try_one = async |email: &str| {
        let answer = app.post_as("", "/sign-in", &[("email", email), ("password", "something else")]).await;
        (answer.status.as_u16(), answer.text.replace(email, "EMAIL"))
    };
    let (wrong_password, wrong_name) = (try_one(ADA).await, try_one("eve@example.org").await);
    assert_eq!(wrong_password, wrong_name);
    assert_eq!(wrong_password.0, 401);
    for _ in 0..9 {
        try_one(ADA).await;
    }
    let late = app.post_as("", "/sign-in", &[("email", ADA), ("password", PASSWORD)]).await;
    assert_eq!(late.status, 429, "the right password does not help any more: {}", late.text);
    assert!(late.header("retry-after").parse::<u32>().unwrap() > 0);
}

#[tokio::test]
async fn nobody_is_led_elsewhere_by_signing_in() {
    let app = TestApp::closed().await;
    for next in ["https://evil.example/", "//evil.example", "/\\evil.example"] {
        let fields = [("email", ADA), ("password", PASSWORD), ("next", next)];
        assert_eq!(app.post_as("", "/sign-in", &fields).await.header("location"), "/", "{next}");
    }
}

#[tokio::test]
async fn the_first_owner_is_made_once_with_the_token_that_was_printed() {
    let mut app = TestApp::empty().await;
    app.state = app.state.clone().entered_by(Rules::default());
    assert_eq!(app.get("/").await.header("location"), "/set-up");
    let token = app.state.set_up_token().await.unwrap().unwrap();
    let fields = |token: &str, password: &str| {
        [
            ("token", token.to_owned()),
            ("organisation", "Northwind".to_owned()),
            ("name", "Ada".to_owned()),
            ("email", ADA.to_owned()),
            ("password", password.to_owned()),
        ]
    };
    let send = async |token: &str, password: &str| {
        let fields = fields(token, password);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
        app.post_as("", "/set-up", &fields).await
    };
    assert_eq!(send("adk_wrong", PASSWORD).await.status, 400);
    for weak in ["short", "ada@example.org", "passwordpassword"] {
        let refused = send(token.text(), weak).await;
        assert_eq!(refused.status, 400, "{weak}");
        assert!(refused.text.contains("role=\"alert\""), "{}", refused.text);
        assert!(refused.text.contains("type=\"password\" value=\"\""), "it is not sent back");
    }
    let made = send(token.text(), PASSWORD).await;
    assert_eq!((made.status.as_u16(), made.header("location")), (303, "/"));
    assert_eq!(app.get_as(&made.cookie(), "/people").await.status, 200);
    assert_eq!(send(token.text(), PASSWORD).await.status, 400);
    assert!(app.state.set_up_token().await.unwrap().is_none());
}

#[tokio::test]
async fn a_link_counts_once_and_where_it_should() {
    let app = TestApp::closed().await;
    let link = async |loopback_only| {
        let secret = Secret::new(TICKET);
        let expires_at = Timestamp::now() + SignedDuration::from_mins(15);
        let digest = *Digest::of(secret.text()).as_bytes();
        let new = NewTicket { kind: TicketKind::SignIn, digest, person: Some(1), loopback_only, expires_at };
        app.state.ledger.catalog().make_ticket(&new).await.unwrap();
        format!("/sign-in/link/{}", secret.text())
    };
    let from = async |path: &str, address: [u8; 4]| {
        let request = Request::post(path).extension(Peer(address.into()));
        app.send(request.body(Body::empty()).unwrap()).await
    };
    let near = link(true).await;
    // Being looked at does not use it up, nor does being tried from elsewhere.
    assert!(app.get(&near).await.text.contains("Come in"));
    assert_eq!(from(&near, [192, 0, 2, 1]).await.status, 403);
    let entered = from(&near, [127, 0, 0, 1]).await;
    assert_eq!(entered.status, 303, "{}", entered.text);
    assert_eq!(app.get_as(&entered.cookie(), "/").await.status, 200);
    assert_eq!(from(&near, [127, 0, 0, 1]).await.status, 410);
    assert_eq!(from(&link(false).await, [192, 0, 2, 1]).await.status, 303);
}

#[tokio::test]
async fn a_change_with_a_cookie_must_come_from_our_own_pages() {
    let app = TestApp::with_google().await.closing().await;
    let ada = app.sign_in(ADA, PASSWORD).await;
    let request = |site: Option<&str>| {
        let request =
            Request::post("/sign-out").header(header::COOKIE, &ada).header(header::HOST, "localhost");
        let request = site.iter().fold(request, |request, site| request.header("sec-fetch-site", *site));
        request.body(Body::empty()).unwrap()
    };
    for foreign in [Some("cross-site"), Some("same-site"), None] {
        assert_eq!(app.send(request(foreign)).await.status, 403, "{foreign:?}");
    }
    assert_eq!(app.get_as(&ada, "/").await.status, 200);
    assert_eq!(app.send(request(Some("same-origin"))).await.status, 303);
}

#[tokio::test]
async fn a_token_does_what_its_role_does_until_it_ends() {
    let app = TestApp::with_google().await.closing().await;
    let secret = Secret::new(TOKEN);
    let new = NewToken {
        digest: *Digest::of(secret.text()).as_bytes(),
        shown: "adt_".to_owned(),
        name: "reports".to_owned(),
        grant: Grant { role: Role::Viewer, organisation: 1, workspace: None, accounts: None },
        expires_at: None,
    };
    let by = Actor::this_machine();
    let id = app.state.ledger.catalog().make_token(&by, &new).await.unwrap();
    assert_eq!(app.get_with_token(secret.text(), "/api/v1/overview").await.status, 200);
    let import = Request::post("/api/v1/imports/1/undo")
        .header(header::AUTHORIZATION, format!("Bearer {}", secret.text()));
    let refused = app.send(import.body(Body::empty()).unwrap()).await;
    assert_eq!((refused.status.as_u16(), refused.json()["type"].as_str()), (403, Some("urn:adroit:role")));
    app.state.ledger.catalog().revoke_token(&by, 1, id).await.unwrap();
    assert_eq!(app.get_with_token(secret.text(), "/api/v1/overview").await.status, 401);
}

#[tokio::test]
async fn who_sees_less_gets_a_page_with_less_on_it() {
    let app = TestApp::with_google().await.closing().await;
    app.person("client@example.org", Role::Client, None).await;
    let (ada, client) = (app.sign_in(ADA, PASSWORD).await, app.sign_in("client@example.org", PASSWORD).await);
    // The owner's page is kept; the client's must be another one.
    let (full, less) = (app.get_as(&ada, "/").await, app.get_as(&client, "/").await);
    assert_eq!((full.status.as_u16(), less.status.as_u16()), (200, 200));
    for only in ["href=\"/imports", "href=\"/sources", "href=\"/status"] {
        assert!(full.text.contains(only) && !less.text.contains(only), "{only}");
    }
    for forbidden in ["/imports", "/plans", "/alerts", "/status", "/people"] {
        assert_eq!(app.get_as(&client, forbidden).await.status, 403, "{forbidden}");
    }
    assert_eq!(app.send_as(&client, Method::POST, "/api/v1/plans", None).await.status, 403);
}
