//! Memberships: which role somebody has where. An organisation is never left without an owner.

use people::Role;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::grants::{Grant, accounts_text, only_clients};
use super::{Actor, Change, PeopleError, Person, number, persons};
use crate::catalog::{Catalog, CatalogError};
use crate::facts::AccountId;

/// What somebody may do, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Its number.
    pub id: u32,
    /// Whose it is.
    pub person: u32,
    /// What it is.
    pub grant: Grant,
}

/// Somebody of an organisation, and what they may do there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who they are.
    pub person: Person,
    /// Their memberships in the organisation, oldest first.
    pub memberships: Vec<Membership>,
}

impl Membership {
    fn from_row(row: &SqliteRow) -> Result<Self, CatalogError> {
        Ok(Self {
            id: row.try_get("membership")?,
            person: row.try_get("person")?,
            grant: Grant::from_row(row)?,
        })
    }

    fn is_owner_of_all(&self) -> bool {
        self.grant.role == Role::Owner && self.grant.workspace.is_none()
    }

    /// As the audit log says it.
    fn told(&self) -> Value {
        json!({ "membership": self.id, "is": self.grant.told() })
    }
}

/// Makes a membership, within a change; the audit log is the caller's.
pub(super) async fn insert(
    tables: &mut SqliteConnection,
    person: u32,
    grant: &Grant,
) -> Result<u32, PeopleError> {
    grant.check(tables).await?;
    let made = sqlx::query(
        "INSERT INTO membership (person, organisation, workspace, role, accounts) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING",
    )
    .bind(person)
    .bind(grant.organisation)
    .bind(grant.workspace)
    .bind(grant.role.key())
    .bind(grant.accounts_text())
    .execute(tables)
    .await?;
    if made.rows_affected() == 0 {
        return Err(PeopleError::AlreadyMember);
    }
    Ok(number(made.last_insert_rowid())?)
}

/// Whether somebody who may sign in owns all of the organisation.
pub(super) async fn has_owner(tables: &mut SqliteConnection, organisation: u32) -> Result<(), PeopleError> {
    let owner = sqlx::query(
        "SELECT 1 FROM membership CROSS JOIN person ON person.id = membership.person
         WHERE membership.organisation = ? AND membership.workspace IS NULL AND membership.role = 'owner'
         AND NOT person.is_disabled LIMIT 1",
    )
    .bind(organisation)
    .fetch_optional(tables)
    .await?;
    if owner.is_some() { Ok(()) } else { Err(PeopleError::LastOwner) }
}

/// The organisations that somebody owns all of.
pub(super) async fn owned(tables: &mut SqliteConnection, person: u32) -> Result<Vec<u32>, CatalogError> {
    let owned = of(tables, person).await?.into_iter().filter(Membership::is_owner_of_all);
    Ok(owned.map(|membership| membership.grant.organisation).collect())
}

/// Somebody's memberships, oldest first.
pub(super) async fn of(tables: &mut SqliteConnection, person: u32) -> Result<Vec<Membership>, CatalogError> {
    let rows = sqlx::query(
        "SELECT id AS membership, person, organisation, workspace, role, accounts FROM membership
         WHERE person = ? ORDER BY id",
    )
    .bind(person)
    .fetch_all(tables)
    .await?;
    rows.iter().map(Membership::from_row).collect()
}

/// One membership of an organisation, which has the role that it was seen to have.
async fn one(
    change: &mut Change<'_>,
    organisation: u32,
    id: u32,
    was: Role,
) -> Result<Membership, PeopleError> {
    let row = sqlx::query(
        "SELECT id AS membership, person, organisation, workspace, role, accounts FROM membership
         WHERE id = ? AND organisation = ?",
    )
    .bind(id)
    .bind(organisation)
    .fetch_optional(&mut *change.tables)
    .await?;
    let found = Membership::from_row(&row.ok_or(PeopleError::NotFound("membership"))?)?;
    if found.grant.role == was { Ok(found) } else { Err(PeopleError::Meanwhile) }
}

