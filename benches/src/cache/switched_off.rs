//! Each part switched off, to see what it brings: a figure that stays as it was would be no figure of that part.

use std::time::Instant;

use sqlx::sqlite::SqlitePool;
use store::Catalog;
use web::{Keeping, Limits};

use super::fact::{Fact, a_second, ms};
use super::misses::herd;
use super::questions::OVERVIEW;
use super::{Lengths, TAKES, wrk};
use crate::server::{Client, Server};
use crate::timing::Times;

/// Imports in the ledger of the catalog that is looked into.
const IMPORTS: u32 = 200_000;
/// How often it is looked into.
const LOOKS: u32 = 50;

fn limits(change: impl FnOnce(&mut Keeping)) -> Limits {
    let mut limits = Limits::default();
    change(&mut limits.keeping);
    limits
}

pub(super) async fn facts(server: &Server, lengths: Lengths) -> anyhow::Result<Vec<Fact>> {
    let mut facts = Vec::new();
    let unkept = server.beside(limits(|keeping| keeping.keep = false)).await?;
    let asked = wrk::ask(format!("http://{}{OVERVIEW}", unkept.address), &[TAKES], lengths.usual / 2).await?;
    facts.push(Fact::new("switched off: keeping. Overview over loopback", a_second(asked.a_second), "less"));

    facts.push(Fact::new("switched off: waiting for one another", "", ""));
    facts.push(herd(server, limits(|keeping| keeping.coalesce = false), "more computed").await?);

    for pack in [true, false] {
        let packing = server.beside(limits(|keeping| keeping.pack = pack)).await?;
        let mut client = Client::connect(packing.address).await?;
        client.ask("/", &[TAKES]).await?;
        let bytes = client.ask("/", &[TAKES]).await?.into_body().len();
        let asked = wrk::ask(format!("http://{}/", packing.address), &[TAKES], lengths.usual / 2).await?;
        facts.push(Fact::new(
            format!("switched {}: packing. Overview page", if pack { "on" } else { "off" }),
            format!("{} bytes, {}", web::format::count(bytes as u64), a_second(asked.a_second)),
            if pack { "" } else { "more bytes" },
        ));
    }
    facts.extend(index().await?);
    Ok(facts)
}

/// Whether the same bytes came in before, in a ledger of many imports.
async fn index() -> anyhow::Result<Vec<Fact>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("catalog.sqlite");
    let catalog = Catalog::open(&path).await?;
    let workspace = catalog.ensure_workspace("bench").await?.id;
    let pool = SqlitePool::connect(&format!("sqlite://{}", path.display())).await?;
    sqlx::query(
        "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
         INSERT INTO import (workspace, state, file_name, digest, bytes, captured_at, imported_at, report)
         SELECT ?, 'committed', 'report.csv', printf('%064x', n), 1, '2026-10-31T06:12:00Z', '2026-10-31T06:12:00Z', '{}'
         FROM numbers",
    )
    .bind(IMPORTS)
    .bind(workspace)
    .execute(&pool)
    .await?;
    let mut facts = Vec::new();
    for (what, promised) in [("on", ""), ("off", "slower")] {
        if what == "off" {
            sqlx::query("DROP INDEX import_by_content").execute(&pool).await?;
        }
        let mut times = Times::default();
        for n in 0..LOOKS {
            let start = Instant::now();
            catalog.import_of_content(workspace, &format!("{:064x}", n * 7 + 1)).await?;
            times.since(start);
        }
        facts.push(Fact::new(
            format!(
                "switched {what}: an index. Whether a file came in before, among {}",
                web::format::count(u64::from(IMPORTS))
            ),
            ms(times.median()),
            promised,
        ));
    }
    pool.close().await;
    catalog.close().await;
    Ok(facts)
}
