//! How safely it is set up, as `adroit doctor --security` grades it; the certificate that a server serves, and the user it becomes.

use std::ffi::OsStr;
use std::fs::Permissions;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::{ToSpan, Zoned};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use serde_json::Value;

use crate::program::{Done, Folder, PATIENCE, until};
use crate::server::Server;

/// A certificate for `adroit.example` that counts so many days more, and its key.
fn certificate(folder: &Folder, days: i64) -> (PathBuf, PathBuf) {
    let mut params = CertificateParams::new(vec!["adroit.example".to_owned()]).unwrap();
    let end = Zoned::now().date().checked_add(days.days()).unwrap();
    let (month, day) = (end.month().unsigned_abs(), end.day().unsigned_abs());
    params.not_before = date_time_ymd(2001, 1, 1);
    params.not_after = date_time_ymd(end.year().into(), month, day);
    let key = KeyPair::generate().unwrap();
    let made = params.self_signed(&key).unwrap();
    (folder.file("cert.pem", made.pem()), folder.file("key.pem", key.serialize_pem()))
}

fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// What is found, whether or not something fails.
fn graded(folder: &Folder, flags: &[&str]) -> (Value, Option<i32>) {
    let done = folder.run([&["doctor", "--security", "--json"], flags].concat());
    (done.json(), done.code)
}

fn found<'a>(report: &'a Value, check: &str) -> &'a Value {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().find(|found| found["check"] == check).unwrap_or_else(|| panic!("no {check}: {report}"))
}

