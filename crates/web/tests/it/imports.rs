//! Files come in, say what became of them, and can be taken back.

use web::api::{ImportEntryOut, ImportReportOut, ImportsOut};

use crate::app::{GOOGLE, TAKEN, TestApp};

const DAYS: &str = "from=2026-11-01&to=2026-11-03";

async fn spend(app: &TestApp) -> serde_json::Value {
    app.json(&format!("/api/v1/overview?{DAYS}")).await["totals"]["spend_micros"].clone()
}

#[tokio::test]
async fn a_report_accounts_for_every_row() {
    let app = TestApp::empty().await;
    let answer =
        app.upload("/api/v1/imports", "../google.csv", GOOGLE.as_bytes(), &[("captured_at", TAKEN)]).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (201, "/api/v1/imports/1"));
    let report: ImportReportOut = serde_json::from_value(answer.json()).unwrap();
    assert_eq!(report.file_name, "google.csv");
    assert_eq!((report.rows.read, report.rows.used, report.rows.skipped), (6, 5, 1));
    assert_eq!(report.file_totals[0].difference_micros, Some(0));
    let page = app.page("/imports/1").await;
    for text in
        ["google.csv", "= agrees", "2,025.50", "Rows that were skipped", "Undo this import", "3 Nov 2026"]
    {
        assert!(page.contains(text), "{text} in {page}");
    }
    let entry: ImportEntryOut = serde_json::from_value(app.json("/api/v1/imports/1").await).unwrap();
    assert_eq!(entry.report.import_id, Some(1));
    assert!(app.page("/imports").await.contains("href=\"/imports/1?workspace=default\""));
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let app = TestApp::empty().await;
    let report = app.import("google.csv", GOOGLE, &[("dry_run", "true")]).await;
    assert_eq!((report["dry_run"].as_bool(), report["import_id"].as_u64()), (Some(true), None));
    assert!(spend(&app).await.is_null());
    let page = app.upload("/imports", "google.csv", GOOGLE.as_bytes(), &[("dry_run", "true")]).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Nothing was changed.") && page.text.contains("2,025.50"));
    let list: ImportsOut = serde_json::from_value(app.json("/api/v1/imports").await).unwrap();
    assert!(list.imports.is_empty());
    let left: Vec<_> = std::fs::read_dir(&app.state.spool)
        .unwrap()
        .filter_map(Result::ok)
        .map(|file| file.file_name())
        .collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with("upload-")), "{left:?}");
}

#[tokio::test]
async fn the_form_leads_to_the_report() {
    let app = TestApp::empty().await;
    let fields = [
        ("workspace", "default"),
        ("captured_at", "2026-11-03T06:12"),
        ("account", ""),
        ("currency", ""),
        ("date_order", ""),
    ];
    app.page("/imports").await;
    let answer = app.upload("/imports", "google.csv", GOOGLE.as_bytes(), &fields).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/imports/1?workspace=default"));
    let again = app.upload("/imports", "google.csv", GOOGLE.as_bytes(), &[]).await;
    assert_eq!(again.status, 200);
    assert!(again.text.contains("The same file came in before"));
}

#[tokio::test]
async fn undo_restores_what_was_replaced() {
    let app = TestApp::with_google().await;
    let before = spend(&app).await;
    let newer = GOOGLE.replace("10.00,20,1000", "11.00,20,1000").replace("2,025.50", "2,026.50");
    let report = app.import("newer.csv", &newer, &[("captured_at", "2026-11-05T06:00:00Z")]).await;
    assert_eq!(report["replaced_rows"], 5);
    assert_eq!(spend(&app).await, 2_026_500_000u64);
    let asked = app.page("/imports/2/undo").await;
    assert!(asked.contains("method=\"post\" action=\"/imports/2/undo?workspace=default\""), "{asked}");
    let undone = app.post("/imports/2/undo?workspace=default").await;
    assert_eq!((undone.status.as_u16(), undone.header("location")), (303, "/imports/2?workspace=default"));
    assert_eq!(spend(&app).await, before);
    assert!(app.page("/imports/2").await.contains("undone"));
    let again = app.post("/api/v1/imports/2/undo").await.json();
    assert_eq!(again, serde_json::json!({"import_id": 2, "restored_rows": 0, "already_undone": true}));
}

