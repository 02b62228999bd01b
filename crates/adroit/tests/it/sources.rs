//! Sources run as programs: a stand-in that says prepared messages, well and badly.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::program::Folder;

/// A stand-in source: says the messages of a file from the line on that its state names, then does what it is told.
fn stand_in(folder: &Folder, name: &str, messages: &str, then: &str) -> (PathBuf, PathBuf) {
    let messages = folder.file(&format!("{name}.messages"), messages);
    let script = format!(
        r#"at=0
while [ $# -gt 0 ]; do
  case "$1" in --state) at=$(tr -dc 0-9 < "$2"); shift;; esac
  shift
done
echo "going on at line $at" >&2
tail -n +$((at + 1)) '{}'
{then}
"#,
        messages.display()
    );
    (folder.file(&format!("{name}.sh"), script), messages)
}

fn add(folder: &Folder, name: &str, script: &Path, flags: &[&str]) {
    let command = format!("sh '{}'", script.display());
    let arguments = ["sync", "add", name, "--singer", "--command", &command];
    folder.run(arguments.iter().chain(flags)).succeeded();
}

fn sync(folder: &Folder, name: &str) -> (Option<i32>, Value) {
    let done = folder.run(["sync", "run", name, "--json"]);
    (done.code, done.json())
}

const SCHEMA: &str = r#"{"type":"SCHEMA","stream":"campaign_stats","schema":{"properties":{"customer_id":{},"date":{},"campaign_id":{},"cost_micros":{},"impressions":{},"clicks":{}}},"key_properties":["date","campaign_id"]}"#;

fn record(campaign: u64, day: u64, cost: u64) -> String {
    json!({"type": "RECORD", "stream": "campaign_stats", "record":
        {"customer_id": 7, "date": format!("2026-{:02}-{:02}", day / 28 % 12 + 1, day % 28 + 1),
         "campaign_id": campaign, "cost_micros": cost, "impressions": 1, "clicks": 0}})
    .to_string()
}

/// Records with a schema and a state, which names the line that it stands on, after every `every` records.
fn messages(records: u64, every: u64) -> (String, i64) {
    let mut lines = vec![SCHEMA.to_owned()];
    let mut spent = 0;
    for number in 0..records {
        spent += 1 + number % 7;
        lines.push(record(number / 336, number % 336, 1 + number % 7));
        if number % every == every - 1 {
            lines.push(json!({"type": "STATE", "value": {"at": lines.len() + 1}}).to_string());
            // A stream that goes on says its schema again.
            lines.push(SCHEMA.to_owned());
        }
    }
    (lines.join("\n") + "\n", spent as i64)
}

#[test]
fn a_source_goes_on_where_its_state_says() {
    let folder = Folder::new();
    let (first, _) = messages(10, 5);
    let (script, file) = stand_in(&folder, "tap", &first, "");
    add(&folder, "tap", &script, &[]);
    let (code, report) = sync(&folder, "tap");
    assert_eq!(code, Some(0), "{report:#}");
    assert_eq!((&report["records"], &report["states"]), (&json!(10), &json!(1)));
    assert_eq!(report["imports"].as_array().unwrap().len(), 1);
    let (more, spent) = messages(20, 5);
    std::fs::write(file, more).unwrap();
    let (_, report) = sync(&folder, "tap");
    assert_eq!(report["records"], 10, "only what is new is asked for");
    assert!(report["log"]["last"].to_string().contains("going on at line 1"), "{report:#}");
    assert_eq!(folder.sums(&[])[0], spent);

    let listed = folder.json(["sync", "list", "--json"]);
    assert_eq!(listed[0]["name"], "tap");
    assert_eq!(listed[0]["last_run"]["is_complete"], true);
    assert!(folder.run(["sync", "list"]).succeeded().stdout.contains("complete"));
    let anew = folder.json(["sync", "run", "tap", "--anew", "--json"]);
    assert_eq!(anew["records"], 20);
    assert_eq!(folder.sums(&[])[0], spent, "what comes again counts once");
    folder.run(["sync", "run", "nobody"]).failed(2, &["'nobody'", "tap"]);
}

