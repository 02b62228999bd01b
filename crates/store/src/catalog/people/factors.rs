//! Second factors, and the codes that stand in for one that was lost. Each code of either counts once.

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use super::{Actor, PeopleError, hexadecimal};
use crate::catalog::{Catalog, CatalogError};

impl Catalog {
    /// Sets somebody's second factor, sealed, with the digests of its recovery codes, or takes it away. Those before count no more.
    ///
    /// # Errors
    /// If there is no such person, or the catalog fails.
    pub async fn set_second_factor(
        &self,
        by: &Actor,
        person: u32,
        sealed: Option<&str>,
        recovery_codes: &[[u8; 32]],
    ) -> Result<(), PeopleError> {
        let mut change = self.change(by).await?;
        // The step of the last code stays: steps only go on, whichever factor makes the codes.
        let done = sqlx::query("UPDATE person SET second_factor = ?1 WHERE id = ?2 AND NOT is_erased")
            .bind(sealed)
            .bind(person)
            .execute(&mut *change.tables)
            .await?;
        if done.rows_affected() == 0 {
            return Err(PeopleError::NotFound("person"));
        }
        sqlx::query("DELETE FROM recovery_code WHERE person = ?")
            .bind(person)
            .execute(&mut *change.tables)
            .await?;
        for code in recovery_codes {
            sqlx::query("INSERT INTO recovery_code (person, digest) VALUES (?, ?)")
                .bind(person)
                .bind(hexadecimal(code))
                .execute(&mut *change.tables)
                .await?;
        }
        let action = if sealed.is_some() { "second_factor_set" } else { "second_factor_removed" };
        let after = json!({ "recovery_codes": recovery_codes.len() });
        change.note_person(person, action, (None, Some(after))).await?;
        Ok(change.commit().await?)
    }

    /// Notes that the code of a step was used, if none of this or a later one was. Gives whether it counts.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn use_second_factor_step(&self, person: u32, step: u64) -> Result<bool, CatalogError> {
        let Ok(step) = i64::try_from(step) else { return Ok(false) };
        let done = sqlx::query(
            "UPDATE person SET second_factor_step = ?1
             WHERE id = ?2 AND second_factor IS NOT NULL AND coalesce(second_factor_step, -1) < ?1",
        )
        .bind(step)
        .bind(person)
        .execute(self.writing())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Notes that a recovery code was used. Gives whether it counts: each does once.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn use_recovery_code(
        &self,
        person: u32,
        digest: &[u8; 32],
        now: Timestamp,
    ) -> Result<bool, CatalogError> {
        let done = sqlx::query(
            "UPDATE recovery_code SET used_at = ? WHERE person = ? AND digest = ? AND used_at IS NULL",
        )
        .bind(now.as_second())
        .bind(person)
        .bind(hexadecimal(digest))
        .execute(self.writing())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// How many recovery codes somebody has left.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn left_recovery_codes(&self, person: u32) -> Result<u32, CatalogError> {
        let row = sqlx::query(
            "SELECT count(*) AS left_over FROM recovery_code WHERE person = ? AND used_at IS NULL",
        )
        .bind(person)
        .fetch_one(self.reading())
        .await?;
        Ok(row.try_get("left_over")?)
    }
}
