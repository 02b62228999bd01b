//! `/plans/bulk`: deciding the same about campaigns that were chosen in the list. First it says what that would do.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{OriginalUri, Path};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use insight::campaigns::CampaignAbout;
use serde_json::{Map, Value};
use store::catalog::PlanChange;

use super::plan::{Again, again, left_out, written_in};
use super::plan_form::{PlanForm, Typed};
use super::plan_panel::changed;
use super::shell::{Section, Shell};
use super::written;
use crate::WebError;
use crate::access::{Decide, May};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::plans::bulk::{self, BulkEdit};
use crate::questions::plans::{self, refused};
use crate::questions::who::called;
use crate::questions::{VIEW_PARAMETERS, chosen};

#[derive(Template)]
#[template(path = "bulk.html")]
struct BulkPage {
    shell: Shell,
    back: String,
    campaigns: Vec<String>,
    form: PlanForm,
}
in_shell!(BulkPage: FIELDS, FORMS);

#[derive(Template)]
#[template(path = "bulk_changes.html")]
struct ChangesPage {
    shell: Shell,
    title: String,
    back: String,
    /// What a reader must know first; empty for nothing.
    notice: String,
    lines: Vec<ChangeLine>,
    /// How many campaigns stay as they are.
    unchanged: usize,
    /// Where the form goes that does or undoes it, and its fields.
    action: String,
    hidden: Vec<(String, String)>,
    is_dry_run: bool,
}
in_shell!(ChangesPage: LISTS, FACTS, FORMS);

