//! Notes: annotations on days, and comments under campaigns.

use domain::Period;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::people::{maybe_seconds, note_in, number, seconds};
use super::workspaces::moved_on;
use super::{Actor, Catalog, CatalogError, NewAudit};
use crate::WorkspaceId;
use crate::facts::{AccountId, EntityId};

/// Most notes of a workspace.
pub const MOST_NOTES: u32 = 50_000;

/// Something that somebody wrote down about days, about a campaign, or about both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its number.
    pub id: u32,
    /// The days that it is about. A note with days is an annotation, one without a comment.
    pub days: Option<Period>,
    /// The campaign that it is about, with the account that the campaign is of; none for all of the workspace.
    pub campaign: Option<(EntityId, AccountId)>,
    /// What it says.
    pub text: String,
    /// Whom it names, by number.
    pub mentions: Vec<u32>,
    /// Who wrote it, such as `person 3`.
    pub made_by: String,
    /// When it was written.
    pub made_at: Timestamp,
    /// When it was last changed.
    pub changed_at: Option<Timestamp>,
}

/// A note that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNote {
    /// The days that it is about.
    pub days: Option<Period>,
    /// The campaign, with its account.
    pub campaign: Option<(EntityId, AccountId)>,
    /// What it says.
    pub text: String,
    /// Whom it names, by number, each once.
    pub mentions: Vec<u32>,
}

/// Why a note could not be written. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum NoteError {
    /// There is no such note.
    #[error("there is no such note")]
    NotFound,
    /// There are [`MOST_NOTES`] already.
    #[error("there are {MOST_NOTES} notes already")]
    TooMany,
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl From<sqlx::Error> for NoteError {
    fn from(error: sqlx::Error) -> Self {
        Self::Catalog(error.into())
    }
}

fn from_row(row: &SqliteRow) -> Result<Note, CatalogError> {
    let unknown = |what: &'static str, value: String| CatalogError::UnknownValue { what, value };
    let day = |column: &str| -> Result<Option<Date>, CatalogError> {
        let text: Option<String> = row.try_get(column)?;
        text.map(|text| text.parse().map_err(|_| unknown("day", text))).transpose()
    };
    let days = match (day("first_day")?, day("last_day")?) {
        (Some(from), Some(to)) => {
            Some(Period::new(from, to).map_err(|_| unknown("days", format!("{from}..{to}")))?)
        }
        _ => None,
    };
    let (campaign, account): (Option<EntityId>, Option<AccountId>) =
        (row.try_get("campaign")?, row.try_get("account")?);
    let mentions: Option<String> = row.try_get("mentions")?;
    let mentions = mentions.unwrap_or_default();
    Ok(Note {
        id: row.try_get("id")?,
        days,
        campaign: campaign.zip(account),
        text: row.try_get("text")?,
        mentions: mentions.split(',').filter_map(|id| id.parse().ok()).collect(),
        made_by: row.try_get("made_by")?,
        made_at: seconds(row, "made_at")?,
        changed_at: maybe_seconds(row, "changed_at")?,
    })
}

