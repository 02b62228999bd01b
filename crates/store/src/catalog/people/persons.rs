//! Persons: who may sign in, and with what.

use jiff::Timestamp;
use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{Actor, Change, Grant, PeopleError, memberships, number, seconds, sessions, tickets};
use crate::catalog::{Catalog, CatalogError};

/// Somebody, as far as they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their number.
    pub id: u32,
    /// Their e-mail address.
    pub email: String,
    /// Their name.
    pub name: String,
    /// When they were made.
    pub made_at: Timestamp,
    /// Whether they chose a password.
    pub has_password: bool,
    /// Whether they are asked for a second factor.
    pub has_second_factor: bool,
    /// Whether they may not sign in.
    pub is_disabled: bool,
    /// Whether all that told who they are was removed.
    pub is_erased: bool,
}

/// Somebody, with what they sign in with. It has no way to be written to a log.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonRecord {
    /// Who they are.
    pub person: Person,
    /// The hash of their password, PHC.
    pub password: Option<String>,
    /// Their second factor, sealed.
    pub second_factor: Option<String>,
    /// The last step at which one of its codes was used.
    pub second_factor_step: Option<u64>,
}

/// Somebody who is to be made, and what they may do.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPerson<'a> {
    /// Their e-mail address, in its one form.
    pub email: &'a str,
    /// Their name.
    pub name: &'a str,
    /// The hash of their password; without one they choose it by a reset.
    pub password_hash: Option<&'a str>,
    /// What they may do.
    pub grant: Grant,
}

pub(super) fn from_row(row: &SqliteRow) -> Result<Person, CatalogError> {
    Ok(Person {
        id: row.try_get("id")?,
        email: row.try_get("email")?,
        name: row.try_get("name")?,
        made_at: seconds(row, "made_at")?,
        has_password: row.try_get::<Option<String>, _>("password")?.is_some(),
        has_second_factor: row.try_get::<Option<String>, _>("second_factor")?.is_some(),
        is_disabled: row.try_get("is_disabled")?,
        is_erased: row.try_get("is_erased")?,
    })
}

fn record(row: &SqliteRow) -> Result<PersonRecord, CatalogError> {
    let step: Option<i64> = row.try_get("second_factor_step")?;
    Ok(PersonRecord {
        person: from_row(row)?,
        password: row.try_get("password")?,
        second_factor: row.try_get("second_factor")?,
        second_factor_step: step.and_then(|step| u64::try_from(step).ok()),
    })
}

/// Makes somebody and their membership, within a change; the audit log is the caller's.
pub(super) async fn insert(change: &mut Change<'_>, new: &NewPerson<'_>) -> Result<u32, PeopleError> {
    is_free(&mut change.tables, new.email).await?;
    let made = sqlx::query("INSERT INTO person (email, name, password, made_at) VALUES (?, ?, ?, ?)")
        .bind(new.email)
        .bind(new.name)
        .bind(new.password_hash)
        .bind(Timestamp::now().as_second())
        .execute(&mut *change.tables)
        .await?;
    let person = number(made.last_insert_rowid())?;
    memberships::insert(&mut change.tables, person, &new.grant).await?;
    Ok(person)
}

async fn is_free(tables: &mut SqliteConnection, email: &str) -> Result<(), PeopleError> {
    let other =
        sqlx::query("SELECT 1 FROM person WHERE email = ?").bind(email).fetch_optional(tables).await?;
    if other.is_some() { Err(PeopleError::Taken) } else { Ok(()) }
}

