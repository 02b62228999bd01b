//! `GET /offline`: what the service worker shows where the server can't be reached and a page was never seen.

use askama::Template;
use axum::response::Html;

use super::shell::Shell;
use super::written;
use crate::WebError;
use crate::access::{Anybody, May};
use crate::params::Params;

#[derive(Template)]
#[template(path = "offline.html")]
struct OfflinePage {
    shell: Shell,
}
in_shell!(OfflinePage: NOTICE);

/// The page.
pub(crate) async fn show(_: May<Anybody>, params: Params) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    params.done()?;
    written(&OfflinePage { shell: Shell::bare(theme, "Offline") })
}
