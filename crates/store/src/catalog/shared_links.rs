//! Shared links: views of a workspace that whoever has the link may see.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::people::{Actor, NewAudit, OnEnd, hexadecimal, maybe_seconds, note_in, number, seconds};
use super::{Catalog, CatalogError};
use crate::WorkspaceId;

/// Most links of a workspace that count at the same time.
pub const MOST_SHARED_LINKS: u32 = 500;

/// For so long links are listed after they expired.
const LISTED: SignedDuration = SignedDuration::from_hours(24 * 30);

/// A link that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSharedLink {
    /// Digest of the secret in it.
    pub digest: [u8; 32],
    /// How the secret begins, to be told apart in lists.
    pub shown: String,
    /// What the team calls it.
    pub name: String,
    /// Path and parameters of the page that it shows.
    pub address: String,
    /// The hash of its password; none where none is asked for.
    pub password: Option<String>,
    /// The sites that may show it in a frame, such as `https://example.com`.
    pub origins: Vec<String>,
    /// Until when it counts.
    pub expires_at: Timestamp,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedLink {
    /// Its number.
    pub id: u32,
    /// The workspace that it shows.
    pub workspace: WorkspaceId,
    /// How the secret in it begins.
    pub shown: String,
    /// What the team calls it.
    pub name: String,
    /// Path and parameters of the page that it shows.
    pub address: String,
    /// The hash of its password; none where none is asked for.
    pub password: Option<String>,
    /// The sites that may show it in a frame.
    pub origins: Vec<String>,
    /// Who made it, such as `person 3`.
    pub made_by: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when it counts.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// How often it was opened, as far as that was written down.
    pub opens: u64,
    /// When it was last opened, as far as that was written down.
    pub opened_at: Option<Timestamp>,
}

/// How often a link was opened since that was last written down, and when last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opens {
    /// How often.
    pub count: u32,
    /// When last.
    pub last: Timestamp,
}

/// Why a link could not be made or revoked. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum SharedLinkError {
    /// There is none, or it was revoked already.
    #[error("there is no such shared link, or it was revoked already")]
    NotFound,
    /// There are [`MOST_SHARED_LINKS`] already.
    #[error("there are {MOST_SHARED_LINKS} shared links already")]
    TooMany,
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl From<sqlx::Error> for SharedLinkError {
    fn from(error: sqlx::Error) -> Self {
        Self::Catalog(error.into())
    }
}

fn from_row(row: &SqliteRow) -> Result<SharedLink, CatalogError> {
    let origins: String = row.try_get("origins")?;
    Ok(SharedLink {
        id: row.try_get("id")?,
        workspace: row.try_get("workspace")?,
        shown: row.try_get("shown")?,
        name: row.try_get("name")?,
        address: row.try_get("address")?,
        password: row.try_get("password")?,
        origins: serde_json::from_str(&origins)
            .map_err(|_| CatalogError::UnknownValue { what: "origins", value: origins })?,
        made_by: row.try_get("made_by")?,
        made_at: seconds(row, "made_at")?,
        expires_at: seconds(row, "expires_at")?,
        revoked_at: maybe_seconds(row, "revoked_at")?,
        opens: u64::try_from(row.try_get::<i64, _>("opens")?).unwrap_or(0),
        opened_at: maybe_seconds(row, "opened_at")?,
    })
}

/// Writes to the audit log what became of a link.
async fn note(
    tables: &mut SqliteConnection,
    by: &Actor,
    (workspace, id): (WorkspaceId, u32),
    action: &str,
    (before, after): (Option<Value>, Option<Value>),
) -> Result<(), CatalogError> {
    let (action, object) = (action.to_owned(), format!("shared link {id}"));
    let entry = NewAudit { organisation: None, workspace: Some(workspace), action, object, before, after };
    note_in(tables, by, &entry).await?;
    Ok(())
}

impl Catalog {
    /// How often links were made or revoked since the catalog was opened: what was read of them after this was asked holds for as
    /// long as it stays equal. That one was opened does not count.
    pub fn shared_links_version(&self) -> u64 {
        self.shared_links.load(Ordering::Acquire)
    }

