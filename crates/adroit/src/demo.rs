//! `adroit demo`: an invented company's export files, imported through the same door as a user's.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use demo::{Plan, Size, Written};
use jiff::ToSpan;
use jiff::Zoned;
use jiff::tz::TimeZone;
use tokio::runtime::Handle;
use web::{LocalImportIn, LoginLinkIn};

use crate::args::{DemoArgs, Network};
use crate::data::DataFolder;
use crate::door::{Door, path_with};
use crate::import::import;
use crate::local::{RatesIn, RatesWish, last_line};
use crate::people::link;
use crate::serve::serve;
use crate::{sample_plans, sample_rules};

/// Whose data it is; pages say that it is sample data.
const WORKSPACE: &str = "Northwind Outdoor";
/// Who comes in by the link that the demo prints: they have no password.
const OWNER: (&str, &str) = ("owner@demo.example", "Sample owner");
/// Memory of the engine while serving, in MiB.
const MEMORY_MIB: u32 = 2048;

pub(crate) async fn run(args: DemoArgs) -> anyhow::Result<ExitCode> {
    let folder = DataFolder::of(&args.place, "demo")?;
    let workspace = args.place.workspace.clone().unwrap_or_else(|| WORKSPACE.to_owned());
    let door = Door::open(&folder).await?;
    // Named before anything is asked of it: a folder without workspaces gets an empty 'default' by being asked.
    door.ensure_workspace(&workspace, false).await?;
    let path = path_with(
        "/api/v1/imports",
        &[("workspace", Some(workspace.clone())), ("limit", Some("1".to_owned()))],
    );
    let ledger: Option<serde_json::Value> = door.ask(axum::http::Method::GET, &path, None).await.ok();
    let is_filled =
        ledger.is_some_and(|page| page["imports"].as_array().is_some_and(|imports| !imports.is_empty()));
    if is_filled {
        eprintln!(
            "The workspace '{workspace}' in {} is filled already; its data is used as it is.",
            folder.path().display()
        );
    } else {
        door.ensure_workspace(&workspace, true).await?;
        fill(&args, &door, &workspace).await?;
        if args.rows.is_none() {
            let plans = sample_plans::plan(&door, &workspace).await?;
            let rules = sample_rules::watch(&door, &workspace).await?;
            eprintln!(
                "{plans} plans were made for it (budgets, targets, labels, a campaign that is to come), and {rules} alert rules."
            );
        }
    }
    if args.no_serve {
        door.close().await;
        return Ok(ExitCode::SUCCESS);
    }
    let way_in = match args.answering.open {
        true => None,
        false => {
            let make_owner = Some((OWNER.0.to_owned(), OWNER.1.to_owned()));
            Some(link(&door, &LoginLinkIn { user: None, loopback_only: true, make_owner }).await?.path)
        }
    };
    door.close().await;
    serve(&folder, args.bind, MEMORY_MIB, true, Network::default(), args.answering, way_in).await
}

/// Writes the files one by one and imports each.
async fn fill(args: &DemoArgs, door: &Door, workspace: &str) -> anyhow::Result<()> {
    let now = Zoned::now();
    // The last exports claim to be of shortly before seven in the morning; they may not come from the future.
    let until = if now.hour() < 7 { now.date().saturating_sub(1.day()) } else { now.date() };
    let size = args.rows.map_or(Size::Company, Size::Rows);
    let plan = Plan { seed: args.seed, until, size };
    let exports = tempfile::tempdir()
        .context("there is no room for the export files in the folder for temporary files")?;
    let handle = Handle::current();
    let (mut files, mut rows, mut reports) = (0u32, 0u64, Vec::new());
    let show = !args.json;
    tokio::task::block_in_place(|| {
        demo::write(&plan, exports.path(), |written| {
            let report = handle.block_on(import_one(door, workspace, written))?;
            files += 1;
            rows += report.rows.used;
            if show && (files == 1 || files % 12 == 0 || args.rows.is_some()) {
                eprintln!("{files} export files imported, {rows} rows");
            }
            if args.json {
                reports.push(report);
            }
            remove(&written.path)
        })
    })?;
    if args.rows.is_none() {
        let file = demo::write_rates(args.seed, until, exports.path())?;
        let what = RatesWish::Load { file, source: "invented rates".to_owned() };
        let asked = RatesIn { workspace: Some(workspace.to_owned()), what };
        let response =
            door.send(axum::http::Method::POST, "/local/rates", Some(serde_json::to_vec(&asked)?)).await?;
        last_line(response, |_| {}).await?;
    }
    if args.json {
        say!("{}", serde_json::to_string_pretty(&reports)?);
    } else {
        eprintln!(
            "Sample data: {files} export files of an invented company, {rows} rows, imported into '{workspace}'."
        );
    }
    Ok(())
}

async fn import_one(door: &Door, workspace: &str, written: &Written) -> anyhow::Result<ledger::ImportReport> {
    let captured_at = written.captured_at.to_zoned(TimeZone::system())?.timestamp();
    let asked = LocalImportIn {
        path: written.path.clone(),
        file_name: written
            .path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        workspace: Some(workspace.to_owned()),
        dry_run: false,
        captured_at: Some(captured_at),
        account: Some(written.account.clone()),
        currency: written.currency.and_then(|code| code.parse().ok()),
        date_order: None,
        map: None,
    };
    let mut report = None;
    import(door, &asked, |outcome| {
        let taken = outcome.with_context(|| format!("the sample file {} was not taken in", asked.file_name));
        report = Some(taken?);
        Ok(())
    })
    .await?;
    report.with_context(|| format!("the sample file {} holds nothing", asked.file_name))
}

fn remove(path: &Path) -> anyhow::Result<()> {
    std::fs::remove_file(path).with_context(|| format!("{} can't be removed", path.display()))
}
