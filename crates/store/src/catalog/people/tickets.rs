//! Tickets: secrets that count once, to set the server up, to sign in by link, between the two steps of signing in, and to choose
//! another password.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{PeopleError, hexadecimal, number, seconds};
use crate::catalog::{Catalog, CatalogError};

/// What a ticket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TicketKind {
    /// To make the first owner.
    SetUp,
    /// To sign in without a password.
    SignIn,
    /// To give the second factor after the password.
    SecondStep,
    /// To choose another password.
    Reset,
}

impl TicketKind {
    /// The word that is stored.
    pub fn key(self) -> &'static str {
        match self {
            Self::SetUp => "set_up",
            Self::SignIn => "sign_in",
            Self::SecondStep => "second_step",
            Self::Reset => "reset",
        }
    }
}

/// A ticket that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTicket {
    /// What it is for.
    pub kind: TicketKind,
    /// Digest of its secret.
    pub digest: [u8; 32],
    /// Whose it is; `None` where nobody is known yet.
    pub person: Option<u32>,
    /// Whether it counts only from the machine itself.
    pub loopback_only: bool,
    /// Until when it counts.
    pub expires_at: Timestamp,
}

/// A ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketRecord {
    /// Its number.
    pub id: u32,
    /// Whose it is.
    pub person: Option<u32>,
    /// Whether it counts only from the machine itself.
    pub loopback_only: bool,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when it counts.
    pub expires_at: Timestamp,
}

fn from_row(row: &SqliteRow) -> Result<TicketRecord, CatalogError> {
    Ok(TicketRecord {
        id: row.try_get("id")?,
        person: row.try_get("person")?,
        loopback_only: row.try_get("loopback_only")?,
        made_at: seconds(row, "made_at")?,
        expires_at: seconds(row, "expires_at")?,
    })
}

/// What was given to somebody counts no more, within a change.
pub(super) async fn void(tables: &mut SqliteConnection, person: u32) -> Result<(), CatalogError> {
    sqlx::query("DELETE FROM ticket WHERE person = ?").bind(person).execute(tables).await?;
    Ok(())
}

impl Catalog {
    /// Makes a ticket. Gives its number.
    ///
    /// # Errors
    /// If there is no such person or they may not sign in, or the catalog fails.
    pub async fn make_ticket(&self, new: &NewTicket) -> Result<u32, PeopleError> {
        let made = sqlx::query(
            "INSERT INTO ticket (digest, kind, person, loopback_only, made_at, expires_at)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6
             WHERE ?3 IS NULL OR EXISTS (SELECT 1 FROM person WHERE id = ?3 AND NOT is_disabled AND NOT is_erased)",
        )
        .bind(hexadecimal(&new.digest))
        .bind(new.kind.key())
        .bind(new.person)
        .bind(new.loopback_only)
        .bind(Timestamp::now().as_second())
        .bind(new.expires_at.as_second())
        .execute(self.writing())
        .await?;
        if made.rows_affected() == 0 {
            return Err(PeopleError::NotFound("person"));
        }
        Ok(number(made.last_insert_rowid())?)
    }

    /// The ticket of a kind whose secret has this digest, if it counts at `now`. It is not used up.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn ticket(
        &self,
        digest: &[u8; 32],
        kind: TicketKind,
        now: Timestamp,
    ) -> Result<Option<TicketRecord>, CatalogError> {
        let row = sqlx::query(
            "SELECT * FROM ticket WHERE digest = ? AND kind = ? AND used_at IS NULL AND expires_at > ?",
        )
        .bind(hexadecimal(digest))
        .bind(kind.key())
        .bind(now.as_second())
        .fetch_optional(self.reading())
        .await?;
        row.as_ref().map(from_row).transpose()
    }

    /// Uses a ticket up. Of several who try at once one gets it; `None` if it does not count at `now`.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn use_ticket(
        &self,
        digest: &[u8; 32],
        kind: TicketKind,
        now: Timestamp,
    ) -> Result<Option<TicketRecord>, CatalogError> {
        let row = sqlx::query(
            "UPDATE ticket SET used_at = ?1
             WHERE digest = ?2 AND kind = ?3 AND used_at IS NULL AND expires_at > ?1 RETURNING *",
        )
        .bind(now.as_second())
        .bind(hexadecimal(digest))
        .bind(kind.key())
        .fetch_optional(self.writing())
        .await?;
        row.as_ref().map(from_row).transpose()
    }
}
