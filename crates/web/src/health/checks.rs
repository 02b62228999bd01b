//! What is checked, one function each.

use std::io::Write;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::{Check, Condition, Finding, PATIENCE, Part, Shared};
use crate::format;
use crate::tls::Tls;
use crate::{AppState, problem};

pub(super) const ENGINE: Part = Part { name: "engine", label: "Facts engine", is_needed: true };
const CATALOG: Part = Part { name: "catalog", label: "Catalog", is_needed: true };
const TABLES: Part = Part { name: "tables", label: "Tables up to date", is_needed: true };
const DISK: Part = Part { name: "disk", label: "Disk", is_needed: true };
const IMPORTS: Part = Part { name: "imports", label: "Imports settled", is_needed: false };
const CLOCK: Part = Part { name: "clock", label: "Clock", is_needed: false };
const CERTIFICATE: Part = Part { name: "certificate", label: "Certificate", is_needed: false };
const MEMORY: Part = Part { name: "memory", label: "Memory of figures", is_needed: false };

/// With less space nothing can be written soon.
const NO_SPACE: u64 = 100 << 20;
/// With less space something is to be done.
const LITTLE_SPACE: u64 = 1 << 30;
/// An import that is about to count for so long hangs.
const UNSETTLED: Duration = Duration::from_secs(600);
/// For so long nothing may be written down.
const UNWRITTEN: Duration = Duration::from_secs(60);
/// What is written to see whether anything can be.
const PROBE: [u8; 4096] = [0; 4096];

/// All of them, at once.
pub(super) async fn all(state: &AppState, shared: &Shared) -> Vec<Check> {
    let (engine, catalog, tables, disk, imports) = tokio::join!(
        timed(ENGINE, engine(state, shared)),
        timed(CATALOG, in_time(catalog(state))),
        timed(TABLES, in_time(tables(state))),
        timed(DISK, disk(state, shared)),
        timed(IMPORTS, in_time(imports(state))),
    );
    let (clock, memory) = (timed(CLOCK, clock(state, shared)).await, timed(MEMORY, memory(state)).await);
    let mut checks = vec![engine, catalog, tables, disk, imports, clock, memory];
    if let Some(tls) = &state.tls {
        checks.push(timed(CERTIFICATE, certificate(tls)).await);
    }
    checks
}

async fn timed(part: Part, finding: impl Future<Output = Finding>) -> Check {
    let begun = Instant::now();
    let finding = finding.await;
    let at = Timestamp::now();
    Check { part, finding, at, since: at, took: begun.elapsed() }
}

async fn in_time(finding: impl Future<Output = Finding>) -> Finding {
    tokio::time::timeout(PATIENCE, finding).await.unwrap_or_else(|_| {
        Finding::failing(
            format!("does not answer within {} s", PATIENCE.as_secs()),
            "see whether another process holds catalog.sqlite; restart the server",
        )
    })
}

async fn engine(state: &AppState, shared: &Shared) -> Finding {
    let insight = state.insight.clone();
    // Not in the line with the questions: a busy server answers.
    let ask = move || insight.facts().applied().map(drop).map_err(|error| problem::causes(&error));
    match shared.engine.look(PATIENCE, ask).await {
        Some(Ok(())) => Finding::ok("answers"),
        Some(Err(error)) => Finding::failing(
            watch::redacted(&error),
            "look into the log; restart the server, and run adroit doctor if it stays",
        ),
        None => Finding::failing(
            format!("does not answer within {} s", PATIENCE.as_secs()),
            "restart the server; nothing that was imported is lost",
        ),
    }
}

async fn catalog(state: &AppState) -> Finding {
    match state.catalog().ping().await {
        Ok(()) => Finding::ok("answers"),
        Err(error) => Finding::failing(
            watch::redacted(&problem::causes(&error)),
            "look into the log; restart the server, and run adroit doctor if it stays",
        ),
    }
}

async fn tables(state: &AppState) -> Finding {
    match state.catalog().version().await {
        Ok((now, wanted)) if now == wanted => Finding::ok(format!("version {now}")),
        Ok((now, wanted)) => Finding::failing(
            format!("version {now}, while this program needs {wanted}"),
            "restart the server with the newest program that was ever run on this folder",
        ),
        Err(error) => Finding::failing(watch::redacted(&problem::causes(&error)), "look into the log"),
    }
}

