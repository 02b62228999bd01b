//! The door to the network: TLS with both protocols, certificates that change, requests that could be read in two ways, and
//! clients that are slow, silent or too many.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::{http1, http2};
use hyper::{Request, Version, header};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use web::{Bounds, Gate, Reloaded, Tls};

const NAME: &str = "adroit.example";
/// No test waits longer for what is to happen.
const PATIENCE: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(300);

/// A server of a few addresses; it stops when this is dropped.
struct Served {
    address: SocketAddr,
    _stop: oneshot::Sender<()>,
    /// Told when nobody is given `/endless` any more.
    given_up: Arc<Notify>,
    serving: JoinHandle<io::Result<()>>,
}

/// A certificate's files, and what a client needs to believe it.
struct Files {
    folder: tempfile::TempDir,
}

impl Files {
    fn new() -> (Self, CertificateDer<'static>) {
        let files = Self { folder: tempfile::tempdir().unwrap() };
        let made = files.write();
        (files, made)
    }

    fn paths(&self) -> (PathBuf, PathBuf) {
        (self.folder.path().join("cert.pem"), self.folder.path().join("key.pem"))
    }

    /// Writes another certificate with its key.
    fn write(&self) -> CertificateDer<'static> {
        let key = KeyPair::generate().unwrap();
        let made = CertificateParams::new(vec![NAME.to_owned()]).unwrap().self_signed(&key).unwrap();
        let (certificate, key_path) = self.paths();
        std::fs::write(certificate, made.pem()).unwrap();
        std::fs::write(key_path, key.serialize_pem()).unwrap();
        made.der().clone()
    }

    fn open(&self) -> Tls {
        let (certificate, key) = self.paths();
        Tls::open(&certificate, &key).unwrap()
    }
}

/// `/` says by which protocol it was asked, `/echo` gives back what was sent, `/endless` never ends.
fn router(given_up: Arc<Notify>) -> Router {
    let endless = || async { Body::new(Pieces { piece: Bytes::from(vec![b'x'; 64 << 10]), given_up }) };
    Router::new()
        .route("/", get(|request: axum::extract::Request| async move { format!("{:?}", request.version()) }))
        .route("/echo", post(|body: Bytes| async move { body }))
        .route("/endless", get(endless))
}

/// The same piece again and again.
struct Pieces {
    piece: Bytes,
    given_up: Arc<Notify>,
}

impl Drop for Pieces {
    fn drop(&mut self) {
        self.given_up.notify_one();
    }
}

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<io::Result<hyper::body::Frame<Bytes>>>> {
        std::task::Poll::Ready(Some(Ok(hyper::body::Frame::data(self.piece.clone()))))
    }
}

async fn served(gate: impl FnOnce(Gate) -> Gate) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, told_to_stop) = oneshot::channel();
    let gate = gate(Gate::from(listener));
    let given_up = Arc::new(Notify::new());
    let router = router(given_up.clone());
    let serving = tokio::spawn(web::serve(gate, router, async { drop(told_to_stop.await) }));
    Served { address, _stop: stop, given_up, serving }
}

/// Shakes hands as a client that believes one certificate.
async fn shaken(
    address: SocketAddr,
    believed: CertificateDer<'static>,
    versions: &[&'static SupportedProtocolVersion],
    protocols: &[&str],
) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(believed).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from(NAME).unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

/// Everything that comes until the connection ends, however it ends.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = async {
        let mut piece = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut piece).await {
            bytes.extend_from_slice(&piece[..count]);
        }
    };
    tokio::time::timeout(PATIENCE, read).await.expect("the connection ends");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What is answered to these bytes until the connection ends.
async fn told(address: SocketAddr, text: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may have refused before all is sent.
    drop(stream.write_all(text.as_bytes()).await);
    rest(&mut stream).await
}

#[tokio::test]
async fn both_versions_of_tls_carry_both_protocols() {
    let (files, believed) = Files::new();
    let tls = files.open();
    let served = served(|gate| gate.by_tls(tls)).await;
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let stream = shaken(served.address, believed.clone(), &[version], &["h2", "http/1.1"]).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let (mut sender, connection) =
            http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let request = Request::get(format!("https://{NAME}/")).body(Empty::<Bytes>::new()).unwrap();
        let answer = sender.send_request(request).await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.version()), (200, Version::HTTP_2));
        assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "HTTP/2.0");

        let stream = shaken(served.address, believed.clone(), &[version], &["http/1.1"]).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        for _ in 0..2 {
            let request = Request::get("/").header(header::HOST, NAME).body(Empty::<Bytes>::new()).unwrap();
            let answer = sender.send_request(request).await.unwrap();
            assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "HTTP/1.1");
        }
    }
    let none = shaken(served.address, believed, &[&rustls::version::TLS13], &["gopher"]).await;
    assert!(none.is_err(), "a protocol that is not spoken");
}

