//! Plans through the API: decided, held against spend, changed only from the version that was read, undone.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};

use crate::app::{Answer, TestApp};

/// Sends JSON, under a tag if one is given.
pub async fn send(app: &TestApp, method: Method, path: &str, tag: &str, body: Value) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
    if !tag.is_empty() {
        request = request.header(header::IF_MATCH, tag);
    }
    app.send(request.body(Body::from(body.to_string())).unwrap()).await
}

/// Makes a plan, which must succeed.
pub async fn made(app: &TestApp, body: Value) -> Value {
    let answer = send(app, Method::POST, "/api/v1/plans", "", body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()
}

/// The number of a campaign by its name.
pub async fn campaign(app: &TestApp, name: &str) -> u64 {
    let list = app.json("/api/v1/campaigns?range=all").await;
    let rows = list["rows"].as_array().unwrap();
    rows.iter().find(|row| row["campaign"] == name).unwrap()["campaign_id"].as_u64().unwrap()
}

#[tokio::test]
async fn a_plan_is_made_read_changed_and_deleted() {
    let app = TestApp::with_google().await;
    let brand = campaign(&app, "Brand").await;
    let made = made(
        &app,
        json!({"campaign": brand, "monthly_budget_micros": 300_000_000, "currency": "EUR", "target_roas": 4.5,
               "labels": ["brand", " core  set "], "owner": "Ada", "from": "2026-11-01"}),
    )
    .await;
    assert_eq!(
        (made["campaign_name"].as_str(), made["labels"][1].as_str()),
        (Some("Brand"), Some("core set"))
    );
    let path = format!("/api/v1/plans/{}", made["id"]);
    let read = app.get(&path).await;
    assert_eq!(read.header("etag"), "\"1\"");

    let changed = send(&app, Method::PATCH, &path, "\"1\"", json!({"owner": null, "target_roas": 5})).await;
    assert_eq!((changed.status.as_u16(), changed.header("etag")), (200, "\"2\""), "{}", changed.text);
    let changed = changed.json();
    assert_eq!((&changed["owner"], &changed["labels"][0]), (&Value::Null, &json!("brand")));

    let put = send(&app, Method::PUT, &path, "\"2\"", json!({"owner": "Grace"})).await.json();
    assert_eq!((&put["owner"], &put["monthly_budget_micros"]), (&json!("Grace"), &Value::Null));
    let same = send(&app, Method::PATCH, &path, "\"3\"", json!({"owner": "Grace"})).await;
    assert_eq!(same.header("etag"), "\"3\"", "what changes nothing is no change");

    assert_eq!(send(&app, Method::DELETE, &path, "\"3\"", json!(null)).await.status, 204);
    assert_eq!(app.get(&path).await.status, 404);
    let changes = app.json(&format!("{path}/changes")).await;
    let told: Vec<_> =
        changes["changes"].as_array().unwrap().iter().map(|change| &change["version"]).collect();
    assert_eq!(told, [4, 3, 2, 1]);
    assert_eq!(changes["changes"][2]["before"]["owner"], "Ada");
    assert_eq!(changes["changes"][0]["changed_by"], "local");

    let back = send(&app, Method::POST, &format!("{path}/changes/4/undo"), "\"4\"", json!(null)).await;
    assert_eq!((back.status.as_u16(), &back.json()["owner"]), (200, &json!("Grace")));
}

#[tokio::test]
async fn a_change_carries_the_version_it_was_read_at() {
    let app = TestApp::with_google().await;
    let brand = campaign(&app, "Brand").await;
    let made = made(&app, json!({"campaign": brand, "owner": "Ada", "notes": "a"})).await;
    let path = format!("/api/v1/plans/{}", made["id"]);
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let answer = send(&app, method.clone(), &path, "", json!({"owner": "Eve"})).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["type"].as_str()),
            (428, Some("urn:adroit:if-match")),
            "{method}"
        );
        assert_eq!(send(&app, method, &path, "three", json!({"owner": "Eve"})).await.status, 400);
    }
    send(&app, Method::PATCH, &path, "\"1\"", json!({"owner": "Grace"})).await;
    let late = send(&app, Method::PATCH, &path, "\"1\"", json!({"owner": "Eve", "notes": "a"})).await;
    assert_eq!(late.status, 412);
    assert_eq!(late.header("content-type"), "application/problem+json");
    let problem = late.json();
    assert_eq!(problem["difference"], json!([{"field": "owner", "yours": "Eve", "theirs": "Grace"}]));
    let undo = format!("{path}/changes/2/undo");
    assert_eq!(send(&app, Method::POST, &undo, "", json!(null)).await.status, 428);
    assert_eq!(send(&app, Method::POST, &undo, "\"1\"", json!(null)).await.status, 412);
    let undone = send(&app, Method::POST, &undo, "\"2\"", json!(null)).await;
    assert_eq!(undone.json()["owner"], "Ada");
    let again = send(&app, Method::POST, &undo, "\"3\"", json!(null)).await;
    assert_eq!(
        (again.status.as_u16(), again.json()["detail"].as_str().unwrap().contains("owner")),
        (409, true)
    );
}

