//! Webhooks: signed, told once, within time, never into a private network unless that is allowed.

use std::time::{Duration, Instant};

use notify::{Address, NotifyError, Sender, Target, Webhooks, sign};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::message;

fn sender(patience: u64) -> Sender {
    let webhooks = Webhooks { is_private_allowed: true, patience: Duration::from_millis(patience) };
    Sender { mail: None, webhooks }
}

/// A server that answers each request with these bytes and gives back what it was sent.
async fn answering(answer: &'static str) -> (Address, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut heard = Vec::new();
        let mut part = [0; 4096];
        loop {
            let read = stream.read(&mut part).await.unwrap();
            heard.extend_from_slice(&part[..read]);
            let text = String::from_utf8_lossy(&heard).into_owned();
            let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
                body.len() >= length.parse::<usize>().unwrap()
            });
            if whole || read == 0 {
                stream.write_all(answer.as_bytes()).await.unwrap();
                return text;
            }
        }
    });
    (Address::read(&format!("http://{at}/hook?token=secret"), true).unwrap(), heard)
}

const FINE: &str = "HTTP/1.1 204 No Content\r\n\r\n";

#[tokio::test]
async fn a_webhook_is_signed_so_that_its_receiver_can_check_it() {
    let (address, heard) = answering(FINE).await;
    let target = Target::Webhook(address, "whsec_c2VjcmV0".to_owned());
    sender(5_000).send(&target, "adroit-7-fired-2", &message()).await.unwrap();
    let heard = heard.await.unwrap();
    let (head, body) = heard.split_once("\r\n\r\n").unwrap();
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap();
    assert!(head.starts_with("POST /hook?token=secret HTTP/1.1"), "{head}");
    assert_eq!(header("webhook-id"), "adroit-7-fired-2");
    let time = header("webhook-timestamp").parse().unwrap();
    assert_eq!(
        header("webhook-signature"),
        sign("whsec_c2VjcmV0", "adroit-7-fired-2", time, body.as_bytes())
    );
    assert_eq!(body, r#"{"alert":7,"event":"fired"}"#);
}

#[tokio::test]
async fn answers_say_whether_it_is_of_use_to_try_again() {
    for (answer, is_final) in [
        ("HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n", false),
        ("HTTP/1.1 429 Slow\r\ncontent-length: 0\r\n\r\n", false),
        ("HTTP/1.1 404 Gone\r\ncontent-length: 0\r\n\r\n", true),
        ("HTTP/1.1 302 There\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n", true),
        ("nonsense\r\n\r\n", false),
        ("", false),
    ] {
        let (address, _heard) = answering(answer).await;
        let error = sender(2_000).send(&Target::Slack(address), "k", &message()).await.unwrap_err();
        assert_eq!(error.is_final(), is_final, "{answer:?}: {error}");
        assert!(!error.to_string().contains("token"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = Address::read(&format!("http://{}/", listener.local_addr().unwrap()), true).unwrap();
    let begun = Instant::now();
    let error = sender(300).send(&Target::Teams(address), "k", &message()).await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(!error.is_final());
}

#[tokio::test]
async fn private_networks_are_not_reached() {
    let guarded = Sender::default();
    for host in ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.0.0.1", "0x7f.1", "2130706433"] {
        let address = Address::read(&format!("https://{host}/"), false).unwrap();
        let error = guarded.send(&Target::Slack(address), "k", &message()).await.unwrap_err();
        let is_kept_out = match &error {
            NotifyError::Address(why) => why.contains("private network"),
            // A resolver may refuse to read numbers as a name.
            NotifyError::Unreachable { why, .. } => why.contains("not known"),
            _ => false,
        };
        assert!(is_kept_out, "{host}: {error}");
    }
    for wrong in [
        "http://example.org/",
        "ftp://example.org/",
        "https://me:pw@example.org/",
        "example.org",
        "https://",
        "",
    ] {
        assert!(Address::read(wrong, false).is_err(), "{wrong}");
    }
    let shown = format!("{:?}", Address::read("https://hooks.example.org/T000/secret", false).unwrap());
    assert_eq!(shown, "Address(hooks.example.org)");
}
