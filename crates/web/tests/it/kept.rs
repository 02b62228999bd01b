//! For how long what is kept is kept, and a second factor that is demanded.

use axum::http::Method;
use people::Role;
use serde_json::json;

use crate::app::{ADA, PASSWORD, TestApp};

#[tokio::test]
async fn who_runs_the_server_says_for_how_long_data_is_kept() {
    let app = TestApp::with_google().await.closing().await;
    let ada = app.sign_in(ADA, PASSWORD).await;
    let path = "/api/v1/status/retention";
    let always = json!({"audit_log": null, "alerts": null, "tokens": null});
    assert_eq!(app.get_as(&ada, path).await.json(), always);
    let set = app.send_as(&ada, Method::PUT, path, Some(json!({"audit_log": 365, "alerts": 90}))).await;
    assert_eq!(set.status, 200, "{}", set.text);
    let kept = json!({"audit_log": 365, "alerts": 90, "tokens": null});
    assert_eq!(app.get_as(&ada, path).await.json(), kept);
    for (body, parameter) in [(json!({"audit_log": 29}), "audit_log"), (json!({"tokens": 40_000}), "tokens")]
    {
        let refused = app.send_as(&ada, Method::PUT, path, Some(body)).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["parameter"]), (400, &json!(parameter)));
    }
    // On the page nothing is removed by mistake.
    let form = [("audit_log", "30"), ("alerts", ""), ("tokens", "")];
    let unsure = app.post_as(&ada, "/status/retention", &form).await;
    assert_eq!(unsure.status, 400);
    assert!(
        unsure.text.contains("value=\"30\"") && unsure.text.contains("role=\"alert\""),
        "{}",
        unsure.text
    );
    assert_eq!(app.get_as(&ada, path).await.json(), kept);
    let sure = [&form[..], &[("sure", "true")]].concat();
    assert_eq!(app.post_as(&ada, "/status/retention", &sure).await.status, 303);
    let now = app.get_as(&ada, path).await.json();
    assert_eq!(now, json!({"audit_log": 30, "alerts": null, "tokens": null}));
    let log = app.get_as(&ada, "/api/v1/audit").await.json();
    assert_eq!(log["entries"][0]["action"], "retention_changed");
    assert_eq!(log["entries"][0]["before"], kept);
    app.person("eve@example.org", Role::Admin, Some(1)).await;
    let eve = app.sign_in("eve@example.org", PASSWORD).await;
    assert_eq!(app.get_as(&eve, "/status/retention").await.status, 403, "it is the server's");
}

#[tokio::test]
async fn where_a_second_factor_is_demanded_who_has_none_sees_nothing_until_they_set_one() {
    let app = TestApp::with_google().await.closing().await;
    let ada = app.sign_in(ADA, PASSWORD).await;
    let person = app.person("bob@example.org", Role::Editor, None).await;
    let bob = app.sign_in("bob@example.org", PASSWORD).await;
    let path = "/api/v1/organisation/second-factor?workspace=default";
    let demand = |cookie: String| {
        let app = app.clone();
        async move {
            app.send_as(&cookie, Method::PUT, path, Some(json!({"is_demanded": true}))).await.status.as_u16()
        }
    };
    assert_eq!(demand(bob.clone()).await, 403);
    assert_eq!(demand(ada.clone()).await, 409, "she would lock herself out");
    let catalog = app.state.ledger.catalog();
    let by = store::catalog::Actor::this_machine();
    let me = catalog.person_by_email(ADA).await.unwrap().unwrap().person.id;
    catalog.set_second_factor(&by, me, Some("sealed"), &[]).await.unwrap();
    app.person("wes@example.org", Role::Admin, Some(1)).await;
    let wes = app.sign_in("wes@example.org", PASSWORD).await;
    assert_eq!(demand(wes).await, 403, "it takes an admin of the whole organisation");
    assert_eq!(demand(ada.clone()).await, 200);
    assert_eq!(app.get_as(&ada, path).await.json(), json!({"is_demanded": true}));

    assert_eq!(app.get_as(&ada, "/api/v1/overview").await.status, 200);
    let refused = app.get_as(&bob, "/api/v1/overview").await;
    assert_eq!((refused.status.as_u16(), &refused.json()["type"]), (403, &json!("urn:adroit:second-factor")));
    let led = app.get_as(&bob, "/campaigns").await;
    assert_eq!((led.status.as_u16(), led.header("location")), (303, "/account/second-factor"));
    let account = app.get_as(&bob, "/account").await;
    assert_eq!(account.status, 200);
    assert!(account.text.contains("Your organisation demands one"), "{}", account.text);
    assert_eq!(app.get_as(&bob, "/account/second-factor").await.status, 200);
    assert_eq!(app.get_as(&bob, "/api/v1/me").await.json()["workspaces"], json!([]));

    catalog.set_second_factor(&by, person, Some("sealed"), &[]).await.unwrap();
    assert_eq!(app.get_as(&bob, "/api/v1/overview").await.status, 200);
}
