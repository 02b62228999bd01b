//! The files of a folder, with those of the folders in it.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::bounds::TooMuch;
use super::{Failure, Piece, Unpacking, is_beside};

/// Folders within folders.
const DEEPEST: u8 = 8;

/// Hands out what the files below `folder` hold. Links are not followed.
pub(super) fn walk(unpacking: &mut Unpacking<'_>, folder: &Path, name: &str) -> ControlFlow<()> {
    within(unpacking, folder, name, 0)
}

fn within(unpacking: &mut Unpacking<'_>, folder: &Path, name: &str, depth: u8) -> ControlFlow<()> {
    let entries = match listed(folder) {
        Ok(entries) => entries,
        Err(error) => return unpacking.refuse(name.to_owned(), error.into()),
    };
    for (entry, path) in entries {
        let name = format!("{name}/{entry}");
        // What a link leads to was not named.
        let Ok(kind) = fs::symlink_metadata(&path).map(|meta| meta.file_type()) else { continue };
        if is_beside(&entry) || kind.is_symlink() {
            continue;
        }
        if kind.is_dir() && depth < DEEPEST {
            within(unpacking, &path, &name, depth + 1)?;
        } else if kind.is_file() {
            if let Err(TooMuch::Entries(most)) = unpacking.budget.entry() {
                let failure = Failure::TooMuch(TooMuch::Entries(most));
                unpacking.refuse(name, failure.refusal("a folder"))?;
                return ControlFlow::Break(());
            }
            unpacking.piece(Piece { name, path, unpacked: None }, 0)?;
        }
    }
    ControlFlow::Continue(())
}

fn listed(folder: &Path) -> std::io::Result<Vec<(String, PathBuf)>> {
    let entries = fs::read_dir(folder)?.map(|entry| {
        let entry = entry?;
        Ok((entry.file_name().to_string_lossy().into_owned(), entry.path()))
    });
    let mut entries = entries.collect::<std::io::Result<Vec<_>>>()?;
    entries.sort();
    Ok(entries)
}
