//! Sending e-mail through the operator's mail server.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MessageBuilder};
use lettre::{Address, SmtpTransport, Transport};
use tokio::time::timeout;

use crate::{Message, NotifyError};

/// Longest time for one message, and for one answer of the server.
const PATIENCE: Duration = Duration::from_secs(60);
const SILENCE: Duration = Duration::from_secs(20);

/// Somebody who gets e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient(Address);

impl FromStr for Recipient {
    type Err = NotifyError;

    fn from_str(text: &str) -> Result<Self, NotifyError> {
        text.trim().parse().map(Self).map_err(|_| NotifyError::NoRecipient(text.to_owned()))
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The mail server. Its password is in here: it is never shown.
#[derive(Clone)]
pub struct MailServer {
    transport: SmtpTransport,
    from: Mailbox,
}

impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailServer(from {})", self.from.email)
    }
}

impl MailServer {
    /// A server, as `smtps://user:password@host`, `smtp://host?tls=required` (STARTTLS) or, for one on this machine,
    /// `smtp://localhost:25`; and who messages are from.
    ///
    /// # Errors
    /// If the address can't be read; the error does not repeat it, as it may hold a password.
    pub fn new(address: &str, from: &str) -> Result<Self, NotifyError> {
        let remedy = "use smtps://user:password@host, smtp://host?tls=required or smtp://localhost:25";
        let transport = SmtpTransport::from_url(address)
            .map_err(|_| NotifyError::Address(format!("the mail server's address can't be read; {remedy}")))?
            .timeout(Some(SILENCE))
            .build();
        let from = from.parse().map_err(|_| NotifyError::NoRecipient(from.to_owned()))?;
        Ok(Self { transport, from })
    }

    /// Sends a message to all of these at once.
    ///
    /// # Errors
    /// If the server did not take it.
    pub(crate) async fn send(
        &self,
        to: &[Recipient],
        key: &str,
        message: &Message,
    ) -> Result<(), NotifyError> {
        let mail = self.written(to, key, message)?;
        let transport = self.transport.clone();
        let sent = tokio::task::spawn_blocking(move || transport.send(&mail));
        match timeout(PATIENCE, sent).await {
            Err(_) => Err(NotifyError::Mail("it did not answer in time".to_owned())),
            Ok(Err(_)) => Err(NotifyError::Mail("the program is ending".to_owned())),
            Ok(Ok(Ok(_))) => Ok(()),
            Ok(Ok(Err(error))) if error.is_permanent() => Err(NotifyError::MailRefused(error.to_string())),
            Ok(Ok(Err(error))) => Err(NotifyError::Mail(error.to_string())),
        }
    }

    fn written(
        &self,
        to: &[Recipient],
        key: &str,
        message: &Message,
    ) -> Result<lettre::Message, NotifyError> {
        let from = match &message.from_name {
            Some(name) => Mailbox::new(Some(name.clone()), self.from.email.clone()),
            None => self.from.clone(),
        };
        let builder: MessageBuilder = lettre::Message::builder()
            .from(from)
            // The same key is the same message, so that mail programs show one that was sent again once.
            .message_id(Some(format!("<{key}@{}>", self.from.email.domain())))
            .subject(message.title.replace(['\r', '\n'], " "))
            .header(ContentType::TEXT_PLAIN);
        let builder = to.iter().fold(builder, |builder, to| builder.to(Mailbox::new(None, to.0.clone())));
        let link = message.link.as_ref().map(|link| format!("\n\n{link}")).unwrap_or_default();
        builder
            .body(format!("{}{link}\n\n-- \nSent by Adroit.\n", message.text))
            .map_err(|error| NotifyError::MailRefused(error.to_string()))
    }
}
