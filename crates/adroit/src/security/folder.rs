//! Checks on what lies on the disk: the data folder, the key, the engine's library.

use std::path::Path;

use store::facts::ENGINE_VERSION;

use super::check::Check;
use super::settings::{KeyPlace, Settings};
use crate::data::DataFolder;

pub(super) fn all(folder: &DataFolder, settings: &Settings) -> Vec<Check> {
    vec![data(folder.path(), settings), key(folder, settings), engine(), disk()]
}

/// Rights and owner of a file or folder.
struct Rights {
    mode: u32,
    owner: u32,
}

#[cfg(unix)]
fn rights(path: &Path) -> std::io::Result<Option<Rights>> {
    use std::os::unix::fs::MetadataExt;

    let told = std::fs::metadata(path)?;
    Ok(Some(Rights { mode: told.mode() & 0o777, owner: told.uid() }))
}

#[cfg(not(unix))]
fn rights(path: &Path) -> std::io::Result<Option<Rights>> {
    std::fs::metadata(path).map(|_| None)
}

fn data(path: &Path, settings: &Settings) -> Check {
    const CHECK: &str = "data folder";
    let shown = path.display();
    let rights = match rights(path) {
        Ok(Some(rights)) => rights,
        Ok(None) => return Check::unknown(CHECK, "who may open it can't be read on this system", ""),
        Err(error) => {
            return Check::fail(CHECK, format!("{shown} can't be looked at: {error}"), "name it with --data");
        }
    };
    let mend = "let only the server's user in: chmod 700, and in systemd StateDirectoryMode=0700";
    let mode = rights.mode;
    if mode & 0o007 != 0 {
        return Check::grave(
            CHECK,
            format!("everybody on this machine may open {shown} (mode {mode:o})"),
            mend,
        );
    }
    if mode & 0o070 != 0 {
        return Check::warn(CHECK, format!("a group may open {shown} (mode {mode:o})"), mend);
    }
    match settings.user {
        Some(user) if user != rights.owner && !settings.changes_user => Check::warn(
            CHECK,
            format!("{shown} belongs to user {}, and the server runs as user {user}", rights.owner),
            "let it belong to the server's user: chown -R",
        ),
        _ => Check::pass(CHECK, format!("only user {} may open {shown}", rights.owner)),
    }
}

fn key(folder: &DataFolder, settings: &Settings) -> Check {
    const CHECK: &str = "key";
    let path = match &settings.key {
        KeyPlace::Environment => {
            return Check::pass(CHECK, "it comes from the environment, apart from the data");
        }
        KeyPlace::File(path) => path,
    };
    let shown = path.display();
    let rights = match rights(path) {
        Ok(rights) => rights,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && *path == folder.key() => {
            return Check::unknown(CHECK, "there is none yet; the first start makes it", "");
        }
        Err(error) => {
            let says = format!("{shown} can't be looked at: {error}");
            return Check::unknown(CHECK, says, "run this as the server's user");
        }
    };
    if let Some(Rights { mode, .. }) = rights.filter(|rights| rights.mode & 0o077 != 0) {
        let says = format!("others than its owner may read {shown} (mode {mode:o})");
        return Check::grave(CHECK, says, "chmod 600, and put another key in its place (ADROIT_OLD_KEYS)");
    }
    if path.starts_with(folder.path()) {
        return Check::warn(
            CHECK,
            format!("{shown} lies beside what it seals: who copies the folder has both"),
            "give it as ADROIT_KEY from a vault or with --key-file from elsewhere, and keep a copy apart from the backups",
        );
    }
    Check::pass(CHECK, format!("{shown} lies apart from the data, for its owner only"))
}

fn engine() -> Check {
    const CHECK: &str = "DuckDB";
    let mend = "put the library of that version beside the program, or unset LD_LIBRARY_PATH";
    match store::facts::engine_version() {
        Ok(version) if version == ENGINE_VERSION => Check::pass(CHECK, version),
        Ok(version) => {
            Check::fail(CHECK, format!("it is {version}, and {ENGINE_VERSION} is what was tested"), mend)
        }
        Err(error) => Check::fail(CHECK, error.to_string(), mend),
    }
}

fn disk() -> Check {
    Check::unknown(
        "disk encryption",
        "whether the disk is encrypted can't be seen from here",
        "see to it where the machine is set up: figures and backups are not encrypted by Adroit",
    )
}
