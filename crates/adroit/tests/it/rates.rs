//! Money of several currencies in one, at the rate of the day on which it was spent.

use serde_json::{Value, json};

use crate::program::Folder;

const IN_EUROS: &str = "Campaign,Day,Currency code,Cost,Clicks,Impr.,Conv. value\n\
    Tents,2026-10-01,EUR,100.00,10,1000,300.00\n\
    Tents,2026-10-05,EUR,50.00,5,500,100.00\n";
const IN_DOLLARS: &str = "Campaign,Day,Currency code,Cost,Clicks,Impr.,Conv. value\n\
    Boats,2026-09-30,USD,7.00,1,10,7.00\n\
    Boats,2026-10-01,USD,10.00,1,100,20.00\n\
    Boats,2026-10-02,USD,10.00,1,100,20.00\n\
    Boats,2026-10-05,USD,0.01,0,1,0.00\n";
const RATES: &str = "Date,USD,JPY,\n2026-10-02,1.6,170,\n2026-10-01,1.25,N/A,\n";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.import(&folder.file("eur.csv", IN_EUROS), &["--account", "Europe"]);
    folder.import(&folder.file("usd.csv", IN_DOLLARS), &["--account", "America"]);
    folder
}

fn october(folder: &Folder, flags: &[&str]) -> Value {
    let asked = ["--from", "2026-10-01", "--to", "2026-10-05", "--metrics", "spend,revenue,roas,clicks"];
    folder.query(&[&asked, flags].concat())
}

#[test]
fn each_days_money_is_converted_at_its_own_rate() {
    let folder = folder();
    let plain = october(&folder, &[]);
    assert_eq!(plain["totals"]["spend_micros"], 150_000_000);
    assert_eq!(plain["totals"]["left_out"][0]["spend_micros"], 20_010_000);

    // Without any rate nothing is converted, and it is said.
    let without = october(&folder, &["--convert", "EUR"]);
    assert_eq!(without["totals"]["left_out"][0]["spend_micros"], 20_010_000, "{without:#}");
    assert!(without["notes"].to_string().contains("no rate of USD in EUR"), "{without:#}");

    let file = folder.file("eurofxref-hist.csv", RATES);
    let load = ["rates", "load", file.to_str().unwrap(), "--source", "European Central Bank"];
    assert!(
        folder.run(load).succeeded().stdout.contains("3 rates of 2 currencies, 2026-10-01 to 2026-10-02")
    );

    let told = folder.json([&load[..], &["--json"]].concat());
    let days = json!({ "from": "2026-10-01", "to": "2026-10-02" });
    assert_eq!(told, json!({ "rates": 3, "currencies": ["JPY", "USD"], "days": days }));

    // 10 / 1.25 + 10 / 1.6 + 0.01 / 1.6, the last at the rate of three days before.
    let euros = october(&folder, &["--convert", "EUR"]);
    assert_eq!(euros["totals"]["spend_micros"], 150_000_000 + 8_000_000 + 6_250_000 + 6_250, "{euros:#}");
    assert_eq!(euros["totals"]["revenue_micros"], 400_000_000 + 16_000_000 + 12_500_000);
    assert_eq!(euros["totals"]["clicks"], 17);
    assert_eq!(euros["totals"]["currency"], "EUR");
    assert!(euros["totals"]["left_out"].is_null(), "{euros:#}");
    let notes = euros["notes"].to_string();
    for said in
        ["1 USD is 0.625 to 0.8 EUR", "European Central Bank", "2026-10-01 to 2026-10-02", "on 3 days"]
    {
        assert!(notes.contains(said), "{said}: {notes}");
    }
    let dollars = october(&folder, &["--convert", "USD", "--by", "day"]);
    let spent: Vec<&Value> =
        dollars["rows"].as_array().unwrap().iter().map(|row| &row["spend_micros"]).collect();
    assert_eq!(spent, [&json!(135_000_000), &json!(10_000_000), &json!(80_010_000)], "{dollars:#}");

    // A day before the first rate stays in its own currency, beside the totals.
    let whole = folder.query(&["--range", "all", "--metrics", "spend", "--convert", "EUR"]);
    assert_eq!(whole["totals"]["spend_micros"], 164_256_250, "{whole:#}");
    assert_eq!(whole["totals"]["left_out"][0]["spend_micros"], 7_000_000, "{whole:#}");
    assert!(whole["notes"].to_string().contains("no rate of USD in EUR yet"), "{whole:#}");
}

#[test]
fn rates_are_set_listed_and_replaced_and_the_lead_changes_without_an_import() {
    let folder = folder();
    let set = |rate: &str| {
        folder.run(["rates", "set", "USD", rate, "--day", "2026-09-01"]).succeeded();
    };
    set("2");
    assert_eq!(october(&folder, &["--convert", "EUR"])["totals"]["spend_micros"], 160_005_000);
    set("4");
    assert_eq!(october(&folder, &["--convert", "EUR"])["totals"]["spend_micros"], 155_002_500);
    let listed =
        folder.json(["rates", "list", "USD", "--from", "2026-09-01", "--to", "2026-09-30", "--json"]);
    assert_eq!(
        listed,
        json!([{"day": "2026-09-01", "currency": "USD", "per_euro_e9": 4_000_000_000_i64, "source": "set by hand"}])
    );
    assert_eq!(october(&folder, &[])["totals"]["currency"], "EUR");
    folder.run(["rates", "lead", "USD"]).succeeded();
    assert_eq!(october(&folder, &[])["totals"]["currency"], "USD");

    folder.run(["rates", "set", "USD", "none", "--day", "2026-09-01"]).failed(1, &["'none' is no rate"]);
    let file = folder.file("rates.csv", "day,money\n1,2\n");
    folder.run(["rates", "load", file.to_str().unwrap()]).failed(2, &["rates.csv", "European Central Bank"]);
    let by = ["query", "--range", "all", "--by", "currency", "--convert", "EUR"];
    folder.run(by).failed(2, &["leave out 'currency'"]);
}
