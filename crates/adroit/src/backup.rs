//! `adroit backup` and `adroit restore`: everything of a data folder in one checked file, also while a server runs.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use axum::http::Method;
use serde_json::json;
use store::facts::Limits;

use crate::archive::{self, PARTS};
use crate::args::{BackupArgs, RestoreArgs};
use crate::data::DataFolder;
use crate::door::{Door, open_state};
use crate::local::CopyIn;

pub(crate) async fn run(args: BackupArgs) -> anyhow::Result<ExitCode> {
    let path = std::path::absolute(&args.file)?;
    ensure!(!path.exists(), "{} is there already; choose another name", path.display());
    let folder = DataFolder::of(&args.place, "data")?;
    let parent = path.parent().context("the backup needs a folder to be in")?;
    // Beside the backup, so that it needs room there only; private, as it holds everything.
    let staging = tempfile::Builder::new()
        .prefix(".adroit-backup-")
        .tempdir_in(parent)
        .with_context(|| format!("{} is not writable", parent.display()))?;
    let door = Door::open(&folder).await?;
    eprintln!("Copying what is in {} ...", folder.path().display());
    let body = serde_json::to_vec(&CopyIn { folder: staging.path().to_owned() })?;
    let copied: anyhow::Result<serde_json::Value> = door.ask(Method::POST, "/local/copy", Some(body)).await;
    door.close().await;
    copied?;
    let packed = staging.path().join("packed");
    let contents = archive::pack(staging.path(), &packed)?;
    // What was written is read again before it is called a backup.
    archive::unpack(&packed, |_| Ok(Box::new(std::io::sink())))?;
    fs::hard_link(&packed, &path)
        .or_else(|_| fs::rename(&packed, &path))
        .with_context(|| format!("{} can't be made", path.display()))?;
    if args.json {
        let told = json!({ "file": path, "taken_at": contents.taken_at, "parts": contents.parts });
        say!("{}", serde_json::to_string_pretty(&told)?);
        return Ok(ExitCode::SUCCESS);
    }
    let bytes: u64 = contents.parts.iter().map(|part| part.bytes).sum();
    say!("{}: {} files, {bytes} bytes, checked", path.display(), contents.parts.len());
    say!("To use it: adroit restore {} --data DIR", path.display());
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn restore(args: RestoreArgs) -> anyhow::Result<ExitCode> {
    let folder = DataFolder::of(&args.place, "data")?;
    let shown = folder.path().display().to_string();
    if let Some(there) = PARTS.iter().find(|name| folder.path().join(name).exists()) {
        bail!(
            "{shown} holds data already ({there}); a backup is never restored over it: name another folder with --data DIR"
        );
    }
    let Some(held) = folder.hold()? else { bail!("{shown} is in use by another command") };
    let staging = tempfile::Builder::new().prefix(".restoring-").tempdir_in(folder.path())?;
    eprintln!("Reading {} ...", args.file.display());
    let contents = archive::unpack(&args.file, |name| {
        let file = fs::File::create_new(staging.path().join(name))?;
        Ok(Box::new(BufWriter::new(file)) as Box<dyn Write>)
    })?;
    for part in &contents.parts {
        moved(&staging.path().join(&part.name), &folder.path().join(&part.name))?;
    }
    drop(staging);
    // Opened once, so that what is not as it should be is told now.
    let state = open_state(&folder, Limits { memory_mib: 160, ..Limits::default() }).await?;
    let workspaces = state.ledger.catalog().workspaces().await?;
    let names: Vec<&str> = workspaces.iter().map(|workspace| workspace.name.as_str()).collect();
    state.ledger.catalog().close().await;
    drop(held);
    if args.json {
        let told = json!({ "data": shown, "taken_at": contents.taken_at, "workspaces": names });
        say!("{}", serde_json::to_string_pretty(&told)?);
        return Ok(ExitCode::SUCCESS);
    }
    say!("{shown}: restored as of {}, workspaces: {}", contents.taken_at, names.join(", "));
    Ok(ExitCode::SUCCESS)
}

fn moved(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::File::open(from)?.sync_all()?;
    fs::rename(from, to).with_context(|| format!("{} can't be put in its place", to.display()))
}
