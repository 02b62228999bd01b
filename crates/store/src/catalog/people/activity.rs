//! When somebody was last heard of.

use jiff::Timestamp;
use sqlx::Row;

use super::{Actor, seconds};
use crate::catalog::{Catalog, CatalogError};

impl Catalog {
    /// When somebody last signed in, did something that is in the audit log, or asked in a session that is still there; `None` if
    /// never.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn last_heard_of(&self, person: u32) -> Result<Option<Timestamp>, CatalogError> {
        let done = sqlx::query("SELECT at FROM audit WHERE who = ? ORDER BY id DESC LIMIT 1")
            .bind(Actor::person(person, None).who)
            .fetch_optional(self.reading())
            .await?;
        let done = match done {
            Some(row) => {
                let at: String = row.try_get("at")?;
                Some(at.parse().map_err(|_| CatalogError::UnknownValue { what: "time", value: at })?)
            }
            None => None,
        };
        let mut seen = None;
        for row in sqlx::query("SELECT seen_at FROM session WHERE person = ?")
            .bind(person)
            .fetch_all(self.reading())
            .await?
        {
            seen = seen.max(Some(seconds(&row, "seen_at")?));
        }
        Ok(done.max(seen))
    }
}
