//! What goes over a real connection: both protocols, keep-alive, the end of the server, and the cache that is told of changes.

#![expect(clippy::unwrap_used, reason = "only tests use it")]

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::{http1, http2};
use hyper::{Request, header};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::app::{META, TAKEN, TestApp};

/// The server on a loopback address; it stops when this is dropped.
pub struct Served {
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Served {
    /// Stops it and waits until it has.
    pub async fn stop(self) {
        drop(self.stop);
        self.serving.await.unwrap().unwrap();
    }
}

async fn served(app: &TestApp) -> Served {
    served_at(app, "127.0.0.1:0".parse().unwrap()).await
}

/// The server on this address.
pub async fn served_at(app: &TestApp, address: SocketAddr) -> Served {
    let listener = TcpListener::bind(address).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, told_to_stop) = oneshot::channel();
    let router = web::router(app.state.clone());
    let serving = tokio::spawn(web::serve(listener, router, async { drop(told_to_stop.await) }));
    Served { address, stop, serving }
}

fn get(uri: &str) -> Request<Empty<Bytes>> {
    Request::get(uri).header(header::HOST, "localhost").body(Empty::new()).unwrap()
}

#[tokio::test]
async fn one_connection_serves_many_requests_and_the_server_ends() {
    let app = TestApp::with_google().await;
    let served = served(&app).await;
    let address = served.address;
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    for _ in 0..3 {
        let answer = sender.send_request(get("/api/v1/overview")).await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.into_body().collect().await.unwrap();
    }
    assert_eq!(app.state.cache_counts().hits, 2);
    served.stop().await;
    connection.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn http_2_is_spoken_by_who_knows() {
    let app = TestApp::with_google().await;
    let served = served(&app).await;
    let address = served.address;
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let uri = format!("http://{address}/api/v1/overview");
    let request = || Request::get(&uri).body(Empty::<Bytes>::new()).unwrap();
    let (one, other) = tokio::join!(sender.clone().send_request(request()), sender.send_request(request()));
    for answer in [one.unwrap(), other.unwrap()] {
        assert_eq!((answer.status().as_u16(), answer.version()), (200, hyper::Version::HTTP_2));
        assert!(!answer.into_body().collect().await.unwrap().to_bytes().is_empty());
    }
    assert_eq!(app.state.cache_counts().computed, 1);
}

#[tokio::test]
async fn a_cache_in_front_is_told_of_each_change() {
    let edge = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = edge.local_addr().unwrap();
    let mut app = TestApp::with_google().await;
    app.state = app.state.behind(format!("http://{address}/purge?now").parse().unwrap());
    let telling = tokio::spawn(web::tell_edge(app.state.clone()));
    let heard = async || {
        let (mut stream, _) = edge.accept().await.unwrap();
        let mut text = Vec::new();
        while !text.ends_with(b"\r\n\r\n") {
            text.push(stream.read_u8().await.unwrap());
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        String::from_utf8(text).unwrap()
    };
    let first = heard().await;
    assert!(
        first.starts_with("POST /purge?now HTTP/1.1\r\n") && first.contains("surrogate-key: w1\r\n"),
        "{first}"
    );
    app.import("meta.csv", META, &[("captured_at", TAKEN)]).await;
    let second = heard().await;
    assert!(
        second.contains("xkey-purge: w1\r\n") && second.contains(&format!("host: {address}\r\n")),
        "{second}"
    );
    let answer = app.get("/api/v1/overview").await;
    assert_eq!(
        answer.header("surrogate-control"),
        "max-age=30, stale-while-revalidate=60, stale-if-error=86400"
    );
    assert_eq!(answer.header("surrogate-key"), "w1 overview w1-overview");
    telling.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_is_ended_when_the_client_goes_away() {
    let app = TestApp::with_google().await;
    let served = served(&app).await;
    // So that which days are known is known.
    app.get("/api/v1/overview").await;
    let held = app.hold_engine();
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream.write_all(b"GET /api/v1/analytics?by=campaign HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let busy = async |running: usize| {
        while app.state.admission_counts().running != running {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    busy(1).await;
    drop(stream);
    // The server hears of it while the engine still answers nothing.
    tokio::time::sleep(Duration::from_millis(300)).await;
    drop(held);
    busy(0).await;
    let counts = app.state.cache_counts();
    assert_eq!((counts.computed, counts.entries), (2, 1), "it was ended, not answered and kept: {counts:?}");
}
