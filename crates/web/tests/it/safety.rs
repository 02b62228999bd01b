//! Names are text, pages do only what the policy allows, and other sites change nothing.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use std::collections::HashSet;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};

use crate::app::{TAKEN, TestApp};

const HOSTILE: &str = "<img src=x onerror=alert(1)>";

#[tokio::test]
async fn a_hostile_name_is_text_on_every_page() {
    let app = TestApp::empty().await;
    let file = format!(
        "Ad report\nAll time\nCampaign,Ad group,Ad name,Ad ID,Day,Currency code,Cost,Clicks,Impr.,Conv. value\n{rows}",
        rows = (1..=3)
            .map(|day| format!(
                "{HOSTILE},{HOSTILE} group,{HOSTILE} ad,7,2026-11-0{day},EUR,5.00,3,100,9.00\n"
            ))
            .collect::<String>()
    );
    let name = "<script>alert(1)</script>.csv";
    app.import(name, &file, &[("captured_at", TAKEN), ("account", HOSTILE)]).await;
    let list = app.json("/api/v1/campaigns?range=all").await;
    let id = list["rows"][0]["campaign_id"].as_u64().unwrap();
    assert_eq!(list["rows"][0]["campaign"], HOSTILE);
    let mut seen = 0;
    for path in [
        "/?range=all".to_owned(),
        "/campaigns?range=all".to_owned(),
        format!("/campaigns/{id}?range=all"),
        "/analytics?range=all&by=campaign&by=account&by=ad".to_owned(),
        "/imports".to_owned(),
        "/imports/1".to_owned(),
        "/imports/1/undo".to_owned(),
        "/campaigns?range=all&text=%3Cimg+src%3Dx".to_owned(),
        "/campaigns?range=all&filter=campaign+%3D+%22%3Cscript%3E%22".to_owned(),
    ] {
        let page = app.page(&path).await;
        assert!(!page.contains("<img") && page.matches("<script").count() == 1, "{path}: {page}");
        seen += usize::from(page.contains("&lt;img") || page.contains("&#60;img"));
    }
    assert!(seen >= 5, "the name stood on {seen} pages only");
    for path in [
        "/%3Cimg%20src=x%3E",
        "/?%3Cimg%20src=x%3E=1",
        "/campaigns/%3Cimg%20src=x%3E",
        "/?workspace=%3Cimg%3E",
    ] {
        assert!(!app.get(path).await.text.contains("<img"), "{path}");
    }
}

#[tokio::test]
async fn every_response_says_what_browsers_may_do() {
    let app = TestApp::with_google().await;
    for path in ["/", "/api/v1/overview", "/nowhere", "/healthz"] {
        let answer = app.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        let policy = answer.header("content-security-policy");
        let is_page = answer.header("content-type").starts_with("text/html");
        assert_eq!(is_page, ["/", "/nowhere"].contains(&path));
        if is_page {
            assert!(
                policy.starts_with("default-src 'none'; style-src 'self' 'sha256-")
                    && policy.contains("frame-ancestors 'none'")
                    && policy.contains("require-trusted-types-for 'script'; trusted-types worker")
                    && !policy.contains("unsafe")
            );
        } else {
            assert_eq!(policy, "default-src 'none'; frame-ancestors 'none'", "{path}");
        }
    }
    let worker = app.get("/sw.js").await;
    let policy = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'";
    assert_eq!(worker.header("content-security-policy"), policy);
}

#[tokio::test]
async fn the_policy_knows_the_style_and_the_script_that_are_on_the_page() {
    use sha2::{Digest, Sha256};

    let app = TestApp::with_google().await;
    for path in ["/", "/campaigns", "/campaigns/1", "/analytics?by=platform", "/imports", "/plans"] {
        let answer = app.get(path).await;
        let policy = answer.header("content-security-policy").to_owned();
        let known: Vec<_> =
            policy.split("'sha256-").skip(1).map(|said| bytes(said.split('\'').next().unwrap())).collect();
        for tag in ["style", "script"] {
            let texts: Vec<_> = answer.text.split(&format!("<{tag}>")).skip(1).collect();
            assert!(!texts.is_empty(), "{path}: {tag}");
            for text in texts {
                let digest = Sha256::digest(text.split(&format!("</{tag}>")).next().unwrap());
                assert!(known.contains(&digest.to_vec()), "{path}: {tag}");
            }
        }
    }
}

/// The classes that a style sheet knows.
fn known_classes(sheet: &str) -> HashSet<&str> {
    let is_named = |letter: char| !letter.is_alphanumeric() && letter != '-';
    sheet
        .split('.')
        .skip(1)
        .filter_map(|after| after.split(is_named).next())
        .filter(|name| name.starts_with(char::is_alphabetic))
        .collect()
}

