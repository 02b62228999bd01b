//! Saved views through the API.

use axum::http::Method;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::plans::send;

#[tokio::test]
async fn views_are_saved_named_deleted_and_brought_back_over_the_api() {
    let app = TestApp::with_google().await;
    let ask = async |method: Method, path: &str, body: Value| {
        let answer = send(&app, method, path, "", body).await;
        (answer.status.as_u16(), serde_json::from_str(&answer.text).unwrap_or(Value::Null))
    };
    let names = async || -> Vec<String> {
        let views = app.json("/api/v1/views").await;
        views["views"].as_array().unwrap().iter().map(|view| view["name"].as_str().unwrap().into()).collect()
    };
    let body =
        json!({"name": " Losing   money ", "address": "/campaigns?sort=-spend&after=x&workspace=default"});
    let (status, view) = ask(Method::POST, "/api/v1/views", body).await;
    assert_eq!((status, &view["name"]), (201, &json!("Losing money")), "{view}");
    assert_eq!(view["address"], "/campaigns?sort=-spend", "an address has one form");
    assert_eq!(names().await, ["Losing money"]);
    assert!(
        app.page("/views").await.contains("<bdi>Losing money</bdi>"),
        "pages and API have the same views"
    );

    let one = format!("/api/v1/views/{}", view["id"]);
    assert_eq!(ask(Method::PATCH, &one, json!({"name": "Losers"})).await.1["name"], "Losers");
    assert_eq!(ask(Method::DELETE, &one, Value::Null).await.0, 204);
    assert!(names().await.is_empty());
    assert_eq!(ask(Method::POST, &format!("{one}/undelete"), Value::Null).await.0, 200);
    assert_eq!(names().await, ["Losers"]);
}

#[tokio::test]
async fn what_cannot_be_saved_is_refused_with_a_remedy() {
    let app = TestApp::with_google().await;
    let saved = send(&app, Method::POST, "/api/v1/views", "", json!({"name": "All", "address": "/"})).await;
    assert_eq!(saved.status, 201);
    for (method, path, body, status) in [
        (Method::POST, "/api/v1/views", json!({"name": "All", "address": "/campaigns"}), 409),
        (Method::POST, "/api/v1/views", json!({"name": "x", "address": "https://evil.example/"}), 400),
        (Method::POST, "/api/v1/views", json!({"name": "", "address": "/"}), 400),
        (Method::POST, "/api/v1/views", json!({"name": "x", "address": "/", "colour": 1}), 400),
        (Method::POST, "/api/v1/views?workspace=other", json!({"name": "x", "address": "/"}), 400),
        (Method::PATCH, "/api/v1/views/9", json!({"name": "x"}), 404),
        (Method::DELETE, "/api/v1/views/9", Value::Null, 404),
        (Method::DELETE, "/api/v1/views/x", Value::Null, 404),
    ] {
        let answer = send(&app, method, path, "", body).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
        assert!(!answer.json()["detail"].as_str().unwrap().is_empty(), "{path}");
    }
}
