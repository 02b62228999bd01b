//! Scripts, icons, manifest and service worker: the right bytes, compressed, kept as long as they may be.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use axum::body::Body;
use axum::http::{Request, header};

use crate::app::{Answer, TestApp, part};

async fn fetched(app: &TestApp, path: &str, coding: &str) -> Answer {
    let request = Request::get(path).header(header::ACCEPT_ENCODING, coding).body(Body::empty()).unwrap();
    app.send(request).await
}

#[tokio::test]
async fn the_script_of_every_page_is_there_for_ever() {
    let app = TestApp::with_google().await;
    let page = app.page("/").await;
    let path = part(&page, "/assets/app-", "\"").to_owned();
    let raw = app.get(&path).await;
    assert_eq!(raw.status, 200);
    for (coding, smaller) in [("br", true), ("gzip", true), ("identity", false)] {
        let answer = fetched(&app, &path, coding).await;
        assert_eq!(answer.header("content-encoding"), if smaller { coding } else { "" });
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(answer.header("vary"), "accept-encoding");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
    let old = app.get("/assets/app-00000000.js").await;
    assert_eq!((old.status.as_u16(), old.header("cache-control")), (404, "private, no-cache"));
}

#[tokio::test]
async fn the_manifest_names_icons_that_are_there() {
    let app = TestApp::empty().await;
    let page = app.page("/").await;
    let path = part(&page, "/assets/manifest-", "\"").to_owned();
    let answer = app.get(&path).await;
    assert_eq!(answer.header("content-type"), "application/manifest+json");
    let manifest = answer.json();
    let icons = manifest["icons"].as_array().unwrap();
    assert_eq!(icons.len(), 3);
    for icon in icons {
        let found = app.get(icon["src"].as_str().unwrap()).await;
        assert_eq!(
            (found.status.as_u16(), found.header("content-type")),
            (200, icon["type"].as_str().unwrap())
        );
    }
    for shortcut in manifest["shortcuts"].as_array().unwrap() {
        app.page(shortcut["url"].as_str().unwrap()).await;
    }
}

#[tokio::test]
async fn the_service_worker_is_of_this_build_and_can_be_switched_off() {
    let mut app = TestApp::empty().await;
    let worker = app.get("/sw.js").await;
    let page = app.page("/offline").await;
    let version = part(&page, "data-version=\"", "\">").trim_start_matches("data-version=\"");
    assert!(
        worker.text.starts_with(&format!("const VERSION=\"{version}\",SHELL=[\"/offline\",\"/assets/app-"))
    );
    assert_eq!(worker.header("cache-control"), "private, no-cache");
    app.state = app.state.clone().without_service_worker();
    let off = app.get("/sw.js").await;
    assert!(off.text.contains("unregister") && !off.text.contains("\"fetch\""), "{}", off.text);
}
