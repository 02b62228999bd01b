//! Clients of one workspace who are held to different accounts: each sees what is told of theirs, and nothing tells of the others.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header};
use http_body_util::BodyExt;
use people::{Digest, Role, Secret, TOKEN};
use rand::prelude::*;
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use store::catalog::{Actor, AuditOf, Grant, NewToken};
use tower::ServiceExt;
use web::{Place, places, router};

use crate::app::{ADA, GOOGLE, META, PASSWORD, TAKEN, TestApp};
use crate::matrix::{filled, session_of};

/// The accounts, each with a word that stands in all that is its own.
const WORDS: [&str; 3] = ["Zanzibar", "Quibble", "Mulberry"];
const REQUESTS: usize = 8_000;

/// Three accounts in one workspace, by their words, and people who sign in.
async fn three() -> (TestApp, BTreeMap<&'static str, u32>) {
    let app = TestApp::empty().await;
    for (at, word) in WORDS.into_iter().enumerate() {
        let report = match at {
            2 => META.replace("Prospecting", &format!("{word} Prospecting")),
            _ => GOOGLE.replace("Brand", &format!("{word} Brand")).replace("Generic", word),
        };
        let name = format!("{word} Ltd");
        app.import(&format!("{word}.csv"), &report, &[("captured_at", TAKEN), ("account", &name)]).await;
    }
    let listed = app.json("/api/v1/accounts").await;
    let number = |word: &str| {
        let mut accounts = listed["accounts"].as_array().unwrap().iter();
        let own = accounts.find(|one| one["account"].as_str().unwrap().contains(word)).unwrap();
        u32::try_from(own["id"].as_u64().unwrap()).unwrap()
    };
    let accounts = WORDS.into_iter().map(|word| (word, number(word))).collect();
    for word in WORDS {
        let plan = json!({"label": word, "notes": word});
        assert!(app.send_as("", Method::POST, "/api/v1/plans", Some(plan)).await.status.is_success());
        let id = campaign_of(&app, "", word).await;
        for note in [
            json!({"text": format!("{word} was paused"), "campaign": id}),
            json!({"text": format!("{word} had a sale"), "campaign": id, "from": "2026-11-02"}),
        ] {
            let made = app.send_as("", Method::POST, "/api/v1/notes", Some(note)).await;
            assert_eq!(made.status, 201, "{}", made.text);
        }
    }
    let whole = json!({"text": "Zanzibar, Quibble and Mulberry met", "from": "2026-11-01"});
    assert_eq!(app.send_as("", Method::POST, "/api/v1/notes", Some(whole)).await.status, 201);
    (app.closing().await, accounts)
}

/// The first campaign that has a word in its name.
async fn campaign_of(app: &TestApp, cookie: &str, word: &str) -> u64 {
    let list = app.get_as(cookie, &format!("/api/v1/campaigns?range=all&text={word}")).await.json();
    list["rows"][0]["campaign_id"].as_u64().unwrap_or_else(|| panic!("{list}"))
}

/// Somebody who sees these accounts only.
async fn client(app: &TestApp, email: &str, accounts: &[u32]) -> String {
    let person = app.person(email, Role::Client, None).await;
    let catalog = app.state.ledger.catalog();
    let id = catalog.memberships(person).await.unwrap()[0].id;
    let (by, seen) = (Actor::this_machine(), (id, Role::Client));
    catalog.set_role(&by, 1, seen, Role::Client, Some(accounts)).await.unwrap();
    session_of(app, person).await
}

async fn token(app: &TestApp, accounts: &[u32]) -> String {
    let secret = Secret::new(TOKEN);
    let new = NewToken {
        digest: *Digest::of(secret.text()).as_bytes(),
        shown: "adt_x".to_owned(),
        name: "Report".to_owned(),
        grant: Grant {
            role: Role::Client,
            organisation: 1,
            workspace: None,
            accounts: Some(accounts.to_vec()),
        },
        expires_at: None,
    };
    app.state.ledger.catalog().make_token(&Actor::this_machine(), &new).await.unwrap();
    secret.text().to_owned()
}

