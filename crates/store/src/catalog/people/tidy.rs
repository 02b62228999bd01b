//! Removes what counts no more.

use jiff::Timestamp;

use crate::catalog::{Catalog, CatalogError};

impl Catalog {
    /// Removes sessions that are over, tickets that are used or past their time, and invitations past theirs. Gives how many rows
    /// that were. Nobody's rights change by it.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn tidy_people(&self, now: Timestamp) -> Result<u64, CatalogError> {
        let now = now.as_second();
        let mut tables = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        let mut gone = 0;
        for old in [
            sqlx::query("DELETE FROM session WHERE idle_until <= ?"),
            sqlx::query("DELETE FROM session WHERE expires_at <= ?"),
            sqlx::query("DELETE FROM ticket WHERE expires_at <= ?"),
            sqlx::query("DELETE FROM ticket WHERE used_at <= ?"),
            sqlx::query("DELETE FROM invitation WHERE expires_at <= ?"),
        ] {
            gone += old.bind(now).execute(&mut *tables).await?.rows_affected();
        }
        tables.commit().await?;
        Ok(gone)
    }
}