impl Catalog {
    /// Somebody's memberships, oldest first. They count only while the person is not disabled.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn memberships(&self, person: u32) -> Result<Vec<Membership>, CatalogError> {
        of(&mut *self.reading().acquire().await?, person).await
    }

    /// The people of an organisation with what they may do there, oldest first, those who are disabled among them.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn people(&self, organisation: u32) -> Result<Vec<Member>, CatalogError> {
        let rows = sqlx::query(
            "SELECT membership.id AS membership, person, organisation, workspace, role, accounts, person.*
             FROM membership CROSS JOIN person ON person.id = membership.person
             WHERE organisation = ? ORDER BY membership.person, membership.id",
        )
        .bind(organisation)
        .fetch_all(self.reading())
        .await?;
        let mut members: Vec<Member> = Vec::new();
        for row in &rows {
            let membership = Membership::from_row(row)?;
            match members.last_mut().filter(|member| member.person.id == membership.person) {
                Some(member) => member.memberships.push(membership),
                None => {
                    members.push(Member { person: persons::from_row(row)?, memberships: vec![membership] });
                }
            }
        }
        Ok(members)
    }

    /// Lets somebody who is here already into another organisation or workspace. Gives the membership's number.
    ///
    /// # Errors
    /// If there is no such person, they are a member of it already, the grant can't be, or the catalog fails.
    pub async fn add_membership(&self, by: &Actor, person: u32, grant: &Grant) -> Result<u32, PeopleError> {
        let mut change = self.change(by).await?;
        let known = sqlx::query("SELECT 1 FROM person WHERE id = ? AND NOT is_erased")
            .bind(person)
            .fetch_optional(&mut *change.tables)
            .await?;
        if known.is_none() {
            return Err(PeopleError::NotFound("person"));
        }
        let id = insert(&mut change.tables, person, grant).await?;
        let after = Membership { id, person, grant: grant.clone() }.told();
        let object = format!("person {person}");
        change.note_grant(grant, "membership_added", &object, (None, Some(after))).await?;
        change.commit().await?;
        Ok(id)
    }

    /// Gives a member of an organisation another role there. Whether that may be was decided by the role that they were seen to
    /// have, so nothing is changed where they have another by now.
    ///
    /// # Errors
    /// If the organisation has no such membership, it has another role by now, no owner would be left, accounts are given to another role than a client's,
    /// or the catalog fails.
    pub async fn set_role(
        &self,
        by: &Actor,
        organisation: u32,
        (membership, was): (u32, Role),
        role: Role,
        accounts: Option<&[AccountId]>,
    ) -> Result<(), PeopleError> {
        only_clients(role, accounts)?;
        let mut change = self.change(by).await?;
        let before = one(&mut change, organisation, membership, was).await?;
        sqlx::query("UPDATE membership SET role = ?, accounts = ? WHERE id = ?")
            .bind(role.key())
            .bind(accounts_text(accounts))
            .bind(membership)
            .execute(&mut *change.tables)
            .await?;
        let mut after = before.clone();
        (after.grant.role, after.grant.accounts) = (role, accounts.map(<[AccountId]>::to_vec));
        if before.is_owner_of_all() && !after.is_owner_of_all() {
            has_owner(&mut change.tables, organisation).await?;
        }
        let object = format!("person {}", before.person);
        let told = (Some(before.told()), Some(after.told()));
        change.note_grant(&before.grant, "role_changed", &object, told).await?;
        Ok(change.commit().await?)
    }

    /// Removes somebody from an organisation or a workspace of it. They stay, and may be let in again.
    ///
    /// # Errors
    /// If the organisation has no such membership, it has another role by now than it was seen to have, no owner would be left, or
    /// the catalog fails.
    pub async fn remove_membership(
        &self,
        by: &Actor,
        organisation: u32,
        (membership, was): (u32, Role),
    ) -> Result<(), PeopleError> {
        let mut change = self.change(by).await?;
        let before = one(&mut change, organisation, membership, was).await?;
        sqlx::query("DELETE FROM membership WHERE id = ?")
            .bind(membership)
            .execute(&mut *change.tables)
            .await?;
        if before.is_owner_of_all() {
            has_owner(&mut change.tables, organisation).await?;
        }
        let object = format!("person {}", before.person);
        change.note_grant(&before.grant, "membership_removed", &object, (Some(before.told()), None)).await?;
        Ok(change.commit().await?)
    }
}
