//! An account that came in twice under two names, decided about on the command line, alone and beside a server.

use serde_json::json;

use crate::program::Folder;
use crate::server::Server;

/// Two campaigns on ten days, 30.03 a day.
fn folder() -> Folder {
    let mut file = "Day,Campaign name,Amount spent (EUR),Impressions,Reach,Link clicks,Purchases,Purchases conversion value\n"
        .to_owned();
    for day in 1..=10 {
        file += &format!("2026-11-{day:02},Tents,10.01,{},90,5,1,30.00\n", 1000 + day);
        file += &format!("2026-11-{day:02},Boots,20.02,{},90,5,1,30.00\n", 2000 + day);
    }
    let folder = Folder::new();
    for (name, account) in [("export.csv", "Acme"), ("export (1).csv", "Acme GmbH")] {
        // A line break more at the end, so that it is another file.
        file.push('\n');
        let path = folder.file(name, &file);
        folder.import(&path, &["--account", account, "--captured-at", "2026-12-01T06:00:00Z"]);
    }
    folder
}

fn spent(folder: &Folder) -> i64 {
    folder.query(&["--range", "all", "--by", "platform", "--metrics", "spend"])["totals"]["spend_micros"]
        .as_i64()
        .unwrap()
}

#[test]
fn accounts_are_listed_accepted_rejected_and_undone() {
    let folder = folder();
    let listed = folder.json(["duplicates", "--json"]);
    assert_eq!(listed, folder.json(["duplicates", "list", "--json"]));
    let pair = &listed["proposals"][0];
    assert_eq!((&pair["kept"]["account"], &pair["equal_rows"]), (&json!("Acme"), &json!(20)), "{listed:#}");
    let id = format!("{}-{}", pair["kept"]["account_id"], pair["other"]["account_id"]);
    let table = folder.run(["duplicates"]).succeeded().stdout;
    for said in [id.as_str(), "Acme GmbH", "20 of 20", "300.30 EUR", "adroit duplicates accept"] {
        assert!(table.contains(said), "{said}: {table}");
    }
    assert_eq!(spent(&folder), 600_600_000, "listing changes nothing");

    assert_eq!(folder.json(["duplicates", "accept", &id, "--json"])["decision"], "accepted");
    assert_eq!(spent(&folder), 300_300_000);
    assert!(folder.run(["duplicates"]).succeeded().stdout.contains("counts for"));
    assert!(folder.run(["duplicates", "undo", &id]).succeeded().stdout.contains("taken back"));
    assert_eq!(spent(&folder), 600_600_000);
    folder.run(["duplicates", "reject", &id]).succeeded();
    assert!(folder.json(["duplicates", "--json"])["proposals"].as_array().unwrap().is_empty());

    folder.run(["duplicates", "accept", "900-901"]).failed(2, &["900 and 901 are not proposed as one"]);
    folder.run(["duplicates", "accept", "900"]).failed(2, &["3-7"]);
}

#[test]
fn accounts_are_decided_beside_a_server() {
    let folder = folder();
    let server = Server::start(&folder);
    let pair = folder.json(["duplicates", "--json"])["proposals"][0].take();
    // Which of the two counts is for who decides to say.
    let id = format!("{}-{}", pair["other"]["account_id"], pair["kept"]["account_id"]);
    folder.run(["duplicates", "accept", &id]).succeeded();
    let seen = server.get("/api/v1/duplicates");
    assert_eq!(seen["decided"][0]["accepted"], true);
    assert_eq!(seen["decided"][0]["kept"]["account_id"], pair["other"]["account_id"]);
    folder.run(["duplicates", "undo", &id]).succeeded();
    assert!(server.get("/api/v1/duplicates")["decided"].as_array().unwrap().is_empty());
    server.stop().succeeded();
}
