//! Sessions: browsers that are signed in. A session is known by the digest of a secret, which is changed from time to time.

use jiff::Timestamp;
use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{Actor, OnEnd, PeopleError, hexadecimal, number, seconds};
use crate::catalog::{Catalog, CatalogError};

/// Most sessions of one person: the oldest ends when there would be more.
pub const MOST_SESSIONS: u32 = 20;

/// How long the secret before a rotation counts: requests that were under way know no other.
const ROTATING: i64 = 60;

/// A session that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// Digest of its secret.
    pub digest: [u8; 32],
    /// Who signed in.
    pub person: u32,
    /// When.
    pub now: Timestamp,
    /// After how many seconds without a request it ends.
    pub idle_secs: u32,
    /// After how many seconds it ends in any case.
    pub absolute_secs: u32,
    /// What the browser calls itself.
    pub agent: String,
    /// Where it came from.
    pub address: String,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// Its number.
    pub id: u32,
    /// Who signed in.
    pub person: u32,
    /// When they did.
    pub made_at: Timestamp,
    /// When it last got another secret.
    pub rotated_at: Timestamp,
    /// When it was last used, as far as it was noted.
    pub seen_at: Timestamp,
    /// When it ends if it is not used.
    pub idle_until: Timestamp,
    /// When it ends in any case.
    pub expires_at: Timestamp,
    /// What the browser calls itself.
    pub agent: String,
    /// Where it came from.
    pub address: String,
    /// Whether it was found by the secret before its last rotation: the browser is about to hear of the new one.
    pub is_rotated: bool,
}

fn from_row(row: &SqliteRow) -> Result<SessionRecord, CatalogError> {
    Ok(SessionRecord {
        id: row.try_get("id")?,
        person: row.try_get("person")?,
        made_at: seconds(row, "made_at")?,
        rotated_at: seconds(row, "rotated_at")?,
        seen_at: seconds(row, "seen_at")?,
        idle_until: seconds(row, "idle_until")?,
        expires_at: seconds(row, "expires_at")?,
        agent: row.try_get("agent")?,
        address: row.try_get("address")?,
        is_rotated: row.try_get("is_rotated")?,
    })
}

/// Ends somebody's sessions but the one to keep, within a change. Gives how many there were.
pub(super) async fn end_all(
    tables: &mut SqliteConnection,
    person: u32,
    keep: Option<u32>,
) -> Result<u64, CatalogError> {
    let done = sqlx::query("DELETE FROM session WHERE person = ? AND id IS NOT ?")
        .bind(person)
        .bind(keep)
        .execute(tables)
        .await?;
    Ok(done.rows_affected())
}

/// Somebody's sessions, newest first, those that are over among them.
pub(super) async fn of(
    tables: &mut SqliteConnection,
    person: u32,
) -> Result<Vec<SessionRecord>, CatalogError> {
    let rows = sqlx::query("SELECT *, 0 AS is_rotated FROM session WHERE person = ? ORDER BY id DESC")
        .bind(person)
        .fetch_all(tables)
        .await?;
    rows.iter().map(from_row).collect()
}

impl Catalog {
    /// Makes a session. Gives its number. Of more than [`MOST_SESSIONS`] that count the oldest ends.
    ///
    /// # Errors
    /// If there is no such person or they may not sign in, or the catalog fails.
    pub async fn make_session(&self, new: &NewSession) -> Result<u32, PeopleError> {
        let now = new.now.as_second();
        let mut tables = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        let known = sqlx::query("SELECT 1 FROM person WHERE id = ? AND NOT is_disabled AND NOT is_erased")
            .bind(new.person)
            .fetch_optional(&mut *tables)
            .await?;
        if known.is_none() {
            return Err(PeopleError::NotFound("person"));
        }
        // What is over would otherwise push out what is not.
        sqlx::query("DELETE FROM session WHERE person = ?1 AND (idle_until <= ?2 OR expires_at <= ?2)")
            .bind(new.person)
            .bind(now)
            .execute(&mut *tables)
            .await?;
        let made = sqlx::query(
            "INSERT INTO session (digest, person, made_at, rotated_at, seen_at, idle_until, expires_at, agent, address)
             VALUES (?1, ?2, ?3, ?3, ?3, ?4, ?5, ?6, ?7)",
        )
        .bind(hexadecimal(&new.digest))
        .bind(new.person)
        .bind(now)
        .bind(now + i64::from(new.idle_secs))
        .bind(now + i64::from(new.absolute_secs))
        .bind(&new.agent)
        .bind(&new.address)
        .execute(&mut *tables)
        .await?;
        let ended = sqlx::query(
            "DELETE FROM session WHERE id IN
             (SELECT id FROM session WHERE person = ? ORDER BY id DESC LIMIT -1 OFFSET ?)",
        )
        .bind(new.person)
        .bind(MOST_SESSIONS)
        .execute(&mut *tables)
        .await?;
        let _told = (ended.rows_affected() > 0).then(|| OnEnd(&self.people));
        tables.commit().await?;
        Ok(number(made.last_insert_rowid())?)
    }

