//! What made the catalog what it is, in order. A file that was released is never changed: its digest is in every catalog.

use std::borrow::Cow;
use std::sync::LazyLock;

use sqlx::SqlStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// The files of this folder, by their names.
macro_rules! listed {
    ($($name:literal),+ $(,)?) => { &[$(($name, include_str!(concat!("migrations/", $name, ".sql")))),+] };
}

/// What each is called and does.
const FILES: &[(&str, &str)] = listed![
    "0001_workspaces_and_imports",
    "0002_mappings",
    "0003_plans",
    "0004_saved_views",
    "0005_digests",
    "0008_alerts",
    "0010_logos",
    "0011_people",
    "0012_shared_links",
    "0014_mapping_uses",
    "0016_server_alerts",
    "0017_notes",
    "0018_retention",
    "0019_demanded_factor",
    "0021_provider_links",
    "0022_passkeys",
    "0023_brand",
    "0024_hosts_and_refusals",
];

/// All of them.
pub(super) static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let migrations = FILES.iter().filter_map(|(name, sql)| {
        let (version, about) = name.split_once('_')?;
        let (version, about) = (version.parse().ok()?, Cow::from(about.replace('_', " ")));
        Some(Migration::new(version, about, MigrationType::Simple, SqlStr::from_static(sql), false))
    });
    Migrator::with_migrations(migrations.collect())
});

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[tokio::test]
    async fn every_file_is_listed() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog/migrations");
        let there = Migrator::new(folder).await.unwrap();
        let said = |migrator: &Migrator| -> Vec<_> {
            migrator.iter().map(|one| (one.version, one.description.clone(), one.checksum.clone())).collect()
        };
        assert_eq!(said(&MIGRATIONS), said(&there));
        assert_eq!(there.iter().count(), FILES.len());
    }
}
