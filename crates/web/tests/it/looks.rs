//! The main parts of the pages as they are written.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use crate::app::{TestApp, part};

const DAYS: &str = "from=2026-11-01&to=2026-11-03";

/// Without what depends on the day on which the test runs.
fn ageless(page: &str) -> String {
    let mut parts = page.split(" known to ");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (head, rest) = part.split_once('>').unwrap();
        let age = rest.find("</span>").unwrap();
        text += &format!(" known to {head}>AGE{}", &rest[age..]);
    }
    text.replace("<li class=\"old\">", "<li>")
}

/// A line for each cell and the like, empty ones left out.
fn shown(fragment: &str) -> String {
    let ends = ["</th><", "</td><", "</h3><", "</p><", "<tr><", "</svg></div", "\"><th", "tile\"><h3"];
    let cut =
        ends.into_iter().fold(fragment.to_owned(), |text, end| text.replace(end, &end.replace("><", ">\n<")));
    cut.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn tiles_and_chart() {
    let app = TestApp::with_two_currencies().await;
    let page = app.page("/?from=2026-11-02&to=2026-11-03").await;
    insta::assert_snapshot!("tiles", shown(part(&page, "<section class=\"tiles\"", "</section>")));
    insta::assert_snapshot!("chart", shown(part(&page, "<figure", "</figure>")));
    insta::assert_snapshot!("sources", shown(part(&page, "<footer", "</footer>")));
    insta::assert_snapshot!("movers", shown(part(&page, "<div class=\"movers\"", "</section>")));
    insta::assert_snapshot!("split", shown(part(&page, "<ul class=\"split\"", "</ul>")));
    insta::assert_snapshot!("top_bar", shown(&ageless(part(&page, "<header", "</header>"))));
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
