//! A watched folder: each file once, failures with their reasons beside them.

use std::fs;

use serde_json::Value;

use crate::exports::{BULK_SHEET, GOOGLE, META};
use crate::program::{Folder, until};

#[test]
fn each_file_comes_in_once_and_failures_are_noted() {
    let folder = Folder::new();
    let reports = folder.file("x", "").parent().unwrap().join("reports");
    fs::create_dir(&reports).unwrap();
    fs::write(reports.join("google.csv"), GOOGLE).unwrap();
    fs::write(reports.join("copy of google.csv"), GOOGLE).unwrap();
    fs::write(reports.join("bulk.csv"), BULK_SHEET).unwrap();
    fs::write(reports.join("meta.csv.part"), META).unwrap();
    let watch = ["watch", reports.to_str().unwrap(), "--once"];

    let done = folder.run(watch).failed(2, &[]);
    assert!(done.stdout.contains("came in before as import 1"), "{done:#?}");
    assert_eq!(folder.ledger().len(), 1, "equal bytes count once, a file in parts waits");
    assert_eq!(folder.sums(&[])[0], 186_000_000);
    let note = reports.join("bulk.csv.failed");
    assert!(fs::read_to_string(&note).unwrap().contains("bulk-edit sheet"));

    // What failed is left alone until it changes; what came in does not come in again.
    folder.run(watch).succeeded();
    assert_eq!(folder.ledger().len(), 1);
    fs::rename(reports.join("meta.csv.part"), reports.join("meta.csv")).unwrap();
    fs::write(reports.join("bulk.csv"), META.replace("10.5,", "11.5,")).unwrap();
    folder.run(watch).succeeded();
    assert_eq!(folder.ledger().len(), 3);
    assert!(!note.exists(), "the note goes when the file comes in");

    fs::write(reports.join("bulk.csv"), BULK_SHEET).unwrap();
    fs::write(reports.join("other.csv"), META.replace("10.5,", "12.5,")).unwrap();
    let done = folder.run([&watch[..], &["--json"]].concat()).failed(2, &[]);
    let told: Vec<Value> = done.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told = |name: &str| told.iter().find(|report| report["file_name"] == name);
    assert_eq!(told("other.csv").unwrap()["import_id"], 4, "{done:#?}");
    assert!(done.stdout.contains("bulk-edit sheet"), "{done:#?}");
}

#[test]
fn a_file_that_comes_while_the_folder_is_watched_comes_in_when_it_stands_still() {
    let folder = Folder::new();
    let reports = folder.file("x", "").parent().unwrap().join("reports");
    fs::create_dir(&reports).unwrap();
    let running = folder.start(["watch", reports.to_str().unwrap(), "--every", "1"]);
    until("it watches", || running.stdout().contains("Watching").then_some(()));
    fs::write(reports.join("google.csv"), GOOGLE).unwrap();
    until("the file comes in", || running.stdout().contains("google.csv: import 1").then_some(()));
    running.ask_to_stop();
    running.done().succeeded();
    assert_eq!(folder.ledger().len(), 1);
    folder.run(["watch", "/nowhere/at/all"]).failed(1, &["/nowhere/at/all", "can't be read"]);
}
