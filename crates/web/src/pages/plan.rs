//! `/plans/{id}`: one plan, changing, deleting and matching it, and undoing a change.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::{OriginalUri, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::PlanAbout;
use people::Permission;
use store::catalog::{Plan, PlanChange, PlanState, Workspace};

use super::plan_form::{Differing, PlanForm, Typed};
use super::plan_panel::{History, PlanPanel, place};
use super::shell::{Section, Shell};
use super::written;
use crate::access::{Asked, Decide, May, SeeWork, Seen};
use crate::link::Link;
use crate::params::Params;
use crate::questions::plans::{self, Proposal, Shown};
use crate::questions::who::{called, with_names};
use crate::questions::{VIEW_PARAMETERS, chosen};
use crate::theme::Theme;
use crate::{WebError, format};

/// Most changes on the page.
const MOST_CHANGES: usize = 500;

#[derive(Template)]
#[template(path = "plan.html")]
struct PlanPage {
    shell: Shell,
    list_href: String,
    /// What it is about, and what that is, in words.
    title: String,
    kind: String,
    panel: PlanPanel,
    matches: Matches,
}
in_shell!(PlanPage: FACTS, FIGURES, ATTENTION, FORMS, PLANS);

/// The campaigns that planned ones may be.
#[derive(Default, Template)]
#[template(path = "matches.html")]
pub(super) struct Matches {
    pub(super) matches: Vec<Match>,
}

impl HtmlSafe for Matches {}

/// A campaign that a planned one may be.
pub(super) struct Match {
    pub(super) campaign: String,
    pub(super) href: String,
    pub(super) about: String,
    pub(super) action: String,
    pub(super) version: u32,
    pub(super) id: u32,
    pub(super) has_plan: bool,
}

#[derive(Template)]
#[template(path = "plan_lost.html")]
struct LostPage {
    shell: Shell,
    title: String,
    back: String,
    /// Who changed it meanwhile, and when; empty if nobody did.
    meanwhile: String,
    differing: Vec<Differing>,
    form: PlanForm,
}
in_shell!(LostPage: FIELDS, FACTS, FIGURES, FORMS, PLANS);

