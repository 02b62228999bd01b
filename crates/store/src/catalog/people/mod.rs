//! People and what they may do: organisations, memberships, sessions, tokens, invitations, one-time secrets, and the audit
//! log. Whatever changes somebody's rights writes what it did to the log in the same transaction.

mod activity;
mod audit;
mod erase;
mod export;
mod factors;
mod grants;
mod invitations;
mod memberships;
mod organisations;
mod passkeys;
mod persons;
mod provider_links;
mod refusals;
mod sessions;
mod tickets;
mod tidy;
mod tokens;

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, SqliteConnection, Transaction};

pub(super) use audit::write as note_in;
pub use audit::{AuditEntry, AuditError, AuditOf, NewAudit};
pub use grants::Grant;
pub use invitations::{Accepted, Invitation, NewInvitation};
pub use memberships::{Member, Membership};
pub use organisations::Organisation;
pub use passkeys::{MOST_PASSKEYS, Passkey, PasskeyIn};
pub use persons::{NewPerson, Person, PersonRecord};
pub use provider_links::{Identity, ProviderLink};
pub use sessions::{MOST_SESSIONS, NewSession, SessionRecord};
pub use tickets::{NewTicket, TicketKind, TicketRecord};
pub use tokens::{NewToken, TokenRecord};

use super::{Catalog, CatalogError};
use crate::WorkspaceId;

/// Who changes something, as the audit log names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Such as `person 3`, `token 2` or `this machine`; never a name or an e-mail address.
    pub who: String,
    /// Where the request came from.
    pub address: Option<String>,
}

impl Actor {
    /// Somebody who signed in.
    pub fn person(id: u32, address: Option<String>) -> Self {
        Self { who: format!("person {id}"), address }
    }

    /// A program with a token.
    pub fn token(id: u32, address: Option<String>) -> Self {
        Self { who: format!("token {id}"), address }
    }

    /// Whoever may run commands where the data is.
    pub fn this_machine() -> Self {
        Self { who: "this machine".to_owned(), address: None }
    }
}

/// Why people or their rights could not be changed. Nothing was.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// There is none, it is of another organisation, or it does not count any more.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// There are people already.
    #[error("this server is set up already; sign in, or ask an owner for an invitation")]
    AlreadySetUp,
    /// Somebody else has the e-mail address.
    #[error("somebody with this e-mail address is here already")]
    Taken,
    /// They are a member of it already.
    #[error("they are a member already; change their role instead")]
    AlreadyMember,
    /// Nobody who may do everything would be left.
    #[error("this is the organisation's last owner; make somebody else an owner first")]
    LastOwner,
    /// Others rely on them too.
    #[error("they belong to another organisation as well; remove them from this one instead")]
    Elsewhere,
    /// Somebody else may have been given their address since.
    #[error(
        "who has this e-mail address comes in by another account at the provider; let them take that away at their account page"
    )]
    LinkedOtherwise,
    /// There are as many as there may be, or it is there already.
    #[error("this passkey is kept already, or there are {} of them; take one away first", MOST_PASSKEYS)]
    NoMorePasskeys,
    /// Somebody else was quicker.
    #[error("somebody else changed their role meanwhile; load the page again and decide anew")]
    Meanwhile,
    /// Only clients are held to accounts.
    #[error("only a client can be held to chosen accounts; the role {0} sees all of them")]
    NotForRole(people::Role),
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl From<sqlx::Error> for PeopleError {
    fn from(error: sqlx::Error) -> Self {
        Self::Catalog(error.into())
    }
}

/// A change of people under way, and who makes it.
struct Change<'a> {
    tables: Transaction<'static, Sqlite>,
    by: &'a Actor,
    version: &'a AtomicU64,
}

