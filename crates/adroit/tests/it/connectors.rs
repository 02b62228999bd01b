//! Connectors that others keep, as they are: run where `./x sources` has fetched them, left out aloud elsewhere.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::program::Folder;
use crate::records::shapes;

/// A connector's program.
fn connector(package: &str, program: &str) -> Option<PathBuf> {
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let path = built.join("sources").join(package).join("bin").join(program);
    if path.is_file() {
        return Some(path);
    }
    eprintln!("SKIPPED: {package} is not there; ./x sources fetches it");
    None
}

/// Adds a source with its configuration.
fn add(folder: &Folder, name: &str, protocol: &str, program: &Path, config: &Value, flags: &[&str]) {
    let config = folder.file(&format!("{name}.json"), config.to_string());
    let command = format!("'{}'", program.display());
    let config = config.to_str().unwrap();
    let arguments = ["sync", "add", name, protocol, "--command", &command, "--config", config];
    folder.run(arguments.iter().chain(flags)).succeeded();
}

/// Starting them takes seconds, on a busy machine many.
const PATIENCE: Duration = Duration::from_secs(600);

fn run(folder: &Folder, name: &str) -> Value {
    run_in(folder, name, "default")
}

fn run_in(folder: &Folder, name: &str, workspace: &str) -> Value {
    let running = folder.start(["sync", "run", name, "--json", "--workspace", workspace]);
    let report = running.done_within(PATIENCE).succeeded().json();
    assert_eq!(report["is_complete"], true, "{report:#}");
    report
}

const STATS: &str = "customer_id,date,campaign_id,cost_micros,impressions,clicks,conversions\n\
    7,2026-05-01,1,1500000,10,2,0.5\n\
    7,2026-05-02,1,2500000,20,3,1.5\n\
    7,2026-05-02,2,250000,5,1,0\n";

#[test]
fn airbytes_file_source_reads_a_table_anew_each_time() {
    let Some(program) = connector("airbyte-source-file", "source-file") else { return };
    let folder = Folder::new();
    let stats = folder.file("stats.csv", STATS);
    let config = json!({"dataset_name": "google_ads_campaign_stats", "format": "csv", "url": stats,
        "provider": {"storage": "local"}});
    add(&folder, "file", "--airbyte", &program, &config, &["--currency", "EUR"]);
    let sums = [json!(4_250_000), json!(35), json!(6), json!(2.0), Value::Null];
    for _ in 0..2 {
        let report = run(&folder, "file");
        assert_eq!(report["records"], 3, "{report:#}");
        assert_eq!(folder.sums(&[]), sums);
    }
    std::fs::write(&stats, STATS.lines().take(3).collect::<Vec<_>>().join("\n")).unwrap();
    run(&folder, "file");
    assert_eq!(folder.sums(&[])[0], 4_000_000, "what the table has no more is gone");
}

#[test]
fn singer_taps_read_json_lines_and_spreadsheets() {
    let folder = Folder::new();
    let keys = json!(["date", "campaign_id"]);
    if let Some(program) = connector("tap-jsonl", "tap-jsonl") {
        let record = |day: u32, cost: u64| {
            json!({"customer_id": 7, "date": format!("2026-05-0{day}"), "campaign_id": 1, "cost_micros": cost,
                "impressions": 10, "clicks": 1})
        };
        let lines = folder.file("stats.jsonl", format!("{}\n{}\n", record(1, 1_500_000), record(2, 500_000)));
        let config = json!({"path": lines, "stream_name": "google_ads_campaign_stats", "primary_keys": keys});
        add(&folder, "jsonl", "--singer", &program, &config, &["--workspace", "jsonl"]);
        for states in [1, 0] {
            let report = run_in(&folder, "jsonl", "jsonl");
            assert!(report["states"].as_u64().unwrap() >= states, "{report:#}");
            assert_eq!(folder.sums(&["--workspace", "jsonl"])[0], 2_000_000);
        }
    }
    if let Some(program) = connector("tap-spreadsheets", "tap-spreadsheets") {
        let stats = folder.file("stats.csv", STATS);
        let config = json!({"files": [{"path": stats, "format": "csv", "primary_keys": keys,
            "table_name": "google_ads_campaign_stats"}]});
        add(&folder, "sheets", "--singer", &program, &config, &["--workspace", "sheets"]);
        let report = run_in(&folder, "sheets", "sheets");
        assert_eq!(report["records"], 3, "{report:#}");
        let sums = [json!(4_250_000), json!(35), json!(6), json!(2.0), Value::Null];
        assert_eq!(folder.sums(&["--workspace", "sheets"]), sums);
    }
}

