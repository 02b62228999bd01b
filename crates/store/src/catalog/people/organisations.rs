//! Organisations, and how the first owner comes in.

use jiff::Timestamp;
use people::Role;
use serde_json::json;
use sqlx::Row;

use super::{Actor, Grant, NewPerson, PeopleError, persons, seconds};
use crate::catalog::{Catalog, CatalogError};

/// An organisation: whom workspaces and people belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Whether it is the one that runs the server.
    pub is_host: bool,
    /// Whether everybody of it needs a second factor.
    pub demands_second_factor: bool,
}

impl Catalog {
    /// All organisations, oldest first.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn organisations(&self) -> Result<Vec<Organisation>, CatalogError> {
        let rows = sqlx::query(
            "SELECT id, name, made_at, is_host, demands_second_factor FROM organisation ORDER BY id",
        )
        .fetch_all(self.reading())
        .await?;
        let one = |row| {
            let made_at = seconds(row, "made_at")?;
            Ok(Organisation {
                id: row.try_get("id")?,
                name: row.try_get("name")?,
                made_at,
                is_host: row.try_get("is_host")?,
                demands_second_factor: row.try_get("demands_second_factor")?,
            })
        };
        rows.iter().map(one).collect()
    }

    /// Whether anybody was ever made. Until then the server is to be set up.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn has_people(&self) -> Result<bool, CatalogError> {
        let row =
            sqlx::query("SELECT max(id) IS NOT NULL AS has FROM person").fetch_one(self.reading()).await?;
        Ok(row.try_get("has")?)
    }

    /// Says whether everybody of an organisation needs a second factor: who has none can do nothing there until they set one.
    ///
    /// # Errors
    /// If there is no such organisation, or the catalog fails.
    pub async fn demand_second_factor(
        &self,
        by: &Actor,
        organisation: u32,
        is_demanded: bool,
    ) -> Result<(), PeopleError> {
        let mut change = self.change(by).await?;
        let changed = sqlx::query("UPDATE organisation SET demands_second_factor = ? WHERE id = ?")
            .bind(is_demanded)
            .bind(organisation)
            .execute(&mut *change.tables)
            .await?;
        if changed.rows_affected() == 0 {
            return Err(PeopleError::NotFound("organisation"));
        }
        let told = (Some(json!(!is_demanded)), Some(json!(is_demanded)));
        let object = format!("organisation {organisation}");
        change.note(Some(organisation), None, "second_factor_demanded", &object, told).await?;
        Ok(change.commit().await?)
    }

    /// Whether somebody has no second factor where an organisation demands one.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn lacks_second_factor(&self, person: u32, organisation: u32) -> Result<bool, CatalogError> {
        let row = sqlx::query(
            "SELECT 1 FROM person CROSS JOIN organisation ON organisation.id = ?
             WHERE person.id = ? AND person.second_factor IS NULL AND organisation.demands_second_factor",
        )
        .bind(organisation)
        .bind(person)
        .fetch_optional(self.reading())
        .await?;
        Ok(row.is_some())
    }

    /// Names the organisation that runs the server and makes its owner, who owns all of its workspaces. Gives their number.
    ///
    /// # Errors
    /// If there are people already, or the catalog fails.
    pub async fn set_up(
        &self,
        by: &Actor,
        organisation_name: &str,
        email: &str,
        name: &str,
        password_hash: &str,
    ) -> Result<u32, PeopleError> {
        let mut change = self.change(by).await?;
        let people = sqlx::query("SELECT max(id) AS id FROM person").fetch_one(&mut *change.tables).await?;
        if people.try_get::<Option<u32>, _>("id")?.is_some() {
            return Err(PeopleError::AlreadySetUp);
        }
        let host = sqlx::query("UPDATE organisation SET name = ? WHERE is_host = 1 RETURNING id")
            .bind(organisation_name)
            .fetch_one(&mut *change.tables)
            .await?;
        let grant =
            Grant { role: Role::Owner, organisation: host.try_get("id")?, workspace: None, accounts: None };
        let new = NewPerson { email, name, password_hash: Some(password_hash), grant };
        let id = persons::insert(&mut change, &new).await?;
        let after = json!({ "membership": new.grant.told() });
        change.note_grant(&new.grant, "set_up", &format!("person {id}"), (None, Some(after))).await?;
        change.commit().await?;
        Ok(id)
    }
}