impl Change<'_> {
    /// Writes to the audit log what this change does to a person, under the organisation that they were first in.
    async fn note_person(
        &mut self,
        person: u32,
        action: &'static str,
        (before, after): (Option<Value>, Option<Value>),
    ) -> Result<(), CatalogError> {
        let organisation =
            sqlx::query("SELECT organisation FROM membership WHERE person = ? ORDER BY id LIMIT 1")
                .bind(person)
                .fetch_optional(&mut *self.tables)
                .await?
                .map(|row| row.try_get("organisation"))
                .transpose()?;
        self.note(organisation, None, action, &format!("person {person}"), (before, after)).await
    }

    /// Writes to the audit log what this change does under a grant.
    async fn note_grant(
        &mut self,
        grant: &Grant,
        action: &'static str,
        object: &str,
        (before, after): (Option<Value>, Option<Value>),
    ) -> Result<(), CatalogError> {
        self.note(Some(grant.organisation), grant.workspace, action, object, (before, after)).await
    }

    /// Writes to the audit log what this change does.
    async fn note(
        &mut self,
        organisation: Option<u32>,
        workspace: Option<WorkspaceId>,
        action: &'static str,
        object: &str,
        (before, after): (Option<Value>, Option<Value>),
    ) -> Result<(), CatalogError> {
        let entry = NewAudit {
            organisation,
            workspace,
            action: action.to_owned(),
            object: object.to_owned(),
            before,
            after,
        };
        audit::write(&mut self.tables, self.by, &entry).await?;
        Ok(())
    }

    async fn commit(self) -> Result<(), CatalogError> {
        // Counted even if whoever asked goes away while the file is written: the change may be made all the same.
        let _told = OnEnd(self.version);
        Ok(self.tables.commit().await?)
    }
}

/// Counts a change when it goes.
pub(super) struct OnEnd<'a>(pub(super) &'a AtomicU64);

impl Drop for OnEnd<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

impl Catalog {
    /// How often people, their rights, tokens, or which sessions count changed since the catalog was opened: what was read of them
    /// after this was asked holds for as long as it stays equal. That something was seen or used does not count.
    pub fn people_version(&self) -> u64 {
        self.people.load(Ordering::Acquire)
    }

    async fn change<'a>(&'a self, by: &'a Actor) -> Result<Change<'a>, CatalogError> {
        let tables = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        Ok(Change { tables, by, version: &self.people })
    }
}

/// The number of a row that was just written.
pub(super) fn number(rowid: i64) -> Result<u32, CatalogError> {
    u32::try_from(rowid).map_err(|_| CatalogError::UnknownValue { what: "number", value: rowid.to_string() })
}

pub(super) fn seconds(row: &SqliteRow, column: &str) -> Result<Timestamp, CatalogError> {
    moment(row.try_get(column)?)
}

pub(super) fn maybe_seconds(row: &SqliteRow, column: &str) -> Result<Option<Timestamp>, CatalogError> {
    row.try_get::<Option<i64>, _>(column)?.map(moment).transpose()
}

fn moment(second: i64) -> Result<Timestamp, CatalogError> {
    Timestamp::from_second(second)
        .map_err(|_| CatalogError::UnknownValue { what: "time", value: second.to_string() })
}

/// A digest as it is kept.
pub(super) fn hexadecimal(digest: &[u8; 32]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether the workspace is the organisation's; all of them are, if none is named.
async fn is_of(
    tables: &mut SqliteConnection,
    organisation: u32,
    workspace: Option<WorkspaceId>,
) -> Result<(), PeopleError> {
    let found = sqlx::query(
        "SELECT 1 FROM organisation WHERE id = ?1
         AND (?2 IS NULL OR EXISTS (SELECT 1 FROM workspace WHERE id = ?2 AND organisation = ?1))",
    )
    .bind(organisation)
    .bind(workspace)
    .fetch_optional(tables)
    .await?;
    found.map(|_| ()).ok_or(PeopleError::NotFound(if workspace.is_some() {
        "workspace"
    } else {
        "organisation"
    }))
}