fn verdict(report: &Value, check: &str) -> String {
    found(report, check)["verdict"].as_str().unwrap().to_owned()
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

/// What a plain request is answered.
fn asked(address: &str, text: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_new_folder_is_fine_and_one_that_is_open_to_all_is_not() {
    let folder = Folder::new();
    let (report, code) = graded(&folder, &[]);
    assert_eq!((code, report["is_served"].as_bool()), (Some(0), Some(false)), "{report}");
    assert!(["A", "B"].contains(&report["grade"].as_str().unwrap()), "{report}");
    assert!(report["rule"].as_str().unwrap().starts_with("A: nothing fails"));
    for (check, expected) in [
        ("data folder", "pass"),
        ("key", "unknown"),
        ("disk encryption", "unknown"),
        ("sign-in", "pass"),
        ("TLS", "pass"),
        ("second factors", "unknown"),
        ("tokens that never expire", "pass"),
        ("leaked passwords", "warn"),
        ("mail", "warn"),
        ("DuckDB", "pass"),
    ] {
        assert_eq!(verdict(&report, check), expected, "{check}: {report}");
    }
    std::fs::set_permissions(folder.data(), Permissions::from_mode(0o755)).unwrap();
    let (report, code) = graded(&folder, &[]);
    assert_eq!((code, report["grade"].as_str()), (Some(1), Some("F")), "{report}");
    assert!(found(&report, "data folder")["mend"].as_str().unwrap().contains("chmod 700"));
    let told = folder.run(["doctor", "--security"]).failed(1, &[]).stdout;
    assert!(told.contains("FAIL  data folder: everybody on this machine may open"), "{told}");
    assert!(told.contains("Grade of a server that is started like this: F"), "{told}");
}

#[test]
fn flags_are_graded_as_a_server_would_be_started_with_them() {
    let folder = Folder::new();
    for (flags, check, expected, grade) in [
        (&["--bind", "0.0.0.0:8642"][..], "TLS", "fail", Some("F")),
        (&["--public-url", "https://a.example"], "trusted proxies", "fail", None),
        (
            &["--public-url", "https://a.example", "--trusted-proxy", "127.0.0.1"],
            "trusted proxies",
            "pass",
            None,
        ),
        (&["--open", "--trusted-proxy", "127.0.0.1"], "sign-in", "fail", Some("F")),
        (&["--smtp", "smtp://mail.example", "--mail-from", "a@a.example"], "mail", "fail", None),
        (&["--smtp", "smtps://mail.example", "--mail-from", "a@a.example"], "mail", "pass", None),
        (&["--breached", "/nowhere"], "leaked passwords", "fail", None),
        (&["--allow-private-webhooks"], "webhooks", "warn", None),
    ] {
        let (report, _) = graded(&folder, flags);
        assert_eq!(verdict(&report, check), expected, "{flags:?}: {report}");
        assert!(grade.is_none_or(|grade| report["grade"] == grade), "{flags:?}: {report}");
    }
}

#[test]
fn a_running_server_says_what_it_was_started_with_and_who_may_come_in() {
    let folder = Folder::new();
    let _server = Server::start_with(&folder, &["--trusted-proxy", "127.0.0.1"], &[]);
    folder.run(["token", "create", "--role", "viewer", "--name", "old robot"]).succeeded();
    folder.run(["token", "create", "--role", "viewer", "--name", "robot", "--days", "9"]).succeeded();
    // What the command itself is told is nothing to a server that runs.
    let (report, code) = graded(&folder, &["--public-url", "https://a.example"]);
    assert_eq!((code, report["is_served"].as_bool()), (Some(1), Some(true)));
    assert_eq!((verdict(&report, "sign-in").as_str(), report["grade"].as_str()), ("fail", Some("F")));
    assert_eq!(verdict(&report, "public address"), "pass");
    assert_eq!(verdict(&report, "key"), "warn", "it lies beside the data");
    let tokens = found(&report, "tokens that never expire");
    assert_eq!(
        (tokens["verdict"].as_str(), tokens["says"].as_str()),
        (Some("warn"), Some("1 of 2: old robot"))
    );
    assert_eq!(verdict(&report, "unused tokens"), "pass");
}

#[test]
fn a_certificate_is_shown_with_its_end_and_must_be_for_the_public_name() {
    let folder = Folder::new();
    let look = |days: i64, url: &str| {
        let (cert, key) = certificate(&folder, days);
        let (cert, key) = (cert.to_str().unwrap().to_owned(), key.to_str().unwrap().to_owned());
        let flags = ["--tls-cert", &cert, "--tls-key", &key, "--public-url", url];
        let (report, _) = graded(&folder, &flags);
        assert_eq!(verdict(&report, "TLS"), "pass");
        let plain = folder.run([&["doctor", "--bind", &free_address()], &flags[..]].concat()).stdout;
        let line = plain.lines().find(|line| line.contains(" certificate: ")).unwrap().to_owned();
        (verdict(&report, "certificate"), line[..5].to_owned())
    };
    let is = |verdict: &str, mark: &str| (verdict.to_owned(), mark.to_owned());
    assert_eq!(look(90, "https://adroit.example"), is("pass", "ok   "));
    assert_eq!(look(10, "https://adroit.example"), is("warn", "soon "));
    assert_eq!(look(-2, "https://adroit.example"), is("fail", "WRONG"));
    assert_eq!(look(90, "https://other.example").0, "fail");
}

#[test]
fn a_server_speaks_tls_leads_there_and_takes_another_certificate_on_sighup() {
    let folder = Folder::new();
    let (cert, key) = certificate(&folder, 90);
    let plain = free_address();
    let flags =
        ["--tls-cert", cert.to_str().unwrap(), "--tls-key", key.to_str().unwrap(), "--http-redirect", &plain];
    let server = Server::start_with(&folder, &flags, &[("ADROIT_LOG", OsStr::new("info"))]);
    let answer = asked(&server.address.to_string(), "GET / HTTP/1.1\r\nHost: adroit.example\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("https://"), "{answer}");
    let lead = |host: &str| {
        asked(&plain, &format!("GET /campaigns HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"))
    };
    let led = lead("adroit.example");
    let place = format!("location: https://adroit.example:{}/campaigns\r\n", server.address.port());
    assert!(led.starts_with("HTTP/1.1 308 ") && led.contains(&place), "{led}");
    assert!(lead("evil.example").starts_with("HTTP/1.1 421 "));

    std::fs::write(&key, "rubbish").unwrap();
    server.hang_up();
    until("what is broken is told", || {
        server.stderr().contains("the one before stays in force").then_some(())
    });
    certificate(&folder, 80);
    server.hang_up();
    until("another is in force", || {
        server.stderr().contains("another certificate is in force").then_some(())
    });
    server.stop().succeeded();
}

#[test]
fn what_cannot_be_used_of_a_certificate_is_told_before_anything_is_served() {
    let folder = Folder::new();
    let (cert, _) = certificate(&folder, 90);
    let key = folder.file("other.pem", KeyPair::generate().unwrap().serialize_pem());
    let serve = |cert: &Path, key: &Path, more: &[&str]| -> Done {
        let flags = ["serve", "--bind", "127.0.0.1:0", "--tls-cert", cert.to_str().unwrap()];
        folder.run([&flags[..], &["--tls-key", key.to_str().unwrap()], more].concat())
    };
    serve(&cert, &key, &[]).failed(1, &["cert.pem", "other.pem", "can't be used together"]);
    serve(&key, &key, &[]).failed(1, &["other.pem has no certificate"]);
    serve(&cert, &folder.data().join("none.pem"), &[]).failed(1, &["none.pem can't be read"]);
    let (cert, key) = certificate(&folder, 90);
    serve(&cert, &key, &["--public-url", "http://adroit.example"]).failed(1, &["--public-url", "https://"]);
    let alone = folder.run(["serve", "--tls-cert", cert.to_str().unwrap()]);
    alone.failed(2, &["--tls-key"]);
}

#[test]
fn a_server_that_is_started_as_root_becomes_who_is_named() {
    let folder = Folder::new();
    let serve = |name: &str| folder.run(["serve", "--bind", "127.0.0.1:0", "--user", name]);
    serve("nobody-of-this-name").failed(1, &["there is no user nobody-of-this-name"]);
    serve("root").failed(1, &["is root"]);
    if !is_root() {
        serve("nobody").failed(1, &["needs the server to be started as root"]);
        eprintln!("SKIPPED a_server_that_is_started_as_root_becomes_who_is_named: this user is not root");
        return;
    }
    // Others may go through the folder in which the data folder is.
    std::fs::set_permissions(folder.data().parent().unwrap(), Permissions::from_mode(0o755)).unwrap();
    let known = Command::new("id").args(["-u", "nobody"]).output().unwrap().stdout;
    let nobody: u32 = String::from_utf8(known).unwrap().trim().parse().unwrap();
    let server = Server::start_with(&folder, &["--user", "nobody"], &[]);
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = |name: &str| -> Vec<u32> {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().map(|number| number.parse().unwrap()).collect()
    };
    assert_eq!(line("Uid:"), [nobody; 4], "real, effective, saved, of files");
    assert!(!line("Gid:").contains(&0) && !line("Groups:").contains(&0), "{status}");
    let rights =
        |path: PathBuf| std::fs::metadata(path).map(|told| (told.uid(), told.mode() & 0o777)).unwrap();
    assert_eq!(rights(folder.data()), (nobody, 0o700));
    assert_eq!(rights(folder.data().join("secret.key")), (nobody, 0o600));
    let (report, _) = graded(&folder, &[]);
    assert_eq!(
        (verdict(&report, "user").as_str(), verdict(&report, "data folder").as_str()),
        ("pass", "pass")
    );
    server.stop().succeeded();
}
