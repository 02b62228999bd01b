//! What stands around every page: navigation, workspace, how old its figures are, days.

use askama::Template;
use askama::filters::HtmlSafe;
use domain::Period;
use domain::period::days_between;
use insight::{Freshness, Known};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use people::Permission;
use store::catalog::{SavedView, Workspace};

use super::attention::OLD_DAYS;
use super::icon;
use super::logo::LogoImage;
use super::look::Look;
use super::range_bar::{Choice, RangeBar};
use crate::WebError;
use crate::access::{Asked, Seen};
use crate::format;
use crate::link::Link;
use crate::questions::{VIEW_PARAMETERS, View, views};
use crate::sharing;
use crate::theme::Theme;

/// Most links at the foot of a phone's screen, the one to the others included.
const MOST_AT_FOOT: usize = 5;

/// Which part of the site a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Overview,
    Campaigns,
    Analytics,
    Alerts,
    Imports,
    Sources,
    Status,
    Settings,
}

/// A link of the navigation.
#[derive(Debug, Clone)]
pub(super) struct NavLink {
    pub(super) label: &'static str,
    /// The path of its icon.
    pub(super) icon: &'static str,
    pub(super) href: String,
    pub(super) is_here: bool,
}

/// How old a platform's figures are.
#[derive(Debug, Clone)]
pub(super) struct Fresh {
    pub(super) platform: &'static str,
    /// In words, as seen from today.
    pub(super) age: String,
    pub(super) captured: String,
    pub(super) known_to: String,
    /// Whether a newer report is due.
    pub(super) is_old: bool,
}

/// Saved views, and where the present one is saved.
#[derive(Debug, Clone, Default)]
pub(super) struct Views {
    pub(super) saved: Vec<Choice>,
    pub(super) list_href: String,
    pub(super) action: String,
    /// The address of this page's view; empty if it can't be saved.
    pub(super) address: String,
}

/// What stands around every page.
#[derive(Debug, Clone)]
pub(super) struct Shell {
    pub(super) title: String,
    pub(super) nav: Vec<NavLink>,
    pub(super) workspace: String,
    /// Where the page about the workspace is.
    pub(super) about_workspace: String,
    /// The picture beside its name, if it has one.
    pub(super) logo: Option<LogoImage>,
    pub(super) look: Look,
    /// The workspaces to choose from; empty if there is only one.
    pub(super) workspaces: Vec<Choice>,
    pub(super) is_sample: bool,
    pub(super) range: Option<RangeBar>,
    pub(super) views: Views,
    pub(super) freshness: Vec<Fresh>,
    /// The theme that was chosen; empty for the device's.
    pub(super) theme: &'static str,
    /// Of how many visits in a hundred the browser is to tell; 0 for none.
    pub(super) vitals: u8,
    pub(super) can: Can,
    /// Whether there is an account to look after, because people sign in.
    pub(super) account: bool,
    /// Where a link to this page is made; empty if it can't be shared, or not by who sees it.
    pub(super) share: String,
}

/// What stands at the top of most pages: what it is about, and its days.
#[derive(Template)]
#[template(path = "head.html")]
pub(super) struct Head<'a> {
    title: &'a str,
    range: &'a Option<RangeBar>,
}

impl HtmlSafe for Head<'_> {}

/// The form that takes a report in.
#[derive(Template)]
#[template(path = "upload.html")]
pub(super) struct Upload<'a> {
    workspace: &'a str,
}

impl HtmlSafe for Upload<'_> {}

/// What the visitor is offered: what they may not do is not shown.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Can {
    pub(super) see_work: bool,
    pub(super) save_views: bool,
    pub(super) decide: bool,
    pub(super) import: bool,
    pub(super) share_views: bool,
    pub(super) administer: bool,
}

impl Can {
    fn of(may: impl Fn(Permission) -> bool) -> Self {
        Self {
            see_work: may(Permission::SeeWork),
            save_views: may(Permission::SaveViews),
            decide: may(Permission::Decide),
            import: may(Permission::Import),
            share_views: may(Permission::ShareViews),
            administer: may(Permission::Administer),
        }
    }
}

