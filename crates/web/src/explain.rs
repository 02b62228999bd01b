//! `GET /local/explain`: how a question is answered. For the command line only, as it tells how the data lies.

use axum::Json;
use insight::Explained;
use serde::{Deserialize, Serialize};

use crate::access::{May, Operate};
use crate::admission::Load;
use crate::params::Params;
use crate::{WebError, questions};

/// How a question is answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExplainedOut {
    /// Whether recent days in memory answer it; the statement is what the engine would be asked instead.
    pub from_memory: bool,
    /// The statement; absent where nothing is known that could answer.
    pub sql: Option<String>,
    /// How many words of the filter are bound to it.
    pub bound_words: usize,
    /// The engine's plan, as a tree drawn in text.
    pub plan: Option<String>,
}

/// Reads the question as analytics do and explains it; with `run=true` it is run, and the plan tells what each step took.
pub(crate) async fn explain(state: May<Operate>, mut params: Params) -> Result<Json<ExplainedOut>, WebError> {
    let run = params.parsed_as("run", "use true or false")?.unwrap_or(false);
    let (view, query) = questions::analytics::read(&state, params).await?;
    let asker = view.asker();
    let explained =
        state.ask(Load::Heavy, asker.workspace(), move |insight| insight.explain(&asker, &query, run));
    Ok(Json(explained.await?.into()))
}

impl From<Explained> for ExplainedOut {
    fn from(Explained { from_memory, statement }: Explained) -> Self {
        let bound_words = statement.as_ref().map_or(0, |statement| statement.words);
        let (sql, plan) = statement.map(|statement| (statement.sql, statement.plan)).unzip();
        Self { from_memory, sql, bound_words, plan }
    }
}