async fn disk(state: &AppState, shared: &Shared) -> Finding {
    let (folder, spool) = (state.ledger.folder().to_owned(), state.spool.clone());
    let look = move || {
        let mut probe = tempfile::Builder::new().prefix("probe-").tempfile_in(&spool)?;
        probe.write_all(&PROBE)?;
        fs4::available_space(&folder)
    };
    let free = match shared.disk.look(PATIENCE, look).await {
        None => {
            return Finding::failing(
                "does not answer",
                "see whether the data folder is on a network drive that is gone",
            );
        }
        Some(Err(error)) => {
            let says = format!("can't be written: {}", error.kind());
            return Finding::failing(
                says,
                "make room, or give the server the right to write to its data folder",
            );
        }
        Some(Ok(free)) => free,
    };
    let says = format!("{} are free", format::bytes(free));
    match free {
        0..NO_SPACE => Finding::failing(says, "make room; imports are refused until then"),
        NO_SPACE..LITTLE_SPACE => Finding::warning(says, "make room before large imports"),
        _ => Finding::ok(says),
    }
}

async fn imports(state: &AppState) -> Finding {
    let unsettled = match state.catalog().unsettled().await {
        Ok(unsettled) => unsettled,
        Err(error) => {
            return Finding::failing(watch::redacted(&problem::causes(&error)), "look into the log");
        }
    };
    let now = Timestamp::now();
    let is_late = |begun: &&Timestamp| now.duration_since(**begun).unsigned_abs() > UNSETTLED;
    match (unsettled.len(), unsettled.iter().filter(is_late).count()) {
        (0, _) => Finding::ok("all are settled"),
        (all, 0) => Finding::ok(format!("{all} under way")),
        (_, late) => Finding::warning(
            format!("{late} have been about to count for more than {} min", UNSETTLED.as_secs() / 60),
            "restart the server: it finishes them or takes them back",
        ),
    }
}

async fn clock(state: &AppState, shared: &Shared) -> Finding {
    let mut clock = shared.clock.lock().unwrap_or_else(PoisonError::into_inner);
    clock.look(Instant::now(), Timestamp::now(), state.watch.last_kept())
}

async fn memory(state: &AppState) -> Finding {
    if !state.watch.remembers() {
        let remedy = "look into the log for why watch.sqlite3 can't be opened; it may be moved away while the server is stopped";
        return Finding::warning("what is measured is not remembered", remedy);
    }
    let up = state.started.elapsed();
    let silent = state.watch.last_kept().map(|kept| Timestamp::now().duration_since(kept));
    match silent {
        Some(silent) if up > UNWRITTEN && silent.unsigned_abs() > UNWRITTEN && silent.is_positive() => {
            Finding::warning(
                format!("nothing was written down for {} s", silent.as_secs()),
                "make room on the disk; what is measured meanwhile is lost",
            )
        }
        _ => Finding::ok("is written down"),
    }
}

async fn certificate(tls: &Tls) -> Finding {
    let (certificate, now) = (tls.certificate(), Timestamp::now());
    let days = certificate.days_left(now);
    if !certificate.counts(now) {
        let says = format!("it counts from {} to {}", certificate.from, certificate.until);
        return Finding::failing(says, "put a new one into its file; the server takes it within a minute");
    }
    let until = format!("counts until {}, {days} more days", certificate.until);
    if let Some(trouble) = tls.trouble() {
        let says = format!("{trouble}. The one before {until}");
        return Finding::warning(says, "mend the files; the server looks at them every minute");
    }
    match certificate.ends_soon(now) {
        true => {
            Finding::warning(until, "see why it is not renewed; the server takes a new one within a minute")
        }
        false => Finding::ok(until),
    }
}

/// Whether requests may be sent here.
pub(crate) fn is_ready(checks: &[Check]) -> bool {
    checks.iter().all(|check| !check.part.is_needed || check.finding.condition != Condition::Failing)
}
