//! Files come in, are reported to the last row, replace what they cover and can be taken back.

use serde_json::{Value, json};

use crate::exports::{GOOGLE, GOOGLE_ADS, GOOGLE_ALL_TIME, GOOGLE_LATER, META};
use crate::program::Folder;

/// What every report has; more is allowed.
const KEYS: [&str; 15] = [
    "import_id",
    "recognised_as",
    "platform",
    "level",
    "account",
    "currency",
    "days",
    "rows",
    "skipped",
    "sums",
    "file_totals",
    "replaced_rows",
    "provisional_days",
    "warnings",
    "captured_at",
];

const ON_4_JUNE: [&str; 2] = ["--captured-at", "2024-06-04T06:00:00Z"];
const ON_6_JUNE: [&str; 2] = ["--captured-at", "2024-06-06T06:00:00Z"];

/// Sums of what [`GOOGLE`] says.
fn google() -> Vec<Value> {
    vec![json!(186_000_000), json!(11_500), json!(230), json!(9.5), json!(560_000_000)]
}

/// Sums where [`GOOGLE_LATER`] has replaced 2 and 3 June.
fn google_replaced() -> Vec<Value> {
    vec![json!(136_500_000), json!(9_600), json!(181), json!(13.5), json!(790_000_000)]
}

/// Numbers compare as numbers: 2 is 2.0.
#[track_caller]
pub fn assert_sums(found: &[Value], expected: &[Value]) {
    let numbers = |values: &[Value]| values.iter().map(Value::as_f64).collect::<Vec<_>>();
    assert_eq!(numbers(found), numbers(expected), "{found:?}");
}

#[test]
fn a_google_export_is_reported_to_the_last_row() {
    let folder = Folder::new();
    let report =
        folder.import(&folder.file("google.csv", GOOGLE), &["--captured-at", "2024-06-03T18:00:00Z"]);
    for key in KEYS {
        assert!(report.get(key).is_some(), "{key} is missing: {report}");
    }
    assert_eq!(report["import_id"], 1);
    assert_eq!(report["platform"], "google_ads");
    assert_eq!(report["level"], "campaign");
    assert_eq!(report["currency"], "EUR");
    assert_eq!(report["days"], json!({"from": "2024-06-01", "to": "2024-06-03"}));
    assert_eq!(report["rows"], json!({"read": 7, "used": 5, "skipped": 2}));
    let lines: Vec<&Value> = report["skipped"].as_array().unwrap().iter().map(|skip| &skip["line"]).collect();
    assert_eq!(lines, [9, 10]);
    assert!(report["skipped"][1]["reason"].as_str().unwrap().contains("Total: Account"), "{report}");
    let sums = &report["sums"];
    assert_sums(
        &["spend_micros", "impressions", "clicks", "conversions", "revenue_micros"]
            .map(|key| sums[key].clone()),
        &google(),
    );
    assert_eq!(
        report["file_totals"],
        json!([
            {"label": "Total: Campaigns", "spend_micros": 186_000_000, "difference_micros": 0},
            {"label": "Total: Account", "spend_micros": 190_000_000, "difference_micros": -4_000_000},
        ])
    );
    assert_eq!(report["replaced_rows"], 0);
    assert_eq!(report["provisional_days"], json!(["2024-06-03"]));
    assert_eq!(report["warnings"], json!([]));
    assert_sums(&folder.sums(&[]), &google());
}

#[test]
fn a_meta_export_is_reported_to_the_last_row() {
    let folder = Folder::new();
    let report = folder.import(&folder.file("meta.csv", META), &ON_4_JUNE);
    for key in KEYS {
        assert!(report.get(key).is_some(), "{key} is missing: {report}");
    }
    assert_eq!(report["platform"], "meta_ads");
    assert_eq!(report["level"], "campaign");
    assert_eq!(report["currency"], "AUD");
    assert_eq!(report["days"], json!({"from": "2024-06-01", "to": "2024-06-02"}));
    assert_eq!(report["rows"], json!({"read": 3, "used": 2, "skipped": 1}));
    assert_eq!(report["skipped"][0]["line"], 2);
    assert_eq!(report["file_totals"][0]["difference_micros"], 0, "{report}");
    assert_eq!(report["sums"]["spend_micros"], 21_750_000);
    assert_eq!(report["provisional_days"], json!([]));
    // Link clicks are the clicks; the second day's purchases are unknown, not zero.
    assert_sums(
        &folder.sums(&[]),
        &[json!(21_750_000), json!(2_100), json!(25), json!(1), json!(55_000_000)],
    );
    let by_day =
        folder.query(&["--range", "all", "--by", "day", "--metrics", "conversions", "--sort", "day"]);
    assert_eq!(by_day["rows"][0]["conversions"], 1.0, "{by_day}");
    assert_eq!(by_day["rows"][1]["conversions"], Value::Null, "{by_day}");
}

