//! The built program, serving a folder as a process of its own.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::sleep;

use crate::asking::get;
use crate::ground::Ground;
use crate::machine;

/// A server that is not ready by then never will be.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is asked whether it is.
const OFTEN: Duration = Duration::from_millis(5);

/// A server that runs, until this is dropped.
pub(crate) struct Served {
    child: Child,
    pub address: SocketAddr,
    /// From the start of the process to the first time that it said it was ready.
    pub ready_after: Duration,
    log: PathBuf,
}

/// A loopback address that nobody listens on.
pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no loopback address can be listened on")?;
    Ok(listener.local_addr()?)
}

impl Served {
    /// Serves a folder at an address of its own.
    pub async fn start(ground: &Ground, folder: &Path) -> anyhow::Result<Self> {
        Self::start_at(ground, folder, free_address()?, &[], &[]).await
    }

    /// The same at an address, with further flags and variables.
    pub async fn start_at(
        ground: &Ground,
        folder: &Path,
        address: SocketAddr,
        flags: &[&str],
        variables: &[(&str, &OsStr)],
    ) -> anyhow::Result<Self> {
        let mut command = ground.command();
        command.args(["serve", "--open", "--bind", &address.to_string()]).args(flags);
        command.arg("--data").arg(folder).envs(variables.iter().copied());
        Self::run(command, ground, address).await
    }

    /// Runs a command that serves, and waits until it is ready.
    pub async fn run(mut command: Command, ground: &Ground, address: SocketAddr) -> anyhow::Result<Self> {
        let log = ground.place(&format!("{}.log", address.port()));
        let open = || File::options().create(true).append(true).open(&log);
        command.stdin(Stdio::piped()).stdout(open()?).stderr(open()?);
        let begun = Instant::now();
        let child = command.spawn().context("the server can't be started")?;
        let mut served = Self { child, address, ready_after: Duration::ZERO, log };
        served.until_ready().await?;
        served.ready_after = begun.elapsed();
        Ok(served)
    }

    /// Waits until it says that requests may be sent to it.
    pub async fn until_ready(&mut self) -> anyhow::Result<()> {
        let begun = Instant::now();
        loop {
            if get(self.address, "/readyz").await.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            if let Some(ended) = self.child.try_wait()? {
                bail!("the server ended with {ended}: {}", self.last_words());
            }
            if begun.elapsed() > PATIENCE {
                bail!("the server was not ready within 60 s: {}", self.last_words());
            }
            sleep(OFTEN).await;
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The memory that it has now, in bytes; 0 where the system does not tell.
    pub fn resident(&self) -> u64 {
        machine::resident(self.id()).unwrap_or(0)
    }

    /// Files and connections that it has open; 0 where the system does not tell.
    pub fn open_files(&self) -> usize {
        machine::open_files(self.id()).unwrap_or(0)
    }

    /// Where it can be told something.
    pub fn told(&mut self) -> anyhow::Result<&mut impl std::io::Write> {
        self.child.stdin.as_mut().context("the process can't be told anything")
    }

    /// Kills it at once, as a machine does that runs out of memory.
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to stop and waits until it has.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let process = i32::try_from(self.id()).ok().and_then(Pid::from_raw).context("it has no number")?;
        kill_process(process, Signal::TERM)?;
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(ended) = self.child.try_wait()? {
                return if ended.success() {
                    Ok(())
                } else {
                    bail!("it ended with {ended}: {}", self.last_words())
                };
            }
            sleep(OFTEN).await;
        }
        bail!("it did not stop within 60 s of being asked to")
    }

    /// The end of what it logged.
    pub fn last_words(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().rev().take(5).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join(" | ")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
