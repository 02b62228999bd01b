//! Whose data a request is about.

use store::catalog::{Brand, Workspace};

use crate::WebError;
use crate::access::{Asked, Seen};
use crate::params::Params;
use crate::watching::About;

/// The workspace that is there before there is any.
const FIRST: &str = "default";

/// The workspace a request names; without a name, of those that have data (of all, if none has): the only one, else
/// `default`, else the oldest. Where there is none at all, reading does not make one: it sees an empty `default`.
pub(crate) async fn chosen(state: &Asked, params: &mut Params) -> Result<Seen, WebError> {
    let workspace = choose(state, params).await?;
    state.check(&workspace)?;
    About::is_of(workspace.id);
    Ok(state.sees(workspace))
}

async fn choose(state: &Asked, params: &mut Params) -> Result<Workspace, WebError> {
    let name = params.text("workspace")?;
    let workspaces = state.seen().await?;
    if workspaces.is_empty() && name.as_deref().is_none_or(|name| name == FIRST) {
        return Ok(first());
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
pub(crate) async fn named(state: &Asked, name: Option<&str>) -> Result<Seen, WebError> {
    let workspaces = state.seen().await?;
    let workspace = match workspaces.is_empty() && name.is_none_or(|name| name == FIRST) {
        true => {
            state.check(&first())?;
            let made = state.catalog().ensure_workspace(FIRST).await?;
            // It may be there and not be theirs.
            state.check(&made).map(|()| made)?
        }
        false => pick(&workspaces, name)?,
    };
    state.check(&workspace)?;
    About::is_of(workspace.id);
    Ok(state.sees(workspace))
}

/// What stands for the workspace that is there before there is any.
fn first() -> Workspace {
    Workspace {
        id: 0,
        name: FIRST.to_owned(),
        currency: None,
        is_sample: false,
        logo: None,
        brand: Brand::default(),
        data_version: 0,
        organisation: 1,
    }
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
