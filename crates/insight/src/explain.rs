//! How a question is answered: from where, by which statement, and what the engine makes of it.

use duckdb::params_from_iter;

use crate::query::Query;
use crate::query::ask::figures;
use crate::{Asker, Insight, InsightError, sql};

/// How a question is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// Whether recent days in memory answer it; the statement is what the engine would be asked instead.
    pub from_memory: bool,
    /// The statement. `None` where nothing is known that could answer.
    pub statement: Option<ExplainedStatement>,
}

/// What the engine makes of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedStatement {
    /// Its text. Words of the filter are not in it: they are bound.
    pub sql: String,
    /// How many words are bound.
    pub words: usize,
    /// The engine's plan, drawn as a tree of text.
    pub plan: String,
}

impl Insight {
    /// Says how a question is answered. With `run` the statement is run, and the plan tells what each step took.
    ///
    /// # Errors
    /// If the question can't be asked like this, or the facts can't be read.
    pub fn explain(&self, asker: &Asker, query: &Query, run: bool) -> Result<Explained, InsightError> {
        query.check()?;
        self.view(|view| {
            let (words, conditions) = query.filter.split()?;
            let added = figures(query, &conditions);
            let known = view.known_to(&asker.bound, query.as_of, &added)?;
            let conversion = view.conversion(asker, query, &known)?;
            let figures = sql::Figures { of: &added, conversion: conversion.as_ref() };
            let from_memory = view.recent_rows(&asker.bound, query, &words, figures, &known)?.is_some();
            let statement = sql::statement(&sql::DuckDb, &asker.bound, query, &words, figures, &known);
            let Some(statement) = statement else { return Ok(Explained { from_memory, statement: None }) };
            let how = if run { "EXPLAIN ANALYZE" } else { "EXPLAIN" };
            let mut prepared = view.connection.prepare(&format!("{how} {}", statement.sql))?;
            let plan = prepared
                .query_map(params_from_iter(&statement.words), |row| row.get::<_, String>(1))?
                .collect::<Result<Vec<_>, _>>()?
                .join("\n");
            let words = statement.words.len();
            let statement = ExplainedStatement { sql: statement.sql, words, plan };
            Ok(Explained { from_memory, statement: Some(statement) })
        })
    }
}
