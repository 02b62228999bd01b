//! `adroit utm`: the same answer with a server beside it and without, as a table and as JSON.

use crate::program::Folder;
use crate::server::Server;

const ADS: &str = "Campaign name,Ad set name,Ad name,Website URL,URL parameters,Day,Amount spent (EUR),Impressions,Link clicks\n\
    Tents,Broad,One,https://shop.example/,utm_source=facebook&utm_medium=paid&utm_campaign=tents,2026-11-01,1.25,10,1\n\
    Tents,Broad,Two,https://shop.example/,,2026-11-01,0.75,10,1\n";

#[test]
fn spend_that_cannot_be_traced_is_told_here_and_beside_a_server() {
    let folder = Folder::new();
    folder.import(&folder.file("ads.csv", ADS), &[]);
    let asked = ["utm", "--from", "2026-11-01", "--to", "2026-11-01"];
    let answer = folder.json(asked.into_iter().chain(["--json"]));
    assert_eq!(answer["untraceable"]["spend_micros"], 750_000, "{answer:#}");
    assert_eq!(answer["rows"][0]["name"], "Two");
    let told = folder.run(asked).succeeded().stdout;
    for said in ["0.75 EUR", "no utm parameter", "2.00 EUR", "1 of 1 rows"] {
        assert!(told.contains(said), "{said}: {told}");
    }
    let server = Server::start(&folder);
    assert_eq!(folder.json(asked.into_iter().chain(["--json"])), answer);
    assert_eq!(server.get("/api/v1/utm?from=2026-11-01&to=2026-11-01"), answer);
    folder.run(["utm", "--problem", "untagged"]).failed(2, &["problem", "untagged"]);
}

#[test]
fn without_addresses_the_columns_are_named() {
    let folder = Folder::new();
    let file = "Campaign,Day,Currency code,Cost,Clicks,Impr.\nTents,2026-11-01,EUR,1.00,1,10\n";
    folder.import(&folder.file("plain.csv", file), &[]);
    let told = folder.run(["utm"]).succeeded().stdout;
    assert!(told.contains("No import told where ads lead") && told.contains("Final URL"), "{told}");
}
