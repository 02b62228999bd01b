//! The bare engine: the statements alone, without what stands around them.

use duckdb::params_from_iter;
use insight::{Asker, Insight, Query};
use store::Facts;

/// A statement and the words bound to it.
pub(crate) type Statement = (String, Vec<String>);

/// The statements that answer `queries`.
pub(crate) fn statements(
    insight: &Insight,
    asker: &Asker,
    queries: &[Query],
) -> anyhow::Result<Vec<Statement>> {
    let mut statements = Vec::new();
    for query in queries {
        statements.extend(insight.sql_of(asker, query)?);
    }
    Ok(statements)
}

/// Runs them one after the other and fetches everything. Returns how many rows came.
pub(crate) fn run(facts: &Facts, statements: &[Statement]) -> anyhow::Result<usize> {
    facts.read(|connection| {
        let mut rows = 0;
        for (sql, words) in statements {
            let mut prepared = connection.prepare_cached(sql)?;
            rows +=
                prepared.query_arrow(params_from_iter(words))?.map(|batch| batch.num_rows()).sum::<usize>();
        }
        Ok(rows)
    })
}
