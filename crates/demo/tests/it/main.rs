//! Writes the sets and reads them back.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use demo::{Plan, Size, Written};
use jiff::civil::{Date, date};

const UNTIL: Date = date(2026, 11, 22);

fn company() -> Plan {
    Plan { seed: 7, until: UNTIL, size: Size::Company }
}

/// What was written, with each file's bytes; the files are removed at once, as a caller may.
fn written(plan: &Plan) -> Vec<(Written, Vec<u8>)> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = Vec::new();
    demo::write(plan, folder.path(), |written| {
        files.push((written.clone(), fs::read(&written.path)?));
        Ok(fs::remove_file(&written.path)?)
    })
    .expect("the set is written");
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 0);
    files
}

/// The rows of a file as cells, whatever its form.
fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
    let (text, delimiter) = match bytes {
        [0xff, 0xfe, rest @ ..] => {
            let units: Vec<u16> =
                rest.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            (String::from_utf16(&units).expect("UTF-16"), '\t')
        }
        _ => (String::from_utf8(bytes.to_vec()).expect("UTF-8"), ','),
    };
    text.lines().map(|line| split(line, delimiter)).collect()
}

fn split(line: &str, delimiter: char) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        let cell = cells.last_mut().expect("a cell");
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            _ if character == delimiter && !quoted => cells.push(String::new()),
            _ => cell.push(character),
        }
    }
    cells
}

/// A file as header and rows, totals apart.
struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    totals: BTreeMap<String, Vec<String>>,
}

impl Table {
    fn read(bytes: &[u8]) -> Self {
        // Lines above the table, and notes below it, have fewer cells.
        let lines = cells(bytes).into_iter().filter(|line| line.len() >= 5);
        let (totals, mut rows): (Vec<_>, Vec<_>) = lines.partition(|line| line[0].starts_with("Total"));
        let header = rows.remove(0);
        assert!(
            rows.iter().chain(&totals).all(|row| row.len() == header.len()),
            "ragged rows under {header:?}"
        );
        Self { header, rows, totals: totals.into_iter().map(|row| (row[0].clone(), row)).collect() }
    }

    fn column(&self, name: &str) -> usize {
        self.header.iter().position(|header| header == name).unwrap_or_else(|| panic!("no column {name}"))
    }

    /// A column's sum in hundredths.
    fn sum(&self, name: &str) -> u64 {
        let column = self.column(name);
        self.rows.iter().map(|row| hundredths(&row[column])).sum()
    }

    fn total(&self, label: &str, name: &str) -> u64 {
        hundredths(&self.totals[label][self.column(name)])
    }
}

fn hundredths(cell: &str) -> u64 {
    let plain = cell.replace(',', "");
    match plain.split_once('.') {
        Some((whole, fraction)) => {
            assert_eq!(fraction.len(), 2, "{cell}");
            whole.parse::<u64>().unwrap_or_else(|_| panic!("{cell}")) * 100
                + fraction.parse::<u64>().expect("digits")
        }
        None if plain.is_empty() => 0,
        None => plain.parse::<u64>().unwrap_or_else(|_| panic!("{cell}")) * 100,
    }
}

fn named<'a>(files: &'a [(Written, Vec<u8>)], part: &str) -> Vec<&'a (Written, Vec<u8>)> {
    let name = |written: &Written| written.path.file_name().expect("a name").to_string_lossy().into_owned();
    files.iter().filter(|(written, _)| name(written).contains(part)).collect()
}

#[test]
fn a_seed_gives_the_same_bytes_and_another_seed_others() {
    let first = written(&company());
    let bytes =
        |files: &[(Written, Vec<u8>)]| files.iter().map(|(_, bytes)| bytes.clone()).collect::<Vec<_>>();
    assert!(bytes(&first) == bytes(&written(&company())));
    assert!(bytes(&first) != bytes(&written(&Plan { seed: 8, ..company() })));
}

#[test]
fn the_company_exports_each_account_nine_times_in_order() {
    let files = written(&company());
    assert_eq!(files.len(), 5 * 2 * 9 + 3 * 2 + 10 * 3 + 3 * 9);
    assert!(files.is_sorted_by_key(|(written, _)| written.captured_at));
    assert_eq!(files.iter().map(|(written, _)| &written.account).collect::<BTreeSet<_>>().len(), 15 + 3);
    let names: BTreeSet<_> = files.iter().map(|(written, _)| &written.path).collect();
    assert_eq!(names.len(), files.len());
    assert_eq!(files.iter().filter(|(_, bytes)| bytes.starts_with(&[0xff, 0xfe])).count(), 1 + 3);
    for (written, bytes) in &files {
        assert_eq!(Table::read(bytes).rows.len() as u64, written.rows, "{}", written.path.display());
    }
}

