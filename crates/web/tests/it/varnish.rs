//! Behind a real Varnish with the VCL of the docs: who is served from where, the dead server, the purge, two people.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper::{Method, Request, Response, header};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};

use crate::app::{Answer, GOOGLE, META, TAKEN, TestApp};
use crate::wire::{Served, served_at};

const CAMPAIGNS: &str = "/api/v1/campaigns?range=all";

/// A Varnish in front of a server.
struct Varnish {
    process: Child,
    address: SocketAddr,
    _folder: TempDir,
}

impl Varnish {
    /// In front of an address, once it answers; nothing where there is no Varnish.
    async fn before(origin: SocketAddr, address: SocketAddr) -> Option<Self> {
        let program = ["/usr/sbin/varnishd", "/usr/local/sbin/varnishd", "/usr/bin/varnishd"];
        let program = program.into_iter().find(|path| Path::new(path).exists())?;
        let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/varnish.vcl");
        let shipped = fs::read_to_string(shipped).unwrap();
        let vcl = shipped.replace("\"8642\"", &format!("\"{}\"", origin.port()));
        assert_ne!(vcl, shipped, "the example names the port that a server listens on");
        let folder = tempfile::tempdir().unwrap();
        // Varnish works as another user where it is started by root.
        #[cfg(unix)]
        fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let file = folder.path().join("edge.vcl");
        fs::write(&file, vcl).unwrap();
        let listens = format!("{address}");
        let process = Command::new(program)
            .arg("-F")
            .arg("-n")
            .arg(folder.path().join("work"))
            .args(["-a", &listens, "-s", "malloc,64m", "-p", "http_gzip_support=off", "-f"])
            .arg(&file)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let varnish = Self { process, address, _folder: folder };
        let begun = Instant::now();
        while varnish.ask("/livez", &[]).await.is_none_or(|answer| answer.status != 204) {
            assert!(begun.elapsed() < Duration::from_secs(60), "Varnish does not answer");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Some(varnish)
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask(path, headers).await.unwrap()
    }

    async fn ask(&self, path: &str, headers: &[(&str, &str)]) -> Option<Answer> {
        let stream = TcpStream::connect(self.address).await.ok()?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
        tokio::spawn(connection);
        let mut request = Request::get(path).header(header::HOST, "localhost");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = sender.send_request(request.body(Empty::<Bytes>::new()).unwrap()).await.ok()?;
        let (parts, body) = response.into_parts();
        let text = String::from_utf8_lossy(&body.collect().await.ok()?.to_bytes()).into_owned();
        Some(Answer { status: parts.status, response: Response::from_parts(parts, ()), text })
    }
}

impl Drop for Varnish {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// An address that nobody listens on.
async fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// A server that lets a cache keep answers for `fresh`, and a Varnish in front that it tells of changes.
async fn behind_varnish(test: &str, fresh: Duration) -> Option<(TestApp, Served, Varnish)> {
    let app = TestApp::with_google().await;
    let mut limits = app.state.limits;
    limits.keeping.fresh = fresh;
    let mut app = app.with_limits(limits);
    let (origin, edge) = (free_address().await, free_address().await);
    app.state = app.state.behind(format!("http://{edge}/purge").parse().unwrap());
    let served = served_at(&app, origin).await;
    let Some(varnish) = Varnish::before(origin, edge).await else {
        eprintln!("SKIPPED {test}: there is no varnishd; the Debian package varnish has it");
        return None;
    };
    Some((app, served, varnish))
}

fn is_hit(answer: &Answer) -> bool {
    answer.header("cache-status").contains("varnish; hit")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nearly_all_readers_are_served_by_the_cache_in_front() {
    let test = "nearly_all_readers_are_served_by_the_cache_in_front";
    let Some((app, _served, varnish)) = behind_varnish(test, Duration::from_secs(30)).await else { return };
    let paths = ["/", "/campaigns", "/analytics?by=platform", "/api/v1/overview", CAMPAIGNS];
    let readers: [&[(&str, &str)]; 3] = [
        &[("accept-encoding", "gzip, deflate, br, zstd")],
        &[("accept-encoding", "br")],
        &[("accept-encoding", "gzip, br;q=0.9"), ("cookie", "theme=dark")],
    ];
    let (mut asked, mut hits) = (0, 0);
    for _ in 0..20 {
        for path in paths {
            for reader in readers {
                let answer = varnish.get(path, reader).await;
                assert_eq!(
                    (answer.status.as_u16(), answer.header("content-encoding")),
                    (200, "br"),
                    "{path}"
                );
                assert_eq!((answer.header("surrogate-key"), answer.header("surrogate-control")), ("", ""));
                asked += 1;
                hits += u32::from(is_hit(&answer));
            }
        }
    }
    assert!(hits * 100 >= asked * 95, "{hits} of {asked}");
    let counts = app.state.cache_counts();
    assert_eq!(
        counts.hits + counts.misses,
        u64::from(asked - hits),
        "the server was asked for the rest only"
    );
    let tag = varnish.get("/api/v1/overview", readers[0]).await.header("etag").to_owned();
    let headers = [readers[0][0], ("if-none-match", tag.as_str())];
    assert_eq!(varnish.get("/api/v1/overview", &headers).await.status, 304);
    assert_eq!(app.state.cache_counts().not_modified, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_server_is_not_noticed_by_readers() {
    let test = "a_dead_server_is_not_noticed_by_readers";
    let Some((app, served, varnish)) = behind_varnish(test, Duration::from_secs(1)).await else { return };
    let before = varnish.get(CAMPAIGNS, &[]).await;
    assert!(before.text.contains("Brand"), "{}", before.text);
    let origin = served.address;
    served.stop().await;
    // Kept for a second, shown for a day.
    tokio::time::sleep(Duration::from_millis(2200)).await;
    for _ in 0..3 {
        let answer = varnish.get(CAMPAIGNS, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, before.text.as_str()));
        assert!(is_hit(&answer), "{}", answer.header("cache-status"));
    }
    // What was never kept can't be had.
    assert_eq!(varnish.get("/imports", &[]).await.status, 503);
    let _back = served_at(&app, origin).await;
    app.import("meta.csv", META, &[("captured_at", TAKEN)]).await;
    until(async || varnish.get(CAMPAIGNS, &[]).await.text.contains("Prospecting")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_empties_the_cache_in_front() {
    let test = "an_import_empties_the_cache_in_front";
    // So long that nothing but the purge can be what shows the import.
    let Some((app, _served, varnish)) = behind_varnish(test, Duration::from_secs(3600)).await else { return };
    app.send_locally("/local/workspaces", json!({"name": "other"})).await;
    app.import("other.csv", GOOGLE, &[("workspace", "other"), ("captured_at", TAKEN)]).await;
    let telling = tokio::spawn(web::tell_edge(app.state.clone()));
    let other = "/api/v1/campaigns?range=all&workspace=other";
    for path in [CAMPAIGNS, other] {
        until(async || is_hit(&varnish.get(path, &[]).await)).await;
    }
    app.import("meta.csv", META, &[("captured_at", TAKEN)]).await;
    until(async || varnish.get(CAMPAIGNS, &[]).await.text.contains("Prospecting")).await;
    assert!(is_hit(&varnish.get(other, &[]).await), "the other workspace's answers are as they were");
    assert_eq!(varnish.ask("/purge", &[("surrogate-key", "w1")]).await.unwrap().status, 403, "by POST only");
    telling.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_for_one_person_reaches_no_other() {
    let test = "what_is_for_one_person_reaches_no_other";
    let Some((app, _served, varnish)) = behind_varnish(test, Duration::from_secs(3600)).await else { return };
    app.send_locally("/local/workspaces", json!({"name": "theirs"})).await;
    let theirs = GOOGLE.replace("Brand", "Elsewhere");
    app.import("theirs.csv", &theirs, &[("workspace", "theirs"), ("captured_at", TAKEN)]).await;
    for round in 0..2 {
        for (cookie, html) in [
            ("theme=dark", "<html lang=\"en\" data-theme=\"dark\">"),
            ("theme=light", "<html lang=\"en\" data-theme=\"light\">"),
            ("", "<html lang=\"en\">"),
        ] {
            let headers = [("cookie", cookie)];
            let page = varnish.get("/?workspace=default", &headers[usize::from(cookie.is_empty())..]).await;
            assert!(page.text.contains(html), "{cookie}");
            assert_eq!(is_hit(&page), round == 1, "{cookie}");
        }
        for (workspace, name, other) in [("default", "Brand", "Elsewhere"), ("theirs", "Elsewhere", "Brand")]
        {
            let list = varnish.get(&format!("{CAMPAIGNS}&workspace={workspace}"), &[]).await.text;
            assert!(list.contains(name) && !list.contains(other), "{workspace}");
        }
    }
    // Whoever is somebody, or asks for what is private, is answered by the server each time.
    let somebody: [(&str, &[(&str, &str)]); 4] = [
        ("/?workspace=default", &[("cookie", "session=anna; theme=dark")]),
        ("/?workspace=default", &[("cookie", "session=ben")]),
        ("/?workspace=default", &[("authorization", "Bearer x")]),
        ("/imports?workspace=default", &[]),
    ];
    for (path, headers) in somebody.iter().chain(&somebody) {
        let answer = varnish.get(path, headers).await;
        assert!(answer.status == 200 && !is_hit(&answer), "{path} {headers:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_shared_is_served_to_all_and_gone_when_it_is_revoked() {
    let test = "what_is_shared_is_served_to_all_and_gone_when_it_is_revoked";
    // So long that nothing but the purge can be what ends it.
    let Some((app, _served, varnish)) = behind_varnish(test, Duration::from_secs(3600)).await else { return };
    let made = async |body: Value| {
        let made = app.send_as("", Method::POST, "/api/v1/shared-links", Some(body)).await;
        assert_eq!(made.status, 201, "{}", made.text);
        made.json()
    };
    let link = made(json!({"name": "Board", "address": "/campaigns?range=all"})).await;
    let other = made(json!({"name": "Agency", "address": "/campaigns?range=all"})).await;
    let (url, other_url) = (link["url"].as_str().unwrap(), other["url"].as_str().unwrap());
    // Two people, one of whom has signed in here and likes it dark: the same bytes for both, computed once.
    let first = varnish.get(url, &[]).await;
    assert!(first.text.contains("Brand") && !is_hit(&first), "{}", first.text);
    let somebody = varnish.get(url, &[("cookie", "adroit=ads_x; theme=dark")]).await;
    assert!(is_hit(&somebody), "{}", somebody.header("cache-status"));
    assert_eq!((somebody.text.as_str(), somebody.header("set-cookie")), (first.text.as_str(), ""));
    assert_eq!(somebody.header("x-robots-tag"), "noindex, nofollow");
    until(async || is_hit(&varnish.get(other_url, &[]).await)).await;

    let path = format!("/api/v1/shared-links/{}", link["id"]);
    assert_eq!(app.send_as("", Method::DELETE, &path, None).await.status, 204);
    until(async || varnish.get(url, &[]).await.status == 410).await;
    assert!(!varnish.get(url, &[]).await.text.contains("Brand"));
    assert!(is_hit(&varnish.get(other_url, &[]).await), "the other link's answer is as it was");

    // Behind a password nothing is kept for anybody.
    let body = json!({"name": "Bank", "address": "/campaigns?range=all", "password": "quiet purple otters"});
    let locked = made(body).await;
    let url = locked["url"].as_str().unwrap();
    let opened = app.post_as("", url, &[("password", "quiet purple otters")]).await;
    let cookie = opened.cookie();
    for _ in 0..2 {
        let page = varnish.get(url, &[("cookie", cookie.as_str())]).await;
        assert!(page.text.contains("Brand") && !is_hit(&page), "{}", page.header("cache-status"));
        let stranger = varnish.get(url, &[]).await;
        assert!(stranger.text.contains("type=\"password\"") && !stranger.text.contains("Brand"));
    }
}

async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < Duration::from_secs(20), "it never came");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
