//! Sign-ins under names that nobody has.

use crate::catalog::{Catalog, CatalogError};

impl Catalog {
    /// Counts that somebody was refused whom nobody knows. The audit log has no entry of it, as whoever likes could make it grow;
    /// but it takes what an entry about somebody takes, reading and writing, so that nobody learns from the time that the next
    /// request takes whether there is somebody of a name.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn note_unknown(&self) -> Result<(), CatalogError> {
        // Nobody has this number.
        self.memberships(0).await?;
        let mut change = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("SELECT link FROM audit WHERE id = (SELECT max(id) FROM audit)")
            .fetch_optional(&mut *change)
            .await?;
        sqlx::query("UPDATE refusal SET nobody = nobody + 1 WHERE id = 1").execute(&mut *change).await?;
        Ok(change.commit().await?)
    }
}
