//! Plans on pages, with links and forms alone.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::json;

use crate::app::{Answer, GOOGLE, TAKEN, TestApp, part};
use crate::plans::{campaign, made, send};

/// Sends a form.
async fn form(app: &TestApp, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    app.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn a_campaigns_plan_is_made_changed_undone_and_brought_back() {
    let app = TestApp::with_google().await;
    let brand = campaign(&app, "Brand").await;
    let page = format!("/campaigns/{brand}?from=2026-11-01&to=2026-11-03");
    let empty = app.page(&page).await;
    assert!(empty.contains("No budget, target or labels are planned.") && empty.contains("value=\"EUR\""));

    let id = brand.to_string();
    let fields = [
        ("campaign", id.as_str()),
        ("budget", "250"),
        ("currency", "eur"),
        ("target", "cpa"),
        ("target_value", "5,50"),
        ("labels", "brand, core"),
        ("owner", "Ada"),
        ("notes", "line one\r\nline two"),
        ("from", ""),
        ("to", ""),
    ];
    let answer = form(&app, "/plans?from=2026-11-01&to=2026-11-03", &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    assert_eq!(answer.header("location"), format!("{page}#plan"));
    let shown = app.page(&page).await;
    insta::assert_snapshot!("plan_panel", panel(&shown));
    let tiles = part(&shown, "<section class=\"tiles\"", "</section>");
    assert!(tiles.contains("✗ ≤ 5.50") || tiles.contains("✓ ≤ 5.50"), "{tiles}");

    let answer = form(&app, "/plans/1", &[("version", "1"), ("budget", "300"), ("currency", "EUR")]).await;
    assert_eq!(answer.status, 303);
    let changed = app.page(&page).await;
    assert!(
        changed.contains("<del><bdi>250.00 EUR</bdi></del> → <ins><bdi>300.00 EUR</bdi></ins>"),
        "{}",
        panel(&changed)
    );
    form(&app, "/plans/1/changes/2/undo", &[]).await;
    assert!(panel(&app.page(&page).await).contains("<dd><bdi>250.00 EUR</bdi></dd>"));

    let answer = form(&app, "/plans/1/delete", &[("version", "3")]).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    let gone = app.page(&page).await;
    assert!(gone.contains("deleted the plan") && gone.contains("/plans/1/changes/4/undo"));
    assert!(app.page("/plans").await.contains("Bring it back"));
    form(&app, "/plans/1/changes/4/undo", &[]).await;
    assert!(panel(&app.page(&page).await).contains("250.00 EUR"));
}

/// The plan's panel, without when things were changed.
fn panel(page: &str) -> String {
    let panel = part(page, "<section class=\"panel\" id=\"plan\"", "</section>");
    let mut parts = panel.split("<time ");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text += &format!("<time{}", &part[part.find("</time>").unwrap()..]);
    }
    text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn who_loses_the_race_sees_both_and_keeps_what_they_typed() {
    let app = TestApp::with_google().await;
    let brand = campaign(&app, "Brand").await;
    made(
        &app,
        json!({"campaign": brand, "monthly_budget_micros": 100_000_000, "currency": "EUR", "owner": "Ada"}),
    )
    .await;
    let theirs = json!({"monthly_budget_micros": 200_000_000, "owner": "Grace"});
    send(&app, Method::PATCH, "/api/v1/plans/1", "\"1\"", theirs).await;
    let mine =
        [("version", "1"), ("budget", "350"), ("currency", "EUR"), ("owner", "Ada"), ("notes", "mine")];
    let lost = form(&app, "/plans/1", &mine).await;
    assert_eq!(lost.status, 412);
    for shown in [
        "Somebody else changed this plan",
        "name=\"version\" value=\"2\"",
        "name=\"budget\" value=\"350\"",
        "name=\"owner\" value=\"Grace\"",
        "<bdi>350</bdi></td><td class=\"prose\"><bdi>200.00</bdi>",
        "not changed by you",
    ] {
        assert!(lost.text.contains(shown), "{shown}: {}", part(&lost.text, "<main", "</main>"));
    }
    let plan = app.json("/api/v1/plans/1").await;
    assert_eq!((&plan["version"], &plan["owner"]), (&json!(2), &json!("Grace")), "nothing was lost");
    let again =
        [("version", "2"), ("budget", "350"), ("currency", "EUR"), ("owner", "Grace"), ("notes", "mine")];
    assert_eq!(form(&app, "/plans/1", &again).await.status, 303);
}

#[tokio::test]
async fn what_was_typed_wrong_comes_back_as_it_was_typed() {
    let app = TestApp::with_google().await;
    let brand = campaign(&app, "Brand").await.to_string();
    for (field, value, told) in [
        ("budget", "1,500", "may mean two amounts"),
        ("budget", "=cmd|' /C calc'!A0", "is no amount"),
        ("currency", "EURO", "Currency"),
        ("from", "soon", "From"),
        ("target_value", "5", "it is not said which target"),
    ] {
        let answer = form(&app, "/plans", &[("campaign", &brand), ("owner", "Ada"), (field, value)]).await;
        assert_eq!(answer.status, 400, "{field}");
        let main = part(&answer.text, "<main", "</main>");
        assert!(main.contains(told) && main.contains("name=\"owner\" value=\"Ada\""), "{field}: {main}");
    }
    assert_eq!(form(&app, "/plans", &[("campaign", &brand), ("colour", "red")]).await.status, 400);
    assert_eq!(app.json("/api/v1/plans").await["plans"], json!([]));
}

#[tokio::test]
async fn a_planned_campaign_is_matched_when_somebody_says_so() {
    let app = TestApp::empty().await;
    let fields = [("platform", "google_ads"), ("name", "brand"), ("budget", "900"), ("currency", "EUR")];
    let answer = form(&app, "/plans", &fields).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/plans/1"), "{}", answer.text);
    let page = app.page("/plans").await;
    assert!(page.contains("<bdi>brand</bdi>") && !page.contains("This is it"));
    app.import("google.csv", GOOGLE, &[("captured_at", TAKEN)]).await;
    let brand = campaign(&app, "Brand").await.to_string();
    let page = app.page("/plans").await;
    assert!(page.contains("has this name") && page.contains("This is it"));
    let wrong = campaign(&app, "=1+1 Generic").await.to_string();
    let answer = form(&app, "/plans/1/match", &[("version", "1"), ("campaign", &wrong)]).await;
    assert_eq!(answer.status, 400, "only what has the name");
    let answer = form(&app, "/plans/1/match", &[("version", "1"), ("campaign", &brand)]).await;
    assert_eq!(answer.header("location"), format!("/campaigns/{brand}#plan"), "{}", answer.text);
    let page = app.page(&format!("/campaigns/{brand}")).await;
    assert!(page.contains("900.00 EUR") && page.contains("matched it"));
    form(&app, "/plans/1/changes/2/undo", &[]).await;
    assert!(app.page("/plans").await.contains("This is it"), "a match can be undone");
}

#[tokio::test]
async fn chosen_campaigns_are_planned_as_one() {
    let app = TestApp::with_google().await;
    let (brand, generic) = (campaign(&app, "Brand").await, campaign(&app, "=1+1 Generic").await);
    let list = app.page("/campaigns?range=all").await;
    assert!(list.contains(&format!("form=\"bulk\" name=\"campaign\" value=\"{brand}\"")));
    assert_eq!(app.get("/plans/bulk").await.status, 400, "nothing is chosen");
    let (one, other) = (brand.to_string(), generic.to_string());
    let asked = app.page(&format!("/plans/bulk?campaign={one}&campaign={other}")).await;
    assert!(asked.contains("=1+1 Generic") && asked.contains("Plan for 2 campaigns"));
    let fields = vec![
        ("campaign", one.as_str()),
        ("campaign", other.as_str()),
        ("budget", "500"),
        ("currency", "EUR"),
        ("add_labels", "q4, brand"),
    ];
    let look = form(&app, "/plans/bulk", &fields).await;
    assert_eq!(look.status, 200, "{}", look.text);
    assert!(look.text.contains("2 plans would change") && look.text.contains("Nothing was changed yet"));
    let seen = part(&look.text, "name=\"seen\" value=\"", "\">").split('"').nth(3).unwrap().to_owned();
    assert_eq!(app.json("/api/v1/plans").await["plans"], json!([]));

    made(&app, json!({"campaign": brand, "owner": "Ada"})).await;
    let with_seen = |seen: &str| {
        let seen = seen.to_owned();
        let fields = fields.clone();
        let app = &app;
        async move { form(app, "/plans/bulk", &[fields, vec![("seen", seen.as_str())]].concat()).await }
    };
    let late = with_seen(&seen).await;
    assert_eq!(late.status, 412);
    assert!(late.text.contains("Somebody else changed these plans"));
    let seen = part(&late.text, "name=\"seen\" value=\"", "\">").split('"').nth(3).unwrap().to_owned();
    let done = with_seen(&seen).await;
    assert_eq!(done.status, 303, "{}", done.text);
    let result = done.header("location").to_owned();
    assert!(app.page(&result).await.contains("2 plans were changed"));
    let list = app.page("/campaigns?range=all&label=q4").await;
    assert!(list.contains("Budget used") && list.contains("<small class=\"label\"><bdi>q4</bdi></small>"));
    let undone = form(&app, &format!("{result}/undo"), &[]).await;
    assert!(app.page(undone.header("location")).await.contains("2 plans were changed"));
    let left = app.json("/api/v1/plans").await;
    assert_eq!(left["plans"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn views_are_saved_found_renamed_deleted_and_brought_back() {
    let app = TestApp::with_google().await;
    let address = "/campaigns?sort=-spend&filter=roas+%3C+1&workspace=default&after=";
    let saved = form(&app, "/views?workspace=default", &[("name", "Losers"), ("address", address)]).await;
    let place = "/campaigns?filter=roas+%3C+1&sort=-spend&workspace=default";
    assert_eq!((saved.status.as_u16(), saved.header("location")), (303, place), "{}", saved.text);
    assert!(app.page(place).await.contains("aria-current=\"true\" data-swap><bdi>Losers</bdi>"));
    assert!(app.page("/").await.contains("<bdi>Losers</bdi>"));
    let found = app.json("/api/v1/search?q=lose").await;
    assert_eq!((&found["results"][0]["kind"], &found["results"][0]["href"]), (&json!("view"), &json!(place)));
    let twice = form(&app, "/views", &[("name", "Losers"), ("address", "/")]).await;
    assert_eq!(twice.status, 409);
    for (name, address) in
        [("x", "https://evil.example/"), ("x", "//evil.example"), ("", "/"), ("x", "/imports")]
    {
        assert_eq!(
            form(&app, "/views", &[("name", name), ("address", address)]).await.status,
            400,
            "{address}"
        );
    }
    form(&app, "/views/1", &[("name", "Losing money")]).await;
    assert!(app.page("/views").await.contains("<bdi>Losing money</bdi>"));
    let deleted = form(&app, "/views/1/delete", &[]).await;
    let page = app.page(deleted.header("location")).await;
    assert!(page.contains("was deleted") && page.contains("Bring it back"));
    form(&app, "/views/1/undelete", &[]).await;
    assert!(app.page("/views").await.contains("<bdi>Losing money</bdi>"));
}

#[tokio::test]
async fn hostile_plans_are_text_on_every_page() {
    const HOSTILE: &str = "<img src=x onerror=alert(1)>";
    let app = TestApp::with_google().await;
    let brand = campaign(&app, "Brand").await;
    let decision =
        json!({"campaign": brand, "labels": [HOSTILE, "=cmd|"], "owner": HOSTILE, "notes": HOSTILE});
    made(&app, decision).await;
    made(&app, json!({"label": HOSTILE, "owner": HOSTILE})).await;
    made(&app, json!({"planned": {"platform": "google_ads", "account": HOSTILE, "name": HOSTILE}})).await;
    send(&app, Method::PATCH, "/api/v1/plans/1", "\"1\"", json!({"owner": "=cmd|"})).await;
    form(&app, "/views", &[("name", HOSTILE), ("address", "/?x=<img src=x>")]).await;
    form(&app, "/views", &[("name", HOSTILE), ("address", "/campaigns?text=%3Cimg+src%3Dx%3E")]).await;
    let mut seen = 0;
    for path in [
        format!("/campaigns/{brand}"),
        "/campaigns?range=all".to_owned(),
        "/plans".to_owned(),
        "/plans/1".to_owned(),
        "/plans/2".to_owned(),
        "/plans/3".to_owned(),
        format!("/plans/bulk?campaign={brand}"),
        "/views".to_owned(),
    ] {
        let page = app.page(&path).await;
        assert!(!page.contains("<img"), "{path}");
        seen += usize::from(page.contains("&lt;img") || page.contains("&#60;img"));
    }
    assert!(seen >= 7, "the name stood on {seen} pages only");
    let answer = form(&app, "/plans/1", &[("version", "1"), ("owner", HOSTILE), ("notes", HOSTILE)]).await;
    assert!(answer.status == 412 && !answer.text.contains("<img"));
}

#[tokio::test]
async fn what_is_kept_is_of_the_past_once_a_plan_or_a_view_is_written() {
    let app = TestApp::with_google().await;
    let brand = campaign(&app, "Brand").await.to_string();
    let tags = async || {
        let (list, page) =
            (app.get("/api/v1/campaigns?range=all&label=q4").await, app.get("/campaigns?range=all").await);
        (list.header("etag").to_owned(), list.json()["row_count"].clone(), page.text)
    };
    let before = tags().await;
    assert_eq!(tags().await.0, before.0, "nothing was written");
    form(&app, "/plans", &[("campaign", &brand), ("labels", "q4")]).await;
    let after = tags().await;
    assert_ne!(after.0, before.0);
    assert_eq!((before.1, after.1), (json!(0), json!(1)));
    assert!(!before.2.contains("<bdi>q4</bdi>") && after.2.contains("<bdi>q4</bdi>"));
    form(&app, "/views", &[("name", "All days"), ("address", "/campaigns?range=all")]).await;
    assert!(tags().await.2.contains("<bdi>All days</bdi>"));
}
