//! A copy of everything, while readers and writers go on.

use std::path::Path;

use super::{Catalog, CatalogError};

impl Catalog {
    /// Writes a copy of the catalog, of one state, to `path`, where nothing may be.
    ///
    /// # Errors
    /// If it can't be written.
    pub async fn copy(&self, path: &Path) -> Result<(), CatalogError> {
        let path = path.to_string_lossy().replace('\'', "''");
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("VACUUM INTO '{path}'"))).execute(self.writing()).await?;
        Ok(())
    }
}
