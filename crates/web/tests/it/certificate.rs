//! What a server that speaks TLS tells of its certificate, and addresses that are too long to be asked for.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use jiff::{ToSpan, Zoned};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use serde_json::Value;
use web::Tls;

use crate::app::TestApp;

fn write(folder: &tempfile::TempDir, days: i64) {
    let end = Zoned::now().date().checked_add(days.days()).unwrap();
    let mut params = CertificateParams::new(vec!["adroit.example".to_owned()]).unwrap();
    params.not_before = date_time_ymd(2001, 1, 1);
    params.not_after = date_time_ymd(end.year().into(), end.month().unsigned_abs(), end.day().unsigned_abs());
    let key = KeyPair::generate().unwrap();
    std::fs::write(folder.path().join("cert.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
    std::fs::write(folder.path().join("key.pem"), key.serialize_pem()).unwrap();
}

fn open(folder: &tempfile::TempDir) -> Tls {
    Tls::open(&folder.path().join("cert.pem"), &folder.path().join("key.pem")).unwrap()
}

/// How a server with this certificate says that it stands, and how all of it does.
async fn told(app: &TestApp, tls: Tls) -> (u16, Value) {
    let mut app = app.clone();
    app.state = app.state.by_tls(tls);
    // What was found less than a second ago stands.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let answer = app.get("/healthz").await;
    let health = answer.json();
    let checks = health["checks"].as_array().unwrap();
    let own = checks.iter().find(|check| check["name"] == "certificate").unwrap();
    (answer.status.as_u16(), own.clone())
}

#[tokio::test]
async fn its_end_and_its_trouble_are_told_with_the_servers_health() {
    let (app, folder) = (TestApp::empty().await, tempfile::tempdir().unwrap());
    write(&folder, 90);
    let (status, check) = told(&app, open(&folder)).await;
    assert_eq!((status, check["state"].as_str()), (200, Some("ok")), "{check}");
    write(&folder, 10);
    let soon = open(&folder);
    let (status, check) = told(&app, soon.clone()).await;
    assert_eq!((status, check["state"].as_str()), (200, Some("warning")), "{check}");
    assert!(check["says"].as_str().unwrap().contains("more days"), "{check}");
    std::fs::write(folder.path().join("cert.pem"), "rubbish").unwrap();
    soon.reload();
    let (_, check) = told(&app, soon).await;
    let says = check["says"].as_str().unwrap();
    assert!(
        says.contains("cert.pem has no certificate") && says.contains("The one before counts until"),
        "{says}"
    );
    write(&folder, -3);
    let (status, check) = told(&app, open(&folder)).await;
    assert_eq!((status, check["state"].as_str()), (503, Some("failing")), "{check}");
    // Requests are still better sent here than nowhere.
    assert_eq!(app.get("/readyz").await.status, 200);
}

#[tokio::test]
async fn an_address_that_is_too_long_is_refused_with_what_to_do() {
    let app = TestApp::empty().await;
    let long = |letters: usize| format!("/api/v1/overview?filter={}", "a".repeat(letters));
    let answer = app.get(&long(9000)).await;
    assert_eq!(answer.status, 414);
    assert!(answer.json()["remedy"].as_str().unwrap().contains("shorten its filter"), "{}", answer.text);
    assert_ne!(app.get(&long(4000)).await.status, 414);
}
