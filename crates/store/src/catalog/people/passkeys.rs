//! Passkeys: the public keys of authenticators by which people come in.

use jiff::Timestamp;
use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{Actor, PeopleError, maybe_seconds, number, seconds};
use crate::catalog::{Catalog, CatalogError};

/// Most passkeys of one person.
pub const MOST_PASSKEYS: u32 = 20;

/// A passkey that is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyIn<'a> {
    /// Whose it is.
    pub person: u32,
    /// How the authenticator calls it.
    pub credential: &'a [u8],
    /// The public key.
    pub key: &'a [u8],
    /// The host where it counts.
    pub host: &'a str,
    /// How often it signed.
    pub counter: u32,
    /// Whether it is on several devices.
    pub is_synced: bool,
    /// What they call it.
    pub name: &'a str,
}

/// A passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Its number.
    pub id: u32,
    /// Whose it is.
    pub person: u32,
    /// How the authenticator calls it.
    pub credential: Vec<u8>,
    /// The public key.
    pub key: Vec<u8>,
    /// The host where it counts.
    pub host: String,
    /// How often it signed.
    pub counter: u32,
    /// Whether it is on several devices.
    pub is_synced: bool,
    /// What they call it.
    pub name: String,
    /// When it was added.
    pub made_at: Timestamp,
    /// When it last let them in.
    pub used_at: Option<Timestamp>,
}

fn from_row(row: &SqliteRow) -> Result<Passkey, CatalogError> {
    Ok(Passkey {
        id: row.try_get("id")?,
        person: row.try_get("person")?,
        credential: row.try_get("credential")?,
        key: row.try_get("key")?,
        host: row.try_get("host")?,
        counter: row.try_get("counter")?,
        is_synced: row.try_get("is_synced")?,
        name: row.try_get("name")?,
        made_at: seconds(row, "made_at")?,
        used_at: maybe_seconds(row, "used_at")?,
    })
}

/// Somebody's passkeys, oldest first.
pub(super) async fn of(tables: &mut SqliteConnection, person: u32) -> Result<Vec<Passkey>, CatalogError> {
    let rows = sqlx::query("SELECT * FROM passkey WHERE person = ? ORDER BY id")
        .bind(person)
        .fetch_all(tables)
        .await?;
    rows.iter().map(from_row).collect()
}

impl Catalog {
    /// Somebody's passkeys, oldest first.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn passkeys(&self, person: u32) -> Result<Vec<Passkey>, CatalogError> {
        of(&mut *self.reading().acquire().await?, person).await
    }

    /// The passkey that an authenticator calls so.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn passkey(&self, credential: &[u8]) -> Result<Option<Passkey>, CatalogError> {
        let row = sqlx::query("SELECT * FROM passkey WHERE credential = ?")
            .bind(credential)
            .fetch_optional(self.reading())
            .await?;
        row.as_ref().map(from_row).transpose()
    }

    /// Keeps a passkey. Gives its number.
    ///
    /// # Errors
    /// If it is kept already, they have [`MOST_PASSKEYS`], or the catalog fails.
    pub async fn add_passkey(&self, by: &Actor, new: &PasskeyIn<'_>) -> Result<u32, PeopleError> {
        let mut change = self.change(by).await?;
        let made = sqlx::query(
            "INSERT INTO passkey (person, credential, key, host, counter, is_synced, name, made_at)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
             WHERE (SELECT count(*) FROM passkey WHERE person = ?1) < ?9
             AND EXISTS (SELECT 1 FROM person WHERE id = ?1 AND NOT is_disabled AND NOT is_erased)
             ON CONFLICT (credential) DO NOTHING",
        )
        .bind(new.person)
        .bind(new.credential)
        .bind(new.key)
        .bind(new.host)
        .bind(new.counter)
        .bind(new.is_synced)
        .bind(new.name)
        .bind(Timestamp::now().as_second())
        .bind(MOST_PASSKEYS)
        .execute(&mut *change.tables)
        .await?;
        if made.rows_affected() == 0 {
            return Err(PeopleError::NoMorePasskeys);
        }
        let id = number(made.last_insert_rowid())?;
        change.note_person(new.person, "passkey_added", (None, Some(json!({ "passkey": id })))).await?;
        change.commit().await?;
        Ok(id)
    }

    /// Notes that a passkey signed, if it counts on from what was known. Of several answers with the same count one is taken.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn use_passkey(&self, id: u32, counter: u32, now: Timestamp) -> Result<bool, CatalogError> {
        let done = sqlx::query(
            "UPDATE passkey SET counter = ?1, used_at = ?2 WHERE id = ?3 AND (counter < ?1 OR (counter = 0 AND ?1 = 0))",
        )
        .bind(counter)
        .bind(now.as_second())
        .bind(id)
        .execute(self.writing())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Takes a passkey away from somebody.
    ///
    /// # Errors
    /// If they have no such passkey, or the catalog fails.
    pub async fn remove_passkey(&self, by: &Actor, person: u32, id: u32) -> Result<(), PeopleError> {
        let mut change = self.change(by).await?;
        let done = sqlx::query("DELETE FROM passkey WHERE id = ? AND person = ?")
            .bind(id)
            .bind(person)
            .execute(&mut *change.tables)
            .await?;
        if done.rows_affected() == 0 {
            return Err(PeopleError::NotFound("passkey"));
        }
        change.note_person(person, "passkey_removed", (Some(json!({ "passkey": id })), None)).await?;
        Ok(change.commit().await?)
    }
}
