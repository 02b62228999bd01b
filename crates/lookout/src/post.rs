//! Sending what is due: claimed, sent, marked.

use jiff::Timestamp;
use notify::{Address, Message, NotifyError, Target, pause};
use serde_json::json;
use store::catalog::{
    AlertError, CatalogError, ChannelKind, ChannelSecret, DueNotice, NoticeOutcome, Workspace,
};

use crate::message::{link, named};
use crate::{LookError, Lookout};

/// Most messages that are claimed at once.
const BATCH: u32 = 20;

/// Sends what is due.
#[derive(Clone)]
pub struct Post {
    lookout: Lookout,
}

/// Where a channel leads.
///
/// # Errors
/// If it can't lead there, in words that say what would be right.
pub fn target(
    kind: ChannelKind,
    leads: &ChannelSecret,
    is_private_allowed: bool,
) -> Result<Target, NotifyError> {
    let address = || Address::read(&leads.address, is_private_allowed);
    Ok(match kind {
        ChannelKind::Mail => {
            Target::Mail(leads.address.split(',').map(str::parse).collect::<Result<_, _>>()?)
        }
        ChannelKind::Slack => Target::Slack(address()?),
        ChannelKind::Teams => Target::Teams(address()?),
        ChannelKind::Webhook => Target::Webhook(address()?, leads.secret.clone().unwrap_or_default()),
    })
}

/// Sends a channel a message that says it is a test, now and once.
///
/// # Errors
/// If it was not taken.
pub async fn tested(
    lookout: &Lookout,
    workspace: &Workspace,
    kind: ChannelKind,
    leads: &ChannelSecret,
) -> Result<(), NotifyError> {
    let now = Timestamp::now();
    let message = Message {
        title: "Test: Adroit can tell this channel".to_owned(),
        text: match named(workspace) {
            Some(name) => format!("Nothing is wrong. Somebody tried the channel in the workspace {name}."),
            None => "Nothing is wrong. Somebody tried the server's own channel.".to_owned(),
        },
        link: link(lookout, workspace, "/channels"),
        body: json!({ "type": "alert.test", "timestamp": now.to_string(), "workspace": named(workspace) }),
        from_name: workspace.brand.mail_name.clone(),
    };
    let target = target(kind, leads, lookout.sender.webhooks.is_private_allowed)?;
    lookout.sender.send(&target, &format!("adroit-test-{}", now.as_microsecond()), &message).await
}

impl Post {
    /// What a program that ended had claimed waits again.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn open(lookout: Lookout) -> Result<Self, CatalogError> {
        let again = lookout.catalog.unclaim_notices().await?;
        if again > 0 {
            tracing::warn!(
                messages = again,
                "were being sent when the program ended; they are sent again under their keys"
            );
        }
        Ok(Self { lookout })
    }

    /// Sends everything that is due; gives how many messages were taken.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn send_due(&self, now: Timestamp) -> Result<usize, LookError> {
        let mut taken = 0;
        loop {
            let due = self.lookout.catalog.claim_notices(now, BATCH).await?;
            if due.is_empty() {
                return Ok(taken);
            }
            let mut sent = tokio::task::JoinSet::new();
            for notice in due {
                let post = self.clone();
                sent.spawn(async move {
                    let outcome = post.send(&notice).await;
                    let marked =
                        post.lookout.catalog.mark_notice(notice.id, &outcome, Timestamp::now()).await;
                    marked.map(|()| usize::from(outcome == NoticeOutcome::Sent))
                });
            }
            while let Some(done) = sent.join_next().await {
                taken += done.map_err(|_| LookError::Ending)??;
            }
        }
    }

    async fn send(&self, notice: &DueNotice) -> NoticeOutcome {
        let catalog = &self.lookout.catalog;
        let (channel, leads) = match catalog.alert_channel(notice.workspace, notice.channel).await {
            Ok(found) => found,
            Err(AlertError::NotFound(_)) => {
                return NoticeOutcome::GivenUp("the channel was deleted".to_owned());
            }
            Err(error) => return again(notice, error.to_string()),
        };
        let Ok(message) = serde_json::from_str::<Message>(&notice.message) else {
            return NoticeOutcome::GivenUp("the message can't be read".to_owned());
        };
        let target = match target(channel.kind, &leads, self.lookout.sender.webhooks.is_private_allowed) {
            Ok(target) => target,
            Err(error) => return NoticeOutcome::GivenUp(error.to_string()),
        };
        match self.lookout.sender.send(&target, &notice.key, &message).await {
            Ok(()) => NoticeOutcome::Sent,
            Err(error) if error.is_final() => {
                tracing::warn!(%error, channel = channel.id, key = notice.key, "an alert could not be told");
                NoticeOutcome::GivenUp(error.to_string())
            }
            Err(error) => again(notice, error.to_string()),
        }
    }
}

fn again(notice: &DueNotice, why: String) -> NoticeOutcome {
    match pause(notice.attempts + 1).and_then(|pause| Timestamp::now().checked_add(pause).ok()) {
        Some(at) => NoticeOutcome::Again(at, why),
        None => {
            tracing::warn!(key = notice.key, "an alert could not be told and is given up");
            NoticeOutcome::GivenUp(why)
        }
    }
}
