//! Tokens: secrets by which programs ask, each with what it may do.

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Actor, Grant, PeopleError, hexadecimal, maybe_seconds, number, seconds};
use crate::catalog::{Catalog, CatalogError};

/// A token that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Digest of the secret.
    pub digest: [u8; 32],
    /// How the secret begins, to be told apart in lists.
    pub shown: String,
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub grant: Grant,
    /// Until when it counts; `None` for until it is revoked.
    pub expires_at: Option<Timestamp>,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRecord {
    /// Its number.
    pub id: u32,
    /// How the secret begins.
    pub shown: String,
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub grant: Grant,
    /// Who made it, such as `person 3`.
    pub made_by: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when it counts; `None` for until it is revoked.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, as far as it was noted.
    pub used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

fn from_row(row: &SqliteRow) -> Result<TokenRecord, CatalogError> {
    Ok(TokenRecord {
        id: row.try_get("id")?,
        shown: row.try_get("shown")?,
        name: row.try_get("name")?,
        grant: Grant::from_row(row)?,
        made_by: row.try_get("made_by")?,
        made_at: seconds(row, "made_at")?,
        expires_at: maybe_seconds(row, "expires_at")?,
        used_at: maybe_seconds(row, "used_at")?,
        revoked_at: maybe_seconds(row, "revoked_at")?,
    })
}

impl Catalog {
    /// Makes a token. Gives its number.
    ///
    /// # Errors
    /// If the grant can't be, or the catalog fails.
    pub async fn make_token(&self, by: &Actor, new: &NewToken) -> Result<u32, PeopleError> {
        let mut change = self.change(by).await?;
        new.grant.check(&mut change.tables).await?;
        let made = sqlx::query(
            "INSERT INTO token (digest, shown, name, role, organisation, workspace, accounts, made_by, made_at, expires_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(hexadecimal(&new.digest))
        .bind(&new.shown)
        .bind(&new.name)
        .bind(new.grant.role.key())
        .bind(new.grant.organisation)
        .bind(new.grant.workspace)
        .bind(new.grant.accounts_text())
        .bind(&by.who)
        .bind(Timestamp::now().as_second())
        .bind(new.expires_at.map(Timestamp::as_second))
        .execute(&mut *change.tables)
        .await?;
        let id = number(made.last_insert_rowid())?;
        let after = json!({ "shown": new.shown, "grant": new.grant.told(), "expires_at": new.expires_at });
        change.note_grant(&new.grant, "token_made", &format!("token {id}"), (None, Some(after))).await?;
        change.commit().await?;
        Ok(id)
    }

    /// The token whose secret has this digest, if it counts at `now`.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn token(
        &self,
        digest: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<TokenRecord>, CatalogError> {
        let row = sqlx::query(
            "SELECT * FROM token
             WHERE digest = ? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)",
        )
        .bind(hexadecimal(digest))
        .bind(now.as_second())
        .fetch_optional(self.reading())
        .await?;
        row.as_ref().map(from_row).transpose()
    }

    /// Notes that a token was used.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn touch_token(&self, id: u32, now: Timestamp) -> Result<(), CatalogError> {
        sqlx::query("UPDATE token SET used_at = max(coalesce(used_at, 0), ?) WHERE id = ?")
            .bind(now.as_second())
            .bind(id)
            .execute(self.writing())
            .await?;
        Ok(())
    }

    /// The tokens of an organisation, newest first, those that count no more among them.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn tokens(&self, organisation: u32) -> Result<Vec<TokenRecord>, CatalogError> {
        let rows = sqlx::query("SELECT * FROM token WHERE organisation = ? ORDER BY id DESC")
            .bind(organisation)
            .fetch_all(self.reading())
            .await?;
        rows.iter().map(from_row).collect()
    }

    /// Ends a token.
    ///
    /// # Errors
    /// If the organisation has no such token that was not revoked, or the catalog fails.
    pub async fn revoke_token(&self, by: &Actor, organisation: u32, id: u32) -> Result<(), PeopleError> {
        let mut change = self.change(by).await?;
        let row = sqlx::query(
            "UPDATE token SET revoked_at = ? WHERE id = ? AND organisation = ? AND revoked_at IS NULL RETURNING *",
        )
        .bind(Timestamp::now().as_second())
        .bind(id)
        .bind(organisation)
        .fetch_optional(&mut *change.tables)
        .await?;
        let token = from_row(&row.ok_or(PeopleError::NotFound("token"))?)?;
        let before = json!({ "shown": token.shown, "grant": token.grant.told() });
        let object = format!("token {id}");
        change.note_grant(&token.grant, "token_revoked", &object, (Some(before), None)).await?;
        Ok(change.commit().await?)
    }
}

/// The tokens that somebody made, oldest first.
pub(super) async fn made_by(catalog: &Catalog, who: &str) -> Result<Vec<TokenRecord>, CatalogError> {
    let rows = sqlx::query("SELECT * FROM token WHERE made_by = ? ORDER BY id")
        .bind(who)
        .fetch_all(catalog.reading())
        .await?;
    rows.iter().map(from_row).collect()
}
