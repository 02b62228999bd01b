//! `adroit imports`: the ledger, and taking an import back.

use std::process::ExitCode;

use axum::http::Method;
use serde_json::Value;

use crate::args::{ImportsArgs, ImportsCommand, Place};
use crate::data::DataFolder;
use crate::door::{Door, path_with};
use crate::table;

pub(crate) async fn run(args: ImportsArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        Some(ImportsCommand::Undo { id, place, json }) => undo(id, &place, json).await,
        None => list(&args).await,
    }
}

async fn list(args: &ImportsArgs) -> anyhow::Result<ExitCode> {
    let door = Door::open(&DataFolder::of(&args.place, "data")?).await?;
    let path = path_with(
        "/api/v1/imports",
        &[
            ("workspace", args.place.workspace.clone()),
            ("limit", Some(args.limit.to_string())),
            ("before", args.before.map(|before| before.to_string())),
        ],
    );
    let page: Value = door.ask(Method::GET, &path, None).await?;
    door.close().await;
    if args.json {
        say!("{}", serde_json::to_string_pretty(&page)?);
        return Ok(ExitCode::SUCCESS);
    }
    let imports = page["imports"].as_array().cloned().unwrap_or_default();
    if imports.is_empty() {
        say!("Nothing was imported yet: adroit import FILE");
        return Ok(ExitCode::SUCCESS);
    }
    let mut lines =
        table::Table::new(["id", "state", "file", "taken for", "days", "rows", "captured"], [0, 5]);
    for import in &imports {
        let report = &import["report"];
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let days = match report["days"].is_object() {
            true => format!("{} to {}", text(&report["days"]["from"]), text(&report["days"]["to"])),
            false => "-".to_owned(),
        };
        lines.row([
            text(&import["id"]),
            text(&import["state"]),
            text(&import["file_name"]),
            text(&report["recognised_as"]),
            days,
            text(&report["rows"]["used"]),
            text(&import["captured_at"]),
        ]);
    }
    say!("{lines}");
    if let Some(before) = page["next"].as_u64() {
        say!("Older imports: --before {before}");
    }
    Ok(ExitCode::SUCCESS)
}

async fn undo(id: u32, place: &Place, json: bool) -> anyhow::Result<ExitCode> {
    let door = Door::open(&DataFolder::of(place, "data")?).await?;
    let path = path_with(&format!("/api/v1/imports/{id}/undo"), &[("workspace", place.workspace.clone())]);
    let undone: Value = door.ask(Method::POST, &path, None).await?;
    door.close().await;
    if json {
        say!("{}", serde_json::to_string_pretty(&undone)?);
    } else if undone["already_undone"] == true {
        say!("Import {id} had been undone before; nothing was changed.");
    } else {
        say!("Import {id} is undone; {} rows that it had replaced count again.", undone["restored_rows"]);
    }
    Ok(ExitCode::SUCCESS)
}
