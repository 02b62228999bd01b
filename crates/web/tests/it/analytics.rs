//! Any question, in the address.

use web::api::{AnalyticsOut, CellOut};

use crate::app::{TestApp, part};

const DAYS: &str = "from=2026-11-01&to=2026-11-03";

#[tokio::test]
async fn an_answer_is_cut_sorted_and_added_up() {
    let app = TestApp::with_google().await;
    let path = format!("/api/v1/analytics?{DAYS}&metrics=spend,conversions,roas&by=campaign,day&sort=-spend");
    let answer: AnalyticsOut = serde_json::from_value(app.json(&path).await).unwrap();
    let names: Vec<&str> = answer.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["campaign", "day", "spend_micros", "conversions", "roas"]);
    assert_eq!(answer.row_count, 5);
    let spend: Vec<_> = answer.rows.iter().map(|row| row.cell("spend_micros").unwrap()).collect();
    assert_eq!(spend[0], CellOut::Integer(1_100_000_000));
    assert_eq!(spend[4], CellOut::Integer(3_000_000));
    assert_eq!(answer.rows[0].cell("campaign"), Some(CellOut::Text("=1+1 Generic".to_owned())));
    assert_eq!(answer.rows[4].cell("roas"), Some(CellOut::Number(0.0)));
    assert_eq!(answer.totals.cell("conversions"), Some(CellOut::Number(22.5)));
}

#[tokio::test]
async fn currencies_are_a_dimension() {
    let app = TestApp::with_two_currencies().await;
    let answer: AnalyticsOut = serde_json::from_value(
        app.json(&format!("/api/v1/analytics?{DAYS}&metrics=spend&by=currency")).await,
    )
    .unwrap();
    let mut codes: Vec<_> = answer.rows.iter().map(|row| row.cell("currency")).collect();
    codes.sort_by_key(|code| format!("{code:?}"));
    let text = |code: &str| Some(CellOut::Text(code.to_owned()));
    assert_eq!(codes, [text("EUR"), text("USD")]);
}

#[tokio::test]
async fn the_form_repeats_what_was_asked() {
    let app = TestApp::with_google().await;
    let page = app
        .page(&format!("/analytics?{DAYS}&metrics=spend&metrics=cpc&by=month&by=&by=&level=&filter="))
        .await;
    for text in [
        "value=\"spend\" checked",
        "value=\"cpc\" checked",
        "<option value=\"month\" selected>",
        "Nov 2026",
        "2,025.50",
        "href=\"/api/v1/analytics?by=month",
    ] {
        assert!(page.contains(text), "{text} in {page}");
    }
    assert!(!page.contains("value=\"clicks\" checked"));
    let twice = app.get("/analytics?metrics=spend,spend").await;
    assert_eq!(twice.status, 400);
    assert!(part(&twice.text, "<main", "</main>").contains("name each metric once"));
}

#[tokio::test]
async fn questions_that_make_no_sense_are_told() {
    let app = TestApp::with_google().await;
    for (query, parameter) in [
        ("by=campaign,day,platform,account", "by"),
        ("by=day,day", "by"),
        ("metrics=spent", "metrics"),
        ("sort=campaign", "sort"),
        ("limit=0", "limit"),
        ("limit=ten", "limit"),
        ("by=ad&level=campaign", "level"),
        ("after=nonsense&by=campaign", "after"),
    ] {
        let answer = app.get(&format!("/api/v1/analytics?{query}")).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.text);
        assert_eq!(answer.json()["parameter"], parameter, "{query}");
        assert!(answer.json()["remedy"].is_string(), "{query}");
    }
}
