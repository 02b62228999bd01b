//! What is measured of requests, questions and imports, and how it is told to those who collect it.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};

use axum::body::Body;
use axum::http::{Request, header};
use watch::{Kind, Watch};

use crate::app::{GOOGLE, TAKEN, TestApp};

const DAYS: &str = "from=2026-11-01&to=2026-11-03";

/// The samples of a family, by what stands before the value.
type Samples = BTreeMap<String, f64>;

async fn metrics(app: &TestApp) -> (String, Samples) {
    let answer = app.get("/metrics").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(answer.header("content-type").starts_with("application/openmetrics-text; version=1.0.0"));
    let samples = read(&answer.text);
    (answer.text, samples)
}

/// Reads OpenMetrics as strictly as its standard has it: families one after another, samples with the endings of their kind.
fn read(text: &str) -> Samples {
    let endings = |kind: &str| match kind {
        "counter" => vec!["_total"],
        "gauge" => vec![""],
        "histogram" => vec!["_bucket", "_count", "_sum"],
        other => panic!("{other}"),
    };
    let (mut family, mut kind) = (String::new(), String::new());
    let (mut families, mut samples) = (BTreeSet::new(), Samples::new());
    let body = text.strip_suffix("# EOF\n").expect("it ends");
    for line in body.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            family = help.split_once(' ').unwrap().0.to_owned();
            assert!(families.insert(family.clone()), "{family} twice");
            continue;
        }
        if let Some(said) = line.strip_prefix("# TYPE ") {
            let (name, said) = said.split_once(' ').unwrap();
            assert_eq!(name, family);
            said.clone_into(&mut kind);
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        let name = series.split_once('{').map_or(series, |(name, _)| name);
        let ending = name.strip_prefix(family.as_str()).unwrap_or_else(|| panic!("{line} in {family}"));
        assert!(endings(&kind).contains(&ending), "{line} is no {kind}");
        assert!(samples.insert(series.replace("{}", ""), value.parse().unwrap()).is_none(), "{series} twice");
    }
    // Buckets hold what those before them hold, and the last one all.
    let mut last: BTreeMap<String, f64> = BTreeMap::new();
    for line in body.lines().filter(|line| line.contains("_bucket{")) {
        let (series, value) = line.rsplit_once(' ').unwrap();
        let (head, rest) = series.split_once("le=\"").unwrap();
        let labels = rest.split_once('"').unwrap().1.trim_start_matches(',').to_owned();
        let (key, value) = (format!("{head}{labels}"), value.parse().unwrap());
        assert!(last.insert(key, value).is_none_or(|before| before <= value), "{line}");
        if rest.starts_with("+Inf") {
            let count = format!("{head}{labels}").replace("_bucket{", "_count{").replace("{}", "");
            assert_eq!(samples.get(&count), Some(&value), "{count}");
        }
    }
    samples
}

#[tokio::test]
async fn requests_are_counted_by_route_and_never_by_address() {
    let app = TestApp::with_google().await;
    for path in ["/", "/campaigns/1", "/campaigns/2", "/secret-of-somebody", "/api/v1/campaigns/999"] {
        app.get(&format!("{path}?{DAYS}")).await;
    }
    app.send(Request::builder().method("BREW").uri("/").body(Body::empty()).unwrap()).await;
    let (text, samples) = metrics(&app).await;
    let count = |class: &str, method: &str, route: &str| {
        let series =
            format!("adroit_http_requests_total{{class=\"{class}\",method=\"{method}\",route=\"{route}\"}}");
        samples.get(&series).copied().unwrap_or_default()
    };
    assert_eq!(count("2xx", "GET", "/"), 1.0);
    assert_eq!(count("2xx", "GET", "/campaigns/{id}"), 2.0, "{text}");
    assert_eq!(count("4xx", "GET", "none"), 1.0);
    assert_eq!(count("4xx", "GET", "/api/v1/campaigns/{id}"), 1.0);
    assert_eq!(count("4xx", "other", "/"), 1.0);
    assert_eq!(count("2xx", "POST", "/api/v1/imports"), 1.0);
    assert!(!text.contains("secret") && !text.contains("/campaigns/1") && !text.contains("BREW"));
    assert_eq!(samples["adroit_http_request_seconds_count{method=\"GET\",route=\"/\"}"], 1.0);
    assert!(samples["adroit_http_request_seconds_sum{method=\"GET\",route=\"/\"}"] > 0.0);
    // This request is still being answered.
    assert_eq!(samples["adroit_http_running"], 1.0);
}

