//! `/shared-links`: links by which anybody may see a view of the workspace; making and ending them.

use askama::Template;
use axum::extract::{OriginalUri, Path};
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::Period;
use jiff::Timestamp;
use jiff::civil::Date;
use store::catalog::{SharedLink, Workspace};

use super::alerts::home;
use super::people::mendable;
use super::plan::{left_out, written_in};
use super::shell::{Section, Shell};
use super::written;
use crate::WebError;
use crate::access::{Asked, May, Seen, ShareViews};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::people::Names;
use crate::questions::tokens::Standing;
use crate::questions::{Figures, View, chosen};
use crate::range::Preset;
use crate::sharing::{
    Days, MOST_DAYS, Made, USUAL_DAYS, Wanted, address, figures, links, make, number, revoke, standing,
};
use crate::theme::Theme;

/// Links of a page.
const LISTED: u32 = 50;

#[derive(Template)]
#[template(path = "shared_links.html")]
struct SharedLinksPage {
    shell: Shell,
    said: Said,
    lines: Vec<Line>,
    older: Option<String>,
    /// The page that is to be shared, if one was chosen.
    form: Option<Form>,
}
in_shell!(SharedLinksPage: FIELDS, LISTS, FACTS, FORMS);

/// What is said about what was just done.
#[derive(Default)]
struct Said {
    /// What is wrong with what was typed; empty for nothing.
    wrong: String,
    /// The name of the link that was made; empty for none.
    made: String,
    /// The link itself, which is shown this once.
    url: String,
    /// Whether it is a path only, as nobody said where the server is.
    is_path: bool,
    has_password: bool,
}

/// A link.
struct Line {
    name: String,
    shown: String,
    page: String,
    href: String,
    days: String,
    by: String,
    made: String,
    expires: String,
    opens: String,
    /// Empty for never.
    opened: String,
    standing: &'static str,
    counts: bool,
    /// When it was revoked; empty if it was not.
    revoked: String,
    /// Where it is ended.
    revoke: String,
    has_password: bool,
    origins: Vec<String>,
}

/// The form that makes a link to a page.
struct Form {
    action: String,
    address: String,
    page: String,
    href: String,
    typed: Typed,
    /// Named ranges: the word, its name, and whether it is chosen.
    ranges: Vec<(&'static str, &'static str, bool)>,
    most_days: u32,
}

/// What was typed into the form, but for the password.
struct Typed {
    name: String,
    /// The named range, or none for certain days.
    range: Option<Preset>,
    from: String,
    to: String,
    expires: String,
    origins: String,
}

/// The page.
pub(crate) async fn list(
    state: May<ShareViews>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let workspace = chosen(&state, &mut params).await?;
    left_out(&mut params)?;
    let before: Option<u32> = params.parsed_as("before", "use the number of a link")?;
    let wanted = params.text("address")?;
    params.done()?;
    let form = match wanted {
        Some(wanted) => {
            let page = address(&wanted)?;
            let typed = Typed::of(&state, &workspace, &page).await?;
            Some(Form::of(&page, &workspace, typed))
        }
        None => None,
    };
    page(&state, theme, &Link::of(&uri), &workspace, Said::default(), before, form).await
}

/// Makes a link. It is shown now and never again.
pub(crate) async fn create(
    state: May<ShareViews>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    let (workspace, link) = (written_in(&state, &mut params).await?, Link::of(&uri).only(&["workspace"]));
    // The page that the form was on, which is sent with the form too.
    params.text("address")?;
    params.text("before")?;
    params.done()?;
    let mut form = Params::of(&body);
    let address_text = form.text("address")?.unwrap_or_default();
    let shared = address(&address_text)?;
    let name = form.text("name")?.unwrap_or_default();
    let range: Option<Preset> = form.parsed("range")?;
    let (from, to) = (form.text("from")?, form.text("to")?);
    let expires = form.text("expires")?.unwrap_or_else(|| USUAL_DAYS.to_string());
    let (password, origins) = (form.as_typed("password")?, form.text("origins")?.unwrap_or_default());
    form.done()?;
    let typed = Typed {
        name: name.clone(),
        range,
        from: from.clone().unwrap_or_default(),
        to: to.clone().unwrap_or_default(),
        expires: expires.clone(),
        origins: origins.clone(),
    };
    let made = async {
        let days = match range {
            Some(preset) => Days::Rolling(preset),
            None => Days::Fixed(fixed(from.as_deref(), to.as_deref())?),
        };
        let remedy = "use a number of days, such as 30";
        let expires_in_days = expires
            .parse()
            .map_err(|_| WebError::parameter("expires", "that is no number of days", remedy))?;
        let origins = origins.split_whitespace().map(str::to_owned).collect();
        let address = address_text.clone();
        make(&state, &workspace, Wanted { name, address, days, expires_in_days, password, origins }).await
    };
    match made.await {
        Ok(Made { link: made, url }) => {
            let said = Said {
                is_path: url.starts_with('/'),
                has_password: made.password.is_some(),
                made: made.name,
                url,
                ..Said::default()
            };
            Ok(page(&state, theme, &link, &workspace, said, None, None).await?.into_response())
        }
        Err(error) => {
            let (status, wrong) = mendable(error)?;
            let (said, form) = (Said { wrong, ..Said::default() }, Form::of(&shared, &workspace, typed));
            Ok((status, page(&state, theme, &link, &workspace, said, None, Some(form)).await?)
                .into_response())
        }
    }
}

/// Ends a link, and leads back to the list.
pub(crate) async fn end(
    state: May<ShareViews>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    revoke(&state, &workspace, number(&id)?).await?;
    Ok(home(&workspace, "/shared-links"))
}