    /// The session whose secret has this digest, if it counts at `now`: it was used lately, is not too old, and its person may sign
    /// in. The secret before a rotation counts for a minute longer.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn session(
        &self,
        digest: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<SessionRecord>, CatalogError> {
        let row = sqlx::query(
            "SELECT session.*, session.digest <> ?1 AS is_rotated
             FROM session CROSS JOIN person ON person.id = session.person
             WHERE (session.digest = ?1 OR (session.previous_digest = ?1 AND session.previous_until > ?2))
             AND session.idle_until > ?2 AND session.expires_at > ?2 AND NOT person.is_disabled",
        )
        .bind(hexadecimal(digest))
        .bind(now.as_second())
        .fetch_optional(self.reading())
        .await?;
        row.as_ref().map(from_row).transpose()
    }

    /// Notes that a session was used, and when it ends if it is not used again. One that is over stays so.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn touch_session(
        &self,
        id: u32,
        now: Timestamp,
        idle_until: Timestamp,
    ) -> Result<(), CatalogError> {
        sqlx::query(
            "UPDATE session SET seen_at = max(seen_at, ?1), idle_until = max(idle_until, ?2)
             WHERE id = ?3 AND idle_until > ?1 AND expires_at > ?1",
        )
        .bind(now.as_second())
        .bind(idle_until.as_second())
        .bind(id)
        .execute(self.writing())
        .await?;
        Ok(())
    }

    /// Gives a session another secret, if it still has the old one. Gives whether it did: of several requests at once one does.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn rotate_session(
        &self,
        id: u32,
        old: &[u8; 32],
        new: &[u8; 32],
        now: Timestamp,
    ) -> Result<bool, CatalogError> {
        let _told = OnEnd(&self.people);
        let done = sqlx::query(
            "UPDATE session SET previous_digest = digest, previous_until = ?1, digest = ?2, rotated_at = ?3
             WHERE id = ?4 AND digest = ?5 AND idle_until > ?3 AND expires_at > ?3",
        )
        .bind(now.as_second() + ROTATING)
        .bind(hexadecimal(new))
        .bind(now.as_second())
        .bind(id)
        .bind(hexadecimal(old))
        .execute(self.writing())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Somebody's sessions that count at `now`, newest first.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn sessions(&self, person: u32, now: Timestamp) -> Result<Vec<SessionRecord>, CatalogError> {
        let mut sessions = of(&mut *self.reading().acquire().await?, person).await?;
        sessions.retain(|session| session.idle_until.min(session.expires_at).as_second() > now.as_second());
        Ok(sessions)
    }

    /// Ends one of somebody's sessions.
    ///
    /// # Errors
    /// If they have no such session, or the catalog fails.
    pub async fn end_session(&self, by: &Actor, person: u32, id: u32) -> Result<(), PeopleError> {
        let mut change = self.change(by).await?;
        let done = sqlx::query("DELETE FROM session WHERE id = ? AND person = ?")
            .bind(id)
            .bind(person)
            .execute(&mut *change.tables)
            .await?;
        if done.rows_affected() == 0 {
            return Err(PeopleError::NotFound("session"));
        }
        change.note_person(person, "session_ended", (Some(json!({ "session": id })), None)).await?;
        Ok(change.commit().await?)
    }

    /// Ends somebody's sessions but one. Gives how many there were.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn end_sessions(
        &self,
        by: &Actor,
        person: u32,
        except: Option<u32>,
    ) -> Result<u64, PeopleError> {
        let mut change = self.change(by).await?;
        let ended = end_all(&mut change.tables, person, except).await?;
        if ended > 0 {
            change.note_person(person, "sessions_ended", (Some(json!({ "sessions": ended })), None)).await?;
            change.commit().await?;
        }
        Ok(ended)
    }
}