#[test]
fn names_are_as_odd_as_real_ones() {
    let files = written(&company());
    let mut names = BTreeSet::new();
    for (_, bytes) in named(&files, "campaigns") {
        let table = Table::read(bytes);
        let column = table
            .header
            .iter()
            .position(|name| name == "Campaign" || name.eq_ignore_ascii_case("Campaign name"));
        names.extend(table.rows.into_iter().map(|mut row| row.remove(column.expect("campaigns"))));
    }
    assert_eq!(names.len(), 120 + 32);
    for odd in ["=SUM(A1:A9) test", "Ελλάδα | Αναζήτηση | Μπότες πεζοπορίας", "UK_PMax_Hiking_Boots"]
    {
        assert!(names.contains(odd), "{odd}");
    }
    assert!(names.iter().any(|name| name.len() > 150));
    assert!(names.iter().any(|name| name.contains('🏕')));
}

#[test]
fn totals_equal_the_rows_but_hidden_terms() {
    let files = written(&company());
    for name in ["Cost", "Clicks", "Impr.", "Conversions", "Conv. value"] {
        for (written, bytes) in
            named(&files, "-campaigns-").into_iter().filter(|(w, _)| !w.account.contains('|'))
        {
            let table = Table::read(bytes);
            let sum = table.sum(name);
            assert!(sum > 0);
            assert_eq!(table.total("Total: Campaigns", name), sum, "{} {name}", written.path.display());
            assert_eq!(table.total("Total: Account", name), sum);
        }
        for (_, bytes) in named(&files, "-ad-groups-") {
            let table = Table::read(bytes);
            assert_eq!(table.total("Total: Ad groups", name), table.sum(name));
        }
        for (_, bytes) in named(&files, "-search-terms-") {
            let table = Table::read(bytes);
            assert_eq!(table.total("Total: Search terms", name), table.sum(name));
            assert!(table.total("Total: Account", name) > table.sum(name));
        }
    }
}

#[test]
fn conversions_of_a_day_grow_from_export_to_export_and_cost_does_not() {
    let files = written(&company());
    let day = "2026-11-15";
    let of_day = |file: &str| {
        let found = named(&files, file);
        let mut table = Table::read(&found[0].1);
        let column = table.column("Day");
        table.rows.retain(|row| row[column] == day);
        (table.sum("Cost"), table.sum("Conversions"))
    };
    let (partial_cost, early) = of_day("outdoor-eu-campaigns-2026-11-15");
    let (cost, later) = of_day("outdoor-eu-campaigns-2026-11-22");
    let share = |part: u64, whole: u64| part as f64 / whole as f64;
    assert!((0.44..0.46).contains(&share(partial_cost, cost)));
    assert!((0.42..0.46).contains(&share(early, later)), "0.34 / 0.76 was expected: {early} {later}");
}

#[test]
fn rates_are_of_weekdays_and_the_same_for_a_seed() {
    let folder = tempfile::tempdir().expect("a folder");
    let read = |seed| {
        fs::read_to_string(demo::write_rates(seed, UNTIL, folder.path()).expect("rates")).expect("text")
    };
    let rates = read(7);
    assert_eq!(rates, read(7));
    assert_ne!(rates, read(8));
    assert!(rates.starts_with("Date,USD,GBP,\n2026-11-20,1."), "{}", &rates[..60]);
    assert!(!rates.contains("2026-11-21"), "a Saturday");
}

#[test]
fn returns_differ_from_campaign_to_campaign() {
    let files = written(&company());
    let table = Table::read(&named(&files, "outdoor-eu-campaigns-2026-11-22")[0].1);
    let (campaign, cost, value) =
        (table.column("Campaign"), table.column("Cost"), table.column("Conv. value"));
    let mut sums: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for row in &table.rows {
        let sum = sums.entry(&row[campaign]).or_default();
        sum.0 += hundredths(&row[cost]);
        sum.1 += hundredths(&row[value]);
    }
    let returns: Vec<f64> = sums.values().map(|(cost, value)| *value as f64 / *cost as f64).collect();
    assert!(returns.iter().any(|roas| *roas < 1.0) && returns.iter().any(|roas| *roas > 4.0), "{returns:?}");
    assert!(returns.iter().all(|roas| *roas < 12.0), "{returns:?}");
}

#[test]
fn the_benchmark_set_has_about_the_rows_asked_for() {
    let files = written(&Plan { seed: 1, until: UNTIL, size: Size::Rows(50_000) });
    let rows: u64 = files.iter().map(|(written, _)| written.rows).sum();
    assert!((49_000..=50_000).contains(&rows), "{rows}");
    assert_eq!(files.len(), 10 + 6, "ten accounts, of which six got one of the few ad groups");
    for (written, bytes) in &files {
        let table = Table::read(bytes);
        assert_eq!(table.rows.len() as u64, written.rows);
        let day = table.column("Day");
        assert!(table.rows.is_sorted_by_key(|row| &row[day]));
        if let Some(label) = table.totals.keys().find(|label| *label != "Total: Account") {
            assert_eq!(table.total(label, "Cost"), table.sum("Cost"));
        }
    }
}
