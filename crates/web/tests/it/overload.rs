//! More questions than the engine can answer: the ones too many are told so, and the others are answered.

use std::time::Duration;

use web::{Keeping, Limits, Places};

use crate::app::TestApp;

const OVERVIEW: &str = "/api/v1/overview";

/// Few places, and nothing kept, so that every request is a question to the engine.
async fn narrow(waiting: usize, patience: Duration) -> TestApp {
    let app = TestApp::with_google().await;
    let keeping = Keeping { keep: false, coalesce: false, ..Keeping::default() };
    let places = Places { running: 2, waiting, patience };
    let app = app.with_limits(Limits { keeping, places, ..app.state.limits });
    assert_eq!(app.get(OVERVIEW).await.status, 200);
    app
}

async fn until_busy(app: &TestApp, running: usize, waiting: usize) {
    loop {
        let counts = app.state.admission_counts();
        if (counts.running, counts.waiting) == (running, waiting) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_are_told_to_come_back_and_the_rest_is_answered() {
    let app = narrow(4, Duration::from_secs(30)).await;
    let held = app.hold_engine();
    let reader = |app: TestApp| tokio::spawn(async move { app.get(OVERVIEW).await });
    let readers: Vec<_> = (0..6).map(|_| reader(app.clone())).collect();
    until_busy(&app, 2, 4).await;
    let api = app.get(OVERVIEW).await;
    assert_eq!(api.status, 503);
    assert_eq!(api.header("retry-after"), "1");
    assert_eq!(api.header("content-type"), "application/problem+json");
    let problem = api.json();
    assert_eq!(problem["type"], "urn:adroit:overloaded");
    assert_eq!(problem["retry_after"], 1);
    let page = app.get("/").await;
    assert_eq!((page.status.as_u16(), page.header("retry-after")), (503, "1"));
    assert!(page.header("content-type").starts_with("text/html") && page.text.contains("try again in 1 s"));
    assert_eq!(app.get("/livez").await.status, 204);
    drop(held);
    for reader in readers {
        assert_eq!(reader.await.unwrap().status, 200);
    }
    assert_eq!(app.get(OVERVIEW).await.status, 200);
    let counts = app.state.admission_counts();
    assert_eq!((counts.refused, counts.running, counts.waiting), (2, 0, 0), "{counts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_waits_in_line_for_long() {
    let app = narrow(64, Duration::from_millis(100)).await;
    let held = app.hold_engine();
    let stuck: Vec<_> = (0..2)
        .map(|_| {
            let app = app.clone();
            tokio::spawn(async move { app.get(OVERVIEW).await })
        })
        .collect();
    until_busy(&app, 2, 0).await;
    let answer = app.get(OVERVIEW).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "1"));
    assert_eq!(app.state.admission_counts().waiting, 0);
    drop(held);
    for reader in stuck {
        assert_eq!(reader.await.unwrap().status, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leaves_takes_no_place() {
    let app = narrow(64, Duration::from_secs(30)).await;
    let held = app.hold_engine();
    let readers: Vec<_> = (0..5)
        .map(|_| {
            let app = app.clone();
            tokio::spawn(async move { app.get(OVERVIEW).await })
        })
        .collect();
    until_busy(&app, 2, 3).await;
    readers.iter().for_each(|reader| reader.abort());
    // Those who wait leave at once; the others keep their places until the engine lets go of them.
    until_busy(&app, 2, 0).await;
    drop(held);
    until_busy(&app, 0, 0).await;
    assert_eq!(app.get(OVERVIEW).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_heavy_question_leaves_a_place_for_the_overview() {
    let app = narrow(64, Duration::from_secs(30)).await;
    let held = app.hold_engine();
    let heavy = (0..3).map(|_| "/api/v1/analytics?by=campaign,day");
    let readers: Vec<_> = heavy
        .chain([OVERVIEW])
        .map(|path| {
            let app = app.clone();
            tokio::spawn(async move { app.get(path).await })
        })
        .collect();
    // One heavy question and the overview are asked, whichever came first; two heavy ones wait.
    until_busy(&app, 2, 2).await;
    drop(held);
    for reader in readers {
        assert_eq!(reader.await.unwrap().status, 200);
    }
}
