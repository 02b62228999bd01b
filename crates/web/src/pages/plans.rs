//! `/plans`: campaigns that are to come, groups of campaigns, and all other plans; making one.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::OriginalUri;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::{PlanAbout, PlannedCampaign, Platform};
use store::catalog::{PlanChange, Workspace};

use super::pace::{PaceFigure, cell};
use super::plan::{Again, Matches, again, home, left_out, matched, written_in};
use super::plan_form::{PlanForm, Typed};
use super::plan_panel::{about_fields, about_words, place, target_words};
use super::shell::{Section, Shell};
use super::table::Cell;
use super::written;
use crate::WebError;
use crate::access::{Asked, Decide, May, SeeWork};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::plans::{self, Shown};
use crate::questions::{VIEW_PARAMETERS, chosen};

/// Deleted plans that are offered to be brought back.
const MOST_DELETED: u32 = 5;

#[derive(Template)]
#[template(path = "plans.html")]
struct PlansPage {
    shell: Shell,
    campaigns_href: String,
    matches: Matches,
    planned: PlanLines,
    groups: Vec<Group>,
    campaigns: PlanLines,
    deleted: Vec<Deleted>,
    platforms: Vec<(&'static str, &'static str)>,
    labels: Vec<(String, u32)>,
    action: String,
    currency: String,
}
in_shell!(PlansPage: LISTS, FIGURES, ATTENTION, FORMS, PLANS);

/// Plans as a table.
#[derive(Template)]
#[template(path = "plan_lines.html")]
struct PlanLines {
    lines: Vec<PlanLine>,
    /// Whether there is a column that says how they go.
    has_going: bool,
    /// What is said where there is none.
    nothing: &'static str,
}

impl HtmlSafe for PlanLines {}

/// A plan in a list.
struct PlanLine {
    href: String,
    name: String,
    about: String,
    labels: Vec<String>,
    budget: String,
    target: String,
    days: String,
    owner: String,
    going: Cell,
}

/// The plan of a group of campaigns.
struct Group {
    line: PlanLine,
    pace: Option<PaceFigure>,
    campaigns_href: String,
}

/// A plan that was deleted.
struct Deleted {
    about: String,
    at: String,
    undo: String,
}

/// The page.
pub(crate) async fn list(
    state: May<SeeWork>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let workspace = chosen(&state, &mut params).await?;
    left_out(&mut params)?;
    params.done()?;
    let link = Link::of(&uri);
    let all = state.catalog().plans(workspace.id).await?;
    let proposals = plans::proposals(&state, &workspace, &all).await?;
    let matches = proposals.iter().filter_map(|found| {
        let plan = all.iter().find(|plan| plan.id == found.plan)?;
        Some(matched(found, plan, &link))
    });
    let matches = Matches { matches: matches.collect() };
    let shown = plans::shown(&state, &workspace, all).await?;
    let of = |is_meant: fn(&PlanAbout) -> bool| {
        let link = &link;
        shown
            .iter()
            .filter(move |shown| is_meant(&shown.plan.state.about))
            .map(move |shown| (shown, line(shown, link)))
    };
    let deleted = state.catalog().deleted_plans(workspace.id, None, MOST_DELETED).await?;
    let page = PlansPage {
        shell: Shell::of(&state, theme, "Plans", Some(Section::Campaigns), &link, &workspace).await?,
        campaigns_href: link.at("/campaigns").only(&VIEW_PARAMETERS).to_string(),
        matches,
        planned: PlanLines {
            lines: of(|about| matches!(about, PlanAbout::Planned(_))).map(|(_, line)| line).collect(),
            has_going: false,
            nothing: "None. Plan a campaign before it exists: it is matched when it appears in an import.",
        },
        groups: of(|about| matches!(about, PlanAbout::Label(_)))
            .map(|(shown, line)| group(shown, line, &link))
            .collect(),
        campaigns: PlanLines {
            lines: of(|about| matches!(about, PlanAbout::Campaign(_))).map(|(_, line)| line).collect(),
            has_going: true,
            nothing: "None. Open a campaign and make its plan, or choose several in the list.",
        },
        deleted: deleted.iter().map(|change| gone(change, &link)).collect(),
        platforms: Platform::ALL.iter().map(|platform| (platform.key(), platform.label())).collect(),
        labels: state.catalog().labels(workspace.id).await?,
        action: link.at("/plans").only(&VIEW_PARAMETERS).to_string(),
        currency: workspace.currency.map(|currency| currency.code().to_owned()).unwrap_or_default(),
    };
    written(&page)
}

