//! The ledger of imports: its lines, one line, undoing one.

use domain::ImportId;
use ledger::{ImportReport, Undone};
use store::catalog::ImportEntry;

use super::chosen;
use crate::WebError;
use crate::access::{Asked, Seen};
use crate::params::Params;

/// A page of the ledger.
pub(crate) struct Page {
    pub(crate) workspace: Seen,
    pub(crate) imports: Vec<ImportEntry>,
    /// The `before` of the next page, if there is one.
    pub(crate) next: Option<ImportId>,
}

/// Reads which page of the ledger is meant, newest first, and gives it.
pub(crate) async fn imports(state: &Asked, mut params: Params) -> Result<Page, WebError> {
    let workspace = chosen(state, &mut params).await?;
    let before = params.parsed_as("before", "use the number of an import, as the page before gave it")?;
    let remedy = "use 1 to 200";
    let limit: u32 = params.parsed_as("limit", remedy)?.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(WebError::parameter("limit", &format!("{limit} is out of range"), remedy));
    }
    params.done()?;
    let mut imports = state.catalog().imports(workspace.id, before, limit + 1).await?;
    let more = imports.len() > limit as usize;
    imports.truncate(limit as usize);
    let next = imports.last().filter(|_| more).map(|import| import.id);
    Ok(Page { workspace, imports, next })
}

/// One line of the ledger.
pub(crate) async fn import(
    state: &Asked,
    id: &str,
    mut params: Params,
) -> Result<(Seen, ImportEntry), WebError> {
    let workspace = chosen(state, &mut params).await?;
    params.done()?;
    let entry = match id.parse() {
        Ok(id) => state.catalog().import(workspace.id, id).await?,
        Err(_) => None,
    };
    let entry =
        entry.ok_or_else(|| WebError::not_found(format!("there is no import {id} in this workspace")))?;
    Ok((workspace, entry))
}

/// The report that was shown of an import.
pub(crate) fn report(entry: &ImportEntry) -> Result<ImportReport, WebError> {
    let report: ImportReport = serde_json::from_value(entry.report.clone()).map_err(WebError::internal)?;
    Ok(ImportReport { import_id: Some(entry.id), ..report })
}

/// Takes an import back.
pub(crate) async fn undo(state: &Asked, id: &str, params: Params) -> Result<(Seen, Undone), WebError> {
    let (workspace, entry) = import(state, id, params).await?;
    let ledger = state.ledger.clone();
    let (id, import) = (workspace.id, entry.id);
    // On its own, so that a caller who leaves does not stop it half way.
    let undoing = tokio::spawn(async move { ledger.undo(id, import).await });
    Ok((workspace, undoing.await.map_err(WebError::internal)??))
}
