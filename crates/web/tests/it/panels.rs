//! What pages are made of: panels that fail alone, charts with their table, choices that stand in the address.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, header};
use insight::Insight;
use web::AppState;

use crate::app::{GOOGLE, TAKEN, TestApp, part};

const DAYS: &str = "from=2026-11-01&to=2026-11-03";

/// A server whose engine has lost what it knows of campaigns, so that questions that name one fail.
pub async fn without_entities() -> TestApp {
    let mut app = TestApp::with_google().await;
    let lost: Result<(), store::facts::FactsError> =
        app.state.insight.facts().read(|connection| Ok(connection.execute_batch("DROP TABLE entity")?));
    lost.unwrap();
    // Nothing that was kept in memory may answer in its place.
    let insight = Arc::new(Insight::new(app.state.insight.facts().clone()));
    app.state = AppState::new(app.state.ledger.clone(), insight, app.state.spool.to_path_buf()).open_to_all();
    app
}

#[tokio::test]
async fn a_panel_that_fails_leaves_the_rest() {
    let app = without_entities().await;
    for path in [format!("/?{DAYS}"), format!("/campaigns?{DAYS}"), format!("/analytics?by=campaign&{DAYS}")]
    {
        let page = app.page(&path).await;
        let failed = part(&page, "data-failed", "</div>");
        assert!(failed.contains("Error id <code>") && failed.contains("Try again"), "{failed}");
        assert!(failed.contains(&format!("href=\"{}\" data-swap", path.replace('&', "&#38;"))), "{failed}");
        assert!(page.contains("<nav class=\"rail\"") && page.contains("class=\"freshness\""), "{path}");
        assert!(!page.contains("DROP") && !page.contains("Catalog Error"), "the engine's words stay inside");
    }
    assert!(app.page(&format!("/?{DAYS}")).await.contains("3 Nov is provisional"));
    let counts = app.state.cache_counts();
    assert_eq!(
        (counts.entries, counts.failed, counts.hits),
        (0, 4, 0),
        "what failed is not kept: {counts:?}"
    );
    let wrong = app.get("/?from=yesterday").await;
    assert_eq!(wrong.status, 400, "what the sender can mend is no failed panel");
}

#[tokio::test]
async fn each_point_of_a_chart_has_its_row() {
    let app = TestApp::with_google().await;
    for (path, points) in [
        (format!("/?{DAYS}"), 3),
        ("/?from=2026-10-26&to=2026-11-08".to_owned(), 14),
        (format!("/analytics?{DAYS}&metrics=spend&by=day"), 3),
        (format!("/analytics?{DAYS}&metrics=spend&by=campaign,day"), 3),
        ("/analytics?from=2026-10-01&to=2026-12-31&metrics=spend&by=month".to_owned(), 3),
        ("/analytics?from=2025-11-01&to=2026-11-08&metrics=roas&by=campaign,week".to_owned(), 54),
    ] {
        let page = app.page(&path).await;
        let figure = part(&page, "<figure class=\"chart\"", "</figure>");
        assert!(figure.contains(&format!("data-n=\"{points}\"")), "{path}: {figure}");
        let body = part(figure, "<tbody>", "</tbody>");
        // The first row says its days; those that follow it by a day need not.
        assert!(body.starts_with("<tbody>\n<tr data-from=\"20"), "{path}: {body}");
        assert_eq!(body.matches("<tr").count(), points, "{path}");
    }
}

#[tokio::test]
async fn unknown_days_are_gaps_and_known_days_without_delivery_are_zero() {
    let app = TestApp::with_google().await;
    // Known from 1 to 3 November; on the 2nd nothing was delivered any more.
    let without: String = GOOGLE
        .lines()
        .filter(|line| !line.contains("2026-11-02"))
        .fold(String::new(), |text, line| text + line + "\n");
    app.import("later.csv", &without, &[("captured_at", "2026-11-05T06:00:00Z")]).await;
    let page = app.page("/?from=2026-10-31&to=2026-11-03&compare=none").await;
    let rows: Vec<&str> = part(&page, "<tbody>", "</tbody>").split("<tr").skip(1).collect();
    assert!(rows[0].contains("31 Oct 2026") && rows[0].contains("not known"), "{}", rows[0]);
    assert!(rows[0].contains("class=\"absent\"") && !rows[0].contains("0.00"), "{}", rows[0]);
    assert!(rows[2].contains("2 Nov 2026") && rows[2].contains(">0.00<"), "{}", rows[2]);
    let plot = part(&page, "<svg width=\"100%\" height=\"88%\"", "</svg>");
    let line = part(plot, "<path class=\"line s1\"", "/>");
    // Two units a day: the middle of the second is at 3 of 8.
    assert!(line.contains("d=\"M3 "), "the line begins with the second of four days: {line}");
}