/// A schema that has a record's fields.
fn schema(record: &Value) -> Value {
    match record.as_object() {
        Some(fields) => {
            let fields: serde_json::Map<String, Value> =
                fields.iter().map(|(name, value)| (name.clone(), schema(value))).collect();
            json!({"type": "object", "properties": fields})
        }
        None => json!({}),
    }
}

#[test]
fn airbytes_smoke_test_replays_every_platforms_records() {
    let Some(program) = connector("airbyte-source-smoke-test", "source-smoke-test") else { return };
    let folder = Folder::new();
    let scenario = |(_, stream, record, _): &(&str, &str, Value, [Value; 5])| json!({"name": stream, "json_schema": schema(record), "primary_key": null, "records": [record]});
    let scenarios: Vec<Value> = shapes().iter().map(scenario).collect();
    // Its own streams are odd on purpose and no platform's: each is refused by name.
    let config = json!({"all_fast_streams": true, "custom_scenarios": scenarios});
    add(&folder, "smoke", "--airbyte", &program, &config, &[]);
    let report = run(&folder, "smoke");
    let streams = report["streams"].as_array().unwrap();
    let refused = streams.iter().filter(|stream| !stream["refused"].is_null()).count();
    assert!(refused >= 5, "{report:#}");
    assert_eq!(report["records"], shapes().len(), "{report:#}");
    for (platform, stream, _, expected) in shapes() {
        let imports = report["imports"].as_array().unwrap();
        let sums = ["spend_micros", "impressions", "clicks", "conversions", "revenue_micros"];
        let is_said = imports.iter().any(|import| {
            import["platform"] == platform && sums.map(|name| import["sums"][name].clone()) == expected
        });
        assert!(is_said, "{platform} {stream}: {report:#}");
    }
}

#[test]
fn airbytes_faker_is_read_to_its_end_and_told_that_it_is_no_platforms() {
    let Some(program) = connector("airbyte-source-faker", "source-faker") else { return };
    let folder = Folder::new();
    let config = json!({"count": 50, "always_updated": false});
    let place = folder.file("config.json", config.to_string());
    let said = Command::new(&program).args(["discover", "--config"]).arg(place).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    let catalog: Value = said
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find(|message| message["type"] == "CATALOG")
        .unwrap();
    let configured: Vec<Value> = catalog["catalog"]["streams"]
        .as_array()
        .unwrap()
        .iter()
        .map(
            |stream| json!({"stream": stream, "sync_mode": "incremental", "destination_sync_mode": "append"}),
        )
        .collect();
    let catalog = folder.file("catalog.json", json!({"streams": configured}).to_string());
    add(&folder, "faker", "--airbyte", &program, &config, &["--catalog", catalog.to_str().unwrap()]);
    let report = run(&folder, "faker");
    assert_eq!(report["records"], 150, "{report:#}");
    assert!(report["states"].as_u64().unwrap() >= 3, "{report:#}");
    for stream in report["streams"].as_array().unwrap() {
        assert_eq!((&stream["read"], &stream["skipped"]), (&json!(50), &json!(50)), "{report:#}");
        assert!(stream["refused"].as_str().unwrap().contains("no ad platform's report"), "{report:#}");
    }
    let again = run(&folder, "faker");
    assert!(again["records"].as_u64().unwrap() < 150, "its states are handed back: {again:#}");
}
