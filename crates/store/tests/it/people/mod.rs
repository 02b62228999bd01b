//! People and what they may do.

mod audit;
mod erasing;
mod factors;
mod invitations;
mod owners;
mod sessions;
mod statements;
mod tickets;
mod tokens;

use jiff::{SignedDuration, Timestamp};
use people::Role;
use sqlx::SqlitePool;
use sqlx::sqlite::SqlitePoolOptions;
use store::Catalog;
use store::catalog::{Actor, Grant, NewPerson};
use tempfile::TempDir;

/// A catalog that was set up, and its first owner.
struct House {
    folder: TempDir,
    catalog: Catalog,
    owner: u32,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await.unwrap();
        let owner =
            catalog.set_up(&machine(), "Kranich", "ada@kranich.example", "Ada Kranich", "hash-0").await;
        Self { folder, catalog, owner: owner.unwrap() }
    }

    /// Somebody of an organisation.
    async fn person(&self, email: &str, grant: Grant) -> u32 {
        let new = NewPerson { email, name: "Somebody", password_hash: Some("hash-1"), grant };
        self.catalog.add_person(&machine(), &new).await.unwrap()
    }

    /// The same file, behind the program's back.
    async fn raw(&self) -> SqlitePool {
        let path = self.folder.path().join("catalog.sqlite");
        let one = SqlitePoolOptions::new().max_connections(1);
        one.connect(&format!("sqlite://{}", path.display())).await.unwrap()
    }

    /// Another organisation, with a workspace of its own. Gives the workspace's number.
    async fn other_organisation(&self) -> u32 {
        let workspace = self.catalog.ensure_workspace("theirs").await.unwrap().id;
        let raw = self.raw().await;
        let text = "INSERT INTO organisation (id, name, made_at) VALUES (2, 'Others', 0);
                    UPDATE workspace SET organisation = 2 WHERE name = 'theirs'";
        sqlx::raw_sql(text).execute(&raw).await.unwrap();
        raw.close().await;
        workspace
    }
}

fn machine() -> Actor {
    Actor::this_machine()
}

/// A role in all of an organisation.
fn all_of(organisation: u32, role: Role) -> Grant {
    Grant { role, organisation, workspace: None, accounts: None }
}

fn digest(n: u8) -> [u8; 32] {
    [n; 32]
}

/// So many seconds after a moment of a test.
fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap() + SignedDuration::from_secs(second)
}
