//! Which part of a list is shown, and the ways to the rest.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::format;
use crate::link::Link;

/// Which part of a list is shown, and the ways to the rest.
#[derive(Template)]
#[template(path = "paging.html")]
pub(super) struct Paging {
    pub(super) label: String,
    pub(super) first: Option<String>,
    pub(super) next: Option<String>,
    /// Where all of it comes as a file: the kind of file, and the address.
    pub(super) files: Vec<(&'static str, String)>,
}

impl HtmlSafe for Paging {}

impl Paging {
    /// `shown` of `count` `things`; the pages behind the first begin at the parameter `at`.
    pub(super) fn of(
        link: &Link,
        at: &str,
        next: Option<String>,
        shown: usize,
        count: u64,
        thing: &str,
    ) -> Self {
        let shown = format::count(shown as u64);
        let label = match (next.is_some(), link.has(at)) {
            (false, false) => format::counted(count, thing),
            _ => format!("{shown} of {}", format::counted(count, thing)),
        };
        // The file has all rows and all metrics, in the order of the page.
        let file = link.at(format!("/api/v1{}", link.path())).without(&[at, "limit", "columns", "column"]);
        let files = [("CSV", "csv"), ("Excel", "xlsx"), ("Parquet", "parquet")];
        Self {
            label,
            first: link.has(at).then(|| link.clone().without(&[at]).to_string()),
            next: next.map(|next| link.clone().with(at, next).to_string()),
            files: files
                .into_iter()
                .filter_map(|(label, key)| Some((label, file.clone().with("format", key).leads()?)))
                .collect(),
        }
    }
}
