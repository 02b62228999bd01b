//! Record streams: a million records of a source, from its messages to the ledger, in a process of their own.

use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use connect::{Piped, Protocol, Sources};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use ledger::Ledger;
use serde::{Deserialize, Serialize};
use store::facts::Limits;
use tokio::runtime::Handle;

use crate::folder::WORKSPACE;
use crate::machine;
use crate::table::Line;

/// As much as a command of the program gives the engine, and one thread.
const LIMITS: Limits = Limits { memory_mib: 160, threads: 1 };
/// Bytes that are read at once, as the program does.
const PIECE: usize = 256 << 10;
/// Records of one day.
const AD_GROUPS: u64 = 10_000;
/// Records between two states.
const STATE_EVERY: u64 = 5_000;
const FIRST: Date = date(2024, 1, 1);

/// What taking in a stream took.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Done {
    rows: u64,
    spend_micros: i64,
    processor_seconds: f64,
    peak_kib: u64,
}

/// Takes in a stream of each protocol; says how many records in a second of processor time, and how much memory.
pub(crate) fn lines(records: u64) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for protocol in [Protocol::Singer, Protocol::Airbyte] {
        eprintln!("Taking in a stream of {records} records, {}", protocol.key());
        let done = taken_in(protocol, records)?;
        let speed = done.rows as f64 / done.processor_seconds.max(1e-9);
        let what = format!("records in a second of processor time, {}", protocol.key());
        lines.push(Line::fact(&what, web::format::count(speed as u64), "100,000"));
        lines.push(Line::fact("  peak memory, MiB", format!("{:.0}", done.peak_kib as f64 / 1024.0), ""));
    }
    Ok(lines)
}

fn taken_in(protocol: Protocol, records: u64) -> anyhow::Result<Done> {
    let folder = tempfile::tempdir()?;
    let mut taker = Command::new(std::env::current_exe()?)
        .arg("streams")
        .arg(folder.path())
        .arg(protocol.key())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("the process that takes records in can't be started")?;
    let mut messages = BufWriter::new(taker.stdin.take().context("it has no input")?);
    let spent = write(protocol, records, &mut messages)?;
    messages.flush()?;
    drop(messages);
    let output = taker.wait_with_output()?;
    if !output.status.success() {
        bail!("the stream was not taken in; see above");
    }
    let done: Done = serde_json::from_slice(&output.stdout)?;
    if (done.rows, done.spend_micros) != (records, spent) {
        bail!("{records} records with {spent} micros were sent, and {done:?} came in");
    }
    Ok(done)
}

/// Takes in the messages of the input, and tells of it in a line.
pub(crate) async fn run(folder: &Path, protocol: Protocol) -> anyhow::Result<()> {
    let ledger = Ledger::open(folder, LIMITS).await?;
    let workspace = ledger.catalog().ensure_workspace(WORKSPACE).await?;
    let (taking, handle) = (ledger.clone(), Handle::current());
    let report = tokio::task::spawn_blocking(move || {
        let piped = Piped { protocol, catalog: None, currency: None, keep_every: None };
        let next = || {
            let mut piece = vec![0; PIECE];
            match std::io::stdin().read(&mut piece) {
                Ok(0) => None,
                read => Some(read.map(|read| {
                    piece.truncate(read);
                    piece
                })),
            }
        };
        Sources::open(&taking, &handle)?.take_in(&workspace, "bench", &piped, next, |_| ())
    })
    .await??;
    ledger.catalog().close().await;
    let done = Done {
        rows: report.imports.iter().map(|import| import.rows.used).sum(),
        spend_micros: report.imports.iter().filter_map(|import| import.sums.spend_micros).sum(),
        processor_seconds: machine::processor_seconds(),
        peak_kib: machine::peak_kib(),
    };
    println!("{}", serde_json::to_string(&done)?);
    Ok(())
}

/// Writes a source's messages, day by day as sources send them; tells what was spent in all.
fn write(protocol: Protocol, records: u64, to: &mut impl Write) -> anyhow::Result<i64> {
    if protocol == Protocol::Singer {
        let keys = r#"["customer.id","ad_group.id","segments.date"]"#;
        writeln!(
            to,
            r#"{{"type":"SCHEMA","stream":"ad_group_performance","schema":{{"properties":{{}}}},"key_properties":{keys}}}"#
        )?;
    }
    let mut spent = 0;
    for number in 0..records {
        let (day, ad_group) = (FIRST + ((number / AD_GROUPS) as i64).days(), number % AD_GROUPS);
        let cost = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 38;
        spent += cost as i64;
        let record = record(day, ad_group, cost);
        match protocol {
            Protocol::Singer => writeln!(
                to,
                r#"{{"type":"RECORD","stream":"ad_group_performance","record":{record},"time_extracted":"2026-11-22T03:00:00.000000Z"}}"#
            )?,
            Protocol::Airbyte => writeln!(
                to,
                r#"{{"type":"RECORD","record":{{"stream":"ad_group_performance","data":{record},"emitted_at":1795305600000}}}}"#
            )?,
        }
        if number % STATE_EVERY == STATE_EVERY - 1 {
            match protocol {
                Protocol::Singer => writeln!(to, r#"{{"type":"STATE","value":{{"at":{number}}}}}"#)?,
                Protocol::Airbyte => writeln!(
                    to,
                    r#"{{"type":"STATE","state":{{"type":"STREAM","stream":{{"stream_descriptor":{{"name":"ad_group_performance"}},"stream_state":{{"at":{number}}}}}}}}}"#
                )?,
            }
        }
    }
    Ok(spent)
}

/// A record as Google's API shapes it, of about 600 bytes.
fn record(day: Date, ad_group: u64, cost: u64) -> String {
    let campaign = ad_group / 20;
    format!(
        r#"{{"customer":{{"resourceName":"customers/1234567890","id":"1234567890","descriptiveName":"Example Outdoor","currencyCode":"EUR"}},"campaign":{{"resourceName":"customers/1234567890/campaigns/{campaign}","id":"{campaign}","name":"Search | Hiking boots | {campaign}","status":"ENABLED","advertisingChannelType":"SEARCH"}},"adGroup":{{"resourceName":"customers/1234567890/adGroups/{ad_group}","id":"{ad_group}","name":"Boots waterproof {ad_group}","status":"ENABLED"}},"segments":{{"date":"{day}"}},"metrics":{{"costMicros":"{cost}","impressions":"{}","clicks":"{}","conversions":{}.{:02},"conversionsValue":{}.5}}}}"#,
        cost % 50_021,
        cost % 907,
        cost % 89,
        cost % 97,
        cost % 4_001
    )
}
