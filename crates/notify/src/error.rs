//! Why a message was not taken, in words without addresses or secrets.

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    /// The program was started without a mail server.
    #[error("no mail server is set; start with --smtp, or use another channel")]
    NoMailServer,
    /// An address can't be written to.
    #[error("'{0}' is no e-mail address")]
    NoRecipient(String),
    /// The mail server refused it for good.
    #[error("the mail server refused the message: {0}")]
    MailRefused(String),
    /// The mail server could not be reached, or not now.
    #[error("the mail server did not take the message: {0}")]
    Mail(String),
    /// A webhook's address is none that may be used.
    #[error("{0}")]
    Address(String),
    /// Nobody answered there, or not properly.
    #[error("{host} could not be told: {why}")]
    Unreachable {
        /// The host.
        host: String,
        /// What happened.
        why: String,
    },
    /// It answered otherwise than with success.
    #[error("{host} answered with {status}")]
    Answered {
        /// The host.
        host: String,
        /// The status.
        status: u16,
    },
}

impl NotifyError {
    /// Whether sending it again is of no use.
    pub fn is_final(&self) -> bool {
        match self {
            Self::NoRecipient(_) | Self::MailRefused(_) => true,
            // Too early, too often and timeouts pass; so may a login page in between. The rest of these does not.
            Self::Answered { status, .. } => {
                matches!(status, 300..=499) && !matches!(status, 408 | 409 | 423 | 425 | 429)
            }
            // A name may lead elsewhere later, and an operator may set what is missing.
            Self::NoMailServer | Self::Mail(_) | Self::Address(_) | Self::Unreachable { .. } => false,
        }
    }
}
