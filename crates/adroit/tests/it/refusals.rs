//! What is no report stays outside: it is named, a remedy is given, and nothing changes.

use std::path::PathBuf;

use crate::exports::{BULK_SHEET, GOOGLE, META};
use crate::program::Folder;

/// The name, the bytes, and what is said of them.
fn refused_files() -> Vec<(&'static str, Vec<u8>, [&'static str; 2])> {
    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01".to_vec();
    let page = b"<!doctype html>\n<html><head><title>Sign in</title></head><body></body></html>\n".to_vec();
    // The head of an Excel workbook, without the list of contents that ends it.
    let workbook = b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0[Content_Types].xml xl/workbook.xml".to_vec();
    vec![
        ("bulk sheet.csv", BULK_SHEET.into(), ["bulk-edit sheet", "with a Day column"]),
        ("picture.csv", picture, ["PNG picture", "download the report itself"]),
        ("page.csv", page, ["web page", "sign in"]),
        ("empty.csv", Vec::new(), ["empty file", "download the report again"]),
        ("workbook.xlsx", workbook, ["cut off", "download it again"]),
        (
            "noise.csv",
            (0..4096u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect(),
            ["", "download"],
        ),
    ]
}

#[test]
fn refused_files_are_named_with_a_remedy_and_change_nothing() {
    let folder = Folder::new();
    folder.import(&folder.file("google.csv", GOOGLE), &[]);
    let (sums, ledger) = (folder.sums(&[]), folder.ledger());
    for (name, bytes, [seems, remedy]) in refused_files() {
        let file = folder.file(name, bytes);
        for flags in [&["--json"][..], &[], &["--dry-run"]] {
            let arguments = ["import".into(), file.clone()].into_iter();
            let done = folder.run(arguments.chain(flags.iter().map(PathBuf::from)));
            let done = done.failed(2, &[name, seems, remedy]);
            if flags == ["--json"] {
                let problem = done.json();
                assert_eq!(
                    (&problem["status"], &problem["type"]),
                    (&422.into(), &"urn:adroit:refused".into())
                );
                assert!(!problem["remedy"].as_str().unwrap().is_empty());
            }
        }
    }
    assert_eq!(folder.sums(&[]), sums);
    assert_eq!(folder.ledger(), ledger);
}

#[test]
fn names_in_a_file_do_not_steer_the_terminal() {
    let folder = Folder::new();
    let text = "Campaign,Day,Currency code,Cost,Impr.,Clicks\nA\u{1b}[31m,2024-01-02,EUR,5.00,10,1\nB,2024-01-02,EUR,\u{1b}[2J,1,1\n";
    let taken = folder.run(["import".into(), folder.file("bell\u{7}.csv", text)]).succeeded();
    let refused = folder
        .run(["import".into(), folder.file("title\u{1b}]0;x\u{7}.csv", BULK_SHEET)])
        .failed(2, &["title"]);
    let table = folder.run(["query", "--by", "campaign", "--range", "all"]).succeeded();
    assert!(table.stdout.contains("5.00 EUR"), "{table:?}");
    for said in [taken.stdout, taken.stderr, refused.stderr, table.stdout] {
        assert!(!said.chars().any(|c| c.is_control() && c != '\n'), "{said:?}");
    }
}

#[test]
fn one_refused_file_keeps_none_of_the_others_out() {
    let folder = Folder::new();
    let files = [
        folder.file("google.csv", GOOGLE),
        folder.file("bulk sheet.csv", BULK_SHEET),
        folder.file("meta.csv", META),
    ];
    let done = folder.run(["import".into(), "--json".into()].into_iter().chain(files));
    let done = done.failed(2, &["bulk sheet.csv"]);
    let reports = done.json();
    assert_eq!(reports.as_array().unwrap().len(), 3, "one for each file, in their order");
    assert_eq!(reports[0]["platform"], "google_ads");
    assert_eq!(reports[1]["status"], 422);
    assert_eq!(reports[2]["platform"], "meta_ads");
    let committed = || "committed".to_owned();
    assert_eq!(folder.ledger(), [(2, committed()), (1, committed())]);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = Folder::new();
    let done = folder.run(["import", "no/such file.csv", "--json"]);
    let problem = done.failed(2, &["no/such file.csv", "check that it exists"]).json();
    assert!(problem["detail"].as_str().unwrap().contains("no/such file.csv"), "{problem}");
    // Of a folder each file is looked at by itself.
    let done = folder.run(["import".into(), folder.data()]);
    done.failed(2, &["data/facts.duckdb seems to be a DuckDB database", "export the report from it as CSV"]);
}

#[test]
fn dates_that_can_be_read_in_two_ways_are_asked_about() {
    let folder = Folder::new();
    let text = "Campaign,Day,Currency code,Cost,Impr.,Clicks\nBoots,03/04/2024,EUR,1.00,10,1\n";
    let file = folder.file("two ways.csv", text);
    let run = |flags: &[&str]| {
        folder.run(
            ["import".into(), file.clone(), "--json".into()]
                .into_iter()
                .chain(flags.iter().map(PathBuf::from)),
        )
    };
    run(&[]).failed(2, &["03/04/2024", "--date-order dmy", "--date-order mdy"]);
    assert_eq!(run(&["--date-order", "dmy", "--dry-run"]).json()["days"]["from"], "2024-04-03");
    assert_eq!(run(&["--date-order", "mdy", "--dry-run"]).json()["days"]["from"], "2024-03-04");
}

#[test]
fn rows_that_cannot_be_read_are_counted_and_told() {
    let folder = Folder::new();
    let damaged = GOOGLE.replace("14.00,30,", "fourteen,30,");
    let report = folder.import(&folder.file("damaged.csv", damaged), &[]);
    assert_eq!(report["rows"], serde_json::json!({"read": 7, "used": 4, "skipped": 3}));
    assert_eq!(report["skipped"][0]["line"], 6);
    assert!(report["skipped"][0]["reason"].as_str().unwrap().contains("fourteen"), "{report}");
    assert!(report["warnings"].to_string().contains("1 row could not be read"), "{report}");
    // The file's own total tells what is missing.
    assert_eq!(report["file_totals"][0]["difference_micros"], -14_000_000);
}
