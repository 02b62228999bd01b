//! Campaigns and analytics as files.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use axum::body::Body;
use axum::http::{Request, header};

use crate::app::{GOOGLE, META, TAKEN, TestApp};

const ANALYTICS: &str =
    "/api/v1/analytics?from=2026-11-01&to=2026-11-03&by=campaign&metrics=spend,roas&format=csv";

async fn part(app: &TestApp, path: &str, range: &str, tag: &str) -> (u16, String, String) {
    let mut request = Request::get(path).header(header::RANGE, range);
    if !tag.is_empty() {
        request = request.header(header::IF_RANGE, tag);
    }
    let answer = app.send(request.body(Body::empty()).unwrap()).await;
    (answer.status.as_u16(), answer.header("content-range").to_owned(), answer.text)
}

#[tokio::test]
async fn figures_leave_as_csv_and_never_as_formulas() {
    let app = TestApp::empty().await;
    let hostile = GOOGLE.replace("Brand", "=cmd|' /C calc'!A0");
    app.import("google.csv", &hostile, &[("captured_at", TAKEN)]).await;
    app.import("meta.csv", META, &[("captured_at", TAKEN)]).await;
    let answer = app.get(ANALYTICS).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(answer.header("content-type").starts_with("text/csv"));
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"analytics-2026-11-01-2026-11-03.csv\""
    );
    insta::assert_snapshot!("analytics_csv", answer.text.replace('\r', ""));
    let accept = Request::get(ANALYTICS.replace("&format=csv", "")).header(header::ACCEPT, "text/csv");
    assert_eq!(app.send(accept.body(Body::empty()).unwrap()).await.text, answer.text);
    let json = app.get(&ANALYTICS.replace("=csv", "=json")).await;
    assert!(json.header("content-type").starts_with("application/json"));
    let campaigns = app.get("/api/v1/campaigns?range=all&compare=previous&format=csv").await.text;
    insta::assert_snapshot!("campaigns_csv", campaigns.replace('\r', ""));
    for (path, parameter) in
        [("format=xml", "format"), ("format=csv&by=nothing", "by"), ("format=csv&x=1", "x")]
    {
        let answer = app.get(&format!("/api/v1/analytics?{path}")).await;
        assert_eq!((answer.status.as_u16(), answer.json()["parameter"].as_str()), (400, Some(parameter)));
    }
}

#[tokio::test]
async fn all_rows_are_sent_however_many_pages_they_fill() {
    let app = TestApp::empty().await;
    let mut file = GOOGLE.lines().take(3).map(|line| format!("{line}\n")).collect::<String>();
    let row = GOOGLE.lines().nth(3).unwrap();
    for n in 0..1203 {
        let name = row.split(',').next().unwrap();
        file += &format!("{}\n", row.replacen(name, &format!("Campaign {n:04}"), 1));
    }
    app.import("many.csv", &file, &[("captured_at", TAKEN)]).await;
    let csv = app.get("/api/v1/campaigns?range=all&format=csv").await.text;
    let mut names: Vec<&str> = csv.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!((names.len(), csv.lines().count()), (1203, 1204));
    let few = app.get("/api/v1/campaigns?range=all&format=csv&limit=7").await.text;
    assert_eq!(few.lines().count(), 8);
}

#[tokio::test]
async fn a_broken_off_file_can_be_taken_up_again() {
    let app = TestApp::with_google().await;
    let whole = app.get(ANALYTICS).await;
    assert_eq!(whole.header("accept-ranges"), "bytes");
    let (tag, text, length) = (whole.header("etag"), &whole.text, whole.text.len());
    let rest = part(&app, ANALYTICS, "bytes=10-", tag).await;
    assert_eq!(rest, (206, format!("bytes 10-{}/{length}", length - 1), text[10..].to_owned()));
    assert_eq!(part(&app, ANALYTICS, "bytes=0-4", "").await.2, text[..5]);
    assert_eq!(part(&app, ANALYTICS, "bytes=-6", "").await.2, text[length - 6..]);
    let beyond = part(&app, ANALYTICS, &format!("bytes={length}-"), "").await;
    assert_eq!((beyond.0, beyond.1), (416, format!("bytes */{length}")));
    app.import("meta.csv", META, &[("captured_at", TAKEN)]).await;
    let changed = part(&app, ANALYTICS, "bytes=10-", tag).await;
    assert_eq!((changed.0, changed.1.as_str()), (200, ""), "the file is another now");
}

#[tokio::test]
async fn pages_lead_to_all_of_it_as_a_file() {
    let app = TestApp::with_google().await;
    for page in
        ["/campaigns?range=all&columns=spend,roas&sort=-spend&limit=1", "/analytics?range=all&by=campaign"]
    {
        let shown = app.page(page).await;
        let href = shown.split("class=\"file\">Export <a href=\"").nth(1).unwrap().split('"').next().unwrap();
        let file = app.get(&href.replace("&#38;", "&")).await;
        assert!(
            file.status == 200 && file.header("content-type").starts_with("text/csv"),
            "{href}: {}",
            file.text
        );
        assert_eq!(file.text.trim().lines().count(), 3, "a head and both campaigns: {}", file.text);
    }
}
