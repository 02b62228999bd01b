//! What stands around every page: navigation, workspace, days.

use store::catalog::Workspace;

use super::range_bar::{Choice, RangeBar};
use crate::link::Link;
use crate::questions::{VIEW_PARAMETERS, View};
use crate::{AppState, WebError};

/// Which part of the site a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Overview,
    Campaigns,
    Analytics,
    Imports,
}

/// A link of the navigation.
#[derive(Debug, Clone)]
pub(super) struct NavLink {
    pub(super) label: &'static str,
    pub(super) icon: &'static str,
    pub(super) href: String,
    pub(super) is_here: bool,
}

/// What stands around every page.
#[derive(Debug, Clone)]
pub(super) struct Shell {
    pub(super) title: String,
    pub(super) nav: Vec<NavLink>,
    pub(super) workspace: String,
    /// The workspaces to choose from; empty if there is only one.
    pub(super) workspaces: Vec<Choice>,
    pub(super) is_sample: bool,
    pub(super) range: Option<RangeBar>,
    /// The style sheet, as its digest in the content policy expects it.
    pub(super) style: &'static str,
}

impl Shell {
    /// Around a page about no days.
    pub(super) async fn of(
        state: &AppState,
        title: impl Into<String>,
        section: Option<Section>,
        link: &Link,
        workspace: &Workspace,
    ) -> Result<Self, WebError> {
        let workspaces = state.catalog().workspaces().await?;
        let choice = |other: &Workspace| Choice {
            label: other.name.clone(),
            href: Link::to("/").with("workspace", &other.name).to_string(),
            is_chosen: other.id == workspace.id,
        };
        let several = workspaces.len() > 1;
        Ok(Self {
            title: title.into(),
            nav: nav(section, link),
            workspace: workspace.name.clone(),
            workspaces: workspaces.iter().filter(|_| several).map(choice).collect(),
            is_sample: workspace.is_sample,
            range: None,
            style: crate::policy::STYLE,
        })
    }

    /// Around a page about the days of a view.
    pub(super) async fn of_view(
        state: &AppState,
        title: impl Into<String>,
        section: Section,
        link: &Link,
        view: &View,
    ) -> Result<Self, WebError> {
        let shell = Self::of(state, title, Some(section), link, &view.workspace).await?;
        Ok(Self { range: Some(RangeBar::of(view, link)), ..shell })
    }

    /// Around a page that must not ask anything, because something failed.
    pub(super) fn bare(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            nav: nav(None, &Link::to("/")),
            workspace: String::new(),
            workspaces: Vec::new(),
            is_sample: false,
            range: None,
            style: crate::policy::STYLE,
        }
    }
}

fn nav(section: Option<Section>, link: &Link) -> Vec<NavLink> {
    let days = |path: &str| link.at(path).only(&VIEW_PARAMETERS);
    [
        (Section::Overview, "Overview", "overview", days("/")),
        (Section::Campaigns, "Campaigns", "campaigns", days("/campaigns")),
        (Section::Analytics, "Analytics", "analytics", days("/analytics").with("by", "platform")),
        (Section::Imports, "Imports", "imports", link.at("/imports").only(&["workspace"])),
    ]
    .into_iter()
    .map(|(of, label, icon, href)| NavLink {
        label,
        icon,
        href: href.to_string(),
        is_here: section == Some(of),
    })
    .collect()
}
