//! Commands beside a running server go through it, and both see the same figures at once.

use std::net::TcpStream;
use std::thread;

use serde_json::json;

use crate::exports::{BULK_SHEET, GOOGLE, GOOGLE_LATER, META};
use crate::program::Folder;
use crate::server::{Server, lets_commands_in};

const OVERVIEW: &str = "/api/v1/overview?from=2024-06-01&to=2024-06-03";

#[test]
fn commands_and_the_server_see_the_same() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    assert!(server.get(OVERVIEW)["totals"]["spend_micros"].is_null());

    let report =
        folder.import(&folder.file("google.csv", GOOGLE), &["--captured-at", "2024-06-04T06:00:00Z"]);
    assert_eq!(report["import_id"], 1);
    assert_eq!(server.get(OVERVIEW)["totals"]["spend_micros"], 186_000_000);
    assert_eq!(folder.sums(&[])[0], 186_000_000);

    let later = folder.file("later.csv", GOOGLE_LATER);
    assert_eq!(folder.import(&later, &["--dry-run"])["replaced_rows"], 3);
    assert_eq!(server.get(OVERVIEW)["totals"]["spend_micros"], 186_000_000);
    folder.import(&later, &[]);
    assert_eq!(server.get(OVERVIEW)["totals"]["spend_micros"], 136_500_000);
    assert_eq!(folder.ledger().len(), 2);
    assert_eq!(server.get("/api/v1/imports")["imports"].as_array().unwrap().len(), 2);

    let undone = folder.json(["imports", "undo", "2", "--json"]);
    assert_eq!(undone["restored_rows"], 3);
    assert_eq!(server.get(OVERVIEW)["totals"]["spend_micros"], 186_000_000);

    let bulk = folder.file("bulk.csv", BULK_SHEET);
    folder.run(["import".into(), bulk]).failed(2, &["bulk.csv", "bulk-edit sheet"]);
    folder.run(["query", "--by", "planet"]).failed(2, &["'by'"]);

    server.stop().succeeded();
    assert_eq!(folder.sums(&[])[0], 186_000_000, "what came in through the server stays");
    assert_eq!(folder.ledger()[0], (2, "undone".to_owned()));
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_whose_path_is_too_long_for_a_socket_is_served_all_the_same() {
    let folder = Folder::below(&format!("{0}/{0}", "a-long-name-".repeat(10)));
    let server = Server::start(&folder);
    let report = folder.import(&folder.file("google.csv", GOOGLE), &[]);
    assert_eq!(report["import_id"], 1);
    assert_eq!(server.get(OVERVIEW)["totals"]["spend_micros"], 186_000_000);
    server.stop().succeeded();
}

#[test]
fn a_path_means_the_same_beside_a_server() {
    let folder = Folder::new();
    let file = folder.file("google.csv", GOOGLE);
    let server = Server::start(&folder);
    // Relative to the folder of the command, not to the server's.
    let script = "cd \"$1\" && exec \"$0\" import google.csv --json";
    let done = std::process::Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_adroit")])
        .arg(file.parent().unwrap())
        .env("ADROIT_DATA", folder.data())
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(server.get(OVERVIEW)["totals"]["spend_micros"], 186_000_000);
}

#[test]
fn a_second_server_on_the_folder_is_refused() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let second = folder.run(["serve", "--bind", "127.0.0.1:0"]);
    second.failed(1, &["in use by another adroit", "--data"]);
    // The first one is not disturbed.
    assert!(lets_commands_in(&folder));
    assert!(server.get(OVERVIEW)["totals"]["spend_micros"].is_null());
    server.stop().succeeded();
}

#[test]
fn a_taken_port_is_told_and_leaves_the_folder_free() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let other = Folder::new();
    let address = server.address.to_string();
    other.run(["serve", "--bind", &address]).failed(1, &[&address, "--bind"]);
    other.import(&other.file("google.csv", GOOGLE), &[]);
}

#[test]
fn a_server_stops_when_asked_and_cleans_up() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    // Connections that ask nothing do not keep it from stopping; browsers open such ones ahead of need.
    let _idle = TcpStream::connect(server.address).unwrap();
    assert!(lets_commands_in(&folder), "from its first word on");
    let address = server.address;
    let done = server.stop().succeeded();
    assert!(done.stderr.is_empty(), "{done:?}");
    assert!(!folder.data().join("adroit.sock").exists());
    assert!(TcpStream::connect(address).is_err());
    assert_eq!(folder.ledger(), []);
}

#[test]
fn a_killed_server_is_no_obstacle() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    folder.import(&folder.file("google.csv", GOOGLE), &[]);
    server.cut_off();
    assert!(folder.data().join("adroit.sock").exists(), "a killed server leaves its socket");
    // Nobody holds the folder: the command does its work itself.
    folder.import(&folder.file("meta.csv", META), &[]);
    let server = Server::start(&folder);
    assert_eq!(server.get("/api/v1/imports")["imports"].as_array().unwrap().len(), 2);
    assert!(lets_commands_in(&folder));
}

#[test]
fn many_commands_at_once_all_come_in() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let files: Vec<_> = (0..6)
        .map(|n| {
            let text = GOOGLE.replace("2024-06-0", &format!("2024-0{}-0", n + 1)).replace("June", month(n));
            folder.file(&format!("month {n}.csv"), text)
        })
        .collect();
    thread::scope(|scope| {
        for file in &files {
            scope.spawn(|| assert_eq!(folder.import(file, &[])["replaced_rows"], 0));
        }
    });
    let spent = &server.get("/api/v1/overview?range=all")["totals"]["spend_micros"];
    assert_eq!(spent, &json!(6 * 186_000_000i64));
    let mut numbers: Vec<u64> = folder.ledger().into_iter().map(|(number, _)| number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
}

fn month(n: usize) -> &'static str {
    ["January", "February", "March", "April", "May", "June"][n]
}