#[tokio::test]
async fn a_file_that_is_no_report_is_refused_with_a_remedy() {
    let app = TestApp::empty().await;
    let answer = app.upload("/api/v1/imports", "photo.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", &[]).await;
    assert_eq!(answer.status, 422, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert!(answer.json()["remedy"].is_string());
    let page = app.upload("/imports", "photo.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", &[]).await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("What to do:") && page.text.contains("photo.csv seems to be"));
}

#[tokio::test]
async fn forms_that_are_wrong_are_told() {
    let app = TestApp::with_google().await;
    for (fields, parameter) in [
        (vec![("captured_at", "yesterday")], "captured_at"),
        (vec![("dry_run", "perhaps")], "dry_run"),
        (vec![("currency", "EURO")], "currency"),
        (vec![("date_order", "ymd")], "date_order"),
        (vec![("dryrun", "true")], "dryrun"),
        (vec![("account", "a"), ("account", "b")], "account"),
        (vec![("workspace", "nowhere")], "workspace"),
    ] {
        let answer = app.upload("/api/v1/imports", "google.csv", GOOGLE.as_bytes(), &fields).await;
        assert_eq!(answer.status, 400, "{fields:?}: {}", answer.text);
        assert_eq!(answer.json()["parameter"], parameter);
    }
    assert_eq!(app.upload("/api/v1/imports", "", GOOGLE.as_bytes(), &[]).await.json()["parameter"], "file");
    assert_eq!(app.post("/api/v1/imports").await.status, 400);
    let large = vec![b'x'; (1 << 20) + 1];
    assert_eq!(app.upload("/api/v1/imports", "large.csv", &large, &[]).await.status, 413);
    assert_eq!(app.get("/api/v1/imports/77").await.status, 404);
    assert_eq!(app.post("/api/v1/imports/77/undo").await.status, 404);
}

#[tokio::test]
async fn the_ledger_is_paged() {
    let app = TestApp::empty().await;
    for n in 1..=5 {
        let file = GOOGLE.replace("Brand", &format!("Brand {n}"));
        app.import("google.csv", &file, &[("captured_at", &format!("2026-11-0{n}T06:00:00Z"))]).await;
    }
    let ids = async |query: &str| -> (Vec<u32>, Option<u32>) {
        let list: ImportsOut =
            serde_json::from_value(app.json(&format!("/api/v1/imports?{query}")).await).unwrap();
        (list.imports.into_iter().map(|import| import.id).collect(), list.next)
    };
    assert_eq!(ids("limit=2").await, (vec![5, 4], Some(4)));
    assert_eq!(ids("limit=2&before=4").await, (vec![3, 2], Some(2)));
    assert_eq!(ids("limit=2&before=2").await, (vec![1], None));
    assert!(app.page("/imports?limit=2").await.contains("before=4"));
}

#[tokio::test]
async fn each_file_of_an_archive_is_told_of() {
    let app = TestApp::empty().await;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in [("a.csv", GOOGLE.as_bytes()), ("photo.csv", &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..])]
    {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut writer, bytes).unwrap();
    }
    let archive = writer.finish().unwrap().into_inner();
    let page = app.upload("/imports", "june.zip", &archive, &[("dry_run", "true")]).await;
    assert_eq!(page.status, 200);
    for text in ["june.zip/a.csv", "would be imported", "june.zip/photo.csv", "Not imported:", "What to do:"]
    {
        assert!(page.text.contains(text), "{text} in {}", page.text);
    }
    let answer = app.upload("/api/v1/imports", "june.zip", &archive, &[("captured_at", TAKEN)]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let files = answer.json()["files"].take();
    assert_eq!(files[0]["report"]["import_id"], 1);
    assert_eq!(
        (&files[1]["file_name"], files[1]["problem"]["status"].as_u64()),
        (&"june.zip/photo.csv".into(), Some(422))
    );
    // An archive of one file is that file.
    let again = app.import("google.csv", GOOGLE, &[]).await;
    assert_eq!(again["already_imported"], true);
}
