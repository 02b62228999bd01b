//! Alert rules and channels on pages, with links and forms alone.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use axum::body::Body;
use axum::http::{Request, header};

use crate::app::{Answer, TestApp};

/// Sends a form.
async fn form(app: &TestApp, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    app.send(request.body(Body::from(body)).unwrap()).await
}

/// A rule that the three days of the fixture are beyond.
const SPEND: [(&str, &str); 13] = [
    ("kind", "threshold"),
    ("name", "Much <spent>"),
    ("metric", "spend"),
    ("is", "above"),
    ("value", "5,50"),
    ("currency", "EUR"),
    ("days", "1"),
    ("each", "account"),
    ("severity", "urgent"),
    ("hold", "0"),
    ("cooldown", "60"),
    ("quiet_from", "22:00"),
    ("quiet_to", "07:00"),
];

#[tokio::test]
async fn a_rule_is_tried_kept_changed_and_deleted() {
    let app = TestApp::with_google().await;
    assert!(app.page("/alerts").await.contains("Make a rule"));
    let list = app.page("/alerts/rules").await;
    assert!(list.contains("/alerts/rules/new?kind=change") && list.contains("None yet."));
    for kind in ["change", "threshold", "no_conversions", "tracking", "pacing", "stale_source", "disk"] {
        assert!(
            app.page(&format!("/alerts/rules/new?kind={kind}")).await.contains("Try on the last 90 days")
        );
    }

    let tried = form(&app, "/alerts/rules", &[SPEND.as_slice(), &[("do", "try")]].concat()).await;
    assert_eq!(tried.status, 200, "{}", tried.text);
    assert!(tried.text.contains("It would have fired once in 90 days"), "{}", tried.text);
    assert!(
        tried.text.contains("value=\"Much &lt;spent&gt;\"")
            || tried.text.contains("value=\"Much &#60;spent&#62;\"")
    );
    assert!(app.page("/alerts/rules").await.contains("None yet."), "trying keeps nothing");

    let kept = form(&app, "/alerts/rules", &SPEND).await;
    assert_eq!((kept.status.as_u16(), kept.header("location")), (303, "/alerts/rules?workspace=default"));
    let list = app.page("/alerts/rules").await;
    assert!(list.contains("Spend above 5.50 over a day") && list.contains("urgent"), "{list}");

    let shown = app.page("/alerts/rules/1").await;
    assert!(shown.contains("value=\"5.5\"") && shown.contains("value=\"22:00\""), "{shown}");
    let mut changed = SPEND.to_vec();
    changed.push(("version", "1"));
    changed.push(("is_off", "1"));
    assert_eq!(form(&app, "/alerts/rules/1", &changed).await.status, 303);
    let late = form(&app, "/alerts/rules/1", &changed).await;
    assert_eq!(late.status, 412);
    assert!(
        late.text.contains("Somebody else changed it") && late.text.contains("name=\"version\" value=\"2\"")
    );
    assert!(app.page("/alerts/rules").await.contains(">off<"));

    assert_eq!(form(&app, "/alerts/rules/1/mute", &[("hours", "24")]).await.status, 303);
    assert!(app.page("/alerts/rules").await.contains("muted until"));
    assert_eq!(form(&app, "/alerts/rules/1/delete", &[("version", "2")]).await.status, 303);
    assert!(app.page("/alerts/rules").await.contains("None yet."));
}

#[tokio::test]
async fn what_was_typed_comes_back_with_what_is_wrong() {
    let app = TestApp::with_google().await;
    let typed = [
        ("kind", "change"),
        ("name", "CPA"),
        ("metric", "cpa"),
        ("is", "above"),
        ("by", "half"),
        ("days", "7"),
        ("baseline_days", "28"),
    ];
    let told = form(&app, "/alerts/rules", &typed).await;
    assert_eq!(told.status, 400);
    assert!(told.text.contains("role=\"alert\"") && told.text.contains("value=\"half\""), "{}", told.text);
}

#[tokio::test]
async fn channels_are_made_tested_and_deleted_and_show_no_secret_twice() {
    let app = TestApp::with_google().await;
    let page = app.page("/alerts/channels").await;
    assert!(page.contains("No mail server is set") && page.contains("None yet."));
    let wrong =
        form(&app, "/alerts/channels", &[("kind", "mail"), ("name", "Ada"), ("address", "nobody")]).await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.text.contains("is no e-mail address"), "{}", wrong.text);
    let hook =
        [("kind", "webhook"), ("name", "Ops"), ("address", "https://hooks.example.org/T0/very-secret")];
    let made = form(&app, "/alerts/channels", &hook).await;
    assert!(made.text.contains("whsec_") && !made.text.contains("very-secret"), "{}", made.text);
    let page = app.page("/alerts/channels").await;
    assert!(page.contains("hooks.example.org") && !page.contains("whsec_") && !page.contains("very-secret"));
    assert!(app.page("/alerts/rules/new").await.contains("Ops (Webhook)"));
    let mail =
        form(&app, "/alerts/channels", &[("kind", "mail"), ("name", "Ada"), ("address", "ada@example.org")])
            .await;
    assert_eq!(mail.status, 303);
    let tested = form(&app, "/alerts/channels/2/test", &[]).await;
    assert!(tested.text.contains("no mail server is set"), "{}", tested.text);
    assert_eq!(form(&app, "/alerts/channels/1/delete", &[]).await.status, 303);
    assert!(!app.page("/alerts/channels").await.contains("hooks.example.org"));
}