impl Catalog {
    /// Notes of a workspace, newest first, at most `limit`, older than `before` if given.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn notes(
        &self,
        workspace: WorkspaceId,
        before: Option<u32>,
        limit: u32,
    ) -> Result<Vec<Note>, CatalogError> {
        let rows = sqlx::query(
            "SELECT *, (SELECT group_concat(person) FROM mention WHERE mention.remark = remark.id) AS mentions
             FROM remark WHERE workspace = ? AND id < ? ORDER BY id DESC LIMIT ?",
        )
        .bind(workspace)
        .bind(before.map_or(i64::MAX, i64::from))
        .bind(limit)
        .fetch_all(self.reading())
        .await?;
        rows.iter().map(from_row).collect()
    }

    /// Notes about a campaign, newest first, at most `limit`, older than `before` if given.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn notes_of_campaign(
        &self,
        workspace: WorkspaceId,
        campaign: EntityId,
        before: Option<u32>,
        limit: u32,
    ) -> Result<Vec<Note>, CatalogError> {
        let rows = sqlx::query(
            "SELECT *, (SELECT group_concat(person) FROM mention WHERE mention.remark = remark.id) AS mentions
             FROM remark WHERE workspace = ? AND campaign = ? AND id < ? ORDER BY id DESC LIMIT ?",
        )
        .bind(workspace)
        .bind(campaign)
        .bind(before.map_or(i64::MAX, i64::from))
        .bind(limit)
        .fetch_all(self.reading())
        .await?;
        rows.iter().map(from_row).collect()
    }

    /// Annotations whose days meet a period, by their first day, at most `limit`.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn annotations(
        &self,
        workspace: WorkspaceId,
        period: Period,
        limit: u32,
    ) -> Result<Vec<Note>, CatalogError> {
        let rows = sqlx::query(
            "SELECT *, (SELECT group_concat(person) FROM mention WHERE mention.remark = remark.id) AS mentions
             FROM remark WHERE workspace = ? AND first_day IS NOT NULL AND first_day <= ? AND last_day >= ?
             ORDER BY first_day, id LIMIT ?",
        )
        .bind(workspace)
        .bind(period.to().to_string())
        .bind(period.from().to_string())
        .bind(limit)
        .fetch_all(self.reading())
        .await?;
        rows.iter().map(from_row).collect()
    }

    /// One note.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn one_note(&self, workspace: WorkspaceId, id: u32) -> Result<Option<Note>, CatalogError> {
        let row = sqlx::query(
            "SELECT *, (SELECT group_concat(person) FROM mention WHERE mention.remark = remark.id) AS mentions
             FROM remark WHERE workspace = ? AND id = ?",
        )
        .bind(workspace)
        .bind(id)
        .fetch_optional(self.reading())
        .await?;
        row.as_ref().map(from_row).transpose()
    }

    /// Writes a note down. Gives its number. The audit log says that there is one, and not what it says.
    ///
    /// # Errors
    /// If there are too many, or the catalog fails.
    pub async fn make_note(
        &self,
        by: &Actor,
        workspace: WorkspaceId,
        made_by: &str,
        new: &NewNote,
    ) -> Result<u32, NoteError> {
        let mut change = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        let count: u32 = sqlx::query("SELECT count(*) FROM remark WHERE workspace = ?")
            .bind(workspace)
            .fetch_one(&mut *change)
            .await?
            .try_get(0)?;
        if count >= MOST_NOTES {
            return Err(NoteError::TooMany);
        }
        let made = sqlx::query(
            "INSERT INTO remark (workspace, first_day, last_day, campaign, account, text, made_by, made_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(workspace)
        .bind(new.days.map(|days| days.from().to_string()))
        .bind(new.days.map(|days| days.to().to_string()))
        .bind(new.campaign.map(|(campaign, _)| campaign))
        .bind(new.campaign.map(|(_, account)| account))
        .bind(&new.text)
        .bind(made_by)
        .bind(Timestamp::now().as_second())
        .execute(&mut *change)
        .await?;
        let id = number(made.last_insert_rowid())?;
        mention(&mut change, id, &new.mentions).await?;
        let after = json!({
            "from": new.days.map(Period::from), "to": new.days.map(Period::to),
            "campaign": new.campaign.map(|(campaign, _)| campaign),
        });
        noted(&mut change, by, workspace, id, "note_made", Some(after)).await?;
        moved_on(&mut change, workspace).await?;
        change.commit().await?;
        self.held.changed();
        Ok(id)
    }

    /// Lets a note say something else.
    ///
    /// # Errors
    /// If there is no such note, or the catalog fails.
    pub async fn change_note(
        &self,
        by: &Actor,
        workspace: WorkspaceId,
        id: u32,
        text: &str,
        mentions: &[u32],
    ) -> Result<(), NoteError> {
        let mut change = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        let changed =
            sqlx::query("UPDATE remark SET text = ?, changed_at = ? WHERE workspace = ? AND id = ?")
                .bind(text)
                .bind(Timestamp::now().as_second())
                .bind(workspace)
                .bind(id)
                .execute(&mut *change)
                .await?;
        if changed.rows_affected() == 0 {
            return Err(NoteError::NotFound);
        }
        sqlx::query("DELETE FROM mention WHERE remark = ?").bind(id).execute(&mut *change).await?;
        mention(&mut change, id, mentions).await?;
        noted(&mut change, by, workspace, id, "note_changed", None).await?;
        moved_on(&mut change, workspace).await?;
        change.commit().await?;
        self.held.changed();
        Ok(())
    }

    /// Deletes a note: what it said is nowhere any more.
    ///
    /// # Errors
    /// If there is no such note, or the catalog fails.
    pub async fn delete_note(&self, by: &Actor, workspace: WorkspaceId, id: u32) -> Result<(), NoteError> {
        let mut change = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        let deleted = sqlx::query("DELETE FROM remark WHERE workspace = ? AND id = ?")
            .bind(workspace)
            .bind(id)
            .execute(&mut *change)
            .await?;
        if deleted.rows_affected() == 0 {
            return Err(NoteError::NotFound);
        }
        noted(&mut change, by, workspace, id, "note_deleted", None).await?;
        moved_on(&mut change, workspace).await?;
        change.commit().await?;
        self.held.changed();
        Ok(())
    }
}

async fn mention(tables: &mut SqliteConnection, note: u32, persons: &[u32]) -> Result<(), NoteError> {
    for person in persons {
        sqlx::query("INSERT INTO mention (remark, person) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .bind(note)
            .bind(person)
            .execute(&mut *tables)
            .await?;
    }
    Ok(())
}

/// Writes to the audit log what was done to a note.
async fn noted(
    tables: &mut SqliteConnection,
    by: &Actor,
    workspace: WorkspaceId,
    note: u32,
    action: &str,
    after: Option<serde_json::Value>,
) -> Result<(), CatalogError> {
    let entry = NewAudit {
        organisation: None,
        workspace: Some(workspace),
        action: action.to_owned(),
        object: format!("note {note}"),
        before: None,
        after,
    };
    note_in(tables, by, &entry).await?;
    Ok(())
}

/// What somebody wrote, oldest first.
pub(super) async fn made_by(catalog: &Catalog, who: &str) -> Result<Vec<Note>, CatalogError> {
    let rows = sqlx::query(
        "SELECT *, (SELECT group_concat(person) FROM mention WHERE mention.remark = remark.id) AS mentions
         FROM remark WHERE made_by = ? ORDER BY id",
    )
    .bind(who)
    .fetch_all(catalog.reading())
    .await?;
    rows.iter().map(from_row).collect()
}
