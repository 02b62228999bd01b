//! The audit log: who did what, when and from where. Nothing in it is ever changed, and each entry's link is made of the entry and
//! the link before it, so that a change made behind the program's back shows.

use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{Actor, number};
use crate::WorkspaceId;
use crate::catalog::{Catalog, CatalogError};

/// How many entries are checked at a time.
const PAGE: u32 = 500;

/// Something that was done. Neither names nor e-mail addresses may be in it: it stays when somebody is erased.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewAudit {
    /// Where it was done; if only the workspace is named, its organisation is added.
    pub organisation: Option<u32>,
    /// Where it was done.
    pub workspace: Option<WorkspaceId>,
    /// What was done, such as `role_changed`.
    pub action: String,
    /// To what, such as `person 3`.
    pub object: String,
    /// What it was before.
    pub before: Option<Value>,
    /// What it is now.
    pub after: Option<Value>,
}

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number. They follow on each other without a gap.
    pub id: u32,
    /// When it was done.
    pub at: Timestamp,
    /// In which organisation.
    pub organisation: Option<u32>,
    /// In which workspace.
    pub workspace: Option<WorkspaceId>,
    /// Who did it, such as `person 3`, `token 2` or `this machine`.
    pub who: String,
    /// What they are called now.
    pub who_name: Option<String>,
    /// What was done.
    pub action: String,
    /// To what.
    pub object: String,
    /// What it was before.
    pub before: Option<Value>,
    /// What it was after.
    pub after: Option<Value>,
    /// Where the request came from.
    pub address: Option<String>,
}

/// Of what the audit log is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditOf {
    /// Of everything, what belongs to no organisation among it.
    Everything,
    /// Of an organisation and all of its workspaces.
    Organisation(u32),
    /// Of a workspace.
    Workspace(WorkspaceId),
}

/// Why the audit log can't be relied on.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// An entry is not what was written, or is missing.
    #[error("entry {id} of the audit log was changed or removed; compare it with a backup")]
    Broken {
        /// The first such entry.
        id: u32,
    },
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl From<sqlx::Error> for AuditError {
    fn from(error: sqlx::Error) -> Self {
        Self::Catalog(error.into())
    }
}

/// An entry's link: of the one before and of what the entry says. Each part goes in with its length, so that nothing can move
/// from one to the next.
fn next_link(previous: &[u8; 32], parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(previous);
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// What an entry says, as it is kept.
struct Kept {
    at: String,
    organisation: Option<i64>,
    workspace: Option<i64>,
    who: String,
    action: String,
    object: String,
    before: Option<String>,
    after: Option<String>,
    address: Option<String>,
}

impl Kept {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            at: row.try_get("at")?,
            organisation: row.try_get("organisation")?,
            workspace: row.try_get("workspace")?,
            who: row.try_get("who")?,
            action: row.try_get("action")?,
            object: row.try_get("object")?,
            before: row.try_get("before")?,
            after: row.try_get("after")?,
            address: row.try_get("address")?,
        })
    }

    fn link_after(&self, previous: &[u8; 32]) -> [u8; 32] {
        // Nothing at all and an empty text are two things.
        let maybe = |text: Option<String>| text.map_or_else(|| "-".to_owned(), |text| format!("+{text}"));
        let parts = [
            self.at.clone(),
            maybe(self.organisation.map(|id| id.to_string())),
            maybe(self.workspace.map(|id| id.to_string())),
            self.who.clone(),
            self.action.clone(),
            self.object.clone(),
            maybe(self.before.clone()),
            maybe(self.after.clone()),
            maybe(self.address.clone()),
        ];
        next_link(previous, &parts.each_ref().map(String::as_str))
    }
}

/// Appends an entry, within a change. The one writer's transaction sees to it that no other gets the same link before it.
pub(in crate::catalog) async fn write(
    tables: &mut SqliteConnection,
    by: &Actor,
    new: &NewAudit,
) -> Result<u32, CatalogError> {
    let last = sqlx::query("SELECT link FROM audit WHERE id = (SELECT max(id) FROM audit)")
        .fetch_optional(&mut *tables)
        .await?;
    let previous = match last {
        Some(row) => link(&row.try_get::<String, _>("link")?),
        None => [0; 32],
    };
    let organisation = match (new.organisation, new.workspace) {
        (None, Some(workspace)) => sqlx::query("SELECT organisation FROM workspace WHERE id = ?")
            .bind(workspace)
            .fetch_optional(&mut *tables)
            .await?
            .map(|row| row.try_get("organisation"))
            .transpose()?,
        (organisation, _) => organisation.map(i64::from),
    };
    let kept = Kept {
        at: Timestamp::now().to_string(),
        organisation,
        workspace: new.workspace.map(i64::from),
        who: by.who.clone(),
        action: new.action.clone(),
        object: new.object.clone(),
        before: new.before.as_ref().map(Value::to_string),
        after: new.after.as_ref().map(Value::to_string),
        address: by.address.clone(),
    };
    let made = sqlx::query(
        "INSERT INTO audit (at, organisation, workspace, who, action, object, before, after, address, link)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&kept.at)
    .bind(kept.organisation)
    .bind(kept.workspace)
    .bind(&kept.who)
    .bind(&kept.action)
    .bind(&kept.object)
    .bind(&kept.before)
    .bind(&kept.after)
    .bind(&kept.address)
    .bind(super::hexadecimal(&kept.link_after(&previous)))
    .execute(tables)
    .await?;
    number(made.last_insert_rowid())
}

/// A link as it was kept; of one that is none nothing right follows, and checking finds it.
fn link(text: &str) -> [u8; 32] {
    let mut link = [0; 32];
    for (n, byte) in link.iter_mut().enumerate() {
        let digits = text.get(2 * n..2 * n + 2);
        *byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).unwrap_or(0);
    }
    link
}

