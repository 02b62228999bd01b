//! Everything that the catalog keeps of a workspace, table by table, for whoever leaves.

use serde_json::{Map, Value};
use sqlx::{AssertSqlSafe, Row};

use super::{Catalog, CatalogError};
use crate::WorkspaceId;

/// Columns of what lets somebody in, or signs for the workspace: no use to who leaves, and harm to who stays.
const SECRET: [&str; 3] = ["digest", "secret", "password"];

impl Catalog {
    /// All rows of a workspace, by table, each an object by column. Tables that hang on one that names a workspace go with it.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn everything_of(&self, workspace: WorkspaceId) -> Result<Map<String, Value>, CatalogError> {
        let texts = |rows: Vec<sqlx::sqlite::SqliteRow>| -> Result<Vec<String>, sqlx::Error> {
            rows.iter().map(|row| row.try_get(0)).collect()
        };
        let ask = |sql: String| sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(self.reading());
        let tables =
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'
                      AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
        let mut everything = Map::new();
        for table in texts(ask(tables.to_owned()).await?)? {
            let (name, text) = (quoted(&table, '"'), quoted(&table, '\''));
            let columns =
                texts(ask(format!("SELECT name FROM pragma_table_info({text}) ORDER BY cid")).await?)?;
            let own = match table.as_str() {
                "workspace" => Some(format!("id = {workspace}")),
                _ if columns.iter().any(|column| column == "workspace") => {
                    Some(format!("workspace = {workspace}"))
                }
                _ => {
                    let parents = ask(format!(
                        "SELECT k.\"from\", k.\"table\", k.\"to\" FROM pragma_foreign_key_list({text}) k
                         WHERE EXISTS (SELECT 1 FROM pragma_table_info(k.\"table\") WHERE name = 'workspace')"
                    ));
                    let hangs_on = parents.await?;
                    hangs_on
                        .first()
                        .map(|row| -> Result<String, sqlx::Error> {
                            let [from, parent, to] = [0, 1, 2].map(|n| row.try_get::<String, _>(n));
                            let (from, parent, to) =
                                (quoted(&from?, '"'), quoted(&parent?, '"'), quoted(&to?, '"'));
                            Ok(format!("{from} IN (SELECT {to} FROM {parent} WHERE workspace = {workspace})"))
                        })
                        .transpose()?
                }
            };
            let Some(own) = own else { continue };
            let pairs: Vec<String> = columns
                .iter()
                .filter(|column| !SECRET.contains(&column.as_str()))
                .map(|column| {
                    let (text, column) = (quoted(column, '\''), quoted(column, '"'));
                    // JSON has no bytes.
                    format!("{text}, CASE typeof({column}) WHEN 'blob' THEN hex({column}) ELSE {column} END")
                })
                .collect();
            let rows = format!("SELECT json_object({}) FROM {name} WHERE {own}", pairs.join(", "));
            let rows: Vec<Value> = texts(ask(rows).await?)?.iter().map(|row| parsed(row)).collect();
            everything.insert(table, Value::Array(rows));
        }
        Ok(everything)
    }
}

/// A row, with what is kept as text but is JSON in itself opened up.
fn parsed(row: &str) -> Value {
    let mut row: Value = serde_json::from_str(row).unwrap_or_default();
    for value in row.as_object_mut().into_iter().flat_map(Map::values_mut) {
        if let Some(inner) = value.as_str().filter(|text| text.starts_with(['{', '[']))
            && let Ok(inner) = serde_json::from_str(inner)
        {
            *value = inner;
        }
    }
    row
}

fn quoted(text: &str, quote: char) -> String {
    format!("{quote}{}{quote}", text.replace(quote, &format!("{quote}{quote}")))
}
