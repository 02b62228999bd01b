//! `adroit doctor` finds what is wrong and says what to do.

use std::fs::File;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use duckdb::Connection;
use serde_json::Value;

use crate::exports::{GOOGLE, GOOGLE_LATER};
use crate::program::{Done, Folder, Running};
use crate::server::Server;

/// A port that is free now; nobody else is told of it.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

fn doctor(data: &Path) -> Done {
    Running::start(data, ["doctor", "--bind", &free_address()]).done()
}

fn verdict(findings: &Value, check: &str) -> String {
    let found = findings.as_array().unwrap().iter().find(|finding| finding["check"] == check);
    found.unwrap_or_else(|| panic!("{check} is not checked: {findings}"))["verdict"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Fails, with a line that is marked wrong and says each of `words`.
#[track_caller]
fn assert_wrong(done: Done, check: &str, words: &[&str]) {
    let done = done.failed(1, &[]);
    let start = format!("WRONG {check}: ");
    let line = done.stdout.lines().find(|line| line.starts_with(&start));
    let line = line.unwrap_or_else(|| panic!("{check} is not wrong: {done:?}"));
    for word in words {
        assert!(line.contains(word), "{word:?} is not said: {line}");
    }
}

#[test]
fn all_is_fine_on_a_new_and_on_a_used_folder() {
    let folder = Folder::new();
    for _ in 0..2 {
        let done = doctor(&folder.data()).succeeded();
        for words in ["ok    DuckDB: v1.5.5", "is writable", "facts and catalog are sound", "is free"] {
            assert!(done.stdout.contains(words), "{words:?} is not said: {done:?}");
        }
        assert!(!done.stdout.contains("WRONG"), "{done:?}");
        folder.import(&folder.file("google.csv", GOOGLE), &[]);
    }
    let findings = folder.json(["doctor", "--json", "--bind", &free_address()]);
    for check in ["DuckDB", "data folder", "stores", "address"] {
        assert_eq!(verdict(&findings, check), "fine");
    }
    assert_eq!(folder.sums(&[])[0], 186_000_000, "looking changes nothing");
}

#[test]
fn a_running_server_is_no_fault_of_the_stores() {
    let folder = Folder::new();
    let _server = Server::start(&folder);
    let done = doctor(&folder.data()).succeeded();
    assert!(done.stdout.contains("a running server has it"), "{done:?}");
}

#[test]
fn the_address_of_the_folder_s_own_server_is_no_fault() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let address = server.address.to_string();
    let done = folder.run(["doctor", "--bind", &address]).succeeded();
    assert!(done.stdout.contains(&format!("{address} is where this folder's server listens")), "{done:?}");
    // For another folder it is taken.
    let done = Folder::new().run(["doctor", "--bind", &address]);
    assert_wrong(done, "address", &[&address, "taken", "--bind"]);
}

#[test]
fn a_folder_that_cannot_be_made_is_wrong() {
    let folder = Folder::new();
    let below_a_file = folder.file("a file", "").join("data");
    let shown = below_a_file.display().to_string();
    assert_wrong(doctor(&below_a_file), "data folder", &[&shown, "can't be written", "--data"]);
    let import = Running::start(&below_a_file, ["import".into(), folder.file("google.csv", GOOGLE)]).done();
    import.failed(1, &[&shown, "--data"]);
}

#[test]
fn a_folder_without_the_right_to_write_is_wrong() {
    let folder = Folder::new();
    std::fs::create_dir(folder.data()).unwrap();
    std::fs::set_permissions(folder.data(), std::fs::Permissions::from_mode(0o500)).unwrap();
    if File::create(folder.data().join("probe")).is_ok() {
        eprintln!(
            "SKIPPED a_folder_without_the_right_to_write_is_wrong: this user may write everywhere (root)"
        );
        return;
    }
    assert_wrong(doctor(&folder.data()), "data folder", &["can't be written", "change its rights"]);
    folder.run(["imports"]).failed(1, &["not writable"]);
}

#[test]
fn a_taken_port_is_wrong() {
    let folder = Folder::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let done = folder.run(["doctor", "--bind", &address]);
    assert_wrong(done, "address", &[&address, "taken", "--bind"]);
}

#[test]
fn facts_of_a_newer_program_are_wrong_and_left_alone() {
    let folder = Folder::new();
    let file = folder.file("google.csv", GOOGLE);
    folder.import(&file, &[]);
    let facts = folder.data().join("facts.duckdb");
    let set_format = |version: i32| {
        let connection = Connection::open(&facts).unwrap();
        connection.execute(&format!("UPDATE format SET version = {version}"), []).unwrap();
        connection.close().unwrap();
    };
    let known: i32 = Connection::open(&facts)
        .unwrap()
        .query_row("SELECT version FROM format", [], |row| row.get(0))
        .unwrap();
    set_format(99);
    assert_wrong(doctor(&folder.data()), "stores", &["facts.duckdb", "format 99", "install the newer"]);
    folder.run(["import".into(), file]).failed(1, &["format 99"]);
    folder.run(["serve", "--bind", "127.0.0.1:0"]).failed(1, &["format 99"]);
    set_format(known);
    assert_eq!(folder.sums(&[])[0], 186_000_000);
}

#[test]
fn files_that_are_not_ours_are_wrong_and_left_alone() {
    for name in ["facts.duckdb", "catalog.sqlite"] {
        for garbage in ["garbage", &"long garbage. ".repeat(20_000)] {
            let folder = Folder::new();
            std::fs::create_dir(folder.data()).unwrap();
            let path = folder.data().join(name);
            std::fs::write(&path, garbage).unwrap();
            assert_wrong(doctor(&folder.data()), "stores", &[name]);
            folder.run(["import".into(), folder.file("google.csv", GOOGLE)]).failed(1, &[name]);
            assert_eq!(std::fs::read_to_string(&path).unwrap(), garbage);
        }
    }
    // A database of somebody else.
    let folder = Folder::new();
    std::fs::create_dir(folder.data()).unwrap();
    let connection = Connection::open(folder.data().join("facts.duckdb")).unwrap();
    connection.execute_batch("CREATE TABLE recipe (name VARCHAR)").unwrap();
    connection.close().unwrap();
    assert_wrong(doctor(&folder.data()), "stores", &["not a facts file of Adroit"]);
}

#[test]
fn facts_that_another_program_has_open_are_told() {
    let folder = Folder::new();
    let file = folder.file("google.csv", GOOGLE);
    folder.import(&file, &[]);
    let connection = Connection::open(folder.data().join("facts.duckdb")).unwrap();
    assert_wrong(doctor(&folder.data()), "stores", &["in use by another program", "close it"]);
    folder.run(["query"]).failed(1, &["in use by another program"]);
    connection.close().unwrap();
    assert_eq!(folder.sums(&[])[0], 186_000_000);
}

#[test]
fn a_full_disk_is_told_and_harms_nothing() {
    let folder = Folder::new();
    let Some(_disk) = SmallDisk::mount(&folder.data(), "12m") else {
        eprintln!("SKIPPED a_full_disk_is_told_and_harms_nothing: this user may mount no disk of its own");
        return;
    };
    folder.import(&folder.file("google.csv", GOOGLE), &[]);
    let filler = folder.data().join("filler");
    // Ends with an error, when the disk is full.
    drop(std::io::copy(&mut std::io::repeat(7), &mut File::create(&filler).unwrap()));
    // A probe of a few bytes may still fit, so it is the disk that has to be named.
    let done = doctor(&folder.data());
    assert!(!done.stdout.contains("change its rights"), "{done:?}");
    assert_wrong(done, "disk", &["full", "make room"]);

    let later = folder.file("later.csv", GOOGLE_LATER);
    let refused = folder.run(["import".into(), later.clone()]).failed(1, &["adroit: "]);
    assert!(!refused.stderr.contains("panicked"), "{refused:?}");
    std::fs::remove_file(&filler).unwrap();
    assert_eq!(folder.sums(&[])[0], 186_000_000, "nothing of it counts");
    assert_eq!(folder.ledger(), [(1, "committed".to_owned())]);
    folder.import(&later, &[]);
    assert_eq!(folder.sums(&[])[0], 136_500_000);
}

/// A disk in memory, mounted at a folder as long as this lives.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(folder: &Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(folder).unwrap();
        let options = format!("size={size}");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder).output();
        mounted.is_ok_and(|done| done.status.success()).then(|| Self(folder.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // A mount that stays is seen when the temporary folder can't be removed.
        drop(Command::new("umount").arg(&self.0).status());
    }
}
