//! A table that is not recognised: refused, explained, tried, imported, and recognised the next time.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use axum::body::Body;
use axum::http::{Method, Request, header};
use people::Role;
use web::api::{GuessOut, MappingsOut};

use crate::app::{Answer, GOOGLE, TestApp, part};

/// Headers that no platform has, two of them hostile.
const OWN: &str = "Berichtstag;<script>alert(1)</script>;Werbekosten;=cmd|' /C calc'!A0;Klicks\n\
    2026-11-01;Zelte;\"1.100,50\";rot;50\n\
    2026-11-02;Boote;\"2.000,25\";blau;7\n";
/// What its columns are, as the page sends it.
const SAID: [(&str, &str); 9] = [
    ("column", "date"),
    ("column", "campaign"),
    ("column", "spend"),
    ("column", "ignore"),
    ("column", "clicks"),
    ("platform", "other"),
    ("level", "campaign"),
    ("account", "Shop"),
    ("currency", "EUR"),
];

/// Sends a file as who has a cookie.
async fn send_file(app: &TestApp, cookie: &str, path: &str, content: &str) -> Answer {
    let body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"own.csv\"\r\n\r\n{content}\r\n--edge--\r\n"
    );
    let request = Request::post(path)
        .header(header::COOKIE, cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
    app.send(request.body(Body::from(body)).unwrap()).await
}

/// Where the answer to a refused file leads.
fn offered(answer: &Answer) -> String {
    assert_eq!(answer.status, 422, "{}", answer.text);
    assert!(answer.text.contains("Say what the columns are"), "{}", answer.text);
    part(&answer.text, "/imports/held/", "\"").to_owned()
}

/// The same place with something behind its name.
fn then(place: &str, what: &str) -> String {
    place.replacen("?", &format!("/{what}?"), 1)
}

fn waiting(app: &TestApp) -> usize {
    let files = std::fs::read_dir(&app.state.spool).unwrap().filter_map(Result::ok);
    files.filter(|file| file.file_name().to_string_lossy().starts_with("upload-")).count()
}

#[tokio::test]
async fn a_table_is_explained_tried_imported_and_recognised_the_next_time() {
    let app = TestApp::empty().await;
    let place = offered(&send_file(&app, "", "/imports", OWN).await);
    assert_eq!(waiting(&app), 1);

    let page = app.page(&place).await;
    for text in ["own.csv", "Zelte", "1.100,50", "Berichtstag", "seems to be the date", "% sure", "=cmd|"] {
        assert!(page.contains(text), "{text} in {page}");
    }
    assert!(page.contains("&#60;script&#62;alert(1)&#60;/script&#62;"), "{page}");
    assert_eq!(page.matches("name=\"column\"").count(), 5);
    assert_eq!(app.get(&place).await.header("cache-control"), "no-store");

    // What is wrong is told beside the form, and nothing is imported.
    let nothing = [("column", "ignore"); 5];
    let answer = app.post_as("", &place, &nothing).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text.contains("no column is said to be the spend"), "{}", answer.text);
    let mut finer = SAID;
    finer[6] = ("level", "ad");
    assert!(app.post_as("", &place, &finer).await.text.contains("no column says which"));
    let mut twice = SAID;
    twice[3] = ("column", "clicks");
    assert!(app.post_as("", &place, &twice).await.text.contains("two columns are said to be the clicks"));
    for (fields, parameter) in [(&SAID[..4], "column"), (&[SAID[0], ("column", "cosst")][..], "column")] {
        let answer = app.post_as("", &place, fields).await;
        assert_eq!(answer.status, 400);
        assert!(answer.text.contains(parameter), "{}", answer.text);
    }

    // What can't be read is told at its field, with what would be right, and the rest stands there as it was sent.
    for (n, wrong, right) in [
        (8, ("currency", "EURO"), "EUR"),
        (5, ("platform", "adwords"), "google_ads"),
        (6, ("level", "row"), "campaign"),
        (3, ("column", "cosst"), "ignore"),
    ] {
        let mut fields = SAID;
        fields[n] = wrong;
        let answer = app.post_as("", &place, &fields).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
        let told = part(&answer.text, "id=\"wrong\"", "</");
        assert!(told.contains(wrong.1) && told.contains(right), "{told}");
        assert!(answer.text.contains("value=\"Shop\""), "{}", answer.text);
        assert!(answer.text.contains("value=\"clicks\" selected"), "{}", answer.text);
        if wrong.0 != "column" {
            let field = part(&answer.text, &format!("name=\"{}\"", wrong.0), "</label>");
            assert!(field.contains("aria-invalid=\"true\"") && field.contains("id=\"wrong\""), "{field}");
        }
    }

    let tried = app.post_as("", &place, &SAID).await;
    assert_eq!(tried.status, 200, "{}", tried.text);
    for text in ["What importing it would do", "Import and remember", "3,100.75", "Shop", "Nov 2026"] {
        assert!(tried.text.contains(text), "{text} in {}", tried.text);
    }
    assert!(app.json("/api/v1/imports").await["imports"].as_array().unwrap().is_empty());

    // Only what was tried last can be imported.
    let import = then(&place, "import");
    assert_eq!(app.post_as("", &import, &[]).await.status, 409);
    assert_eq!(app.post_as("", &place, &SAID).await.status, 200);
    assert_eq!(app.post_as("", &import, &[("tries", "1")]).await.status, 409);
    let done = app.post_as("", &import, &[("tries", "2")]).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/imports/1?workspace=default"));
    assert_eq!(app.get(&place).await.status, 404, "it waits no more");
    assert_eq!(waiting(&app), 0);

    let next = app.import("next.csv", &OWN.replace("2026-11-0", "2026-11-1"), &[("account", "Shop")]).await;
    assert_eq!((next["currency"].as_str(), next["rows"]["used"].as_u64()), (Some("EUR"), Some(2)));
    assert!(next["warnings"].to_string().contains("as you said"), "{next}");

    let kept: MappingsOut = serde_json::from_value(app.json("/api/v1/mappings").await).unwrap();
    let [kept] = kept.mappings.as_slice() else { panic!("{kept:?}") };
    assert_eq!((kept.used, kept.last_file.as_deref()), (2, Some("next.csv")));
    assert_eq!(kept.headers[0], "berichtstag");
    assert_eq!(
        kept.map,
        "date=Berichtstag,campaign=<script>alert(1)</script>,spend=Werbekosten,clicks=Klicks,currency=EUR"
    );
    let page = app.page("/imports/mappings").await;
    for text in ["4 of 5 columns are read", "next.csv", "berichtstag", "campaign", "Forget it"] {
        assert!(page.contains(text), "{text} in {page}");
    }

    let gone = app.post(&format!("/imports/mappings/{}/delete?workspace=default", kept.id)).await;
    assert_eq!(gone.status, 303);
    assert!(app.page("/imports/mappings").await.contains("Nothing was explained yet"));
    let path = format!("/api/v1/mappings/{}", kept.id);
    assert_eq!(app.send_as("", Method::DELETE, &path, None).await.status, 404);
    let third = OWN.replace("2026-11-0", "2026-11-2");
    offered(&send_file(&app, "", "/imports", &third).await);
}

