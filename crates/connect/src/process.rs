//! A source as a child process: its output in pieces, what it says on stderr kept, and its end certain.
//!
//! It runs in a process group of its own, which is ended as a whole. Output is read by a thread of its own, a few pieces
//! ahead, so that memory stays bounded and a source that says nothing is noticed.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use crate::ConnectError;
use crate::log::Log;

/// Bytes that are read at once.
const PIECE: usize = 256 << 10;
/// Pieces that are read ahead.
const AHEAD: usize = 4;
/// Between two looks at a source that says nothing.
const LOOK: Duration = Duration::from_millis(100);
/// How long a source that is asked to end may take.
const GRACE: Duration = Duration::from_secs(5);
/// How long a source that has closed its output may take to end.
const FAREWELL: Duration = Duration::from_secs(30);

/// A program to run.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub command: Vec<String>,
    pub folder: PathBuf,
    /// Longest time in which it may say nothing at all.
    pub silence: Duration,
}

/// Ends what it started, whatever happens.
struct Running {
    child: Child,
    ended: Option<ExitStatus>,
}

impl Running {
    fn has_ended(&mut self) -> Option<ExitStatus> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait().ok().flatten();
        }
        self.ended
    }

    fn wait(&mut self, patience: Duration) -> Option<ExitStatus> {
        let since = Instant::now();
        loop {
            if let Some(status) = self.has_ended() {
                return Some(status);
            }
            if since.elapsed() > patience {
                return None;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Asks the whole group to end, and makes it.
    fn end(&mut self) {
        self.signal(false);
        if self.wait(GRACE).is_none() {
            self.signal(true);
            self.wait(GRACE);
        }
    }

    #[cfg(unix)]
    fn signal(&self, at_once: bool) {
        use rustix::process::{Pid, Signal, kill_process_group};

        let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            // An error means that there is nobody left.
            kill_process_group(group, if at_once { Signal::KILL } else { Signal::TERM }).ok();
        }
    }

    #[cfg(not(unix))]
    fn signal(&mut self, _: bool) {
        drop(self.child.kill());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.has_ended().is_none() {
            self.end();
        }
    }
}

/// Runs a program and hands its output to `each` in pieces. Returns when it has ended well.
///
/// # Errors
/// What `each` returns, or that the program can't be started, fails, says nothing for too long or is `stopped`. Whatever
/// happens, the program and what it started in its group have ended.
pub(crate) fn run(
    program: &Program,
    log: &Arc<Log>,
    stopped: &AtomicBool,
    mut each: impl FnMut(&[u8]) -> Result<(), ConnectError>,
) -> Result<(), ConnectError> {
    let name = program.command.first().map_or("", String::as_str);
    let mut command = Command::new(name);
    command
        .args(&program.command[1.min(program.command.len())..])
        .current_dir(&program.folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let child = command.spawn().map_err(|error| {
        ConnectError::Source(format!(
            "'{name}' can't be started: {error}; check the command, and name programs outside the path in full"
        ))
    })?;
    let mut running = Running { child, ended: None };
    let heard = Arc::new(AtomicU64::new(0));
    if let Some(stderr) = running.child.stderr.take() {
        let (log, heard) = (Arc::clone(log), Arc::clone(&heard));
        std::thread::spawn(move || listen(stderr, &log, &heard));
    }
    let stdout = running.child.stdout.take();
    let (sender, pieces) = sync_channel(AHEAD);
    std::thread::spawn(move || {
        if let Some(mut stdout) = stdout {
            loop {
                let mut piece = vec![0; PIECE];
                match stdout.read(&mut piece) {
                    Ok(0) => break,
                    Ok(read) => piece.truncate(read),
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                    Err(_) => break,
                }
                if sender.send(piece).is_err() {
                    break;
                }
            }
        }
    });
    let outcome = take(&mut running, &pieces, program, &heard, stopped, &mut each);
    if outcome.is_err() {
        running.end();
        return outcome;
    }
    match running.wait(FAREWELL) {
        Some(status) if status.success() => Ok(()),
        Some(status) => Err(ConnectError::Source(format!("the source failed ({status}); its log says why"))),
        None => {
            running.end();
            Err(ConnectError::Source(format!(
                "the source closed its output but did not end within {} s; it was ended",
                FAREWELL.as_secs()
            )))
        }
    }
}

/// Takes pieces until there are no more.
fn take(
    running: &mut Running,
    pieces: &Receiver<Vec<u8>>,
    program: &Program,
    heard: &AtomicU64,
    stopped: &AtomicBool,
    each: &mut impl FnMut(&[u8]) -> Result<(), ConnectError>,
) -> Result<(), ConnectError> {
    let mut last = (Instant::now(), heard.load(Ordering::Relaxed));
    let mut ended_at = None;
    loop {
        if stopped.load(Ordering::Relaxed) {
            return Err(ConnectError::Source("it was stopped; what had come in is kept".to_owned()));
        }
        match pieces.recv_timeout(LOOK) {
            Ok(piece) => {
                each(&piece)?;
                last.0 = Instant::now();
                ended_at = None;
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
            Err(RecvTimeoutError::Timeout) => {
                let now = heard.load(Ordering::Relaxed);
                if now != last.1 {
                    last = (Instant::now(), now);
                }
                if last.0.elapsed() > program.silence {
                    return Err(ConnectError::Source(format!(
                        "the source said nothing for {} s and was ended; what had come in is kept. Allow it more with --silence SECONDS",
                        program.silence.as_secs()
                    )));
                }
                // Somebody whom it started may still hold its output open.
                if running.has_ended().is_some() {
                    let since = *ended_at.get_or_insert_with(Instant::now);
                    if Instant::elapsed(&since) > GRACE {
                        running.signal(true);
                        return Ok(());
                    }
                }
            }
        }
    }
}

/// Keeps what is said on stderr; however much it is, in bounded memory.
fn listen(stderr: impl Read, log: &Log, heard: &AtomicU64) {
    const LONGEST: u64 = 8 << 10;
    let mut stderr = BufReader::new(stderr);
    let mut line = Vec::new();
    loop {
        line.clear();
        match (&mut stderr).take(LONGEST).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(read) => {
                heard.fetch_add(read as u64, Ordering::Relaxed);
                log.add(&String::from_utf8_lossy(&line));
            }
        }
    }
}
