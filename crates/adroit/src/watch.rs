//! `adroit watch`: each report file that is put into a folder, once.
//!
//! A file is read when its size and time have stood still between two looks. That it is imported once is the ledger's doing,
//! which knows its bytes; so nothing is lost or doubled when the watch is ended and begun again. A file that can't be
//! imported gets a note beside it, `NAME.failed`, with the reason, and is tried again when it has changed or the note is gone.

use std::collections::HashMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use anyhow::Context;
use web::LocalImportIn;

use crate::args::WatchArgs;
use crate::data::DataFolder;
use crate::door::Door;
use crate::failure::NOT_RIGHT;
use crate::import::import;

/// How long a file must stand still.
const STILL: Duration = Duration::from_secs(1);
const NOTE: &str = "failed";

/// What tells a state of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    bytes: u64,
    changed: Option<SystemTime>,
}

impl Look {
    fn of(meta: &Metadata) -> Self {
        Self { bytes: meta.len(), changed: meta.modified().ok() }
    }
}

pub(crate) async fn run(args: WatchArgs) -> anyhow::Result<ExitCode> {
    let data = DataFolder::of(&args.place, "data")?;
    let every = Duration::from_secs(args.every.clamp(1, 86_400));
    let mut before = looks(&args.folder)?;
    let mut done: HashMap<PathBuf, Look> = HashMap::new();
    let mut failed = false;
    if !args.once {
        let begun = format!("Watching {}; Ctrl-C ends it.", args.folder.display());
        if args.json { eprintln!("{begun}") } else { say!("{begun}") }
    }
    // One listener for the whole watch: who asks it to stop while files come in is heard afterwards.
    let mut stop = std::pin::pin!(crate::serve::told_to_stop());
    loop {
        let pause = if args.once { STILL } else { every.max(STILL) };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = &mut stop => return Ok(ExitCode::SUCCESS),
        }
        let now = looks(&args.folder)?;
        let mut ready: Vec<(PathBuf, Look)> = now
            .iter()
            .filter(|(path, look)| before.get(*path) == Some(*look) && done.get(*path) != Some(*look))
            .map(|(path, look)| (path.clone(), *look))
            .filter(|(path, look)| !is_noted(path, *look))
            .collect();
        ready.sort_by(|(a, _), (b, _)| a.cmp(b));
        if !ready.is_empty() {
            failed |= take(&args, &data, &ready).await?;
            done.extend(ready);
            done.retain(|path, _| now.contains_key(path));
        }
        let is_still = now == before;
        before = now;
        if args.once && is_still {
            return Ok(if failed { ExitCode::from(NOT_RIGHT) } else { ExitCode::SUCCESS });
        }
    }
}

/// The files of a folder that may be reports.
fn looks(folder: &Path) -> anyhow::Result<HashMap<PathBuf, Look>> {
    let mut looks = HashMap::new();
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("the folder {} can't be read", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        // Browsers and copying programs give a file its name when it is whole.
        let is_partial = name.starts_with('.')
            || [".part", ".crdownload", ".tmp", ".download", ".filepart"]
                .iter()
                .any(|end| name.ends_with(end));
        let is_note = path.extension().is_some_and(|ending| ending == NOTE);
        // A file that has gone since is no concern.
        if let Ok(meta) = path.metadata()
            && meta.is_file()
            && !is_partial
            && !is_note
        {
            looks.insert(path, Look::of(&meta));
        }
    }
    Ok(looks)
}

fn note_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(NOTE);
    PathBuf::from(name)
}

/// Whether a note from after the file's last change says that it can't be imported.
fn is_noted(path: &Path, look: Look) -> bool {
    let noted = note_of(path).metadata().and_then(|meta| meta.modified()).ok();
    noted.zip(look.changed).is_some_and(|(noted, changed)| noted >= changed)
}

/// Imports files; whether one could not be. The door is open only while there is something to do, so that other commands
/// find the folder free.
async fn take(args: &WatchArgs, data: &DataFolder, ready: &[(PathBuf, Look)]) -> anyhow::Result<bool> {
    let door = Door::open(data).await?;
    if let Some(workspace) = args.place.workspace.as_deref() {
        door.ensure_workspace(workspace, false).await?;
    }
    let mut failed = false;
    for (path, _) in ready {
        let file_name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let asked = LocalImportIn {
            path: std::path::absolute(path)?,
            file_name: file_name.clone(),
            workspace: args.place.workspace.clone(),
            dry_run: false,
            captured_at: None,
            account: None,
            currency: None,
            date_order: None,
            map: None,
        };
        let mut refused = Vec::new();
        let taken = import(&door, &asked, |outcome| match outcome {
            Ok(report) if args.json => {
                say!("{}", serde_json::to_string(&report)?);
                Ok(())
            }
            Ok(report) => {
                let id = report.import_id.unwrap_or_default();
                let name = &report.file_name;
                match report.already_imported {
                    true => say!("{name}: came in before as import {id}"),
                    false => say!("{name}: import {id}, {} rows", report.rows.used),
                }
                Ok(())
            }
            Err(told) if told.0.status < 500 => {
                if args.json {
                    say!("{}", serde_json::to_string(&told.0)?);
                }
                refused.push(told.to_string());
                Ok(())
            }
            Err(told) => Err(told.into()),
        })
        .await;
        // What is wrong here and not with the file ends the watch; the file waits.
        if let Err(error) = taken {
            door.close().await;
            return Err(error);
        }
        let note = note_of(path);
        if refused.is_empty() {
            if note.exists() {
                std::fs::remove_file(&note).ok();
            }
            continue;
        }
        failed = true;
        std::fs::write(&note, refused.join("\n") + "\n")
            .with_context(|| format!("the reason can't be noted in {}", note.display()))?;
        if !args.json {
            say!("{file_name}: not imported, {} says why", note.display());
        }
    }
    door.close().await;
    Ok(failed)
}
