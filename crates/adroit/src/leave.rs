//! `adroit leave`: everything of a workspace as Parquet and JSON, for other programs.

use std::process::ExitCode;

use anyhow::{Context, ensure};
use axum::http::Method;
use serde_json::json;

use crate::args::LeaveArgs;
use crate::data::DataFolder;
use crate::door::Door;
use crate::local::{LeaveIn, LeftOut};

/// What stands in the folder beside the files.
const READ_ME: &str = "\
Everything that Adroit kept of one workspace.

accounts, entities        who: accounts; campaigns, ad groups, ads, keywords and search terms, each with its account, level and parent
delivery                  what is believed now, by day, level and entity; campaign 0 is told of a whole account. Levels do not add up
                          to each other
delivery_history          what was believed once and has been replaced
coverage                  which days of which account and level each import claims to know, and when it was taken
range_figures             figures of files that state a range but no days
applied_imports           the imports whose figures are in these files
campaign_renames          campaigns that go on under another name, as people decided
account_duplicates        accounts that came in twice, as people decided; what is set aside of the other one so that it counts once
coverage_aside            stands in coverage_aside and delivery_aside, in the form of coverage and delivery
delivery_aside
addresses                 where ads lead: final URLs, what is appended to them, tracking templates
exchange_rates            units of a currency for one euro, in billionths, by day
catalog.json              imports with their reports, plans with their history, saved views, mappings

*_micros and *_e6 are millionths. Revenue and conversions are as platforms claim; of accounts whose platform is shopify,
google_analytics or own_records they are what was sold, and orders. Absent is not zero. Days are the account's local days, times are UTC.
";

pub(crate) async fn run(args: LeaveArgs) -> anyhow::Result<ExitCode> {
    let folder = std::path::absolute(&args.folder)?;
    let is_free = std::fs::read_dir(&folder).map_or(true, |mut entries| entries.next().is_none());
    ensure!(is_free, "{} is not empty; name a new folder", folder.display());
    std::fs::create_dir_all(&folder).with_context(|| format!("{} can't be made", folder.display()))?;
    let door = Door::open(&DataFolder::of(&args.place, "data")?).await?;
    eprintln!("Writing to {} ...", folder.display());
    let asked = LeaveIn { workspace: args.place.workspace.clone(), folder: folder.clone() };
    let left: anyhow::Result<LeftOut> =
        door.ask(Method::POST, "/local/leave", Some(serde_json::to_vec(&asked)?)).await;
    door.close().await;
    let left = left?;
    std::fs::write(folder.join("catalog.json"), serde_json::to_vec_pretty(&left.catalog)?)?;
    std::fs::write(folder.join("README.txt"), READ_ME)?;
    if args.json {
        let files: Vec<_> =
            left.files.iter().map(|(name, rows)| json!({ "name": name, "rows": rows })).collect();
        let told = json!({ "folder": folder, "files": files, "catalog_tables": left.catalog.len() });
        say!("{}", serde_json::to_string_pretty(&told)?);
        return Ok(ExitCode::SUCCESS);
    }
    for (name, rows) in &left.files {
        say!("{name}: {rows} rows");
    }
    say!("catalog.json: {} tables", left.catalog.len());
    Ok(ExitCode::SUCCESS)
}