/// Days that stay as they are.
pub(crate) fn fixed(from: Option<&str>, to: Option<&str>) -> Result<Period, WebError> {
    let day = |name: &str, text: Option<&str>| -> Result<Date, WebError> {
        let remedy = "give the first and the last day, such as 2026-11-22, or a named range instead";
        let text = text.ok_or_else(|| WebError::parameter(name, "it is missing", remedy))?;
        text.parse().map_err(|_| WebError::parameter(name, &format!("'{text}' can't be read"), remedy))
    };
    let (from, to) = (day("from", from)?, day("to", to)?);
    Period::new(from, to)
        .map_err(|error| WebError::parameter("from", "it does not go with 'to'", &error.to_string()))
}

impl Typed {
    /// As the page that is to be shared has it.
    async fn of(state: &Asked, workspace: &Workspace, page: &Link) -> Result<Self, WebError> {
        let days = page.clone().only(&["range", "from", "to"]).with("workspace", &workspace.name);
        let query = days.to_string();
        let mut params = Params::of(query.split_once('?').map_or("", |(_, query)| query));
        let View { preset, period, .. } = View::read(state, &mut params, None).await?;
        Ok(Self {
            name: String::new(),
            range: preset,
            from: period.from().to_string(),
            to: period.to().to_string(),
            expires: USUAL_DAYS.to_string(),
            origins: String::new(),
        })
    }
}

impl Form {
    fn of(page: &Link, workspace: &Workspace, typed: Typed) -> Self {
        Self {
            action: Link::to("/shared-links").with("workspace", &workspace.name).to_string(),
            address: page.to_string(),
            page: named(page.path()),
            href: page.clone().with("workspace", &workspace.name).to_string(),
            ranges: Preset::ALL
                .map(|preset| (preset.key(), preset.label(), typed.range == Some(preset)))
                .into(),
            typed,
            most_days: MOST_DAYS,
        }
    }
}

/// What a page is called.
fn named(path: &str) -> String {
    match figures(path) {
        Some(Figures::Overview) => "Overview".to_owned(),
        Some(Figures::Campaigns) => "Campaigns".to_owned(),
        Some(Figures::Analytics) => "Analytics".to_owned(),
        _ => format!("Campaign {}", path.rsplit('/').next().unwrap_or_default()),
    }
}

/// Which days a page shows, in words.
fn days_of(page: &Link) -> String {
    let value = |name: &str| page.pairs().iter().find(|(given, _)| given == name).map(|(_, value)| value);
    let preset = value("range").and_then(|range| range.parse::<Preset>().ok());
    match (value("from"), value("to")) {
        (None, None) => preset.unwrap_or(Preset::UNASKED).label().to_owned(),
        (from, to) => fixed(from.map(String::as_str), to.map(String::as_str))
            .map_or_else(|_| "certain days".to_owned(), format::days),
    }
}

async fn page(
    state: &Asked,
    theme: Theme,
    link: &Link,
    workspace: &Seen,
    said: Said,
    before: Option<u32>,
    form: Option<Form>,
) -> Result<Html<String>, WebError> {
    let now = Timestamp::now();
    let (shared, next) = links(state, workspace, before, LISTED).await?;
    let mut names = Names::of(state, workspace.organisation).await?;
    let own = |path: String| Link::to(path).with("workspace", &workspace.name);
    let mut lines = Vec::with_capacity(shared.len());
    for one in shared {
        let standing = standing(&one, now);
        let by = names.shown(state, &one.made_by).await?;
        let SharedLink { id, name, shown, address: kept, made_at, expires_at, revoked_at, .. } = one;
        let page = address(&kept)?;
        lines.push(Line {
            name,
            shown,
            page: named(page.path()),
            href: page.clone().with("workspace", &workspace.name).to_string(),
            days: days_of(&page),
            by,
            made: format::moment(made_at, 0),
            expires: format::moment(expires_at, 0),
            opens: format::count(one.opens),
            opened: one.opened_at.map(|at| format::moment(at, 0)).unwrap_or_default(),
            standing: standing.key(),
            counts: standing == Standing::Counts,
            revoked: revoked_at.map(|at| format::moment(at, 0)).unwrap_or_default(),
            revoke: own(format!("/shared-links/{id}/revoke")).to_string(),
            has_password: one.password.is_some(),
            origins: one.origins,
        });
    }
    let older = next.map(|next| own("/shared-links".to_owned()).with("before", next.to_string()).to_string());
    let shell = Shell::of(state, theme, "Shared links", Some(Section::Settings), link, workspace).await?;
    written(&SharedLinksPage { shell, said, lines, older, form })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_is_told_in_words() {
        for (kept, page, days) in [
            ("/", "Overview", "Last 30 days"),
            ("/campaigns?range=this_month&sort=-roas", "Campaigns", "This month"),
            ("/campaigns/7?from=2026-11-01&to=2026-11-03", "Campaign 7", "1 Nov – 3 Nov 2026"),
            ("/analytics?by=platform&range=all", "Analytics", "All days"),
        ] {
            let link = address(kept).unwrap();
            assert_eq!((named(link.path()).as_str(), days_of(&link).as_str()), (page, days), "{kept}");
        }
    }

    #[test]
    fn days_that_stay_are_two_that_follow_each_other() {
        assert!(fixed(Some("2026-11-01"), Some("2026-11-03")).is_ok());
        for (from, to, parameter) in [
            (None, Some("2026-11-03"), "from"),
            (Some("2026-11-01"), None, "to"),
            (Some("2026-11-03"), Some("2026-11-01"), "from"),
            (Some("1.11.2026"), Some("2026-11-03"), "from"),
        ] {
            assert_eq!(fixed(from, to).unwrap_err().problem().parameter.as_deref(), Some(parameter));
        }
    }
}
