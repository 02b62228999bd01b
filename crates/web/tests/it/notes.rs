//! Annotations, comments, mentions, and what happened.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use axum::http::Method;
use people::Role;
use serde_json::{Value, json};

use crate::app::{ADA, Answer, PASSWORD, TestApp};

const NOTES: &str = "/api/v1/notes?workspace=default";

/// An analyst and a viewer beside the owner.
async fn three() -> (TestApp, [String; 3]) {
    let app = TestApp::with_google().await.closing().await;
    app.person("ann@example.org", Role::Analyst, None).await;
    app.person("vic@example.org", Role::Viewer, None).await;
    let mut cookies = Vec::new();
    for email in [ADA, "ann@example.org", "vic@example.org"] {
        cookies.push(app.sign_in(email, PASSWORD).await);
    }
    (app, cookies.try_into().unwrap())
}

async fn write(app: &TestApp, cookie: &str, note: Value) -> Answer {
    app.send_as(cookie, Method::POST, NOTES, Some(note)).await
}

async fn change(app: &TestApp, cookie: &str, id: u64, text: &str) -> u16 {
    let path = format!("/api/v1/notes/{id}?workspace=default");
    app.send_as(cookie, Method::PATCH, &path, Some(json!({ "text": text }))).await.status.as_u16()
}

