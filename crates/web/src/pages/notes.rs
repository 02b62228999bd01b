//! `/notes`: annotations on days and comments under campaigns; writing, changing and deleting them.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::{OriginalUri, Path};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::people::mendable;
use super::plan::{left_out, written_in};
use super::shell::Shell;
use super::written;
use crate::WebError;
use crate::access::{Asked, May, SaveViews, SeeFigures, Seen};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::chosen;
use crate::questions::notes::{self, LONGEST, Shown, Wanted, number};
use crate::theme::Theme;

/// Notes on a page.
const SHOWN: u32 = 50;
/// Notes under a campaign.
const UNDER_CAMPAIGN: u32 = 20;

#[derive(Template)]
#[template(path = "notes.html")]
struct NotesPage {
    shell: Shell,
    /// The campaign whose notes these are; empty for all.
    campaign: String,
    campaign_href: String,
    /// What is wrong with what was typed; empty for nothing.
    wrong: String,
    form: NoteForm,
    notes: Vec<NoteLine>,
    newest: Option<String>,
    older: Option<String>,
}
in_shell!(NotesPage: FIELDS, LISTS, FORMS, PLANS);

/// A note as it stands in a list.
#[derive(Debug, Clone, Template)]
#[template(path = "note.html")]
pub(super) struct NoteLine {
    by: String,
    at: String,
    at_exact: String,
    is_changed: bool,
    names_me: bool,
    /// The days that it is about; empty for none.
    days: String,
    /// The campaign that it is about, where that is not said anyway, and where that is.
    campaign: Option<(String, String)>,
    text: String,
    /// Where it is changed and deleted; empty if not by who asks.
    change: String,
    delete: String,
}

impl HtmlSafe for NoteLine {}

/// Where a note is written.
#[derive(Debug, Clone, Template)]
#[template(path = "note_form.html")]
pub(super) struct NoteForm {
    action: String,
    /// The campaign's number; empty for none.
    campaign: String,
    from: String,
    to: String,
    text: String,
    longest: usize,
}

impl HtmlSafe for NoteForm {}

/// The notes under a campaign, and where one is written.
pub(super) struct UnderCampaign {
    pub(super) notes: Vec<NoteLine>,
    pub(super) form: NoteForm,
    /// Where all of them stand, to be changed there.
    pub(super) all: String,
}

impl NoteLine {
    /// A note, with its campaign where several may be meant. `workspace` is where it can be changed.
    pub(super) fn of(shown: &Shown, workspace: &str, with_campaign: bool, can_change: bool) -> Self {
        let Shown { note, by, campaign, may_change, names_me, .. } = shown;
        let own = |path: String| match *may_change && can_change {
            true => Link::to(path).with("workspace", workspace).to_string(),
            false => String::new(),
        };
        let about = note.campaign.filter(|_| with_campaign).map(|(id, _)| {
            let name = campaign.clone().unwrap_or_else(|| format!("campaign {id}"));
            (name, notes::place(Some(id), workspace))
        });
        Self {
            by: by.clone(),
            at: format::moment(note.made_at, 0),
            at_exact: note.made_at.to_string(),
            is_changed: note.changed_at.is_some(),
            names_me: *names_me,
            days: note.days.map(format::days).unwrap_or_default(),
            campaign: about,
            text: note.text.clone(),
            change: own(format!("/notes/{}", note.id)),
            delete: own(format!("/notes/{}/delete", note.id)),
        }
    }
}

impl NoteForm {
    fn of(workspace: &str, typed: Wanted) -> Self {
        let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        Self {
            action: Link::to("/notes").with("workspace", workspace).to_string(),
            campaign: typed.campaign.map(|id| id.to_string()).unwrap_or_default(),
            from: day(typed.from),
            to: day(typed.to),
            text: typed.text,
            longest: LONGEST,
        }
    }
}

impl UnderCampaign {
    /// The newest notes about a campaign. What is shown is kept for all who see the same, so nothing is whoever asks' own.
    pub(super) async fn read(state: &Asked, workspace: &Seen, campaign: u32) -> Result<Self, WebError> {
        let (shown, _) = notes::page(state, workspace, Some(campaign), None, UNDER_CAMPAIGN).await?;
        let line = |shown: &Shown| NoteLine::of(shown, &workspace.name, false, false);
        let typed = Wanted { campaign: Some(campaign), ..Wanted::default() };
        let all = Link::to("/notes").with("campaign", campaign.to_string());
        Ok(Self {
            notes: shown.iter().map(line).collect(),
            form: NoteForm::of(&workspace.name, typed),
            all: all.with("workspace", &workspace.name).to_string(),
        })
    }
}

