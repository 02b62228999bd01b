//! Notes: annotations on days and comments under campaigns, for who may see them; writing, changing and deleting them.

use std::collections::HashMap;

use axum::http::StatusCode;
use domain::Period;
use jiff::civil::Date;
use people::Permission;
use store::catalog::{Member, NewNote, Note, NoteError, Person};

use super::{mentions, plans, who};
use crate::WebError;
use crate::access::{Asked, Seen};
use crate::admission::Load;
use crate::entrance::tell_mentioned;
use crate::link::Link;

/// Longest text, in letters.
pub(crate) const LONGEST: usize = 2_000;
/// Most annotations that are drawn.
const MOST_DRAWN: u32 = 300;

/// A note as it was typed or sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) text: String,
    /// The number of a campaign.
    pub(crate) campaign: Option<u32>,
    pub(crate) from: Option<Date>,
    /// The last day; the first if none is given.
    pub(crate) to: Option<Date>,
}

/// A note with what those in it are called.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) note: Note,
    /// Who wrote it.
    pub(crate) by: String,
    /// What the campaign is called that it is about.
    pub(crate) campaign: Option<String>,
    /// Whether whoever asks wrote it.
    pub(crate) is_own: bool,
    /// Whether whoever asks may change or delete it.
    pub(crate) may_change: bool,
    /// Whether it names whoever asks.
    pub(crate) names_me: bool,
}

/// Whether a note is for somebody: who sees some accounts only sees what is said of their campaigns.
fn is_for(workspace: &Seen, note: &Note) -> bool {
    match note.campaign {
        Some((_, account)) => workspace.bound().accounts().hold(account),
        None => !workspace.is_part(),
    }
}

/// Notes, newest first: of a campaign or of all, older than `before` if given; and which to give next for older ones.
pub(crate) async fn page(
    state: &Asked,
    workspace: &Seen,
    campaign: Option<u32>,
    before: Option<u32>,
    limit: u32,
) -> Result<(Vec<Shown>, Option<u32>), WebError> {
    let (catalog, most) = (state.catalog(), limit.saturating_add(1));
    let mut notes = match campaign {
        Some(id) => catalog.notes_of_campaign(workspace.id, id, before, most).await?,
        None => catalog.notes(workspace.id, before, most).await?,
    };
    let has_older = notes.len() > limit as usize;
    notes.truncate(limit as usize);
    let next = notes.last().filter(|_| has_older).map(|last| last.id);
    Ok((shown(state, workspace, notes).await?, next))
}

/// The annotations of a period: those of all of the workspace, and of one campaign or of all of them.
pub(crate) async fn annotations(
    state: &Asked,
    workspace: &Seen,
    period: Period,
    campaign: Option<u32>,
) -> Result<Vec<Shown>, WebError> {
    let mut notes = state.catalog().annotations(workspace.id, period, MOST_DRAWN).await?;
    notes.retain(|note| match (campaign, note.campaign) {
        (Some(id), Some((own, _))) => own == id,
        _ => true,
    });
    shown(state, workspace, notes).await
}

/// Those of these notes that whoever asks may see, by their numbers.
pub(crate) async fn by_number(
    state: &Asked,
    workspace: &Seen,
    ids: &[u32],
) -> Result<HashMap<u32, Shown>, WebError> {
    let mut notes = Vec::new();
    for id in ids {
        notes.extend(state.catalog().one_note(workspace.id, *id).await?);
    }
    let shown = shown(state, workspace, notes).await?;
    Ok(shown.into_iter().map(|shown| (shown.note.id, shown)).collect())
}

/// Those of these notes that whoever asks may see, with what those in them are called.
async fn shown(state: &Asked, workspace: &Seen, mut notes: Vec<Note>) -> Result<Vec<Shown>, WebError> {
    notes.retain(|note| is_for(workspace, note));
    let mut ids: Vec<u32> = notes.iter().filter_map(|note| Some(note.campaign?.0)).collect();
    ids.sort_unstable();
    ids.dedup();
    let campaigns = plans::campaigns(state, workspace, ids).await?;
    let mut names: HashMap<String, String> = HashMap::new();
    for note in &notes {
        if !names.contains_key(&note.made_by) {
            names.insert(note.made_by.clone(), who::called(state, &note.made_by).await?);
        }
    }
    let me = state.by.name();
    let one = |note: Note| {
        let of = note.campaign.and_then(|(id, _)| campaigns.iter().find(|campaign| campaign.id == id));
        let is_own = note.made_by == me;
        Shown {
            by: names.get(&note.made_by).cloned().unwrap_or_default(),
            campaign: of.map(|campaign| campaign.name.clone()),
            is_own,
            may_change: may_change(state, workspace, is_own),
            names_me: state.by.person().is_some_and(|person| note.mentions.contains(&person)),
            note,
        }
    };
    Ok(notes.into_iter().map(one).collect())
}

