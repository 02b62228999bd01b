//! Secrets that must be read again, such as where alerts are sent: sealed at rest, once the catalog was given a key.

use std::sync::{Arc, OnceLock};

use people::{Seal, SealError};
use sqlx::Row;

use super::{Catalog, CatalogError};
use crate::WorkspaceId;

/// What secrets are sealed with, once it is known.
pub(super) type Sealing = Arc<OnceLock<Seal>>;

/// What stands for a workspace's channels.
pub(super) fn channel_of(workspace: WorkspaceId) -> String {
    format!("alert_channel:{workspace}")
}

/// What stands for a person's second factor.
pub fn second_factor_of(person: u32) -> String {
    format!("second_factor:{person}")
}

impl Catalog {
    /// Seals secrets from now on, and now those that stand open or were sealed with an older key that `seal` knows. Says how many
    /// those were.
    ///
    /// # Errors
    /// If one was sealed with a key that is not at hand, or the catalog fails.
    pub async fn seal_with(&self, seal: &Seal) -> Result<u64, CatalogError> {
        let mut done = 0;
        let mut change = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        let renew = |what: &str, kept: &str| -> Result<String, SealError> {
            match Seal::is_sealed(kept) {
                true => Ok(seal.seal(what, &seal.open(what, kept)?)),
                false => Ok(seal.seal(what, kept.as_bytes())),
            }
        };
        let is_due = |kept: &Option<String>| kept.as_ref().is_some_and(|kept| !seal.is_current(kept));
        // The server's own are those of workspace 0.
        let channels = sqlx::query(
            "SELECT id, workspace, address, secret FROM alert_channel
                 WHERE workspace IN (SELECT 0 UNION ALL SELECT id FROM workspace) AND NOT is_deleted",
        )
        .fetch_all(&mut *change)
        .await?;
        for row in channels {
            let what = channel_of(row.try_get("workspace")?);
            let (address, secret): (Option<String>, Option<String>) =
                (row.try_get("address")?, row.try_get("secret")?);
            if !is_due(&address) && !is_due(&secret) {
                continue;
            }
            let renewed = |kept: Option<String>| kept.map(|kept| renew(&what, &kept)).transpose();
            sqlx::query("UPDATE alert_channel SET address = ?, secret = ? WHERE id = ?")
                .bind(renewed(address)?)
                .bind(renewed(secret)?)
                .bind(row.try_get::<u32, _>("id")?)
                .execute(&mut *change)
                .await?;
            done += 1;
        }
        let people =
            sqlx::query("SELECT id, second_factor FROM person WHERE id > 0 AND second_factor IS NOT NULL")
                .fetch_all(&mut *change)
                .await?;
        for row in people {
            let (id, kept): (u32, Option<String>) = (row.try_get("id")?, row.try_get("second_factor")?);
            if let Some(kept) = kept.filter(|kept| !seal.is_current(kept)) {
                sqlx::query("UPDATE person SET second_factor = ? WHERE id = ?")
                    .bind(renew(&second_factor_of(id), &kept)?)
                    .bind(id)
                    .execute(&mut *change)
                    .await?;
                done += 1;
            }
        }
        change.commit().await?;
        drop(self.sealing.set(seal.clone()));
        Ok(done)
    }

    /// A secret as it is to be kept.
    pub(super) fn sealed(&self, what: &str, plain: &str) -> String {
        self.sealing.get().map_or_else(|| plain.to_owned(), |seal| seal.seal(what, plain.as_bytes()))
    }

    /// A secret that was kept.
    pub(super) fn opened(&self, what: &str, kept: String) -> Result<String, CatalogError> {
        if !Seal::is_sealed(&kept) {
            return Ok(kept);
        }
        let bytes = match self.sealing.get() {
            Some(seal) => seal.open(what, &kept)?,
            None => return Err(CatalogError::NoKey),
        };
        String::from_utf8(bytes).map_err(|_| SealError::Damaged(what.to_owned()).into())
    }
}