#[tokio::test]
async fn what_is_wrong_is_named_with_what_would_be_right() {
    let app = TestApp::with_google().await;
    let brand = campaign(&app, "Brand").await;
    for (body, parameter) in [
        (json!({"campaign": brand, "status": "paused"}), "status"),
        (json!({"campaign": brand, "monthly_budget_micros": 5}), "currency"),
        (json!({"campaign": brand, "monthly_budget_micros": -5, "currency": "EUR"}), "monthly_budget_micros"),
        (
            json!({"campaign": brand, "target_roas": 2, "target_cpa_micros": 1, "currency": "EUR"}),
            "target_roas",
        ),
        (json!({"campaign": brand, "from": "2026-11-02", "to": "2026-11-01"}), "to"),
        (json!({"campaign": brand, "labels": ["a,b"]}), "labels"),
        (json!({"campaign": 4_000_000, "owner": "Ada"}), "campaign"),
        (json!({"campaign": 0}), "campaign"),
        (json!({"owner": "Ada"}), "campaign"),
        (json!({"label": "a", "campaign": brand}), "label"),
        (json!({"planned": {"platform": "google_ads", "name": " "}}), "name"),
    ] {
        let answer = send(&app, Method::POST, "/api/v1/plans", "", body.clone()).await;
        let problem = answer.json();
        assert_eq!(
            (answer.status.as_u16(), problem["parameter"].as_str()),
            (400, Some(parameter)),
            "{body}: {problem}"
        );
        assert!(problem["remedy"].as_str().is_some_and(|remedy| !remedy.is_empty()), "{problem}");
    }
    for body in ["", "[]", "{", "null"] {
        let request = Request::post("/api/v1/plans").body(Body::from(body)).unwrap();
        assert_eq!(app.send(request).await.json()["type"], "urn:adroit:body", "{body}");
    }
    assert_eq!(app.get("/api/v1/plans?colour=red").await.status, 400);
    assert_eq!(app.get("/api/v1/plans/seven").await.status, 404);
    made(&app, json!({"campaign": brand})).await;
    let twice = send(&app, Method::POST, "/api/v1/plans", "", json!({"campaign": brand})).await;
    assert_eq!((twice.status.as_u16(), twice.json()["type"].as_str()), (409, Some("urn:adroit:taken")));
}

#[tokio::test]
async fn other_sites_change_no_plan() {
    let app = TestApp::with_google().await;
    for path in ["/api/v1/plans", "/api/v1/plans/bulk", "/plans", "/plans/bulk", "/plans/1/delete", "/views"]
    {
        let request = Request::post(path).header("sec-fetch-site", "cross-site");
        let answer = app.send(request.body(Body::from("{\"label\":\"a\"}")).unwrap()).await;
        assert_eq!(answer.status, 403, "{path}");
    }
    assert_eq!(app.json("/api/v1/plans").await["plans"], json!([]));
}

