//! What a service manager and a collector of logs get to see of a server.

use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::program::{Folder, PATIENCE};
use crate::server::Server;

#[test]
fn the_service_manager_is_told_that_it_is_ready_alive_and_stopping() {
    let (folder, place) = (Folder::new(), tempfile::tempdir().unwrap());
    let path = place.path().join("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    manager.set_read_timeout(Some(PATIENCE)).unwrap();
    let told = || {
        let mut bytes = [0; 1000];
        let count = manager.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..count]).into_owned()
    };
    let variables = [("NOTIFY_SOCKET", path.as_os_str()), ("WATCHDOG_USEC", "300000".as_ref())];
    let server = Server::start_with(&folder, &[], &variables);
    let first: Vec<String> = (0..4).map(|_| told()).collect();
    assert!(
        first.iter().any(|said| said.contains("READY=1") && said.contains("STATUS=serving at http://")),
        "{first:?}"
    );
    assert!(first.iter().filter(|said| said.contains("WATCHDOG=1")).count() >= 3, "{first:?}");
    // What is under way is finished within a deadline; where nothing is, it ends at once.
    let asked = Instant::now();
    server.stop().succeeded();
    assert!(asked.elapsed() < Duration::from_secs(15));
    let last = std::iter::from_fn(|| Some(told())).find(|said| said.contains("STOPPING=1"));
    assert!(last.is_some());
}

#[test]
fn the_log_has_a_line_of_json_for_each_request_and_nobodys_words() {
    let folder = Folder::new();
    let server = Server::start_with(&folder, &["--log", "json"], &[]);
    server.get("/api/v1/campaigns?range=all&text=Anna");
    let done = server.stop().succeeded();
    let lines: Vec<Value> = done.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let line =
        lines.iter().find(|line| line["route"] == "/api/v1/campaigns").unwrap_or_else(|| panic!("{lines:?}"));
    assert_eq!((line["method"].as_str(), line["status"].as_u64()), (Some("GET"), Some(200)));
    assert!(line["request_id"].as_str().unwrap().len() > 8 && line["micros"].as_u64().unwrap() > 0);
    assert!(line["workspace"].is_u64() && line["level"] == "INFO" && line["timestamp"].is_string());
    assert!(!done.stderr.contains("Anna"), "{}", done.stderr);
}
