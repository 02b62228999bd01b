//! A clock that jumps a day ahead and back again, for the server alone.

use std::ffi::OsStr;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::ensure;
use jiff::Timestamp;
use tokio::time::sleep;

use super::{Sending, Trial};
use crate::asking::json;
use crate::ground::Ground;
use crate::outcome::Outcome;
use crate::served::{Served, free_address};
use crate::telling::{firing, health_tells};

/// What stands between the server and its clock.
const SHIM: &str = include_str!("clock.c");
const JUMP: i64 = 26 * 3600;

/// Makes what stands between a process and its clock.
fn shim(ground: &Ground) -> anyhow::Result<PathBuf> {
    let (source, made) = (ground.place("clock.c"), ground.place("clock.so"));
    fs::write(&source, SHIM)?;
    let done = Command::new("cc").args(["-shared", "-fPIC", "-O2", "-o"]).arg(&made).arg(&source).output()?;
    ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr).trim());
    Ok(made)
}

pub(super) async fn run(ground: &Ground, outcome: &mut Outcome) -> anyhow::Result<()> {
    if !cfg!(target_os = "linux") {
        outcome.skipped = Some("the clock of one process can be changed on Linux only".to_owned());
        return Ok(());
    }
    let shim = match shim(ground) {
        Ok(shim) => shim,
        Err(error) => {
            outcome.skipped =
                Some(format!("there is no C compiler to change a process's clock with: {error}"));
            return Ok(());
        }
    };
    let (folder, address, dial) = (ground.folder("clock")?, free_address()?, ground.place("seconds-off"));
    turn(&dial, 0)?;
    let variables: [(&str, &OsStr); 2] =
        [("LD_PRELOAD", shim.as_os_str()), ("CHAOS_CLOCK", dial.as_os_str())];
    let served = Served::start_at(ground, &folder, address, &[], &variables).await?;
    let trial = Trial::begin(address).await?;
    let before = firing(address).await;
    let sending = Sending::begin(address, Duration::from_millis(300));
    sleep(Duration::from_millis(500)).await;

    turn(&dial, JUMP)?;
    let off = off(address).await?;
    outcome.expect((off - JUMP).abs() < 60, || format!("the server's clock is {off} s off, not {JUMP}"));
    health_tells(address, "clock", outcome).await;
    sleep(Duration::from_secs(if ground.is_short { 1 } else { 60 })).await;
    turn(&dial, 0)?;
    sleep(Duration::from_secs(if ground.is_short { 1 } else { 60 })).await;
    // Figures of a time that comes twice are added, so nothing is beyond any limit.
    let new: Vec<String> = firing(address)
        .await
        .into_iter()
        .filter(|alert| !before.contains(alert) && !is_of_the_machine(alert))
        .collect();
    outcome.expect(new.is_empty(), || format!("these fired for the jump alone: {}", new.join(", ")));
    let sent = sending.end().await;
    trial.end(&sent, outcome).await?;
    outcome.also.push("nothing had to be mended".to_owned());
    outcome.recovery = Some(Duration::ZERO);
    outcome.only(&[200]);
    served.stop().await
}

/// A full disk, or a machine that is busy with other things, is no matter of the clock.
fn is_of_the_machine(alert: &str) -> bool {
    ["The disk", "A route is slow"].iter().any(|title| alert.starts_with(title))
        || alert.contains("(Overview within")
}

/// How far the server's clock is from ours, in seconds.
async fn off(address: SocketAddr) -> anyhow::Result<i64> {
    // One look at its health is told for a second.
    sleep(Duration::from_millis(1200)).await;
    let told = json(address, "/healthz").await?;
    let at: Timestamp = told["checks"][0]["checked_at"].as_str().unwrap_or_default().parse()?;
    Ok(at.as_second() - Timestamp::now().as_second())
}

/// Written whole at once, as it is read while it is written.
fn turn(dial: &Path, seconds: i64) -> anyhow::Result<()> {
    let new = dial.with_extension("new");
    fs::write(&new, seconds.to_string())?;
    Ok(fs::rename(&new, dial)?)
}
