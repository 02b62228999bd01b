//! Alerts: the rules, the channels that are told, the alerts themselves, and the messages that are to be sent.

mod channels;
mod course;
mod list;
mod notices;
mod rules;

use jiff::Timestamp;

pub use channels::{AlertChannel, ChannelKind, ChannelSecret, NewChannel};
pub use course::{AlertChange, OpenAlert, Told};
pub use list::{Alert, AlertState, NoticeOf};
pub use notices::{DueNotice, NoticeOutcome};
pub use rules::KeptRule;

use super::CatalogError;

/// Most rules of a workspace, and most channels.
pub const MOST_RULES: usize = 200;
pub(super) const MOST_CHANNELS: usize = 50;

/// Why rules, channels or alerts could not be changed. Nothing was.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// There is no such rule, channel or alert.
    #[error("there is no such {0} in this workspace")]
    NotFound(&'static str),
    /// Somebody else changed it since it was read.
    #[error("the rule was changed since it was read")]
    Stale(
        /// The rule as it is now; `None` if it was deleted.
        Option<Box<KeptRule>>,
    ),
    /// There are as many already as there may be.
    #[error("there are too many {0} already")]
    TooMany(&'static str),
    /// It can't be a rule.
    #[error(transparent)]
    NotARule(#[from] alert::NotARule),
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl From<sqlx::Error> for AlertError {
    fn from(error: sqlx::Error) -> Self {
        Self::Catalog(error.into())
    }
}

fn time(text: &str) -> Result<Timestamp, CatalogError> {
    text.parse().map_err(|_| CatalogError::UnknownValue { what: "time", value: text.to_owned() })
}

fn maybe_time(text: Option<String>) -> Result<Option<Timestamp>, CatalogError> {
    text.as_deref().map(time).transpose()
}
