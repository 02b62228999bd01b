//! Invitations: links by which somebody comes in.

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Actor, Grant, NewPerson, PeopleError, hexadecimal, memberships, number, persons, seconds};
use crate::catalog::{Catalog, CatalogError};

/// An invitation that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its number.
    pub id: u32,
    /// Whom it is for.
    pub email: String,
    /// What they will be allowed.
    pub grant: Grant,
    /// Who made it, such as `person 3`.
    pub made_by: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when it counts.
    pub expires_at: Timestamp,
}

/// An invitation that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    /// Digest of the secret in its link.
    pub digest: [u8; 32],
    /// Whom it is for: the address in its one form.
    pub email: String,
    /// What they will be allowed.
    pub grant: Grant,
    /// Until when it counts.
    pub expires_at: Timestamp,
}

/// Who came in by an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// Their number.
    pub person: u32,
    /// Whether they were made. If not their name and password stay what they were.
    pub is_new: bool,
}

pub(super) fn from_row(row: &SqliteRow) -> Result<Invitation, CatalogError> {
    Ok(Invitation {
        id: row.try_get("id")?,
        email: row.try_get("email")?,
        grant: Grant::from_row(row)?,
        made_by: row.try_get("made_by")?,
        made_at: seconds(row, "made_at")?,
        expires_at: seconds(row, "expires_at")?,
    })
}

impl Catalog {
    /// Makes an invitation. Gives its number.
    ///
    /// # Errors
    /// If somebody with the address is a member already, the grant can't be, or the catalog fails.
    pub async fn invite(&self, by: &Actor, new: &NewInvitation) -> Result<u32, PeopleError> {
        let mut change = self.change(by).await?;
        new.grant.check(&mut change.tables).await?;
        let member = sqlx::query(
            "SELECT 1 FROM person CROSS JOIN membership ON membership.person = person.id
             WHERE person.email = ? AND membership.organisation = ? AND coalesce(membership.workspace, 0) = ?",
        )
        .bind(&new.email)
        .bind(new.grant.organisation)
        .bind(new.grant.workspace.unwrap_or(0))
        .fetch_optional(&mut *change.tables)
        .await?;
        if member.is_some() {
            return Err(PeopleError::AlreadyMember);
        }
        let made = sqlx::query(
            "INSERT INTO invitation (digest, email, role, organisation, workspace, accounts, made_by, made_at, expires_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(hexadecimal(&new.digest))
        .bind(&new.email)
        .bind(new.grant.role.key())
        .bind(new.grant.organisation)
        .bind(new.grant.workspace)
        .bind(new.grant.accounts_text())
        .bind(&by.who)
        .bind(Timestamp::now().as_second())
        .bind(new.expires_at.as_second())
        .execute(&mut *change.tables)
        .await?;
        let id = number(made.last_insert_rowid())?;
        let after = json!({ "grant": new.grant.told(), "expires_at": new.expires_at });
        change
            .note_grant(&new.grant, "invitation_made", &format!("invitation {id}"), (None, Some(after)))
            .await?;
        change.commit().await?;
        Ok(id)
    }

    /// The invitation whose secret has this digest, if it is open at `now`.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn invitation(
        &self,
        digest: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<Invitation>, CatalogError> {
        let row = sqlx::query(
            "SELECT * FROM invitation
             WHERE digest = ? AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > ?",
        )
        .bind(hexadecimal(digest))
        .bind(now.as_second())
        .fetch_optional(self.reading())
        .await?;
        row.as_ref().map(from_row).transpose()
    }

    /// Lets somebody in by an invitation, once. If somebody has its e-mail address already they become a member, and what they
    /// are called and sign in with stays as it is; so does a membership of theirs that is for the same.
    ///
    /// # Errors
    /// If there is no such invitation that is open at `now`, or the catalog fails.
    pub async fn accept_invitation(
        &self,
        by: &Actor,
        digest: &[u8; 32],
        now: Timestamp,
        name: &str,
        password_hash: &str,
    ) -> Result<Accepted, PeopleError> {
        let mut change = self.change(by).await?;
        let row = sqlx::query(
            "UPDATE invitation SET accepted_at = ?1
             WHERE digest = ?2 AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > ?1 RETURNING *",
        )
        .bind(now.as_second())
        .bind(hexadecimal(digest))
        .fetch_optional(&mut *change.tables)
        .await?;
        let invitation = from_row(&row.ok_or(PeopleError::NotFound("invitation"))?)?;
        let known = sqlx::query("SELECT id FROM person WHERE email = ? AND NOT is_erased")
            .bind(&invitation.email)
            .fetch_optional(&mut *change.tables)
            .await?;
        let accepted = match known {
            Some(row) => {
                let person = row.try_get("id")?;
                match memberships::insert(&mut change.tables, person, &invitation.grant).await {
                    Ok(_) | Err(PeopleError::AlreadyMember) => {}
                    Err(error) => return Err(error),
                }
                Accepted { person, is_new: false }
            }
            None => {
                let new = NewPerson {
                    email: &invitation.email,
                    name,
                    password_hash: Some(password_hash),
                    grant: invitation.grant.clone(),
                };
                Accepted { person: persons::insert(&mut change, &new).await?, is_new: true }
            }
        };
        let after = json!({ "invitation": invitation.id, "is_new": accepted.is_new, "grant": invitation.grant.told() });
        let object = format!("person {}", accepted.person);
        change.note_grant(&invitation.grant, "invitation_accepted", &object, (None, Some(after))).await?;
        change.commit().await?;
        Ok(accepted)
    }

    /// The invitations of an organisation that were neither accepted nor revoked, oldest first; those that are past their time
    /// until they are tidied away.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn invitations(&self, organisation: u32) -> Result<Vec<Invitation>, CatalogError> {
        let rows = sqlx::query(
            "SELECT * FROM invitation
             WHERE organisation = ? AND accepted_at IS NULL AND revoked_at IS NULL ORDER BY id",
        )
        .bind(organisation)
        .fetch_all(self.reading())
        .await?;
        rows.iter().map(from_row).collect()
    }

    /// Takes an open invitation back.
    ///
    /// # Errors
    /// If the organisation has no such open invitation, or the catalog fails.
    pub async fn revoke_invitation(&self, by: &Actor, organisation: u32, id: u32) -> Result<(), PeopleError> {
        let mut change = self.change(by).await?;
        let row = sqlx::query(
            "UPDATE invitation SET revoked_at = ?
             WHERE id = ? AND organisation = ? AND accepted_at IS NULL AND revoked_at IS NULL RETURNING *",
        )
        .bind(Timestamp::now().as_second())
        .bind(id)
        .bind(organisation)
        .fetch_optional(&mut *change.tables)
        .await?;
        let invitation = from_row(&row.ok_or(PeopleError::NotFound("invitation"))?)?;
        let before = json!({ "grant": invitation.grant.told() });
        let object = format!("invitation {id}");
        change.note_grant(&invitation.grant, "invitation_revoked", &object, (Some(before), None)).await?;
        Ok(change.commit().await?)
    }
}
