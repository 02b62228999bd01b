//! Answers as workbooks and Parquet files, with what they rest on.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use duckdb::Connection;

use crate::exports::GOOGLE;
use crate::program::Folder;

fn filled() -> Folder {
    let folder = Folder::new();
    let hostile = GOOGLE.replace("Boots", "=HYPERLINK(1)");
    folder.import(&folder.file("google.csv", hostile), &["--captured-at", "2024-06-04T06:00:00Z"]);
    folder
}

fn written(folder: &Folder, kind: &str, flags: &[&str]) -> std::path::PathBuf {
    let path = folder.file("unused", "").with_file_name(format!("answer.{kind}"));
    let asked =
        ["query", "--range", "all", "--by", "campaign", "--metrics", "spend,clicks,roas", "--format", kind];
    let output = ["--output", path.to_str().unwrap()];
    folder.run(asked.iter().chain(&output).chain(flags)).succeeded();
    path
}

fn part(path: &Path, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_workbook_holds_numbers_words_and_what_they_rest_on() {
    let folder = filled();
    let path = written(&folder, "xlsx", &[]);
    let sheets = part(&path, "xl/workbook.xml");
    assert!(sheets.contains("name=\"Figures\"") && sheets.contains("name=\"Sources\""), "{sheets}");
    let figures = part(&path, "xl/worksheets/sheet1.xml");
    assert!(!figures.contains("<f>"), "no formula: {figures}");
    assert!(figures.contains("<v>150</v>") && figures.contains("<v>36</v>"), "spend as numbers: {figures}");
    assert!(
        figures.contains("=HYPERLINK(1)") && figures.contains("inlineStr"),
        "words as they are: {figures}"
    );
    let told = part(&path, "xl/worksheets/sheet2.xml");
    for said in
        ["2024-06-01 to 2024-06-03", "Google Ads", "2024-06-04T06:00:00Z", "imports", "Return on ad spend"]
    {
        assert!(told.contains(said), "{said}: {told}");
    }
}

#[test]
fn parquet_keeps_money_exact_and_says_on_what_it_rests() {
    let folder = filled();
    folder.run(["rates", "set", "USD", "1.25", "--day", "2024-05-01"]).succeeded();
    let path = written(&folder, "parquet", &["--convert", "USD"]);
    let engine = Connection::open_in_memory().unwrap();
    let ask = |sql: &str| -> String {
        let sql = sql.replace("FILE", &format!("'{}'", path.display()));
        engine.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    let rows = ask(
        "SELECT string_agg(campaign || ' ' || spend || ' ' || clicks || ' ' || currency || ' ' || converted_to, ', ' ORDER BY spend) FROM FILE",
    );
    assert_eq!(rows, "=HYPERLINK(1) 45.000000 80 USD USD, Tents, all 187.500000 150 USD USD");
    assert_eq!(ask("SELECT typeof(any_value(spend)) FROM FILE"), "DECIMAL(18,6)");
    let told = ask("SELECT decode(value) FROM parquet_kv_metadata(FILE) WHERE decode(key) = 'adroit'");
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["days"], "2024-06-01 to 2024-06-03");
    assert_eq!(told["converted to"], "USD, at the rate of each day");

    folder.run(["query", "--range", "all", "--output", "x"]).failed(1, &["--format xlsx"]);
    let wrong = ["query", "--by", "planet", "--format", "xlsx", "--output", "x"];
    folder.run(wrong).failed(2, &["'by'"]);
}