impl Shell {
    /// Around a page about no days.
    pub(super) async fn of(
        state: &Asked,
        theme: Theme,
        title: impl Into<String>,
        section: Option<Section>,
        link: &Link,
        workspace: &Seen,
    ) -> Result<Self, WebError> {
        let known = state.known_now(workspace).await?;
        Self::around(state, theme, title.into(), section, link, workspace, &known).await
    }

    async fn around(
        state: &Asked,
        theme: Theme,
        title: String,
        section: Option<Section>,
        link: &Link,
        workspace: &Workspace,
        known: &Known,
    ) -> Result<Self, WebError> {
        let workspaces = state.seen().await?;
        let choice = |other: &Workspace| Choice {
            label: other.name.clone(),
            href: Link::to("/").with("workspace", &other.name).to_string(),
            is_chosen: other.id == workspace.id,
        };
        let several = workspaces.len() > 1;
        let may = |needs| match needs {
            Permission::Operate => state.by.sight.may_somewhere(needs),
            _ => state.may(needs, workspace),
        };
        Ok(Self {
            title,
            nav: nav(section, link, may),
            workspace: workspace.name.clone(),
            about_workspace: link.at("/workspace").only(&["workspace"]).to_string(),
            logo: LogoImage::of(workspace),
            look: Look::of(workspace),
            workspaces: workspaces.iter().filter(|_| several).map(choice).collect(),
            is_sample: workspace.is_sample,
            range: None,
            views: views_of(state, link, workspace).await?,
            freshness: fresh(known, Timestamp::now()),
            theme: theme.key(),
            vitals: state.vitals_percent,
            can: Can::of(may),
            account: !state.entrance.is_open(),
            share: share(state, link, workspace),
        })
    }

    pub(super) fn head(&self) -> Head<'_> {
        Head { title: &self.title, range: &self.range }
    }

    pub(super) fn upload(&self) -> Upload<'_> {
        Upload { workspace: &self.workspace }
    }

    /// The links that stand at the foot of a phone's screen: four, or five where these are all.
    pub(super) fn first_links(&self) -> &[NavLink] {
        &self.nav[..if self.nav.len() > MOST_AT_FOOT { MOST_AT_FOOT - 1 } else { self.nav.len() }]
    }

    /// Those that a phone shows once asked for more.
    pub(super) fn more_links(&self) -> &[NavLink] {
        &self.nav[self.first_links().len()..]
    }

    /// Of how many platforms a newer report is due.
    pub(super) fn old(&self) -> usize {
        self.freshness.iter().filter(|fresh| fresh.is_old).count()
    }

    /// Of how many the figures are recent.
    pub(super) fn recent(&self) -> usize {
        self.freshness.len() - self.old()
    }

    /// Around a page about the days of a view.
    pub(super) async fn of_view(
        state: &Asked,
        theme: Theme,
        title: impl Into<String>,
        section: Section,
        link: &Link,
        view: &View,
    ) -> Result<Self, WebError> {
        let (title, workspace) = (title.into(), &view.workspace);
        let shell = Self::around(state, theme, title, Some(section), link, workspace, &view.known).await?;
        Ok(Self { range: Some(RangeBar::of(view, link)), ..shell })
    }

    /// The same, of no section.
    pub(super) async fn of_days(
        state: &Asked,
        theme: Theme,
        title: impl Into<String>,
        link: &Link,
        view: &View,
    ) -> Result<Self, WebError> {
        let (title, workspace) = (title.into(), &view.workspace);
        let shell = Self::around(state, theme, title, None, link, workspace, &view.known).await?;
        Ok(Self { range: Some(RangeBar::of(view, link)), ..shell })
    }

    /// Of a page that is shown to whoever has a link to it: whose data it is and how old, and no way to anything.
    pub(super) fn of_shared(title: impl Into<String>, view: &View) -> Self {
        Self {
            workspace: view.workspace.name.clone(),
            is_sample: view.workspace.is_sample,
            look: Look::outside(&view.workspace),
            freshness: fresh(&view.known, Timestamp::now()),
            ..Self::bare(Theme::Device, title)
        }
    }

    /// Around a page that must not ask anything, because something failed.
    pub(super) fn bare(theme: Theme, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            nav: Vec::new(),
            workspace: String::new(),
            about_workspace: String::new(),
            logo: None,
            look: Look::default(),
            workspaces: Vec::new(),
            is_sample: false,
            range: None,
            views: Views::default(),
            freshness: Vec::new(),
            theme: theme.key(),
            vitals: 0,
            can: Can::default(),
            account: false,
            share: String::new(),
        }
    }
}

