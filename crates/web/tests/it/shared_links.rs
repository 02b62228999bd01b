//! Shared links: whoever has one sees one view, for as long as it counts, and nothing else of anybody.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use axum::body::Body;
use axum::http::{Method, Request, header};
use jiff::{SignedDuration, Timestamp};
use people::{Digest, Role, SHARE, Secret};
use serde_json::{Value, json};
use store::catalog::{Actor, NewSharedLink};

use crate::app::{ADA, Answer, GOOGLE, META, PASSWORD, TAKEN, TestApp, part};

const API: &str = "/api/v1/shared-links?workspace=default";
const SECRET_NAME: &str = "Hushed Holdings";

/// Two workspaces, the name of the second to be found nowhere, and the cookie of the owner of both.
async fn two() -> (TestApp, String) {
    let app = TestApp::with_google().await;
    app.send_locally("/local/workspaces", json!({"name": SECRET_NAME})).await;
    let theirs = GOOGLE.replace("Brand", "Elsewhere");
    app.import("their.csv", &theirs, &[("workspace", SECRET_NAME), ("captured_at", TAKEN)]).await;
    let app = app.closing().await;
    let ada = app.sign_in(ADA, PASSWORD).await;
    (app, ada)
}

/// Makes a link, which must succeed; gives its path and what was said of it.
async fn shared(app: &TestApp, cookie: &str, address: &str, more: Value) -> (String, Value) {
    let mut body = json!({"name": "For the board", "address": address});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let made = app.send_as(cookie, Method::POST, API, Some(body)).await;
    assert_eq!((made.status.as_u16(), made.header("cache-control")), (201, "no-store"), "{}", made.text);
    let made = made.json();
    (made["url"].as_str().unwrap().to_owned(), made)
}

/// The links of the first workspace as the owner is told of them.
async fn listed(app: &TestApp, cookie: &str) -> Vec<Value> {
    let answer = app.send_as(cookie, Method::GET, API, None).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["shared_links"].as_array().unwrap().clone()
}

async fn with(app: &TestApp, path: &str, name: &str, value: &str) -> Answer {
    app.send(Request::get(path).header(name, value).body(Body::empty()).unwrap()).await
}

