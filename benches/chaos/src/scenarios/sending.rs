//! Imports that go on while a server is broken: one file after another, each remembered with what the server said of it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::asking::upload;
use crate::figures::{Sent, file};

/// Files are about days of their own, of which there are so many.
const MOST: u32 = 1000;

/// Imports that go on until they are told to end.
pub(crate) struct Sending {
    is_over: Arc<AtomicBool>,
    sender: JoinHandle<Vec<Sent>>,
}

impl Sending {
    /// One file after another, with such a pause.
    pub fn begin(address: SocketAddr, pause: Duration) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let over = is_over.clone();
        let sender = tokio::spawn(async move {
            let mut sent = Vec::new();
            for n in 0..MOST {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                sent.push(send(address, n).await.1);
                sleep(pause).await;
            }
            sent
        });
        Self { is_over, sender }
    }

    /// Lets them end: what was sent.
    pub async fn end(self) -> Vec<Sent> {
        self.is_over.store(true, Ordering::Relaxed);
        self.sender.await.unwrap_or_default()
    }
}

/// Sends the n-th file: what it was answered with, and what is to be believed of it.
pub(super) async fn send(address: SocketAddr, n: u32) -> (String, Sent) {
    let (name, text, day, clicks) = file(n);
    let answer = upload(address, &name, &text).await;
    // An answer of 200 says that it came in before, which counts as well.
    let is_taken = answer.as_ref().is_ok_and(|answer| matches!(answer.status, 200 | 201));
    let words = match answer {
        Ok(answer) => format!("{}: {}", answer.status, answer.words()),
        Err(error) => format!("no answer: {error:#}"),
    };
    (words, Sent { day, clicks, is_taken })
}
