//! `adroit doctor`: what is in force, what is wrong, and what to do.

use std::fs;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::ExitCode;

use jiff::Timestamp;
use serde::Serialize;
use store::facts::{ENGINE_VERSION, Limits};
use web::Certificate;

use crate::args::DoctorArgs;
use crate::data::DataFolder;
use crate::door::open_state;
use crate::run_as::user_number;
use crate::security::{self, Settings};

/// Less free space than this is trouble soon.
const LITTLE_SPACE: u64 = 1 << 30;
/// Less free space than this is trouble now.
const NO_SPACE: u64 = 64 << 20;

/// What one check found.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    verdict: Verdict,
    says: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Fine,
    Soon,
    Wrong,
}

pub(crate) async fn run(args: DoctorArgs) -> anyhow::Result<ExitCode> {
    if args.security {
        return security::run(&args).await;
    }
    let folder = DataFolder::of(&args.place, "data")?;
    let mut findings = vec![engine(store::facts::engine_version().map_err(|error| error.to_string()))];
    let writable = writable(&folder);
    let can_open = writable.verdict == Verdict::Fine;
    findings.push(writable);
    if folder.path().is_dir() {
        findings.push(space(&folder));
    }
    if can_open {
        findings.extend(stores(&folder).await);
    }
    let served = if can_open { security::of_server(&folder).await } else { None };
    findings.push(port(args.bind, served.as_ref().map(|served| served.bind)));
    let named = args.network.tls_cert.clone();
    if let Some(path) = named.or_else(|| served.as_ref().and_then(|served| served.certificate.clone())) {
        findings.push(certificate(&path, Timestamp::now()));
    }
    findings.extend(user(&args, served.as_ref()));
    let is_wrong = findings.iter().any(|finding| finding.verdict == Verdict::Wrong);
    if args.json {
        say!("{}", serde_json::to_string_pretty(&findings)?);
    } else {
        for finding in &findings {
            let mark = match finding.verdict {
                Verdict::Fine => "ok   ",
                Verdict::Soon => "soon ",
                Verdict::Wrong => "WRONG",
            };
            say!("{mark} {}: {}", finding.check, finding.says);
        }
    }
    Ok(if is_wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn found(check: &'static str, outcome: Result<String, String>) -> Finding {
    match outcome {
        Ok(says) => Finding { check, verdict: Verdict::Fine, says },
        Err(says) => Finding { check, verdict: Verdict::Wrong, says },
    }
}

/// Whether the library that the program found is the one it was made for.
fn engine(version: Result<String, String>) -> Finding {
    found(
        "DuckDB",
        version.and_then(|version| match version == ENGINE_VERSION {
            true => Ok(version),
            false => Err(format!(
                "the library is {version}, this program needs {ENGINE_VERSION}; put the right libduckdb beside the program or unset LD_LIBRARY_PATH"
            )),
        }),
    )
}

fn writable(folder: &DataFolder) -> Finding {
    let shown = folder.path().display();
    let probe = folder.path().join(".adroit-probe");
    let outcome = fs::create_dir_all(folder.path())
        .and_then(|()| fs::write(&probe, b"probe"))
        .and_then(|()| fs::remove_file(&probe));
    found(
        "data folder",
        outcome.map(|()| format!("{shown} is writable")).map_err(|error| {
            let remedy = match error.kind() {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on its disk",
                ErrorKind::ReadOnlyFilesystem => "mount its disk for writing",
                _ => "change its rights",
            };
            format!("{shown} can't be written ({error}); {remedy} or name another with --data")
        }),
    )
}

fn space(folder: &DataFolder) -> Finding {
    let free = match fs4::available_space(folder.path()) {
        Ok(free) => free,
        Err(error) => return found("disk", Err(format!("its free space can't be read: {error}"))),
    };
    let mib = free >> 20;
    let (verdict, says) = match free {
        0..NO_SPACE => {
            (Verdict::Wrong, format!("full: {mib} MiB are free; make room, or imports may be refused"))
        }
        NO_SPACE..LITTLE_SPACE => {
            (Verdict::Soon, format!("{mib} MiB are free; make room before large imports"))
        }
        _ => (Verdict::Fine, format!("{mib} MiB are free")),
    };
    Finding { check: "disk", verdict, says }
}

/// Whether both stores open: formats known, files sound, nothing else writing.
async fn stores(folder: &DataFolder) -> Vec<Finding> {
    let held = match folder.hold() {
        Ok(Some(held)) => held,
        Ok(None) => {
            let served = folder.socket().exists();
            let says = if served {
                "a running server has it, and lets commands in"
            } else {
                "another command has it; wait until it has finished"
            };
            return vec![found("stores", Ok(says.to_owned()))];
        }
        Err(error) => return vec![found("stores", Err(format!("{error:#}")))],
    };
    let outcome = open_state(folder, Limits { memory_mib: 128, ..Limits::default() }).await;
    let findings = match outcome {
        Ok(state) => {
            let workspaces =
                state.ledger.catalog().workspaces().await.map_or(0, |workspaces| workspaces.len());
            state.ledger.catalog().close().await;
            vec![found("stores", Ok(format!("facts and catalog are sound, {workspaces} workspaces")))]
        }
        Err(error) => vec![found("stores", Err(format!("{error:#}")))],
    };
    drop(held);
    findings
}

/// Whether an address can be listened on; `ours` is the one on which this folder's own server does.
fn port(bind: SocketAddr, ours: Option<SocketAddr>) -> Finding {
    match TcpListener::bind(bind) {
        Ok(_) => found("address", Ok(format!("{bind} is free"))),
        Err(error) if error.kind() == ErrorKind::AddrInUse && ours.is_some_and(|ours| covers(ours, bind)) => {
            found("address", Ok(format!("{bind} is where this folder's server listens")))
        }
        Err(error) if error.kind() == ErrorKind::AddrInUse => found(
            "address",
            Err(format!("{bind} is taken by another program; stop that or use --bind with another port")),
        ),
        Err(error) => found(
            "address",
            Err(format!("{bind} can't be listened on ({error}); use --bind with another address")),
        ),
    }
}

/// Whether who listens on one address has taken the other: all of a machine's addresses are taken at once.
fn covers(listening: SocketAddr, bind: SocketAddr) -> bool {
    let is_same =
        listening.ip() == bind.ip() || listening.ip().is_unspecified() || bind.ip().is_unspecified();
    listening.port() == bind.port() && is_same
}

fn certificate(path: &Path, now: Timestamp) -> Finding {
    let read = match Certificate::read(path) {
        Ok(read) => read,
        Err(error) => return found("certificate", Err(error.to_string())),
    };
    let shown = path.display();
    let (verdict, says) = match (read.counts(now), read.ends_soon(now)) {
        (false, _) => (
            Verdict::Wrong,
            format!(
                "{shown} counts from {} to {}, which is not now; put a new one in its place",
                read.from, read.until
            ),
        ),
        (true, true) => (
            Verdict::Soon,
            format!(
                "{shown} counts until {}, {} more days; see why it is not renewed",
                read.until,
                read.days_left(now)
            ),
        ),
        (true, false) => {
            (Verdict::Fine, format!("{shown} counts until {}, {} more days", read.until, read.days_left(now)))
        }
    };
    Finding { check: "certificate", verdict, says }
}

/// That root is more than a server needs; nothing where it is not root.
fn user(args: &DoctorArgs, served: Option<&Settings>) -> Option<Finding> {
    let says = match served {
        Some(served) if served.user == Some(0) => {
            "the server runs as root; run it as a user of its own: --user NAME, or User= in systemd"
        }
        None if user_number() == Some(0) && args.network.user.is_none() => {
            "a server that is started as this is run from would run as root; name a user of its own with --user"
        }
        _ => return None,
    };
    Some(Finding { check: "user", verdict: Verdict::Soon, says: says.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_library_than_the_one_needed_is_wrong() {
        let right = engine(Ok(ENGINE_VERSION.to_owned()));
        assert_eq!((right.verdict, right.says.as_str()), (Verdict::Fine, ENGINE_VERSION));
        let other = engine(Ok("v1.4.0".to_owned()));
        assert_eq!(other.verdict, Verdict::Wrong);
        for word in ["v1.4.0", ENGINE_VERSION, "libduckdb"] {
            assert!(other.says.contains(word), "{word:?} is not said: {}", other.says);
        }
        let broken = engine(Err("it does not answer".to_owned()));
        assert_eq!((broken.verdict, broken.says.as_str()), (Verdict::Wrong, "it does not answer"));
    }

    #[test]
    fn a_server_covers_its_own_address() {
        for (listening, bind, covered) in [
            ("127.0.0.1:8642", "127.0.0.1:8642", true),
            ("0.0.0.0:8642", "127.0.0.1:8642", true),
            ("127.0.0.1:8642", "0.0.0.0:8642", true),
            ("127.0.0.1:8642", "127.0.0.1:8643", false),
            ("127.0.0.1:8642", "127.0.0.2:8642", false),
        ] {
            assert_eq!(
                covers(listening.parse().unwrap(), bind.parse().unwrap()),
                covered,
                "{listening} {bind}"
            );
        }
    }
}
