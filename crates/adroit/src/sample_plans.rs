//! Plans of the invented company, made through the API like anybody's, and said to be sample data.

use axum::http::Method;
use serde_json::{Value, json};

use crate::door::{Door, path_with};

/// What stands in each plan.
const NOTE: &str = "Sample data: this plan is invented, like the campaign.";
/// For the largest campaigns in turn: what part of the spend of 30 days becomes the budget, in percent, and who looks after it.
const BUDGETS: [(i64, &str); 6] =
    [(100, "Mara"), (118, "Jonas"), (82, "Mara"), (104, "Ines"), (131, "Jonas"), (96, "Ines")];
/// How much better than it was a target is.
const AMBITION: f64 = 1.04;

/// Plans for the largest campaigns, for a label, and a campaign that is to come.
pub(crate) async fn plan(door: &Door, workspace: &str) -> anyhow::Result<usize> {
    let asked = [
        ("workspace", Some(workspace.to_owned())),
        ("range", Some("last_30_days".to_owned())),
        ("sort", Some("-spend".to_owned())),
        ("limit", Some(BUDGETS.len().to_string())),
    ];
    let list: Value = door.ask(Method::GET, &path_with("/api/v1/campaigns", &asked), None).await?;
    let rows = list["rows"].as_array().cloned().unwrap_or_default();
    // Budgets of one currency can be added up: those share a label.
    let shared = rows.first().map(|row| row["currency"].clone()).unwrap_or_default();
    let label = |row: &Value| if row["currency"] == shared { "always on" } else { "overseas" };
    let mut plans: Vec<Value> = rows
        .iter()
        .zip(BUDGETS)
        .enumerate()
        .filter_map(|(n, (row, budget))| of_row(n, row, label(row), budget))
        .collect();
    if let (Some(row), Some(first)) = (rows.first(), plans.first().cloned()) {
        let budget: i64 =
            plans.iter().filter(|plan| plan["currency"] == first["currency"]).map(budget_of).sum();
        plans.push(json!({
            "label": "always on", "monthly_budget_micros": rounded(budget as f64 * 0.98), "currency": first["currency"],
            "owner": "Mara", "notes": NOTE,
        }));
        plans.push(json!({
            "planned": {"platform": row["platform"], "account": row["account"], "name": "Winter clearance"},
            "monthly_budget_micros": rounded(budget_of(&first) as f64 / 2.0), "currency": first["currency"],
            "target_roas": 3.5, "labels": ["seasonal"], "owner": "Ines", "notes": NOTE,
        }));
    }
    let path = path_with("/api/v1/plans", &[("workspace", Some(workspace.to_owned()))]);
    for plan in &plans {
        let _: Value = door.ask(Method::POST, &path, Some(serde_json::to_vec(plan)?)).await?;
    }
    Ok(plans.len())
}

fn of_row(n: usize, row: &Value, label: &str, (percent, owner): (i64, &str)) -> Option<Value> {
    let id = row["campaign_id"].as_u64().filter(|id| *id > 0)?;
    let budget = rounded(row["spend_micros"].as_i64()? as f64 * percent as f64 / 100.0);
    let mut plan = json!({
        "campaign": id, "monthly_budget_micros": budget, "currency": row["currency"],
        "labels": [label], "owner": owner, "notes": NOTE,
    });
    match (n % 2, row["roas"].as_f64(), row["cpa_micros"].as_i64()) {
        (0, Some(roas), _) => plan["target_roas"] = json!((roas * AMBITION * 10.0).round() / 10.0),
        (1, _, Some(cpa)) => plan["target_cpa_micros"] = json!(rounded(cpa as f64 / AMBITION)),
        _ => {}
    }
    Some(plan)
}

fn budget_of(plan: &Value) -> i64 {
    plan["monthly_budget_micros"].as_i64().unwrap_or(0)
}

/// Two digits, as people plan.
fn rounded(micros: f64) -> i64 {
    let step = 10f64.powf((micros.max(1.0).log10() - 1.0).floor());
    ((micros / step).round() * step).round().max(1.0) as i64
}