#[tokio::test]
async fn cache_engine_line_imports_and_process_are_there() {
    let app = TestApp::with_google().await;
    app.import("again.csv", GOOGLE, &[("captured_at", TAKEN)]).await;
    app.upload("/api/v1/imports", "nonsense.csv", b"this,is\nno,report", &[]).await;
    for _ in 0..3 {
        app.json(&format!("/api/v1/overview?{DAYS}")).await;
    }
    let (_, samples) = metrics(&app).await;
    for (series, wanted) in [
        ("adroit_cache_answers_total{served=\"hit\"}", 2.0),
        ("adroit_cache_answers_total{served=\"miss\"}", 1.0),
        ("adroit_cache_entries", 1.0),
        ("adroit_imports_total{became=\"imported\"}", 1.0),
        ("adroit_imports_total{became=\"already\"}", 1.0),
        ("adroit_imports_total{became=\"refused\"}", 1.0),
        ("adroit_imports_running", 0.0),
        ("adroit_import_seconds_count", 3.0),
        ("adroit_engine_questions_total{ended=\"failed\"}", 0.0),
    ] {
        assert_eq!(samples.get(series), Some(&wanted), "{series}");
    }
    assert!(samples["adroit_engine_questions_total{ended=\"answered\"}"] >= 1.0);
    assert_eq!(samples["adroit_engine_seconds_count"], samples["adroit_line_admitted_total"]);
    assert!(samples["adroit_import_rows_total{were=\"used\"}"] > 0.0);
    if cfg!(target_os = "linux") {
        assert!(samples["adroit_process_resident_bytes"] > 1e6 && samples["adroit_process_threads"] >= 1.0);
        assert!(samples["adroit_process_open_fds"] >= 3.0);
    }
    // Whatever is listed as measured is told, except what has labels of its own.
    let names: BTreeSet<&str> = samples.keys().map(|series| series.split('{').next().unwrap()).collect();
    let has_own = |name: &str| name == "errors" || name.starts_with("vitals_");
    for known in watch::ALL.iter().filter(|known| known.kind == Kind::Counter && !has_own(known.name)) {
        let name = format!("adroit_{}_total", known.name);
        assert!(names.contains(name.as_str()), "{name} is listed but not counted");
    }
}

#[tokio::test]
async fn those_who_collect_can_read_it() {
    let app = TestApp::with_google().await;
    app.page(&format!("/?{DAYS}")).await;
    let (text, _) = metrics(&app).await;
    let reader = "import sys\ntry:\n from prometheus_client.openmetrics.parser import text_string_to_metric_families as read\n\
                  except ImportError:\n sys.exit(77)\nprint(sum(len(f.samples) for f in read(sys.stdin.read())))";
    let started =
        Command::new("python3").args(["-c", reader]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut python) = started else {
        return println!("SKIPPED: Prometheus' own reader, as there is no python3");
    };
    python.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    if output.status.code() == Some(77) {
        return println!("SKIPPED: Prometheus' own reader, as Python has no prometheus_client");
    }
    assert!(output.status.success());
    let read: usize = String::from_utf8(output.stdout).unwrap().trim().parse().unwrap();
    assert_eq!(read, text.lines().filter(|line| !line.starts_with('#')).count());
}

#[tokio::test]
async fn each_answer_has_an_id_and_keeps_that_of_a_proxy() {
    let app = TestApp::empty().await;
    let (one, other) = (app.get("/livez").await, app.get("/nowhere").await);
    assert!(one.header("x-request-id").len() > 8);
    assert_ne!(one.header("x-request-id"), other.header("x-request-id"));
    let asked =
        |id: &str| Request::get("/livez").header("x-request-id", id).header(header::HOST, "localhost");
    let kept = app.send(asked("proxy-0123456789").body(Body::empty()).unwrap()).await;
    assert_eq!(kept.header("x-request-id"), "proxy-0123456789");
    let made = app.send(asked("<script>alert(1)</script>").body(Body::empty()).unwrap()).await;
    assert!(!made.header("x-request-id").contains('<'));
}

#[tokio::test]
async fn what_was_measured_is_remembered_by_the_next_server() {
    let mut app = TestApp::with_google().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watch.sqlite3");
    app.state = app.state.clone().watched_by(Watch::open(&path).await.unwrap());
    for _ in 0..5 {
        app.page(&format!("/?{DAYS}")).await;
    }
    app.state.watch.close().await;
    let next = Watch::open(&path).await.unwrap();
    let now = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(1);
    let hour = next.sum(now - jiff::SignedDuration::from_hours(1), now, |_| true).await.unwrap();
    let standing = watch::Standing::of_readers(&hour);
    assert_eq!((standing.requests, standing.failed, standing.took.count()), (5, 0, 5));
    assert_eq!(standing.availability(), Some(1.0));
}