/// Everybody changes what they wrote themselves; admins see to the rest.
fn may_change(state: &Asked, workspace: &Seen, is_own: bool) -> bool {
    let own = is_own && state.may(Permission::SaveViews, workspace);
    own || state.may(Permission::Administer, workspace)
}

/// Writes a note down and tells those whom it names.
pub(crate) async fn make(state: &Asked, workspace: &Seen, wanted: Wanted) -> Result<Note, WebError> {
    let text = text(&wanted.text)?;
    let days = days(wanted.from, wanted.to)?;
    let campaign = match wanted.campaign {
        Some(id) => Some(campaign_of(state, workspace, id).await?),
        None => None,
    };
    if days.is_none() && campaign.is_none() {
        let remedy = "name the day that it is about, or a campaign";
        return Err(WebError::parameter("from", "it is missing", remedy));
    }
    let people = people(state, workspace).await?;
    let mentions = mentions::found(&text, &people);
    let new = NewNote { days, campaign, text, mentions };
    let (actor, by) = (state.actor(), state.by.name());
    let id = state.catalog().make_note(&actor, workspace.id, &by, &new).await.map_err(refused)?;
    tell(state, workspace, &new.text, campaign, &new.mentions, &people).await?;
    find(state, workspace, id).await.map(|shown| shown.note)
}

/// Lets a note say something else, and tells those whom it did not name before.
pub(crate) async fn change(state: &Asked, workspace: &Seen, id: u32, new: &str) -> Result<Note, WebError> {
    let before = changeable(state, workspace, id).await?;
    let text = text(new)?;
    let people = people(state, workspace).await?;
    let mentions = mentions::found(&text, &people);
    state.catalog().change_note(&state.actor(), workspace.id, id, &text, &mentions).await.map_err(refused)?;
    let more: Vec<u32> = mentions.iter().copied().filter(|id| !before.mentions.contains(id)).collect();
    tell(state, workspace, &text, before.campaign, &more, &people).await?;
    find(state, workspace, id).await.map(|shown| shown.note)
}

/// Deletes a note. Gives what it was.
pub(crate) async fn delete(state: &Asked, workspace: &Seen, id: u32) -> Result<Note, WebError> {
    let note = changeable(state, workspace, id).await?;
    state.catalog().delete_note(&state.actor(), workspace.id, id).await.map_err(refused)?;
    Ok(note)
}

/// A note that whoever asks may see.
pub(crate) async fn find(state: &Asked, workspace: &Seen, id: u32) -> Result<Shown, WebError> {
    by_number(state, workspace, &[id]).await?.remove(&id).ok_or_else(|| missing(id))
}

async fn changeable(state: &Asked, workspace: &Seen, id: u32) -> Result<Note, WebError> {
    let shown = find(state, workspace, id).await?;
    match shown.may_change {
        true => Ok(shown.note),
        false => {
            let detail = "a note is changed and deleted by who wrote it, or by an admin";
            Err(WebError::told(StatusCode::FORBIDDEN, "role", "Not yours", detail)
                .remedy("write a note of your own"))
        }
    }
}

/// A campaign that whoever asks may see, and its account.
async fn campaign_of(state: &Asked, workspace: &Seen, id: u32) -> Result<(u32, u32), WebError> {
    let asker = workspace.asker();
    let found =
        state.ask(Load::Light, workspace.id, move |insight| insight.campaign_and_account(&asker, id)).await?;
    found.ok_or_else(|| {
        let remedy = "use the campaign_id that /api/v1/campaigns gives";
        WebError::parameter("campaign", &format!("there is no campaign {id}"), remedy)
    })
}

