//! A disk that fills up: the data folder on a small file system of its own, in memory.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use tokio::time::sleep;

use super::{Trial, sending};
use crate::ground::Ground;
use crate::machine::is_root;
use crate::outcome::Outcome;
use crate::served::Served;
use crate::telling::{alert_fires, failures_since, health_tells, ready_again};

/// Size of the file system: with less than 100 MiB free the server says that it can take no imports.
const SIZE: &str = "size=224m";
/// Left free at first, so that the alert can still be written: below a tenth of it.
const LITTLE: usize = 16 << 20;

/// A file system that is there until this is dropped.
struct Mounted(PathBuf);

impl Mounted {
    fn at(place: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(place)?;
        let done =
            Command::new("mount").args(["-t", "tmpfs", "-o", SIZE, "adroit-chaos"]).arg(place).output()?;
        ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr).trim());
        Ok(Self(place.to_owned()))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("--lazy").arg(&self.0).output());
    }
}

pub(super) async fn run(ground: &Ground, outcome: &mut Outcome) -> anyhow::Result<()> {
    if !is_root() {
        outcome.skipped = Some("only root may mount a small file system".to_owned());
        return Ok(());
    }
    let place = ground.place("full");
    let mounted = match Mounted::at(&place) {
        Ok(mounted) => mounted,
        Err(error) => {
            outcome.skipped = Some(format!("no file system can be mounted: {error}"));
            return Ok(());
        }
    };
    let folder = place.join("data");
    ground.copy_to(&folder)?;
    let served = Served::start(ground, &folder).await?;
    let address = served.address;
    let trial = Trial::begin(address).await?;
    let (taken, first) = sending::send(address, 0).await;
    ensure!(first.is_taken, "an upload was refused before: {taken}");

    let filler = place.join("filler");
    if !ground.is_short {
        fill(&filler, LITTLE)?;
        alert_fires(address, "The disk fills up", outcome).await;
    }
    fill(&filler, 0)?;
    health_tells(address, "disk", outcome).await;
    let (refused, second) = sending::send(address, 1).await;
    outcome.also.push(format!("an upload {}", refused.chars().take(160).collect::<String>()));
    outcome.expect(refused.starts_with("507"), || format!("an upload was answered {refused}"));
    sleep(Duration::from_secs(if ground.is_short { 2 } else { 20 })).await;
    failures_since(address, &trial.failures, outcome).await;

    fs::remove_file(&filler)?;
    let freed = Instant::now();
    let is_ready = ready_again(address).await.is_some();
    let again = until_taken(address, 1).await;
    outcome.recovery = Some(freed.elapsed());
    outcome.expect(is_ready, || "it was not ready within a minute of there being room".to_owned());
    match again {
        Ok(third) => trial.end(&[first, third], outcome).await?,
        Err(error) => {
            outcome.wrong.push(format!("{error:#}"));
            trial.end(&[first, second], outcome).await?;
        }
    }
    outcome.only(&[200]);
    served.stop().await?;
    drop(mounted);
    Ok(())
}

/// Takes all room but so many bytes.
fn fill(path: &Path, left: usize) -> anyhow::Result<()> {
    let piece = vec![1u8; 64 << 10];
    let mut file = File::options().create(true).append(true).open(path)?;
    loop {
        let free = fs4::available_space(path)?;
        if free <= left as u64 {
            return Ok(());
        }
        let part = usize::try_from(free - left as u64).unwrap_or(usize::MAX).min(piece.len());
        // A full disk says so here as well.
        if file.write_all(&piece[..part]).is_err() {
            return Ok(());
        }
    }
}

/// Sends a file until it is taken.
pub(super) async fn until_taken(
    address: std::net::SocketAddr,
    n: u32,
) -> anyhow::Result<crate::figures::Sent> {
    let begun = Instant::now();
    loop {
        let (words, sent) = sending::send(address, n).await;
        if sent.is_taken {
            return Ok(sent);
        }
        if begun.elapsed() > Duration::from_secs(30) {
            bail!("uploads were still refused 30 s later: {words}");
        }
        sleep(Duration::from_millis(50)).await;
    }
}
