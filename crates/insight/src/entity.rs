//! What is known of campaigns, ad groups, ads, keywords and search terms besides their figures.

use std::collections::HashMap;

use domain::Level;
use duckdb::{Connection, Rows, params_from_iter};

use crate::{Bound, InsightError, sql};

/// Most entities that are looked up at once.
const MOST_NAMED: usize = 2_000;

/// What is known of an entity besides its figures.
#[derive(Debug, Clone)]
pub(crate) struct EntityAbout {
    pub name: String,
    pub external_id: Option<String>,
    pub account: u32,
    pub status: Option<String>,
    pub kind: Option<String>,
    pub budget_micros: Option<i64>,
    pub level: u8,
}

impl EntityAbout {
    pub fn is_campaign(&self) -> bool {
        self.level == Level::Campaign.number()
    }
}

/// The entities of these numbers, by number. Keywords and search terms carry their match type in the name.
pub(crate) fn entities(
    connection: &Connection,
    bound: &Bound,
    ids: &[u32],
) -> Result<HashMap<u32, EntityAbout>, InsightError> {
    let mut found = HashMap::with_capacity(ids.len());
    for some in ids.chunks(MOST_NAMED) {
        let mut statement = connection.prepare(&sql::entities(bound, some))?;
        read(statement.query([])?, &mut found)?;
    }
    Ok(found)
}

/// All campaigns of a workspace that may be seen, by number.
pub(crate) fn campaigns(
    connection: &Connection,
    bound: &Bound,
) -> Result<HashMap<u32, EntityAbout>, InsightError> {
    let mut found = HashMap::new();
    let mut statement = connection.prepare(&sql::campaigns(bound))?;
    read(statement.query([])?, &mut found)?;
    Ok(found)
}

/// The campaigns of a workspace that are called like one of these names, whatever the case, by number.
pub(crate) fn campaigns_called(
    connection: &Connection,
    bound: &Bound,
    names: &[String],
) -> Result<HashMap<u32, EntityAbout>, InsightError> {
    let mut found = HashMap::new();
    for some in names.chunks(MOST_NAMED) {
        let mut statement = connection.prepare(&sql::campaigns_called(bound, some.len()))?;
        read(statement.query(params_from_iter(some))?, &mut found)?;
    }
    Ok(found)
}

fn read(mut rows: Rows<'_>, found: &mut HashMap<u32, EntityAbout>) -> Result<(), InsightError> {
    while let Some(row) = rows.next()? {
        let (name, detail): (String, Option<String>) = (row.get(1)?, row.get(2)?);
        let about = EntityAbout {
            name: detail.map_or(name.clone(), |detail| format!("{name} ({detail})")),
            external_id: row.get(3)?,
            account: row.get(4)?,
            status: row.get(5)?,
            kind: row.get(6)?,
            budget_micros: row.get(7)?,
            level: row.get(8)?,
        };
        found.insert(row.get(0)?, about);
    }
    Ok(())
}