#[test]
fn a_source_that_fails_keeps_what_came_before() {
    let folder = Folder::new();
    let (text, spent) = messages(10, 5);
    for (name, then, told) in [
        ("dies", "echo 'no access token' >&2; exit 3", "exit status: 3"),
        ("killed", "kill -9 $$", "signal: 9"),
        ("garbage", "echo '{\"type\": \"RECO'", "can't be read"),
        ("half", "printf '{\"type\": \"RECORD\", \"str'; exit 1", "exit status: 1"),
        ("hangs", "sleep 100", "said nothing for 1 s"),
    ] {
        let folder_of_its_own = Folder::new();
        let (script, _) = stand_in(&folder_of_its_own, name, &text, then);
        add(&folder_of_its_own, name, &script, &["--silence", "1"]);
        let since = Instant::now();
        let (code, report) = sync(&folder_of_its_own, name);
        assert_eq!(code, Some(1), "{name}: {report:#}");
        assert!(report["error"].as_str().unwrap().contains(told), "{name}: {report:#}");
        assert!(since.elapsed() < Duration::from_secs(60));
        assert_eq!(folder_of_its_own.sums(&[])[0], spent, "{name}");
    }
    let script = folder.file("none.sh", "");
    folder.run(["sync", "add", "none", "--singer", "--command", "/nowhere/at/all"]).succeeded();
    folder.run(["sync", "run", "none"]).failed(1, &[]).stdout.contains("can't be started");
    folder.run(["sync", "add", "x", "--singer", "--command", "sh 'open"]).failed(1, &["quotes"]);
    let missing = ["sync", "add", "x", "--singer", "--command", "sh", "--config", "/nowhere/at/all"];
    folder.run(missing).failed(1, &["/nowhere/at/all"]);
    drop(script);
}

#[test]
fn a_flood_on_stderr_is_kept_in_bounds() {
    let folder = Folder::new();
    let (text, spent) = messages(10, 5);
    let flood = "yes 'words without end' | head -n 200000 >&2; head -c 3000000 /dev/zero >&2";
    let (script, _) = stand_in(&folder, "loud", &text, flood);
    add(&folder, "loud", &script, &[]);
    let (code, report) = sync(&folder, "loud");
    assert_eq!(code, Some(0), "{}", report["error"]);
    assert!(report["log"]["lines"].as_u64().unwrap() >= 200_000);
    assert!(report["log"]["last"].as_array().unwrap().len() <= 300);
    assert_eq!(folder.sums(&[])[0], spent);
}

#[test]
fn what_a_source_started_ends_with_it() {
    let folder = Folder::new();
    let (text, _) = messages(10, 5);
    let mark = folder.file("alive", "");
    let then = format!("(while :; do date +%s%N > '{}'; sleep 0.1; done) & sleep 100", mark.display());
    let (script, _) = stand_in(&folder, "parent", &text, &then);
    add(&folder, "parent", &script, &["--silence", "1"]);
    let (code, report) = sync(&folder, "parent");
    assert_eq!(code, Some(1), "{report:#}");
    let last = std::fs::read(&mark).unwrap();
    thread::sleep(Duration::from_millis(500));
    assert_eq!(std::fs::read(&mark).unwrap(), last, "its child lives on");
}

#[test]
fn a_run_that_is_cut_off_anywhere_loses_and_doubles_nothing() {
    const ROUNDS: u32 = 20;
    let folder = Folder::new();
    let (text, spent) = messages(60_000, 200);
    // Slowly enough that the end is not reached at once.
    let (script, _) = stand_in(&folder, "long", &text, "");
    add(&folder, "long", &script, &[]);
    let whole = Folder::new();
    add(&whole, "long", &script, &[]);
    let since = Instant::now();
    assert_eq!(sync(&whole, "long").0, Some(0));
    let lasts = since.elapsed();
    assert_eq!(whole.sums(&[])[0], spent);

    let mut cut = 0;
    for round in 0..ROUNDS {
        let running = folder.start(["sync", "run", "long"]);
        thread::sleep(lasts.mul_f64(f64::from(round * 7 % ROUNDS + 1) / f64::from(ROUNDS)));
        cut += u32::from(running.cut_off());
        let found = folder.sums(&[])[0].as_i64().unwrap_or(0);
        assert!(found <= spent, "{found} of {spent} after round {round}");
    }
    assert!(cut > 0, "no run was cut off");
    assert_eq!(sync(&folder, "long").0, Some(0));
    assert_eq!(folder.sums(&[]), whole.sums(&[]));
    assert!(!folder.data().join("records.due").exists());
}

