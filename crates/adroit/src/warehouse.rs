//! `adroit import warehouse`: a folder of a warehouse's tables in, with what became of each.

use std::process::ExitCode;

use anyhow::bail;
use axum::http::Method;

use crate::args::WarehouseArgs;
use crate::data::DataFolder;
use crate::door::Door;
use crate::local::{Line, WarehouseIn, last_line};
use crate::told;

pub(crate) async fn run(args: WarehouseArgs) -> anyhow::Result<ExitCode> {
    let door = Door::open(&DataFolder::of(&args.place, "data")?).await?;
    if let Some(workspace) = args.place.workspace.as_deref().filter(|_| !args.dry_run) {
        door.ensure_workspace(workspace, false).await?;
    }
    let asked = WarehouseIn {
        folder: std::path::absolute(&args.folder)?,
        workspace: args.place.workspace,
        dry_run: args.dry_run,
        captured_at: args.captured_at,
        currency: args.currency,
    };
    let response = door.send(Method::POST, "/local/warehouse", Some(serde_json::to_vec(&asked)?)).await?;
    let last = last_line(response, |_| {}).await;
    door.close().await;
    let Line::Warehouse(report) = last? else { bail!("the answer is of another kind") };
    if args.json {
        say!("{}", serde_json::to_string_pretty(&report)?);
        return Ok(ExitCode::SUCCESS);
    }
    let state = if report.dry_run { ", dry run, nothing was changed" } else { "" };
    say!("{}: {} tables{state}", report.folder, report.tables.len());
    say!("{}", told::tables("table", &report.tables).trim_end());
    say!("{}", told::imports(&report.imports).trim_end());
    Ok(ExitCode::SUCCESS)
}