#[tokio::test]
async fn spend_is_held_against_the_budget() {
    let app = TestApp::with_two_currencies().await;
    let generic = campaign(&app, "=1+1 Generic").await;
    let budget = |micros: i64, currency: &str| json!({"campaign": generic, "monthly_budget_micros": micros, "currency": currency, "labels": ["all"]});
    let plan = made(&app, budget(30_000_000_000, "EUR")).await;
    // The third day was not over when it was taken: two of thirty days are settled.
    let pacing = &plan["pacing"];
    assert_eq!(pacing["spent_micros"], 2_000_500_000_i64);
    assert_eq!((&pacing["settled_to"], &pacing["known_to"]), (&json!("2026-11-02"), &json!("2026-11-03")));
    assert_eq!(pacing["expected_micros"], 2_000_000_000_i64);
    assert_eq!(pacing["pace"], "on_pace");

    let path = format!("/api/v1/plans/{}", plan["id"]);
    let dollars = send(&app, Method::PATCH, &path, "\"1\"", json!({"currency": "USD"})).await.json();
    assert_eq!(dollars["pacing"], Value::Null);
    assert!(dollars["no_pacing"].as_str().unwrap().contains("EUR"), "{dollars}");
    let later = json!({"currency": "EUR", "from": "2026-12-01"});
    let later = send(&app, Method::PATCH, &path, "\"2\"", later).await.json();
    assert!(later["no_pacing"].as_str().unwrap().contains("month"), "{later}");

    let brand = campaign(&app, "Brand").await;
    made(&app, json!({"campaign": brand, "labels": ["all"]})).await;
    let group = json!({"label": "all", "monthly_budget_micros": 3_000_000_000_i64, "currency": "EUR"});
    let group = made(&app, group).await;
    assert_eq!(group["pacing"]["spent_micros"], 2_025_500_000_i64, "both campaigns as one");
    let listed = app.json("/api/v1/plans?label=all").await;
    assert_eq!(listed["plans"].as_array().unwrap().len(), 2);
    let list = app.json("/api/v1/campaigns?range=all&label=all").await;
    assert_eq!(list["row_count"], 2);
    assert_eq!(app.json("/api/v1/campaigns?range=all&label=nobody").await["row_count"], 0);
}

#[tokio::test]
async fn several_are_changed_as_one_after_a_look() {
    let app = TestApp::with_google().await;
    let (brand, generic) = (campaign(&app, "Brand").await, campaign(&app, "=1+1 Generic").await);
    made(&app, json!({"campaign": brand, "owner": "Ada", "labels": ["old"]})).await;
    let edit = json!({"campaigns": [brand, generic], "set": {"owner": "Grace"}, "add_labels": ["new"], "remove_labels": ["old"]});
    let with = |more: Value| {
        let mut edit = edit.clone();
        edit.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        edit
    };
    let bulk = async |tag: &str, body: Value| send(&app, Method::POST, "/api/v1/plans/bulk", tag, body).await;
    assert_eq!(bulk("", edit.clone()).await.status, 428);
    let look = bulk("", with(json!({"dry_run": true}))).await;
    assert_eq!(look.status, 200, "{}", look.text);
    let tag = look.header("etag").to_owned();
    let look = look.json();
    assert_eq!((look["changes"].as_array().unwrap().len(), &look["bulk"]), (2, &Value::Null));
    assert_eq!(look["changes"][0]["after"]["labels"], json!(["new"]));
    assert_eq!(
        app.json("/api/v1/plans").await["plans"].as_array().unwrap().len(),
        1,
        "a dry run changes nothing"
    );

    let done = bulk(&tag, edit.clone()).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let number = done.json()["bulk"].as_u64().unwrap();
    assert_eq!(bulk(&tag, edit.clone()).await.status, 412, "what was shown is not so any more");

    let undo = send(&app, Method::POST, &format!("/api/v1/plans/bulk/{number}/undo"), "", json!(null)).await;
    assert_eq!(undo.json()["changes"].as_array().unwrap().len(), 2);
    let left = app.json("/api/v1/plans").await;
    assert_eq!((left["plans"].as_array().unwrap().len(), &left["plans"][0]["owner"]), (1, &json!("Ada")));
    assert_eq!(send(&app, Method::POST, "/api/v1/plans/bulk/999/undo", "", json!(null)).await.status, 404);

    for (body, parameter) in [
        (json!({"campaigns": [], "set": {"owner": "x"}}), "campaigns"),
        (json!({"campaigns": [brand, 999_999], "set": {"owner": "x"}, "dry_run": true}), "campaigns"),
        (json!({"campaigns": [brand], "dry_run": true}), "set"),
        (json!({"campaigns": [brand], "set": {"bid": 1}, "dry_run": true}), "bid"),
        (json!({"campaigns": [brand], "set": {"owner": "x"}, "colour": "red"}), "colour"),
    ] {
        assert_eq!(bulk("\"x\"", body.clone()).await.json()["parameter"], parameter, "{body}");
    }
}
