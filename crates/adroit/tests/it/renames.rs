//! Campaigns that may have been renamed, decided about on the command line, alone and beside a server.

use serde_json::json;

use crate::program::Folder;
use crate::server::Server;

const OLD: &str = "DE_Retargeting_Warenkrob_14d";
const NEW: &str = "DE_Retargeting_Warenkorb_14d";

/// A folder with a campaign whose name was mended half way, and another one.
fn folder() -> Folder {
    let mut file = "Day,Campaign name,Amount spent (EUR),Impressions,Reach,Link clicks,Purchases,Purchases conversion value\n"
        .to_owned();
    for day in 1..=6 {
        for name in [if day < 4 { OLD } else { NEW }, "Something else"] {
            file += &format!("2026-11-{day:02},{name},10.00,100,90,5,1,30.00\n");
        }
    }
    let folder = Folder::new();
    folder.import(&folder.file("meta.csv", file), &["--captured-at", "2026-11-08T06:00:00Z"]);
    folder
}

fn campaigns(folder: &Folder) -> usize {
    folder.query(&["--range", "all", "--by", "campaign", "--metrics", "spend"])["rows"]
        .as_array()
        .unwrap()
        .len()
}

#[test]
fn renames_are_listed_accepted_rejected_and_undone() {
    let folder = folder();
    let listed = folder.json(["renames", "--json"]);
    assert_eq!(listed, folder.json(["renames", "list", "--json"]));
    let pair = &listed["proposals"][0];
    assert_eq!((&pair["old"]["campaign"], &pair["new"]["campaign"]), (&json!(OLD), &json!(NEW)));
    let id = format!("{}-{}", pair["old"]["campaign_id"], pair["new"]["campaign_id"]);
    let table = folder.run(["renames"]).succeeded().stdout;
    assert!(table.contains(&id) && table.contains(OLD) && table.contains("adroit renames accept"), "{table}");
    assert_eq!(campaigns(&folder), 3);

    let accepted = folder.json(["renames", "accept", &id, "--json"]);
    assert_eq!(accepted["decision"], "accepted");
    assert_eq!(campaigns(&folder), 2);
    assert!(folder.run(["renames"]).succeeded().stdout.contains("goes on as"));
    assert!(folder.run(["renames", "undo", &id]).succeeded().stdout.contains("taken back"));
    assert_eq!(campaigns(&folder), 3);
    folder.run(["renames", "reject", &id]).succeeded();
    assert!(folder.json(["renames", "--json"])["proposals"].as_array().unwrap().is_empty());

    folder.run(["renames", "accept", "900-901"]).failed(2, &["900 and 901 are not proposed as one"]);
    folder.run(["renames", "accept", "900"]).failed(2, &["12-40"]);
}

#[test]
fn renames_are_decided_beside_a_server() {
    let folder = folder();
    let server = Server::start(&folder);
    let pair = folder.json(["renames", "--json"])["proposals"][0].take();
    let id = format!("{}-{}", pair["old"]["campaign_id"], pair["new"]["campaign_id"]);
    folder.run(["renames", "accept", &id]).succeeded();
    let seen = server.get("/api/v1/renames");
    assert_eq!(seen["decided"][0]["accepted"], true);
    assert_eq!(server.get("/api/v1/campaigns?range=all")["row_count"], 2);
    folder.run(["renames", "undo", &id]).succeeded();
    assert!(server.get("/api/v1/renames")["decided"].as_array().unwrap().is_empty());
    server.stop().succeeded();
}
