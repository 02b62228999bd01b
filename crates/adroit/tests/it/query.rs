//! Questions on the command line, and their answers as tables, JSON and CSV.

use serde_json::{Value, json};

use crate::exports::{GOOGLE, GOOGLE_ADS, META};
use crate::program::Folder;

fn filled() -> Folder {
    let folder = Folder::new();
    folder.import(&folder.file("google.csv", GOOGLE), &[]);
    folder.import(&folder.file("meta.csv", META), &[]);
    folder
}

fn text(folder: &Folder, format: &str, flags: &[&str]) -> String {
    folder.run(["query", "--format", format].iter().chain(flags)).succeeded().stdout
}

#[test]
fn one_question_has_the_same_answer_in_every_format() {
    let folder = filled();
    let question = ["--range", "all", "--by", "platform,week", "--metrics", "spend,roas"];
    let json = folder.query(&question);
    let names: Vec<&Value> =
        json["columns"].as_array().unwrap().iter().map(|column| &column["name"]).collect();
    assert_eq!(names, ["platform", "week", "spend_micros", "roas"]);
    assert_eq!(json["row_count"], 3, "{json}");
    // 1 and 2 June 2024 are a weekend; weeks begin on Monday and are named after it.
    let expected = [
        ("google_ads", "2024-05-27", 122_000_000, Some(560.0 / 122.0)),
        ("google_ads", "2024-06-03", 64_000_000, Some(0.0)),
        ("meta_ads", "2024-05-27", 21_750_000, Some(55.0 / 21.75)),
    ];
    for (platform, week, spend, roas) in expected {
        let rows = json["rows"].as_array().unwrap();
        let row = rows.iter().find(|row| row["platform"] == platform && row["week"] == week);
        let row = row.unwrap_or_else(|| panic!("{platform} {week} is missing: {json}"));
        assert_eq!(row["spend_micros"], spend);
        let difference = row["roas"].as_f64().zip(roas).map(|(found, right)| (found - right).abs());
        assert!(difference.is_some_and(|difference| difference < 1e-9), "{row}");
    }
    assert!(json["notes"].to_string().contains("week is cut"), "{json}");

    let csv = text(&folder, "csv", &question);
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("platform,week,spend,roas,currency"));
    assert!(lines.clone().any(|line| line == "google_ads,2024-06-03,64,0,EUR"), "{csv}");
    assert_eq!(lines.count(), 3);

    let table = text(&folder, "table", &question);
    for words in
        ["Platform", "ROAS", "122.00 EUR", "4.59", "21.75 AUD", "2024-06-01 to 2024-06-03", "3 of 3 rows"]
    {
        assert!(table.contains(words), "{words:?} is not in\n{table}");
    }
    assert!(table.contains("not in the total: spend 21.75 AUD"), "{table}");
}