/// Makes a plan and leads to it. Where that is refused the form comes back as it was typed.
pub(crate) async fn create(
    state: May<Decide>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    let (workspace, link) = (written_in(&state, &mut params).await?, Link::of(&uri));
    params.done()?;
    let mut form = Params::of(&body);
    let about = about(&mut form)?;
    let typed = Typed::read(&mut form)?;
    form.done()?;
    let made = match typed.decision() {
        Ok(decision) => plans::make(&state, &workspace, about.clone(), decision).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(plan) => Ok(Redirect::to(&home(&plan, &link)).into_response()),
        Err(error) if error.problem().parameter.is_some() => {
            let form = PlanForm {
                action: link.at("/plans").only(&VIEW_PARAMETERS).to_string(),
                hidden: about_fields(&about),
                typed,
                submit: "Make the plan",
                ..PlanForm::default()
            };
            let told =
                Again { title: about_words(&about), back: back(&about, &link), form, ..Again::default() };
            again(&state, theme, &workspace, &link, told, &error).await
        }
        Err(error) => Err(error),
    }
}

/// What a new plan is about, as the form says it.
fn about(form: &mut Params) -> Result<PlanAbout, WebError> {
    let campaign: Option<u32> = form.parsed_as("campaign", "use a campaign's number")?;
    let label = form.text("label")?;
    let (platform, account, name) = (form.parsed("platform")?, form.text("account")?, form.text("name")?);
    let about = match (campaign, label, platform, name) {
        (Some(id), None, None, None) => PlanAbout::Campaign(id),
        (None, Some(label), None, None) => PlanAbout::Label(label),
        (None, None, Some(platform), Some(name)) => {
            PlanAbout::Planned(PlannedCampaign { platform, account, name })
        }
        (None, None, Some(_), None) => {
            return Err(WebError::parameter("name", "it is missing", "say what the campaign will be called"));
        }
        _ => {
            let remedy = "give a label, or a platform and a name";
            return Err(WebError::parameter("label", "it is not said what the plan is about", remedy));
        }
    };
    let about = about.tidy();
    about.check()?;
    Ok(about)
}

fn back(about: &PlanAbout, link: &Link) -> String {
    let path = match about {
        PlanAbout::Campaign(id) => format!("/campaigns/{id}"),
        _ => "/plans".to_owned(),
    };
    link.at(path).only(&VIEW_PARAMETERS).to_string()
}

fn line(shown: &Shown, link: &Link) -> PlanLine {
    let (about, decision) = (&shown.plan.state.about, &shown.plan.state.decision);
    let (name, said) = match about {
        PlanAbout::Campaign(id) => match &shown.campaign {
            Some(campaign) => {
                let platform = campaign.platform.map_or("", |platform| platform.label());
                (campaign.name.clone(), format!("{platform} · {}", campaign.account))
            }
            None => (format!("Campaign {id}"), "Not imported any more".to_owned()),
        },
        PlanAbout::Label(label) => (label.clone(), String::new()),
        PlanAbout::Planned(planned) => {
            let account =
                planned.account.as_deref().map(|account| format!(" · {account}")).unwrap_or_default();
            (planned.name.clone(), format!("{}{account}", planned.platform.label()))
        }
    };
    let days = match (decision.from, decision.to) {
        (None, None) => String::new(),
        (from, to) => {
            let day = |day: Option<jiff::civil::Date>| day.map(format::day).unwrap_or_else(|| "…".to_owned());
            format!("{} – {}", day(from), day(to))
        }
    };
    let money = |(micros, currency)| super::pace::money(micros, currency);
    PlanLine {
        href: home(&shown.plan, link),
        name,
        about: said,
        labels: decision.labels.iter().cloned().collect(),
        budget: decision.budget().map(money).unwrap_or_default(),
        target: target_words(decision),
        days,
        owner: decision.owner.clone().unwrap_or_default(),
        going: cell(&shown.going),
    }
}

fn group(shown: &Shown, line: PlanLine, link: &Link) -> Group {
    let campaigns = link.at("/campaigns").only(&VIEW_PARAMETERS).with("label", &line.name);
    Group { pace: PaceFigure::of(&shown.going), campaigns_href: campaigns.to_string(), line }
}

fn gone(change: &PlanChange, link: &Link) -> Deleted {
    Deleted {
        about: change.before.as_ref().map(|state| about_words(&state.about)).unwrap_or_default(),
        at: format::moment(change.changed_at, 0),
        undo: place(link, change.plan, &format!("/changes/{}/undo", change.version)),
    }
}

/// The last plan about a thing that was deleted, with its changes, so that it can be brought back.
pub(super) async fn deleted_about(
    state: &Asked,
    workspace: &Workspace,
    about: &PlanAbout,
) -> Result<Vec<PlanChange>, WebError> {
    match state.catalog().deleted_plans(workspace.id, Some(about), 1).await?.pop() {
        Some(last) => Ok(state.catalog().plan_changes(workspace.id, last.plan).await?),
        None => Ok(Vec::new()),
    }
}
