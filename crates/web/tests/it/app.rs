//! A whole server in a temporary folder, asked without a network.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode, header};
use bytes::Bytes;
use domain::Level;
use http_body_util::BodyExt;
use insight::Insight;
use ledger::Ledger;
use people::{Cost, Password, Role};
use serde_json::Value;
use store::Facts;
use store::catalog::{Actor, Grant, NewPerson};
use store::facts::FactsError;
use tower::ServiceExt;
use watch::Watch;
use web::{AppState, Limits, Rules, local_router, router};

/// Two campaigns over three days, captured on the last of them.
pub const GOOGLE: &str = include_str!("fixtures/google.csv");
/// One campaign in dollars over two of the days.
pub const META: &str = include_str!("fixtures/meta.csv");
/// When GOOGLE was taken.
pub const TAKEN: &str = "2026-11-03T06:12:00Z";

/// The owner of [`TestApp::closed`], and the password of everybody.
pub const ADA: &str = "ada@example.org";
pub const PASSWORD: &str = "correct horse battery";

/// A whole server.
#[derive(Clone)]
pub struct TestApp {
    pub state: AppState,
    _folder: Arc<tempfile::TempDir>,
}

/// An engine that answers nothing until this is dropped.
pub struct HeldEngine {
    release: Option<mpsc::Sender<()>>,
    holder: Option<JoinHandle<()>>,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub response: Response<()>,
    pub text: String,
}

