//! Workspaces: whose data it is. Everything else hangs on one.

use std::sync::Arc;

use domain::Currency;
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{Brand, Catalog, CatalogError, Logo};
use crate::WorkspaceId;

/// The organisation that runs the server: it is there from the start.
pub const HOST: u32 = 1;
/// The number under which the server's own rules, channels and alerts are kept; no workspace has it.
pub const SERVER: WorkspaceId = 0;

/// A workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Its number.
    pub id: WorkspaceId,
    /// Its name, unique in the data folder.
    pub name: String,
    /// The currency that mixed totals are led by; `None` until something was imported.
    pub currency: Option<Currency>,
    /// Whether its data was made by `adroit demo`.
    pub is_sample: bool,
    /// The picture beside its name, if it has one.
    pub logo: Option<Logo>,
    /// What it looks like to those who work in it.
    pub brand: Brand,
    /// Grows with every change of its data, plans and saved views: what is shown at equal versions is equal.
    pub data_version: u64,
    /// The organisation that it belongs to.
    pub organisation: u32,
}

impl Workspace {
    /// What stands for the server itself where rules, channels and alerts are some workspace's. It has no data and is in no list.
    pub fn server() -> Self {
        Self {
            id: SERVER,
            name: "the server".to_owned(),
            currency: None,
            is_sample: false,
            logo: None,
            brand: Brand::default(),
            data_version: 0,
            organisation: HOST,
        }
    }

    /// Whether it stands for the server itself.
    pub fn is_server(&self) -> bool {
        self.id == SERVER
    }
}

fn from_row(row: &SqliteRow) -> Result<Workspace, CatalogError> {
    Ok(Workspace {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        currency: row.try_get::<Option<String>, _>("currency")?.and_then(|code| code.parse().ok()),
        is_sample: row.try_get("is_sample")?,
        logo: Logo::from_row(row)?,
        brand: Brand::from_row(row)?,
        data_version: u64::try_from(row.try_get::<i64, _>("data_version")?).unwrap_or(0),
        organisation: row.try_get("organisation")?,
    })
}

/// Something that is shown of a workspace changed, within the same transaction: what was kept of it is of the past.
pub(super) async fn moved_on(
    tables: &mut SqliteConnection,
    workspace: WorkspaceId,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE workspace SET data_version = data_version + 1 WHERE id = ?")
        .bind(workspace)
        .execute(tables)
        .await?;
    Ok(())
}

impl Catalog {
    /// All workspaces, oldest first. Held in memory until one changes, as every request needs them.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn workspaces(&self) -> Result<Arc<[Workspace]>, CatalogError> {
        let changes = match self.held.workspaces() {
            Ok(workspaces) => return Ok(workspaces),
            Err(changes) => changes,
        };
        let rows = sqlx::query("SELECT * FROM workspace ORDER BY id").fetch_all(self.reading()).await?;
        let workspaces: Arc<[Workspace]> = rows.iter().map(from_row).collect::<Result<_, _>>()?;
        self.held.hold(changes, &workspaces);
        Ok(workspaces)
    }

    /// Counts the changes of workspaces, of their names and of their data. Wait on it to hear of the next.
    pub fn changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.held.changes()
    }

    /// How often workspaces changed, in name or data, since the catalog was opened.
    pub fn change_count(&self) -> u64 {
        self.held.change_count()
    }

    /// How often workspaces were made or marked since the catalog was opened: lists of them that are equally old name the same.
    pub fn naming(&self) -> u64 {
        self.held.naming()
    }

    /// The workspace of this name, if there is one.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn workspace(&self, name: &str) -> Result<Option<Workspace>, CatalogError> {
        let row = sqlx::query("SELECT * FROM workspace WHERE name = ?")
            .bind(name)
            .fetch_optional(self.reading())
            .await?;
        row.as_ref().map(from_row).transpose()
    }

    /// The workspace of this name, made if there is none.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn ensure_workspace(&self, name: &str) -> Result<Workspace, CatalogError> {
        let made =
            sqlx::query("INSERT INTO workspace (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING")
                .bind(name)
                .bind(Timestamp::now().to_string())
                .execute(self.writing())
                .await?;
        if made.rows_affected() > 0 {
            self.held.renamed();
        }
        let row = sqlx::query("SELECT * FROM workspace WHERE name = ?")
            .bind(name)
            .fetch_one(self.reading())
            .await?;
        from_row(&row)
    }

    /// Says that the data of a workspace is sample data.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn mark_sample(&self, workspace: WorkspaceId) -> Result<(), CatalogError> {
        sqlx::query("UPDATE workspace SET is_sample = 1 WHERE id = ?")
            .bind(workspace)
            .execute(self.writing())
            .await?;
        self.held.renamed();
        Ok(())
    }

    /// Sets the leading currency of a workspace that has none yet.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn suggest_currency(
        &self,
        workspace: WorkspaceId,
        currency: Currency,
    ) -> Result<(), CatalogError> {
        sqlx::query("UPDATE workspace SET currency = ? WHERE id = ? AND currency IS NULL")
            .bind(currency.code())
            .bind(workspace)
            .execute(self.writing())
            .await?;
        self.held.changed();
        Ok(())
    }

    /// Sets the leading currency of a workspace. What its answers say changes with it.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn set_currency(&self, workspace: WorkspaceId, currency: Currency) -> Result<(), CatalogError> {
        sqlx::query("UPDATE workspace SET currency = ?, data_version = data_version + 1 WHERE id = ?")
            .bind(currency.code())
            .bind(workspace)
            .execute(self.writing())
            .await?;
        self.held.changed();
        Ok(())
    }

    /// Notes that what a workspace's answers are made of has changed.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn note_change(&self, workspace: WorkspaceId) -> Result<(), CatalogError> {
        moved_on(&mut *self.writing().acquire().await?, workspace).await?;
        self.held.changed();
        Ok(())
    }
}
