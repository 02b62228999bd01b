//! Whose data a request is about.

use store::catalog::Workspace;

use crate::params::Params;
use crate::watching::About;
use crate::{AppState, WebError};

/// The workspace that is there before there is any.
const FIRST: &str = "default";

/// The workspace a request names; without a name, of those that have data (of all, if none has): the only one, else
/// `default`, else the oldest. Where there is none at all, reading does not make one: it sees an empty `default`.
pub(crate) async fn chosen(state: &AppState, params: &mut Params) -> Result<Workspace, WebError> {
    let workspace = choose(state, params).await?;
    About::is_of(workspace.id);
    Ok(workspace)
}

async fn choose(state: &AppState, params: &mut Params) -> Result<Workspace, WebError> {
    let name = params.text("workspace")?;
    let workspaces = state.catalog().workspaces().await?;
    if workspaces.is_empty() && name.as_deref().is_none_or(|name| name == FIRST) {
        let name = FIRST.to_owned();
        return Ok(Workspace { id: 0, name, currency: None, is_sample: false, logo: None, data_version: 0 });
    }
    if name.is_some() {
        return pick(&workspaces, name.as_deref());
    }
    let with_data: Vec<&Workspace> =
        workspaces.iter().filter(|workspace| workspace.data_version > 0).collect();
    let offered = if with_data.is_empty() { workspaces.iter().collect() } else { with_data };
    match default_of(&offered).or(offered.first().copied()) {
        Some(chosen) => Ok(chosen.clone()),
        None => pick(&workspaces, None),
    }
}

/// The workspace of this name, else the only one, else `default`. Several without a name are an error: what is to be changed
/// must be clear. Where there is none at all, `default` is made.
pub(crate) async fn named(state: &AppState, name: Option<&str>) -> Result<Workspace, WebError> {
    let workspaces = state.catalog().workspaces().await?;
    let workspace = match workspaces.is_empty() && name.is_none_or(|name| name == FIRST) {
        true => state.catalog().ensure_workspace(FIRST).await?,
        false => pick(&workspaces, name)?,
    };
    About::is_of(workspace.id);
    Ok(workspace)
}

fn default_of<'w>(workspaces: &[&'w Workspace]) -> Option<&'w Workspace> {
    match workspaces {
        [only] => Some(only),
        several => several.iter().find(|workspace| workspace.name == FIRST).copied(),
    }
}

fn pick(workspaces: &[Workspace], name: Option<&str>) -> Result<Workspace, WebError> {
    let found = match name {
        Some(name) => workspaces.iter().find(|workspace| workspace.name == name),
        None => default_of(&workspaces.iter().collect::<Vec<_>>()),
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