    /// Makes a link. Gives its number.
    ///
    /// # Errors
    /// If there are too many, or the catalog fails.
    pub async fn make_shared_link(
        &self,
        by: &Actor,
        workspace: WorkspaceId,
        new: &NewSharedLink,
    ) -> Result<u32, SharedLinkError> {
        let now = Timestamp::now().as_second();
        let mut change = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        let count: u32 = sqlx::query(
            "SELECT count(*) FROM shared_link WHERE workspace = ? AND revoked_at IS NULL AND expires_at > ?",
        )
        .bind(workspace)
        .bind(now)
        .fetch_one(&mut *change)
        .await?
        .try_get(0)?;
        if count >= MOST_SHARED_LINKS {
            return Err(SharedLinkError::TooMany);
        }
        let made = sqlx::query(
            "INSERT INTO shared_link (workspace, digest, shown, name, address, password, origins, made_by, made_at, expires_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(workspace)
        .bind(hexadecimal(&new.digest))
        .bind(&new.shown)
        .bind(&new.name)
        .bind(&new.address)
        .bind(&new.password)
        .bind(json!(new.origins).to_string())
        .bind(&by.who)
        .bind(now)
        .bind(new.expires_at.as_second())
        .execute(&mut *change)
        .await?;
        let id = number(made.last_insert_rowid())?;
        let after = json!({
            "shown": new.shown, "expires_at": new.expires_at, "has_password": new.password.is_some(), "origins": new.origins,
        });
        note(&mut change, by, (workspace, id), "shared_link_made", (None, Some(after))).await?;
        let _told = OnEnd(&self.shared_links);
        change.commit().await?;
        Ok(id)
    }

    /// The link whose secret has this digest, whether it counts or not.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn shared_link(&self, digest: &[u8; 32]) -> Result<Option<SharedLink>, CatalogError> {
        let row = sqlx::query("SELECT * FROM shared_link WHERE digest = ?")
            .bind(hexadecimal(digest))
            .fetch_optional(self.reading())
            .await?;
        row.as_ref().map(from_row).transpose()
    }

    /// Links of a workspace, newest first, at most `limit`, those that count no more among them; older than `before` if given.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn shared_links(
        &self,
        workspace: WorkspaceId,
        before: Option<u32>,
        limit: u32,
    ) -> Result<Vec<SharedLink>, CatalogError> {
        let rows =
            sqlx::query("SELECT * FROM shared_link WHERE workspace = ? AND id < ? ORDER BY id DESC LIMIT ?")
                .bind(workspace)
                .bind(before.map_or(i64::MAX, i64::from))
                .bind(limit)
                .fetch_all(self.reading())
                .await?;
        rows.iter().map(from_row).collect()
    }

    /// Ends a link.
    ///
    /// # Errors
    /// If the workspace has no such link that was not revoked, or the catalog fails.
    pub async fn revoke_shared_link(
        &self,
        by: &Actor,
        workspace: WorkspaceId,
        id: u32,
    ) -> Result<(), SharedLinkError> {
        let mut change = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        let row = sqlx::query(
            "UPDATE shared_link SET revoked_at = ? WHERE id = ? AND workspace = ? AND revoked_at IS NULL RETURNING *",
        )
        .bind(Timestamp::now().as_second())
        .bind(id)
        .bind(workspace)
        .fetch_optional(&mut *change)
        .await?;
        let link = from_row(&row.ok_or(SharedLinkError::NotFound)?)?;
        let before = json!({ "shown": link.shown, "expires_at": link.expires_at });
        note(&mut change, by, (workspace, id), "shared_link_revoked", (Some(before), None)).await?;
        let _told = OnEnd(&self.shared_links);
        change.commit().await?;
        Ok(())
    }

    /// Adds to the links how often they were opened.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn add_opens(&self, opens: &HashMap<u32, Opens>) -> Result<(), CatalogError> {
        let mut change = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        for (id, of) in opens {
            sqlx::query(
                "UPDATE shared_link SET opens = opens + ?, opened_at = max(coalesce(opened_at, 0), ?) WHERE id = ?",
            )
            .bind(of.count)
            .bind(of.last.as_second())
            .bind(id)
            .execute(&mut *change)
            .await?;
        }
        change.commit().await?;
        Ok(())
    }

    /// Removes links that expired more than 30 days ago. Gives how many those were.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn tidy_shared_links(&self, now: Timestamp) -> Result<u64, CatalogError> {
        let before = now.saturating_sub(LISTED).unwrap_or(Timestamp::MIN);
        let gone = sqlx::query("DELETE FROM shared_link WHERE expires_at <= ?")
            .bind(before.as_second())
            .execute(self.writing())
            .await?
            .rows_affected();
        if gone > 0 {
            self.shared_links.fetch_add(1, Ordering::AcqRel);
        }
        Ok(gone)
    }
}

/// The links that somebody made, oldest first.
pub(super) async fn made_by(catalog: &Catalog, who: &str) -> Result<Vec<SharedLink>, CatalogError> {
    let rows = sqlx::query("SELECT * FROM shared_link WHERE made_by = ? ORDER BY id")
        .bind(who)
        .fetch_all(catalog.reading())
        .await?;
    rows.iter().map(from_row).collect()
}