/// The page.
pub(crate) async fn show(
    state: May<SeeWork>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Response, WebError> {
    let theme = params.theme();
    let workspace = chosen(&state, &mut params).await?;
    left_out(&mut params)?;
    params.done()?;
    let link = Link::of(&uri);
    let number = plans::number(&id)?;
    let changes = with_names(&state, state.catalog().plan_changes(workspace.id, number).await?).await?;
    let Some(last) = changes.first() else {
        return Err(WebError::not_found(format!("there is no plan {id} in this workspace")));
    };
    let can_decide = state.may(Permission::Decide, &workspace);
    let (about, panel, matches) = match state.catalog().plan(workspace.id, number).await? {
        Some(plan) => {
            let proposals = plans::proposals(&state, &workspace, std::slice::from_ref(&plan)).await?;
            let matches = proposals.iter().map(|found| matched(found, &plan, &link)).collect();
            let matches = Matches { matches };
            let shown = plans::shown(&state, &workspace, vec![plan]).await?.pop();
            let shown = shown.ok_or_else(|| WebError::internal("a plan is lost"))?;
            let usual = currency(&shown, &workspace);
            let mut panel = PlanPanel::of(&shown, &changes, &link, usual).for_who(can_decide);
            panel.history = History::of(&changes, &link, MOST_CHANGES);
            (shown.plan.state.about, panel, matches)
        }
        None => {
            let about = last.before.as_ref().map(|state| state.about.clone());
            let about = about.ok_or_else(|| WebError::internal("a deleted plan was never there"))?;
            let mut panel = PlanPanel::none(&about, &changes, &link, workspace.currency).for_who(can_decide);
            panel.history = History::of(&changes, &link, MOST_CHANGES);
            (about, panel, Matches::default())
        }
    };
    let (title, kind) = titled(&state, &workspace, &about).await?;
    let page = PlanPage {
        shell: Shell::of(&state, theme, &title, Some(Section::Campaigns), &link, &workspace).await?,
        list_href: link.at("/plans").only(&VIEW_PARAMETERS).to_string(),
        title,
        kind,
        panel,
        matches,
    };
    Ok(written(&page)?.into_response())
}

/// Decides anew. Where that is refused the form comes back as it was typed, with what is so now beside it.
pub(crate) async fn change(
    state: May<Decide>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    let (workspace, link) = (written_in(&state, &mut params).await?, Link::of(&uri));
    params.done()?;
    let mut form = Params::of(&body);
    let version = version(&mut form)?;
    let typed = Typed::read(&mut form)?;
    form.done()?;
    let plan = plans::find(&state, &workspace, &id).await?;
    let decision = match typed.decision() {
        Ok(decision) => decision,
        Err(error) => {
            let (title, _) = titled(&state, &workspace, &plan.state.about).await?;
            let form = PlanForm { typed, ..form_of(&plan, version, &link) };
            let told = Again { title, back: home(&plan, &link), form, ..Again::default() };
            return again(&state, theme, &workspace, &link, told, &error).await;
        }
    };
    let wanted = PlanState { about: plan.state.about.clone(), decision };
    match plans::set(&state, &workspace, plan.id, version, wanted).await {
        Ok(plan) => Ok(Redirect::to(&home(&plan, &link)).into_response()),
        Err(error) if error.problem().status == StatusCode::PRECONDITION_FAILED.as_u16() => {
            let Ok(now) = plans::find(&state, &workspace, &id).await else { return Err(error) };
            let read = state_at(&state, &workspace, &now, version).await?;
            let typed_of = |state: &PlanState| Typed::of(&state.decision, None);
            let (typed, differing) = typed.merged(&typed_of(&read), &typed_of(&now.state));
            let told = Again {
                title: titled(&state, &workspace, &now.state.about).await?.0,
                back: home(&now, &link),
                meanwhile: format!(
                    "{} changed it {} UTC",
                    called(&state, &now.changed_by).await?,
                    format::moment(now.changed_at, 0)
                ),
                differing,
                form: PlanForm { typed, ..form_of(&now, now.version, &link) },
            };
            again(&state, theme, &workspace, &link, told, &error).await
        }
        Err(error) => Err(error),
    }
}

/// Deletes the plan and leads to where it can be undone.
pub(crate) async fn delete(
    state: May<Decide>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
    body: String,
) -> Result<Redirect, WebError> {
    let (workspace, link) = (written_in(&state, &mut params).await?, Link::of(&uri));
    params.done()?;
    let mut form = Params::of(&body);
    let version = version(&mut form)?;
    form.done()?;
    let plan = plans::find(&state, &workspace, &id).await?;
    plans::delete(&state, &workspace, plan.id, version).await?;
    Ok(Redirect::to(&home(&plan, &link)))
}

/// Undoes a change.
pub(crate) async fn undo(
    state: May<Decide>,
    Path((id, change)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Redirect, WebError> {
    let (workspace, link) = (written_in(&state, &mut params).await?, Link::of(&uri));
    params.done()?;
    let (number, change) = (plans::number(&id)?, plans::number(&change)?);
    let left = plans::undo(&state, &workspace, number, None, change).await?;
    let home = match &left {
        Some(plan) => home(plan, &link),
        None => place(&link, number, ""),
    };
    Ok(Redirect::to(&home))
}

/// Says that a planned campaign is one that has appeared: its plan is that one's from now on.
pub(crate) async fn matched_to(
    state: May<Decide>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
    body: String,
) -> Result<Redirect, WebError> {
    let (workspace, link) = (written_in(&state, &mut params).await?, Link::of(&uri));
    params.done()?;
    let mut form = Params::of(&body);
    let version = version(&mut form)?;
    let campaign = form.parsed_as("campaign", "use the number of a campaign")?;
    form.done()?;
    let campaign = campaign
        .ok_or_else(|| WebError::parameter("campaign", "it is missing", "say which campaign it is"))?;
    let plan = plans::find(&state, &workspace, &id).await?;
    let fits = plans::proposals(&state, &workspace, std::slice::from_ref(&plan)).await?;
    if !fits.iter().any(|found| found.campaign.id == campaign) {
        let remedy = "choose one of those that the plan's page offers";
        return Err(WebError::parameter("campaign", "it is not called as planned", remedy));
    }
    let wanted = PlanState { about: PlanAbout::Campaign(campaign), decision: plan.state.decision.clone() };
    let plan = plans::set(&state, &workspace, plan.id, version, wanted).await?;
    Ok(Redirect::to(&home(&plan, &link)))
}

/// A form that comes back as it was typed.
#[derive(Default)]
pub(super) struct Again {
    pub(super) title: String,
    pub(super) back: String,
    /// Who changed the plan meanwhile, and when; empty if nobody did.
    pub(super) meanwhile: String,
    pub(super) differing: Vec<Differing>,
    pub(super) form: PlanForm,
}

/// The form again, with what is wrong with what was typed, or with what is so now.
pub(super) async fn again(
    state: &Asked,
    theme: Theme,
    workspace: &Seen,
    link: &Link,
    again: Again,
    error: &WebError,
) -> Result<Response, WebError> {
    let problem = error.problem();
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
    let Again { title, back, meanwhile, differing, form } = again;
    let form = if meanwhile.is_empty() { form.refused(&problem) } else { form };
    let shell = Shell::of(state, theme, &title, Some(Section::Campaigns), link, workspace).await?;
    Ok((status, written(&LostPage { shell, title, back, meanwhile, differing, form })?).into_response())
}

fn form_of(plan: &Plan, version: u32, link: &Link) -> PlanForm {
    PlanForm {
        action: place(link, plan.id, ""),
        hidden: vec![("version".to_owned(), version.to_string())],
        submit: "Save",
        ..PlanForm::default()
    }
}

/// What was so at a version.
async fn state_at(
    state: &Asked,
    workspace: &Workspace,
    plan: &Plan,
    version: u32,
) -> Result<PlanState, WebError> {
    let changes: Vec<PlanChange> = state.catalog().plan_changes(workspace.id, plan.id).await?;
    let read = changes.into_iter().find(|change| change.version == version).and_then(|change| change.after);
    Ok(read.unwrap_or_else(|| plan.state.clone()))
}

/// Where a plan is shown: a campaign's on the campaign's page.
pub(super) fn home(plan: &Plan, link: &Link) -> String {
    match plan.state.about {
        PlanAbout::Campaign(id) => {
            format!("{}#plan", link.at(format!("/campaigns/{id}")).only(&VIEW_PARAMETERS))
        }
        _ => place(link, plan.id, ""),
    }
}

/// The currency in which a plan's amounts are most likely.
pub(super) fn currency(shown: &Shown, workspace: &Workspace) -> Option<domain::Currency> {
    shown.campaign.as_ref().and_then(|campaign| campaign.currency).or(workspace.currency)
}

pub(super) fn matched(found: &Proposal, plan: &Plan, link: &Link) -> Match {
    let campaign = &found.campaign;
    Match {
        campaign: campaign.name.clone(),
        href: link.at(format!("/campaigns/{}", campaign.id)).only(&VIEW_PARAMETERS).to_string(),
        about: [campaign.platform.map_or("", |platform| platform.label()), &campaign.account]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" · "),
        action: place(link, plan.id, "/match"),
        version: plan.version,
        id: campaign.id,
        has_plan: found.has_plan,
    }
}

/// What a plan is about, and of which kind that is.
async fn titled(state: &Asked, workspace: &Seen, about: &PlanAbout) -> Result<(String, String), WebError> {
    Ok(match about {
        PlanAbout::Campaign(id) => {
            let found = plans::campaigns(state, workspace, vec![*id]).await?.pop();
            (
                found.map_or(format!("Campaign {id}"), |campaign| campaign.name),
                "Plan of a campaign".to_owned(),
            )
        }
        PlanAbout::Label(label) => (label.clone(), "Plan of all campaigns with this label".to_owned()),
        PlanAbout::Planned(planned) => {
            let account =
                planned.account.as_deref().map(|account| format!(", {account}")).unwrap_or_default();
            (planned.name.clone(), format!("Planned for {}{account}", planned.platform.label()))
        }
    })
}

fn version(form: &mut Params) -> Result<u32, WebError> {
    let remedy = "open the page again and send its form";
    let version = form.parsed_as("version", remedy)?;
    version.ok_or_else(|| WebError::parameter("version", "it is missing", remedy))
}

/// The workspace that a form changes; the days of the page it stood on are kept for the way back.
pub(super) async fn written_in(state: &Asked, params: &mut Params) -> Result<Seen, WebError> {
    let workspace = plans::changed_in(state, params).await?;
    left_out(params)?;
    Ok(workspace)
}

/// Takes the days of the page that led here, which a plan does not depend on.
pub(super) fn left_out(params: &mut Params) -> Result<(), WebError> {
    for name in ["range", "from", "to", "compare", "as_of", "convert"] {
        params.text(name)?;
    }
    Ok(())
}