/// The ways that lead from a page.
fn ways(page: &str) -> Vec<&str> {
    page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// The number of the campaign of this name.
async fn campaign(app: &TestApp, cookie: &str, workspace: &str, name: &str) -> u64 {
    let path = format!("/api/v1/campaigns?range=all&workspace={}", workspace.replace(' ', "+"));
    let list = app.get_as(cookie, &path).await.json();
    let rows = list["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["campaign"].as_str().unwrap().contains(name)).unwrap();
    row["campaign_id"].as_u64().unwrap()
}

#[tokio::test]
async fn a_link_is_made_opened_counted_and_revoked() {
    let (app, ada) = two().await;
    let page = app.get_as(&ada, "/campaigns?range=all&sort=-clicks&workspace=default").await.text;
    let share = part(&page, "/shared-links?", "\"").replace("&amp;", "&").replace("&#38;", "&");
    let form = app.get_as(&ada, share.trim_end_matches("#make")).await;
    assert!(form.text.contains("name=\"address\" value=\"/campaigns?range=all"), "{}", form.text);
    let fields = [
        ("address", "/campaigns?range=all&sort=-clicks"),
        ("name", "Monthly <call>"),
        ("range", "all"),
        ("from", "2026-11-01"),
        ("to", "2026-11-03"),
        ("expires", "30"),
        ("password", ""),
        ("origins", ""),
    ];
    let made = app.post_as(&ada, "/shared-links?workspace=default", &fields).await;
    assert_eq!((made.status.as_u16(), made.header("cache-control")), (200, "no-store"), "{}", made.text);
    assert!(made.text.contains("it is not shown again"));
    let url = part(&made.text, "/s/adh_", "</code>").to_owned();
    assert!(url.len() > 40, "{url}");

    for _ in 0..2 {
        let opened = app.get(&url).await;
        assert_eq!(opened.status, 200, "{}", opened.text);
        for word in ["Brand", "2,025.50", "<bdi>default</bdi>", "Google Ads", "1 Nov – 3 Nov 2026"] {
            assert!(opened.text.contains(word), "{word}: {}", opened.text);
        }
    }
    // Its second page, a look ahead and a look at the head are no opening.
    assert_eq!(app.get(&format!("{url}?sort=clicks")).await.status, 200);
    assert_eq!(with(&app, &url, "sec-purpose", "prefetch").await.status, 200);
    assert_eq!(app.send(Request::head(&url).body(Body::empty()).unwrap()).await.status, 200);
    let links = listed(&app, &ada).await;
    assert_eq!((links.len(), &links[0]["opens"], &links[0]["state"]), (1, &json!(2), &json!("counts")));
    assert_eq!(links[0]["address"], "/campaigns?range=all&sort=-clicks");
    assert!(links[0]["opened_at"].is_string() && links[0]["url"].is_null());
    // Once they are written down they are there for the next server too.
    app.state.write_opens().await.unwrap();
    app.state.write_opens().await.unwrap();
    assert_eq!(app.state.ledger.catalog().shared_links(1, None, 9).await.unwrap()[0].opens, 2);
    assert_eq!(listed(&app, &ada).await[0]["opens"], 2);

    let list = app.get_as(&ada, "/shared-links?workspace=default").await.text;
    assert!(list.contains("Monthly &#60;call&#62;") && list.contains("All days"), "{list}");
    assert!(!list.contains(&url) && list.contains(&url[3..13]), "{list}");
    let revoke = part(&list, "/shared-links/1/revoke", "\"").replace("&#38;", "&");
    let revoked = app.post_as(&ada, &revoke, &[]).await;
    assert_eq!(revoked.status, 303, "{}", revoked.text);
    let over = app.get(&url).await;
    assert_eq!((over.status.as_u16(), over.header("cache-control")), (410, "no-store"));
    assert!(over.text.contains("shows nothing any more") && !over.text.contains("Brand"), "{}", over.text);
    assert_eq!(app.post_as(&ada, &revoke, &[]).await.status, 404);
    assert_eq!(listed(&app, &ada).await[0]["state"], "revoked");

    let log = app.get_as(&ada, "/api/v1/audit?workspace=default").await;
    assert!(
        log.text.contains("shared_link_made") && log.text.contains("shared_link_revoked"),
        "{}",
        log.text
    );
    assert!(!log.text.contains(&url) && !log.text.contains("Monthly"), "{}", log.text);
}

#[tokio::test]
async fn each_page_that_can_be_shared_leads_nowhere_but_to_itself() {
    let (app, ada) = two().await;
    app.import_as(&ada, META, TAKEN).await;
    let brand = campaign(&app, &ada, "default", "Brand").await;
    for (address, words) in [
        ("/".to_owned(), ["Largest campaigns", "Brand"]),
        ("/campaigns?convert=EUR&limit=1".to_owned(), ["Next page", "Campaigns"]),
        (format!("/campaigns/{brand}?range=all"), ["Brand", "Spend and revenue"]),
        ("/analytics?by=campaign&filter=spend+%3E+1".to_owned(), ["Brand", "spend &#62; 1"]),
    ] {
        let (url, _) = shared(&app, &ada, &address, json!({})).await;
        for cookie in ["", ada.as_str()] {
            let page = app.get_as(cookie, &url).await;
            assert_eq!(page.status, 200, "{address}: {}", page.text);
            for word in words {
                assert!(page.text.contains(word), "{address}: {word}: {}", page.text);
            }
            for hidden in
                [SECRET_NAME, "Elsewhere", "<script", "<form", "<nav class=\"rail\"", "/imports/", "adh_"]
            {
                assert!(!page.text.contains(hidden), "{address}: {hidden}: {}", page.text);
            }
            for way in ways(&page.text) {
                let is_within =
                    ["?", "#main", "/assets/", "data:image/"].iter().any(|start| way.starts_with(start));
                assert!(is_within, "{address}: {way}");
            }
            assert!(page.text.contains("<meta name=\"robots\" content=\"noindex, nofollow\">"), "{address}");
        }
    }
}

#[tokio::test]
async fn nothing_is_reached_by_a_link_but_its_view() {
    let (app, ada) = two().await;
    let (brand, other) =
        (campaign(&app, &ada, "default", "Brand").await, campaign(&app, &ada, "default", "Generic").await);
    let (url, _) = shared(&app, &ada, &format!("/campaigns/{brand}?range=all"), json!({})).await;
    for more in [
        "?workspace=Hushed+Holdings".to_owned(),
        "?range=last_7_days".to_owned(),
        "?from=2026-11-01".to_owned(),
        "?filter=spend+%3E+1".to_owned(),
        format!("?id={other}"),
        format!("/campaigns/{other}"),
        format!("/../../campaigns/{other}"),
        "/".to_owned(),
        "x".to_owned(),
    ] {
        for cookie in ["", ada.as_str()] {
            let answer = app.get_as(cookie, &format!("{url}{more}")).await;
            assert!(
                [400, 404].contains(&answer.status.as_u16()),
                "{more}: {} {}",
                answer.status,
                answer.text
            );
            for hidden in [SECRET_NAME, "Elsewhere", "Generic"] {
                assert!(!answer.text.contains(hidden), "{more}: {hidden}: {}", answer.text);
            }
        }
    }
    assert_eq!(app.get(&format!("{url}?tab=campaign")).await.status, 200);
    // What is not shown is not told by an order either.
    let (list, _) = shared(&app, &ada, "/campaigns?columns=spend,clicks&range=all", json!({})).await;
    assert_eq!(app.get(&format!("{list}?sort=-clicks")).await.status, 200);
    let refused = app.get(&format!("{list}?sort=-revenue")).await;
    assert!(refused.status == 400 && refused.text.contains("is not shown here"), "{}", refused.text);
    // Nor does the link open anything else.
    let secret = url.trim_start_matches("/s/");
    for path in ["/api/v1/overview", "/campaigns", "/api/v1/workspaces"] {
        assert!(!app.get_with_token(secret, path).await.status.is_success(), "{path}");
        assert!(!app.get_as(&format!("adroit={secret}"), path).await.status.is_success(), "{path}");
    }
    assert_eq!(app.get("/s/adh_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await.status, 404);
}

#[tokio::test]
async fn a_server_that_lets_everybody_in_shows_no_more_by_a_link() {
    let app = TestApp::with_google().await;
    app.send_locally("/local/workspaces", json!({"name": SECRET_NAME})).await;
    let (url, _) = shared(&app, "", "/campaigns?range=all", json!({})).await;
    let page = app.get(&url).await;
    assert!(page.status == 200 && page.text.contains("Brand") && !page.text.contains(SECRET_NAME));
    let wrong = app.get(&format!("{url}?workspace=default")).await;
    assert!(wrong.status == 400 && !wrong.text.contains(SECRET_NAME), "{}", wrong.text);
}

#[tokio::test]
async fn a_cache_in_front_may_keep_it_and_nothing_in_it_is_of_one_reader() {
    let (app, ada) = two().await;
    let (url, made) = shared(&app, &ada, "/campaigns?range=all", json!({})).await;
    let first = app.get(&url).await;
    let key = format!("w1 campaigns w1-campaigns share-{}", made["id"]);
    for (name, value) in [
        ("cache-control", "public, max-age=0, s-maxage=30, stale-while-revalidate=60, stale-if-error=86400"),
        ("surrogate-key", key.as_str()),
        ("vary", "accept-encoding"),
        ("x-robots-tag", "noindex, nofollow"),
        ("referrer-policy", "no-referrer"),
        ("set-cookie", ""),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-status", "adroit; fwd=uri-miss; fwd-status=200; stored"),
    ] {
        assert_eq!(first.header(name), value, "{name}");
    }
    let policy = first.header("content-security-policy");
    assert!(policy.ends_with("frame-ancestors 'none'") && !policy.contains("script-src"), "{policy}");
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.len() > 20, "{tag}");

    let (computed, admitted) = (app.state.cache_counts().computed, app.state.admission_counts().admitted);
    for (name, value) in
        [("cookie", ada.as_str()), ("cookie", "theme=dark"), ("authorization", "Bearer adt_x")]
    {
        let again = with(&app, &url, name, value).await;
        assert_eq!(
            (again.text.as_str(), again.header("etag")),
            (first.text.as_str(), tag.as_str()),
            "{value}"
        );
        assert_eq!((again.header("cache-status"), again.header("set-cookie")), ("adroit; hit; ttl=30", ""));
    }
    assert_eq!(with(&app, &url, "if-none-match", &tag).await.status, 304);
    assert_eq!(app.state.cache_counts().computed, computed, "a warm opening computes nothing");
    assert_eq!(app.state.admission_counts().admitted, admitted);

    let imported = app.import_as(&ada, META, TAKEN).await;
    assert!(imported.contains("\"import_id\""), "{imported}");
    let after = app.get(&url).await;
    assert!(after.text.contains("Prospecting"), "{}", after.text);
    assert_ne!(after.header("etag"), tag);
    assert!(!after.header("surrogate-key").contains(url.trim_start_matches("/s/")));
}

#[tokio::test]
async fn only_named_sites_may_show_it_in_a_frame() {
    let (app, ada) = two().await;
    let origins = json!({"origins": ["https://www.example.com", "https://Intranet.example.com:8443/"]});
    let (url, _) = shared(&app, &ada, "/", origins).await;
    let page = app.get(&url).await;
    let policy = page.header("content-security-policy");
    let framed_by = "frame-ancestors https://www.example.com https://intranet.example.com:8443";
    assert!(policy.ends_with(framed_by), "{policy}");
    assert_eq!(page.header("cross-origin-resource-policy"), "cross-origin");
}

#[tokio::test]
async fn a_link_ends_with_its_time() {
    let (app, _) = two().await;
    let catalog = app.state.ledger.catalog();
    let make = async |seconds: i64| {
        let secret = Secret::new(SHARE);
        let new = NewSharedLink {
            digest: *Digest::of(secret.text()).as_bytes(),
            shown: people::shown(secret.text()),
            name: "Short".to_owned(),
            address: "/campaigns?range=all".to_owned(),
            password: None,
            origins: Vec::new(),
            expires_at: Timestamp::now() + SignedDuration::from_secs(seconds),
        };
        catalog.make_shared_link(&Actor::this_machine(), 1, &new).await.unwrap();
        format!("/s/{}", secret.text())
    };
    let over = app.get(&make(-1).await).await;
    assert_eq!((over.status.as_u16(), over.header("cache-control")), (410, "no-store"), "{}", over.text);
    // Nobody may keep it for longer than it counts.
    let soon = app.get(&make(20).await).await;
    let said = soon.header("cache-control");
    let fresh: u64 = part(said, "s-maxage=", ",")["s-maxage=".len()..].parse().unwrap();
    assert!((1..=20).contains(&fresh), "{said}");
    assert!(said.ends_with("stale-while-revalidate=0, stale-if-error=0"), "{said}");
    let short = make(3).await;
    assert_eq!(app.get(&short).await.status, 200);
    tokio::time::sleep(std::time::Duration::from_millis(3100)).await;
    assert_eq!(app.get(&short).await.status, 410);
}

#[tokio::test]
async fn a_password_is_asked_for_and_tried_so_often() {
    let (app, ada) = two().await;
    let password = json!({"password": "quiet purple otters"});
    let (url, made) = shared(&app, &ada, "/campaigns?range=all", password.clone()).await;
    let (other, _) = shared(&app, &ada, "/campaigns?range=all", password).await;
    assert_eq!(made["has_password"], true);
    for cookie in ["", ada.as_str()] {
        let asked = app.get_as(cookie, &url).await;
        assert_eq!((asked.status.as_u16(), asked.header("cache-control")), (200, "no-store"));
        assert!(asked.text.contains("type=\"password\"") && !asked.text.contains("Brand"), "{}", asked.text);
        assert_eq!((asked.header("x-robots-tag"), asked.header("set-cookie")), ("noindex, nofollow", ""));
    }
    assert_eq!(listed(&app, &ada).await[1]["opens"], 0);
    let wrong = app.post_as("", &url, &[("password", "quiet purple cats")]).await;
    assert_eq!((wrong.status.as_u16(), wrong.header("set-cookie")), (401, ""), "{}", wrong.text);
    assert!(!wrong.text.contains("quiet purple cats") && !wrong.text.contains("Brand"));
    let right = app.post_as("", &url, &[("password", "quiet purple otters")]).await;
    assert_eq!((right.status.as_u16(), right.header("location")), (303, url.as_str()), "{}", right.text);
    let cookie = right.header("set-cookie").to_owned();
    for part in [format!("Path={url}"), "HttpOnly".to_owned(), "Max-Age=3600".to_owned()] {
        assert!(cookie.contains(&part), "{part}: {cookie}");
    }
    let cookie = right.cookie();
    let page = app.get_as(&cookie, &url).await;
    assert!(page.status == 200 && page.text.contains("Brand"), "{}", page.text);
    assert_eq!(
        (page.header("cache-control"), page.header("vary")),
        ("private, no-cache", "accept-encoding, cookie")
    );
    assert_eq!(listed(&app, &ada).await[1]["opens"], 1);
    // It opens that link only.
    assert!(!app.get_as(&cookie, &other).await.text.contains("Brand"));
    let (mut tries, mut last) = (0, 0);
    while last != 429 && tries < 30 {
        last = app.post_as("", &other, &[("password", "quiet purple cats")]).await.status.as_u16();
        tries += 1;
    }
    assert!(last == 429 && tries > 5, "{tries}");
    let limited = app.post_as("", &other, &[("password", "quiet purple otters")]).await;
    assert_eq!((limited.status.as_u16(), limited.header("set-cookie")), (429, ""), "not even the right one");
    assert!(!limited.header("retry-after").is_empty());
    // A link that was revoked takes no password, and no cookie of before.
    let id = &made["id"];
    let path = format!("/api/v1/shared-links/{id}?workspace=default");
    assert_eq!(app.send_as(&ada, Method::DELETE, &path, None).await.status, 204);
    assert_eq!(app.get_as(&cookie, &url).await.status, 410);
    assert_eq!(app.post_as("", &url, &[("password", "quiet purple otters")]).await.status, 410);
    let log = app.get_as(&ada, "/api/v1/audit?workspace=default").await.text;
    assert!(log.contains("shared_link_made") && !log.contains("/s/"), "{log}");
}

#[tokio::test]
async fn days_roll_on_or_stay() {
    let (app, ada) = two().await;
    let range = json!({"range": "last_7_days"});
    let (rolling, made) = shared(&app, &ada, "/campaigns?from=2026-11-01&to=2026-11-02", range).await;
    assert_eq!(made["address"], "/campaigns?range=last_7_days");
    let days = json!({"from": "2026-11-01", "to": "2026-11-02"});
    let (fixed, made) = shared(&app, &ada, "/campaigns?range=all", days).await;
    assert_eq!(made["address"], "/campaigns?from=2026-11-01&to=2026-11-02");
    let days = async |url: &str| {
        let page = app.get(url).await.text;
        let days = page.split("<p class=\"period\">").nth(1).unwrap().split('<').next();
        days.unwrap().to_owned()
    };
    let before = (days(&rolling).await, days(&fixed).await);
    assert_eq!(before, ("28 Oct – 3 Nov 2026".to_owned(), "1 Nov – 2 Nov 2026".to_owned()));
    let newer = GOOGLE
        .replace("2026-11-0", "2026-11-1")
        .replace("1 November 2026 - 3 November 2026", "11 November 2026 - 13 November 2026");
    app.import_as(&ada, &newer, "2026-11-13T06:12:00Z").await;
    let after = (days(&rolling).await, days(&fixed).await);
    assert_eq!(after, ("7 Nov – 13 Nov 2026".to_owned(), "1 Nov – 2 Nov 2026".to_owned()));
}

#[tokio::test]
async fn what_can_not_be_shared_is_told() {
    let (app, ada) = two().await;
    let elsewhere = campaign(&app, &ada, SECRET_NAME, "Elsewhere").await;
    let whole = json!({"name": "x", "address": "/campaigns"});
    for (change, parameter) in [
        (json!({"name": " "}), "name"),
        (json!({"name": "x".repeat(61)}), "name"),
        (json!({"address": "/imports"}), "address"),
        (json!({"address": "https://evil.example/campaigns"}), "address"),
        (json!({"address": format!("/campaigns/{elsewhere}")}), "address"),
        (json!({"address": "/campaigns?filter=nonsense"}), "filter"),
        (json!({"address": "/campaigns?colour=red"}), "colour"),
        (json!({"range": "yesterday"}), "range"),
        (json!({"range": "all", "from": "2026-11-01"}), "range"),
        (json!({"from": "2026-11-01"}), "to"),
        (json!({"from": "2026-11-03", "to": "2026-11-01"}), "from"),
        (json!({"expires_in_days": 0}), "expires_in_days"),
        (json!({"expires_in_days": 366}), "expires_in_days"),
        (json!({"password": "short"}), "password"),
        (json!({"password": "passwordpassword"}), "password"),
        (json!({"origins": ["https://*.example.com"]}), "origins"),
        (json!({"origins": ["http://example.com"]}), "origins"),
    ] {
        let mut body = whole.clone();
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let refused = app.send_as(&ada, Method::POST, API, Some(body)).await;
        assert_eq!(refused.status, 400, "{change}: {}", refused.text);
        assert_eq!(refused.json()["parameter"], parameter, "{change}: {}", refused.text);
    }
    let unknown = json!({"name": "x", "address": "/", "colour": "red"});
    assert_eq!(app.send_as(&ada, Method::POST, API, Some(unknown)).await.status, 400);
    assert_eq!(listed(&app, &ada).await, Vec::<Value>::new());
    // On the page it stands above the form, with what was typed.
    let fields = [("address", "/campaigns"), ("name", "Kept"), ("range", "all"), ("expires", "900")];
    let refused = app.post_as(&ada, "/shared-links?workspace=default", &fields).await;
    assert_eq!(refused.status, 400, "{}", refused.text);
    for word in ["value=\"Kept\"", "value=\"900\"", "role=\"alert\""] {
        assert!(refused.text.contains(word), "{word}: {}", refused.text);
    }
}

#[tokio::test]
async fn editors_share_and_the_roles_below_do_not() {
    let (app, _) = two().await;
    for (role, may) in [
        (Role::Client, false),
        (Role::Viewer, false),
        (Role::Analyst, false),
        (Role::Editor, true),
        (Role::Admin, true),
    ] {
        let email = format!("{role}@example.org");
        app.person(&email, role, Some(1)).await;
        let cookie = app.sign_in(&email, PASSWORD).await;
        let page = app.get_as(&cookie, "/campaigns").await;
        assert_eq!(page.text.contains("/shared-links?"), may, "{role}: {}", page.text);
        let body = json!({"name": "x", "address": "/"});
        let made = app.send_as(&cookie, Method::POST, API, Some(body)).await;
        assert_eq!(made.status, if may { 201 } else { 403 }, "{role}: {}", made.text);
        assert_eq!(app.get_as(&cookie, "/shared-links").await.status, if may { 200 } else { 403 }, "{role}");
    }
    // Nobody shares a workspace that is not theirs, nor learns of its links.
    let editor = app.sign_in("editor@example.org", PASSWORD).await;
    let theirs = "/api/v1/shared-links?workspace=Hushed+Holdings";
    for method in [Method::GET, Method::POST] {
        let body = json!({"name": "x", "address": "/"});
        let answer = app.send_as(&editor, method, theirs, Some(body)).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
    }
}

#[tokio::test]
async fn links_are_listed_page_by_page() {
    let (app, ada) = two().await;
    for n in 0..5 {
        shared(&app, &ada, "/", json!({"name": format!("Link {n}")})).await;
    }
    let mut names = Vec::new();
    let mut before = String::new();
    loop {
        let page = app.get_as(&ada, &format!("{API}&limit=2{before}")).await.json();
        let links = page["shared_links"].as_array().unwrap();
        names.extend(links.iter().map(|link| link["name"].as_str().unwrap().to_owned()));
        match page["next_before"].as_u64() {
            Some(next) => before = format!("&before={next}"),
            None => break,
        }
    }
    assert_eq!(names, ["Link 4", "Link 3", "Link 2", "Link 1", "Link 0"]);
    assert_eq!(app.get_as(&ada, &format!("{API}&limit=0")).await.status, 400);
}

impl TestApp {
    /// Imports a file as who has a cookie, into the first workspace; gives what was said.
    async fn import_as(&self, cookie: &str, content: &str, captured_at: &str) -> String {
        let mut body = String::new();
        for (field, text) in [("captured_at", captured_at), ("workspace", "default")] {
            body += &format!("--edge\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{text}\r\n");
        }
        body += &format!(
            "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"meta.csv\"\r\n\r\n{content}\r\n--edge--\r\n"
        );
        let request = Request::post("/api/v1/imports")
            .header(header::COOKIE, cookie)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        let answer = self.send(request.body(Body::from(body)).unwrap()).await;
        assert!(answer.status.is_success(), "{}", answer.text);
        answer.text
    }
}
