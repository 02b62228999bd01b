//! Whose alerts a page is about: a workspace's, or the server's own, which stand below `/status`.

use axum::response::Redirect;
use people::Permission;
use store::catalog::Workspace;

use super::alerts::home;
use super::plan::left_out;
use super::shell::{Section, Shell};
use crate::WebError;
use crate::access::{Asked, Seen};
use crate::link::Link;
use crate::params::Params;
use crate::theme::Theme;

/// Whose alerts a page is about.
pub(super) struct Whose {
    /// Whose rules, channels and alerts these are.
    pub(super) owner: Workspace,
    /// The workspace that the reader came from, which the frame of the page is of.
    around: Option<Seen>,
}

impl Whose {
    /// A workspace's.
    pub(super) fn of(workspace: Seen) -> Self {
        Self { owner: workspace.clone().into_workspace(), around: Some(workspace) }
    }

    /// The server's, without a frame.
    pub(super) fn of_server() -> Self {
        Self { owner: Workspace::server(), around: None }
    }

    /// The server's. Whatever is wrong with workspaces, its alerts are shown; and what is done about them is of no workspace.
    pub(super) async fn server(state: &Asked, params: &mut Params) -> Result<Self, WebError> {
        let name = params.text("workspace")?;
        left_out(params)?;
        let seen = state.seen().await.unwrap_or_default();
        let named = seen.iter().find(|workspace| name.as_ref().is_some_and(|name| *name == workspace.name));
        let around = named.or(seen.first()).cloned().map(|workspace| state.sees(workspace));
        Ok(Self { around, ..Self::of_server() })
    }

    pub(super) fn is_server(&self) -> bool {
        self.owner.is_server()
    }

    /// A page about the same.
    pub(super) fn own(&self, link: &Link, path: &str) -> String {
        self.link(link, path).to_string()
    }

    pub(super) fn link(&self, link: &Link, path: &str) -> Link {
        link.at(self.path(path)).only(&["workspace"])
    }

    /// The way to a page about the same, after something was done.
    pub(super) fn home(&self, path: &str) -> Redirect {
        match &self.around {
            Some(workspace) => home(workspace, &self.path(path)),
            None => Redirect::to(&self.path(path)),
        }
    }

    /// Where the API tells of these alerts, below `api`; of a workspace's by its name.
    pub(super) fn asked_at(&self, api: &str, asked: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(asked);
        if !self.is_server() {
            query.append_pair("workspace", &self.owner.name);
        }
        format!("{api}{}?{}", self.path("/alerts"), query.finish())
    }

    fn path(&self, path: &str) -> String {
        if self.is_server() { format!("/status{path}") } else { path.to_owned() }
    }

    /// Whether the reader may do it: who sees the server's alerts operates it.
    pub(super) fn may(&self, state: &Asked, permission: Permission) -> bool {
        self.is_server() || state.may(permission, &self.owner)
    }

    /// The frame of a page. Around the server's alerts it is left out where it can't be had.
    pub(super) async fn shell(
        &self,
        state: &Asked,
        theme: Theme,
        title: &str,
        link: &Link,
    ) -> Result<Shell, WebError> {
        let section = if self.is_server() { Section::Status } else { Section::Alerts };
        let Some(around) = &self.around else { return Ok(Shell::bare(theme, title)) };
        let shell = Shell::of(state, theme, title, Some(section), link, around).await;
        match shell {
            Err(_) if self.is_server() => Ok(Shell::bare(theme, title)),
            shell => shell,
        }
    }
}
