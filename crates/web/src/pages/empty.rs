//! What a workspace without any import shows: what to do first.

use askama::Template;
use axum::response::Html;

use super::shell::{Section, Shell};
use super::written;
use crate::WebError;
use crate::access::Asked;
use crate::link::Link;
use crate::questions::View;
use crate::theme::Theme;

#[derive(Template)]
#[template(path = "empty.html")]
struct Empty {
    shell: Shell,
    /// Whether that is because no account was chosen for who asks.
    is_nothing_chosen: bool,
    /// Whether only chosen accounts are shown.
    is_part: bool,
    imports: String,
}
in_shell!(Empty: NOTICE);

/// The page.
pub(super) async fn page(
    state: &Asked,
    theme: Theme,
    title: &str,
    section: Section,
    link: &Link,
    view: &View,
) -> Result<Html<String>, WebError> {
    let shell = Shell::of(state, theme, title, Some(section), link, &view.workspace).await?;
    written(&Empty {
        shell,
        is_nothing_chosen: view.workspace.is_nothing(),
        is_part: view.workspace.is_part(),
        imports: link.at("/imports").only(&["workspace"]).to_string(),
    })
}
