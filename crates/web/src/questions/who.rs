//! What people are called who are kept by number, such as `person 3`: what they are called now.

use store::catalog::PlanChange;

use crate::{AppState, WebError};

/// What a person is called; none if nobody has the number or they have no name.
pub(crate) async fn name_of(state: &AppState, person: u32) -> Result<Option<String>, WebError> {
    let known = state.catalog().person(person).await?;
    Ok(known.map(|known| known.person.name).filter(|name| !name.is_empty()))
}

/// What somebody is called; as it stands if it is nobody who is known by a name.
pub(crate) async fn called(state: &AppState, who: &str) -> Result<String, WebError> {
    let Some(person) = who.strip_prefix("person ").and_then(|id| id.parse().ok()) else {
        return Ok(who.to_owned());
    };
    Ok(name_of(state, person).await?.unwrap_or_else(|| who.to_owned()))
}

/// Changes with what those are called who made them.
pub(crate) async fn with_names(
    state: &AppState,
    mut changes: Vec<PlanChange>,
) -> Result<Vec<PlanChange>, WebError> {
    let mut names: Vec<(String, String)> = Vec::new();
    for change in &mut changes {
        if !names.iter().any(|(who, _)| *who == change.changed_by) {
            names.push((change.changed_by.clone(), called(state, &change.changed_by).await?));
        }
        if let Some((_, name)) = names.iter().find(|(who, _)| *who == change.changed_by) {
            change.changed_by.clone_from(name);
        }
    }
    Ok(changes)
}