impl Catalog {
    /// Somebody by their number, also if they are disabled or erased.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn person(&self, id: u32) -> Result<Option<PersonRecord>, CatalogError> {
        let row =
            sqlx::query("SELECT * FROM person WHERE id = ?").bind(id).fetch_optional(self.reading()).await?;
        row.as_ref().map(record).transpose()
    }

    /// Somebody by their e-mail address, also if they are disabled.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn person_by_email(&self, email: &str) -> Result<Option<PersonRecord>, CatalogError> {
        let row = sqlx::query("SELECT * FROM person WHERE email = ? AND NOT is_erased")
            .bind(email)
            .fetch_optional(self.reading())
            .await?;
        row.as_ref().map(record).transpose()
    }

    /// Makes somebody who was not invited. Gives their number.
    ///
    /// # Errors
    /// If somebody has the e-mail address, the grant can't be, or the catalog fails.
    pub async fn add_person(&self, by: &Actor, new: &NewPerson<'_>) -> Result<u32, PeopleError> {
        let mut change = self.change(by).await?;
        let id = insert(&mut change, new).await?;
        let after = json!({ "membership": new.grant.told() });
        change.note_grant(&new.grant, "person_added", &format!("person {id}"), (None, Some(after))).await?;
        change.commit().await?;
        Ok(id)
    }

    /// Gives somebody another name. The audit log says that it happened, not the names.
    ///
    /// # Errors
    /// If there is no such person, or the catalog fails.
    pub async fn rename_person(&self, by: &Actor, person: u32, name: &str) -> Result<(), PeopleError> {
        let mut change = self.change(by).await?;
        let done = sqlx::query("UPDATE person SET name = ? WHERE id = ? AND NOT is_erased")
            .bind(name)
            .bind(person)
            .execute(&mut *change.tables)
            .await?;
        if done.rows_affected() == 0 {
            return Err(PeopleError::NotFound("person"));
        }
        change.note_person(person, "person_renamed", (None, None)).await?;
        Ok(change.commit().await?)
    }

    /// Gives somebody another e-mail address. The audit log says that it happened, not the addresses. Links that were sent to
    /// the one before count no more.
    ///
    /// # Errors
    /// If there is no such person, somebody else has the address, or the catalog fails.
    pub async fn set_email(&self, by: &Actor, person: u32, email: &str) -> Result<(), PeopleError> {
        let mut change = self.change(by).await?;
        is_free(&mut change.tables, email).await?;
        let done = sqlx::query("UPDATE person SET email = ? WHERE id = ? AND NOT is_erased")
            .bind(email)
            .bind(person)
            .execute(&mut *change.tables)
            .await?;
        if done.rows_affected() == 0 {
            return Err(PeopleError::NotFound("person"));
        }
        tickets::void(&mut change.tables, person).await?;
        change.note_person(person, "email_changed", (None, None)).await?;
        Ok(change.commit().await?)
    }

    /// Sets somebody's password. Ends all of their sessions but the one to `keep`, and one-time secrets that were given to them.
    ///
    /// # Errors
    /// If there is no such person, or the catalog fails.
    pub async fn set_password(
        &self,
        by: &Actor,
        person: u32,
        hash: &str,
        keep: Option<u32>,
    ) -> Result<(), PeopleError> {
        let mut change = self.change(by).await?;
        let done = sqlx::query("UPDATE person SET password = ? WHERE id = ? AND NOT is_erased")
            .bind(hash)
            .bind(person)
            .execute(&mut *change.tables)
            .await?;
        if done.rows_affected() == 0 {
            return Err(PeopleError::NotFound("person"));
        }
        tickets::void(&mut change.tables, person).await?;
        let ended = sessions::end_all(&mut change.tables, person, keep).await?;
        let after = json!({ "sessions_ended": ended });
        change.note_person(person, "password_changed", (None, Some(after))).await?;
        Ok(change.commit().await?)
    }

    /// Keeps the same password under a stronger hash, unless it was changed since `from` was read. Gives whether it was kept.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn rehash_password(&self, person: u32, from: &str, to: &str) -> Result<bool, CatalogError> {
        let done = sqlx::query("UPDATE person SET password = ? WHERE id = ? AND password = ?")
            .bind(to)
            .bind(person)
            .bind(from)
            .execute(self.writing())
            .await?;
        Ok(done.rows_affected() > 0)
    }
}