#[test]
fn the_same_bytes_count_once() {
    let folder = Folder::new();
    let file = folder.file("google.csv", GOOGLE);
    let first = folder.import(&file, &[]);
    let again = folder.import(&folder.file("another name.csv", GOOGLE), &[]);
    assert_eq!((&first["already_imported"], &again["already_imported"]), (&json!(false), &json!(true)));
    assert_eq!(again["import_id"], first["import_id"]);
    assert_eq!(again["replaced_rows"], 0);
    assert_sums(&folder.sums(&[]), &google());
    assert_eq!(folder.ledger(), [(1, "committed".to_owned())]);
    // In one command, too.
    let both = folder.json(["import", "--json"].map(Into::into).into_iter().chain([file.clone(), file]));
    assert_eq!(both[1]["already_imported"], true);
    assert_sums(&folder.sums(&[]), &google());
}

#[test]
fn a_newer_capture_replaces_exactly_its_days() {
    let folder = Folder::new();
    folder.import(&folder.file("google.csv", GOOGLE), &ON_4_JUNE);
    let report = folder.import(&folder.file("later.csv", GOOGLE_LATER), &ON_6_JUNE);
    // Two rows of Boots, and the one of Tents that the platform removed.
    assert_eq!(report["replaced_rows"], 3);
    assert_sums(&folder.sums(&[]), &google_replaced());
    let tents = folder.sums(&["--filter", "campaign = 'Tents, all'"]);
    assert_eq!(tents[0], 100_000_000, "what the newer capture no longer has is gone");
    assert_sums(&folder.sums(&["--as-of", "2024-06-05T00:00:00Z"]), &google());
}

#[test]
fn an_older_capture_goes_into_history() {
    let folder = Folder::new();
    folder.import(&folder.file("later.csv", GOOGLE_LATER), &ON_6_JUNE);
    let before = folder.sums(&[]);
    let report = folder.import(&folder.file("google.csv", GOOGLE), &ON_4_JUNE);
    assert_eq!(report["replaced_rows"], 0);
    assert!(report["warnings"].to_string().contains("history"), "{report}");
    // The day that only the older one covers counts; the two others stay as they are.
    let of_both = folder.query(&["--from", "2024-06-02", "--to", "2024-06-03"]);
    assert_eq!(of_both["totals"]["spend_micros"], before[0]);
    assert_sums(&folder.sums(&[]), &google_replaced());
    assert_sums(&folder.sums(&["--as-of", "2024-06-05T00:00:00Z"]), &google());
    let earliest =
        folder.query(&["--from", "2024-06-01", "--to", "2024-06-03", "--as-of", "2024-06-03T00:00:00Z"]);
    assert_eq!(earliest["totals"]["spend_micros"], Value::Null, "nothing was known then: {earliest}");
}

#[test]
fn undo_brings_back_what_was_replaced() {
    let folder = Folder::new();
    folder.import(&folder.file("google.csv", GOOGLE), &ON_4_JUNE);
    let later = folder.file("later.csv", GOOGLE_LATER);
    folder.import(&later, &ON_6_JUNE);
    let undone = folder.json(["imports", "undo", "2", "--json"]);
    assert_eq!(undone, json!({"import_id": 2, "restored_rows": 3, "already_undone": false}));
    assert_sums(&folder.sums(&[]), &google());
    assert_eq!(folder.ledger(), [(2, "undone".to_owned()), (1, "committed".to_owned())]);
    assert_eq!(folder.json(["imports", "undo", "2", "--json"])["already_undone"], true);
    assert_sums(&folder.sums(&[]), &google());
    // Undone, it may come in again.
    assert_eq!(folder.import(&later, &ON_6_JUNE)["already_imported"], false);
    assert_sums(&folder.sums(&[]), &google_replaced());
    folder.run(["imports", "undo", "99"]).failed(2, &["no import 99"]);
}

#[test]
fn undoing_the_first_of_two_keeps_the_second() {
    let folder = Folder::new();
    folder.import(&folder.file("google.csv", GOOGLE), &ON_4_JUNE);
    folder.import(&folder.file("later.csv", GOOGLE_LATER), &ON_6_JUNE);
    folder.run(["imports", "undo", "1"]).succeeded();
    let later = [json!(26_000_000), json!(3_600), json!(61), json!(6), json!(350_000_000)];
    assert_sums(&folder.sums(&[]), &later);
    folder.run(["imports", "undo", "2"]).succeeded();
    assert_eq!(folder.sums(&[]), vec![Value::Null; 5], "what was undone must not come back");
}