#[test]
fn a_source_runs_beside_a_server_and_stops_with_its_command() {
    let folder = Folder::new();
    let (text, spent) = messages(10, 5);
    let (script, _) = stand_in(&folder, "tap", &text, "");
    let server = crate::server::Server::start(&folder);
    add(&folder, "tap", &script, &[]);
    assert_eq!(sync(&folder, "tap").0, Some(0));
    assert_eq!(folder.sums(&[])[0], spent);

    let mark = folder.file("alive", "");
    let then = format!("while :; do date +%s%N > '{}'; sleep 0.1; done", mark.display());
    let (script, _) = stand_in(&folder, "endless", &text, &then);
    add(&folder, "endless", &script, &[]);
    let running = folder.start(["sync", "run", "endless"]);
    crate::program::until("it runs", || std::fs::metadata(&mark).ok().filter(|meta| meta.len() > 0));
    running.ask_to_stop();
    running.done().failed(1, &["stopped"]);
    crate::program::until("the source ends", || {
        let last = std::fs::read(&mark).unwrap();
        thread::sleep(Duration::from_millis(400));
        (std::fs::read(&mark).unwrap() == last).then_some(())
    });
    server.stop().succeeded();
    assert_eq!(folder.sums(&[])[0], spent);
}

#[test]
fn a_source_runs_on_a_schedule_until_it_is_stopped() {
    let folder = Folder::new();
    let (text, spent) = messages(10, 5);
    let (script, _) = stand_in(&folder, "tap", &text, "");
    add(&folder, "tap", &script, &[]);
    let running = folder.start(["sync", "run", "tap", "--every", "60"]);
    crate::program::until("the first run ends", || running.stdout().contains("10 records").then_some(()));
    // Between two runs the folder is free for others.
    let seen = folder.json(["sync", "list", "--json"]);
    assert_eq!(seen[0]["last_run"]["records"], 10, "{seen:#}");
    running.ask_to_stop();
    running.done().succeeded();
    assert_eq!(folder.sums(&[])[0], spent);
    folder.run(["sync", "run", "nobody", "--every", "1"]).failed(2, &["'nobody'"]);
    folder.run(["sync", "run", "tap", "--every", "0"]).failed(2, &["--every"]);
}

#[test]
fn an_airbyte_source_is_asked_for_its_streams_and_only_for_those_that_are_read() {
    let folder = Folder::new();
    let catalog = json!({"type": "CATALOG", "catalog": {"streams": [
        {"name": "campaign", "json_schema": {"properties": {"campaign.id": {}, "segments.date": {}, "metrics.cost_micros": {}}},
         "supported_sync_modes": ["full_refresh", "incremental"], "source_defined_cursor": true,
         "default_cursor_field": ["segments.date"], "source_defined_primary_key": [["campaign.id"], ["segments.date"]]},
        {"name": "products", "json_schema": {"properties": {"id": {}, "price": {}}}, "supported_sync_modes": ["full_refresh"]}]}});
    let record = json!({"type": "RECORD", "record": {"stream": "campaign", "emitted_at": 1, "data":
        {"campaign.id": 1, "segments.date": "2026-05-01", "metrics.cost_micros": 5}}});
    let state = json!({"type": "STATE", "state": {"type": "STREAM", "stream":
        {"stream_descriptor": {"name": "campaign"}, "stream_state": {"day": "2026-05-01"}}}});
    let script = folder.file(
        "source.sh",
        format!(
            "case \"$*\" in discover*) echo '{catalog}';; *) while [ $# -gt 0 ]; do case \"$1\" in --catalog|--state) cat \"$2\" >&2; echo >&2;; esac; shift; done; echo '{record}'; echo '{state}';; esac\n"
        ),
    );
    let command = format!("sh '{}'", script.display());
    folder.run(["sync", "add", "ads", "--airbyte", "--command", &command]).succeeded();
    let (code, report) = sync(&folder, "ads");
    assert_eq!(code, Some(0), "{report:#}");
    let products =
        report["streams"].as_array().unwrap().iter().find(|stream| stream["name"] == "products").unwrap();
    assert!(products["refused"].as_str().unwrap().contains("no ad platform's"), "{report:#}");
    let asked = report["log"]["last"].to_string();
    assert!(asked.contains("append_dedup") && !asked.contains("products"), "{asked}");
    assert!(!asked.contains("2026-05-01"), "there is no state yet");
    let (_, report) = sync(&folder, "ads");
    assert!(report["log"]["last"].to_string().contains("2026-05-01"), "the state is handed back: {report:#}");
    assert_eq!(folder.sums(&[])[0], 5);
}