fn share(state: &Asked, link: &Link, workspace: &Workspace) -> String {
    if !sharing::can_be_shared(link.path()) || !state.may(Permission::ShareViews, workspace) {
        return String::new();
    }
    let page = link.clone().without(&["workspace", "after"]).to_string();
    format!("{}#make", Link::to("/shared-links").with("workspace", &workspace.name).with("address", page))
}

async fn views_of(state: &Asked, link: &Link, workspace: &Workspace) -> Result<Views, WebError> {
    let can_save = state.may(Permission::SaveViews, workspace);
    let here = match views::can_be_saved(link.path()) {
        true if can_save => views::address(&link.to_string()).unwrap_or_default(),
        _ => String::new(),
    };
    let saved = match state.may(Permission::SeeWork, workspace) {
        true => state.catalog().views(workspace.id).await?,
        false => Vec::new(),
    };
    let choice = |view: &SavedView| Choice {
        label: view.name.clone(),
        href: views::place(view, &workspace.name),
        is_chosen: view.address == here,
    };
    let own = Link::to("/views").with("workspace", &workspace.name).to_string();
    Ok(Views {
        saved: saved.iter().map(choice).collect(),
        list_href: own.clone(),
        action: own,
        address: here,
    })
}

fn fresh(known: &Known, now: Timestamp) -> Vec<Fresh> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let of = |fresh: Freshness| Fresh {
        platform: fresh.platform.label(),
        age: format::age(fresh.captured_at, now),
        captured: format::moment(fresh.captured_at, 0),
        known_to: format::day(fresh.known_to),
        is_old: days_between(fresh.captured_at.to_zoned(TimeZone::UTC).date(), today) >= OLD_DAYS,
    };
    known.freshness(None, Period::ending(today, 1)).into_iter().map(of).collect()
}

fn nav(section: Option<Section>, link: &Link, may: impl Fn(Permission) -> bool) -> Vec<NavLink> {
    let days = |path: &str| link.at(path).only(&VIEW_PARAMETERS);
    [
        (Section::Overview, Permission::SeeFigures, "Overview", icon::OVERVIEW, days("/")),
        (Section::Campaigns, Permission::SeeFigures, "Campaigns", icon::CAMPAIGNS, days("/campaigns")),
        (
            Section::Analytics,
            Permission::SeeFigures,
            "Analytics",
            icon::ANALYTICS,
            days("/analytics").with("by", "platform"),
        ),
        (
            Section::Alerts,
            Permission::SeeWork,
            "Alerts",
            icon::ALERTS,
            link.at("/alerts").only(&["workspace"]),
        ),
        (
            Section::Imports,
            Permission::SeeWork,
            "Imports",
            icon::IMPORTS,
            link.at("/imports").only(&["workspace"]),
        ),
        (Section::Sources, Permission::SeeWork, "Sources", icon::SOURCES, days("/sources")),
        (
            Section::Status,
            Permission::Operate,
            "Status",
            icon::STATUS,
            link.at("/status").only(&["workspace"]),
        ),
        (
            Section::Settings,
            Permission::SeeWork,
            "Settings",
            icon::SETTINGS,
            link.at("/workspace").only(&["workspace"]),
        ),
    ]
    .into_iter()
    .filter(|(_, needs, ..)| may(*needs))
    .map(|(of, _, label, icon, href)| NavLink {
        label,
        icon,
        href: href.to_string(),
        is_here: section == Some(of),
    })
    .collect()
}
