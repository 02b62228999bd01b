//! E-mail to a real mail server (`aiosmtpd`): taken, refused, put off, slow, and cut off in the middle.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use notify::{MailServer, NotifyError, Sender, Target};

use super::message;

/// Takes messages and prints each as a line of JSON; behaves as its argument says.
const SERVER: &str = r#"
import asyncio, email, email.policy, json, sys
from aiosmtpd.smtp import SMTP
mode = sys.argv[1]
class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if mode == 'refuses': return '550 nobody here'
        if mode == 'puts-off': return '451 come back later'
        envelope.rcpt_tos.append(address)
        return '250 OK'
    async def handle_DATA(self, server, session, envelope):
        if mode == 'slow': await asyncio.sleep(2)
        if mode == 'drops':
            server.transport.abort()
            return '250 OK'
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        print(json.dumps({'to': envelope.rcpt_tos, 'id': mail['message-id'], 'subject': mail['subject'],
                          'text': mail.get_content()}), flush=True)
        return '250 OK'
async def serve():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler()), '127.0.0.1', 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
asyncio.run(serve())
"#;

/// A mail server that ends with the test.
struct Server {
    program: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    sender: Sender,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.program.kill().ok();
        self.program.wait().ok();
    }
}

/// The server, or `None`, said aloud, where there is none to run.
fn serving(mode: &str) -> Option<Server> {
    let home = std::env::var("CARGO_TARGET_DIR").map(PathBuf::from).unwrap_or_default();
    let python = home.join("sources/aiosmtpd/bin/python");
    if !python.exists() {
        eprintln!("SKIPPED: no mail server to send to; fetch one with ./x sources");
        return None;
    }
    let mut program = Command::new(python)
        .args(["-c", SERVER, mode])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let port = lines.next().unwrap().unwrap();
    let mail = MailServer::new(&format!("smtp://127.0.0.1:{port}"), "Adroit <adroit@example.org>").unwrap();
    Some(Server { program, lines, sender: Sender { mail: Some(mail), ..Sender::default() } })
}

fn to() -> Target {
    Target::Mail(vec!["ada@example.org".parse().unwrap(), "grace@example.org".parse().unwrap()])
}

async fn sent(server: &Server) -> Result<(), NotifyError> {
    server.sender.send(&to(), "adroit-7-fired-2", &message()).await
}

#[tokio::test]
async fn mail_arrives_with_the_key_as_its_id() {
    let Some(mut server) = serving("takes") else { return };
    for _ in 0..2 {
        sent(&server).await.unwrap();
        let mail: serde_json::Value = serde_json::from_str(&server.lines.next().unwrap().unwrap()).unwrap();
        assert_eq!(mail["id"], "<adroit-7-fired-2@example.org>", "the same each time that it is sent");
        assert_eq!(mail["to"], serde_json::json!(["ada@example.org", "grace@example.org"]));
        assert_eq!(mail["subject"], message().title);
        let text = mail["text"].as_str().unwrap().replace("\r\n", "\n");
        assert!(text.contains(&message().text) && text.contains("/alerts/7"), "{text}");
    }
}

#[tokio::test]
async fn a_slow_server_is_waited_for() {
    let Some(mut server) = serving("slow") else { return };
    let begun = Instant::now();
    sent(&server).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(2));
    assert!(server.lines.next().is_some());
}

#[tokio::test]
async fn what_is_refused_is_given_up_and_what_is_put_off_is_not() {
    for (mode, is_final) in [("refuses", true), ("puts-off", false), ("drops", false)] {
        let Some(server) = serving(mode) else { return };
        let error = sent(&server).await.unwrap_err();
        assert_eq!(error.is_final(), is_final, "{mode}: {error}");
    }
}

#[tokio::test]
async fn no_server_and_a_server_that_is_gone_are_told() {
    let error = Sender::default().send(&to(), "k", &message()).await.unwrap_err();
    assert!(error.to_string().contains("--smtp"), "{error}");
    let mail = MailServer::new("smtp://127.0.0.1:1", "adroit@example.org").unwrap();
    let gone = Sender { mail: Some(mail), ..Sender::default() };
    assert!(!gone.send(&to(), "k", &message()).await.unwrap_err().is_final());
    let secret = MailServer::new("smtps://user:hunter2@[", "adroit@example.org").unwrap_err();
    assert!(!secret.to_string().contains("hunter2"));
}