/// What is changed about a campaign.
struct ChangeLine {
    campaign: String,
    fields: Vec<(&'static str, String, String)>,
    /// What fits badly; empty for nothing.
    warning: String,
}

/// Asks what to decide about the chosen campaigns.
pub(crate) async fn ask(
    state: May<Decide>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let workspace = chosen(&state, &mut params).await?;
    left_out(&mut params)?;
    let ids: Vec<u32> = params.list("campaign")?;
    params.done()?;
    let link = Link::of(&uri);
    let ids = chosen_ids(ids)?;
    let found = plans::campaigns(&state, &workspace, ids.iter().copied().collect()).await?;
    let currency = one_currency(&found).or(workspace.currency);
    let form = PlanForm {
        action: link.at("/plans/bulk").only(&VIEW_PARAMETERS).to_string(),
        hidden: ids.iter().map(|id| ("campaign".to_owned(), id.to_string())).collect(),
        typed: Typed {
            currency: currency.map(|currency| currency.code().to_owned()).unwrap_or_default(),
            ..Typed::default()
        },
        submit: "See what it would do",
        is_bulk: true,
        ..PlanForm::default()
    };
    let title = format!("Plan for {}", format::counted(found.len() as u64, "campaign"));
    written(&BulkPage {
        shell: Shell::of(&state, theme, title, Some(Section::Campaigns), &link, &workspace).await?,
        back: link.at("/campaigns").only(&VIEW_PARAMETERS).to_string(),
        campaigns: found.into_iter().map(|campaign| campaign.name).collect(),
        form,
    })
}

/// Says what it would do, or does what was said.
pub(crate) async fn edit(
    state: May<Decide>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    let (workspace, link) = (written_in(&state, &mut params).await?, Link::of(&uri));
    params.done()?;
    let mut form = Params::of(&body);
    let ids = chosen_ids(form.list("campaign")?)?;
    let seen = form.text("seen")?;
    let given: Vec<(String, String)> = form.given(&TYPED);
    let read = read(&mut form);
    let back = link.at("/campaigns").only(&VIEW_PARAMETERS).to_string();
    let action = link.at("/plans/bulk").only(&VIEW_PARAMETERS).to_string();
    let ids_hidden = || ids.iter().map(|id| ("campaign".to_owned(), id.to_string()));
    let (typed, wanted) = read?;
    form.done()?;
    let done = match &wanted {
        Ok(wanted) => bulk::edit(&state, &workspace, &ids, wanted, seen.as_deref()).await,
        Err(error) => Err(WebError::Told(Box::new(error.problem()))),
    };
    let (done, notice) = match (done, &wanted) {
        (Ok(done), _) => (done, ""),
        (Err(error), Ok(wanted)) if is_stale(&error) => {
            let notice = "Somebody else changed these plans since you looked. Nothing was done; this is what it would do now.";
            (bulk::edit(&state, &workspace, &ids, wanted, None).await?, notice)
        }
        (Err(error), _) if error.problem().parameter.is_some() => {
            let form = PlanForm {
                action,
                hidden: ids_hidden().collect(),
                typed,
                submit: "See what it would do",
                is_bulk: true,
                ..PlanForm::default()
            };
            let title = format!("Plan for {}", format::counted(ids.len() as u64, "campaign"));
            let told = Again { title, back, form, ..Again::default() };
            return again(&state, theme, &workspace, &link, told, &error).await;
        }
        (Err(error), _) => return Err(error),
    };
    if let Some(bulk) = done.written.bulk {
        let place = link.at(format!("/plans/bulk/{bulk}")).only(&VIEW_PARAMETERS);
        return Ok(Redirect::to(&place.to_string()).into_response());
    }
    let lines = lines(&done.written.changes, &done.campaigns);
    let title = match lines.len() {
        0 => "Nothing would change".to_owned(),
        1 => "One plan would change".to_owned(),
        count => format!("{count} plans would change"),
    };
    let hidden = ids_hidden().chain(given).chain([("seen".to_owned(), done.tag)]).collect();
    let shell = Shell::of(&state, theme, &title, Some(Section::Campaigns), &link, &workspace).await?;
    let unchanged = ids.len() - lines.len();
    let page = ChangesPage {
        shell,
        title,
        back,
        notice: notice.to_owned(),
        lines,
        unchanged,
        action,
        hidden,
        is_dry_run: true,
    };
    let status = if notice.is_empty() { StatusCode::OK } else { StatusCode::PRECONDITION_FAILED };
    Ok((status, written(&page)?).into_response())
}

/// What a bulk edit did, with a way to undo it.
pub(crate) async fn done(
    state: May<Decide>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let workspace = chosen(&state, &mut params).await?;
    left_out(&mut params)?;
    params.done()?;
    let link = Link::of(&uri);
    let changes = state.catalog().bulk_changes(workspace.id, plans::number(&id)?).await?;
    let Some(first) = changes.first() else {
        return Err(WebError::not_found(format!("there is no bulk edit {id} in this workspace")));
    };
    let about = |change: &PlanChange| {
        let state = change.after.as_ref().or(change.before.as_ref());
        state.and_then(|state| plans::campaign_of(&state.about))
    };
    let campaigns = plans::campaigns(&state, &workspace, changes.iter().filter_map(about).collect()).await?;
    let title = match changes.len() {
        1 => "One plan was changed".to_owned(),
        count => format!("{count} plans were changed"),
    };
    written(&ChangesPage {
        shell: Shell::of(&state, theme, &title, Some(Section::Campaigns), &link, &workspace).await?,
        back: link.at("/campaigns").only(&VIEW_PARAMETERS).to_string(),
        notice: format!(
            "By {}, {} UTC.",
            called(&state, &first.changed_by).await?,
            format::moment(first.changed_at, 0)
        ),
        lines: lines(&changes, &campaigns),
        title,
        unchanged: 0,
        action: link.at(format!("/plans/bulk/{id}/undo")).only(&VIEW_PARAMETERS).to_string(),
        hidden: Vec::new(),
        is_dry_run: false,
    })
}

/// Undoes a bulk edit as one, and leads to what that changed.
pub(crate) async fn undo(
    state: May<Decide>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    let link = Link::of(&uri);
    let written = state.catalog().undo_bulk(workspace.id, &state.by.name(), plans::number(&id)?).await;
    let undone = written.map_err(|error| refused(error, None))?.bulk;
    let path = undone.map_or("/campaigns".to_owned(), |bulk| format!("/plans/bulk/{bulk}"));
    Ok(Redirect::to(&link.at(path).only(&VIEW_PARAMETERS).to_string()))
}

/// The inputs of the form besides the campaigns.
const TYPED: [&str; 10] = [
    "budget",
    "currency",
    "target",
    "target_value",
    "from",
    "to",
    "add_labels",
    "remove_labels",
    "owner",
    "clear",
];

/// Reads what is to be decided: what was typed, and what it comes to.
fn read(form: &mut Params) -> Result<(Typed, Result<BulkEdit, WebError>), WebError> {
    let (add, remove): (BTreeSet<String>, BTreeSet<String>) =
        (labels(form, "add_labels")?, labels(form, "remove_labels")?);
    let clear: Vec<String> = form.list("clear")?;
    let mut typed = Typed::read(form)?;
    let wanted = typed.decision().and_then(|decision| edit_of(&decision, &typed, clear, add.clone(), remove));
    typed.labels = add.into_iter().collect::<Vec<_>>().join(", ");
    Ok((typed, wanted))
}

fn edit_of(
    decision: &domain::Decision,
    typed: &Typed,
    clear: Vec<String>,
    add_labels: BTreeSet<String>,
    remove_labels: BTreeSet<String>,
) -> Result<BulkEdit, WebError> {
    let Value::Object(mut fields) = serde_json::to_value(decision).map_err(WebError::internal)? else {
        return Err(WebError::internal("a decision is no object"));
    };
    fields.retain(|name, value| !value.is_null() && name != "labels" && name != "notes");
    // A currency stands there before anything is typed; by itself it decides nothing.
    if typed.budget.is_empty() && typed.target != "cpa" {
        fields.remove("currency");
    }
    let mut set = Map::new();
    for what in clear {
        let names: &[&str] = match what.as_str() {
            "budget" => &["monthly_budget_micros"],
            "target" => &["target_cpa_micros", "target_roas"],
            "days" => &["from", "to"],
            "owner" => &["owner"],
            _ => {
                return Err(WebError::parameter(
                    "clear",
                    "it is not known",
                    "use budget, target, days or owner",
                ));
            }
        };
        set.extend(names.iter().map(|name| ((*name).to_owned(), Value::Null)));
    }
    set.extend(fields);
    let edit = BulkEdit { set, add_labels, remove_labels };
    match edit.is_empty() {
        true => Err(WebError::parameter("budget", "nothing is to be changed", "type what to set")),
        false => Ok(edit),
    }
}

fn labels(form: &mut Params, name: &'static str) -> Result<BTreeSet<String>, WebError> {
    let text = form.text(name)?.unwrap_or_default();
    let labels = text.split(',').map(|label| label.split_whitespace().collect::<Vec<_>>().join(" "));
    Ok(labels.filter(|label| !label.is_empty()).collect())
}

fn chosen_ids(ids: Vec<u32>) -> Result<BTreeSet<u32>, WebError> {
    let ids: BTreeSet<u32> = ids.into_iter().collect();
    if ids.is_empty() {
        let remedy = "go back to the list and choose campaigns by the boxes before their names";
        return Err(WebError::parameter("campaign", "no campaign is chosen", remedy));
    }
    if ids.len() > bulk::MOST {
        return Err(WebError::parameter("campaign", "too many are chosen", "choose at most 1,000"));
    }
    Ok(ids)
}

fn lines(changes: &[PlanChange], campaigns: &[CampaignAbout]) -> Vec<ChangeLine> {
    let line = |change: &PlanChange| {
        let about = change.after.as_ref().or(change.before.as_ref());
        let id = about.and_then(|state| plans::campaign_of(&state.about)).unwrap_or(0);
        let campaign = campaigns.iter().find(|campaign| campaign.id == id);
        let nothing = |state: &store::catalog::PlanState| store::catalog::PlanState {
            decision: domain::Decision::default(),
            ..state.clone()
        };
        let fields = match (&change.before, &change.after) {
            (Some(before), Some(after)) => changed(before, after),
            (None, Some(after)) => changed(&nothing(after), after),
            (Some(before), None) => changed(before, &nothing(before)),
            (None, None) => Vec::new(),
        };
        let planned = change.after.as_ref().and_then(|state| state.decision.currency);
        let counted = campaign.and_then(|campaign| campaign.currency);
        let warning = match (planned, counted) {
            (Some(planned), Some(counted)) if planned != counted => {
                format!("Its spend is counted in {}: that is not compared", format::currency(counted))
            }
            _ => String::new(),
        };
        ChangeLine {
            campaign: campaign.map_or(format!("Campaign {id}"), |one| one.name.clone()),
            fields,
            warning,
        }
    };
    changes.iter().map(line).collect()
}

fn one_currency(campaigns: &[CampaignAbout]) -> Option<domain::Currency> {
    let mut currencies = campaigns.iter().filter_map(|campaign| campaign.currency);
    let first = currencies.next()?;
    currencies.all(|currency| currency == first).then_some(first)
}

fn is_stale(error: &WebError) -> bool {
    error.problem().status == StatusCode::PRECONDITION_FAILED.as_u16()
}