#[tokio::test]
async fn another_certificate_is_served_without_a_restart_and_a_broken_one_is_not() {
    let (files, first) = Files::new();
    let tls = files.open();
    let served = served(|gate| gate.by_tls(tls.clone())).await;
    let shakes = async |believed: &CertificateDer<'static>| {
        shaken(served.address, believed.clone(), rustls::ALL_VERSIONS, &["h2"]).await.is_ok()
    };
    assert!(shakes(&first).await);
    let second = files.write();
    assert!(shakes(&first).await && !shakes(&second).await, "nobody has looked yet");
    assert!(matches!(tls.reload(), Reloaded::Anew(_)));
    assert!(shakes(&second).await && !shakes(&first).await);
    let (certificate, _) = files.paths();
    std::fs::write(certificate, "-----BEGIN CERTIFICATE-----\nrubbish").unwrap();
    assert!(matches!(tls.reload(), Reloaded::Refused(_)));
    assert!(shakes(&second).await);
}

#[tokio::test]
async fn who_speaks_plain_http_to_tls_is_told_so_and_rubbish_is_closed() {
    let (files, _) = Files::new();
    let tls = files.open();
    let served = served(|gate| gate.by_tls(tls)).await;
    let answer = told(served.address, "GET /secret HTTP/1.1\r\nHost: adroit.example\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.ends_with("https://.\n"), "{answer}");
    assert_eq!(told(served.address, "\0\0\0").await, "");
    assert!(!told(served.address, "\u{16}\u{3}\u{1}\0\u{5}rubbish").await.starts_with("HTTP"));
}

#[tokio::test]
async fn a_handshake_that_does_not_end_is_given_up() {
    let (files, believed) = Files::new();
    let bounds = Bounds { handshake: SHORT, handshakes: 2, ..Bounds::default() };
    let (tls, slow) = (files.open(), Bounds { handshake: PATIENCE, ..bounds });
    let served_shortly = served(|gate| gate.by_tls(tls.clone()).within(bounds)).await;
    assert_eq!(told(served_shortly.address, "\u{16}").await, "");
    // Where they may take long, the oldest makes room.
    let served = served(|gate| gate.by_tls(tls).within(slow)).await;
    let mut silent = Vec::new();
    for _ in 0..3 {
        silent.push(TcpStream::connect(served.address).await.unwrap());
    }
    assert_eq!(rest(&mut silent[0]).await, "");
    let stream = shaken(served.address, believed, rustls::ALL_VERSIONS, &["h2"]).await;
    assert!(stream.is_ok(), "those that hang keep nobody out");
}

#[tokio::test]
async fn what_could_be_read_in_two_ways_is_refused() {
    let served = served(|gate| gate).await;
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    for text in [
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            .to_owned()
            + smuggled,
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"
            .to_owned()
            + smuggled,
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nbody".to_owned()
            + smuggled,
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nbody".to_owned()
            + smuggled,
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4, 4\r\n\r\nbody".to_owned() + smuggled,
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n".to_owned()
            + smuggled,
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n".to_owned()
            + smuggled,
        "POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned() + smuggled,
        "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n folded\r\n\r\n".to_owned() + smuggled,
        "GET / HTTP/1.1\nHost: a\n\n".to_owned() + smuggled,
        "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n".to_owned() + smuggled,
        "GET / HTTP/1.1\r\nHost: a\r\n\n".to_owned() + smuggled,
        "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n".to_owned() + smuggled,
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".to_owned() + smuggled,
        "GET / HTTP/1.1\r\n\r\n".to_owned() + smuggled,
    ] {
        let answer = told(served.address, &text).await;
        assert!(
            answer.starts_with("HTTP/1.1 400 ") || answer.starts_with("HTTP/1.0 400 "),
            "{text:?}: {answer:?}"
        );
        assert_eq!(answer.matches("HTTP/1.").count(), 1, "{text:?}: {answer:?}");
    }
    // What is clear is served, one after the other, and nothing of a body is taken for a request.
    let clear = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n\n\n\n\nPOST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na\nb\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let answer = told(served.address, clear).await;
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 3, "{answer:?}");
    // A second request on the connection is looked at as strictly as the first.
    let later = "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\nHost: a\n\n";
    let answer = told(served.address, later).await;
    assert_eq!((answer.matches(" 200 OK").count(), answer.matches(" 400 ").count()), (1, 1), "{answer:?}");
}

#[tokio::test]
async fn heads_that_are_too_large_are_refused() {
    let served = served(|gate| gate).await;
    let many: String = (0..200).map(|each| format!("X-{each}: a\r\n")).collect();
    for (text, status) in [
        (format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n"), "HTTP/1.1 431 "),
        (format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "a".repeat(40_000)), "HTTP/1.1 431 "),
        (format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(200_000)), "HTTP/1.1 4"),
    ] {
        let answer = told(served.address, &text).await;
        assert!(answer.starts_with(status), "{status}: {answer:?}");
    }
}

