//! Alert rules of the invented company, made through the API like anybody's.

use axum::http::Method;
use serde_json::{Value, json};

use crate::door::{Door, path_with};

/// Rules that suit most companies: nobody is told, they stand on the page.
pub(crate) async fn watch(door: &Door, workspace: &str) -> anyhow::Result<usize> {
    let rules = [
        json!({
            "name": "A conversion costs half as much again", "scope": {"each": "campaign"},
            "condition": {"kind": "change", "metric": "cpa", "is": "above", "by": 0.5, "days": 7, "baseline_days": 28},
        }),
        json!({
            "name": "Tracking may be broken", "scope": {"each": "account"}, "severity": "urgent",
            "condition": {"kind": "tracking", "days": 3},
        }),
        json!({
            "name": "The month misses its budget", "condition": {"kind": "pacing", "over": 0.1, "under": 0.2},
        }),
        json!({
            "name": "A platform was not reported", "condition": {"kind": "stale_source", "days": 4},
        }),
        json!({
            "name": "The disk fills up", "severity": "urgent", "condition": {"kind": "disk", "free_below": 0.05},
        }),
    ];
    let path = path_with("/api/v1/alert-rules", &[("workspace", Some(workspace.to_owned()))]);
    for rule in &rules {
        let _: Value = door.ask(Method::POST, &path, Some(serde_json::to_vec(rule)?)).await?;
    }
    Ok(rules.len())
}
