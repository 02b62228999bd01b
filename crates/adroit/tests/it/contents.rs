//! Archives, folders, standard input, and tables that the user explains.

use std::fs::File;
use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::exports::{GOOGLE, META};
use crate::imports::assert_sums;
use crate::program::Folder;

/// A table of nobody's: June's spend in a shop's own sheet.
const OWN: &str = "\
Berichtstag;Kampagnenname;Werbekosten;Einblendungen;Klicks;Bestellungen;Umsatz
2024-06-01;Boots;10,50;1.000;20;2;100,00
2024-06-02;Boots;11,50;1.500;30;1;120,00
";

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn each_file_of_an_archive_is_an_import_and_counts_once() {
    let folder = Folder::new();
    let files: [(&str, &[u8]); 3] = [
        ("google.csv", GOOGLE.as_bytes()),
        ("meta.csv", META.as_bytes()),
        ("photo.png", b"\x89PNG\r\n\x1a\n\0\0"),
    ];
    let path = folder.file("june.zip", archive(&files));
    let done = folder.run(["import".as_ref(), path.as_os_str(), "--json".as_ref()]);
    let reports = done.failed(2, &["june.zip/photo.png", "a PNG picture"]).json();
    let names: Vec<&Value> = (0..2).map(|at| &reports[at]["file_name"]).collect();
    assert_eq!(names, ["june.zip/google.csv", "june.zip/meta.csv"]);
    assert_eq!(reports[2]["status"], 422);
    let sums = folder.sums(&["--filter", "platform = google_ads"]);
    assert_sums(&sums, &[json!(186_000_000), json!(11_500), json!(230), json!(9.5), json!(560_000_000)]);
    // The same bytes without the archive.
    assert_eq!(folder.import(&folder.file("google.csv", GOOGLE), &[])["already_imported"], true);
    assert_eq!(folder.ledger().len(), 2);
    assert_eq!(std::fs::read_dir(folder.data().join("spool")).unwrap().count(), 0);
}

#[test]
fn folders_and_standard_input_come_in() {
    let folder = Folder::new();
    let reports = tempfile::tempdir().unwrap();
    std::fs::write(reports.path().join("a.csv"), GOOGLE).unwrap();
    std::fs::write(reports.path().join("b.csv"), META).unwrap();
    let all = folder.import(reports.path(), &[]);
    assert_eq!(all.as_array().unwrap().len(), 2);
    let other = Folder::new();
    let input = File::open(reports.path().join("b.csv")).unwrap();
    let printed = Command::new(env!("CARGO_BIN_EXE_adroit"))
        .args(["import", "-", "--json"])
        .env("ADROIT_DATA", other.data())
        .stdin(Stdio::from(input))
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!((&report["file_name"], &report["rows"]["used"]), (&json!("standard input"), &json!(2)));
    let empty = tempfile::tempdir().unwrap();
    folder.run(["import".as_ref(), empty.path().as_os_str()]).failed(2, &["without files"]);
}

#[test]
fn a_table_is_explained_once() {
    let folder = Folder::new();
    let path = folder.file("own.csv", OWN);
    folder
        .run(["import".as_ref(), path.as_os_str()])
        .failed(2, &["unknown headers", "--guess", "they seem to be date=Berichtstag,"]);
    let guess = folder.run(["import".as_ref(), path.as_os_str(), "--guess".as_ref()]).succeeded().stdout;
    let mapping = guess.rsplit_once("--map '").unwrap().1.split('\'').next().unwrap();
    assert_eq!(
        mapping,
        "date=Berichtstag,campaign=Kampagnenname,spend=Werbekosten,impressions=Einblendungen,clicks=Klicks,\
         conversions=Bestellungen,revenue=Umsatz"
    );
    let flags = ["--map", mapping, "--currency", "EUR"];
    let tried = folder.import(&path, &[&flags[..], &["--dry-run"]].concat());
    assert_eq!((&tried["platform"], &tried["rows"]["used"]), (&json!("other"), &json!(2)));
    folder.import(&path, &flags);
    let expected = [json!(22_000_000), json!(2_500), json!(50), json!(3), json!(220_000_000)];
    assert_sums(&folder.sums(&[]), &expected);
    // The next one is known.
    let next = folder.file("next.csv", OWN.replace("2024-06-0", "2024-06-1"));
    let report = folder.import(&next, &[]);
    assert_eq!(report["currency"], "EUR", "{report}");
    assert!(report["warnings"].to_string().contains("as you said"), "{report}");
    folder
        .run(["import".as_ref(), path.as_os_str(), "--map".as_ref(), "date=Tag".as_ref()])
        .failed(2, &["spend"]);
}
