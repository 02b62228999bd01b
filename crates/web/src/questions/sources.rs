//! Sources: what is known of each account and level, how it came, and how it compares with what the files say themselves.

use std::collections::HashMap;

use domain::{ImportId, Period};
use insight::sources::Source;
use store::catalog::FileTotals;

use super::View;
use crate::WebError;
use crate::access::Asked;
use crate::admission::Load;
use crate::params::Params;

/// Days over which restatement is told, at least and at most.
const WINDOW: (i32, i32) = (90, 400);
/// Newest imports whose own totals are looked at.
const MOST_IMPORTS: u32 = 500;

/// What is known of each account.
pub(crate) struct Sources {
    pub(crate) view: View,
    /// The days over which restatement is told.
    pub(crate) window: Period,
    pub(crate) sources: Vec<Source>,
    totals: HashMap<ImportId, FileTotals>,
}

/// Reads what is asked about, and answers it.
pub(crate) async fn sources(state: &Asked, mut params: Params) -> Result<Sources, WebError> {
    let view = View::read(state, &mut params, None).await?;
    params.done()?;
    let window = Period::ending(view.period.to(), view.period.len().clamp(WINDOW.0, WINDOW.1));
    let (workspace, bound, as_of) = (view.workspace.id, view.workspace.bound(), view.as_of);
    let asked = state.ask(Load::Heavy, workspace, move |insight| insight.sources(&bound, as_of, window));
    let totals = state.catalog().file_totals(workspace, MOST_IMPORTS);
    let sources = asked.await?;
    let totals = totals.await?.into_iter().map(|totals| (totals.import, totals)).collect();
    Ok(Sources { view, window, sources, totals })
}

impl Sources {
    /// What an import's file says of its own sums, if that is known.
    pub(crate) fn totals(&self, import: ImportId) -> Option<&FileTotals> {
        self.totals.get(&import)
    }
}