#[test]
fn a_dry_run_commits_nothing() {
    let folder = Folder::new();
    let file = folder.file("google.csv", GOOGLE);
    let dry = folder.import(&file, &["--dry-run", ON_4_JUNE[0], ON_4_JUNE[1]]);
    assert_eq!((&dry["import_id"], &dry["dry_run"]), (&Value::Null, &json!(true)));
    assert_eq!(folder.ledger(), []);
    assert_eq!(folder.sums(&[]), vec![Value::Null; 5]);
    let mut wet = folder.import(&file, &ON_4_JUNE);
    assert_eq!(wet["import_id"], 1);
    (wet["import_id"], wet["dry_run"]) = (Value::Null, json!(true));
    assert_eq!(wet, dry, "what a dry run says is what an import does");
    // Over days that are known: it tells what would be replaced.
    let dry =
        folder.import(&folder.file("later.csv", GOOGLE_LATER), &["--dry-run", ON_6_JUNE[0], ON_6_JUNE[1]]);
    assert_eq!(dry["replaced_rows"], 3);
    assert_sums(&folder.sums(&[]), &google());
}

#[test]
fn a_file_without_days_is_a_range_figure() {
    let folder = Folder::new();
    folder.import(&folder.file("google.csv", GOOGLE), &[]);
    let report = folder.import(&folder.file("all time.csv", GOOGLE_ALL_TIME), &[]);
    assert_eq!(report["days"], Value::Null);
    assert_eq!(report["sums"]["spend_micros"], 251_100_000);
    let warnings = report["warnings"].to_string();
    for words in ["has no days", "not spread over days", "251.10", "186.00"] {
        assert!(warnings.contains(words), "{words:?} is not said: {warnings}");
    }
    assert_sums(&folder.sums(&[]), &google());
    assert_eq!(folder.ledger().len(), 2);
}

#[test]
fn two_currencies_are_not_added() {
    let folder = Folder::new();
    folder.import(&folder.file("google.csv", GOOGLE), &[]);
    folder.import(&folder.file("meta.csv", META), &[]);
    let answer = folder.query(&["--range", "all", "--metrics", "spend,revenue,clicks,roas"]);
    let totals = &answer["totals"];
    assert_eq!((&totals["spend_micros"], &totals["currency"]), (&json!(186_000_000), &json!("EUR")));
    assert_eq!(totals["clicks"], 255, "what has no currency is added");
    assert_eq!(
        totals["left_out"],
        json!([{"currency": "AUD", "spend_micros": 21_750_000, "revenue_micros": 55_000_000}])
    );
    assert!(answer["notes"].to_string().contains("AUD"), "{answer}");
    let roas = totals["roas"].as_f64().unwrap();
    assert!((roas - 560.0 / 186.0).abs() < 1e-9, "the ratio is of one currency: {roas}");
}

#[test]
fn levels_and_accounts_do_not_replace_each_other() {
    let folder = Folder::new();
    folder.import(&folder.file("google.csv", GOOGLE), &ON_4_JUNE);
    folder.import(&folder.file("ads.csv", GOOGLE_ADS), &ON_6_JUNE);
    assert_sums(&folder.sums(&[]), &google());
    let other = folder.import(&folder.file("other.csv", GOOGLE_LATER), &["--account", "Another shop"]);
    assert_eq!((&other["account"], &other["replaced_rows"]), (&json!("Another shop"), &json!(0)));
    assert_eq!(folder.sums(&[])[0], 212_000_000);
}

#[test]
fn what_cannot_be_so_is_said() {
    let folder = Folder::new();
    let file = folder.file("google.csv", GOOGLE);
    let warnings = |flags: &[&str]| folder.import(&file, flags)["warnings"].to_string();
    assert!(warnings(&["--captured-at", "2199-01-01T00:00:00Z", "--dry-run"]).contains("has not come yet"));
    let early = warnings(&["--captured-at", "2001-01-01T00:00:00Z", "--dry-run"]);
    assert!(early.contains("after the day on which the platform was asked (2001-01-01)"), "{early}");
    let fine = warnings(&["--dry-run"]);
    assert!(!fine.contains("has not come") && !fine.contains("after the day"), "{fine}");
    folder
        .run(["import".as_ref(), file.as_os_str(), "--captured-at".as_ref(), "yesterday".as_ref()])
        .failed(2, &["--captured-at", "2026-11-22T06:12:00Z"]);
}

#[test]
fn a_file_without_a_row_to_use_says_of_the_first_what_is_wrong() {
    let folder = Folder::new();
    let file =
        folder.file("none.csv", "Campaign,Day,Currency code,Cost,Impr.\nBoots,0001-02-03,EUR,1.00,10\n");
    let done = folder.run(["import".as_ref(), file.as_os_str()]);
    done.failed(
        2,
        &["seems to be a Google Ads campaign report by day", "(line 2, column 'Day': '0001-02-03'"],
    );
}