/// The texts of the notes that somebody is given.
async fn texts(app: &TestApp, cookie: &str, query: &str) -> Vec<String> {
    let answer = app.get_as(cookie, &format!("/api/v1/notes?{query}")).await.json();
    let texts = answer["notes"].as_array().unwrap().iter();
    texts.map(|note| note["text"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn notes_are_written_by_analysts_and_read_by_all_who_work_there() {
    let (app, [ada, ann, vic]) = three().await;
    let campaign =
        app.get_as(&ada, "/api/v1/campaigns?range=all").await.json()["rows"][0]["campaign_id"].clone();
    let made = write(&app, &ann, json!({"text": " Sale\r\nbegan ", "from": "2026-11-02"})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let note = made.json();
    assert_eq!(made.header("location"), format!("/api/v1/notes/{}", note["id"]));
    let told = [&note["text"], &note["from"], &note["to"], &note["made_by"], &note["is_own"]];
    let expected = ["Sale\nbegan", "2026-11-02", "2026-11-02", "ann@example.org"].map(|text| json!(text));
    assert_eq!(told[..4], expected.iter().collect::<Vec<_>>()[..]);
    assert_eq!(told[4], &json!(true));
    let comment = write(&app, &ann, json!({"text": "<b>Bid</b> raised", "campaign": campaign})).await;
    assert_eq!(comment.status, 201, "{}", comment.text);

    assert_eq!(write(&app, &vic, json!({"text": "x", "from": "2026-11-02"})).await.status, 403);
    for (body, parameter) in [
        (json!({"text": "x"}), "from"),
        (json!({"text": "", "from": "2026-11-02"}), "text"),
        (json!({"text": "x", "to": "2026-11-02"}), "from"),
        (json!({"text": "x", "from": "2026-11-02", "to": "2026-11-01"}), "to"),
        (json!({"text": "x", "campaign": 4_000_000}), "campaign"),
    ] {
        let refused = write(&app, &ann, body).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["parameter"]), (400, &json!(parameter)));
    }
    assert_eq!(texts(&app, &vic, "").await, ["<b>Bid</b> raised", "Sale\nbegan"]);
    assert_eq!(texts(&app, &vic, &format!("campaign={campaign}")).await, ["<b>Bid</b> raised"]);
    assert_eq!(texts(&app, &vic, "limit=1").await, ["<b>Bid</b> raised"]);

    // It stands on the campaign's page, and at the days of charts.
    let page = app.get_as(&vic, &format!("/campaigns/{campaign}?range=all")).await.text;
    assert!(page.contains("&lt;b&gt;Bid&lt;/b&gt; raised") || page.contains("&#60;b&#62;Bid"), "{page}");
    assert!(!page.contains("<b>Bid</b>") && !page.contains("name=\"text\""), "{page}");
    let overview = app.get_as(&vic, "/?range=all").await.text;
    assert!(overview.contains("<title>Sale began</title>"), "{overview}");
    assert!(!overview.contains("Write a note on days"));
    assert!(app.get_as(&ann, "/?range=all").await.text.contains("Write a note on days"));
}

#[tokio::test]
async fn everybody_changes_and_deletes_what_they_wrote_and_admins_the_rest() {
    let (app, [ada, ann, vic]) = three().await;
    app.person("eve@example.org", Role::Editor, None).await;
    let eve = app.sign_in("eve@example.org", PASSWORD).await;
    let made = write(&app, &ann, json!({"text": "one", "from": "2026-11-02"})).await.json();
    let id = made["id"].as_u64().unwrap();
    assert_eq!(change(&app, &eve, id, "hers").await, 403, "an editor's role is higher, and it is not hers");
    assert_eq!(change(&app, &vic, id, "his").await, 403);
    assert_eq!(change(&app, &ann, id, "two").await, 200);
    assert_eq!(change(&app, &ada, id, "three").await, 200);
    assert_eq!(change(&app, &ann, 999, "x").await, 404);
    assert_eq!(texts(&app, &vic, "").await, ["three"]);
    let page = app.get_as(&ann, "/notes").await.text;
    assert!(page.contains(&format!("action=\"/notes/{id}?workspace=default\"")), "{page}");
    assert!(!app.get_as(&eve, "/notes").await.text.contains(&format!("/notes/{id}")));
    let path = format!("/notes/{id}/delete?workspace=default");
    assert_eq!(app.post_as(&eve, &path, &[]).await.status, 403);
    let deleted = app.post_as(&ann, &path, &[]).await;
    assert_eq!((deleted.status.as_u16(), deleted.header("location")), (303, "/notes?workspace=default"));
    assert_eq!(texts(&app, &vic, "").await, Vec::<String>::new());
    let everything = app.state.ledger.catalog().everything_of(1).await.unwrap();
    assert_eq!(everything["remark"], json!([]), "what it said is kept nowhere");
}

#[tokio::test]
async fn a_form_is_kept_with_what_is_wrong() {
    let (app, [_, ann, _]) = three().await;
    let fields = [("from", "2026-11-05"), ("to", "2026-11-02"), ("text", "A \"sale\"")];
    let refused = app.post_as(&ann, "/notes?workspace=default", &fields).await;
    assert_eq!(refused.status, 400);
    for kept in ["role=\"alert\"", "value=\"2026-11-05\"", "sale"] {
        assert!(refused.text.contains(kept), "{kept}: {}", refused.text);
    }
    let fields = [("from", "2026-11-02"), ("to", ""), ("text", "A sale")];
    let made = app.post_as(&ann, "/notes?workspace=default", &fields).await;
    assert_eq!((made.status.as_u16(), made.header("location")), (303, "/notes?workspace=default"));
}

#[tokio::test]
async fn activity_tells_what_is_done_together_page_by_page() {
    let (app, [ada, ann, vic]) = three().await;
    for n in 1..=5 {
        let text = if n == 5 { "@vic@example.org look".to_owned() } else { format!("note {n}") };
        assert_eq!(write(&app, &ann, json!({"text": text, "from": "2026-11-02"})).await.status, 201);
    }
    let plan =
        app.send_as(&ada, Method::POST, "/api/v1/plans?workspace=default", Some(json!({"label": "brand"})));
    assert!(plan.await.status.is_success());
    // What is for admins is between, and not told.
    app.send_as(
        &ada,
        Method::POST,
        "/api/v1/tokens?workspace=default",
        Some(json!({"name": "t", "role": "viewer"})),
    )
    .await;
    let mut seen: Vec<(String, String)> = Vec::new();
    let mut before = String::new();
    loop {
        let page = app.get_as(&vic, &format!("/api/v1/activity?limit=2{before}")).await.json();
        let entries = page["entries"].as_array().unwrap();
        assert!(entries.len() <= 2);
        for entry in entries {
            let note = entry["note"]["text"].as_str().unwrap_or_default();
            seen.push((entry["what"].as_str().unwrap().to_owned(), note.to_owned()));
        }
        match page["next_before"].as_u64() {
            Some(next) => before = format!("&before={next}"),
            None => break,
        }
    }
    let told = |what: &str, note: &str| (what.to_owned(), note.to_owned());
    assert_eq!(seen[0], told("made a plan", ""));
    assert_eq!(seen[1], told("wrote a note", "@vic@example.org look"));
    assert_eq!(seen[5], told("wrote a note", "note 1"));
    assert!(seen.iter().all(|(what, _)| !what.contains("token") && !what.contains("sign")), "{seen:?}");
    let page = app.get_as(&vic, "/activity").await.text;
    assert!(page.contains("names you") && page.contains("made a plan"), "{page}");
    assert!(!app.get_as(&ann, "/activity").await.text.contains("names you"));
    // Clients see no work.
    app.person("cleo@example.org", Role::Client, None).await;
    let cleo = app.sign_in("cleo@example.org", PASSWORD).await;
    assert_eq!(app.get_as(&cleo, "/activity").await.status, 403);
    assert_eq!(texts(&app, &cleo, "").await, Vec::<String>::new());
}
