//! Keeping somebody out, and removing all that tells who they were.

use serde_json::json;
use sqlx::Row;

use super::{Actor, Change, PeopleError, memberships, sessions, tickets};
use crate::catalog::Catalog;

/// Somebody who is not erased and, if an organisation decides, belongs to it and to no other.
async fn may_decide(
    change: &mut Change<'_>,
    within: Option<u32>,
    person: u32,
) -> Result<String, PeopleError> {
    let row = sqlx::query("SELECT email FROM person WHERE id = ? AND NOT is_erased")
        .bind(person)
        .fetch_optional(&mut *change.tables)
        .await?
        .ok_or(PeopleError::NotFound("person"))?;
    if let Some(organisation) = within {
        let memberships = memberships::of(&mut change.tables, person).await?;
        let is_here = |membership: &memberships::Membership| membership.grant.organisation == organisation;
        if !memberships.iter().any(is_here) {
            return Err(PeopleError::NotFound("person"));
        }
        if !memberships.iter().all(is_here) {
            return Err(PeopleError::Elsewhere);
        }
    }
    Ok(row.try_get("email")?)
}

impl Catalog {
    /// Keeps somebody out, or lets them in again. Keeping out ends their sessions and voids one-time secrets given to them; tokens
    /// that they made go on, as programs rely on them. `within` is the organisation that decides, `None` for whoever runs the server.
    ///
    /// # Errors
    /// If the organisation has no such person, they belong to another as well, an organisation would be left without an owner, or
    /// the catalog fails.
    pub async fn disable_person(
        &self,
        by: &Actor,
        within: Option<u32>,
        person: u32,
        is_disabled: bool,
    ) -> Result<(), PeopleError> {
        let mut change = self.change(by).await?;
        may_decide(&mut change, within, person).await?;
        let done = sqlx::query("UPDATE person SET is_disabled = ?1 WHERE id = ?2 AND is_disabled <> ?1")
            .bind(is_disabled)
            .bind(person)
            .execute(&mut *change.tables)
            .await?;
        // They are so already.
        if done.rows_affected() == 0 {
            return Ok(());
        }
        if is_disabled {
            for organisation in memberships::owned(&mut change.tables, person).await? {
                memberships::has_owner(&mut change.tables, organisation).await?;
            }
            sessions::end_all(&mut change.tables, person, None).await?;
            tickets::void(&mut change.tables, person).await?;
        }
        let action = if is_disabled { "person_disabled" } else { "person_enabled" };
        change.note_person(person, action, (None, None)).await?;
        Ok(change.commit().await?)
    }

    /// Removes all that tells who somebody was: name, e-mail address, password, second factor, passkeys, accounts at providers,
    /// sessions, memberships, invitations, and where notes name them. Their number stays, for the audit log, which holds nothing else of
    /// them, and for what they wrote, which is the team's. `within` as for [`Catalog::disable_person`].
    ///
    /// # Errors
    /// If the organisation has no such person, they belong to another as well, an organisation would be left without an owner, or
    /// the catalog fails.
    pub async fn erase_person(
        &self,
        by: &Actor,
        within: Option<u32>,
        person: u32,
    ) -> Result<(), PeopleError> {
        let mut change = self.change(by).await?;
        let email = may_decide(&mut change, within, person).await?;
        let owned = memberships::owned(&mut change.tables, person).await?;
        let removed = memberships::of(&mut change.tables, person).await?.len();
        // Before the memberships go, by which the entry finds its organisation.
        let before = json!({ "memberships": removed });
        change.note_person(person, "person_erased", (Some(before), None)).await?;
        for removal in [
            sqlx::query("DELETE FROM membership WHERE person = ?"),
            sqlx::query("DELETE FROM session WHERE person = ?"),
            sqlx::query("DELETE FROM ticket WHERE person = ?"),
            sqlx::query("DELETE FROM recovery_code WHERE person = ?"),
            sqlx::query("DELETE FROM provider_link WHERE person = ?"),
            sqlx::query("DELETE FROM passkey WHERE person = ?"),
            sqlx::query("DELETE FROM mention WHERE person = ?"),
        ] {
            removal.bind(person).execute(&mut *change.tables).await?;
        }
        sqlx::query("DELETE FROM invitation WHERE email = ?")
            .bind(email)
            .execute(&mut *change.tables)
            .await?;
        sqlx::query(
            "UPDATE person SET email = 'erased-' || id, name = 'erased-' || id, password = NULL, second_factor = NULL,
             second_factor_step = NULL, is_disabled = 1, is_erased = 1 WHERE id = ?",
        )
        .bind(person)
        .execute(&mut *change.tables)
        .await?;
        for organisation in owned {
            memberships::has_owner(&mut change.tables, organisation).await?;
        }
        Ok(change.commit().await?)
    }
}
