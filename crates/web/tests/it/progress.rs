//! How far an upload is, as server-sent events.

use crate::app::{GOOGLE, TAKEN, TestApp};

const TOKEN: &str = "0123456789abcdef-it";

#[tokio::test]
async fn an_upload_tells_how_far_it_is_until_it_is_over() {
    let app = TestApp::empty().await;
    let path = format!("/api/v1/imports/progress/{TOKEN}");
    let (followed, report) = tokio::join!(
        app.get(&path),
        app.import("google.csv", GOOGLE, &[("progress", TOKEN), ("captured_at", TAKEN)])
    );
    assert_eq!(followed.header("content-type"), "text/event-stream");
    assert!(followed.text.trim_end().ends_with("event: end\ndata: {}"), "{}", followed.text);
    let last = followed.text.lines().rfind(|line| line.contains("\"stage\""));
    if let Some(last) = last {
        assert!(last.contains(&format!("\"bytes\":{}", GOOGLE.len())), "{last}");
    }
    assert_eq!(report["import_id"], 1);
    // Who asks late is told at once that it is over.
    assert!(app.get(&path).await.text.contains("event: end"));
}

#[tokio::test]
async fn a_file_that_is_refused_ends_its_progress_too() {
    let app = TestApp::empty().await;
    let fields = [("progress", TOKEN)];
    let refused = app.upload("/api/v1/imports", "notes.txt", b"dear diary", &fields).await;
    assert_eq!(refused.status, 422);
    assert!(app.get(&format!("/api/v1/imports/progress/{TOKEN}")).await.text.contains("event: end"));
}

#[tokio::test]
async fn a_token_is_hard_to_guess() {
    let app = TestApp::empty().await;
    assert_eq!(app.get("/api/v1/imports/progress/1").await.status, 400);
    let answer = app.upload("/api/v1/imports", "google.csv", GOOGLE.as_bytes(), &[("progress", "1")]).await;
    assert_eq!((answer.status.as_u16(), answer.json()["parameter"].as_str()), (400, Some("progress")));
}
