//! The channels of a workspace. Where they lead is written once, sealed, and never shown again.

use std::str::FromStr;

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{AlertError, MOST_CHANNELS, time};
use crate::WorkspaceId;
use crate::catalog::sealed::channel_of;
use crate::catalog::{Catalog, CatalogError};

/// Of which kind a channel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ChannelKind {
    Mail,
    Slack,
    Teams,
    Webhook,
}

impl ChannelKind {
    /// All kinds, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Mail, Self::Slack, Self::Teams, Self::Webhook];

    /// The word that is stored, and used in the API.
    pub fn key(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::Webhook => "webhook",
        }
    }

    /// The name a person reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Mail => "E-mail",
            Self::Slack => "Slack",
            Self::Teams => "Teams",
            Self::Webhook => "Webhook",
        }
    }
}

impl FromStr for ChannelKind {
    type Err = domain::UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|kind| kind.key() == word);
        found.ok_or_else(|| domain::UnknownWord::new("channel", word, Self::ALL.map(Self::key)))
    }
}

/// A channel, as far as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertChannel {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Of which kind it is.
    pub kind: ChannelKind,
    /// The recipients, or the host.
    pub place: String,
    /// When it was made.
    pub made_at: Timestamp,
}

/// Where a channel leads and what signs it. It has no way to be written to a log.
#[derive(Clone, PartialEq, Eq)]
pub struct ChannelSecret {
    /// Recipients separated by commas, or the whole address.
    pub address: String,
    /// What messages are signed with.
    pub secret: Option<String>,
}

/// A channel that is to be made.
#[derive(Clone, PartialEq, Eq)]
pub struct NewChannel {
    /// Its name.
    pub name: String,
    /// Of which kind it is.
    pub kind: ChannelKind,
    /// What may be shown of where it leads.
    pub place: String,
    /// Where it leads.
    pub leads: ChannelSecret,
}

fn from_row(row: &SqliteRow) -> Result<AlertChannel, CatalogError> {
    let kind: String = row.try_get("kind")?;
    Ok(AlertChannel {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        kind: kind.parse().map_err(|_| CatalogError::UnknownValue { what: "channel", value: kind })?,
        place: row.try_get("place")?,
        made_at: time(&row.try_get::<String, _>("made_at")?)?,
    })
}

impl Catalog {
    /// The channels of a workspace, oldest first.
    ///
    /// # Errors
    /// If the catalog fails.
    pub async fn alert_channels(&self, workspace: WorkspaceId) -> Result<Vec<AlertChannel>, CatalogError> {
        let rows = sqlx::query(
            "SELECT id, name, kind, place, made_at FROM alert_channel WHERE workspace = ? AND NOT is_deleted ORDER BY id",
        )
        .bind(workspace)
        .fetch_all(self.reading())
        .await?;
        rows.iter().map(from_row).collect()
    }

    /// One channel of a workspace, with where it leads. Not if it was deleted.
    ///
    /// # Errors
    /// If there is none, or the catalog fails.
    pub async fn alert_channel(
        &self,
        workspace: WorkspaceId,
        id: u32,
    ) -> Result<(AlertChannel, ChannelSecret), AlertError> {
        let row =
            sqlx::query("SELECT * FROM alert_channel WHERE workspace = ? AND id = ? AND NOT is_deleted")
                .bind(workspace)
                .bind(id)
                .fetch_optional(self.reading())
                .await?
                .ok_or(AlertError::NotFound("channel"))?;
        let what = channel_of(workspace);
        let secret: Option<String> = row.try_get("secret")?;
        let leads = ChannelSecret {
            address: self.opened(&what, row.try_get("address")?)?,
            secret: secret.map(|secret| self.opened(&what, secret)).transpose()?,
        };
        Ok((from_row(&row)?, leads))
    }

    /// Makes a channel.
    ///
    /// # Errors
    /// If there are too many, or the catalog fails.
    pub async fn make_alert_channel(
        &self,
        workspace: WorkspaceId,
        channel: &NewChannel,
    ) -> Result<u32, AlertError> {
        if self.alert_channels(workspace).await?.len() >= MOST_CHANNELS {
            return Err(AlertError::TooMany("channels"));
        }
        let what = channel_of(workspace);
        let made = sqlx::query(
            "INSERT INTO alert_channel (workspace, name, kind, place, address, secret, made_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(workspace)
        .bind(&channel.name)
        .bind(channel.kind.key())
        .bind(&channel.place)
        .bind(self.sealed(&what, &channel.leads.address))
        .bind(channel.leads.secret.as_ref().map(|secret| self.sealed(&what, secret)))
        .bind(Timestamp::now().to_string())
        .execute(self.writing())
        .await?;
        u32::try_from(made.last_insert_rowid()).map_err(|_| AlertError::NotFound("channel"))
    }

    /// Deletes a channel, and where it led. What waits to be told there is not told.
    ///
    /// # Errors
    /// If there is none, or the catalog fails.
    pub async fn delete_alert_channel(&self, workspace: WorkspaceId, id: u32) -> Result<(), AlertError> {
        let done = sqlx::query(
            "UPDATE alert_channel SET is_deleted = 1, address = '', secret = NULL
             WHERE workspace = ? AND id = ? AND NOT is_deleted",
        )
        .bind(workspace)
        .bind(id)
        .execute(self.writing())
        .await?;
        if done.rows_affected() == 0 { Err(AlertError::NotFound("channel")) } else { Ok(()) }
    }
}
