//! Accounts at an identity provider, and whose they are here.

use jiff::Timestamp;
use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{Actor, Change, NewPerson, PeopleError, invitations, memberships, number, persons, seconds};
use crate::catalog::{Catalog, CatalogError};

/// Somebody, as an identity provider says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity<'a> {
    /// The provider.
    pub issuer: &'a str,
    /// How it calls them.
    pub subject: &'a str,
    /// Their e-mail address in its one form, of which the provider knows that it is theirs.
    pub email: &'a str,
    /// What they are called.
    pub name: &'a str,
}

/// An account at a provider that somebody comes in by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderLink {
    /// Its number.
    pub id: u32,
    /// The provider.
    pub issuer: String,
    /// Their address there when they last came.
    pub email: String,
    /// When they first came by it.
    pub made_at: Timestamp,
    /// When they last did.
    pub used_at: Timestamp,
}

/// Somebody's accounts at providers, oldest first.
pub(super) async fn of(
    tables: &mut SqliteConnection,
    person: u32,
) -> Result<Vec<ProviderLink>, CatalogError> {
    let rows = sqlx::query("SELECT * FROM provider_link WHERE person = ? ORDER BY person, issuer")
        .bind(person)
        .fetch_all(tables)
        .await?;
    rows.iter().map(from_row).collect()
}

fn from_row(row: &SqliteRow) -> Result<ProviderLink, CatalogError> {
    Ok(ProviderLink {
        id: row.try_get("id")?,
        issuer: row.try_get("issuer")?,
        email: row.try_get("email")?,
        made_at: seconds(row, "made_at")?,
        used_at: seconds(row, "used_at")?,
    })
}

impl Catalog {
    /// Who somebody is that a provider knows: whoever came by this account of theirs before, else who has its e-mail address or
    /// an open invitation to it, to whom the account then belongs. All their open invitations are taken. `None` if there is nobody.
    ///
    /// # Errors
    /// If who has the address comes in by another account of the provider, or the catalog fails.
    pub async fn by_provider(
        &self,
        by: &Actor,
        identity: &Identity<'_>,
        now: Timestamp,
    ) -> Result<Option<u32>, PeopleError> {
        let mut change = self.change(by).await?;
        if let Some(person) = known(&mut change, identity, now).await? {
            change.commit().await?;
            return Ok(Some(person));
        }
        let here = sqlx::query("SELECT id, is_disabled FROM person WHERE email = ? AND NOT is_erased")
            .bind(identity.email)
            .fetch_optional(&mut *change.tables)
            .await?;
        let person = match here {
            Some(row) if row.try_get("is_disabled")? => None,
            Some(row) => Some(row.try_get("id")?),
            None => invited(&mut change, identity, now).await?,
        };
        let Some(person) = person else { return Ok(None) };
        link(&mut change, person, identity, now).await?;
        change.commit().await?;
        Ok(Some(person))
    }

    /// Somebody's accounts at providers, oldest first.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn provider_links(&self, person: u32) -> Result<Vec<ProviderLink>, CatalogError> {
        of(&mut *self.reading().acquire().await?, person).await
    }

    /// Takes an account at a provider from somebody: whoever comes by it is nobody until their address says who they are again.
    ///
    /// # Errors
    /// If they have no such account, or the catalog fails.
    pub async fn unlink_provider(&self, by: &Actor, person: u32, id: u32) -> Result<(), PeopleError> {
        let mut change = self.change(by).await?;
        let done = sqlx::query("DELETE FROM provider_link WHERE id = ? AND person = ? RETURNING issuer")
            .bind(id)
            .bind(person)
            .fetch_optional(&mut *change.tables)
            .await?;
        let row = done.ok_or(PeopleError::NotFound("account at a provider"))?;
        let before = json!({ "issuer": row.try_get::<String, _>("issuer")? });
        change.note_person(person, "provider_unlinked", (Some(before), None)).await?;
        Ok(change.commit().await?)
    }
}

/// Who came by an account before.
async fn known(
    change: &mut Change<'_>,
    identity: &Identity<'_>,
    now: Timestamp,
) -> Result<Option<u32>, PeopleError> {
    let row = sqlx::query(
        "UPDATE provider_link SET used_at = ?, email = ? WHERE issuer = ? AND subject = ? RETURNING person",
    )
    .bind(now.as_second())
    .bind(identity.email)
    .bind(identity.issuer)
    .bind(identity.subject)
    .fetch_optional(&mut *change.tables)
    .await?;
    Ok(row.map(|row| row.try_get("person")).transpose()?)
}

/// Takes the open invitations to an address: makes whoever has it, with all that they are invited to.
async fn invited(
    change: &mut Change<'_>,
    identity: &Identity<'_>,
    now: Timestamp,
) -> Result<Option<u32>, PeopleError> {
    let rows = sqlx::query(
        "UPDATE invitation SET accepted_at = ?1
         WHERE email = ?2 AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > ?1 RETURNING *",
    )
    .bind(now.as_second())
    .bind(identity.email)
    .fetch_all(&mut *change.tables)
    .await?;
    let mut person = None;
    for row in rows {
        let invitation = invitations::from_row(&row)?;
        let id = match person {
            None => {
                let new = NewPerson {
                    email: identity.email,
                    name: identity.name,
                    password_hash: None,
                    grant: invitation.grant.clone(),
                };
                persons::insert(change, &new).await?
            }
            Some(id) => match memberships::insert(&mut change.tables, id, &invitation.grant).await {
                Ok(_) | Err(PeopleError::AlreadyMember) => id,
                Err(error) => return Err(error),
            },
        };
        let after = json!({
            "invitation": invitation.id, "is_new": person.is_none(), "grant": invitation.grant.told(),
        });
        let object = format!("person {id}");
        change.note_grant(&invitation.grant, "invitation_accepted", &object, (None, Some(after))).await?;
        person = Some(id);
    }
    Ok(person)
}

/// An account belongs to somebody from now on.
async fn link(
    change: &mut Change<'_>,
    person: u32,
    identity: &Identity<'_>,
    now: Timestamp,
) -> Result<(), PeopleError> {
    let made = sqlx::query(
        "INSERT INTO provider_link (person, issuer, subject, email, made_at, used_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
         ON CONFLICT (person, issuer) DO NOTHING",
    )
    .bind(person)
    .bind(identity.issuer)
    .bind(identity.subject)
    .bind(identity.email)
    .bind(now.as_second())
    .execute(&mut *change.tables)
    .await?;
    if made.rows_affected() == 0 {
        return Err(PeopleError::LinkedOtherwise);
    }
    let id = number(made.last_insert_rowid())?;
    let after = json!({ "link": id, "issuer": identity.issuer });
    change.note_person(person, "provider_linked", (None, Some(after))).await?;
    Ok(())
}