fn from_row(row: &SqliteRow) -> Result<AuditEntry, CatalogError> {
    let unknown =
        |what: &'static str, value: &str| CatalogError::UnknownValue { what, value: value.to_owned() };
    let json = |text: Option<String>| {
        text.map(|text| serde_json::from_str(&text).map_err(|_| unknown("audit entry", &text))).transpose()
    };
    let kept = Kept::from_row(row)?;
    Ok(AuditEntry {
        id: row.try_get("id")?,
        at: kept.at.parse().map_err(|_| unknown("time", &kept.at))?,
        organisation: row.try_get("organisation")?,
        workspace: row.try_get("workspace")?,
        who: kept.who,
        who_name: row.try_get("who_name")?,
        action: kept.action,
        object: kept.object,
        before: json(kept.before)?,
        after: json(kept.after)?,
        address: kept.address,
    })
}

impl Catalog {
    /// Writes an entry about something that was done elsewhere: signing in, an import, a plan. Gives its number.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn note(&self, by: &Actor, new: &NewAudit) -> Result<u32, CatalogError> {
        let mut tables = self.writing().begin_with("BEGIN IMMEDIATE").await?;
        let id = write(&mut tables, by, new).await?;
        tables.commit().await?;
        Ok(id)
    }

    /// Entries of the audit log, newest first, at most `limit`, older than `before` if given.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn audit(
        &self,
        of: AuditOf,
        before: Option<u32>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, CatalogError> {
        let query = match of {
            AuditOf::Everything => {
                sqlx::query("SELECT * FROM audit_named WHERE id < ? ORDER BY id DESC LIMIT ?")
            }
            AuditOf::Organisation(organisation) => sqlx::query(
                "SELECT * FROM audit_named WHERE organisation = ? AND id < ? ORDER BY id DESC LIMIT ?",
            )
            .bind(organisation),
            AuditOf::Workspace(workspace) => sqlx::query(
                "SELECT * FROM audit_named WHERE workspace = ? AND id < ? ORDER BY id DESC LIMIT ?",
            )
            .bind(workspace),
        };
        let rows =
            query.bind(before.map_or(i64::MAX, i64::from)).bind(limit).fetch_all(self.reading()).await?;
        rows.iter().map(from_row).collect()
    }

    /// Follows the links of the whole log from the first entry on that is there. Gives how many entries there are. What this can't find is a log
    /// that was written anew from some entry on, links and all: for that, compare the last link with one kept elsewhere.
    ///
    /// # Errors
    /// If an entry was changed or removed, or the catalog fails.
    pub async fn check_audit(&self) -> Result<u64, AuditError> {
        // Read first: entries that come in meanwhile may be more, never fewer.
        let written = sqlx::query("SELECT seq FROM sqlite_sequence WHERE name = 'audit'")
            .fetch_optional(self.reading())
            .await?
            .map_or(Ok(0), |row| row.try_get::<u32, _>("seq"))?;
        let start = sqlx::query("SELECT id, link FROM audit_start WHERE one = 1")
            .fetch_optional(self.reading())
            .await?;
        // What was removed by age is not there to be followed; what came next is chained to the last of it.
        let (start, mut previous) = match start {
            Some(row) => (row.try_get::<u32, _>("id")?, link(&row.try_get::<String, _>("link")?)),
            None => (0, [0; 32]),
        };
        let mut last = start;
        loop {
            let rows = sqlx::query("SELECT * FROM audit WHERE id > ? ORDER BY id LIMIT ?")
                .bind(last)
                .bind(PAGE)
                .fetch_all(self.reading())
                .await?;
            for row in &rows {
                previous = Kept::from_row(row)?.link_after(&previous);
                let is_next = row.try_get::<u32, _>("id")? == last + 1;
                if !is_next || row.try_get::<String, _>("link")? != super::hexadecimal(&previous) {
                    return Err(AuditError::Broken { id: last + 1 });
                }
                last += 1;
            }
            if rows.is_empty() {
                break;
            }
        }
        if last < written {
            return Err(AuditError::Broken { id: last + 1 });
        }
        Ok(u64::from(last - start))
    }
}

/// What somebody did, or what was done to them, oldest first.
pub(super) async fn about(catalog: &Catalog, who: &str) -> Result<Vec<AuditEntry>, CatalogError> {
    let mut rows = sqlx::query("SELECT * FROM audit_named WHERE who = ? ORDER BY id")
        .bind(who)
        .fetch_all(catalog.reading())
        .await?;
    rows.extend(
        sqlx::query("SELECT * FROM audit_named WHERE object = ?1 AND who <> ?1 ORDER BY id")
            .bind(who)
            .fetch_all(catalog.reading())
            .await?,
    );
    let mut entries = rows.iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(|entry| entry.id);
    Ok(entries)
}