/// Those whom a note may name: whoever may sign in and sees what stands behind the figures of the workspace.
async fn people(state: &Asked, workspace: &Seen) -> Result<Vec<Person>, WebError> {
    let members = state.catalog().people(workspace.organisation).await?;
    let sees = |member: &Member| {
        member.memberships.iter().map(|membership| &membership.grant).any(|grant| {
            grant.workspace.is_none_or(|id| id == workspace.id) && grant.role.may(Permission::SeeWork)
        })
    };
    let here = members.into_iter().filter(|member| !member.person.is_disabled && sees(member));
    Ok(here.map(|member| member.person).collect())
}

/// Tells those whom a note names, but not whoever wrote it.
async fn tell(
    state: &Asked,
    workspace: &Seen,
    text: &str,
    campaign: Option<(u32, u32)>,
    mentions: &[u32],
    people: &[Person],
) -> Result<(), WebError> {
    if mentions.is_empty() {
        return Ok(());
    }
    let by = who::called(state, &state.by.name()).await?;
    let path = place(campaign.map(|(id, _)| id), &workspace.name);
    let named = people.iter().filter(|person| mentions.contains(&person.id));
    for person in named.filter(|person| state.by.person() != Some(person.id)) {
        tell_mentioned(state, &person.email, &by, text, &path);
    }
    Ok(())
}

/// Where a note is shown.
pub(crate) fn place(campaign: Option<u32>, workspace: &str) -> String {
    match campaign {
        Some(id) => format!("{}#notes", Link::to(format!("/campaigns/{id}")).with("workspace", workspace)),
        None => Link::to("/notes").with("workspace", workspace).to_string(),
    }
}

/// A text in its one form.
fn text(typed: &str) -> Result<String, WebError> {
    let text = typed.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned();
    let length = text.chars().count();
    let is_sign = |letter: char| letter.is_control() && letter != '\n' && letter != '\t';
    if length == 0 || length > LONGEST || text.contains(is_sign) {
        return Err(WebError::parameter("text", "it can't be a note", "use 1 to 2,000 letters"));
    }
    Ok(text)
}

fn days(from: Option<Date>, to: Option<Date>) -> Result<Option<Period>, WebError> {
    match (from, to) {
        (None, None) => Ok(None),
        (None, Some(_)) => {
            Err(WebError::parameter("from", "it is missing", "give the first day, or leave the last one out"))
        }
        (Some(from), to) => Period::new(from, to.unwrap_or(from))
            .map(Some)
            .map_err(|error| WebError::parameter("to", "it does not go with 'from'", &error.to_string())),
    }
}

/// A note's number, as an address has it.
pub(crate) fn number(id: &str) -> Result<u32, WebError> {
    id.parse().map_err(|_| missing(id))
}

fn missing(id: impl std::fmt::Display) -> WebError {
    WebError::not_found(format!("there is no note {id} here")).remedy("load the page again")
}

fn refused(error: NoteError) -> WebError {
    match error {
        NoteError::NotFound => WebError::not_found(error.to_string()),
        NoteError::TooMany => {
            WebError::told(StatusCode::CONFLICT, "too-many", "There are too many", error.to_string())
                .remedy("delete some that nobody needs")
        }
        NoteError::Catalog(error) => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn texts_have_lines_and_no_other_signs() {
        assert_eq!(text("  Sale begins\r\nuntil Sunday \n").unwrap(), "Sale begins\nuntil Sunday");
        for wrong in ["", " \n ", "a\u{0}b", "a\u{1b}[2J"] {
            assert_eq!(text(wrong).unwrap_err().problem().parameter.as_deref(), Some("text"), "{wrong:?}");
        }
        assert!(text(&"ä".repeat(LONGEST)).is_ok() && text(&"ä".repeat(LONGEST + 1)).is_err());
    }

    #[test]
    fn days_are_one_or_several_in_order() {
        let (one, two) = (date(2026, 11, 3), date(2026, 11, 5));
        assert_eq!(days(None, None).unwrap(), None);
        assert_eq!(days(Some(one), None).unwrap().unwrap().to_string(), "2026-11-03..2026-11-03");
        assert_eq!(days(Some(one), Some(two)).unwrap().unwrap().len(), 3);
        for (from, to, parameter) in [(None, Some(two), "from"), (Some(two), Some(one), "to")] {
            assert_eq!(days(from, to).unwrap_err().problem().parameter.as_deref(), Some(parameter));
        }
    }
}