#[tokio::test]
async fn nobody_reads_of_an_account_that_was_not_chosen_for_them() {
    let (app, accounts) = three().await;
    let of = |words: &[&str]| words.iter().map(|word| accounts[word]).collect::<Vec<u32>>();
    let mut askers: Vec<((&str, String), &[&str])> = Vec::new();
    for (at, words) in [&WORDS[..1], &WORDS[1..2], &WORDS[1..], &WORDS[..0]].into_iter().enumerate() {
        let cookie = client(&app, &format!("c{at}@example.org"), &of(words)).await;
        askers.push((("cookie", cookie), words));
        askers.push((("authorization", format!("Bearer {}", token(&app, &of(words)).await)), words));
    }
    // Who sees everything asks too: what is kept for them is for nobody else.
    let viewer = app.person("viewer@example.org", Role::Viewer, None).await;
    askers.push((("cookie", session_of(&app, viewer).await), &WORDS));
    let (router, places) = (router(app.state.clone()), asked(&app));
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let mut told = [0usize; 3];
    for _ in 0..REQUESTS {
        let ((name, value), sees) = askers.choose(&mut random).unwrap();
        let place = places.choose(&mut random).unwrap();
        let path = path(place, &mut random);
        let answer = send(&router, (name, value.as_str()), place, &path).await;
        for (at, word) in WORDS.into_iter().enumerate() {
            // What was asked for is repeated to who asked.
            let is_there = answer.contains(&format!("{word} ")) || answer.contains(&format!("{word}\""));
            told[at] += usize::from(is_there);
            assert!(!is_there || sees.contains(&word), "{word}: {sees:?} {place:?} {path}: {answer}");
        }
    }
    assert!(told.iter().all(|times| *times > 100), "the questions do ask for what is there: {told:?}");
}

fn asked(app: &TestApp) -> Vec<Place> {
    let is_asked = |place: &Place| {
        place.method == Method::GET
            && !["/sign", "/account", "/api/v1/status/live", "/api/v1/imports/progress", "/assets"]
                .iter()
                .any(|start| place.path.starts_with(start))
    };
    let mut places: Vec<Place> = places(&app.state).into_iter().filter(is_asked).collect();
    // Figures are asked for more often than what clients may not see at all.
    let figures: Vec<Place> =
        places.iter().filter(|place| format!("{:?}", place.needed).contains("SeeFigures")).cloned().collect();
    assert!(figures.len() > 8, "{}", figures.len());
    for _ in 0..6 {
        places.extend(figures.iter().cloned());
    }
    places
}

fn path(place: &Place, random: &mut ChaCha8Rng) -> String {
    let id = random.random_range(1..14u32).to_string();
    let path = filled(&place.path, &id);
    let rest = [
        "",
        "range=all",
        "by=campaign&range=all",
        "by=account%2Ccampaign&metrics=spend%2Crevenue&range=all",
        "by=ad_group&range=all",
        "q=a",
        "filter=not%20campaign%20%3D%20x&range=all",
        "filter=platform%20%3D%20google_ads&range=all",
        "format=csv&range=all",
        "format=csv&by=campaign&range=all",
        "convert=EUR&range=all",
        "compare=previous&range=all",
        "as_of=2026-12-01T00:00:00Z&range=all",
        "campaign=1",
        "campaign=2",
        "limit=1",
        "from=2026-11-01&to=2026-11-02",
    ];
    match *rest.choose(random).unwrap() {
        "" => path,
        rest => format!("{path}?{rest}"),
    }
}

