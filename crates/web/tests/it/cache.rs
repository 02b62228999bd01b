//! The response cache: answered once, and right all the same.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::json;
use web::{Keeping, Limits};

use crate::app::{Answer, GOOGLE, META, TAKEN, TestApp};

const OVERVIEW: &str = "/api/v1/overview";

fn keeping(app: &TestApp, change: impl FnOnce(&mut Keeping)) -> TestApp {
    let mut limits = app.state.limits;
    change(&mut limits.keeping);
    app.with_limits(limits)
}

async fn asked(app: &TestApp, path: &str, name: header::HeaderName, value: &str) -> Answer {
    app.send(Request::get(path).header(name, value).body(Body::empty()).unwrap()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_readers_of_one_new_answer_wait_for_one_computation() {
    let app = TestApp::with_google().await;
    let readers: Vec<_> = (0..1000)
        .map(|_| {
            let app = app.clone();
            tokio::spawn(async move { app.get(OVERVIEW).await })
        })
        .collect();
    let mut texts = Vec::new();
    for reader in readers {
        let answer = reader.await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text);
        texts.push(answer.text);
    }
    texts.dedup();
    assert_eq!(texts.len(), 1);
    let counts = app.state.cache_counts();
    assert_eq!((counts.computed, counts.hits + counts.misses), (1, 1000), "{counts:?}");
    assert_eq!(counts.misses, counts.coalesced + 1, "{counts:?}");
}

#[tokio::test]
async fn unplugged_parts_show_in_the_counts() {
    let app = TestApp::with_google().await;
    let unkept = keeping(&app, |keeping| keeping.keep = false);
    for _ in 0..3 {
        assert_eq!(unkept.get(OVERVIEW).await.header("cache-status"), "adroit; fwd=bypass; fwd-status=200");
    }
    assert_eq!(unkept.state.cache_counts().computed, 3);

    let apart = keeping(&app, |keeping| (keeping.keep, keeping.coalesce) = (false, false));
    let together = keeping(&app, |keeping| keeping.keep = false);
    let all = async |app: &TestApp| tokio::join!(app.get(OVERVIEW), app.get(OVERVIEW), app.get(OVERVIEW));
    all(&apart).await;
    all(&together).await;
    assert_eq!((apart.state.cache_counts().computed, together.state.cache_counts().computed), (3, 1));

    let plain = keeping(&app, |keeping| keeping.pack = false);
    let answer = asked(&plain, "/", header::ACCEPT_ENCODING, "br").await;
    assert_eq!((answer.header("content-encoding"), plain.state.cache_counts().packed), ("", 0));
    assert!(answer.text.starts_with("<!doctype html>"));
}

#[tokio::test]
async fn a_warm_answer_is_neither_computed_nor_packed_again() {
    let app = TestApp::with_google().await;
    let first = asked(&app, "/", header::ACCEPT_ENCODING, "br").await;
    assert_eq!(first.header("cache-status"), "adroit; fwd=uri-miss; fwd-status=200; stored");
    assert!(first.header("server-timing").starts_with("cache;desc=miss, answer;dur="));
    let admitted = app.state.admission_counts().admitted;
    let again = asked(&app, "/", header::ACCEPT_ENCODING, "br").await;
    assert_eq!(again.header("cache-status"), "adroit; hit; ttl=30");
    assert!(again.header("server-timing").starts_with("cache;desc=hit, total;dur="));
    assert_eq!(again.header("age"), "0");
    let counts = app.state.cache_counts();
    assert_eq!((counts.computed, counts.packed, counts.hits), (1, 1, 1), "{counts:?}");
    assert_eq!(app.state.admission_counts().admitted, admitted, "the engine was not asked");
    assert!(counts.entries == 1 && counts.bytes > 10_000, "{counts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_waits_for_an_answer_that_is_due() {
    let app = TestApp::with_google().await;
    let app = keeping(&app, |keeping| keeping.fresh = Duration::from_millis(300));
    app.get("/").await;
    tokio::time::sleep(Duration::from_millis(320)).await;
    // While the engine answers nothing, the refresh can't end before the readers are served.
    let held = app.hold_engine();
    for _ in 0..50 {
        let answer = app.get("/").await;
        let said = answer.header("cache-status");
        assert!(said.starts_with("adroit; hit; ttl=") && said.ends_with("; detail=refreshing"), "{said}");
    }
    assert_eq!(app.state.cache_counts().refreshes, 1);
    drop(held);
    while app.get("/").await.header("cache-status") != "adroit; hit; ttl=0" {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let counts = app.state.cache_counts();
    assert!(counts.refreshes >= 1 && counts.misses == 1 && counts.stale >= 50, "{counts:?}");
}

#[tokio::test]
async fn an_import_and_its_undoing_show_with_the_next_request() {
    let app = TestApp::with_google().await;
    let paths =
        ["/", "/campaigns?range=all", "/analytics?by=platform", OVERVIEW, "/api/v1/campaigns?range=all"];
    let mut before = Vec::new();
    for path in paths {
        let answer = app.get(path).await;
        assert!(!answer.text.contains("USD"), "{path}");
        before.push((answer.header("etag").to_owned(), answer.text));
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("meta.csv");
    std::fs::write(&file, META).unwrap();
    let local = json!({"path": file, "file_name": "meta.csv", "captured_at": TAKEN});
    let imported = app.send_locally("/local/import", local).await.text;
    assert!(imported.contains("\"report\"") && imported.contains("\"import_id\":2"), "{imported}");
    for path in paths {
        let answer = app.get(path).await;
        assert!(answer.text.contains("USD"), "{path}: {}", answer.text);
        assert_eq!(answer.header("cache-status"), "adroit; fwd=stale; fwd-status=200; stored", "{path}");
    }
    assert_eq!(app.post("/api/v1/imports/2/undo").await.status, 200);
    for (path, (tag, text)) in paths.into_iter().zip(before) {
        let answer = app.get(path).await;
        assert!(!answer.text.contains("USD"), "{path}");
        if path.starts_with("/api") {
            assert_eq!(answer.text, text, "{path}");
            assert_ne!(answer.header("etag"), tag, "{path}");
        }
    }
}

#[tokio::test]
async fn questions_that_ask_the_same_are_one() {
    let app = TestApp::with_google().await;
    for (first, same) in [
        (OVERVIEW, "/api/v1/overview?range=last_30_days"),
        (OVERVIEW, "/api/v1/overview?to=2026-11-03&compare=previous&from=2026-10-05&workspace=default"),
        ("/api/v1/campaigns", "/api/v1/campaigns?sort=-spend&limit=100&text=&range=last_30_days"),
        (
            "/api/v1/analytics?by=platform,day&metrics=spend,roas",
            "/api/v1/analytics?metrics=spend&metrics=roas&limit=100&by=platform&by=day",
        ),
        ("/?from=2026-11-01&to=2026-11-03", "/?to=2026-11-03&text=&from=2026-11-01"),
        ("/campaigns", "/campaigns?range=last_30_days&workspace="),
    ] {
        let one = app.get(first).await;
        let computed = app.state.cache_counts().computed;
        let other = app.get(same).await;
        assert_eq!(one.text, other.text, "{same}");
        assert_eq!(one.header("etag"), other.header("etag"), "{same}");
        assert_eq!(app.state.cache_counts().computed, computed, "{same} was computed again");
    }
    let tag = |answer: Answer| answer.header("etag").to_owned();
    let plain = tag(app.get(OVERVIEW).await);
    for other in ["?compare=none", "?range=last_7_days", "?as_of=2026-11-03T12:00:00Z"] {
        assert_ne!(tag(app.get(&format!("{OVERVIEW}{other}")).await), plain, "{other}");
    }
    assert_ne!(tag(app.get("/").await), tag(asked(&app, "/", header::COOKIE, "a=b; theme=dark").await));
}

#[tokio::test]
async fn workspaces_share_nothing() {
    let app = TestApp::with_google().await;
    app.send_locally("/local/workspaces", json!({"name": "other"})).await;
    let theirs = GOOGLE.replace("Brand", "Elsewhere");
    app.import("their.csv", &theirs, &[("workspace", "other"), ("captured_at", TAKEN)]).await;
    for path in ["/campaigns?range=all", "/api/v1/campaigns?range=all"] {
        for _ in 0..2 {
            let (ours, theirs) = (app.get(path).await, app.get(&format!("{path}&workspace=other")).await);
            assert!(ours.text.contains("Brand") && !ours.text.contains("Elsewhere"), "{path}");
            assert!(theirs.text.contains("Elsewhere") && !theirs.text.contains("Brand"), "{path}");
            assert_ne!(ours.header("etag"), theirs.header("etag"));
            assert!(ours.header("surrogate-key").starts_with("w1 campaigns w1-"), "{path}");
            assert!(theirs.header("surrogate-key").starts_with("w2 campaigns w2-"), "{path}");
        }
    }
    // An import into one leaves the other's answers as they are.
    app.import("meta.csv", META, &[("workspace", "other"), ("captured_at", TAKEN)]).await;
    let ours = app.get("/api/v1/campaigns?range=all").await;
    assert!(ours.header("cache-status").starts_with("adroit; hit"));
}

#[tokio::test]
async fn errors_are_not_kept() {
    let app = TestApp::with_google().await;
    for path in ["/api/v1/campaigns/99", "/api/v1/overview?range=never", "/campaigns/99", "/?day=x"] {
        for _ in 0..2 {
            let answer = app.get(path).await;
            assert!(answer.status.is_client_error(), "{path}");
            assert_eq!((answer.header("etag"), answer.header("cache-status")), ("", ""), "{path}");
        }
    }
    assert_eq!(app.state.cache_counts().entries, 0);
}

#[tokio::test]
async fn an_earlier_answer_stands_in_for_one_that_cannot_be_had() {
    let app = TestApp::with_google().await;
    let mut limits = app.state.limits;
    limits.deadline = Duration::from_millis(200);
    let app = app.with_limits(limits);
    let before = app.get(OVERVIEW).await;
    app.import("meta.csv", META, &[("captured_at", TAKEN)]).await;
    // The first question after an import is which days are known.
    app.get("/api/v1/campaigns").await;
    let held = app.hold_engine();
    let tag = before.header("etag").to_owned();
    let answer = asked(&app, OVERVIEW, header::IF_NONE_MATCH, &tag).await;
    assert_eq!((answer.status.as_u16(), answer.text == before.text), (200, true), "{}", answer.text);
    assert!(answer.header("cache-status").starts_with("adroit; fwd=stale; fwd-status=503; ttl="));
    assert!(answer.header("cache-status").ends_with("detail=stale-if-error"));
    assert_eq!(answer.header("etag"), "");
    // What was never answered has nothing to stand in for it.
    assert_eq!(app.get("/api/v1/overview?range=last_7_days").await.status, 503);
    drop(held);
    assert_ne!(app.get(OVERVIEW).await.text, before.text);
    assert_eq!(app.state.cache_counts().stale_on_error, 1);
}

#[tokio::test]
async fn what_the_client_has_is_not_sent_again() {
    let app = TestApp::with_google().await;
    for path in ["/", OVERVIEW] {
        let tag = asked(&app, path, header::ACCEPT_ENCODING, "br").await.header("etag").to_owned();
        let fresh = app.with_limits(Limits { ..app.state.limits });
        let request = Request::get(path).header(header::ACCEPT_ENCODING, "br");
        let request = request.header(header::IF_NONE_MATCH, format!("\"x\", W/{tag}"));
        let answer = app.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
        assert_eq!(answer.header("etag"), tag);
        assert_eq!(asked(&app, path, header::IF_NONE_MATCH, &tag).await.status, 200, "packed otherwise");
        if path == OVERVIEW {
            // Of another run, whose folder may have been another.
            let answer = asked(&fresh, path, header::IF_NONE_MATCH, &tag.replace("-br", "-identity")).await;
            assert_eq!(answer.status, 200);
        }
    }
    assert_eq!(app.state.cache_counts().not_modified, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_often_is_packed_tighter() {
    let app = TestApp::with_google().await;
    let ask = async |tag: &str| {
        let request =
            Request::get("/").header(header::ACCEPT_ENCODING, "br").header(header::IF_NONE_MATCH, tag);
        app.bytes(request.body(Body::empty()).unwrap()).await
    };
    let (first, usual) = ask("").await;
    let (tighter, tight) = loop {
        let (answer, bytes) = ask("").await;
        if bytes != usual {
            break (answer, bytes);
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    };
    assert!(tight.len() < usual.len(), "{} and {} bytes", tight.len(), usual.len());
    let mut unpacked = Vec::new();
    brotli::BrotliDecompress(&mut &tight[..], &mut unpacked).unwrap();
    assert_eq!(String::from_utf8(unpacked).unwrap(), app.get("/").await.text);
    // Other bytes, another tag; either is known.
    assert_ne!(first.header("etag"), tighter.header("etag"));
    for tag in [first.header("etag"), tighter.header("etag")] {
        assert_eq!(ask(tag).await.0.status, StatusCode::NOT_MODIFIED);
    }
    assert_eq!(app.state.cache_counts().packed, 2);
}

#[tokio::test]
async fn each_encoding_holds_the_same_bytes() {
    let app = TestApp::with_google().await;
    let plain = app.get("/").await;
    for (accepted, encoding) in
        [("br, gzip", "br"), ("gzip", "gzip"), ("zstd;q=0.9, gzip;q=0.1", "zstd"), ("identity", "")]
    {
        let request = Request::get("/").header(header::ACCEPT_ENCODING, accepted);
        let (answer, bytes) = app.bytes(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.header("content-encoding"), encoding);
        assert_eq!(answer.header("vary"), "accept-encoding, cookie");
        let unpacked = match encoding {
            "br" => {
                let mut unpacked = Vec::new();
                brotli::BrotliDecompress(&mut &bytes[..], &mut unpacked).unwrap();
                unpacked
            }
            "zstd" => zstd::decode_all(&bytes[..]).unwrap(),
            "gzip" => {
                let mut unpacked = Vec::new();
                std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&bytes[..]), &mut unpacked)
                    .unwrap();
                unpacked
            }
            _ => bytes.to_vec(),
        };
        assert_eq!(String::from_utf8(unpacked).unwrap(), plain.text, "{accepted}");
    }
    assert_eq!(app.state.cache_counts().packed, 3);
}

#[tokio::test]
async fn who_takes_no_encoding_is_told_and_who_takes_one_is_served() {
    let app = TestApp::with_google().await;
    for path in ["/", OVERVIEW, "/imports", "/api/v1/campaigns?format=csv"] {
        for (said, encoding) in [("zstd, *;q=0", "zstd"), ("zstd, identity;q=0", "zstd"), ("br, *;q=0", "br")]
        {
            let answer = asked(&app, path, header::ACCEPT_ENCODING, said).await;
            assert_eq!(answer.status, 200, "{path} {said}");
            let is_kept = matches!(path, "/" | OVERVIEW);
            assert!(answer.header("content-encoding") == encoding || !is_kept, "{path} {said}");
        }
    }
    for said in ["*;q=0", "identity;q=0", "deflate, identity;q=0"] {
        let answer = asked(&app, OVERVIEW, header::ACCEPT_ENCODING, said).await;
        assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE, "{said}");
        assert_eq!(answer.header("etag"), "", "{said}");
        let problem = answer.json();
        assert_eq!(problem["type"], "urn:adroit:encoding", "{said}");
        assert!(problem["remedy"].as_str().unwrap().contains("gzip"), "{problem}");
    }
}

#[tokio::test]
async fn kept_answers_stay_within_their_room() {
    let app = TestApp::with_google().await;
    let app = keeping(&app, |keeping| keeping.bytes = 200_000);
    for day in 1..=28 {
        assert_eq!(app.get(&format!("/?from=2026-01-{day:02}&to=2026-11-03")).await.status, 200);
    }
    let counts = app.state.cache_counts();
    assert!(counts.bytes <= 200_000 && counts.entries < 28 && counts.evicted > 0, "{counts:?}");
}

#[tokio::test]
async fn headers_are_those_of_the_table() {
    let app = TestApp::with_google().await;
    let mut lines = Vec::new();
    for path in [
        "/",
        "/campaigns",
        OVERVIEW,
        "/api/v1/campaigns",
        "/api/v1/campaigns?format=csv",
        "/imports",
        "/api/v1/imports",
        "/api/openapi.json",
        "/sw.js",
        "/healthz",
        "/nowhere",
    ] {
        for _ in 0..2 {
            let answer = asked(&app, path, header::ACCEPT_ENCODING, "br").await;
            let mut line = format!("{path} {}", answer.status.as_u16());
            for name in ["cache-control", "vary", "surrogate-key", "surrogate-control", "age", "cache-status"]
            {
                if !answer.header(name).is_empty() {
                    line += &format!("\n    {name}: {}", answer.header(name));
                }
            }
            lines.push(line);
        }
    }
    lines.dedup();
    insta::assert_snapshot!("headers", lines.join("\n"));
}
