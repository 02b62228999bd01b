//! A stream of records whose target is killed at any moment: what was told as kept is kept, and nothing counts twice.

use std::fs::File;
use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::program::{Folder, Running};

const KILLS: u32 = 20;
const RECORDS: u64 = 20_000;
/// Records of one day.
const CAMPAIGNS: u64 = 400;
/// Records between two states, and between two moments at which what came is kept.
const STATE_EVERY: u64 = 250;
const KEEP_EVERY: &str = "1000";

const SCHEMA: &str = r#"{"type":"SCHEMA","stream":"campaign_stats","schema":{"properties":{"customer_id":{},"date":{},"campaign_id":{},"cost_micros":{},"impressions":{},"clicks":{}}},"key_properties":["date","campaign_id"]}"#;

/// What a record says: spend in micros, impressions, clicks. Another edition says something else of the same days.
fn figures(number: u64, edition: u64) -> [u64; 3] {
    let chance = (number + edition * RECORDS).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    [chance >> 38, chance % 5_003, chance % 97]
}

/// The messages of a source that goes on behind so many records.
fn messages(folder: &Folder, from: u64, edition: u64) -> File {
    let mut text = Vec::new();
    writeln!(text, "{SCHEMA}").unwrap();
    for number in from..RECORDS {
        let [spend, impressions, clicks] = figures(number, edition);
        let (day, campaign) = (number / CAMPAIGNS, number % CAMPAIGNS);
        let date = format!("2026-{:02}-{:02}", day / 28 + 1, day % 28 + 1);
        writeln!(
            text,
            r#"{{"type":"RECORD","stream":"campaign_stats","record":{{"customer_id":7,"date":"{date}","campaign_id":{campaign},"cost_micros":{spend},"impressions":{impressions},"clicks":{clicks}}}}}"#
        )
        .unwrap();
        if (number + 1) % STATE_EVERY == 0 {
            writeln!(text, "{}", json!({"type": "STATE", "value": {"records": number + 1}})).unwrap();
        }
    }
    File::open(folder.file("messages", text)).unwrap()
}

fn start(folder: &Folder, from: u64, edition: u64) -> Running {
    let arguments = ["ingest", "--singer", "--keep-every", KEEP_EVERY, "--json"];
    Running::start_fed(&folder.data(), arguments, messages(folder, from, edition).into())
}

/// How many records the last state stands for that was told to be kept, if one was.
fn told(stdout: &str) -> Option<u64> {
    let whole = &stdout[..stdout.rfind('\n')?];
    let state: Value = serde_json::from_str(whole.lines().last()?).unwrap();
    state["records"].as_u64()
}

/// Spend, impressions and clicks where the first records are of this edition and the others still of the one before, for each
/// number of first ones.
fn sums(edition: u64) -> Vec<[u64; 3]> {
    let before = |number| if edition == 0 { [0; 3] } else { figures(number, edition - 1) };
    let plus = |one: [u64; 3], other: [u64; 3]| std::array::from_fn(|n| one[n] + other[n]);
    let mut so_far = (0..RECORDS).map(before).fold([0; 3], plus);
    let mut sums = vec![so_far];
    for number in 0..RECORDS {
        let (old, new) = (before(number), figures(number, edition));
        so_far = std::array::from_fn(|n| so_far[n] - old[n] + new[n]);
        sums.push(so_far);
    }
    sums
}

fn found(folder: &Folder) -> [u64; 3] {
    let sums = folder.sums(&[]);
    std::array::from_fn(|n| sums[n].as_u64().unwrap_or(0))
}

#[test]
fn a_stream_killed_at_any_moment_loses_and_doubles_nothing() {
    let whole = Folder::new();
    let since = Instant::now();
    start(&whole, 0, 0).done().succeeded();
    let lasts = since.elapsed();
    assert_eq!(Some(&found(&whole)), sums(0).last());

    let folder = Folder::new();
    let mut chance = 0x5eed_u64;
    let (mut from, mut edition) = (0, 0);
    let (mut killed, mut went_on) = (0, 0);
    for round in 0..KILLS {
        chance = chance.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        let running = start(&folder, from, edition);
        let share = (chance >> 33) as f64 / f64::from(1u32 << 31);
        thread::sleep(lasts.mul_f64(share).max(Duration::from_millis(5)));
        let (was_running, stdout) = running.cut_off_saying();
        killed += u32::from(was_running);
        if let Some(records) = told(&stdout) {
            assert!(records > from, "round {round}: it goes back from {from} to {records}");
            went_on += u32::from(was_running);
            from = records;
        }
        // What was kept is handed over by the next command, all of it: what was told, and what came behind it at most.
        let counted = found(&folder);
        let is_possible = sums(edition)[from as usize..].contains(&counted);
        assert!(is_possible, "round {round}: {counted:?} is not what came up to any record from {from} on");
        if from == RECORDS {
            (from, edition) = (0, edition + 1);
        }
    }
    eprintln!("of {KILLS} runs {killed} were killed at work, {went_on} of them after they had told a state");
    assert!(went_on >= KILLS / 5, "too few were killed at work for this to prove anything: {went_on}");
    start(&folder, from, edition).done().succeeded();
    assert_eq!(Some(&found(&folder)), sums(edition).last());
    assert!(!folder.data().join("records.due").exists());
}
