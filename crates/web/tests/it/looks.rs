//! The main parts of the pages as they are written.

use crate::app::{TestApp, part};

const DAYS: &str = "from=2026-11-01&to=2026-11-03";

fn shown(fragment: &str) -> String {
    fragment.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn tiles_and_chart() {
    let app = TestApp::with_two_currencies().await;
    let page = app.page("/?from=2026-11-02&to=2026-11-03").await;
    insta::assert_snapshot!("tiles", shown(part(&page, "<section class=\"tiles\"", "</section>")));
    insta::assert_snapshot!("chart", shown(part(&page, "<figure", "</figure>")));
    insta::assert_snapshot!("sources", shown(part(&page, "<footer", "</footer>")));
    insta::assert_snapshot!("freshness", shown(part(&page, "<ul class=\"freshness\"", "</ul>")));
    insta::assert_snapshot!("top_bar", shown(part(&page, "<header", "</header>")));
}

#[tokio::test]
async fn campaign_table() {
    let app = TestApp::with_two_currencies().await;
    let page = app.page(&format!("/campaigns?{DAYS}&sort=-spend")).await;
    insta::assert_snapshot!("campaign_table", shown(part(&page, "<table", "</table>")));
}

#[tokio::test]
async fn import_report() {
    let app = TestApp::with_google().await;
    let page = app.page("/imports/1").await;
    insta::assert_snapshot!(
        "import_rows",
        shown(part(&page, "<section class=\"tiles counts\"", "Rows that were skipped"))
    );
}