#[tokio::test]
async fn what_waits_is_there_for_its_sender_in_its_workspace_only() {
    let app = TestApp::with_google().await.closing().await;
    let other = app.state.ledger.catalog().ensure_workspace("other").await.unwrap();
    app.person("one@example.org", Role::Editor, None).await;
    app.person("two@example.org", Role::Editor, None).await;
    app.person("viewer@example.org", Role::Viewer, None).await;
    app.person("foreign@example.org", Role::Editor, Some(other.id)).await;
    let mut cookies = Vec::new();
    for name in ["one", "two", "viewer", "foreign"] {
        cookies.push(app.sign_in(&format!("{name}@example.org"), crate::app::PASSWORD).await);
    }
    let place = offered(&send_file(&app, &cookies[0], "/imports", OWN).await);
    let ends = [place.clone(), then(&place, "import"), then(&place, "discard")];
    for (cookie, status) in [(&cookies[1], 404), (&cookies[2], 403), (&cookies[3], 400)] {
        assert_eq!(app.get_as(cookie, &place).await.status, status);
        for end in &ends {
            let answer = app.post_as(cookie, end, &SAID).await;
            assert_eq!(answer.status, status, "{end}: {}", answer.text);
            assert!(!answer.text.contains("Zelte"));
        }
    }
    let elsewhere = place.replace("workspace=default", "workspace=other");
    assert_eq!(app.get_as(&cookies[0], &elsewhere).await.status, 404);
    assert_eq!(app.post_as(&cookies[0], &elsewhere, &SAID).await.status, 404);
    assert_eq!(app.get_as(&cookies[0], &place).await.status, 200);
    assert_eq!(app.post_as(&cookies[0], &ends[2], &[]).await.status, 303);
    assert_eq!(app.get_as(&cookies[0], &place).await.status, 404);
    assert_eq!(waiting(&app), 0);

    // What is remembered is of one workspace too.
    let place = offered(&send_file(&app, &cookies[0], "/imports", OWN).await);
    assert_eq!(app.post_as(&cookies[0], &place, &SAID).await.status, 200);
    assert_eq!(app.post_as(&cookies[0], &then(&place, "import"), &[("tries", "1")]).await.status, 303);
    let kept = app.get_as(&cookies[0], "/api/v1/mappings?workspace=default").await.json();
    let id = kept["mappings"][0]["id"].as_u64().unwrap();
    let elsewhere = format!("/api/v1/mappings/{id}?workspace=other");
    assert_eq!(app.send_as(&cookies[3], Method::DELETE, &elsewhere, None).await.status, 404);
    let theirs = app.get_as(&cookies[3], "/api/v1/mappings").await.json();
    assert!(theirs["mappings"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn what_can_be_read_in_two_ways_is_asked_and_remembered() {
    let app = TestApp::empty().await;
    let table = "Tag,Kampagne X,Kosten Y\n03/04/2026,Tents,\"1,234\"\n";
    let place = offered(&send_file(&app, "", "/imports", table).await);
    let page = app.page(&place).await;
    assert!(page.contains("Dates such as 03/04/2026 can be read in two ways"), "{page}");
    let said = [("column", "date"), ("column", "campaign"), ("column", "spend"), ("currency", "EUR")];
    let open = app.post_as("", &place, &said).await;
    assert_eq!(open.status, 422);
    assert!(open.text.contains("can be read in two ways") && open.text.contains("What to do"));
    let told = [&said[..], &[("date_order", "dmy"), ("decimal", "comma")]].concat();
    let tried = app.post_as("", &place, &told).await;
    assert!(tried.text.contains("3 Apr 2026") && tried.text.contains("1.23"), "{}", tried.text);
    assert_eq!(app.post_as("", &then(&place, "import"), &[("tries", "1")]).await.status, 303);
    let next = app.import("next.csv", &table.replace("03/04", "05/04"), &[]).await;
    assert_eq!(next["days"]["from"], "2026-04-05");
    assert_eq!(next["sums"]["spend_micros"], 1_234_000);
}

#[tokio::test]
async fn a_wide_table_with_long_headers_is_shown_whole() {
    let app = TestApp::empty().await;
    let long = "a header that goes on and on ".repeat(20);
    let (mut head, mut row) = (String::from("Tag"), String::from("2026-11-01"));
    for column in 1..200 {
        write!(head, ",{long}{column}").unwrap();
        write!(row, ",word {column}").unwrap();
    }
    let place = offered(&send_file(&app, "", "/imports", &format!("{head}\n{row}\n{row}\n")).await);
    let page = app.page(&place).await;
    assert_eq!(page.matches("name=\"column\"").count(), 200);
    assert!(page.contains("word 199") && !page.contains(&long), "headers are cut");
    assert!(page.contains("<div class=\"scroll\" role=\"region\" aria-label=\"First rows\" tabindex=\"0\">"));
}

#[tokio::test]
async fn an_archive_offers_each_table_that_is_not_recognised() {
    let app = TestApp::empty().await;
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [("a.csv", GOOGLE), ("own.csv", OWN)] {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    let archive = writer.finish().unwrap().into_inner();
    let page = app.upload("/imports", "june.zip", &archive, &[]).await;
    assert_eq!(page.status, 200);
    let place = part(&page.text, "/imports/held/", "\"").to_owned();
    assert!(app.page(&place).await.contains("june.zip/own.csv"));
    assert_eq!(app.post_as("", &place, &SAID).await.status, 200);
    let done = app.post_as("", &then(&place, "import"), &[("tries", "1")]).await;
    assert_eq!(done.header("location"), "/imports/2?workspace=default");
    // What is no table is not offered.
    let picture = app.upload("/imports", "photo.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", &[]).await;
    assert!(picture.status == 422 && !picture.text.contains("Say what the columns are"));
    let text = app.upload("/imports", "text.csv", b"just some words\n", &[]).await;
    assert!(text.status == 422 && !text.text.contains("Say what the columns are"), "{}", text.text);
}

#[tokio::test]
async fn programs_ask_for_a_guess_and_send_the_table_with_it() {
    let app = TestApp::empty().await;
    let table = OWN.replace("<script>alert(1)</script>", "Kampagnenname");
    let answer = app.upload("/api/v1/imports/guess", "own.csv", table.as_bytes(), &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let guess: GuessOut = serde_json::from_value(answer.json()).unwrap();
    assert_eq!((guess.recognised_as, guess.columns.len(), guess.rows.len()), (None, 5, 2));
    assert_eq!(guess.columns[2].used_as.as_deref(), Some("spend"));
    assert!(guess.columns[2].confidence >= 45);
    let map = guess.map.unwrap();
    let fields = [("map", map.as_str()), ("currency", "EUR"), ("dry_run", "true")];
    let report = app.import("own.csv", &table, &fields).await;
    assert_eq!(report["sums"]["spend_micros"], 3_100_750_000_u64);
    let known = app.upload("/api/v1/imports/guess", "google.csv", GOOGLE.as_bytes(), &[]).await.json();
    assert!(known["recognised_as"].as_str().unwrap().contains("Google Ads"), "{known}");
    let wrong = app.upload("/api/v1/imports/guess", "own.csv", OWN.as_bytes(), &[("x", "1")]).await;
    assert_eq!((wrong.status.as_u16(), wrong.json()["parameter"].as_str()), (400, Some("x")));
    assert_eq!(app.upload("/api/v1/imports/guess", "a.csv", b"words\n", &[]).await.status, 422);
    assert_eq!(waiting(&app), 0);
}