#[tokio::test]
async fn who_sends_nothing_or_one_byte_after_the_other_is_cut() {
    let bounds = Bounds { head: SHORT, ..Bounds::default() };
    let served = served(|gate| gate.within(bounds)).await;
    let mut silent = TcpStream::connect(served.address).await.unwrap();
    assert_eq!(rest(&mut silent).await, "");
    // A head whose bytes come all the time, and which never ends.
    let mut slow = TcpStream::connect(served.address).await.unwrap();
    let (mut reads, mut writes) = slow.split();
    drop(writes.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n").await);
    let drip = async {
        while writes.write_all(b"X: a\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        std::future::pending::<()>().await;
    };
    let mut heard = Vec::new();
    tokio::select! {
        _ = reads.read_to_end(&mut heard) => {}
        () = drip => {}
        () = tokio::time::sleep(PATIENCE) => panic!("it was not cut"),
    }
    assert!(!String::from_utf8_lossy(&heard).contains("200 OK"));
    // One who asked, and asks nothing more.
    let mut idle = TcpStream::connect(served.address).await.unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    assert!(rest(&mut idle).await.starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn a_body_that_crawls_is_given_up_and_one_that_comes_is_not() {
    let bounds = Bounds { body_window: SHORT, body_bytes: 1000, ..Bounds::default() };
    let served = served(|gate| gate.within(bounds)).await;
    let sent = async |piece: &[u8]| {
        let mut stream = TcpStream::connect(served.address).await.unwrap();
        let (mut reads, mut writes) = stream.split();
        writes.write_all(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n").await.unwrap();
        let drip = async {
            for _ in 0..20_000 / piece.len() {
                if writes.write_all(piece).await.is_err() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(40)).await;
            }
            std::future::pending::<()>().await;
        };
        let mut first = [0; 12];
        tokio::select! {
            read = reads.read_exact(&mut first) => drop(read),
            () = drip => {}
            () = tokio::time::sleep(PATIENCE) => panic!("it was not answered"),
        }
        String::from_utf8_lossy(&first).into_owned()
    };
    assert_eq!(sent(b"ab").await, "HTTP/1.1 400", "fifty bytes a second are too few");
    assert_eq!(sent(&[b'a'; 1000]).await, "HTTP/1.1 200", "slowly, but it comes");
}

#[tokio::test]
async fn who_takes_nothing_of_an_answer_is_cut() {
    let bounds = Bounds { stall: SHORT, ..Bounds::default() };
    let served = served(|gate| gate.within(bounds)).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream.write_all(b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    // First what lies between has to be full.
    let given_up = served.given_up.notified();
    tokio::time::timeout(PATIENCE, given_up).await.expect("it ends, as nothing is taken");
    assert!(rest(&mut stream).await.starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn an_http_2_client_that_asks_nothing_is_told_goodbye() {
    let bounds = Bounds { idle: SHORT, ..Bounds::default() };
    let served = served(|gate| gate.within(bounds)).await;
    let stream = TcpStream::connect(served.address).await.unwrap();
    let (mut sender, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = Request::get(format!("http://{}/", served.address)).body(Empty::<Bytes>::new()).unwrap();
    assert_eq!(sender.send_request(request).await.unwrap().status(), 200);
    let ended = tokio::time::timeout(PATIENCE, connection).await.expect("it ends");
    assert!(ended.unwrap().is_ok(), "with a goodbye, not a cut");
}

#[tokio::test]
async fn idle_connections_keep_nobody_out() {
    let bounds = Bounds { connections: 20, of_one_address: 20, ..Bounds::default() };
    let served = served(|gate| gate.within(bounds)).await;
    let mut idle = Vec::new();
    for _ in 0..40 {
        idle.push(TcpStream::connect(served.address).await.unwrap());
    }
    let ask = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    assert!(told(served.address, ask).await.starts_with("HTTP/1.1 200 OK"));
    assert_eq!(rest(&mut idle[0]).await, "", "the idlest went");
    // The one that came last is still there.
    let last = idle.last_mut().unwrap();
    last.write_all(ask.as_bytes()).await.unwrap();
    assert!(rest(last).await.starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn a_flood_of_requests_that_are_taken_back_ends_the_connection() {
    let served = served(|gate| gate).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    let frame = |kind: u8, flags: u8, id: u32, payload: &[u8]| {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let mut frame = length[1..].to_vec();
        frame.extend([kind, flags]);
        frame.extend(id.to_be_bytes());
        frame.extend(payload);
        frame
    };
    bytes.extend(frame(4, 0, 0, &[]));
    for each in 0..5000 {
        // GET, http, /, and an authority, from HPACK's table; then the stream is taken back.
        let head = [0x82, 0x86, 0x84, 0x41, 0x01, b'a'];
        bytes.extend(frame(1, 5, 2 * each + 1, &head));
        bytes.extend(frame(3, 0, 2 * each + 1, &8_u32.to_be_bytes()));
    }
    drop(stream.write_all(&bytes).await);
    // ENHANCE_YOUR_CALM, or cut.
    rest(&mut stream).await;
    assert!(!served.serving.is_finished(), "the server goes on");
    let ask = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    assert!(told(served.address, ask).await.starts_with("HTTP/1.1 200 OK"));
}
