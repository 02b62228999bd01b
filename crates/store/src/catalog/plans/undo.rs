//! What undoing a change of a plan leaves: the fields that it set are as before it, later changes of others stay.

use serde_json::{Map, Value};

use super::{PlanChange, PlanError, PlanState};

/// What is so once `change` is undone, where `now` is so.
///
/// # Errors
/// If what it had changed was changed since.
pub(super) fn without(change: &PlanChange, now: Option<&PlanState>) -> Result<Option<PlanState>, PlanError> {
    let plan = || PlanError::ChangedSince(vec!["plan".to_owned()]);
    let (Some(before), Some(after)) = (&change.before, &change.after) else {
        // It was made or deleted by the change: that is undone only if it is still so as a whole.
        return match now == change.after.as_ref() {
            true => Ok(change.before.clone()),
            false => Err(plan()),
        };
    };
    let (before, after) = (fields(before)?, fields(after)?);
    let mut now = fields(now.ok_or_else(plan)?)?;
    let mut changed_since = Vec::new();
    for (field, value) in &after {
        let was = before.get(field).unwrap_or(&Value::Null);
        if was == value {
            continue;
        }
        match now.get_mut(field) {
            Some(current) if current == value => *current = was.clone(),
            _ => changed_since.push(field.clone()),
        }
    }
    if !changed_since.is_empty() {
        return Err(PlanError::ChangedSince(changed_since));
    }
    let about = now.remove("about").unwrap_or_default();
    let state = serde_json::json!({ "about": about, "decision": now });
    let mut state: PlanState = serde_json::from_value(state).map_err(|_| plan())?;
    state.decision = state.decision.tidy();
    state.decision.check()?;
    Ok(Some(state))
}

/// The fields of a decision, and beside them what it is about.
fn fields(state: &PlanState) -> Result<Map<String, Value>, PlanError> {
    let unwritable = |_| PlanError::ChangedSince(vec!["plan".to_owned()]);
    let Value::Object(mut fields) = serde_json::to_value(&state.decision).map_err(unwritable)? else {
        return Err(PlanError::NotFound);
    };
    fields.insert("about".to_owned(), serde_json::to_value(&state.about).map_err(unwritable)?);
    Ok(fields)
}
