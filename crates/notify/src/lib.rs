//! Tells people of alerts: by e-mail, in Slack and Teams, and by signed webhooks.
//!
//! Every message has a key, which is the same however often it is sent: the e-mail's `Message-ID`, a webhook's `webhook-id`. So
//! whoever receives it can tell a message that was sent again because the program ended between sending and noting it down.

mod chat;
mod error;
mod fetch;
mod guard;
mod mail;
mod reach;
mod signature;
mod webhook;

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use serde::{Deserialize, Serialize};

pub use error::NotifyError;
pub use fetch::{Fetched, Fetcher};
pub use guard::is_public;
pub use mail::{MailServer, Recipient};
pub use signature::{new_secret, sign};
pub use webhook::{Address, Webhooks};

/// First pause before a message is sent again, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(3600));
/// How often a message is sent again before it is given up: over about six hours.
const RETRIES: usize = 9;

/// What is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// In a line.
    pub title: String,
    /// What there is to know, in lines.
    pub text: String,
    /// Where there is more.
    pub link: Option<String>,
    /// The same for programs.
    pub body: serde_json::Value,
    /// Whom it is from, by e-mail, beside the server's address; without it as the server calls itself.
    #[serde(default)]
    pub from_name: Option<String>,
}

/// Whom a channel tells, with what is needed to do so. Secrets are in here: it is never written to a log.
#[derive(Clone, PartialEq, Eq)]
pub enum Target {
    /// People, by e-mail.
    Mail(Vec<Recipient>),
    /// A room in Slack, by its webhook's address, which is a secret.
    Slack(Address),
    /// A room in Teams, by its workflow's address, which is a secret.
    Teams(Address),
    /// A program, at an address, by messages that are signed with a secret.
    Webhook(Address, String),
}

/// What messages are sent with.
#[derive(Clone, Default)]
pub struct Sender {
    /// The mail server; without one no e-mail is sent.
    pub mail: Option<MailServer>,
    /// How webhooks are sent.
    pub webhooks: Webhooks,
}

impl Sender {
    /// Sends a message once. `key` is the same each time that this message is sent to this target.
    ///
    /// # Errors
    /// If it was not taken; [`NotifyError::is_final`] says whether sending it again is of any use.
    pub async fn send(&self, target: &Target, key: &str, message: &Message) -> Result<(), NotifyError> {
        match target {
            Target::Mail(to) => match &self.mail {
                Some(server) => server.send(to, key, message).await,
                None => Err(NotifyError::NoMailServer),
            },
            Target::Slack(address) => self.webhooks.post(address, key, chat::slack(message), None).await,
            Target::Teams(address) => self.webhooks.post(address, key, chat::teams(message), None).await,
            Target::Webhook(address, secret) => {
                self.webhooks.post(address, key, message.body.clone(), Some(secret)).await
            }
        }
    }
}

/// How long to wait after a message was sent in vain so many times; `None` once it is given up.
pub fn pause(attempts: u32) -> Option<Duration> {
    let pauses = ExponentialBuilder::default()
        .with_min_delay(PAUSES.0)
        .with_max_delay(PAUSES.1)
        .with_max_times(RETRIES)
        .with_jitter();
    pauses.build().nth(usize::try_from(attempts.max(1)).unwrap_or(RETRIES) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let pauses: Vec<Duration> = (1..).map_while(pause).collect();
        assert_eq!(pauses.len(), RETRIES);
        assert!(pauses[0] >= PAUSES.0 && pauses[0] < PAUSES.0 * 2);
        assert!(pauses.iter().all(|pause| *pause <= PAUSES.1 * 2));
        assert!(pauses.iter().sum::<Duration>() > Duration::from_secs(3 * 3600));
    }
}
