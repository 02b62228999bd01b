//! The data folder that everything is tried on: made once by the program itself, and copied for each way of breaking it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use tempfile::TempDir;

/// Where everything is tried.
pub(crate) struct Ground {
    program: PathBuf,
    scratch: TempDir,
    /// Whether faults end before alerts fire.
    pub is_short: bool,
}

impl Ground {
    /// Lets the program make and import an invented set of about so many rows.
    pub fn make(program: &Path, rows: u64, is_short: bool) -> anyhow::Result<Self> {
        let scratch = tempfile::Builder::new().prefix("adroit-chaos-").tempdir()?;
        let ground = Self { program: program.to_owned(), scratch, is_short };
        let made = ground
            .command()
            .args(["demo", "--no-serve", "--json", "--rows", &rows.to_string(), "--data"])
            .arg(ground.made())
            .output()
            .with_context(|| format!("{} can't be run; name it with --program", program.display()))?;
        if !made.status.success() {
            bail!("the data folder could not be made: {}", String::from_utf8_lossy(&made.stderr));
        }
        Ok(ground)
    }

    /// The program, to be run with arguments; nothing of the environment decides how.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ADROIT_"))
        {
            command.env_remove(name);
        }
        command
    }

    /// A place for things of a scenario.
    pub fn place(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    /// A copy of the data folder, at a place of its own.
    pub fn folder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = self.place(name);
        self.copy_to(&folder)?;
        Ok(folder)
    }

    /// A copy of the data folder at a place that may be there.
    pub fn copy_to(&self, folder: &Path) -> anyhow::Result<()> {
        copy(&self.made(), folder)
    }

    fn made(&self) -> PathBuf {
        self.scratch.path().join("made")
    }
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        match entry.file_type()?.is_dir() {
            true => copy(&path, &target)?,
            false => drop(fs::copy(&path, &target).with_context(|| format!("{}", path.display()))?),
        }
    }
    Ok(())
}