async fn send(router: &Router, (name, value): (&str, &str), place: &Place, path: &str) -> String {
    let request = Request::builder().method(place.method.clone()).uri(path).header(name, value);
    let request = request.header("sec-fetch-site", "same-origin").header(header::ACCEPT, "*/*");
    let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert!(answer.status() != 500, "{place:?} {path}");
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn totals_lists_and_tags_are_of_the_chosen_accounts() {
    let (app, accounts) = three().await;
    let ada = app.sign_in(ADA, PASSWORD).await;
    let one = client(&app, "one@example.org", &[accounts["Zanzibar"]]).await;
    let other = client(&app, "other@example.org", &[accounts["Mulberry"]]).await;
    let path = "/api/v1/analytics?metrics=spend&range=all";
    let (all, own, others) =
        (app.get_as(&ada, path).await, app.get_as(&one, path).await, app.get_as(&other, path).await);
    let filtered = app.get_as(&ada, &format!("{path}&filter=account%20%3D%20%27Zanzibar%20Ltd%27")).await;
    assert_eq!(own.json()["totals"], filtered.json()["totals"]);
    assert_ne!(own.json()["totals"], all.json()["totals"]);
    assert_ne!(own.header("etag"), all.header("etag"), "what one has is not taken for the other's");
    assert_ne!(own.header("etag"), others.header("etag"));
    // Another's campaign is not there, by page as by API, nor what was written of it.
    let hidden = campaign_of(&app, &ada, "Quibble").await;
    for path in [format!("/api/v1/campaigns/{hidden}"), format!("/campaigns/{hidden}")] {
        assert_eq!(app.get_as(&one, &path).await.status, 404, "{path}");
        assert_eq!(app.get_as(&ada, &path).await.status, 200, "{path}");
    }
    let notes = app.get_as(&one, &format!("/api/v1/notes?campaign={hidden}")).await.json();
    assert_eq!(notes["notes"], json!([]));
    let listed = app.get_as(&one, "/api/v1/accounts").await.json();
    assert_eq!(listed["accounts"].as_array().unwrap().len(), 1, "{listed}");
    let found = app.get_as(&one, "/api/v1/search?q=quibble").await.json();
    assert_eq!(found["results"], json!([]));
}

#[tokio::test]
async fn who_has_no_account_chosen_is_told_so() {
    let (app, _) = three().await;
    let nobody = client(&app, "none@example.org", &[]).await;
    // Who was made before accounts could be chosen sees nothing either.
    let person = app.person("old@example.org", Role::Client, None).await;
    let old = session_of(&app, person).await;
    for cookie in [&nobody, &old] {
        for page in ["/", "/campaigns", "/analytics"] {
            let shown = app.get_as(cookie, page).await;
            assert_eq!(shown.status, 200);
            assert!(shown.text.contains("No account was chosen for you yet"), "{page}: {}", shown.text);
        }
        let overview = app.get_as(cookie, "/api/v1/overview?range=all").await.json();
        assert_eq!((&overview["freshness"], &overview["platforms"]), (&json!([]), &json!([])));
    }
}

#[tokio::test]
async fn accounts_are_chosen_on_the_page_and_by_api_and_noted() {
    let (app, accounts) = three().await;
    let ada = app.sign_in(ADA, PASSWORD).await;
    let person = app.person("kim@example.org", Role::Client, None).await;
    let kim = session_of(&app, person).await;
    let catalog = app.state.ledger.catalog();
    let id = catalog.memberships(person).await.unwrap()[0].id;
    let (zanzibar, quibble) = (accounts["Zanzibar"], accounts["Quibble"]);

    let page = app.get_as(&ada, "/people").await.text;
    assert!(page.contains("sees nothing: no account is chosen") && page.contains("Zanzibar Ltd"), "{page}");
    let form = [("accounts", zanzibar.to_string()), ("accounts", quibble.to_string())];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = app.post_as(&ada, &format!("/people/{id}/accounts?workspace=default"), &form).await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert!(app.get_as(&ada, "/people").await.text.contains("sees 2 accounts"));
    assert_eq!(app.get_as(&kim, "/api/v1/accounts").await.json()["accounts"].as_array().unwrap().len(), 2);

    let path = format!("/api/v1/memberships/{id}?workspace=default");
    let body = json!({"role": "client", "accounts": [quibble]});
    let set = app.send_as(&ada, Method::PATCH, &path, Some(body)).await;
    assert_eq!((set.status.as_u16(), &set.json()["accounts"]), (200, &json!([quibble])), "{}", set.text);
    let kept = app.send_as(&ada, Method::PATCH, &path, Some(json!({"role": "client"}))).await;
    assert_eq!(kept.json()["accounts"], json!([quibble]), "without a word they stay");
    for (body, parameter) in [
        (json!({"role": "client", "accounts": [999]}), "accounts"),
        (json!({"role": "viewer", "accounts": [quibble]}), "accounts"),
    ] {
        let refused = app.send_as(&ada, Method::PATCH, &path, Some(body)).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["parameter"]), (400, &json!(parameter)));
    }
    // Who became something else is not made a client again by a page that was loaded before.
    let eve = app.person("eve@example.org", Role::Viewer, None).await;
    let other = catalog.memberships(eve).await.unwrap()[0].id;
    let late = app.post_as(&ada, &format!("/people/{other}/accounts?workspace=default"), &form).await;
    assert_eq!(late.status, 409, "{}", late.text);
    let log = catalog.audit(AuditOf::Organisation(1), None, 5).await.unwrap();
    let changed = log.iter().find(|entry| entry.action == "role_changed").unwrap();
    assert!(changed.after.as_ref().unwrap().to_string().contains(&format!("\"accounts\":[{quibble}]")));

    // An invitation and a token carry them as well.
    let body = json!({"email": "lu@example.org", "role": "client", "accounts": [zanzibar]});
    let invited = app.send_as(&ada, Method::POST, "/api/v1/invitations?workspace=default", Some(body)).await;
    assert_eq!(invited.json()["accounts"], json!([zanzibar]), "{}", invited.text);
    let link = invited.json()["link"].as_str().unwrap().to_owned();
    let form = [("name", "Lu"), ("password", PASSWORD)];
    let taken = app.post_as("", &link, &form).await;
    assert!(taken.status.is_redirection(), "{}", taken.text);
    let lu = app.sign_in("lu@example.org", PASSWORD).await;
    let seen = app.get_as(&lu, "/api/v1/accounts").await.json();
    assert_eq!(seen["accounts"][0]["id"], json!(zanzibar), "{seen}");
    let body = json!({"name": "Report", "role": "client", "accounts": [quibble]});
    let made = app.send_as(&ada, Method::POST, "/api/v1/tokens?workspace=default", Some(body)).await.json();
    let secret = made["secret"].as_str().unwrap();
    let seen = app.get_with_token(secret, "/api/v1/accounts").await.json();
    assert_eq!(seen["accounts"][0]["id"], json!(quibble), "{seen}");
}
