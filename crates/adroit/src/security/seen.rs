//! What the catalog tells of people, tokens and webhooks, as far as it matters for safety.

use jiff::{SignedDuration, Timestamp};
use people::Role;
use serde::{Deserialize, Serialize};
use store::Catalog;
use store::catalog::{AlertError, CatalogError, ChannelKind, Workspace};

/// After so long without a sign of somebody, or without a use of a token, it is asked whether they are still needed.
const LONG: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What the catalog tells.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Seen {
    /// People who may sign in.
    pub people: usize,
    /// Owners of all of an organisation, by their e-mail address, and those of them without a second factor.
    pub owners: Vec<String>,
    pub without_second_factor: Vec<String>,
    /// People who were not heard of for long.
    pub silent: Vec<String>,
    /// Tokens that count, by name.
    pub tokens: usize,
    pub never_expire: Vec<String>,
    pub unused: Vec<String>,
    /// Webhooks, by name: all of them, those that lead over plain HTTP, and how many could not be read for want of the key.
    pub webhooks: usize,
    pub plain_webhooks: Vec<String>,
    pub sealed_webhooks: usize,
}

impl Seen {
    pub async fn of(catalog: &Catalog, now: Timestamp) -> Result<Self, CatalogError> {
        let mut seen = Self::default();
        for organisation in catalog.organisations().await? {
            seen.look_at_people(catalog, organisation.id, now).await?;
            seen.look_at_tokens(catalog, organisation.id, now).await?;
        }
        seen.look_at_webhooks(catalog).await?;
        Ok(seen)
    }

    async fn look_at_people(
        &mut self,
        catalog: &Catalog,
        organisation: u32,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        for member in catalog.people(organisation).await? {
            let person = member.person;
            if person.is_disabled || person.is_erased {
                continue;
            }
            self.people += 1;
            let is_owner = member.memberships.iter().any(|membership| membership.grant.role == Role::Owner);
            if is_owner {
                self.owners.push(person.email.clone());
                if !person.has_second_factor {
                    self.without_second_factor.push(person.email.clone());
                }
            }
            let heard = catalog.last_heard_of(person.id).await?.unwrap_or(person.made_at);
            if is_long_ago(heard, now) {
                self.silent.push(person.email);
            }
        }
        Ok(())
    }

    async fn look_at_tokens(
        &mut self,
        catalog: &Catalog,
        organisation: u32,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        for token in catalog.tokens(organisation).await? {
            if token.revoked_at.is_some() || token.expires_at.is_some_and(|end| end <= now) {
                continue;
            }
            self.tokens += 1;
            if token.expires_at.is_none() {
                self.never_expire.push(token.name.clone());
            }
            if is_long_ago(token.used_at.unwrap_or(token.made_at), now) {
                self.unused.push(token.name);
            }
        }
        Ok(())
    }

    async fn look_at_webhooks(&mut self, catalog: &Catalog) -> Result<(), CatalogError> {
        let workspaces = catalog.workspaces().await?;
        for workspace in workspaces.iter().chain([&Workspace::server()]) {
            for channel in catalog.alert_channels(workspace.id).await? {
                if channel.kind == ChannelKind::Mail {
                    continue;
                }
                self.webhooks += 1;
                match catalog.alert_channel(workspace.id, channel.id).await {
                    Ok((_, leads)) if leads.address.starts_with("https://") => {}
                    Ok(_) => self.plain_webhooks.push(channel.name),
                    // Deleted a moment ago.
                    Err(AlertError::NotFound(_)) => self.webhooks -= 1,
                    Err(_) => self.sealed_webhooks += 1,
                }
            }
        }
        Ok(())
    }
}

fn is_long_ago(then: Timestamp, now: Timestamp) -> bool {
    now.duration_since(then) >= LONG
}
