//! `adroit alerts`: what fires, what fired, and trying a rule on the past.

use std::process::ExitCode;

use anyhow::Context;
use axum::http::Method;
use serde_json::Value;

use crate::args::{AlertsArgs, AlertsCommand, Place};
use crate::data::DataFolder;
use crate::door::{Door, path_with};
use crate::table::Table;

pub(crate) async fn run(args: AlertsArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        Some(AlertsCommand::Preview { id, place, days, json }) => preview(place, *id, *days, *json).await,
        None => list(&args).await,
    }
}

async fn list(args: &AlertsArgs) -> anyhow::Result<ExitCode> {
    let door = Door::open(&DataFolder::of(&args.place, "data")?).await?;
    let state = if args.past { "resolved" } else { "firing" };
    let of = args.place.workspace.clone().filter(|_| !args.server);
    let asked = [("workspace", of), ("state", Some(state.to_owned()))];
    let path = if args.server { "/api/v1/status/alerts" } else { "/api/v1/alerts" };
    let page: Value = door.ask(Method::GET, &path_with(path, &asked), None).await?;
    door.close().await;
    if args.json {
        say!("{}", serde_json::to_string_pretty(&page)?);
        return Ok(ExitCode::SUCCESS);
    }
    let alerts = page["alerts"].as_array().cloned().unwrap_or_default();
    if alerts.is_empty() {
        say!("{}", if args.past { "No alert was over yet." } else { "Nothing fires." });
        return Ok(ExitCode::SUCCESS);
    }
    let mut lines = Table::new(["id", "severity", "rule", "about", "began", "ended", "why"], [0]);
    for alert in &alerts {
        let text = |name: &str| match &alert[name] {
            Value::Null => "-".to_owned(),
            value => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        };
        lines.row(["id", "severity", "title", "subject", "fired_at", "resolved_at", "words"].map(text));
    }
    say!("{lines}");
    Ok(ExitCode::SUCCESS)
}

async fn preview(place: &Place, id: u32, days: u32, json: bool) -> anyhow::Result<ExitCode> {
    let door = Door::open(&DataFolder::of(place, "data")?).await?;
    let own = [("workspace", place.workspace.clone())];
    let kept: Value =
        door.ask(Method::GET, &path_with(&format!("/api/v1/alert-rules/{id}"), &own), None).await?;
    let asked = [("workspace", place.workspace.clone()), ("days", Some(days.to_string()))];
    let body = serde_json::to_vec(&kept["rule"]).context("the rule can't be read")?;
    let tried: Value =
        door.ask(Method::POST, &path_with("/api/v1/alert-rules/preview", &asked), Some(body)).await?;
    door.close().await;
    if json {
        say!("{}", serde_json::to_string_pretty(&tried)?);
        return Ok(ExitCode::SUCCESS);
    }
    let episodes = tried["episodes"].as_array().cloned().unwrap_or_default();
    if tried["from"].is_null() {
        say!("Rule {id} is not about days, or none are known: it can't be tried on the past.");
        return Ok(ExitCode::SUCCESS);
    }
    let name = kept["rule"]["name"].as_str().unwrap_or_default();
    say!("{name}: would have fired {} times in {days} days.", episodes.len());
    let mut lines = Table::new(["about", "fired", "over", "why"], []);
    for episode in &episodes {
        let text = |name: &str| episode[name].as_str().unwrap_or("-").to_owned();
        lines.row(["subject", "fired", "resolved", "words"].map(text));
    }
    if !episodes.is_empty() {
        say!("{lines}");
    }
    Ok(ExitCode::SUCCESS)
}