#[test]
fn filters_choose_what_counts() {
    let folder = filled();
    let rows = |filter: &str| {
        let flags = [
            "--range",
            "all",
            "--by",
            "campaign",
            "--metrics",
            "spend,roas",
            "--sort",
            "-spend",
            "--filter",
            filter,
        ];
        let answer = folder.query(&flags);
        answer["rows"].as_array().unwrap().iter().map(|row| row["campaign"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(rows("platform = google_ads"), ["Tents, all", "Boots"]);
    // Tents 340 / 150, Boots 220 / 36.
    assert_eq!(rows("platform = google_ads and roas < 3"), ["Tents, all"]);
    assert_eq!(rows("platform = google_ads and roas < 1"), [""; 0]);
    assert_eq!(rows("campaign = 'Tents, all'"), ["Tents, all"]);
    assert_eq!(rows("campaign = 'x'' or 1 = 1'"), [""; 0]);
}

#[test]
fn a_period_is_compared_with_the_one_before() {
    let folder = filled();
    let days = ["--from", "2024-06-03", "--to", "2024-06-03", "--filter", "platform = google_ads"];
    let question = [&days[..], &["--by", "campaign", "--metrics", "spend", "--compare", "previous"]].concat();
    let answer = folder.query(&question);
    assert_eq!(
        answer["compared"],
        json!({"comparison": "previous", "from": "2024-06-02", "to": "2024-06-02"})
    );
    let rows = answer["rows"].as_array().unwrap();
    let boots = rows.iter().find(|row| row["campaign"] == "Boots").unwrap();
    assert_eq!(boots["compared"]["spend_micros"], 11_500_000);
    let change = boots["change"]["spend"].as_f64().unwrap();
    assert!((change - (14.0 / 11.5 - 1.0)).abs() < 1e-3, "{boots}");
    assert_eq!(answer["totals"]["compared"]["spend_micros"], 11_500_000, "{answer}");
    let table = text(&folder, "table", &question);
    for words in ["change", "+21.7 %", "compared with 2024-06-02 to 2024-06-02"] {
        assert!(table.contains(words), "{words:?} is not in\n{table}");
    }
}

#[test]
fn a_wrong_question_names_the_parameter() {
    let folder = filled();
    for (flag, value, parameter, remedy) in [
        ("--metrics", "spnd", "'metrics'", "spend, revenue"),
        ("--by", "planet", "'by'", "campaign"),
        ("--by", "day,platform,campaign,ad", "'by'", "at most three"),
        ("--level", "floor", "'level'", "ad_group"),
        ("--from", "2024-13-01", "'from'", "use a day such as"),
        ("--range", "whenever", "'range'", "last_30_days"),
        ("--filter", "spend >> 3", "'filter'", "use"),
        ("--filter", "nonsense", "'filter'", "use"),
        ("--compare", "neighbour", "'compare'", "previous"),
        ("--sort", "colour", "'sort'", "spend"),
        ("--limit", "0", "'limit'", "use 1 to"),
        ("--as-of", "once", "'as_of'", "use a time"),
        ("--after", "x", "'after'", "leave it out"),
        ("--workspace", "nobody's", "'workspace'", "default"),
    ] {
        let done = folder.run(["query", flag, value]).failed(2, &["parameter", parameter, remedy]);
        assert_eq!(done.stdout, "", "{flag} {value}");
    }
    folder.run(["query", "--from", "2024-06-03", "--to", "2024-06-01"]).failed(2, &["2024-06-03"]);
}

#[test]
fn csv_holds_no_formula_that_a_spreadsheet_would_run() {
    let folder = Folder::new();
    folder.import(&folder.file("ads.csv", GOOGLE_ADS), &[]);
    let csv =
        text(&folder, "csv", &["--range", "all", "--by", "ad", "--metrics", "spend", "--sort", "spend"]);
    assert_eq!(csv, "ad,spend,currency\n'=cmd|' /C calc'!A0,4.25,EUR\nWarm feet,5,EUR\n");
    // JSON is no spreadsheet: there the name is as it is.
    let json = folder.query(&["--range", "all", "--by", "ad", "--sort", "spend"]);
    assert_eq!(json["rows"][0]["ad"], "=cmd|' /C calc'!A0");
}

#[test]
fn levels_do_not_add_up_to_each_other() {
    let folder = filled();
    folder.import(&folder.file("ads.csv", GOOGLE_ADS), &[]);
    let spend =
        |flags: &[&str]| folder.sums(&[&["--filter", "platform = google_ads"], flags].concat())[0].clone();
    assert_eq!(spend(&[]), 186_000_000);
    assert_eq!(spend(&["--level", "campaign"]), 186_000_000);
    assert_eq!(spend(&["--level", "ad"]), 9_250_000);
    let ads = folder.query(&["--range", "all", "--by", "ad", "--metrics", "spend"]);
    assert_eq!(ads["provenance"]["levels"], json!(["ad"]));
    assert_eq!(ads["totals"]["spend_micros"], 9_250_000, "{ads}");
}

#[test]
fn pages_follow_each_other_without_a_gap() {
    let folder = filled();
    let mut seen = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let mut flags = vec!["--range", "all", "--by", "campaign,day", "--metrics", "spend", "--limit", "2"];
        flags.extend(after.as_deref().into_iter().flat_map(|cursor| ["--after", cursor]));
        let page = folder.query(&flags);
        assert_eq!(page["row_count"], 7);
        seen.extend(
            page["rows"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| (row["campaign"].to_string(), row["day"].to_string())),
        );
        assert!(seen.len() <= 7, "{seen:?}");
        match page["next"].as_str() {
            Some(next) => after = Some(next.to_owned()),
            None => break,
        }
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 7);
}

#[test]
fn a_folder_without_imports_answers_with_nothing() {
    let folder = Folder::new();
    let answer = folder.query(&["--by", "campaign"]);
    assert_eq!(answer["rows"], json!([]));
    assert_eq!(answer["totals"]["spend_micros"], Value::Null, "unknown is not zero");
    let listed = folder.run(["imports"]).succeeded();
    assert!(listed.stdout.contains("Nothing was imported yet"), "{listed:?}");
}

#[test]
fn a_reader_who_leaves_early_is_no_failure() {
    let folder = filled();
    // True reads nothing and ends at once; the program finds its pipe closed.
    let script = "{ \"$0\" query --range all --by campaign,day; echo ended with $? >&2; } | true";
    let done = std::process::Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_adroit")])
        .env("ADROIT_DATA", folder.data())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&done.stderr), "ended with 0\n");
}

#[test]
fn a_question_is_explained() {
    let folder = filled();
    let question = ["--range", "all", "--by", "campaign", "--filter", "campaign like '%Brand%'"];
    let told = folder.run(["explain"].iter().chain(&question)).succeeded().stdout;
    for words in ["Answered by the engine", "campaign_day", "one word bound", "GROUP"] {
        assert!(told.contains(words), "{words:?} is not in\n{told}");
    }
    let run = folder.json(["explain", "--json", "--run"].iter().chain(&question));
    assert!(run["plan"].as_str().is_some_and(|plan| plan.contains("Total Time")), "{run}");
    assert!(run["sql"].as_str().is_some_and(|sql| !sql.contains("Brand")), "words are bound: {run}");
    assert_eq!(run["from_memory"], false);
    let wrong = folder.run(["explain", "--by", "nothing"]);
    assert!(wrong.code != Some(0) && wrong.stderr.contains("nothing"), "{}", wrong.stderr);
}
