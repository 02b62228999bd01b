//! `adroit import --guess`: which column of an unknown table seems to be what, as a command that says so.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use ingest::contents::{self, Bounds, Piece};
use ingest::{Guess, Mapping, Wishes, guess, recognise};

use crate::failure;
use crate::table::Table;

/// Longest cell that is shown.
const LONGEST_CELL: usize = 24;

pub(crate) fn run(files: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let scratch = tempfile::tempdir().context("a folder to unpack into can't be made")?;
    let mut worst = ExitCode::SUCCESS;
    for file in files {
        if file == Path::new("-") {
            bail!("a guess is about a file that can be named again; write standard input into one first");
        }
        let name = file.file_name().map_or_else(|| file.to_string_lossy(), |name| name.to_string_lossy());
        contents::pieces(file, &name, scratch.path(), Bounds::default(), |piece| {
            let told = match piece {
                Ok(piece) => tell(file, &piece),
                Err(unreadable) => Err(anyhow::anyhow!("{}: {}", unreadable.name, unreadable.refusal)),
            };
            if let Err(error) = told {
                crate::say::complaint(&error);
                worst = ExitCode::from(failure::NOT_RIGHT);
            }
            ControlFlow::Continue(())
        });
    }
    Ok(worst)
}

fn tell(file: &Path, piece: &Piece) -> anyhow::Result<()> {
    let open = || File::open(piece.path()).with_context(|| format!("{} can't be read", piece.name));
    if let Ok(export) = recognise(open()?, &piece.name, &Wishes::default()) {
        say!("{}: recognised as {}; it needs no --map", piece.name, export.about().recognised_as);
        return Ok(());
    }
    let guess =
        guess(open()?, &piece.name).map_err(|refusal| anyhow::anyhow!("{}: {refusal}", piece.name))?;
    say!("{}:", piece.name);
    let mut table = Table::new(["column", "seems to be", "by its", "values"], []);
    for (at, column) in guess.columns.iter().enumerate() {
        let values = guess.rows.iter().filter_map(|row| row.get(at)).map(|cell| short(cell));
        let values = values.take(3).collect::<Vec<_>>().join("  ");
        table.row([column.header.as_str(), column.used_as.unwrap_or("-"), column.by, &values]);
    }
    say!("{table}");
    match &guess.mapping {
        Some(mapping) => say!("{}", command(file, mapping, &guess)),
        None => {
            say!("No column seems to be the spend. Say which it is: --map 'date=...,campaign=...,spend=...'")
        }
    }
    Ok(())
}

/// The command to check, and to run.
fn command(file: &Path, mapping: &Mapping, guess: &Guess) -> String {
    let has_currency =
        mapping.currency().is_some() || guess.columns.iter().any(|column| column.used_as == Some("currency"));
    let also = if has_currency { "" } else { " --currency EUR   # or whichever it is" };
    format!("adroit import {} --map {}{also}", quoted(&file.to_string_lossy()), quoted(&mapping.to_string()))
}

/// For a shell, whatever stands in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn short(cell: &str) -> String {
    match cell.chars().count() > LONGEST_CELL {
        true => cell.chars().take(LONGEST_CELL - 1).chain(['…']).collect(),
        false => cell.to_owned(),
    }
}