/// The page.
pub(crate) async fn list(
    state: May<SeeFigures>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let workspace = chosen(&state, &mut params).await?;
    left_out(&mut params)?;
    let campaign = params.parsed_as("campaign", "use the number of a campaign")?;
    let before = params.parsed_as("before", "use the link to older notes")?;
    params.done()?;
    let typed = Wanted { campaign, ..Wanted::default() };
    page(&state, theme, &Link::of(&uri), &workspace, before, String::new(), typed).await
}

/// Writes a note, and leads to where it stands.
pub(crate) async fn create(
    state: May<SaveViews>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
    body: String,
) -> Result<Response, WebError> {
    let theme = params.theme();
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    let mut form = Params::of(&body);
    let day = "use a day such as 2026-11-22";
    let wanted = Wanted {
        text: form.as_typed("text")?.unwrap_or_default(),
        campaign: form.parsed_as("campaign", "use the number of a campaign")?,
        from: form.parsed_as("from", day)?,
        to: form.parsed_as("to", day)?,
    };
    form.done()?;
    match notes::make(&state, &workspace, wanted.clone()).await {
        Ok(note) => {
            let place = notes::place(note.campaign.map(|(id, _)| id), &workspace.name);
            Ok(Redirect::to(&place).into_response())
        }
        Err(error) => {
            let (status, wrong): (StatusCode, String) = mendable(error)?;
            let shown = page(&state, theme, &Link::of(&uri), &workspace, None, wrong, wanted).await?;
            Ok((status, shown).into_response())
        }
    }
}

/// Lets a note say something else.
pub(crate) async fn change(
    state: May<SaveViews>,
    Path(id): Path<String>,
    mut params: Params,
    body: String,
) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    let mut form = Params::of(&body);
    let text = form.as_typed("text")?.unwrap_or_default();
    form.done()?;
    let note = notes::change(&state, &workspace, number(&id)?, &text).await?;
    Ok(back(&workspace, note.campaign))
}

/// Deletes a note.
pub(crate) async fn delete(
    state: May<SaveViews>,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Redirect, WebError> {
    let workspace = written_in(&state, &mut params).await?;
    params.done()?;
    let note = notes::delete(&state, &workspace, number(&id)?).await?;
    Ok(back(&workspace, note.campaign))
}

/// To the list in which a note stands or stood.
fn back(workspace: &Seen, campaign: Option<(u32, u32)>) -> Redirect {
    let list = Link::to("/notes").with("workspace", &workspace.name);
    let list = match campaign {
        Some((id, _)) => list.with("campaign", id.to_string()),
        None => list,
    };
    Redirect::to(&list.to_string())
}

async fn page(
    state: &Asked,
    theme: Theme,
    link: &Link,
    workspace: &Seen,
    before: Option<u32>,
    wrong: String,
    typed: Wanted,
) -> Result<Html<String>, WebError> {
    let campaign = typed.campaign;
    let (shown, next) = notes::page(state, workspace, campaign, before, SHOWN).await?;
    let list = || match campaign {
        Some(id) => Link::to("/notes").with("campaign", id.to_string()).with("workspace", &workspace.name),
        None => Link::to("/notes").with("workspace", &workspace.name),
    };
    let name = shown.iter().find_map(|shown| shown.campaign.clone());
    written(&NotesPage {
        shell: Shell::of(state, theme, "Notes", None, link, workspace).await?,
        campaign: campaign.map(|id| name.unwrap_or_else(|| format!("campaign {id}"))).unwrap_or_default(),
        campaign_href: notes::place(campaign, &workspace.name),
        wrong,
        form: NoteForm::of(&workspace.name, typed),
        notes: shown
            .iter()
            .map(|shown| NoteLine::of(shown, &workspace.name, campaign.is_none(), true))
            .collect(),
        newest: before.map(|_| list().to_string()),
        older: next.map(|next| list().with("before", next.to_string()).to_string()),
    })
}