#[tokio::test]
async fn imports_are_marked_on_the_day_they_were_taken() {
    let app = TestApp::with_google().await;
    let page = app.page(&format!("/?{DAYS}")).await;
    assert!(page.contains("<title>import 1 of 1 Nov – 3 Nov 2026</title>"), "{page}");
    let newer = GOOGLE.replace("10.00,20,1000", "11.00,20,1000");
    app.import("newer.csv", &newer, &[("captured_at", "2026-11-03T09:00:00Z")]).await;
    let page = app.page(&format!("/?{DAYS}")).await;
    assert!(page.contains("import 2 of 1 Nov – 3 Nov 2026, 5 rows anew"));
    assert!(page.contains("Days told anew"));
}

#[tokio::test]
async fn the_theme_of_the_cookie_is_in_the_page() {
    let app = TestApp::with_google().await;
    for (cookie, html) in [
        ("theme=dark", "<html lang=\"en\" data-theme=\"dark\">"),
        ("theme=light", "<html lang=\"en\" data-theme=\"light\">"),
        ("theme=\"><script>alert(1)</script>", "<html lang=\"en\">"),
    ] {
        for path in ["/", "/imports", "/nowhere"] {
            let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
            assert!(app.send(request).await.text.contains(html), "{path} with {cookie}");
        }
    }
}

#[tokio::test]
async fn columns_are_chosen_in_the_address() {
    let app = TestApp::with_google().await;
    for query in ["columns=cpm,spend", "column=cpm&column=spend", "columns=cpm&column=spend&column=cpm"] {
        let page = app.page(&format!("/campaigns?{DAYS}&{query}")).await;
        let head = part(&page, "<thead>", "</thead>");
        let (cpm, spend) = (head.find(">CPM</a>").unwrap(), head.find(">Spend</a>").unwrap());
        assert!(cpm < spend && !head.contains(">ROAS</a>"), "{head}");
        assert!(head.contains("columns=cpm%2Cspend") && !head.contains("column=cpm"), "{head}");
        let first = part(&page, "name=\"column\"", ">");
        assert!(first.contains("value=\"cpm\" checked"), "{first}");
    }
    let wrong = app.get("/campaigns?columns=spent").await;
    assert_eq!(wrong.status, 400);
}

#[tokio::test]
async fn campaigns_are_picked_by_platform_state_and_type() {
    let app = TestApp::with_two_currencies().await;
    for (query, names) in [
        ("platform=meta_ads", vec!["Prospecting"]),
        ("status=paused", vec!["=1+1 Generic"]),
        ("type=Search&status=enabled", vec!["Brand"]),
        ("type=Search&filter=roas+%3C+1", vec!["=1+1 Generic"]),
        ("status=gone", vec![]),
    ] {
        let list = app.json(&format!("/api/v1/campaigns?{DAYS}&{query}")).await;
        let found: Vec<_> =
            list["rows"].as_array().unwrap().iter().map(|row| row["campaign"].as_str().unwrap()).collect();
        assert_eq!(found, names, "{query}");
        let page = app.page(&format!("/campaigns?{DAYS}&{query}")).await;
        let table = part(&page, "<tbody>", "</tbody>");
        assert_eq!(table.matches("<th scope=\"row\"").count(), names.len(), "{query}");
    }
    let page = app.page(&format!("/campaigns?{DAYS}&status=gone")).await;
    assert!(page.contains("<option value=\"gone\" selected>") && page.contains("<option value=\"paused\">"));
}

#[tokio::test]
async fn names_of_any_direction_and_length_stay_in_their_place() {
    let app = TestApp::empty().await;
    let (long, arabic) = ("x".repeat(300), "حملة الصيف");
    let file = format!(
        "Campaign report\nAll time\nCampaign,Day,Currency code,Cost,Clicks,Impr.\n\
         {long},2026-11-01,EUR,-5.25,1,10\n{arabic},2026-11-01,EUR,98765432109.12,2,20\n"
    );
    app.import("odd.csv", &file, &[("captured_at", TAKEN)]).await;
    let page = app.page("/campaigns?range=all").await;
    assert!(page.contains(&format!("<bdi>{arabic}</bdi>")) && page.contains(&format!("<bdi>{long}</bdi>")));
    assert!(page.contains("\u{2212}5.25") && page.contains("98,765,432,109.12"));
    assert!(app.page("/?range=all").await.contains("98.8\u{202f}B"));
}

#[tokio::test]
async fn the_query_is_shown_for_other_doors() {
    let app = TestApp::with_google().await;
    let page = app.page(&format!("/analytics?{DAYS}&metrics=spend,roas&by=campaign")).await;
    let shown = part(&page, "Show the query", "</details>");
    assert!(shown.contains("/api/v1/analytics?by=campaign&#38;from=2026-11-01"), "{shown}");
    assert!(shown.contains("adroit query --metrics spend,roas --by campaign --from 2026-11-01"), "{shown}");
}