impl TestApp {
    /// Without any data.
    pub async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = store::facts::Limits { memory_mib: 256, threads: 2 };
        let ledger = Ledger::open(folder.path(), engine).await.unwrap();
        let insight = Arc::new(Insight::new(ledger.facts().clone()));
        let limits = Limits { upload_bytes: 1 << 20, ..Limits::default() };
        let watch = Watch::open(&folder.path().join("watch.sqlite3")).await.unwrap();
        let state =
            AppState::new(ledger, insight, folder.path()).with_limits(limits).watched_by(watch).open_to_all();
        Self { state, _folder: Arc::new(folder) }
    }

    /// With people who sign in: its owner is [`ADA`], her password is [`PASSWORD`].
    pub async fn closed() -> Self {
        Self::empty().await.closing().await
    }

    /// The same folder, for people who sign in.
    pub async fn closing(self) -> Self {
        let rules = Rules { cost: Cost::LEAST, pace: None, ..Rules::default() };
        let state = self.state.clone().entered_by(rules);
        let hash = Password::hash(PASSWORD, Cost::LEAST).unwrap();
        let by = Actor::this_machine();
        state.ledger.catalog().set_up(&by, "Northwind", ADA, "Ada", &hash).await.unwrap();
        Self { state, ..self }
    }

    /// Makes somebody with a role in all workspaces of an organisation, or in one, whose password is [`PASSWORD`].
    pub async fn person(&self, email: &str, role: Role, workspace: Option<u32>) -> u32 {
        let hash = Password::hash(PASSWORD, Cost::LEAST).unwrap();
        let grant = Grant { role, organisation: 1, workspace, accounts: None };
        let new = NewPerson { email, name: email, password_hash: Some(&hash), grant };
        self.state.ledger.catalog().add_person(&Actor::this_machine(), &new).await.unwrap()
    }

    /// Signs somebody in; gives the cookie that their browser sends from then on.
    pub async fn sign_in(&self, email: &str, password: &str) -> String {
        let answer = self.post_as("", "/sign-in", &[("email", email), ("password", password)]).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        answer.cookie()
    }

    /// What stands at a path for who has a cookie.
    pub async fn get_as(&self, cookie: &str, path: &str) -> Answer {
        self.send_as(cookie, Method::GET, path, None).await
    }

    /// Sends a form as who has a cookie.
    pub async fn post_as(&self, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path)
            .header(header::COOKIE, cookie)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form)).unwrap()).await
    }

    /// How a path is answered for who has a cookie, without waiting for the end of the answer.
    pub async fn status_as(&self, cookie: &str, path: &str) -> StatusCode {
        let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
        router(self.state.clone()).oneshot(request).await.unwrap().status()
    }

    /// Sends JSON as who has a cookie.
    pub async fn send_as(&self, cookie: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, cookie)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/json");
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(request.body(body).unwrap()).await
    }

    /// What stands at a path for a program with a token.
    pub async fn get_with_token(&self, token: &str, path: &str) -> Answer {
        let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// The same folder behind a server with other bounds, which has kept and counted nothing yet.
    pub fn with_limits(&self, limits: Limits) -> Self {
        Self { state: self.state.clone().with_limits(limits), ..self.clone() }
    }

    /// Takes every connection to the engine, and the one that makes more.
    pub fn hold_engine(&self) -> HeldEngine {
        fn hold(facts: &Facts, connections: u32, then: &dyn Fn()) {
            if connections == 0 {
                let _staging = facts.stage(1, Level::Campaign).unwrap();
                return then();
            }
            let held: Result<(), FactsError> = facts.read(|_| {
                hold(facts, connections - 1, then);
                Ok(())
            });
            held.unwrap();
        }
        let facts = self.state.insight.facts().clone();
        let ((release, released), (held, is_held)) = (mpsc::channel::<()>(), mpsc::channel());
        let holder = std::thread::spawn(move || {
            hold(&facts, 16, &|| {
                held.send(()).unwrap();
                assert!(released.recv().is_err(), "it ends with its sender");
            });
        });
        is_held.recv().unwrap();
        HeldEngine { release: Some(release), holder: Some(holder) }
    }

    /// With GOOGLE imported.
    pub async fn with_google() -> Self {
        let app = Self::empty().await;
        app.import("google.csv", GOOGLE, &[("captured_at", TAKEN)]).await;
        app
    }

    /// With GOOGLE and META imported.
    pub async fn with_two_currencies() -> Self {
        let app = Self::with_google().await;
        app.import("meta.csv", META, &[("captured_at", TAKEN)]).await;
        app
    }

    /// Imports a file, which must succeed, and gives its report.
    pub async fn import(&self, name: &str, content: &str, fields: &[(&str, &str)]) -> Value {
        let answer = self.upload("/api/v1/imports", name, content.as_bytes(), fields).await;
        assert!(answer.status.is_success(), "{}", answer.text);
        answer.json()
    }

    /// Sends a form with a file.
    pub async fn upload(&self, path: &str, name: &str, content: &[u8], fields: &[(&str, &str)]) -> Answer {
        let mut body = Vec::new();
        for (field, text) in fields {
            body.extend(
                format!("--edge\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{text}\r\n")
                    .bytes(),
            );
        }
        body.extend(
            format!("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n")
                .bytes(),
        );
        body.extend_from_slice(content);
        body.extend(b"\r\n--edge--\r\n");
        let request = Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// What stands at a path.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// What stands at a path, which must be there, as JSON.
    pub async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.json()
    }

    /// What stands at a path, which must be there, as a page.
    pub async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        assert!(answer.header("content-type").starts_with("text/html"), "{path}");
        assert!(!answer.text.contains("style=") && answer.text.matches("<script").count() == 1, "{path}");
        answer.text
    }

    /// Changes something without a body.
    pub async fn post(&self, path: &str) -> Answer {
        self.send(Request::post(path).body(Body::empty()).unwrap()).await
    }

    /// Any request to the router that the network sees.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        answered(router(self.state.clone()), request).await
    }

    /// The same with the bytes of the body as they are sent.
    pub async fn bytes(&self, request: Request<Body>) -> (Answer, Bytes) {
        let (parts, body) = router(self.state.clone()).oneshot(request).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let response = Response::from_parts(parts, ());
        (Answer { status: response.status(), response, text: String::new() }, bytes)
    }

    /// Any request to the router of the local socket.
    pub async fn send_locally(&self, path: &str, body: Value) -> Answer {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        answered(local_router(self.state.clone()), request.body(Body::from(body.to_string())).unwrap()).await
    }
}

impl Drop for HeldEngine {
    fn drop(&mut self) {
        drop(self.release.take());
        if let Some(holder) = self.holder.take() {
            holder.join().unwrap();
        }
    }
}

pub async fn answered(router: axum::Router, request: Request<Body>) -> Answer {
    let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Answer { status: parts.status, response: Response::from_parts(parts, ()), text }
}

impl Answer {
    /// An answer of which nothing but its status is known.
    pub fn of(status: StatusCode) -> Self {
        let mut response = Response::new(());
        *response.status_mut() = status;
        Self { status, response, text: String::new() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The cookie that it sets, as a browser sends it back.
    pub fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().unwrap().to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

/// The text between two marks, the first included.
pub fn part<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let start = page.find(from).unwrap_or_else(|| panic!("no {from} in {page}"));
    let end = page[start..].find(to).unwrap_or_else(|| panic!("no {to} in {page}"));
    &page[start..start + end]
}
