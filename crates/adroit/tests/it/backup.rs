//! Backups: taken while a server answers and imports, checked, and restored into a folder of their own.

use std::fs;

use crate::exports::{GOOGLE, META};
use crate::program::Folder;
use crate::server::Server;

#[test]
fn a_backup_taken_beside_a_server_holds_everything() {
    let folder = Folder::new();
    folder.import(&folder.file("google.csv", GOOGLE), &[]);
    folder.import(&folder.file("meta.csv", META), &[]);
    folder.run(["imports", "undo", "1"]).succeeded();
    folder.run(["rates", "set", "USD", "1.25", "--day", "2024-06-01"]).succeeded();
    let server = Server::start(&folder);
    let backup = folder.file("unused", "").with_file_name("adroit.backup");
    let path = backup.to_str().unwrap();
    let said = folder.run(["backup", path]).succeeded();
    assert!(said.stdout.contains("2 files") && said.stdout.contains("checked"), "{said:?}");
    folder.run(["backup", path]).failed(1, &["is there already"]);
    let second = format!("{path}.second");
    let told = folder.json(["backup", &second, "--json"]);
    assert_eq!(told["file"], second.as_str());
    assert_eq!(told["parts"][0]["name"], "facts.duckdb", "{told}");
    let other = Folder::new();
    assert_eq!(other.json(["restore", &second, "--json"])["workspaces"], serde_json::json!(["default"]));
    assert_eq!(other.sums(&[]), folder.sums(&[]));
    // What comes later is not in it.
    folder.import(&folder.file("again.csv", GOOGLE.replace("100", "101")), &[]);
    server.stop().succeeded();

    let restored = Folder::new();
    let said = restored.run(["restore", path]).succeeded();
    assert!(said.stdout.contains("workspaces: default"), "{said:?}");
    assert_eq!(restored.ledger(), [(2, "committed".to_owned()), (1, "undone".to_owned())]);
    folder.run(["imports", "undo", "3"]).succeeded();
    assert_eq!(restored.sums(&[]), folder.sums(&[]));
    let rates = |folder: &Folder| folder.json(["rates", "list", "USD", "--to", "2024-06-02", "--json"]);
    assert_eq!(rates(&restored), rates(&folder));
    // It goes on as any data folder does.
    restored.import(&restored.file("google.csv", GOOGLE), &[]);
    restored.run(["restore", path]).failed(1, &["holds data already", "--data"]);
}

#[test]
fn what_is_damaged_or_no_backup_is_not_restored() {
    let folder = Folder::new();
    folder.import(&folder.file("google.csv", GOOGLE), &[]);
    let backup = folder.file("unused", "").with_file_name("adroit.backup");
    folder.run(["backup", backup.to_str().unwrap()]).succeeded();
    let mut bytes = fs::read(&backup).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    let damaged = folder.file("damaged.backup", &bytes);
    let cut_off = folder.file("cut.backup", &bytes[..middle]);
    let other = folder.file("other.backup", GOOGLE);
    for (file, why) in [(damaged, "damaged"), (cut_off, "cut off"), (other, "no backup of adroit")] {
        let empty = Folder::new();
        empty.run(["restore".as_ref(), file.as_os_str()]).failed(1, &[why]);
        let left: Vec<_> =
            fs::read_dir(empty.data()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["adroit.lock"], "nothing of it is left");
    }
}
