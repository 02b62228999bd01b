//! `adroit doctor`: what is in force, what is wrong, and what to do.

use std::fs;
use std::net::TcpListener;
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
    let mut findings = vec![engine()];
    let writable = writable(&folder);
    let can_open = writable.verdict == Verdict::Fine;
    findings.push(writable);
    if can_open {
        findings.push(space(&folder));
        findings.extend(stores(&folder).await);
    }
    findings.push(port(&args));
    let served = if can_open { security::of_server(&folder).await } else { None };
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

fn engine() -> Finding {
    let version = store::facts::engine_version();
    found(
        "DuckDB",
        match version {
            Ok(version) if version == ENGINE_VERSION => Ok(version),
            Ok(version) => Err(format!(
                "the library is {version}, this program needs {ENGINE_VERSION}; put the right libduckdb beside the program or unset LD_LIBRARY_PATH"
            )),
            Err(error) => Err(error.to_string()),
        },
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
            format!("{shown} can't be written ({error}); change its rights or name another with --data")
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
            (Verdict::Wrong, format!("full: {mib} MiB are free; make room, or imports will be refused"))
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

fn port(args: &DoctorArgs) -> Finding {
    let bind = args.bind;
    match TcpListener::bind(bind) {
        Ok(_) => found("address", Ok(format!("{bind} is free"))),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Finding {
            check: "address",
            verdict: Verdict::Wrong,
            says: format!(
                "{bind} is taken; if not by this adroit's own server, stop that program or use --bind with another port"
            ),
        },
        Err(error) => found(
            "address",
            Err(format!("{bind} can't be listened on ({error}); use --bind with another address")),
        ),
    }
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
