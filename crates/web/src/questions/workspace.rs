//! Whose data a request is about.

use store::catalog::Workspace;

use crate::params::Params;
use crate::{AppState, WebError};

/// The workspace a request names: the one of that name, else the only one, else `default`, else, if it is only to be read,
/// the oldest.
pub(crate) async fn chosen(state: &AppState, params: &mut Params) -> Result<Workspace, WebError> {
    let name = params.text("workspace")?;
    let workspaces = all(state).await?;
    match (&name, workspaces.first()) {
        (None, Some(oldest)) if default_of(&workspaces).is_none() => Ok(oldest.clone()),
        _ => pick(workspaces, name.as_deref()),
    }
}

/// The workspace of this name, else the only one, else `default`. Several without a name are an error: what is to be changed
/// must be clear.
pub(crate) async fn named(state: &AppState, name: Option<&str>) -> Result<Workspace, WebError> {
    pick(all(state).await?, name)
}

async fn all(state: &AppState) -> Result<Vec<Workspace>, WebError> {
    let workspaces = state.catalog().workspaces().await?;
    if workspaces.is_empty() {
        return Ok(vec![state.catalog().ensure_workspace("default").await?]);
    }
    Ok(workspaces)
}

fn default_of(workspaces: &[Workspace]) -> Option<&Workspace> {
    match workspaces {
        [only] => Some(only),
        several => several.iter().find(|workspace| workspace.name == "default"),
    }
}

fn pick(workspaces: Vec<Workspace>, name: Option<&str>) -> Result<Workspace, WebError> {
    let found = match name {
        Some(name) => workspaces.iter().find(|workspace| workspace.name == name),
        None => default_of(&workspaces),
    };
    found.cloned().ok_or_else(|| {
        let names: Vec<&str> = workspaces.iter().map(|workspace| workspace.name.as_str()).collect();
        let detail = match name {
            Some(name) => format!("there is no workspace '{name}'"),
            None => "there are several workspaces".to_owned(),
        };
        WebError::parameter("workspace", &detail, &format!("use one of: {}", names.join(", ")))
    })
}
