//! A facts file that can't be written any more, as on a disk that an error made read-only: the file is made immutable.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::ensure;
use tokio::time::sleep;

use super::full::until_taken;
use super::{Trial, sending};
use crate::ground::Ground;
use crate::machine::is_root;
use crate::outcome::Outcome;
use crate::served::Served;
use crate::telling::{alert_fires, failures_since};

/// Files that can't be written until this is dropped.
struct Immutable(Vec<PathBuf>);

impl Immutable {
    fn of(files: Vec<PathBuf>) -> anyhow::Result<Self> {
        let immutable = Self(files);
        for file in &immutable.0 {
            change("+i", file)?;
        }
        Ok(immutable)
    }
}

impl Drop for Immutable {
    fn drop(&mut self) {
        for file in &self.0 {
            drop(change("-i", file));
        }
    }
}

fn change(how: &str, file: &Path) -> anyhow::Result<()> {
    let done = Command::new("chattr").arg(how).arg(file).output()?;
    ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr).trim());
    Ok(())
}

pub(super) async fn run(ground: &Ground, outcome: &mut Outcome) -> anyhow::Result<()> {
    if !is_root() {
        outcome.skipped = Some("only root may make a file immutable".to_owned());
        return Ok(());
    }
    let folder = ground.folder("readonly")?;
    let served = Served::start(ground, &folder).await?;
    let address = served.address;
    let trial = Trial::begin(address).await?;
    let (taken, first) = sending::send(address, 0).await;
    ensure!(first.is_taken, "an upload was refused before: {taken}");
    let files = ["facts.duckdb", "facts.duckdb.wal"].map(|name| folder.join(name));
    let immutable = match Immutable::of(files.into_iter().filter(|file| file.exists()).collect()) {
        Ok(immutable) => immutable,
        Err(error) => {
            outcome.skipped = Some(format!("files can't be made immutable here: {error}"));
            return Ok(());
        }
    };
    let (refused, second) = sending::send(address, 1).await;
    outcome.also.push(format!("an upload {}", refused.chars().take(160).collect::<String>()));
    outcome.expect(!second.is_taken, || "an upload was taken, though nothing can be written".to_owned());
    sleep(Duration::from_secs(2)).await;
    let told = failures_since(address, &trial.failures, outcome).await;
    outcome.expect(told > 0, || "the status page has no group of failures for it".to_owned());
    if !ground.is_short {
        alert_fires(address, "An import failed", outcome).await;
    }

    drop(immutable);
    let mended = Instant::now();
    match until_taken(address, 1).await {
        Ok(third) => {
            outcome.recovery = Some(mended.elapsed());
            trial.end(&[first, third], outcome).await?;
            served.stop().await?;
        }
        Err(error) => {
            // What the engine itself gave up can only be opened again.
            outcome.also.push(format!("{error:#}; it was started again"));
            drop(served);
            let again = Instant::now();
            let served = Served::start_at(ground, &folder, address, &[], &[]).await?;
            let third = until_taken(address, 1).await?;
            outcome.recovery = Some(again.elapsed());
            trial.end(&[first, third], outcome).await?;
            served.stop().await?;
        }
    }
    Ok(())
}