/// Every page that is asked with GET, and a few of its forms. What the rules of a sheet meet on a page is checked in a browser.
#[tokio::test]
async fn a_page_has_the_styles_of_what_is_on_it() {
    let folder = format!("{}/../../ui/dist", env!("CARGO_MANIFEST_DIR"));
    let sheet = |name: &str| std::fs::read_to_string(format!("{folder}/{name}.css")).unwrap();
    // `later` is fetched by every page; these two are of pages outside.
    let (core, later) = (sheet("core"), sheet("later"));
    let outside = ["door", "shared"].map(sheet);
    let others: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.strip_suffix(".css").map(str::to_owned))
        .filter(|name| !["core", "later", "door", "shared"].contains(&name.as_str()))
        .map(|name| sheet(&name))
        .collect();
    assert!(others.len() > 8, "{}", others.len());
    let app = TestApp::with_google().await;
    let plain = web::places(&app.state).into_iter().filter(|place| {
        place.method == Method::GET && !place.path.starts_with("/api") && !place.path.contains("{name}")
    });
    let mut paths: Vec<String> =
        plain.map(|place| place.path.split('{').next().unwrap().to_owned() + &after(&place.path)).collect();
    paths.extend(
        ["/analytics?by=platform", "/analytics?by=platform,week", "/?filter=wrong"].map(str::to_owned),
    );
    let mut seen = 0;
    for path in paths {
        let page = app.get(&path).await.text;
        if !page.contains(&core) {
            continue;
        }
        seen += 1;
        let (has, misses): (Vec<_>, Vec<_>) = others.iter().partition(|sheet| page.contains(sheet.as_str()));
        let outside = outside.iter().filter(|sheet| page.contains(sheet.as_str()));
        let own = has.into_iter().chain([&core, &later]).chain(outside);
        let known: HashSet<_> = own.flat_map(|sheet| known_classes(sheet)).collect();
        let elsewhere: HashSet<_> = misses.into_iter().flat_map(|sheet| known_classes(sheet)).collect();
        for list in page.split("class=\"").skip(1) {
            for class in list.split('"').next().unwrap().split_whitespace() {
                assert!(known.contains(class) || !elsewhere.contains(class), "{path}: {class}");
            }
        }
    }
    assert!(seen > 25, "only {seen} pages");
}

/// What follows the first name in a pattern, with 1 for each.
fn after(pattern: &str) -> String {
    pattern.split('{').skip(1).map(|part| format!("1{}", part.split_once('}').unwrap().1)).collect()
}

/// Reads base64.
fn bytes(text: &str) -> Vec<u8> {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> = text
        .trim_end_matches('=')
        .chars()
        .flat_map(|letter| {
            let place = letters.find(letter).unwrap();
            (0..6).rev().map(move |bit| (place >> bit & 1) as u8)
        })
        .collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit)).collect()
}

#[tokio::test]
async fn other_sites_change_nothing() {
    let app = TestApp::with_google().await;
    for (name, value, status) in [
        ("sec-fetch-site", "cross-site", StatusCode::FORBIDDEN),
        ("origin", "https://evil.example", StatusCode::FORBIDDEN),
        ("origin", "null", StatusCode::FORBIDDEN),
        ("sec-fetch-site", "same-origin", StatusCode::SEE_OTHER),
    ] {
        let request = Request::post("/imports/1/undo").header(header::HOST, "localhost").header(name, value);
        let answer = app.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, status, "{name}: {value}");
    }
}

#[tokio::test]
async fn only_known_hosts_are_answered() {
    let mut app = TestApp::with_google().await;
    app.state = app.state.clone().only_for_hosts(["localhost".to_owned(), "[::1]".to_owned()]);
    for (host, status) in
        [("localhost:4321", 200), ("LOCALHOST", 200), ("[::1]:4321", 200), ("evil.example", 421), ("", 421)]
    {
        let request =
            Request::get("/api/v1/overview").header(header::HOST, host).body(Body::empty()).unwrap();
        assert_eq!(app.send(request).await.status, status, "{host}");
    }
}

#[tokio::test]
async fn answers_are_compressed() {
    let app = TestApp::with_google().await;
    for coding in ["br", "gzip"] {
        let request = Request::get("/").header(header::ACCEPT_ENCODING, coding).body(Body::empty()).unwrap();
        assert_eq!(app.send(request).await.header("content-encoding"), coding);
    }
}
