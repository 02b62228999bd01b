//! Everything of a workspace leaves as Parquet and JSON, and other programs find the same figures in it.

use duckdb::Connection;
use serde_json::Value;

use crate::exports::{GOOGLE, META};
use crate::program::Folder;

#[test]
fn other_programs_find_everything_of_a_workspace_and_nothing_of_others() {
    let folder = Folder::new();
    folder.import(&folder.file("google.csv", GOOGLE), &["--workspace", "mine"]);
    folder.import(&folder.file("meta.csv", META), &["--workspace", "mine"]);
    folder.import(&folder.file("other.csv", META), &["--workspace", "other"]);
    let out = folder.file("unused", "").with_file_name("left");
    let said = folder.run(["leave", out.to_str().unwrap(), "--workspace", "mine"]).succeeded();
    assert!(said.stdout.contains("accounts.parquet: 2 rows"), "{said:?}");
    let engine = Connection::open_in_memory().unwrap();
    let spend: String = engine
        .query_row(
            &format!(
                "SELECT string_agg(platform || ' ' || spend, ', ' ORDER BY platform) FROM (
                   SELECT platform, sum(spend_micros)::BIGINT AS spend FROM '{0}/delivery.parquet'
                   JOIN '{0}/accounts.parquet' USING (account) WHERE level = 'campaign' OR platform = 'meta_ads' GROUP BY platform)",
                out.display()
            ),
            [],
            |row| row.get(0),
        )
        .unwrap();
    let sums =
        folder.query(&["--workspace", "mine", "--range", "all", "--by", "platform", "--metrics", "spend"]);
    let rows = sums["rows"].as_array().unwrap();
    let of =
        |platform: &str| rows.iter().find(|row| row["platform"] == platform).unwrap()["spend_micros"].clone();
    assert_eq!(spend, format!("google_ads {}, meta_ads {}", of("google_ads"), of("meta_ads")));

    let catalog: Value = serde_json::from_slice(&std::fs::read(out.join("catalog.json")).unwrap()).unwrap();
    assert_eq!(catalog["workspace"].as_array().unwrap().len(), 1, "{catalog:#}");
    assert_eq!(catalog["workspace"][0]["name"], "mine");
    assert_eq!(catalog["import"].as_array().unwrap().len(), 2);
    assert_eq!(catalog["import"][0]["report"]["platform"], "google_ads", "what is JSON is not text");
    assert!(catalog["plan_change"].is_array(), "what hangs on the workspace by another table");
    folder.run(["leave", out.to_str().unwrap()]).failed(1, &["is not empty"]);
    let again = out.with_file_name("left again");
    let told = folder.json(["leave", again.to_str().unwrap(), "--workspace", "mine", "--json"]);
    let files = told["files"].as_array().unwrap();
    assert!(files.contains(&serde_json::json!({ "name": "accounts.parquet", "rows": 2 })), "{told:#}");
}
